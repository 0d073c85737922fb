"""Methods about channels: which there are, who is in them, what was said there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.sandbox import events, shapes
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach
from bot.sandbox.world import Channel, Message

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

TYPE = {"channel": "public_channel", "group": "private_channel", "im": "im"}
ANY_READ = "channels:read,groups:read,im:read"


@answers("conversations.list", ANY_READ)
def list_all(slack: "Slack", arguments: Arguments) -> Json:
    """Public channels, and those others the bot is in."""
    everything = slack.workspace.channels.values()
    return _listed(slack, arguments, (one for one in everything if slack.workspace.knows(one) or not one.is_private))


@answers("users.conversations", ANY_READ)
def of_user(slack: "Slack", arguments: Arguments) -> Json:
    """The channels somebody (the bot itself, if nobody is named) is in, as far as the bot sees them."""
    user = arguments.text("user", slack.bot_user_id)
    if user not in slack.workspace.people:
        raise RefusalError("user_not_found")
    there = (one for one in slack.workspace.channels.values() if user in one.members)
    return _listed(slack, arguments, (one for one in there if slack.workspace.knows(one) or not one.is_private))


@answers("conversations.info", ANY_READ)
def info(slack: "Slack", arguments: Arguments) -> Json:
    """One channel."""
    channel = _readable(slack, arguments)
    return {"channel": shapes.channel(slack.workspace, channel, count=arguments.flag("include_num_members"))}


@answers("conversations.members", ANY_READ)
def members(slack: "Slack", arguments: Arguments) -> Json:
    """Who is in a channel."""
    page, metadata = arguments.page(_readable(slack, arguments).members, 100)
    return {"members": page, "response_metadata": metadata}


@answers("conversations.open", "im:write")
def open_dm(slack: "Slack", arguments: Arguments) -> Json:
    """Open the direct messages with one person."""
    workspace = slack.workspace
    if arguments.text("channel"):
        channel, known = reach.seen(slack, arguments.text("channel")), True
    else:
        person = workspace.people.get(arguments.needed("users", "users_list_not_supplied"))
        if person is None:
            raise RefusalError("user_not_found")
        if person.is_bot or person.deleted:
            raise RefusalError("cannot_dm_bot" if person.is_bot else "user_disabled")
        before = len(workspace.channels)
        channel = workspace.open_dm(person, workspace.bot)
        known = len(workspace.channels) == before
    shape = shapes.channel(workspace, channel) if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": shape, **({"no_op": True, "already_open": True} if known else {})}


@answers("conversations.join", "channels:join")
def join(slack: "Slack", arguments: Arguments) -> Json:
    """Join a public channel."""
    channel = reach.active(reach.seen(slack, arguments.needed("channel", "channel_not_found")))
    if channel.is_private:
        raise RefusalError("method_not_supported_for_channel_type")
    warning: Json = {}
    if slack.workspace.knows(channel):
        warning = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        channel.members.append(slack.bot_user_id)
        slack.workspace.touch()
        told = events.membership(slack.workspace, "member_joined_channel", channel, slack.workspace.bot)
        slack.announce(*told)
    return {"channel": shapes.channel(slack.workspace, channel), **warning}


@answers("conversations.history")
def history(slack: "Slack", arguments: Arguments) -> Json:
    """What was said in a channel, the newest first; replies stay in their threads."""
    channel = _heard(slack, arguments)
    top = [message for message in slack.workspace.timeline(channel) if not message.is_reply]
    page, metadata = arguments.page(list(reversed(_between(arguments, top))), 100)
    return _messages(slack, arguments, page, metadata) | {"pin_count": 0}


@answers("conversations.replies")
def replies(slack: "Slack", arguments: Arguments) -> Json:
    """A thread: the message at its head, then the replies, the oldest first."""
    channel = _heard(slack, arguments)
    one = reach.message(slack, channel, arguments.text("ts"), "thread_not_found")
    parent = slack.workspace.message(channel.id, one.thread_ts or one.ts) or one
    below = _between(arguments, slack.workspace.replies(parent))
    page, metadata = arguments.page([parent, *below], 1000)
    return _messages(slack, arguments, page, metadata)


def _listed(slack: "Slack", arguments: Arguments, channels: Iterable[Channel]) -> Json:
    types = arguments.text("types", "public_channel").replace(" ", "").split(",")
    archived_too = not arguments.flag("exclude_archived")
    wanted = [one for one in channels if TYPE[one.kind] in types and (archived_too or not one.is_archived)]
    for one in wanted:
        slack.manifest.need(f"{one.scope}:read")
    page, metadata = arguments.page(wanted, 100)
    return {"channels": [shapes.channel(slack.workspace, one) for one in page], "response_metadata": metadata}


def _readable(slack: "Slack", arguments: Arguments) -> Channel:
    channel = reach.seen(slack, arguments.needed("channel", "channel_not_found"))
    slack.manifest.need(f"{channel.scope}:read")
    return channel


def _heard(slack: "Slack", arguments: Arguments) -> Channel:
    channel = reach.joined(slack, arguments.needed("channel", "channel_not_found"))
    slack.manifest.need(f"{channel.scope}:history")
    return channel


def _between(arguments: Arguments, messages: list[Message]) -> list[Message]:
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest") or "9" * 12
    edges = {_order(oldest), _order(latest)} if arguments.flag("inclusive") else set()
    inside = [m for m in messages if _order(oldest) < _order(m.ts) < _order(latest) or _order(m.ts) in edges]
    return sorted(inside, key=lambda message: message.ts)


def _order(ts: str) -> tuple[int, int]:
    """A ts as two whole numbers: as a float it would lose its last digits."""
    seconds, _, rest = ts.partition(".")
    try:
        return int(seconds), int(rest.ljust(6, "0") or 0)
    except ValueError:
        raise RefusalError("invalid_ts_latest") from None


def _messages(slack: "Slack", arguments: Arguments, page: list[Message], metadata: Json) -> Json:
    full = arguments.flag("include_all_metadata")
    shown = [shapes.message(slack.workspace, message, metadata=full) for message in page]
    more = bool(metadata["next_cursor"])
    return {"messages": shown, "has_more": more, **({"response_metadata": metadata} if more else {})}
