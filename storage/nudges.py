"""Reminders: one row for each step of a promise that was taken, or was passed over; never two of one step.

A row waits (for its moment, or because somebody heard enough), is put into a message of the outbox with others to the
same place, and is sent; or nobody could be reached, which ``unheard_at`` says until somebody acts on the promise.
"""

from dataclasses import dataclass

from storage.database import Database
from storage.models import Outgoing, every

LIMITED = "rung <> 'handed' AND rung NOT LIKE '%@%'"  # steps of the ladder; the rest is news of what somebody did


@dataclass(frozen=True)
class Nudge:
    """A step taken: ``due_at`` is when it is to go. ``target`` is a person or channel, None if it was passed over.

    ``words`` stand above it; ``tried`` are the places, with spaces between, that could not be reached. It ``is_live``
    while its promise is open and has the owner and time it had then.
    """

    id: int
    promise_id: int
    generation: int
    rung: str
    target: str | None
    words: str
    due_at: int
    taken_at: int
    is_late: bool
    tried: str
    message_key: str | None
    queued_at: int | None
    sent_at: int | None
    is_live: bool


NUDGES = (
    "SELECT nudges.*, CASE WHEN EXISTS (SELECT 1 FROM promises WHERE promises.id = promise_id AND closed_at IS NULL"
    " AND promises.generation = nudges.generation AND maker_id <> '') THEN 1 ELSE 0 END AS is_live FROM nudges"
)


def put(
    db: Database,
    *,
    promise_id: int,
    generation: int,
    rung: str,
    target: str | None,
    due_at: int,
    now: int,
    words: str = "",
    is_late: bool = False,
) -> bool:
    """Note that a step was taken and is to go at ``due_at``; False if it was taken before."""
    return bool(
        db.run(
            "INSERT INTO nudges (promise_id, generation, rung, target, words, due_at, taken_at, is_late, tried)"
            " VALUES (:promise_id, :generation, :rung, :target, :words, :due_at, :now, :is_late, '')"
            " ON CONFLICT DO NOTHING",
            promise_id=promise_id,
            generation=generation,
            rung=rung,
            target=target,
            words=words,
            due_at=due_at,
            now=now,
            is_late=int(is_late),
        )
    )


def taken(db: Database, promise_id: int, generation: int) -> dict[str, int]:
    """The steps of a promise that were taken or passed over, with the moment of it."""
    rows = db.rows(
        "SELECT rung, taken_at FROM nudges WHERE promise_id = :id AND generation = :generation",
        id=promise_id,
        generation=generation,
    )
    return {row["rung"]: row["taken_at"] for row in rows}


WAITING = "message_key IS NULL AND target IS NOT NULL AND unheard_at IS NULL"


def waiting(db: Database, now: int, places: int | None = None) -> list[Nudge]:
    """The reminders that are to go now, in the order they were taken: all of them, or those to a few ``places``."""
    due = f"WHERE {WAITING} AND due_at <= :now"
    few = "" if places is None else f" AND target IN (SELECT DISTINCT target FROM nudges {due} LIMIT :places)"
    # The plus keeps SQLite from going through all there are in the order of their numbers.
    return every(Nudge, db.rows(f"{NUDGES} {due}{few} ORDER BY +id", now=now, places=places))


def said_before(db: Database, target: str, now: int) -> set[int]:
    """Of the promises whose reminders are to go to a place now, those that were in a message before."""
    found = db.column(
        "SELECT DISTINCT promise_id FROM nudges WHERE message_key IS NOT NULL AND promise_id IN"
        f" (SELECT promise_id FROM nudges WHERE {WAITING} AND target = :target AND due_at <= :now)",
        target=target,
        now=now,
    )
    return set(found)


def is_limited(nudge: Nudge) -> bool:
    """Whether this counts among the three reminders in ten minutes; what somebody just did is told at once."""
    return nudge.rung != "handed" and "@" not in nudge.rung


def latest_messages(db: Database, target: str, since: int, most: int) -> list[int]:
    """When the latest reminders went to somebody since a moment, the last first; several in one message are one."""
    rows = db.rows(
        "SELECT MAX(queued_at) AS at FROM nudges WHERE target = :target AND queued_at > :since"
        f" AND {LIMITED} GROUP BY message_key ORDER BY at DESC LIMIT :most",
        target=target,
        since=since,
        most=most,
    )
    return [row["at"] for row in rows]


def postpone(db: Database, nudge_id: int, due_at: int) -> None:
    """Have a reminder wait."""
    db.run("UPDATE nudges SET due_at = :due_at WHERE id = :id", id=nudge_id, due_at=due_at)


def is_late(db: Database, nudge_id: int) -> None:
    """Note that a reminder goes later than it was to go."""
    db.run("UPDATE nudges SET is_late = 1 WHERE id = :id", id=nudge_id)


def queued(db: Database, nudge_ids: list[int], message_key: str, now: int) -> None:
    """Note which message these reminders are in."""
    for nudge_id in nudge_ids:
        db.run(
            "UPDATE nudges SET message_key = :key, queued_at = :now WHERE id = :id",
            id=nudge_id,
            key=message_key,
            now=now,
        )


def pass_over(db: Database, nudge_id: int) -> None:
    """Note that a reminder need not go any more."""
    db.run("UPDATE nudges SET target = NULL WHERE id = :id", id=nudge_id)


def drop_waiting(db: Database, promise_id: int) -> None:
    """Forget what waits to be said about a promise as it was."""
    db.run(f"DELETE FROM nudges WHERE promise_id = :id AND {WAITING}", id=promise_id)


def in_message(db: Database, message_key: str) -> list[Nudge]:
    """The reminders a message consists of, in their order."""
    return every(Nudge, db.rows(f"{NUDGES} WHERE message_key = :key ORDER BY id", key=message_key))


def sent(db: Database, message_key: str, now: int) -> None:
    """Note that a message with reminders reached Slack."""
    db.run("UPDATE nudges SET sent_at = :now WHERE message_key = :key", key=message_key, now=now)


def is_stuck(db: Database, promise_id: int, generation: int, since: int) -> bool:
    """Whether a reminder of a promise has been on its way to Slack since then, and not arrived."""
    row = db.row(
        "SELECT 1 AS yes FROM nudges JOIN outbox ON outbox.key = nudges.message_key"
        " WHERE nudges.promise_id = :id AND nudges.generation = :generation AND nudges.sent_at IS NULL"
        " AND nudges.queued_at < :since AND outbox.state IN ('queued', 'sending', 'unknown') LIMIT 1",
        id=promise_id,
        generation=generation,
        since=since,
    )
    return row is not None


def is_first_of(db: Database, nudge: Nudge) -> bool:
    """Whether this is a step of the ladder, and the first of those of its promise that were queued together."""
    row = db.row(
        "SELECT 1 AS yes FROM nudges WHERE promise_id = :id AND generation = :generation AND queued_at = :queued_at"
        f" AND id < :nudge AND {LIMITED} LIMIT 1",
        id=nudge.promise_id,
        generation=nudge.generation,
        queued_at=nudge.queued_at,
        nudge=nudge.id,
    )
    return row is None and is_limited(nudge)


def outdated(db: Database, nudge: Nudge) -> bool:
    """Whether something later was said in the same place about the same promise."""
    row = db.row(
        "SELECT 1 AS yes FROM nudges WHERE promise_id = :id AND target = :target AND id > :after"
        " AND queued_at IS NOT NULL LIMIT 1",
        id=nudge.promise_id,
        target=nudge.target,
        after=nudge.id,
    )
    return row is not None


def posted(db: Database, promise_id: int) -> list[Outgoing]:
    """The messages that reached Slack with reminders of a promise in them, oldest first."""
    return every(
        Outgoing,
        db.rows(
            "SELECT * FROM outbox WHERE sent_ts IS NOT NULL AND key IN (SELECT message_key FROM nudges"
            " WHERE promise_id = :id AND message_key IS NOT NULL) ORDER BY id",
            id=promise_id,
        ),
    )


def answered(db: Database, promise_id: int, generation: int, rung: str, words: str) -> None:
    """Keep what somebody answered to a reminder, to be shown in it."""
    db.run(
        "UPDATE nudges SET words = :words WHERE promise_id = :id AND generation = :generation AND rung = :rung",
        id=promise_id,
        generation=generation,
        rung=rung,
        words=words,
    )


def was_reminded(db: Database, promise_id: int, generation: int) -> bool:
    """Whether a reminder of a promise, of its present owner and time, reached somebody."""
    row = db.row(
        "SELECT 1 AS yes FROM nudges WHERE promise_id = :id AND generation = :generation AND sent_at IS NOT NULL"
        " LIMIT 1",
        id=promise_id,
        generation=generation,
    )
    return row is not None


def try_next(db: Database, nudge: Nudge, target: str | None, due_at: int, now: int) -> None:
    """Send a reminder to the next place, since its own cannot be reached; None: nobody is left to tell."""
    db.run(
        "UPDATE nudges SET target = COALESCE(:target, target), tried = :tried, due_at = :due_at, message_key = NULL,"
        " queued_at = NULL, unheard_at = :unheard_at WHERE id = :id",
        id=nudge.id,
        target=target,
        tried=f"{nudge.tried} {nudge.target}".strip(),
        due_at=due_at,
        unheard_at=now if target is None else None,
    )


def unheard(db: Database) -> int:
    """How many reminders of open promises reached nobody at all: each is an alarm."""
    row = db.row(
        "SELECT COUNT(*) AS n FROM nudges JOIN promises ON promises.id = nudges.promise_id"
        " WHERE nudges.unheard_at IS NOT NULL AND promises.closed_at IS NULL"
        " AND promises.generation = nudges.generation"
    )
    return int(row["n"]) if row else 0
