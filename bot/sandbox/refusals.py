"""What the app sent and Slack would not have: kept, so that a test can ask that there is none."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from bot.sandbox.calls import RefusalError

# slack-facts 1.9, "our bug", and its like: no circumstance excuses these, unlike a channel that is archived meanwhile.
MISTAKES = frozenset(
    {
        *("invalid_blocks", "invalid_blocks_format", "invalid_attachments", "too_many_attachments"),
        *("msg_too_long", "msg_blocks_too_long", "message_truncated", "no_text", "markdown_text_conflict"),
        *("invalid_metadata_format", "metadata_too_large", "view_too_large", "push_limit_reached"),
        *("duplicate_external_id", "invalid_arguments", "invalid_json", "json_not_object", "invalid_payload"),
        *("missing_scope", "not_allowed_token_type"),
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something refused (or cut): when, on which way (a method, `response_url`, `/command`, `form`, …), and why."""

    at: float
    where: str
    error: str
    messages: tuple[str, ...]
    sent: Any

    def __str__(self) -> str:
        return f"{self.where}: {self.error} {'; '.join(self.messages)}".strip()


class Refusals(deque[Refused]):
    """The app's mistakes, the latest last; the oldest are forgotten when there are very many."""

    LIMIT = 1_000

    def __init__(self) -> None:
        super().__init__(maxlen=self.LIMIT)

    def note(self, at: float, where: str, refusal: RefusalError, sent: Any) -> None:
        """Remember a refusal if it was the app's own mistake."""
        if refusal.error in MISTAKES:
            messages = (refusal.details.get("response_metadata") or {}).get("messages") or []
            needed = [f"needs {refusal.details['needed']}"] if "needed" in refusal.details else []
            self.append(Refused(at, where, refusal.error, (*messages, *needed), sent))

    def must_be_none(self) -> None:
        """Raise an AssertionError that lists them, if there are any."""
        if self:
            raise AssertionError("Slack would refuse:\n" + "\n".join(str(one) for one in self))
