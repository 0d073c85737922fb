"""Words that got a question, kept so that nobody types them twice."""

from storage import homes
from storage.database import Database, insert
from storage.models import Draft, every, one

KEEP_FOR = 24 * 3600  # seconds (brief, section 3)
ASK_AGAIN_AFTER = 600  # seconds (brief, section 3)
WAITING = "settled_at IS NULL"


def keep(
    db: Database,
    *,
    person_id: str,
    at: int,
    channel_id: str,
    command: str,
    words: str,
    choices: str,
    question: str = "",
    thread_ts: str | None = None,
) -> int:
    """Keep a draft; returns its id. ``choices`` is JSON, one entry per button offered."""
    row = insert(
        db,
        "drafts",
        person_id=person_id,
        at=at,
        channel_id=channel_id,
        thread_ts=thread_ts,
        command=command,
        words=words,
        question=question,
        choices=choices,
    )
    homes.changed(db, person_id)
    return int(row["id"])


def find(db: Database, draft_id: int) -> Draft | None:
    """The draft, settled or not, or None once it is gone."""
    row = db.row("SELECT * FROM drafts WHERE id = :id", id=draft_id)
    return None if row is None else one(Draft, row)


def waiting(db: Database, person_id: str, *, since: int, most: int) -> tuple[list[Draft], int]:
    """A person's unanswered drafts kept since then, the latest first, up to ``most``; and how many in all."""
    where = f"person_id = :person_id AND at > :since AND {WAITING}"
    found = db.rows(
        f"SELECT * FROM drafts WHERE {where} ORDER BY at DESC, id DESC LIMIT :most",
        person_id=person_id,
        since=since,
        most=most,
    )
    count = db.row(f"SELECT COUNT(*) AS n FROM drafts WHERE {where}", person_id=person_id, since=since)
    return every(Draft, found), int(count["n"]) if count else 0


def settle(db: Database, draft_id: int, at: int) -> bool:
    """Mark a draft as answered or dismissed and let its words go; False if it already was."""
    settled = db.row(
        "UPDATE drafts SET settled_at = :at, words = '', question = NULL, choices = '[]'"
        f" WHERE id = :id AND {WAITING} RETURNING person_id",
        id=draft_id,
        at=at,
    )
    if settled:
        homes.changed(db, settled["person_id"])
    return settled is not None


def take_to_ask_again(db: Database, now: int) -> list[Draft]:
    """The unanswered drafts whose ten minutes are over, each once, oldest first."""
    taken = db.rows(
        f"UPDATE drafts SET asked_again_at = :now WHERE {WAITING} AND asked_again_at IS NULL AND at <= :before"
        " RETURNING *",
        now=now,
        before=now - ASK_AGAIN_AFTER,
    )
    return sorted(every(Draft, taken), key=lambda draft: draft.id)


def forget_before(db: Database, at: int) -> int:
    """Drop drafts older than this, answered or not; returns how many."""
    return db.run("DELETE FROM drafts WHERE at < :at", at=at)
