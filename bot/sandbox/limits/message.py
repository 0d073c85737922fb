"""What a message may be, by whichever way it comes. Each figure: slack-facts 1.5, the line it names."""

import json
from typing import Any

from bot.sandbox.calls import RefusalError
from bot.sandbox.elements import Json
from bot.sandbox.limits import blocks
from bot.sandbox.limits.newer import texts
from bot.sandbox.limits.rules import Place

TEXT = 40_000  # chat.postMessage text: "> 40,000 truncated (not an error)"
UPDATED_TEXT = 4_000  # chat.update text: "> 4,000 -> msg_too_long"
EPHEMERAL_BYTES = 4_000  # chat.postEphemeral text: "no larger than 4,000 bytes"
MARKDOWN_TEXT = 12_000  # markdown_text: "12,000; exclusive with text/blocks (markdown_text_conflict)"
ATTACHMENTS = 100  # attachments: "100 (too_many_attachments)"
# blocks: "too big -> msg_blocks_too_long", above a size that is not published. Observed in slackapi/bolt-js#2509 and
# #2867: one block of 13,297 characters is refused, so are 45 blocks of 11,341, while 50 of 9,597 are taken. We count
# the text and a little for each block. Answers to a response_url are not measured so (#2867).
BLOCKS_TEXT, FOR_EACH_BLOCK = 13_200, 50
# metadata: "metadata_too_large above an unpublished size": this figure is ours, on the small side.
METADATA_BYTES = 8_000

TRUNCATED: Json = {
    "response_metadata": {
        "messages": [
            "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."
        ],
        "warnings": ["message_truncated"],
    },
    "warning": "message_truncated",
}


def refuse(place: Place, error: str = "invalid_blocks") -> None:
    """Refuse if anything was found, saying what and where as Slack does."""
    if place.found:
        said = {"messages": [f"[ERROR] {one}" for one in place.found]}
        raise RefusalError(error, errors=place.found, response_metadata=said)


def posted(content: Json) -> None:
    """A chat.postMessage: text too long is cut by `cut`, blocks too large are refused."""
    check(content)
    measure(content)


def updated(content: Json) -> None:
    """A chat.update, whose text is refused long before it would be cut."""
    if len(content.get("text") or "") > UPDATED_TEXT:
        raise RefusalError("msg_too_long")
    check(content)
    measure(content)


def ephemeral(content: Json) -> None:
    """A chat.postEphemeral, whose text is counted in bytes."""
    if len((content.get("text") or "").encode()) > EPHEMERAL_BYTES:
        raise RefusalError("msg_too_long")
    check(content)
    measure(content)


def check(content: Json) -> None:
    """What holds for any message, an answer in the body of a request too."""
    text = content.get("text")
    if text is not None and not isinstance(text, str):
        raise RefusalError("invalid_arguments", response_metadata=_said("must provide a string", "/text"))
    _check_markdown(content)
    place = Place("/blocks")
    if content.get("blocks") is not None:
        if not isinstance(content["blocks"], list):
            raise RefusalError("invalid_blocks_format")
        blocks.check(content["blocks"], "message", place)
    refuse(place)
    _check_attachments(content.get("attachments"))


def measure(content: Json) -> None:
    """Refuse blocks that hold too much text in all."""
    there = content.get("blocks") or []
    if sum(map(len, texts(there))) + FOR_EACH_BLOCK * len(there) > BLOCKS_TEXT:
        raise RefusalError("msg_blocks_too_long")


def cut(content: Json) -> tuple[Json, Json]:
    """The content with its text cut to what Slack keeps, and what the answer says about it."""
    text = content.get("text") or ""
    return ({**content, "text": text[:TEXT]}, TRUNCATED) if len(text) > TEXT else (content, {})


def metadata(given: Any) -> None:
    """The metadata of a message: a type, and a payload that is an object."""
    if given is None:
        return
    if not isinstance(given, dict) or set(given) - {"event_type", "event_payload", "entities"}:
        raise RefusalError("invalid_metadata_format")
    kind, payload = given.get("event_type"), given.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise RefusalError("invalid_metadata_format")
    if len(json.dumps(given, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise RefusalError("metadata_too_large")


def _check_markdown(content: Json) -> None:
    written = content.get("markdown_text")
    if not written:
        return
    if content.get("text") or content.get("blocks"):
        raise RefusalError("markdown_text_conflict")
    if len(written) > MARKDOWN_TEXT:
        raise RefusalError("msg_too_long")


def _check_attachments(attachments: Any) -> None:
    if attachments is None:
        return
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise RefusalError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise RefusalError("too_many_attachments")
    for index, one in enumerate(attachments):
        place = Place(f"/attachments/{index}/blocks")
        if one.get("blocks") is not None:
            blocks.check(one["blocks"], "message", place)
        refuse(place, "invalid_attachments")


def _said(said: str, pointer: str) -> Json:
    return {"messages": [f"[ERROR] {said} [json-pointer:{pointer}]"]}
