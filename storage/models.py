"""The records, as frozen dataclasses: a field is a column of the table of the same noun.

Times are Unix seconds, UTC; None in an ``_at`` field means it has not happened.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar

from storage.database import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. ``zone`` (IANA) and ``locale`` are None where Slack did not say.

    ``opens_at``, ``closes_at`` and ``weekdays`` are hours of their own, as a team's are; None where the team's count.
    Away by their own word from ``away_from``, and until ``away_until`` if they said so.
    """

    id: str
    handle: str
    name: str
    zone: str | None = None
    locale: str | None = None
    is_bot: bool = False
    is_outsider: bool = False  # a guest, or of another company
    is_admin: bool = False
    is_deactivated: bool = False
    status_emoji: str | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    weekdays: str | None = None
    away_from: int | None = None
    away_until: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel; ``has_kept`` says whether the bot is a member and may post."""

    id: str
    name: str
    has_kept: bool
    is_private: bool = False
    is_shared: bool = False  # with another company
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, known under one name and any number of aliases."""

    id: int
    name: str
    zone: str | None
    owner_id: str | None
    backup_id: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A customer's problem; its card is one living message."""

    id: int
    customer_id: int
    summary: str
    category: str | None
    impact: str | None
    owner_id: str | None
    reporter_id: str
    made_in: str
    thread_ts: str | None
    created_at: int
    first_response_at: int | None
    resolved_at: int | None
    resolved_by: str | None
    resolution: str | None
    version: int
    card_channel: str | None
    card_ts: str | None
    team_id: int | None
    escalated_at: int | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Team:
    """A team is its team channel. Hours are minutes since midnight in its zone; weekdays are digits, Monday 0."""

    id: int
    channel_id: str
    escalation_channel_id: str | None
    manager_channel_id: str | None
    lead_id: str | None
    backup_id: str | None
    zone: str
    opens_at: int
    closes_at: int
    weekdays: str
    country: str | None
    region: str | None
    made_by: str
    made_at: int
    ladder: str | None  # its own steps of reminding, as JSON; None where it has the usual ones

    @property
    def channels(self) -> tuple[str, ...]:
        """The team's own channels, where full cards may be shown."""
        own = (self.channel_id, self.escalation_channel_id, self.manager_channel_id)
        return tuple(channel for channel in own if channel)


@dataclass(frozen=True, slots=True)
class Note:
    """A line somebody added to a record."""

    id: int
    record_id: int
    person_id: str
    at: int
    words: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised to a customer, by when, by whom; ``first_due_at`` never changes.

    ``zone`` is the IANA zone the time was said in. ``outcome`` is None while the promise is open. ``next_rung`` and
    ``next_at`` are the ladder's next step; it began at ``ladder_at``. ``late_by`` shifts the later steps after
    downtime, in seconds; ``held_at`` is when somebody was on it. While ``asked_id`` is asked to take it over
    (``asked_why``: ``away`` or ``handover``), nobody owns it.
    """

    id: int
    customer_id: int
    issue_id: int | None
    kind: str
    words: str
    subject: str
    owner_id: str
    maker_id: str
    made_at: int
    made_in: str
    due_at: int
    zone: str
    by_close: bool
    first_due_at: int
    outcome: str | None
    closed_at: int | None
    closed_by: str | None
    kept_at: int | None
    generation: int
    version: int
    next_rung: str | None
    next_at: int | None
    late_by: int
    team_id: int | None
    ladder_at: int | None
    held_at: int | None
    asked_id: str | None
    asked_why: str | None

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Draft:
    """Words that got a question, kept until they are answered; ``choices`` is JSON, as offered on the buttons.

    Once settled, the words are gone and only the fact that it was answered stays.
    """

    id: int
    person_id: str
    at: int
    channel_id: str
    command: str
    words: str
    choices: str
    settled_at: int | None
    question: str | None
    thread_ts: str | None
    asked_again_at: int | None


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel has its digest, and what it tells of; off where ``next_at`` is None.

    ``weekdays`` are digits, Monday 0; ``at_minute`` counts from midnight in ``zone``. ``last_on`` is the local date
    (ISO) last taken; ``missed`` digests, the first of them ``missed_on``, were not sent and the next one says so.
    """

    channel_id: str
    weekdays: str
    at_minute: int
    zone: str
    category: str | None
    quiet_when_empty: bool
    set_by: str
    next_at: int | None
    last_on: str | None
    missed_on: str | None
    missed: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji somebody put on a message; ``event_ts`` is Slack's time of the latest we heard of it.

    ``escalation_id`` is the escalation it is part of, ``issue_id`` the issue that was made because of it.
    """

    id: int
    channel_id: str
    message_ts: str
    person_id: str
    emoji: str
    deed: str
    is_on: bool
    event_ts: str
    put_at: int | None
    taken_at: int | None
    escalation_id: int | None
    issue_id: int | None


@dataclass(frozen=True, slots=True)
class Escalation:
    """An alarm raised about an issue; ``promise_id`` is the promise to answer it, ``post_ts`` its one post."""

    id: int
    issue_id: int
    promise_id: int | None
    channel_id: str
    message_ts: str
    thread_ts: str
    link: str | None
    at: int
    made_issue: bool
    taken_by: str | None
    withdrawn_at: int | None
    reason: str | None
    post_channel: str
    post_ts: str | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to Slack: queued → sending → sent, or unknown → looked up, or failed → dead."""

    id: int
    key: str
    kind: str
    subject_id: int | None
    person_id: str | None
    target: str
    payload: str | None
    priority: int
    state: str
    due_at: int
    attempts: int
    version: int
    created_at: int
    sent_at: int | None
    sent_channel: str | None
    sent_ts: str | None
    problem: str | None
    wanted_at: int | None


@cache
def _columns(model: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((field.name, field.type is bool) for field in fields(model))


def one(model: type[T], row: Row) -> T:
    """Make a record of a row; a column that is a flag becomes a bool, a column the model lacks is left out."""
    columns = _columns(model)  # type: ignore[arg-type]  # a class is hashable, whatever the checker thinks of type[T]
    return model(**{name: bool(row[name]) if flag else row[name] for name, flag in columns})


def every(model: type[T], rows: list[Row]) -> list[T]:
    """Make a record of each row."""
    return [one(model, row) for row in rows]
