"""Methods about files: an address to send one to, and sharing what was sent."""

from typing import TYPE_CHECKING

from bot.sandbox import events, files
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

LONGEST_ALTERNATIVE = 1000  # characters


@answers("files.getUploadURLExternal", "files:write")
def get_upload_url(slack: "Slack", arguments: Arguments) -> Json:
    """An address to send one file to."""
    name, length = arguments.needed("filename"), arguments.number("length", 0)
    alternative = arguments.text("alt_txt")
    if length < 1 or len(alternative) > LONGEST_ALTERNATIVE:
        raise RefusalError("invalid_arguments")
    secret, file = slack.files.lend(name, length, alternative)
    return {"upload_url": f"{slack.url}/upload/v1/{secret}", "file_id": file.id}


@answers("files.completeUploadExternal", "files:write")
def complete_upload(slack: "Slack", arguments: Arguments) -> Json:
    """Share files that were sent, as one message; without a channel they stay private."""
    given = arguments.parsed("files")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and one.get("id") for one in given):
        raise RefusalError("invalid_arguments")
    ref = arguments.text("channel_id")
    channel = reach.active(reach.joined(slack, ref)) if ref else None  # an id of a person is none of a conversation
    shared = [slack.files.share(str(one["id"]), str(one.get("title") or "")) for one in given]
    shapes = [files.shown(slack.url, one) for one in shared]
    if channel:
        content = {"text": arguments.text("initial_comment")}
        fields = {"thread_ts": arguments.text("thread_ts") or None, "files": shapes}
        message = slack.workspace.post_as_bot(channel, content, **fields)
        slack.announce(*events.message_posted(slack.workspace, message))
    return {"files": [{"id": one["id"], "title": one["title"]} for one in shapes]}
