"""The tables, as an ordered list of migrations; one that has been released is never edited, only followed.

Each is plain SQL for SQLite and PostgreSQL alike, so that the same list can be replayed there: times are BIGINT Unix
seconds, JSON is TEXT, and ``{counted}`` stands for each engine's own self-counting key.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlite_utils
from sqlite_utils import Migrations

from storage import search
from storage.database import Database, Row, UnfitError
from storage.migrations import first, later

migrations = Migrations("kept")

COUNTED_KEY = "INTEGER PRIMARY KEY AUTOINCREMENT"  # never reuses a number, even after a delete


def statements(script: str, *, counted: str) -> list[str]:
    """The single statements of a script, with the engine's own self-counting key filled in."""
    return [part.strip() for part in script.replace("{counted}", counted).split(";") if part.strip()]


def listed() -> dict[str, Callable[[Any], None]]:
    """Every migration by its name, in their order."""
    return {migration.name: migration.fn for migration in migrations._migrations}  # noqa: SLF001 - all it offers


def refuse_newer(applied: Iterable[str]) -> None:
    """Raise UnfitError if among the applied migrations is one that this version does not know."""
    if any(name not in listed() for name in applied):
        raise UnfitError("Its tables were made by a later version of Kept. Start that version, or a later one.")


def _apply(database: sqlite_utils.Database, script: str) -> None:
    for statement in statements(script, counted=getattr(database, "counted", COUNTED_KEY)):
        database.execute(statement)


def _filling(database: Any) -> Database:
    """A migration's database as query functions see one, for those that fill a new table from the old ones."""
    return _Filling(database) if isinstance(database, sqlite_utils.Database) else database


class _Filling:
    dialect = "sqlite"

    def __init__(self, database: sqlite_utils.Database) -> None:
        self._execute = database.conn.execute

    def rows(self, sql: str, **values: Any) -> list[Row]:
        cursor = self._execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, **values: Any) -> Row | None:
        found = self.rows(sql, **values)
        return found[0] if found else None

    def column(self, sql: str, **values: Any) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(sql, **values)]

    def run(self, sql: str, **values: Any) -> int:
        return self._execute(sql, values).rowcount


@migrations()
def places(database: sqlite_utils.Database) -> None:
    """People, channels, the inbox of keys, the outbox and the audit trail."""
    _apply(database, first.PLACES)


@migrations()
def records(database: sqlite_utils.Database) -> None:
    """Customers, issues, promises and what happens to them."""
    _apply(database, first.RECORDS)


@migrations()
def teams(database: sqlite_utils.Database) -> None:
    """Teams with their channels, hours and people; who is a member of which channel."""
    _apply(database, first.TEAMS)


@migrations()
def waiting(database: sqlite_utils.Database) -> None:
    """Since when a message wants to go out: its due time is moved by every try, so it cannot tell."""
    _apply(database, first.WAITING)


@migrations()
def doors(database: sqlite_utils.Database) -> None:
    """Drafts that are asked once more, each where it was typed; who has opened Home, and whose is out of date."""
    _apply(database, first.DOORS)


@migrations()
def digests(database: sqlite_utils.Database) -> None:
    """When each channel has its digest; open records counted from an index alone, a tenth of the time of the rows."""
    _apply(database, first.DIGESTS)


@migrations()
def escalations(database: sqlite_utils.Database) -> None:
    """Emoji on messages, and the escalations they began."""
    _apply(database, first.ESCALATIONS)


@migrations()
def ladder(database: sqlite_utils.Database) -> None:
    """Reminders, one row for each step taken; each team's steps; people's own hours, and who is away."""
    _apply(database, first.LADDER)


@migrations()
def customers(database: sqlite_utils.Database) -> None:
    """What is known of a customer, whom to call there, and how they feel."""
    _apply(database, later.CUSTOMERS)


@migrations()
def name_words(database: sqlite_utils.Database) -> None:
    """Every word of every customer's names, for type-ahead; those already kept are filled in."""
    _apply(database, later.NAME_WORDS)


@migrations()
def customer_changes(database: sqlite_utils.Database) -> None:
    """Audit entries about a customer; what says that one is at risk, found without reading everything."""
    _apply(database, later.CUSTOMER_CHANGES)


@migrations()
def closed(database: sqlite_utils.Database) -> None:
    """Records by when they were closed, for figures and for what is not kept for ever."""
    _apply(database, later.CLOSED)


@migrations()
def issue_words(database: sqlite_utils.Database) -> None:
    """The words of issues, to search by; those already logged are filled in."""
    _apply(database, later.ISSUE_WORDS)
    filling = _filling(database)
    database.execute(search.INDEX[filling.dialect])
    for row in filling.rows("SELECT id FROM issues ORDER BY id"):
        search.index(filling, row["id"])


@migrations()
def suggestions(database: sqlite_utils.Database) -> None:
    """Promises overheard, in the channels that asked for it."""
    _apply(database, later.SUGGESTIONS)


@migrations()
def measures(database: sqlite_utils.Database) -> None:
    """What reports count, by when it happened: a month's in a second, of a million records."""
    _apply(database, later.MEASURES)


@migrations()
def told(database: sqlite_utils.Database) -> None:
    """Which lasting messages named which customers, so that they can be rewritten when a customer is forgotten."""
    _apply(database, later.TOLD)


@migrations()
def unowned(database: sqlite_utils.Database) -> None:
    """Which emoji say away in a team; promises somebody is asked to take, found at once."""
    _apply(database, later.UNOWNED)


@migrations()
def card(database: sqlite_utils.Database) -> None:
    """A customer's card, as quick after years as on the first day."""
    _apply(database, later.CARD)


@migrations()
def digest_filters(database: sqlite_utils.Database) -> None:
    """One team, one customer and some sections alone, in the digest of a channel."""
    _apply(database, later.DIGEST_FILTERS)


@migrations()
def alarms(database: sqlite_utils.Database) -> None:
    """What was found wrong, since when and until when."""
    _apply(database, later.ALARMS)


@migrations()
def home(database: sqlite_utils.Database) -> None:
    """What Home shows of a team and of somebody just back, and which drawing of it is shown."""
    _apply(database, later.HOME)


@migrations()
def problems(database: sqlite_utils.Database) -> None:
    """Problems with the issues that are part of them, and the alerts of what rises."""
    _apply(database, later.PROBLEMS)


@migrations()
def digest_speed(database: sqlite_utils.Database) -> None:
    """A digest in a fifth of a second, of a million records."""
    _apply(database, later.DIGEST_SPEED)


@migrations()
def years(database: sqlite_utils.Database) -> None:
    """What was looked for in all there is, found by an index."""
    _apply(database, later.YEARS)


@migrations()
def heads(database: sqlite_utils.Database) -> None:
    """What is to be sent first at each place, however much is due."""
    _apply(database, later.HEADS)


@migrations()
def customer_notes(database: sqlite_utils.Database) -> None:
    """A customer's notes by the customer, as their history is read."""
    _apply(database, later.CUSTOMER_NOTES)


@migrations()
def trends_looked(database: sqlite_utils.Database) -> None:
    """Up to where what rises was looked for, as two numbers that a query can compare."""
    _apply(database, later.TRENDS_LOOKED)
