"""What falls due by itself, and when: all kinds in one look, for it is made each second and after all that is typed."""

from storage import drafts, nudges, trends
from storage.database import Database

# When the next of each kind is due, None if nothing is; 0 is at once.
NEXT = {
    "cover": "SELECT CASE WHEN EXISTS (SELECT 1 FROM people WHERE cover_is_stale = 1) THEN 0"
    " ELSE (SELECT MIN(away_until) FROM people WHERE away_until IS NOT NULL) END",
    "reminders": "SELECT MIN(at) FROM (SELECT MIN(next_at) AS at FROM promises WHERE closed_at IS NULL AND next_at IS"
    f" NOT NULL UNION ALL SELECT MIN(due_at) FROM nudges WHERE {nudges.WAITING}) AS either",
    "digests": "SELECT MIN(next_at) FROM digests WHERE next_at IS NOT NULL",
    "drafts": f"SELECT MIN(at) + {drafts.ASK_AGAIN_AFTER} FROM drafts"
    f" WHERE {drafts.WAITING} AND asked_again_at IS NULL",
    "trends": f"SELECT 0 WHERE {trends.IS_NEW}",
    "homes": "SELECT 0 FROM homes WHERE is_stale = 1 LIMIT 1",
}
ALL = f"SELECT {', '.join(f'({asked}) AS {kind}' for kind, asked in NEXT.items())}"


def next_at(db: Database) -> dict[str, int | None]:
    """When the next of each kind is due."""
    return db.row(ALL) or {}


def soonest(db: Database) -> int | None:
    """When the next of any kind is due, or None."""
    return min((at for at in next_at(db).values() if at is not None), default=None)
