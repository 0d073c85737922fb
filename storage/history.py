"""What was between a customer and us: everything in its order, and the counts of it.

For the counts a promise not kept by its first due time is missed, closed or not; withdrawn, or they called us, before
that time, it is neither (brief, section 3). The answer owed to somebody who escalated is no promise to the customer,
and the sample that setup ends with is one to nobody.
"""

from dataclasses import dataclass

from storage.database import Database
from storage.models import Promise, every

GRACE = 60  # seconds: "3 pm" lasts a minute
TO_THEM = "kind NOT IN ('answer', 'sample') AND (outcome IS NULL OR outcome <> 'mistake')"
ON_TIME = f"outcome = 'kept' AND kept_at <= first_due_at + {GRACE}"
# An issue closed as another's duplicate is the same report, told twice: it is no repeat and makes no trend.
DUPLICATE = "resolution LIKE 'duplicate of #%'"
TOLD_ONCE = "COALESCE(issues.resolution, '') NOT LIKE 'duplicate of #%'"
STILL = f"outcome IS NULL AND first_due_at + {GRACE} >= :now"  # one closed as broken is missed before its time, too
NEITHER = "outcome IN ('withdrawn', 'called') AND closed_at <= first_due_at"

# One row for each thing that happened: when, what, to which record, by whom, its words; and where, in whose order.
EVENTS = (
    ("created_at", "'logged'", "id", "reporter_id", "summary", "issues WHERE customer_id = :customer_id"),
    (
        *("resolved_at", "'resolved'", "id", "resolved_by", "COALESCE(resolution, '')"),
        "issues WHERE customer_id = :customer_id AND resolved_at IS NOT NULL",
    ),
    (
        *("made_at", "'promised'", "id", "owner_id", "''"),
        "promises WHERE customer_id = :customer_id AND (outcome IS NULL OR outcome <> 'mistake')",
    ),
    (
        *("closed_at", "outcome", "id", "closed_by", "''"),
        "promises WHERE customer_id = :customer_id AND closed_at IS NOT NULL AND outcome <> 'mistake'",
    ),
    ("at", "'noted'", "id", "person_id", "words", "notes WHERE customer_id = :customer_id"),
    (
        *("at", "COALESCE(mood, 'said')", "id", "person_id", "COALESCE(reason, '')"),
        "feedback WHERE customer_id = :customer_id AND (mood IS NOT NULL OR reason IS NOT NULL)",
    ),
)


@dataclass(frozen=True)
class Event:
    """Something that happened; ``id`` is the issue's or promise's number, else the note's or feedback's own."""

    at: int
    what: str
    id: int
    person_id: str | None
    words: str


def page(db: Database, customer_id: int, *, before: tuple[int, str, int] | None, most: int) -> list[Event]:
    """What happened before a given event (its ``at``, ``what`` and ``id``), or up to now, the latest first."""
    asked = [
        f"SELECT {at} AS at, {what} AS what, {number} AS id, {person_id} AS person_id, {words} AS words FROM {where}"
        + (f" AND {at} <= :at AND {_older(at, what, number)}" if before else "")
        for at, what, number, person_id, words, where in EVENTS
    ]
    # Ordered as a whole, each part is read from its index no further than it is wanted.
    found = db.rows(
        f"{' UNION ALL '.join(asked)} ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT :most",
        customer_id=customer_id,
        most=most,
        **(dict(zip(("at", "what", "id"), before, strict=True)) if before else {}),
    )
    return every(Event, found)


def _older(at: str, what: str, number: str) -> str:
    return f"({at} < :at OR {what} < :what OR ({what} = :what AND {number} < :id))"


def notes_follow(db: Database, record_id: int, customer_id: int) -> None:
    """Have the notes of a record be those of the customer it belongs to now."""
    db.run("UPDATE notes SET customer_id = :customer_id WHERE record_id = :id", id=record_id, customer_id=customer_id)


def kept_and_missed(db: Database, customer_id: int, *, since: int, now: int) -> tuple[int, int]:
    """How many promises first due from ``since`` on were kept by that time, and how many were missed."""
    row = db.row(
        f"SELECT COALESCE(SUM(CASE WHEN {ON_TIME} THEN 1 ELSE 0 END), 0) AS kept,"
        f" COALESCE(SUM(CASE WHEN {ON_TIME} OR {NEITHER} OR ({STILL}) THEN 0 ELSE 1 END), 0)"
        f" AS missed FROM promises WHERE customer_id = :customer_id AND first_due_at >= :since AND {TO_THEM}",
        customer_id=customer_id,
        since=since,
        now=now,
    )
    return (int(row["kept"]), int(row["missed"])) if row else (0, 0)


def closed(db: Database, customer_id: int, most: int) -> list[Promise]:
    """The promises to a customer that ended, those promised for last first."""
    found = db.rows(
        f"SELECT * FROM promises WHERE customer_id = :id AND closed_at IS NOT NULL AND {TO_THEM}"
        " ORDER BY first_due_at DESC, id DESC LIMIT :most",
        id=customer_id,
        most=most,
    )
    return every(Promise, found)


def comes_back(db: Database, customer_id: int, since: int) -> list[tuple[str, int]]:
    """The categories of a customer's problems that came twice or more since then, the most frequent first."""
    found = db.rows(
        "SELECT category, COUNT(*) AS times FROM issues WHERE customer_id = :id AND created_at >= :since"
        f" AND {TOLD_ONCE} AND category IS NOT NULL AND category NOT IN ('praise', 'idea', 'other')"
        " GROUP BY category HAVING COUNT(*) >= 2 ORDER BY COUNT(*) DESC, category",
        id=customer_id,
        since=since,
    )
    return [(row["category"], int(row["times"])) for row in found]
