"""What is before a person and a team today, and what went out to them: the figures of a Home."""

from storage import callbacks
from storage.database import Database, Row
from storage.digests import DUE, PROMISED_WEIGHT
from storage.models import Person, Promise, every
from storage.scope import Scope

MINE = (
    "promises.closed_at IS NULL AND promises.owner_id = :id AND promises.due_at >= :since AND promises.due_at < :until"
)


def promised_by(
    db: Database, person_id: str, since: int, until: int, most: int, *, by_impact: bool = False
) -> tuple[list[Promise], int]:
    """Somebody's open promises due from ``since`` until just before ``until``, and how many there are in all.

    The soonest due come first, or before that the highest impact of their open issues.
    """
    values = {"id": person_id, "since": since, "until": until}
    count = db.rows(f"SELECT COUNT(*) AS n FROM promises WHERE {MINE}", **values)[0]
    weight = f"{PROMISED_WEIGHT} DESC, " if by_impact else ""
    order = f"{weight}promises.due_at, promises.id"
    # The numbers first, then the few rows: to sort whole ones takes five times as long where there are thousands.
    sql = f"SELECT promises.id FROM promises WHERE {MINE} ORDER BY {order} LIMIT :most"
    found = [callbacks.find(db, row["id"]) for row in db.rows(sql, most=most, **values)]
    return [promise for promise in found if promise], int(count["n"])


def by_owner(db: Database, scope: Scope, now: int, until: int) -> list[Row]:
    """``owner_id`` (None: nobody), ``overdue`` and ``today``: open promises due before ``until``, in no order."""
    return db.rows(
        "SELECT owner, SUM(is_late) AS overdue, SUM(1 - is_late) AS today FROM ("
        "SELECT CASE WHEN asked_id IS NULL THEN owner_id END AS owner,"
        " CASE WHEN due_at <= :now THEN 1 ELSE 0 END AS is_late"
        f" FROM promises WHERE {DUE}{scope.where('promises')}) AS work GROUP BY owner",
        now=now,
        since=0,
        before=until,
        **scope.values(),
    )


def perhaps_away(db: Database, channel_id: str) -> list[Person]:
    """The members of a channel who may be away, by their word or by their status."""
    rows = db.rows(
        "SELECT people.* FROM memberships JOIN people ON people.id = memberships.person_id"
        " WHERE memberships.channel_id = :id AND (people.away_from IS NOT NULL OR people.status_emoji IS NOT NULL)"
        " AND people.is_bot = 0 AND people.is_outsider = 0 AND people.is_deactivated = 0",
        id=channel_id,
    )
    return every(Person, rows)


def last_reminder(db: Database, person_id: str) -> int | None:
    """When the last reminder was put on its way to somebody, or None."""
    row = db.row("SELECT MAX(queued_at) AS at FROM nudges WHERE target = :id AND queued_at IS NOT NULL", id=person_id)
    return row["at"] if row else None


def digest_posted(db: Database, channel_id: str, on: str) -> int | None:
    """When the digest of a channel of a local date (ISO) was posted, or None."""
    row = db.row(
        "SELECT sent_at FROM outbox WHERE key = :key AND kind = 'digest' AND sent_ts IS NOT NULL",
        key=f"digest:{channel_id}:{on}",
    )
    return row["sent_at"] if row else None


def taken_from(db: Database, person_id: str, begin: int, end: int) -> list[Row]:
    """``record_id`` and ``person_id`` of who took which of somebody's promises in that time, in their order."""
    return db.rows(
        "SELECT record_id, person_id FROM audit WHERE deed = 'took' AND detail = :id AND at >= :begin AND at <= :end"
        " ORDER BY at, id",
        id=person_id,
        begin=begin,
        end=end,
    )
