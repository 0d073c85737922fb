"""How long people's words are kept once a record is closed (brief, section 11).

What somebody wrote word by word goes: notes, the words a promise was made with, reasons of escalations, details of the
audit trail. A record's summary, its category and how it was solved stay, and so does every time and outcome.
"""

from storage import facts, search
from storage.database import Database

DAY = 86400  # seconds; the records closed in one day are one transaction
ERASED = "words erased up to"  # the fact that says how far we came, in Unix seconds

CLOSED = (
    "SELECT id FROM issues WHERE resolved_at >= :since AND resolved_at < :until"
    " UNION ALL SELECT id FROM promises WHERE closed_at >= :since AND closed_at < :until"
)


def erase_words(db: Database, before: int) -> bool:
    """Erase the words of the next day's records closed before this time; True if there are more."""
    since = _came_to(db)
    if since is None or since >= before:
        return False
    until = min(since + DAY, before)
    noted = db.rows(f"SELECT DISTINCT record_id FROM notes WHERE record_id IN ({CLOSED})", since=since, until=until)
    for change in (
        f"DELETE FROM notes WHERE record_id IN ({CLOSED})",
        f"UPDATE audit SET detail = NULL WHERE record_id IN ({CLOSED})",
        "UPDATE audit SET detail = NULL WHERE customer_id IS NOT NULL AND at < :until",
        f"UPDATE escalations SET reason = NULL WHERE issue_id IN ({CLOSED})",
        "UPDATE promises SET words = '' WHERE closed_at >= :since AND closed_at < :until",
    ):
        db.run(change, since=since, until=until)
    for row in noted:
        search.index(db, row["record_id"])
    facts.remember(db, ERASED, str(until))
    return until < before


def _came_to(db: Database) -> int | None:
    """Up to when words are erased; at first, when the first record was closed."""
    known = facts.fact(db, ERASED)
    if known is not None:
        return int(known)
    row = db.row(
        "SELECT MIN(at) AS at FROM (SELECT MIN(resolved_at) AS at FROM issues WHERE resolved_at IS NOT NULL"
        " UNION ALL SELECT MIN(closed_at) AS at FROM promises WHERE closed_at IS NOT NULL) AS first"
    )
    return row["at"] if row else None
