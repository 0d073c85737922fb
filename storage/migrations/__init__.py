"""The tables, as an ordered list of migrations; one that has been released is never edited, only followed.

Each is plain SQL for SQLite and PostgreSQL alike, so that the same list can be replayed there: times are BIGINT Unix
seconds, JSON is TEXT, and ``{counted}`` stands for each engine's own self-counting key.
"""

import sqlite_utils
from sqlite_utils import Migrations

from storage.migrations.first import DIGESTS, DOORS, ESCALATIONS, LADDER, PLACES, RECORDS, TEAMS, WAITING
from storage.migrations.later import CUSTOMERS

migrations = Migrations("kept")

COUNTED_KEY = "INTEGER PRIMARY KEY AUTOINCREMENT"  # never reuses a number, even after a delete


def statements(script: str, *, counted: str) -> list[str]:
    """The single statements of a script, with the engine's own self-counting key filled in."""
    return [part.strip() for part in script.replace("{counted}", counted).split(";") if part.strip()]


def _apply(database: sqlite_utils.Database, script: str) -> None:
    for statement in statements(script, counted=COUNTED_KEY):
        database.execute(statement)


@migrations()
def places(database: sqlite_utils.Database) -> None:
    """People, channels, the inbox of keys, the outbox and the audit trail."""
    _apply(database, PLACES)


@migrations()
def records(database: sqlite_utils.Database) -> None:
    """Customers, issues, promises and what happens to them."""
    _apply(database, RECORDS)


@migrations()
def teams(database: sqlite_utils.Database) -> None:
    """Teams with their channels, hours and people; who is a member of which channel."""
    _apply(database, TEAMS)


@migrations()
def waiting(database: sqlite_utils.Database) -> None:
    """Since when a message wants to go out: its due time is moved by every try, so it cannot tell."""
    _apply(database, WAITING)


@migrations()
def doors(database: sqlite_utils.Database) -> None:
    """Drafts that are asked once more, each where it was typed; who has opened Home, and whose is out of date."""
    _apply(database, DOORS)


@migrations()
def digests(database: sqlite_utils.Database) -> None:
    """When each channel has its digest; open records counted from an index alone, a tenth of the time of the rows."""
    _apply(database, DIGESTS)


@migrations()
def escalations(database: sqlite_utils.Database) -> None:
    """Emoji on messages, and the escalations they began."""
    _apply(database, ESCALATIONS)


@migrations()
def ladder(database: sqlite_utils.Database) -> None:
    """Reminders, one row for each step taken; each team's steps; people's own hours, and who is away."""
    _apply(database, LADDER)


@migrations()
def customers(database: sqlite_utils.Database) -> None:
    """What is known of a customer, whom to call there, and how they feel."""
    _apply(database, CUSTOMERS)
