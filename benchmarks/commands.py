"""What a slash command waits while something long is written beside it (issue 7): at most twice its usual."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from benchmarks.rows import Figure, Plan
from benchmarks.timing import slowest_in_twenty
from benchmarks.years import Years
from handlers.answer import answer
from handlers.issues import command
from storage import issues
from storage.database import Database, SQLite
from storage.store import Store

TURNS, TYPED = 6, 60  # turns, and commands typed in each, alone and while it is written
PAUSE = 0.01  # seconds between two commands
SLOWED = 2.0  # times

Look = Callable[[Database], object]


def beside(years: Years, plan: Plan, what: str, *writing: Look) -> Iterator[Figure]:
    """The 95th percentile of a command alone, and while these are written one after the other without a pause."""
    alone, during, begun = asyncio.run(_commands(years, plan.folder / f"years-{plan.large}.db", writing))
    yield Figure("a command alone, p95", slowest_in_twenty(alone), "ms")
    yield Figure(f"the same while {what} are written, p95", slowest_in_twenty(during), "ms", None, f"{begun} begun")
    yield Figure("the second to the first", slowest_in_twenty(during) / slowest_in_twenty(alone), "x", SLOWED)


async def _commands(years: Years, path: Path, writing: tuple[Look, ...]) -> tuple[list[float], list[float], int]:
    """Issues logged as people log them, each answered once it is on disk; they are taken out again.

    Alone and beside the writing by turns, so that a slow moment of the machine slows both.
    """
    store, numbers, written = Store(lambda: SQLite(path)), count(), count()
    alone: list[float] = []
    during: list[float] = []
    try:
        await _typed(store, years, numbers, TYPED)  # after start
        for _ in range(TURNS):
            alone += await _typed(store, years, numbers, TYPED)
            task = asyncio.create_task(_write(store, writing, written))
            during += await _typed(store, years, numbers, TYPED)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await store.read(_nothing)  # a reader cannot be cancelled: what it is at is waited for
            await store.read(_nothing)
        await store.run(_take_out, 2 * years.issues)
    finally:
        await store.close()
    return alone, during, next(written)


def _nothing(_: Database) -> None:
    return None


async def _write(store: Store, writing: tuple[Look, ...], written: Iterator[int]) -> None:
    while True:
        next(written)
        for look in writing:
            await store.read(look)


async def _typed(store: Store, years: Years, numbers: Iterator[int], many: int) -> list[float]:
    loop, times = asyncio.get_running_loop(), []
    handler = command.COMMANDS["issue"]
    for number in (next(numbers) for _ in range(many)):
        typed = f"{years.busiest.name}: the order number {number} came late"
        said = replace(years.said, key=f"bench:{number}", surface="command", command="/issue", words=typed)
        began = loop.time()
        await store.run(answer, handler, said)
        times.append((loop.time() - began) * 1000)
        await asyncio.sleep(PAUSE)
    return times


def _take_out(db: Database, last: int) -> None:
    for row in db.rows("SELECT id FROM issues WHERE id > :last", last=last):
        issues.erase(db, row["id"])
    for table, of in (("outbox", "subject_id"), ("audit", "record_id")):
        db.run(f"DELETE FROM {table} WHERE {of} > :last", last=last)
    db.run("DELETE FROM inbox WHERE key LIKE 'bench:%'")
    db.run("UPDATE numbers SET last = :last WHERE name = 'record'", last=last)
