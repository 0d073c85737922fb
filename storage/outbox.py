"""Messages on their way to Slack, put here in the same transaction as the change that causes them.

States: queued → sending → sent; or unknown (Slack did not say whether it posted: looked up before it is sent again);
or dead (it cannot be delivered, and ``problem`` says why). ``due_at`` is lease, backoff and Retry-After in one column.
"""

from collections.abc import Iterable

from storage.database import Database, Row
from storage.models import Outgoing, every, one

REMINDER, DIGEST, ANSWER, CARD = 0, 1, 2, 3  # priorities: reminders before digests before answers before card edits

LEASE = 60  # seconds a sender has before another may ask what became of the message


# What Slack, or something before it, answers while it takes nothing from anybody.
AWAY = frozenset({"service_unavailable", "ratelimited", "rate_limited", "request_timeout", "team_added_to_org"})


def is_away(problem: str) -> bool:
    """Whether a problem is Slack's absence: no connection (an error's name), no answer (a status), or its own word."""
    return problem in AWAY or problem[:1].isupper() or problem.isdecimal()


def put(
    db: Database,
    *,
    key: str,
    kind: str,
    target: str,
    now: int,
    priority: int = ANSWER,
    payload: str | None = None,
    subject_id: int | None = None,
    person_id: str | None = None,
    due_at: int | None = None,
) -> bool:
    """Queue a message once per key; False if that key was queued before.

    ``target`` is a channel, a person (a direct message) or a response_url; ``person_id`` is who gets it as a direct
    message where the target cannot be reached. A ``payload`` of None is composed at the moment of sending.
    """
    return bool(
        db.run(
            "INSERT INTO outbox (key, kind, subject_id, person_id, target, payload, priority, state, due_at, attempts,"
            " version, created_at, wanted_at) VALUES (:key, :kind, :subject_id, :person_id, :target, :payload,"
            " :priority, 'queued', :due_at, 0, 0, :now, :due_at) ON CONFLICT (key) DO NOTHING",
            key=key,
            kind=kind,
            subject_id=subject_id,
            person_id=person_id,
            target=target,
            payload=payload,
            priority=priority,
            due_at=now if due_at is None else due_at,
            now=now,
        )
    )


def refresh(
    db: Database,
    *,
    key: str,
    kind: str,
    target: str,
    subject_id: int,
    now: int,
    payload: str | None = None,
    person_id: str | None = None,
) -> None:
    """Queue a living message to be composed anew; while one waits, or is being sent, no second is queued.

    The version tells a sender that the subject changed again while it was sending.
    """
    db.run(
        "INSERT INTO outbox (key, kind, subject_id, person_id, target, payload, priority, state, due_at,"
        " attempts, version, created_at, wanted_at) VALUES (:key, :kind, :subject_id, :person_id, :target, :payload,"
        " :priority, 'queued', :now, 0, 0, :now, :now)"
        " ON CONFLICT (key) DO UPDATE SET version = outbox.version + 1,"
        " due_at = CASE WHEN outbox.state IN ('sent', 'dead') THEN excluded.due_at ELSE outbox.due_at END,"
        " attempts = CASE WHEN outbox.state IN ('sent', 'dead') THEN 0 ELSE outbox.attempts END,"
        " wanted_at = CASE WHEN outbox.state IN ('sent', 'dead') THEN excluded.wanted_at ELSE outbox.wanted_at END,"
        " state = CASE WHEN outbox.state IN ('sent', 'dead') THEN 'queued' ELSE outbox.state END",
        key=key,
        kind=kind,
        subject_id=subject_id,
        target=target,
        payload=payload,
        person_id=person_id,
        priority=CARD,
        now=now,
    )


def claim(db: Database, now: int, ids: Iterable[int]) -> list[tuple[Outgoing, bool]]:
    """Take these messages as far as they are still due; True beside one whose last attempt has an unknown end.

    The outer test of ``due_at`` matters on PostgreSQL, where two replicas may pick the same rows.
    """
    claimed = []
    for wanted in ids:
        row = db.row("SELECT state FROM outbox WHERE id = :id", id=wanted)
        taken = row and db.row(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, due_at = :lease"
            " WHERE id = :id AND due_at <= :now AND state = :state AND state IN ('queued', 'sending', 'unknown')"
            " RETURNING *",
            id=wanted,
            state=row["state"],
            lease=now + LEASE,
            now=now,
        )
        if row and taken:
            claimed.append((one(Outgoing, taken), row["state"] != "queued"))
    return claimed


def hold(db: Database, leases: dict[int, int], now: int) -> dict[int, int]:
    """Renew leases of messages whose sender is still at it; returns those that were still its own, as they are now."""
    held = {}
    for message_id, until in leases.items():
        ours = db.run(
            "UPDATE outbox SET due_at = :lease WHERE id = :id AND state = 'sending' AND due_at = :until",
            id=message_id,
            lease=now + LEASE,
            until=until,
        )
        if ours:
            held[message_id] = now + LEASE
    return held


def is_ours(db: Database, message: Outgoing) -> bool:
    """Whether a message is still its claimer's, who may have stood still for longer than a lease: each claim counts."""
    row = db.row(
        "SELECT 1 AS yes FROM outbox WHERE id = :id AND state = 'sending' AND attempts = :attempts",
        id=message.id,
        attempts=message.attempts,
    )
    return row is not None


def sent(db: Database, message: Outgoing, *, at: int, channel: str | None, ts: str | None) -> None:
    """Record where and when a message went out; one whose subject changed meanwhile is queued again at once."""
    db.run(
        "UPDATE outbox SET state = CASE WHEN version = :version THEN 'sent' ELSE 'queued' END, due_at = :at,"
        " wanted_at = :at,"
        " sent_at = :at, sent_channel = COALESCE(:channel, sent_channel), sent_ts = COALESCE(:ts, sent_ts),"
        " problem = NULL WHERE id = :id",
        id=message.id,
        version=message.version,
        at=at,
        channel=channel,
        ts=ts,
    )


def put_back(
    db: Database, message: Outgoing, *, state: str, due_at: int, problem: str, burn_attempt: bool = True
) -> None:
    """Return a message to the queue as ``queued`` (certainly not posted) or ``unknown`` (perhaps posted)."""
    db.run(
        "UPDATE outbox SET state = :state, due_at = :due_at, problem = :problem, attempts = attempts - :refund"
        " WHERE id = :id",
        id=message.id,
        state=state,
        due_at=due_at,
        problem=problem,
        refund=0 if burn_attempt else 1,
    )


def redirect(db: Database, message: Outgoing, *, target: str, now: int, problem: str) -> None:
    """Send a message to another place, because its own cannot be reached."""
    db.run(
        "UPDATE outbox SET state = 'queued', target = :target, person_id = NULL, due_at = :now, problem = :problem"
        " WHERE id = :id",
        id=message.id,
        target=target,
        now=now,
        problem=problem,
    )


def bury(db: Database, message: Outgoing, problem: str) -> None:
    """Give a message up, saying why."""
    db.run("UPDATE outbox SET state = 'dead', problem = :problem WHERE id = :id", id=message.id, problem=problem)


def cancel(db: Database, *, kind: str, subject_id: int) -> int:
    """Drop what is queued about a subject and certainly not posted; returns how many."""
    return db.run(
        "DELETE FROM outbox WHERE kind = :kind AND subject_id = :subject_id AND state = 'queued'",
        kind=kind,
        subject_id=subject_id,
    )


def drop(db: Database, *, kind: str, subject_id: int) -> None:
    """Drop every message of a kind about a subject, also those that were sent: another may have its key then."""
    db.run("DELETE FROM outbox WHERE kind = :kind AND subject_id = :subject_id", kind=kind, subject_id=subject_id)


def posted(db: Database, *, kind: str, subject_id: int) -> list[Outgoing]:
    """The messages of a kind that reached Slack about a subject, oldest first."""
    return every(
        Outgoing,
        db.rows(
            "SELECT * FROM outbox WHERE subject_id = :subject_id AND kind = :kind AND sent_ts IS NOT NULL ORDER BY id",
            kind=kind,
            subject_id=subject_id,
        ),
    )


def posted_at(db: Database, channel: str, ts: str, *, kind: str) -> Outgoing | None:
    """The message of a kind that stands in this place in Slack, if it is ours."""
    row = db.row(
        "SELECT * FROM outbox WHERE sent_channel = :channel AND sent_ts = :ts AND kind = :kind",
        channel=channel,
        ts=ts,
        kind=kind,
    )
    return None if row is None else one(Outgoing, row)


def given_up(db: Database, *, kind: str, subject_id: int) -> list[Outgoing]:
    """The messages of a kind about a subject that could not be delivered, oldest first."""
    found = db.rows(
        "SELECT * FROM outbox WHERE subject_id = :subject_id AND kind = :kind AND state = 'dead' ORDER BY id",
        kind=kind,
        subject_id=subject_id,
    )
    return every(Outgoing, found)


def next_due(db: Database) -> int | None:
    """When the next message wants to go out, or None if nothing waits."""
    row = db.row("SELECT MIN(due_at) AS due_at FROM outbox WHERE state IN ('queued', 'sending', 'unknown')")
    return None if row is None else row["due_at"]


def counts(db: Database) -> list[Row]:
    """How many messages stand in each state."""
    return db.rows("SELECT state, COUNT(*) AS messages FROM outbox GROUP BY state ORDER BY state")


def waiting_since(db: Database) -> int | None:
    """When the message that waits longest first wanted to go out, however often it was put back since."""
    row = db.row(
        "SELECT MIN(COALESCE(wanted_at, created_at)) AS wanted_at FROM outbox"
        " WHERE state IN ('queued', 'sending', 'unknown')"
    )
    return None if row is None else row["wanted_at"]


def forget_before(db: Database, at: int) -> int:
    """Drop messages long sent or given up of the kinds that nobody reads again; returns how many.

    Living messages, reminders and what says *received* stay: they know by their row where they stand in Slack.
    """
    return db.run(
        "DELETE FROM outbox WHERE created_at < :at AND state IN ('sent', 'dead')"
        " AND kind IN ('respond', 'post', 'digest-thread', 'draft', 'look', 'reread', 'report', 'picture', 'rewrite',"
        " 'unwritten', 'export', 'export-file', 'mark', 'nudge-edit', 'gap')",
        at=at,
    )
