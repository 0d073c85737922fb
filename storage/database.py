"""The small protocol every query is written against, and SQLite behind it.

SQL here is written once for SQLite and PostgreSQL: named parameters, ``ON CONFLICT … RETURNING``, partial indexes,
no casts, no date functions. Times are Unix seconds, UTC.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any, Protocol

import sqlite_utils

Row = dict[str, Any]

BUSY = 60  # seconds one process waits for another to finish writing: an import of 100,000 lines takes some


class UnfitError(Exception):
    """The database cannot be used by this version of Kept; the message says what to do."""


class UnknownCommitError(Exception):
    """The connection broke while a change was committed, and whether it was kept could not be learned in time."""


class Database(Protocol):
    """What a query function may ask of a database, inside a transaction that somebody else opened."""

    dialect: str  # "sqlite" or "postgresql", for the few statements that differ

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run a statement and return all its rows, eagerly."""
        ...

    def row(self, sql: str, **values: Any) -> Row | None:
        """Run a statement and return its first row, or None."""
        ...

    def column(self, sql: str, **values: Any) -> list[Any]:
        """Run a query and return its only column: for many rows of which nothing else is asked."""
        ...

    def run(self, sql: str, **values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        ...


def insert(db: Database, table: str, **values: Any) -> Row:
    """Insert a row, its columns by name, and return it whole."""
    return db.rows(f"{_inserted(table, values)} RETURNING *", **values)[0]


def append(db: Database, table: str, **values: Any) -> None:
    """Insert a row that nobody reads back: to return it costs SQLite twice as much as to write it."""
    db.run(_inserted(table, values), **values)


def _inserted(table: str, values: Row) -> str:
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"


class Engine(Database, Protocol):
    """A database with its transactions, as the store drives it; queries never see this side."""

    def begin(self, *, writing: bool) -> None:
        """Open a transaction; a writing one takes the write lock at once."""
        ...

    def commit(self) -> None:
        """Make everything since ``begin`` durable."""
        ...

    def rollback(self) -> None:
        """Take back everything since ``begin``, if a transaction is still open."""
        ...

    def savepoint(self) -> None:
        """Mark the place a single change may be taken back to."""
        ...

    def release(self) -> None:
        """Keep the change made since ``savepoint``."""
        ...

    def rollback_to_savepoint(self) -> bool:
        """Take back the change since ``savepoint``; False if the whole transaction is already gone."""
        ...

    def again(self, error: BaseException) -> bool:
        """Whether a transaction that failed so has certainly left nothing, and may go well if it is run again."""
        ...

    def scrub(self, *, whole: bool) -> bool:
        """Leave no byte of what was deleted in the files, outside a transaction.

        ``whole`` rewrites everything; without it only what was left over is done. False if something is left over.
        """
        ...

    def migrate(self) -> None:
        """Bring the tables up to date; raises UnfitError if a later version made them."""
        ...

    def pending(self) -> list[str]:
        """The migrations that have not been applied yet, by name; nothing is written. Raises as ``migrate``."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class SQLite:
    """One connection to one SQLite file.

    WAL lets readers pass the writer. ``synchronous=FULL`` is set on every connection: NORMAL loses acknowledged
    commits in a power cut, FULL does not (measured, see architecture.md).
    """

    dialect = "sqlite"
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")

    def __init__(self, path: Path) -> None:
        self.connection = self._connect(path)
        for pragma in self.pragmas:
            self.connection.execute(f"PRAGMA {pragma}")

    def _connect(self, path: Path) -> sqlite3.Connection:
        # isolation_level=None: transactions are opened by us and by nobody else, so none begins deferred by surprise.
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY)

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run a statement and return all its rows, eagerly."""
        ran = self.connection.execute(sql, values)
        found = ran.fetchall()  # to its end, for only then a statement with RETURNING is finished
        names = [column[0] for column in ran.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]

    def row(self, sql: str, **values: Any) -> Row | None:
        """Run a statement and return its first row, or None."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def column(self, sql: str, **values: Any) -> list[Any]:
        """Run a query and return its only column; as one text, for to fetch a row costs more than to find it."""
        gathered = f"WITH found (value) AS ({sql}) SELECT json_group_array(value) FROM found"
        return list(json.loads(self.connection.execute(gathered, values).fetchall()[0][0]))

    def run(self, sql: str, **values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def begin(self, *, writing: bool) -> None:
        """Open a transaction; a writing one takes the write lock at once."""
        self.connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    def commit(self) -> None:
        """Make everything since ``begin`` durable."""
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        """Take back everything since ``begin``, if a transaction is still open."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def savepoint(self) -> None:
        """Mark the place a single change may be taken back to."""
        self.connection.execute("SAVEPOINT one_change")

    def release(self) -> None:
        """Keep the change made since ``savepoint``."""
        self.connection.execute("RELEASE one_change")

    def rollback_to_savepoint(self) -> bool:
        """Take back the change since ``savepoint``; False if the whole transaction is already gone."""
        if not self.connection.in_transaction:  # a full disk or an I/O error makes SQLite roll everything back itself
            return False
        self.connection.execute("ROLLBACK TO one_change")
        self.connection.execute("RELEASE one_change")
        return True

    def again(self, error: BaseException) -> bool:  # noqa: ARG002 - a file is there or it is not
        """Never: nothing that fails here goes well at once."""
        return False

    def scrub(self, *, whole: bool) -> bool:
        """Write the file anew and empty the write-ahead log; False if a reader was in the way of the latter."""
        if whole:
            self.connection.execute("PRAGMA temp_store=FILE")  # the new file is built aside, and may be large
            try:
                self.connection.execute("VACUUM")
            finally:
                self.connection.execute("PRAGMA temp_store=MEMORY")
        self.connection.execute("PRAGMA busy_timeout=1000")  # milliseconds: nothing is written while it waits
        try:
            [emptied] = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={BUSY * 1000}")
        return not emptied["busy"]

    def migrate(self) -> None:
        """Bring the tables up to date, each migration in its own transaction."""
        from storage.migrations import migrations, refuse_newer  # noqa: PLC0415 - they are written against this module

        database = self._for_migrations()
        refuse_newer(migration.name for migration in migrations.applied(database))
        migrations.apply(database)

    def pending(self) -> list[str]:
        """The migrations that have not been applied yet, by name; nothing is written. Raises as ``migrate``."""
        from storage.migrations import migrations, refuse_newer  # noqa: PLC0415 - they are written against this module

        database = self._for_migrations()
        refuse_newer(migration.name for migration in migrations.applied(database))
        return [migration.name for migration in migrations.pending(database)]

    def _for_migrations(self) -> sqlite_utils.Database:
        return sqlite_utils.Database(self.connection, execute_plugins=False)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
