"""Keys of inputs already acted on, each with the answer given, so that a repeat has one effect and the same answer."""

from storage.database import Database

KEEP_FOR = 2 * 24 * 3600  # seconds; Slack redelivers for at most a day (slack-facts.md 1.1)


class RepeatedInputError(Exception):
    """Another replica acted on the same input at the same moment; take this attempt back and read its answer."""


def answer_to(db: Database, key: str) -> tuple[bool, str | None]:
    """Whether this input was acted on before, and the answer (JSON) it was given."""
    row = db.row("SELECT reply FROM inbox WHERE key = :key", key=key)
    return (False, None) if row is None else (True, row["reply"])


def take(db: Database, key: str, at: int, reply: str | None) -> None:
    """Mark an input as acted on, in the same transaction as its effect.

    Raises RepeatedInputError if it was acted on meanwhile.
    """
    taken = db.rows(
        "INSERT INTO inbox (key, at, reply) VALUES (:key, :at, :reply) ON CONFLICT (key) DO NOTHING RETURNING key",
        key=key,
        at=at,
        reply=reply,
    )
    if not taken:
        raise RepeatedInputError


def forget_before(db: Database, at: int) -> int:
    """Drop keys older than this; returns how many."""
    return db.run("DELETE FROM inbox WHERE at < :at", at=at)
