"""What a person is told when it was not their doing: something failed, or came too late, or is out of date."""

from typing import Any

from handlers import text
from handlers.said import Reply, Said, tell
from storage.database import UnknownCommitError

Payload = dict[str, Any]

LATER = tell(
    "Something went wrong. I try again by myself within a few minutes; if no answer comes, please say it again."
)
OUTDATED = tell("This is from an older version of Kept. Please type /issue list or /callback list to go on from there.")


def failed(error: Exception, again: str = "try again") -> str:
    """What became of an input that failed, and what to do: to ``again``, as a rule."""
    if isinstance(error, UnknownCommitError):
        return (
            "The database broke off at the very end, and I can't tell whether this was saved. Please look first, with"
            f" /issue list or /callback list; then {again} if it is not there."
        )
    return f"Something went wrong and nothing was saved. Please {again}."


def not_opened(said: Said) -> Reply:
    """What to type where Slack would not open a form, with what was typed."""
    typed = f"You typed: {said.command} {text.unescape(said.words)}" if said.words else ""
    lines = "In one line: /issue Acme: what happened, or /callback Acme tomorrow 3pm. Or press the button again."
    return tell("Slack would not open the form in time.", lines, *([typed] if typed else []))


def kept_open(view: Payload, sentence: str) -> Payload:
    """A form's answer that leaves it open with a sentence: at its first field, or above all where it has none."""
    blocks = view.get("blocks") or []
    first = next((block["block_id"] for block in blocks if block.get("type") == "input"), None)
    if first:
        return {"response_action": "errors", "errors": {first: sentence}}
    same = {name: view[name] for name in ("type", "callback_id", "title", "submit", "close") if view.get(name)}
    same["private_metadata"] = view.get("private_metadata") or ""
    said = {"type": "section", "text": {"type": "plain_text", "text": sentence}}
    return {"response_action": "update", "view": same | {"blocks": [said, *blocks]}}
