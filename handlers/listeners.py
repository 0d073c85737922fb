"""Every command, button, form and composed message, in one table each.

The app has one listener per kind of payload and looks the handler up here, so that the last one costs what the first
does (slack-facts.md: thirty listeners registered one by one cost four times as much).
"""

from collections.abc import Callable
from typing import Any

from handlers import drafts
from handlers.callbacks import command as callback_command
from handlers.callbacks import nudges
from handlers.issues import card
from handlers.issues import command as issue_command
from handlers.said import Handler
from storage import callbacks
from storage.database import Database
from storage.models import Outgoing

FEATURES = (issue_command, callback_command)

CARRY_ON: dict[str, drafts.CarryOn] = {"issue": issue_command.carry_on, "callback": callback_command.carry_on}

COMMANDS: dict[str, Handler] = {name: handler for feature in FEATURES for name, handler in feature.COMMANDS.items()}

ACTIONS: dict[str, Handler] = {name: handler for feature in FEATURES for name, handler in feature.ACTIONS.items()} | {
    "draft.choose": lambda db, said: drafts.choose(db, said, CARRY_ON),
    "draft.dismiss": drafts.dismiss,
}

EVENTS: dict[str, Handler] = {}  # by Slack's event type

SHORTCUTS: dict[str, Handler] = {}  # by callback id

VIEWS: dict[str, Handler] = {name: handler for feature in FEATURES for name, handler in feature.VIEWS.items()}

HELP = {"issue": issue_command.HELP, "callback": callback_command.HELP}

VERBS = {"issue": issue_command.VERBS, "callback": callback_command.VERBS}


def action(action_id: str) -> Handler | None:
    """The handler of a button; where several stand side by side, a number follows the name."""
    return ACTIONS.get(action_id) or ACTIONS.get(action_id.rpartition(".")[0])


Compose = Callable[[Database, Outgoing, int], dict[str, Any] | None]

COMPOSE: dict[str, Compose] = {"card": card.compose, "nudge": nudges.compose, "nudge-edit": nudges.compose_edit}

POSTED: dict[str, Callable[[Database, Outgoing, str, str, int], None]] = {"card": card.posted}

# What came back of a call that asks Slack something, and what is done when it cannot be answered.
HEARD: dict[str, Callable[[Database, Outgoing, dict[str, Any], int], None]] = {}
FAILED: dict[str, Callable[[Database, Outgoing, str, int], None]] = {}

LOST: dict[str, Callable[[Database, Outgoing, int], None]] = {"card": card.lost}

# What falls due by itself: when the next of a kind does, and what takes all that are due.
CLOCKS: list[tuple[Callable[[Database], int | None], Callable[[Database, int], int]]] = [
    (callbacks.next_step_at, nudges.take_due),
]
