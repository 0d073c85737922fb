"""Alarms: what was found wrong, since when, and until when; one row each time it began."""

from dataclasses import dataclass

from storage.database import Database, insert
from storage.models import every, one

COMES_AGAIN_WITHIN = 3600  # seconds in which one that ended is taken for the same one
SAID_AGAIN_AFTER = 86400  # seconds after which one that goes on is said once more


@dataclass(frozen=True)
class Alarm:
    """Something of a ``kind`` that was found wrong; ``detail`` names the records or kinds of message, as JSON."""

    id: int
    kind: str
    began_at: int
    ended_at: int | None
    detail: str


def find(db: Database, alarm_id: int) -> Alarm | None:
    """The alarm of this number, or None."""
    row = db.row("SELECT * FROM alarms WHERE id = :id", id=alarm_id)
    return None if row is None else one(Alarm, row)


def open_ones(db: Database) -> list[Alarm]:
    """The alarms that have not ended, the first one first."""
    return every(Alarm, db.rows("SELECT * FROM alarms WHERE ended_at IS NULL ORDER BY id"))


def begin(db: Database, kind: str, detail: str, now: int) -> Alarm:
    """Begin an alarm, or go on with the last of its kind where that one ended a moment ago."""
    last = db.row("SELECT * FROM alarms WHERE kind = :kind ORDER BY id DESC LIMIT 1", kind=kind)
    if last and last["ended_at"] is not None and _goes_on(one(Alarm, last), now):
        return change(db, last["id"], detail=detail, ended_at=None)
    return one(Alarm, insert(db, "alarms", kind=kind, began_at=now, ended_at=None, detail=detail))


def _goes_on(last: Alarm, now: int) -> bool:
    ended_lately = now - (last.ended_at or 0) < COMES_AGAIN_WITHIN
    return ended_lately and now - last.began_at < SAID_AGAIN_AFTER


def change(db: Database, alarm_id: int, *, detail: str, ended_at: int | None) -> Alarm:
    """Keep how an alarm stands now."""
    rows = db.rows(
        "UPDATE alarms SET detail = :detail, ended_at = :ended_at WHERE id = :id RETURNING *",
        id=alarm_id,
        detail=detail,
        ended_at=ended_at,
    )
    return one(Alarm, rows[0])
