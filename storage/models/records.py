"""What is remembered: customers, issues and promises, with what belongs to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    """A customer, known under one name and any number of aliases.

    ``depends_on`` is what they depend on us for, ``cost`` what it costs them when we fail; both in people's words.
    """

    id: int
    name: str
    zone: str | None
    owner_id: str | None
    backup_id: str | None
    created_at: int
    tier: str | None
    depends_on: str | None
    cost: str | None
    notes: str | None
    version: int


@dataclass(frozen=True)
class Contact:
    """Somebody to call at a customer."""

    id: int
    customer_id: int
    name: str
    role: str | None
    phone: str | None
    mail: str | None


@dataclass(frozen=True)
class Feedback:
    """How a customer feels and why; ``mood`` is happy, unsure or unhappy, None where they were not asked."""

    id: int
    customer_id: int
    issue_id: int | None
    team_id: int | None
    person_id: str
    at: int
    mood: str | None
    reason: str | None


@dataclass(frozen=True)
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
    problem_id: int | None = None  # the problem it is part of

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.resolved_at is None


@dataclass(frozen=True)
class Note:
    """A line somebody added to a record; ``customer_id`` is the record's, so that a customer's notes are found."""

    id: int
    record_id: int
    customer_id: int
    person_id: str
    at: int
    words: str


@dataclass(frozen=True)
class Problem:
    """What several issues have in common; solving it tells each customer.

    ``titled_after`` is the issue whose text became the title, where one did; ``how`` it was solved, in people's words.
    """

    id: int
    team_id: int | None
    category: str | None
    title: str
    titled_after: int | None
    opened_at: int
    opened_by: str
    solved_at: int | None
    solved_by: str | None
    how: str | None
    version: int
    card_channel: str | None
    card_ts: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is not solved yet."""
        return self.solved_at is None


@dataclass(frozen=True)
class Trend:
    """An alert that something rises, in a team, on a local date (ISO); ``at`` is when it was last seen to.

    Of a ``category``; where none was given, of what reads like ``issue_id``. ``problem_id`` is what it was linked as.
    """

    id: int
    team_id: int | None
    category: str | None
    issue_id: int
    local_date: str
    at: int
    problem_id: int | None


@dataclass(frozen=True)
class Promise:
    """What was promised to a customer, by when, by whom; ``first_due_at`` never changes.

    ``zone`` is the IANA zone the time was said in. ``outcome`` is None while the promise is open. ``next_rung`` and
    ``next_at`` are the ladder's next step; it began at ``ladder_at``. ``late_by`` shifts the later steps after
    downtime, or where one had to wait for its turn, in seconds; ``held_at`` is when somebody was on it. While
    ``asked_id`` is asked to take it over (``asked_why``: ``away`` or ``handover``), nobody owns it.
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
    problem_id: int | None = None  # the problem whose end the customer is to be told of

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits."""
        return self.closed_at is None
