"""Methods that write messages."""

from typing import TYPE_CHECKING

from bot.sandbox import events, limits, shapes
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach
from bot.sandbox.world import Channel, Message

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack


@answers("chat.postMessage", "chat:write")
def post(slack: "Slack", arguments: Arguments) -> Json:
    """Post a message, into a channel or (with a user's id) into the direct messages with them."""
    channel = _where(slack, arguments.needed("channel", "channel_not_found"))
    content, warning = limits.message.cut(_content(arguments))
    limits.message.posted(content)
    fields = {"thread_ts": _thread(slack, channel, arguments), "metadata": _metadata(arguments)}
    message = slack.workspace.post_as_bot(channel, content, **fields)
    slack.announce(*events.message_posted(slack.workspace, message))
    shown = shapes.message(slack.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **warning}


@answers("chat.update", "chat:write")
def update(slack: "Slack", arguments: Arguments) -> Json:
    """Rewrite a message of the bot's own."""
    channel = reach.seen(slack, arguments.needed("channel", "channel_not_found"))
    if channel.is_archived:
        raise RefusalError("is_inactive")
    message = _own(slack, channel, arguments, "cant_update_message")
    content, metadata = _content(arguments), _metadata(arguments)
    limits.message.updated(content)
    before = shapes.message(slack.workspace, message)
    slack.workspace.rewrite(message, content)
    if metadata is not None:
        message.metadata = metadata
    slack.announce(*events.message_changed(slack.workspace, message, before))
    shown = shapes.message(slack.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@answers("chat.delete", "chat:write")
def delete(slack: "Slack", arguments: Arguments) -> Json:
    """Delete a message of the bot's own."""
    channel = reach.seen(slack, arguments.needed("channel", "channel_not_found"))
    message = _own(slack, channel, arguments, "cant_delete_message")
    before = shapes.message(slack.workspace, message)
    slack.workspace.remove(message)
    slack.announce(*events.message_deleted(slack.workspace, message, before))
    return {"channel": channel.id, "ts": message.ts}


@answers("chat.postEphemeral", "chat:write")
def post_ephemeral(slack: "Slack", arguments: Arguments) -> Json:
    """Show a message to one member of a channel."""
    channel = reach.active(reach.joined(slack, arguments.needed("channel", "channel_not_found")))
    if arguments.needed("user", "user_not_in_channel") not in channel.members:
        raise RefusalError("user_not_in_channel")
    content, thread = _content(arguments), _thread(slack, channel, arguments)
    limits.message.ephemeral(content)
    fields = {"thread_ts": thread, "ephemeral_to": arguments.text("user")}
    return {"message_ts": slack.workspace.post_as_bot(channel, content, **fields).ts}


@answers("chat.getPermalink")
def get_permalink(slack: "Slack", arguments: Arguments) -> Json:
    """The address of a message."""
    channel = reach.seen(slack, arguments.needed("channel", "channel_not_found"))
    message = reach.message(slack, channel, arguments.text("message_ts"))
    return {"channel": channel.id, "permalink": shapes.permalink(slack.url, message)}


def _content(arguments: Arguments) -> Json:
    content: Json = {"text": arguments.text("text")}
    for name, error in (("blocks", "invalid_blocks_format"), ("attachments", "invalid_attachments")):
        content[name] = arguments.parsed(name, error)
    markdown = arguments.text("markdown_text")
    if not any(content.values()) and not markdown:
        raise RefusalError("no_text")
    return content | ({"markdown_text": markdown} if markdown else {})


def _metadata(arguments: Arguments) -> Json | None:
    given: Json | None = arguments.parsed("metadata", "invalid_metadata_format")
    limits.message.metadata(given)
    return given


def _where(slack: "Slack", ref: str) -> Channel:
    workspace = slack.workspace
    if ref in workspace.people:
        _reachable(slack, ref)
        return workspace.open_dm(workspace.people[ref], workspace.bot)
    channel = reach.active(reach.seen(slack, ref))
    if channel.is_im:
        _reachable(slack, next(member for member in channel.members if member != workspace.bot.id))
    # Only an app that asked for it may post where it is not a member.
    anywhere = slack.manifest.given and "chat:write.public" in slack.manifest.scopes
    if not workspace.knows(channel) and not anywhere:
        raise RefusalError("not_in_channel")
    return channel


def _reachable(slack: "Slack", user: str) -> None:
    person = slack.workspace.people[user]
    if person.is_bot:
        raise RefusalError("cannot_dm_bot")
    if person.deleted:
        raise RefusalError("user_disabled")


def _thread(slack: "Slack", channel: Channel, arguments: Arguments) -> str | None:
    # A reply to a message that is gone does not fail: Slack posts it top-level, and the answer has no thread_ts.
    parent = slack.workspace.message(channel.id, arguments.text("thread_ts"))
    return (parent.thread_ts or parent.ts) if parent else None


def _own(slack: "Slack", channel: Channel, arguments: Arguments, error: str) -> Message:
    message = reach.message(slack, channel, arguments.text("ts"))
    if message.bot_id != slack.workspace.bot_id or message.subtype == "tombstone":
        raise RefusalError(error)
    return message
