"""Figures of the past, each counted anew from what happened; no counter is kept that could drift.

A moment belongs to a period from its ``begin`` until just before its ``end`` (Unix seconds). Praise and ideas are
logged, but are never open problems. The answer owed to somebody who escalated is no promise to a customer.
"""

from dataclasses import dataclass
from typing import Any

from storage.database import Database, Row
from storage.history import DUPLICATE, GRACE, NEITHER, ON_TIME, TO_THEM
from storage.scope import PROBLEM, REAL, Scope

COMES_BACK_WITHIN = 90 * 86400  # seconds; the same customer and category (brief, sections 8 and 9)


@dataclass(frozen=True, slots=True)
class Promised:
    """What became of the promises first due in a period; each stands in one of these, ``undecided`` in no rate."""

    on_time: int
    late: int
    broken: int
    waiting: int
    other: int  # withdrawn, or they called us, after the time
    neither: int  # the same, before it

    @property
    def missed(self) -> int:
        """Not kept by the first promised time, closed or not."""
        return self.late + self.broken + self.waiting + self.other

    @property
    def counted(self) -> int:
        """Kept or missed."""
        return self.on_time + self.missed


def promised(db: Database, scope: Scope, begin: int, end: int, now: int) -> Promised:
    """Count the promises first due in a period by their outcome; one still in its minute is in none of them."""
    missed = f"NOT ({ON_TIME}) AND NOT ({NEITHER})"
    kinds = {
        "on_time": f"closed_at IS NOT NULL AND {ON_TIME}",
        "late": f"closed_at IS NOT NULL AND outcome = 'kept' AND NOT ({ON_TIME})",
        "broken": "closed_at IS NOT NULL AND outcome = 'broken'",
        "waiting": f"closed_at IS NULL AND first_due_at + {GRACE} < :now",
        "other": f"closed_at IS NOT NULL AND outcome NOT IN ('kept', 'broken') AND {missed}",
        "neither": f"closed_at IS NOT NULL AND {NEITHER}",
    }
    sums = ", ".join(f"COALESCE(SUM(CASE WHEN {when} THEN 1 ELSE 0 END), 0) AS {name}" for name, when in kinds.items())
    row = db.rows(
        f"SELECT {sums} FROM promises WHERE first_due_at >= :begin AND first_due_at < :end AND {TO_THEM}"
        f"{scope.where('promises')}",
        begin=begin,
        end=end,
        now=now,
        **scope.values(),
    )[0]
    return Promised(**{name: int(row[name]) for name in kinds})


def moved(db: Database, scope: Scope, begin: int, end: int) -> tuple[int, int]:
    """How many promises were moved in a period, and of how many the customer was not told."""
    row = db.rows(
        "SELECT COUNT(DISTINCT promise_id) AS moved,"
        " COUNT(DISTINCT CASE WHEN customer_told = 0 THEN promise_id END) AS untold"
        " FROM moves JOIN promises ON promises.id = moves.promise_id"
        f" WHERE moves.at >= :begin AND moves.at < :end AND {TO_THEM}{scope.where('promises')}",
        begin=begin,
        end=end,
        **scope.values(),
    )[0]
    return int(row["moved"]), int(row["untold"])


def broken(db: Database, scope: Scope, begin: int, end: int) -> int:
    """How many promises were closed as broken in a period."""
    row = db.rows(
        "SELECT COUNT(*) AS n FROM promises WHERE outcome = 'broken' AND closed_at >= :begin AND closed_at < :end"
        f" AND {TO_THEM}{scope.where('promises')}",
        begin=begin,
        end=end,
        **scope.values(),
    )[0]
    return int(row["n"])


def overdue(db: Database, scope: Scope, now: int, most: int) -> tuple[list[Row], int]:
    """Open promises past their time, the longest first, up to ``most``, and how many there are."""
    where = f"closed_at IS NULL AND due_at + {GRACE} < :now AND {TO_THEM}{scope.where('promises')}"
    values = {"now": now, **scope.values()}
    count = db.rows(f"SELECT COUNT(*) AS n FROM promises WHERE {where}", **values)[0]
    found = db.rows(f"SELECT * FROM promises WHERE {where} ORDER BY due_at, id LIMIT :most", most=most, **values)
    return found, int(count["n"])


def logged(db: Database, scope: Scope, begin: int, end: int) -> dict[str, int]:
    """How many issues of each category were logged in a period; those without one stand under an empty name."""
    found = db.rows(
        "SELECT COALESCE(category, '') AS category, COUNT(*) AS n FROM issues"
        f" WHERE created_at >= :begin AND created_at < :end{scope.where('issues')} GROUP BY COALESCE(category, '')",
        begin=begin,
        end=end,
        **scope.values(),
    )
    return {row["category"]: int(row["n"]) for row in found}


def answered(db: Database, scope: Scope, begin: int, end: int) -> list[Row]:
    """``team_id``, ``since`` and ``until`` of each problem that had its first response in a period."""
    return _ended(db, scope, "first_response_at", begin, end)


def resolved(db: Database, scope: Scope, begin: int, end: int) -> list[Row]:
    """``team_id``, ``since`` and ``until`` of each problem that was resolved in a period and is not open again."""
    return _ended(db, scope, "resolved_at", begin, end)


def _ended(db: Database, scope: Scope, at: str, begin: int, end: int) -> list[Row]:
    return db.rows(
        f"SELECT team_id, created_at AS since, {at} AS until FROM issues"
        f" WHERE {at} >= :begin AND {at} < :end AND {PROBLEM}{scope.where('issues')}",
        begin=begin,
        end=end,
        **scope.values(),
    )


def repeats(db: Database, scope: Scope, begin: int, end: int, most: int) -> tuple[list[Row], int]:
    """Problems of a period that came back: the same customer and category within 90 days before.

    Rows of ``customer_id``, ``category`` and ``times``, the most frequent first, up to ``most``; and how many in all.
    """
    # Asked like this, all of it is read in indexes: what is told twice is little, and stands in one of its own.
    twice = f"SELECT id FROM issues WHERE {DUPLICATE} AND created_at >= :since"
    found = db.rows(
        "SELECT customer_id, category, COUNT(*) AS times, SUM(COUNT(*)) OVER () AS total FROM issues"
        f" WHERE created_at >= :begin AND created_at < :end AND issues.id NOT IN ({twice})"
        " AND category IS NOT NULL AND category NOT IN ('praise', 'idea', 'other') AND EXISTS ("
        "SELECT 1 FROM issues AS earlier WHERE earlier.customer_id = issues.customer_id"
        f" AND earlier.category = issues.category AND earlier.id NOT IN ({twice})"
        " AND earlier.created_at >= issues.created_at - :within"
        " AND earlier.created_at <= issues.created_at AND earlier.id < issues.id)"
        f"{scope.where('issues')} GROUP BY customer_id, category"
        " ORDER BY times DESC, customer_id, category LIMIT :most",
        begin=begin,
        end=end,
        since=begin - COMES_BACK_WITHIN,
        within=COMES_BACK_WITHIN,
        most=most,
        **scope.values(),
    )
    return found, int(found[0]["total"]) if found else 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many problems waited at a moment, and since when the one in their middle and the oldest did."""

    count: int = 0
    middle_since: int = 0
    oldest_since: int = 0


def waiting(db: Database, scope: Scope, at: int, *, unanswered: bool = False) -> Waiting:
    """The problems open at a moment, now or past; ``unanswered``: those without a first response by then."""
    sql, values = _open_at(scope, at, unanswered=unanswered)
    row = db.rows(f"SELECT COUNT(*) AS n, MIN(created_at) AS oldest FROM ({sql}) AS waiting", **values)[0]
    count = int(row["n"])
    if not count:
        return Waiting()
    middle = db.rows(  # of the ages: the half that waits at most so long
        f"SELECT created_at FROM ({sql}) AS waiting ORDER BY created_at + 0 DESC LIMIT 1 OFFSET :half",
        half=(count + 1) // 2 - 1,
        **values,
    )[0]
    return Waiting(count, int(middle["created_at"]), int(row["oldest"]))


def open_count(db: Database, scope: Scope, at: int) -> int:
    """How many problems were open at a moment."""
    sql, values = _open_at(scope, at, unanswered=False)
    return int(db.rows(f"SELECT COUNT(*) AS n FROM ({sql}) AS waiting", **values)[0]["n"])


def _open_at(scope: Scope, at: int, *, unanswered: bool) -> tuple[str, dict[str, Any]]:
    # Two halves, so that each finds its rows by an index of its own: those still open, and those resolved since.
    # The plus keeps the time of logging, which nearly all rows fulfil, from being taken for the better index.
    where = f"+created_at < :at AND {PROBLEM}{scope.where('issues')}"
    if unanswered:
        where += " AND (first_response_at IS NULL OR first_response_at >= :at)"
    halves = [f"SELECT created_at FROM issues WHERE resolved_at {half} AND {where}" for half in ("IS NULL", ">= :at")]
    return " UNION ALL ".join(halves), {"at": at, **scope.values()}


def oldest(db: Database, scope: Scope, *, unanswered: bool = False) -> int | None:
    """The number of the open problem that waits longest."""
    still = " AND first_response_at IS NULL" if unanswered else ""
    row = db.row(
        f"SELECT id FROM issues WHERE resolved_at IS NULL AND {PROBLEM}{still}{scope.where('issues')}"
        " ORDER BY created_at, id LIMIT 1",
        **scope.values(),
    )
    return int(row["id"]) if row else None


def feedback(db: Database, scope: Scope, begin: int, end: int) -> list[Row]:
    """``mood``, ``reason`` and ``n``: what customers said of us in a period, each reason as it was written."""
    return db.rows(
        "SELECT mood, COALESCE(reason, '') AS reason, COUNT(*) AS n FROM feedback"
        f" WHERE at >= :begin AND at < :end AND mood IS NOT NULL{scope.where('feedback')}"
        " GROUP BY mood, COALESCE(reason, '') ORDER BY n DESC, reason",
        begin=begin,
        end=end,
        **scope.values(),
    )


def open_by_owner(db: Database, scope: Scope, now: int) -> list[Row]:
    """``owner_id`` (None: nobody), ``issues``, ``promises`` and how many of these are ``overdue``: the open work."""
    return db.rows(
        "SELECT owner_id, SUM(is_issue) AS issues, SUM(1 - is_issue) AS promises, SUM(is_late) AS overdue FROM ("
        f"SELECT owner_id, 1 AS is_issue, 0 AS is_late FROM issues"
        f" WHERE resolved_at IS NULL AND {PROBLEM}{scope.where('issues')} UNION ALL"
        " SELECT CASE WHEN asked_id IS NULL THEN owner_id END, 0,"
        f" CASE WHEN due_at + {GRACE} < :now THEN 1 ELSE 0 END FROM promises"
        f" WHERE closed_at IS NULL AND {REAL}{scope.where('promises')}) AS work GROUP BY owner_id",
        now=now,
        **scope.values(),
    )
