"""Which customers are at risk, by the signs of the brief's section 8."""

from collections import Counter

from storage.database import Database, Row
from storage.history import TOLD_ONCE

OPEN_SINCE = """
SELECT customer_id, created_at AS at FROM issues
    WHERE resolved_at IS NULL AND created_at < :before AND (category IS NULL OR category NOT IN ('praise', 'idea'))
UNION ALL SELECT customer_id, made_at FROM promises WHERE closed_at IS NULL AND made_at < :before
"""

# Contact with a customer: a promise kept or tried, they called us, a note, a first reply of the team.
CONTACTS = """
SELECT customer_id FROM promises WHERE closed_at >= :before AND outcome IN ('kept', 'called')
    AND COALESCE(kept_at, closed_at) >= :before
UNION SELECT customer_id FROM attempts JOIN promises ON promises.id = attempts.promise_id WHERE attempts.at >= :before
UNION SELECT customer_id FROM notes JOIN issues ON issues.id = notes.record_id WHERE notes.at >= :before
UNION SELECT customer_id FROM notes JOIN promises ON promises.id = notes.record_id WHERE notes.at >= :before
UNION SELECT customer_id FROM issues WHERE first_response_at >= :before
"""


def unhappy_twice(db: Database, since: int) -> list[Row]:
    """``customer_id`` and ``times`` of those who said twice or more since then that they are unhappy."""
    return db.rows(
        "SELECT customer_id, COUNT(*) AS times FROM feedback WHERE at >= :since AND mood = 'unhappy'"
        " GROUP BY customer_id HAVING COUNT(*) >= 2",
        since=since,
    )


def broken(db: Database, since: int) -> dict[int, int]:
    """How many promises were broken since then, by customer."""
    # Counted here: with GROUP BY, SQLite reads all promises in the order of customers rather than the broken ones.
    # In this order they stand in an index of their own, which is not taken otherwise.
    found = db.rows(
        "SELECT customer_id, closed_at FROM promises WHERE outcome = 'broken' AND closed_at >= :since"
        " ORDER BY closed_at, customer_id",
        since=since,
    )
    return Counter(row["customer_id"] for row in found)


def repeats(db: Database, since: int) -> list[Row]:
    """``customer_id``, ``category`` and ``times`` of what came twice or more since then."""
    return db.rows(
        "SELECT MIN(customer_id) AS customer_id, category, COUNT(*) AS times FROM issues WHERE created_at >= :since"
        f" AND {TOLD_ONCE}"
        " AND category IS NOT NULL AND category NOT IN ('praise', 'idea', 'other')"
        # The plus keeps SQLite from reading the issues of all years by customer; because of it PostgreSQL wants MIN.
        " GROUP BY +customer_id, category HAVING COUNT(*) >= 2 ORDER BY COUNT(*) DESC, category",
        since=since,
    )


def silent(db: Database, before: int) -> dict[int, int]:
    """The oldest open thing's time by customer, of those with whom there was no contact since ``before``."""
    opened = db.rows(
        f"SELECT customer_id, MIN(at) AS at FROM ({OPEN_SINCE}) AS opened GROUP BY customer_id", before=before
    )
    # Taken away here: asked for each customer, as NOT EXISTS does, it took ten times as long.
    heard = {row["customer_id"] for row in db.rows(CONTACTS, before=before)}
    return {row["customer_id"]: row["at"] for row in opened if row["customer_id"] not in heard}
