"""Single facts about this installation, and the one number sequence issues and promises share."""

from storage.database import Database


def fact(db: Database, name: str) -> str | None:
    """What is known under this name, or None."""
    row = db.row("SELECT value FROM facts WHERE name = :name", name=name)
    return None if row is None else str(row["value"])


def remember(db: Database, name: str, value: str) -> None:
    """Keep a fact, replacing what was known."""
    db.run(
        "INSERT INTO facts (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )


def next_number(db: Database) -> int:
    """The next record's number, printed ``#42``."""
    row = db.row("UPDATE numbers SET last = last + 1 WHERE name = 'record' RETURNING last")
    assert row is not None, "the migration made this row"  # noqa: S101 - for the type checker, and true
    return int(row["last"])
