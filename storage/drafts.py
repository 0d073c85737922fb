"""Words that got a question, kept so that nobody types them twice."""

from storage.database import Database, insert
from storage.models import Draft, one

KEEP_FOR = 24 * 3600  # seconds (brief, section 3)


def keep(db: Database, *, person_id: str, at: int, channel_id: str, command: str, words: str, choices: str) -> int:
    """Keep a draft; returns its id. ``choices`` is JSON, one entry per button offered."""
    row = insert(
        db, "drafts", person_id=person_id, at=at, channel_id=channel_id, command=command, words=words, choices=choices
    )
    return int(row["id"])


def find(db: Database, draft_id: int) -> Draft | None:
    """The draft, settled or not, or None once it is gone."""
    row = db.row("SELECT * FROM drafts WHERE id = :id", id=draft_id)
    return None if row is None else one(Draft, row)


def settle(db: Database, draft_id: int, at: int) -> bool:
    """Mark a draft as answered or dismissed; False if it already was."""
    return db.run("UPDATE drafts SET settled_at = :at WHERE id = :id AND settled_at IS NULL", id=draft_id, at=at) == 1


def forget_before(db: Database, at: int) -> int:
    """Drop drafts older than this, answered or not; returns how many."""
    return db.run("DELETE FROM drafts WHERE at < :at", at=at)
