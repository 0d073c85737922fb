"""Every command, button, form and composed message, in one table each.

The app has one listener, and the desk looks the handler up here, so that the last one costs what the first
does (slack-facts.md: thirty listeners registered one by one cost four times as much).
"""

from collections.abc import Callable
from typing import Any

from handlers import alarms, customer_field, doors, drafts, guard
from handlers.callbacks import command as callback_command
from handlers.callbacks import cover, nudges, reminder, spoken, suggest
from handlers.customers import command as customer_command
from handlers.customers import forget
from handlers.digests import command as digest_command
from handlers.digests import send as digest_send
from handlers.escalations import forms as escalation_forms
from handlers.escalations import gaps, reactions
from handlers.escalations import post as escalation_post
from handlers.feedback import command as feedback_command
from handlers.home import page as home
from handlers.issues import card
from handlers.issues import command as issue_command
from handlers.problems import alert as trend_alert
from handlers.problems import card as problem_card
from handlers.problems import tell as problem_tell
from handlers.reports import send as report_send
from handlers.said import Handler, Said
from handlers.setup import command as setup_command
from handlers.setup import finish as setup_finish
from handlers.transfer import command as exports
from storage.database import Database
from storage.models import Outgoing

FEATURES = (issue_command, callback_command, customer_command, digest_command, feedback_command, setup_command)

CARRY_ON: dict[str, drafts.CarryOn] = {
    "issue": issue_command.carry_on,
    "callback": callback_command.carry_on,
    "feedback": feedback_command.carry_on,
}

COMMANDS: dict[str, Handler] = {name: handler for feature in FEATURES for name, handler in feature.COMMANDS.items()}

ACTIONS: dict[str, Handler] = {name: handler for feature in FEATURES for name, handler in feature.ACTIONS.items()} | {
    "draft.choose": lambda db, said: drafts.choose(db, said, CARRY_ON, COMMANDS),
    "draft.dismiss": drafts.dismiss,
    "door.form": lambda db, said: doors.open_form(db, said, command),
    customer_field.NAME: customer_field.chosen,
    **spoken.ACTIONS,
    **suggest.ACTIONS,
    **escalation_forms.ACTIONS,
}

EVENTS: dict[str, Handler] = {  # by Slack's event type
    "app_mention": lambda db, said: doors.mentioned(db, said, command, COMMANDS),
    "message": lambda db, said: doors.messaged(db, said, command, COMMANDS),
    "app_home_opened": home.opened,
    **reactions.EVENTS,
}


def is_heard(said: Said) -> bool:
    """Whether an event can say anything to Kept; what cannot is passed over untouched."""
    return reactions.is_heard(said) if said.surface in reactions.EVENTS else doors.is_heard(said)


SHORTCUTS: dict[str, Handler] = doors.SHORTCUTS  # by callback id

# What a field offers, by its name: a look at the database for a person and what they have typed so far.
SUGGESTIONS: dict[str, Callable[[Database, str, str], list[dict[str, Any]]]] = {
    customer_field.NAME: customer_field.offered
}

VIEWS: dict[str, Handler] = {
    name: drafts.answering(handler) for feature in FEATURES for name, handler in feature.VIEWS.items()
} | {"suggest.form": drafts.answering(suggest.submitted), **escalation_forms.VIEWS}

HELP = {name: feature.HELP for feature in FEATURES for name in feature.COMMANDS}

VERBS = {name: feature.VERBS for feature in FEATURES for name in feature.COMMANDS}

# All of them stand behind one door: none is run before handlers/roles.py was asked whether this person may.
COMMANDS, CARRY_ON = guard.commands(COMMANDS, VERBS), guard.commands(CARRY_ON, VERBS)
ACTIONS, VIEWS, SHORTCUTS = guard.listeners(ACTIONS), guard.listeners(VIEWS), guard.listeners(SHORTCUTS)
EVENTS, SUGGESTIONS = guard.events(EVENTS), guard.suggestions(SUGGESTIONS)


def command(name: str, words: str) -> tuple[Handler | None, str, str]:
    """The handler of a command with its name and words; every command also works as ``/kept issue …``."""
    first, _, rest = words.strip().partition(" ")
    if name == "kept" and first.lower() in COMMANDS:
        name, words = first.lower(), rest
    return COMMANDS.get(name), name, words


def action(action_id: str) -> Handler | None:
    """The handler of a button; where several stand side by side, a number follows the name."""
    return ACTIONS.get(action_id) or ACTIONS.get(action_id.rpartition(".")[0])


Compose = Callable[[Database, Outgoing, int], dict[str, Any] | None]

THREAD = "thread"  # in a composed call: what is posted into the thread of the message once it is there

COMPOSE: dict[str, Compose] = {
    "card": card.compose,
    "nudge": reminder.compose,
    "nudge-edit": reminder.compose_edit,
    "draft": drafts.compose,
    "home": home.compose,
    "alarm": alarms.compose,
    "escalation": escalation_post.compose,
    "mark": escalation_post.mark,
    "trend": trend_alert.compose,
    "problem": problem_card.compose,
    "telling": problem_tell.compose,
    "received": escalation_post.received,
    "rewrite": forget.rewritten,
    "unwritten": forget.unwritten,
    "look": reactions.compose,
    "reread": suggest.compose,
    "gap": gaps.compose,
}

# What takes long to write, and is read without a change: it is written beside everything else.
COMPOSE_BESIDE: dict[str, Compose] = {
    "digest": digest_send.compose,
    "digest-thread": digest_send.compose_thread,
    "report": report_send.compose,
    "picture": report_send.compose_picture,
    "export": exports.compose,
    "export-file": exports.compose_file,
}

POSTED: dict[str, Callable[[Database, Outgoing, str, str, int], None]] = {
    "card": card.posted,
    "digest": digest_send.posted,
    "escalation": escalation_post.posted,
    "nudge": nudges.posted,
    "problem": problem_card.posted,
    "report": report_send.posted,
    "export": exports.posted,
}

# What came back of a call that asks Slack something, and what is done when it cannot be answered.
HEARD: dict[str, Callable[[Database, Outgoing, dict[str, Any], int], None]] = {
    "join": setup_finish.joined,
    "members": setup_finish.members_heard,
    "look": reactions.heard,
    "reread": suggest.heard,
    "gap": gaps.heard,
    "picture": report_send.picture_posted,
    "home": home.drawn,
}
FAILED: dict[str, Callable[[Database, Outgoing, str, int], None]] = {
    "digest": digest_send.failed,
    "look": reactions.failed,
    "nudge": nudges.failed,
    "rewrite": forget.failed,
    "reread": suggest.failed,
    "gap": gaps.failed,
    "report": report_send.failed,
    "picture": report_send.picture_failed,
    "export-file": exports.failed,
}

# What is done in the same transaction when a message had nothing to say any more.
LEFT_OUT: dict[str, Callable[[Database, Outgoing, int], None]] = {"digest": digest_send.left_out}

# What is done when the message that a call edits, or asks about, is gone.
LOST: dict[str, Callable[[Database, Outgoing, int], None]] = {
    "card": card.lost,
    "look": reactions.lost,
    "reread": suggest.lost,
    "problem": problem_card.lost,
}

# What takes all that fell due by itself, by its kind.
CLOCKS: dict[str, Callable[[Database, int], int]] = {
    "cover": cover.take_changed,  # before the reminders, which go elsewhere because of it
    "reminders": nudges.take_due,
    "digests": digest_send.take_due,
    "drafts": drafts.take_due,
    "trends": trend_alert.take_due,
    "homes": home.take_stale,  # last, so that it sees what the others changed
}
