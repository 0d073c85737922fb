"""Moving everything from one database to another, of whatever engine: every table in the order of its key.

A move that was interrupted goes on where it stopped: each chunk is a transaction of the target, and what is there is
not copied again. Until it is whole and checked, the target says that it is half done (``HALF``), and no bot starts on
it; afterwards the source says where its records went (``GONE``), and no bot starts on that.
"""

import uuid
from collections.abc import Callable
from typing import Any

from storage import catalog, facts
from storage.database import Database, Engine, Row

HALF = "half moved from"  # the fact of a target, until the move is whole: which source's
NAME = "moves as"  # the fact of a source by which its half-done target is known
GONE = "moved to"  # the fact of a source whose records are elsewhere now
OURS = (HALF, NAME, GONE)

CHUNK = 2_000  # rows of a transaction
ROWS_AT_ONCE = {"sqlite": 10, "postgresql": 100}  # rows of a statement (see ``transfer.ROWS_AT_ONCE``)


class MoveError(Exception):
    """It cannot be moved; the message says why, and what to do."""


def prepare(source: Engine, target: Engine) -> None:
    """Know the two by each other; raises MoveError where the target has records of its own."""
    source.begin(writing=True)
    try:
        name = facts.fact(source, NAME) or uuid.uuid4().hex
        facts.remember(source, NAME, name)
        source.commit()
    finally:
        source.rollback()
    target.begin(writing=True)
    try:
        half = facts.fact(target, HALF)
        if half is None and not _is_empty(target):
            raise MoveError("has records already. Name a database that is new and empty.")
        if half not in (None, name):
            raise MoveError("holds half of a move from another database. Name one that is new and empty.")
        facts.remember(target, HALF, name)
        target.commit()
    finally:
        target.rollback()


def _is_empty(db: Database) -> bool:
    full = [table for table in catalog.tables(db) if db.row(f"SELECT 1 AS yes FROM {table} LIMIT 1")]
    counted = db.row("SELECT last FROM numbers WHERE name = 'record'")
    return full in ([], ["numbers"]) and not (counted and counted["last"])


def copy(source: Engine, target: Engine, told: Callable[[str, int], None]) -> dict[str, int]:
    """Copy what is not there yet, within a transaction of the source; returns the rows of each table, copied or not.

    ``told`` hears the table and how many rows of it are there. Raises MoveError where the tables differ afterwards.
    """
    tables = catalog.tables(source)
    if set(tables) != set(catalog.tables(target)):
        raise MoveError("has other tables than this version of Kept. Name a database that is new and empty.")
    counts = {}
    for table in tables:
        _copy_table(source, target, table, told)
        here, there = _sums(source, table), _sums(target, table)
        if here != there:
            _start_over(target, tables)
            raise MoveError(f"came to differ from its source (in {table}), so it was emptied. Move again.")
        counts[table] = int(here["n"])
    return counts


def _copy_table(source: Engine, target: Engine, table: str, told: Callable[[str, int], None]) -> None:
    key, done = catalog.key(source, table), _count(target, table)
    columns = list(catalog.columns(source, table))
    after = _last(target, table, key) if table not in ("facts", "numbers") else None
    if after is None and table in ("facts", "numbers"):  # small, and not empty in a target: copied whole
        done = 0
    while rows := _page(source, table, key, after):
        target.begin(writing=True)
        try:
            if after is None and table in ("facts", "numbers"):
                _empty(target, table)
            _insert(target, table, columns, rows)
            target.commit()
        finally:
            target.rollback()
        after = [rows[-1][name] for name in key]
        done += len(rows)
        told(table, done)


def _page(db: Database, table: str, key: list[str], after: list[Any] | None) -> list[Row]:
    """The next rows in the order of the key; never the facts about the move itself."""
    names = ", ".join(key)
    where, values = ["1 = 1"], {}
    if after is not None:
        values = {f"after{n}": value for n, value in enumerate(after)}
        where = [f"({names}) > ({', '.join(f':{name}' for name in values)})"]
    where += [f"name NOT IN ({_quoted(OURS)})"] if table == "facts" else []
    sql = f"SELECT * FROM {table} WHERE {' AND '.join(where)} ORDER BY {names} LIMIT :most"
    return db.rows(sql, most=CHUNK, **values)


def _last(db: Database, table: str, key: list[str]) -> list[Any] | None:
    order = ", ".join(f"{name} DESC" for name in key)
    row = db.row(f"SELECT {', '.join(key)} FROM {table} ORDER BY {order} LIMIT 1")
    return None if row is None else [row[name] for name in key]


def _count(db: Database, table: str) -> int:
    return int(db.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"])


def _insert(db: Database, table: str, columns: list[str], rows: list[Row]) -> None:
    most = ROWS_AT_ONCE[db.dialect]
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        places = ", ".join(f"({', '.join(f':v{n}_{column}' for column in columns)})" for n in range(len(some)))
        values = {f"v{n}_{column}": row[column] for n, row in enumerate(some) for column in columns}
        db.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}", **values)


def _sums(db: Database, table: str) -> Row:
    """How many rows there are, and of each column the sum: of its numbers, or of its text's length in bytes."""
    long = "LENGTH(CAST({} AS BLOB))" if db.dialect == "sqlite" else "OCTET_LENGTH({})"
    sums = [
        f"SUM({column if is_number else long.format(column)}) AS {column}, COUNT({column}) AS {column}_n"
        for column, is_number in catalog.columns(db, table).items()
    ]
    where = f" WHERE name NOT IN ({_quoted(OURS)})" if table == "facts" else ""
    return db.rows(f"SELECT COUNT(*) AS n, {', '.join(sums)} FROM {table}{where}")[0]


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _empty(db: Database, table: str) -> None:
    db.run("DELETE FROM " + table + (f" WHERE name NOT IN ({_quoted(OURS)})" if table == "facts" else ""))


def _start_over(target: Engine, tables: list[str]) -> None:
    """Have nothing in the target but that it is half done: the source was changed between two goes."""
    target.begin(writing=True)
    try:
        for table in reversed(tables):
            _empty(target, table)
        target.commit()
    finally:
        target.rollback()


def finish(source: Engine, target: Engine, to: str) -> None:
    """Have the target go on counting where the source stopped, and either know of the other; ``to`` is for people.

    The source's transaction is committed here. Killed in between, the move is finished by the next go.
    """
    target.begin(writing=True)
    try:
        if target.dialect == "sqlite":
            target.run("INSERT INTO issue_search (issue_search) VALUES ('rebuild')")
        for table, last in catalog.counters(source).items():
            catalog.count_from(target, table, last)
        target.commit()
    finally:
        target.rollback()
    facts.remember(source, GONE, to)
    source.commit()
    target.begin(writing=True)
    try:
        target.run("DELETE FROM facts WHERE name = :half", half=HALF)
        target.commit()
    finally:
        target.rollback()
