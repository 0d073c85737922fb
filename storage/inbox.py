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
    taken = db.run(
        "INSERT INTO inbox (key, at, reply) VALUES (:key, :at, :reply) ON CONFLICT (key) DO NOTHING",
        key=key,
        at=at,
        reply=reply,
    )
    if not taken:
        raise RepeatedInputError


def forget_before(db: Database, at: int) -> int:
    """Drop keys older than this; returns how many."""
    return db.run("DELETE FROM inbox WHERE at < :at", at=at)


def note(db: Database, key: str, at: int, words: str) -> None:
    """Keep words under a key of their own for as long as inputs are kept, replacing what was there."""
    db.run(
        "INSERT INTO inbox (key, at, reply) VALUES (:key, :at, :words)"
        " ON CONFLICT (key) DO UPDATE SET at = excluded.at, reply = excluded.reply",
        key=key,
        at=at,
        words=words,
    )


def note_if_later(db: Database, key: str, at: int, mark: str) -> bool:
    """Keep the latest mark of inputs that may overtake each other; False if a later one came before this.

    Marks are compared as text: Slack's times are of one length.
    """
    noted = db.rows(
        "INSERT INTO inbox (key, at, reply) VALUES (:key, :at, :mark) ON CONFLICT (key) DO UPDATE"
        " SET at = excluded.at, reply = excluded.reply WHERE inbox.reply <= excluded.reply RETURNING key",
        key=key,
        at=at,
        mark=mark,
    )
    return bool(noted)
