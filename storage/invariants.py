"""What must hold at every moment, asked of the rows alone: nothing here knows how the scheduler works.

The rules are those of the brief, sections 4 and 13.2. Each look costs an index, and is cut where a list would be long.
"""

from storage import nudges
from storage.database import Database, Row

REMINDED_WITHIN = 5 * 60  # seconds past due by which somebody was told, or is to be at a known minute
STUCK_AFTER = 15 * 60  # seconds after which nothing may still wait to be done
HELD_FOR_AT_MOST = 10 * 86400  # seconds: the longest a weekend with holidays holds a reminder back
CLOCKS_DIFFER = 30  # seconds between two replicas' clocks that are nobody's fault
MOST = 1000  # of a kind that are looked at; more are as bad

# Kinds whose failure is dealt with where it is noticed: told to somebody else, or tried in another way.
DEALT_WITH = ("nudge", "digest", "look", "rewrite", "reread", "report", "picture", "export-file", "gap")
HARMLESS = ("message_not_found", "cant_update_message", "edit_window_closed", "is_inactive")  # gone with its message


def unreminded(db: Database, now: int) -> list[int]:
    """Promises past due of which nobody was told at that time, nor will be at a known minute, nor is there an alarm."""
    rows = db.rows(
        "SELECT id FROM promises WHERE closed_at IS NULL AND due_at < :late"
        # A step whose minute is known holds it back; one that passed as the promise was made was never to come.
        " AND (next_at IS NULL OR next_at < :late OR next_at > :far)"
        " AND NOT (next_at IS NULL AND COALESCE(ladder_at, made_at) > due_at)"
        " AND NOT EXISTS (SELECT 1 FROM nudges WHERE nudges.promise_id = promises.id"
        " AND nudges.generation = promises.generation AND (nudges.unheard_at IS NOT NULL"
        " OR nudges.sent_at >= promises.due_at"
        " OR (nudges.sent_at IS NULL AND nudges.target IS NOT NULL AND nudges.due_at BETWEEN :late AND :far)))"
        " ORDER BY due_at LIMIT :most",
        late=now - REMINDED_WITHIN,
        far=now + HELD_FOR_AT_MOST,
        most=MOST,
    )
    return [row["id"] for row in rows]


def untaken(db: Database, now: int) -> int:
    """Steps and digests whose moment passed a quarter of an hour ago, and that nobody took."""
    row = db.row(
        "SELECT (SELECT COUNT(*) FROM promises WHERE closed_at IS NULL AND next_at > 0 AND next_at < :late)"
        f" + (SELECT COUNT(*) FROM nudges WHERE {nudges.WAITING} AND due_at < :late)"
        " + (SELECT COUNT(*) FROM digests WHERE next_at IS NOT NULL AND next_at < :late) AS n",
        late=now - STUCK_AFTER,
    )
    return int(row["n"]) if row else 0


def waiting(db: Database, now: int) -> int:
    """Messages that have wanted to go to Slack for a quarter of an hour."""
    row = db.row(
        "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('queued', 'sending', 'unknown')"
        " AND COALESCE(wanted_at, created_at) < :late",
        late=now - STUCK_AFTER,
    )
    return int(row["n"]) if row else 0


def unheard(db: Database) -> list[int]:
    """Open promises with a reminder that reached nobody at all."""
    rows = db.rows(
        "SELECT DISTINCT promises.id FROM nudges JOIN promises ON promises.id = nudges.promise_id"
        " WHERE nudges.unheard_at IS NOT NULL AND promises.closed_at IS NULL"
        " AND promises.generation = nudges.generation ORDER BY promises.id LIMIT :most",
        most=MOST,
    )
    return [row["id"] for row in rows]


def undelivered(db: Database, since: int) -> list[Row]:
    """``kind``, ``problem`` and ``times`` of the messages queued since then that were given up without a hearer."""
    return db.rows(
        "SELECT kind, COALESCE(problem, '') AS problem, COUNT(*) AS times FROM outbox"
        f" WHERE state = 'dead' AND created_at >= :since AND kind NOT IN ({_listed(DEALT_WITH)})"
        f" AND COALESCE(problem, '') NOT IN ({_listed(HARMLESS)}) GROUP BY kind, problem ORDER BY kind, problem",
        since=since,
    )


def said_after_closing(db: Database, since: int) -> list[int]:
    """Promises closed since then about which a step of the ladder was put into a message later."""
    rows = db.rows(
        "SELECT DISTINCT promises.id FROM promises JOIN nudges ON nudges.promise_id = promises.id"
        " WHERE promises.closed_at >= :since AND nudges.queued_at > promises.closed_at + :differ"
        f" AND {nudges.LIMITED} ORDER BY promises.id LIMIT :most",
        since=since,
        differ=CLOCKS_DIFFER,
        most=MOST,
    )
    return [row["id"] for row in rows]


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
