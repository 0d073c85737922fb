"""PostgreSQL behind the same protocol as SQLite: the same queries, for several replicas of one bot.

**One writer at a time, as on SQLite.** Every writing transaction first takes one advisory lock of the database, which
its end gives back, whatever that end is. So whatever reads and then writes (versions, counts, claims, the number
sequence) is as safe among replicas as it is within one, nothing can deadlock and nothing fails to serialize; and as a
commit is shared by all changes that waited for it, the lock is taken once for many of them. Under READ COMMITTED each
statement after the lock sees all that was committed before it. Readers take no lock, and see one moment.

**A replica that freezes** with the lock in its hand loses it after ``FROZEN_FOR``: the server ends its session. Nothing
of it was kept; should it wake, it begins again.

**A connection that breaks** is made anew, and its transaction is run again: before COMMIT was sent it has certainly
left nothing. After that, the server is asked what became of it (``pg_xact_status``); only if that cannot be learned in
time does the caller hear so (``UnknownCommitError``), and nothing is run twice.
"""

import re
import time
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8Dumper, NumericLoader
from psycopg.types.string import StrDumperUnknown

from storage import replay
from storage.database import BUSY, Row, UnknownCommitError

WRITERS = 5_304_617_120  # the advisory lock's number, one of our own: "Kept"
FROZEN_FOR = 5  # seconds a writer may say nothing within its transaction
READING_FOR = 300  # the same for a reader, which is in nobody's way but a migration's
PATIENCE = 2.0  # seconds for a server to come back before a change fails; Slack waits three for an answer
PAUSE = 0.1  # seconds between tries

CONNECTION = {
    "application_name": "kept",
    "connect_timeout": 5,  # seconds, as all of these but the last
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,  # milliseconds
}

# What is no fault of the change itself, so that it may be tried again: a server that goes down or comes up, what two
# transactions did to each other, and a table that was changed since its statement was prepared.
PASSING = re.compile("08...|57P0[1-5]|25P0[34]|40...|0A000")

_WRITING = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '{FROZEN_FOR}s';"
    f" SET LOCAL lock_timeout = '{BUSY}s'; SELECT pg_advisory_xact_lock({WRITERS});"
    " SELECT pg_current_xact_id()::text AS id"
)
_READING = (
    f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '{READING_FOR}s'"
)
# Whose transactions still see what was there before, so that VACUUM FULL would copy it: whoever writes in any database
# of the server, for a snapshot of ours is as old as they are; and whoever reads in this one, or follows it.
_SEES_BEFORE = (
    "SELECT 0 AS pid WHERE pg_snapshot_xmin(pg_current_snapshot()) <= CAST(:now AS xid8)"
    " UNION ALL SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND (datname = current_database() OR datid IS NULL) AND age(backend_xmin) > age(CAST(:now AS xid8)::xid)"
    " UNION ALL SELECT active_pid FROM pg_replication_slots WHERE age(xmin) > age(CAST(:now AS xid8)::xid)"
)
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class PostgreSQL:
    """One connection to one PostgreSQL database; one that breaks is made anew with the next transaction."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._transaction: str | None = None  # the server's own number of the one that writes
        self._passing = False  # whether the last error may be gone at another try
        self._failing_since: float | None = None
        self._unscrubbed = False  # whether a scrub was asked for and is not done
        self._connection = self._connect()

    def _connect(self) -> psycopg.Connection[Row]:
        connection = psycopg.connect(self._url, autocommit=True, row_factory=dict_row, **CONNECTION)  # type: ignore[arg-type]
        for kind, dumper in ((str, _Text), (int, Int8Dumper), (bool, _Flag)):
            connection.adapters.register_dumper(kind, dumper)
        connection.adapters.register_loader("numeric", _Number)
        connection.execute(_DURABLE)
        return connection

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """Run a statement and return all its rows, eagerly."""
        cursor = self._execute(translated(sql), values)
        return cursor.fetchall() if cursor.description else []

    def row(self, sql: str, **values: Any) -> Row | None:
        """Run a statement and return its first row, or None."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def column(self, sql: str, **values: Any) -> list[Any]:
        """Run a query and return its only column."""
        return [next(iter(row.values())) for row in self.rows(sql, **values)]

    def run(self, sql: str, **values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        return self._execute(translated(sql), values).rowcount

    def _execute(self, sql: str, values: dict[str, Any] | None = None) -> psycopg.Cursor[Row]:
        """Run a statement; those without values are no queries, and not worth preparing."""
        try:
            return self._connection.execute(sql, values, prepare=None if values is not None else False)
        except psycopg.Error as error:
            self._passing = self._connection.closed or bool(PASSING.fullmatch(error.sqlstate or ""))
            raise

    def begin(self, *, writing: bool) -> None:
        """Open a transaction; a writing one takes the lock of all writers at once."""
        if self._connection.closed:
            self._reconnect()
        cursor = self._execute(_WRITING if writing else _READING)
        while cursor.nextset():  # several statements, one trip to the server; the last says the transaction's number
            pass
        self._transaction = cursor.fetchall()[0]["id"] if writing else None

    def _reconnect(self) -> None:
        self._connection.close()
        try:
            self._connection = self._connect()
        except psycopg.Error:
            self._passing = True
            raise

    def commit(self) -> None:
        """Make everything since ``begin`` durable; raises UnknownCommitError if that cannot be learned."""
        try:
            self._execute("COMMIT")
        except psycopg.Error as error:
            if not self._connection.closed or self._transaction is None:
                raise
            if not self._was_committed(error):
                raise
        self._failing_since = None

    def _was_committed(self, error: psycopg.Error) -> bool:
        """Ask the server, once it is there again, what became of a transaction whose COMMIT it did not answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                self._reconnect()
                [row] = self.rows("SELECT pg_xact_status(CAST(:id AS xid8)) AS status", id=self._transaction)
            except psycopg.Error:
                self._passing = False
            else:
                if row["status"] in ("committed", "aborted"):
                    self._passing = True
                    return bool(row["status"] == "committed")
            time.sleep(PAUSE)
        self._passing = False
        raise UnknownCommitError from error

    def rollback(self) -> None:
        """Take back everything since ``begin``, if a transaction is still open."""
        status = self._connection.info.transaction_status
        if self._connection.closed or status == psycopg.pq.TransactionStatus.IDLE:
            return
        # psycopg drops all prepared statements at a ROLLBACK; a look that went well has nothing to take back.
        looked = self._transaction is None and status == psycopg.pq.TransactionStatus.INTRANS
        if looked:
            self._failing_since = None
        try:
            self._connection.execute("COMMIT" if looked else "ROLLBACK", prepare=False)
        except psycopg.Error:
            self._connection.close()

    def savepoint(self) -> None:
        """Mark the place a single change may be taken back to."""
        self._execute("SAVEPOINT one_change")

    def release(self) -> None:
        """Keep the change made since ``savepoint``."""
        self._execute("RELEASE one_change")

    def rollback_to_savepoint(self) -> bool:
        """Take back the change since ``savepoint``; False if the whole transaction has to be begun anew."""
        if self._passing or self._connection.closed:
            return False
        self._execute("ROLLBACK TO one_change")
        self._execute("RELEASE one_change")
        return True

    def again(self, error: BaseException) -> bool:
        """Whether a transaction that failed so has certainly left nothing, and may go well now; waits a moment."""
        passing, self._passing = self._passing, False
        if not passing or not isinstance(error, psycopg.Error):
            self._failing_since = None
            return False
        self._failing_since = self._failing_since or time.monotonic()
        if time.monotonic() - self._failing_since > PATIENCE:
            self._failing_since = None
            return False
        time.sleep(PAUSE)
        return True

    def scrub(self, *, whole: bool) -> bool:
        """Write every table anew, so that its files hold no row that was deleted; False if somebody may still see one.

        The write-ahead log, standbys, archives and backups are the server's: they keep what they hold as long as it
        was told to (README, "Several replicas").
        """
        self._unscrubbed = self._unscrubbed or whole
        if not self._unscrubbed:
            return True
        if self._connection.closed:
            self._reconnect()
        if not self._is_past():
            return False
        for name in tables(self):
            self._execute(f"VACUUM (FULL) {name}")
        with suppress(psycopg.errors.InsufficientPrivilege):
            self._connection.execute("CHECKPOINT")  # so that old files of the log may be written over
        self._unscrubbed = False
        return True

    def _is_past(self) -> bool:
        """Wait a moment until no session sees what was there before: till then a table keeps its deleted rows."""
        now = self.rows("SELECT pg_current_xact_id()::text AS id")[0]["id"]
        until = time.monotonic() + PATIENCE
        while self.rows(_SEES_BEFORE, now=now):
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        return True

    def migrate(self) -> None:
        """Bring the tables up to date, all in one transaction, while nobody else writes."""
        replay.migrate(self)

    def pending(self) -> list[str]:
        """The migrations that have not been applied yet, by name; nothing is written."""
        return replay.pending(self)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def tables(db: PostgreSQL) -> list[str]:
    """The tables of ours, by name."""
    found = db.rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA()"
        " AND table_type = 'BASE TABLE' ORDER BY table_name"
    )
    return [row["name"] for row in found]


_PARTS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|::|:([A-Za-z_]\w*)|%""")


@cache
def translated(sql: str) -> str:
    """A statement of ours as psycopg wants it: ``:name`` becomes ``%(name)s``, and a percent sign two of them."""
    return _PARTS.sub(lambda found: f"%({found[1]})s" if found[1] else found[0].replace("%", "%%"), sql)


class _Text(StrDumperUnknown):
    """Text, of which PostgreSQL alone cannot keep the character of no width and no meaning, NUL."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "") if "\0" in obj else obj)


class _Flag(Int8Dumper):
    """A flag is kept as 0 or 1, as on SQLite."""

    def dump(self, obj: Any) -> Any:
        return super().dump(int(obj))


class _Number(NumericLoader):
    """A sum of whole numbers is a whole number."""

    def load(self, data: Any) -> Any:
        number = super().load(data)
        return int(number) if number == number.to_integral_value() else float(number)
