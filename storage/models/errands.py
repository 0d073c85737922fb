"""What is under way: drafts, digests, escalations and messages to be sent."""

from dataclasses import dataclass


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Digest:
    """When a channel has its digest, and what it tells of; off where ``next_at`` is None.

    ``weekdays`` are digits, Monday 0; ``at_minute`` counts from midnight in ``zone``. ``last_on`` is the local date
    (ISO) last taken; ``missed`` digests, the first of them ``missed_on``, were not sent and the next one says so.
    ``sections`` are names with spaces between; None: all.
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
    team_id: int | None
    customer_id: int | None
    sections: str | None


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
