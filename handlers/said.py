"""What a person said, whichever door it came through, and what they get back.

A handler is a plain function ``(db, said) -> Reply``. It runs inside one transaction, with the input's key: its effect,
its audit line, the messages it causes and the answer are committed together, or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from handlers.blocks import Item, message
from storage import audit
from storage.database import Database
from storage.models import Person, Team

FALLBACK_ZONE = "UTC"  # where neither the person nor the team has one


@dataclass(frozen=True, slots=True)
class Said:
    """One input of one person. ``key`` is Slack's own name for it, the same when Slack repeats it."""

    key: str
    now: int
    person: Person
    surface: str
    channel_id: str
    words: str = ""
    command: str = ""
    value: str = ""
    trigger_id: str = ""
    response_url: str = ""
    message_ts: str | None = None
    thread_ts: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    meta: str = ""
    view: dict[str, Any] = field(default_factory=dict)  # the form this was said in, or the Home, as Slack shows it
    team: Team | None = None

    @property
    def zone(self) -> str:
        """The zone this person's words are read in: their own, else their team's."""
        return self.person.zone or (self.team.zone if self.team else FALLBACK_ZONE)

    @property
    def replied_in(self) -> str | None:
        """The thread this was said in as a reply, or at a reply; None at the message a thread hangs from."""
        return self.thread_ts if self.thread_ts != self.message_ts else None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: a message (``text``, ``blocks``), a form to open, or errors at a form's fields.

    ``replaces`` puts the message in the place of the one whose button was pressed; ``updates`` is the id of the open
    form that takes on the look of ``form``, with all that was typed in it.
    """

    text: str = ""
    blocks: list[dict[str, Any]] | None = None
    replaces: bool = False
    form: dict[str, Any] | None = None
    updates: str = ""
    errors: dict[str, str] | None = None

    @property
    def is_message(self) -> bool:
        """Whether there is something to read."""
        return bool(self.text)

    def body(self) -> dict[str, Any]:
        """The message as Slack takes it."""
        return {"text": self.text} | ({"blocks": self.blocks} if self.blocks else {})

    def as_json(self) -> dict[str, Any]:
        """The reply as kept beside its input's key; a form is opened once and not kept."""
        kept = {"text": self.text, "blocks": self.blocks, "replaces": self.replaces, "errors": self.errors}
        return {name: value for name, value in kept.items() if value}


class ConflictError(Exception):
    """Another replica changed the record at the same moment: the change is taken back and tried again."""


Handler = Callable[[Database, Said], Reply]

NOTHING = Reply()


def tell(*items: Item, replaces: bool = False) -> Reply:
    """A reply of these lines and rows of buttons."""
    return Reply(**message(items), replaces=replaces)


def record_each(db: Database, said: Said, deed: str, record_ids: list[int], detail: str | None = None) -> None:
    """Write the audit entries of what a person just did to many records."""
    who = {"person_id": said.person.id, "surface": said.surface}
    audit.write_each(db, record_ids, at=said.now, deed=deed, detail=detail, **who)


def record(db: Database, said: Said, deed: str, record_id: int | None, detail: str | None = None) -> None:
    """Write the audit entry of what a person just did."""
    audit.write(
        db,
        at=said.now,
        person_id=said.person.id,
        surface=said.surface,
        deed=deed,
        record_id=record_id,
        detail=detail,
    )
