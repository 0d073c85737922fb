"""Promises overheard in channels that asked for it: where the message is, whose, and the time read. Never its words."""

from dataclasses import dataclass

from storage.database import Database, insert
from storage.models import every

KEEP_FOR = 24 * 3600  # seconds


@dataclass(frozen=True)
class Suggestion:
    """An offer to keep a promise, waiting for an answer; ``at`` is when it was made."""

    id: int
    channel_id: str
    message_ts: str
    person_id: str
    due_at: int
    at: int


def are_on(db: Database, channel_id: str) -> bool:
    """Whether a channel has asked for them."""
    row = db.row("SELECT 1 AS yes FROM channels WHERE id = :id AND suggests = 1", id=channel_id)
    return row is not None


def switch(db: Database, channel_id: str, *, on: bool) -> None:
    """Have them in a channel, or have them no more."""
    db.run("UPDATE channels SET suggests = :suggests WHERE id = :id", id=channel_id, suggests=int(on))


def keep(db: Database, *, channel_id: str, message_ts: str, person_id: str, due_at: int, at: int) -> int:
    """Keep an offer until it is answered; returns its id."""
    row = insert(
        db, "suggestions", channel_id=channel_id, message_ts=message_ts, person_id=person_id, due_at=due_at, at=at
    )
    return int(row["id"])


def take(db: Database, suggestion_id: int, person_id: str) -> Suggestion | None:
    """Take an offer made to this person, which can be done once; None if it is gone."""
    found = db.rows(
        "DELETE FROM suggestions WHERE id = :id AND person_id = :person_id RETURNING *",
        id=suggestion_id,
        person_id=person_id,
    )
    return next(iter(every(Suggestion, found)), None)


def forget_before(db: Database, at: int) -> int:
    """Drop offers older than this; returns how many."""
    return db.run("DELETE FROM suggestions WHERE at < :at", at=at)
