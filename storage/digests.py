"""Digests: when each channel has its own, and the open records they tell of.

Lists come with their exact count; a list is cut, a count never is.
"""

from dataclasses import dataclass
from typing import Any

from storage.alike import OF_CUSTOMER
from storage.database import Database, Row, insert
from storage.history import GRACE, TOLD_ONCE
from storage.models import Digest, Issue, Promise, every, one
from storage.scope import PROBLEM, REAL, Scope

# Impact in the order of the brief, section 2; what is unsaid weighs nothing.
WEIGHT = "CASE issues.impact WHEN 'losing-money' THEN 3 WHEN 'blocked' THEN 2 WHEN 'annoyed' THEN 1 ELSE 0 END"
# The same of a promise, by its issue as long as that is open: those are few, and found at once for all promises.
PROMISED_WEIGHT = (
    "CASE"
    + "".join(
        f" WHEN promises.issue_id IN (SELECT id FROM issues WHERE resolved_at IS NULL AND impact = '{impact}') THEN {n}"
        for impact, n in (("losing-money", 3), ("blocked", 2), ("annoyed", 1))
    )
    + " ELSE 0 END"
)


def keep(db: Database, channel_id: str, **values: Any) -> Digest:
    """Make the digest of a channel, or change it."""
    values = {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}
    if find(db, channel_id) is None:
        return one(Digest, insert(db, "digests", channel_id=channel_id, missed=0, **values))
    changes = ", ".join(f"{name} = :{name}" for name in values)
    row = db.rows(f"UPDATE digests SET {changes} WHERE channel_id = :id RETURNING *", id=channel_id, **values)[0]
    return one(Digest, row)


def find(db: Database, channel_id: str) -> Digest | None:
    """The digest of this channel, on or off, if it ever had one."""
    row = db.row("SELECT * FROM digests WHERE channel_id = :id", id=channel_id)
    return None if row is None else one(Digest, row)


def switch_off(db: Database, channel_id: str) -> bool:
    """Send no more of them; how it was set is kept. False if it was off."""
    sql = "UPDATE digests SET next_at = NULL, missed_on = NULL, missed = 0 WHERE channel_id = :id"
    return db.run(f"{sql} AND next_at IS NOT NULL", id=channel_id) == 1


def due(db: Database, now: int, most: int) -> list[Digest]:
    """Digests whose moment has come, earliest first."""
    sql = "SELECT * FROM digests WHERE next_at IS NOT NULL AND next_at <= :now ORDER BY next_at, channel_id LIMIT :most"
    return every(Digest, db.rows(sql, now=now, most=most))


def took(db: Database, digest: Digest, *, next_at: int | None, last_on: str) -> bool:
    """Note that a digest's moment was taken and when the next one is; False if another replica took it."""
    sql = "UPDATE digests SET next_at = :next_at, last_on = :last_on WHERE channel_id = :id AND next_at = :was"
    return db.run(sql, id=digest.channel_id, was=digest.next_at, next_at=next_at, last_on=last_on) == 1


def missed(db: Database, channel_id: str, on: str) -> None:
    """Note that the digest of a local date was not sent, for the next one to say so."""
    db.run(
        "UPDATE digests SET missed = missed + 1, missed_on = COALESCE(missed_on, :on) WHERE channel_id = :id",
        id=channel_id,
        on=on,
    )


def told_of_missed(db: Database, channel_id: str) -> None:
    """Note that a digest said which ones before it were not sent."""
    db.run("UPDATE digests SET missed = 0, missed_on = NULL WHERE channel_id = :id AND missed > 0", id=channel_id)


def _problems(scope: Scope) -> str:
    """The conditions on issues: praise and ideas stand in a digest only where it was set to their category."""
    return scope.where("issues") + ("" if scope.category else f" AND {PROBLEM}")


DUE = f"promises.closed_at IS NULL AND {REAL} AND promises.due_at >= :since AND promises.due_at < :before"


def count_promised(db: Database, scope: Scope, since: int, before: int) -> int:
    """How many open promises are due from ``since`` until just before ``before`` (Unix seconds)."""
    sql = f"SELECT COUNT(*) AS n FROM promises WHERE {DUE}{scope.where('promises')}"
    row = db.row(sql, since=since, before=before, **scope.values())
    return int(row["n"]) if row else 0


def promised(
    db: Database, scope: Scope, since: int, before: int, most: int, *, by_impact: bool = False
) -> list[Promise]:
    """Open promises due in that time, the soonest first, or before that the highest impact of their open issues."""
    # The first ones are found in the index, with the impact where it counts, and only their rows are read.
    order = f"ORDER BY {f'{PROMISED_WEIGHT} DESC, ' if by_impact else ''}promises.due_at, promises.id"
    first = f"SELECT promises.id FROM promises WHERE {DUE}{scope.where('promises')} {order} LIMIT :most"
    sql = f"SELECT promises.* FROM promises WHERE promises.id IN ({first}) {order}"
    return every(Promise, db.rows(sql, since=since, before=before, most=most, **scope.values()))


def given_up(db: Database, scope: Scope, most: int) -> tuple[list[Promise], int]:
    """Open promises nobody owns until somebody asked takes them, the soonest due first, and how many there are."""
    where = f"promises.closed_at IS NULL AND {REAL} AND promises.asked_id IS NOT NULL{scope.where('promises')}"
    count = db.row(f"SELECT COUNT(*) AS n FROM promises WHERE {where}", **scope.values())
    # The plus keeps SQLite from looking for them among all that are due.
    sql = f"SELECT promises.* FROM promises WHERE {where} ORDER BY +promises.due_at, promises.id LIMIT :most"
    return every(Promise, db.rows(sql, most=most, **scope.values())), int(count["n"]) if count else 0


def escalated(db: Database, scope: Scope, most: int) -> list[Issue]:
    """Open issues that were escalated, the highest impact first, then who waits longest."""
    return _open(db, scope, " AND issues.escalated_at IS NOT NULL", "issues.escalated_at", most)


def unowned(db: Database, scope: Scope, most: int) -> list[Issue]:
    """Open issues nobody owns, the highest impact first, then who waits longest."""
    return _open(db, scope, " AND issues.owner_id IS NULL", "issues.created_at", most)


def oldest(db: Database, scope: Scope, most: int) -> list[Issue]:
    """Open issues, the highest impact first, then who waits longest."""
    return _open(db, scope, "", "issues.created_at", most)


def _open(db: Database, scope: Scope, which: str, since: str, most: int) -> list[Issue]:
    # The first ones are found in the index alone, and only their rows are read.
    order = f"ORDER BY {WEIGHT} DESC, {since}, issues.id"
    where = f"resolved_at IS NULL{which}{_problems(scope)}"
    sql = f"SELECT * FROM issues WHERE id IN (SELECT id FROM issues WHERE {where} {order} LIMIT :most) {order}"
    return every(Issue, db.rows(sql, most=most, **scope.values()))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many issues are open, and how many of these are escalated or owned by nobody."""

    open: int
    escalated: int
    unowned: int


def counts(db: Database, scope: Scope) -> Counts:
    """Count the open issues, in one pass."""
    row = db.row(
        "SELECT COUNT(*) AS n, COUNT(escalated_at) AS escalated, COUNT(*) - COUNT(owner_id) AS unowned"
        f" FROM issues WHERE resolved_at IS NULL{_problems(scope)}",
        **scope.values(),
    )
    return Counts(int(row["n"]), int(row["escalated"]), int(row["unowned"])) if row else Counts(0, 0, 0)


# The newest issues that nobody gave a category, but for those closed as the same report told twice.
NEWEST = f"""
SELECT id, customer_id, summary FROM issues WHERE created_at >= :begin AND created_at < :end
    AND (category IS NULL OR category = 'other') AND {TOLD_ONCE}
"""


def before_them(
    db: Database, scope: Scope, begin: int, end: int, since: int, most: int
) -> tuple[list[Row], dict[int, list[str]]]:
    """The newest issues without a category of that time, and what their customers had told before, up to 60 each.

    Rows of ``id``, ``customer_id`` and ``summary``; and by such a row's id the summaries of earlier issues.
    """
    sql = f"{NEWEST}{_problems(scope)} ORDER BY created_at DESC, id DESC LIMIT :most"
    found = db.rows(sql, begin=begin, end=end, most=most, **scope.values())
    earlier = {
        row["id"]: [
            one["summary"]
            for one in db.rows(
                "SELECT summary FROM issues WHERE customer_id = :customer_id AND id < :id AND created_at >= :since"
                " AND (category IS NULL OR category NOT IN ('praise', 'idea')) ORDER BY created_at DESC LIMIT :most",
                customer_id=row["customer_id"],
                id=row["id"],
                since=since,
                most=OF_CUSTOMER,
            )
        ]
        for row in found
    }
    return found, earlier


def logged_since(db: Database, customer_id: int, category: str, since: int, before: int) -> tuple[int, int]:
    """How many issues of this category the customer had in that time, and when the first of them came."""
    row = db.row(
        "SELECT COUNT(*) AS n, COALESCE(MIN(created_at), 0) AS first FROM issues WHERE customer_id = :customer_id"
        f" AND category = :category AND created_at >= :since AND created_at < :before AND {TOLD_ONCE}",
        customer_id=customer_id,
        category=category,
        since=since,
        before=before,
    )
    return (int(row["n"]), int(row["first"])) if row else (0, 0)


def kept_by(db: Database, scope: Scope, begin: int, end: int) -> list[str]:
    """Who kept a promise, closed in that time, by the time that stood at last; in no order, each once."""
    found = db.rows(
        "SELECT DISTINCT promises.owner_id FROM promises WHERE promises.closed_at >= :begin"
        f" AND promises.closed_at < :end AND promises.outcome = 'kept' AND promises.owner_id <> '' AND {REAL}"
        f" AND promises.kept_at <= promises.due_at + {GRACE}{scope.where('promises')}",
        begin=begin,
        end=end,
        **scope.values(),
    )
    return [row["owner_id"] for row in found]
