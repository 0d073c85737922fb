"""What the bot can reach: channels it sees, channels it is in, messages and people there."""

from typing import TYPE_CHECKING

from bot.sandbox.calls import Arguments, RefusalError
from bot.sandbox.world import Channel, Message, Person

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack


def seen(slack: "Slack", ref: str) -> Channel:
    """A channel the bot may know of: a public one, or one it is in. Any other does not exist for it."""
    workspace = slack.workspace
    found = workspace.channels.get(ref) or next(
        (one for one in workspace.channels.values() if not one.is_im and one.name == ref.removeprefix("#")), None
    )
    if found is None or ((found.is_private or found.is_im) and not workspace.knows(found)):
        raise RefusalError("channel_not_found")
    return found


def joined(slack: "Slack", ref: str) -> Channel:
    """A channel the bot is in."""
    channel = seen(slack, ref)
    if not slack.workspace.knows(channel):
        raise RefusalError("not_in_channel")
    return channel


def active(channel: Channel) -> Channel:
    """The channel, unless it is archived."""
    if channel.is_archived:
        raise RefusalError("is_archived")
    return channel


def message(slack: "Slack", channel: Channel, ts: str, error: str = "message_not_found") -> Message:
    """A message everybody in the channel sees."""
    found = slack.workspace.message(channel.id, ts)
    if found is None:
        raise RefusalError(error)
    return found


def person(slack: "Slack", arguments: Arguments, name: str = "user") -> Person:
    """The person an argument names by id."""
    found = slack.workspace.people.get(arguments.text(name))
    if found is None:
        raise RefusalError("user_not_found")
    return found
