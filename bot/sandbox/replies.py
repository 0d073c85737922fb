"""Answers of the app to a command or a click: in the body of the request, or later to its response_url."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox import events, limits, shapes
from bot.sandbox.calls import RefusalError
from bot.sandbox.elements import Json
from bot.sandbox.faults import RESPONSE_URL, Attempt, limited
from bot.sandbox.grants import ReplyAddress

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.world import Message


GONE = ("no_active_hooks", "expired_url", "used_url")


def as_content(body: Any) -> Json:
    """The message in an answer, which is an object, plain text, or nothing."""
    if isinstance(body, dict):
        return body
    return {"text": body} if isinstance(body, str) and body else {}


def taken(slack: "Slack", where: str, answer: Json | str) -> Json:
    """An answer as Slack takes it, text that is far too long cut off; RefusalError if it takes it not at all."""
    try:
        content = _read(answer) if isinstance(answer, str) else answer
        limits.message.check(content)
    except RefusalError as refusal:
        slack.note_refused(where, refusal, answer)
        raise
    shorter, warning = limits.message.cut(content)
    if warning:
        slack.note_refused(where, RefusalError("message_truncated"), answer)
    return shorter


def show(slack: "Slack", address: ReplyAddress, content: Json) -> "Message | None":
    """Do what an answer asks: show it to the one who asked (unless it says in_channel), replace or delete."""
    original = address.original
    if _truth(content, "delete_original"):
        if original:
            _remove(slack, original)
        return None
    if not content.get("text") and not content.get("blocks") and not content.get("attachments"):
        return None
    if _truth(content, "replace_original") and original and not original.deleted:
        before = shapes.message(slack.workspace, original)
        slack.workspace.rewrite(original, content)
        slack.announce(*events.message_changed(slack.workspace, original, before))
        return original
    private = content.get("response_type") != "in_channel"
    message = slack.workspace.post_as_bot(
        slack.workspace.channels[address.channel],
        content,
        thread_ts=content.get("thread_ts"),
        ephemeral_to=address.user if private else None,
    )
    slack.announce(*events.message_posted(slack.workspace, message))
    return message


def _remove(slack: "Slack", message: "Message") -> None:
    before = shapes.message(slack.workspace, message)
    slack.workspace.remove(message)
    slack.announce(*events.message_deleted(slack.workspace, message, before))


def _truth(content: Json, name: str) -> bool:
    return str(content.get(name)).lower() == "true"


async def receive(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """An answer posted to a response_url."""
    secret, raw = request.match_info["secret"], await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        raw = str((await request.post()).get("payload", ""))
    attempt = Attempt(RESPONSE_URL, request, lambda: _received(slack, secret, raw), lambda _: None)
    return await slack.faults.pass_through(attempt)


def _received(slack: "Slack", secret: str, raw: str) -> web.Response:
    address = slack.reply_addresses.at(secret)
    wait = slack.rates.wait(RESPONSE_URL, address.channel) if slack.limits_on and address else 0
    if wait:
        return limited(wait)
    try:
        content = taken(slack, RESPONSE_URL, raw)
        address = slack.reply_addresses.use(secret)
    except RefusalError as refusal:
        return web.json_response({"ok": False, "error": refusal.error}, status=404 if refusal.error in GONE else 400)
    message = show(slack, address, content)
    # What a command's first answer becomes is what a later replace_original replaces.
    address.original = address.original or message
    return web.Response(text="ok")


def _read(raw: str) -> Json:
    try:
        content = json.loads(raw)
    except ValueError:
        raise RefusalError("invalid_payload") from None
    if not isinstance(content, dict):
        raise RefusalError("invalid_payload")
    if not any(content.get(key) for key in ("text", "blocks", "attachments", "delete_original")):
        raise RefusalError("no_text")
    return content
