"""Methods about the emoji on messages."""

import re
from typing import TYPE_CHECKING

from bot.sandbox import events, shapes
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach
from bot.sandbox.world import Message

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

_NAME = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


@answers("reactions.add", "reactions:write")
def add(slack: "Slack", arguments: Arguments) -> Json:
    """Put an emoji on a message."""
    message, name = _target(slack, arguments), _name(arguments)
    if slack.bot_user_id in message.reactions.get(name, []):
        raise RefusalError("already_reacted")
    message.reactions.setdefault(name, []).append(slack.bot_user_id)
    _tell(slack, "reaction_added", message, name)
    return {}


@answers("reactions.remove", "reactions:write")
def remove(slack: "Slack", arguments: Arguments) -> Json:
    """Take the bot's own emoji off a message."""
    message, name = _target(slack, arguments), _name(arguments)
    if slack.bot_user_id not in message.reactions.get(name, []):
        raise RefusalError("no_reaction")
    message.reactions[name].remove(slack.bot_user_id)
    if not message.reactions[name]:
        del message.reactions[name]
    _tell(slack, "reaction_removed", message, name)
    return {}


@answers("reactions.get", "reactions:read")
def get(slack: "Slack", arguments: Arguments) -> Json:
    """A message with its emoji, and its address."""
    message = _target(slack, arguments)
    shown = shapes.message(slack.workspace, message) | {"permalink": shapes.permalink(slack.url, message)}
    return {"type": "message", "channel": message.channel, "message": shown}


def _target(slack: "Slack", arguments: Arguments) -> Message:
    if not arguments.text("channel") or not arguments.text("timestamp"):
        raise RefusalError("no_item_specified")
    channel = reach.joined(slack, arguments.text("channel"))
    return reach.message(slack, channel, arguments.text("timestamp"))


def _name(arguments: Arguments) -> str:
    name = arguments.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise RefusalError("invalid_name")
    return name


def _tell(slack: "Slack", kind: str, message: Message, name: str) -> None:
    slack.workspace.touch()
    slack.announce(*events.reaction(slack.workspace, kind, message, slack.bot_user_id, name))
