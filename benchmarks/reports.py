"""A month's report in a database of years, and what a slash command waits while it is written (issue 7)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.rows import Figure, Plan
from benchmarks.timing import Times, in_turn, slowest_in_twenty
from benchmarks.years import NOW, Years, built
from handlers.answer import answer
from handlers.issues import command
from handlers.reports import figures, pictures, series, words
from storage import issues
from storage.database import Database, SQLite
from storage.scope import Scope
from storage.store import Store

ZONE = "America/New_York"
ROUNDS = 5
TURNS, TYPED = 6, 60  # turns, and commands typed in each, alone and while reports are written
PAUSE = 0.01  # seconds between two commands
LONGEST = 2000.0  # milliseconds
SLOWED = 2.0  # times


def _words(db: Database) -> object:
    measured = figures.measure(db, Scope(), figures.period("month", ZONE, NOW))
    return words.report(db, measured, words.About("everybody", 8 * 3600))


def _pictures(db: Database) -> object:
    asked = figures.period("month", ZONE, NOW)
    found = [series.of(db, kind, Scope(), asked) for kind in series.KINDS]
    return [pictures.draw(one) for one in found if one]


def measure(plan: Plan) -> Iterator[Figure]:
    """The words and the pictures of a month, then the 95th percentile of a command alone and during them."""
    years = built(plan.large, plan.folder)
    told, drawn = in_turn(ROUNDS, lambda: _words(years.database), lambda: _pictures(years.database))
    yield _middle("a month's report", told)
    yield _middle("its three pictures", drawn)
    alone, during, reports = asyncio.run(_commands(years, plan.folder / f"years-{plan.large}.db"))
    yield Figure("a command alone, p95", slowest_in_twenty(alone), "ms")
    yield Figure(
        "the same while reports are written, p95", slowest_in_twenty(during), "ms", None, f"{reports} reports begun"
    )
    yield Figure("the second to the first", slowest_in_twenty(during) / slowest_in_twenty(alone), "x", SLOWED)


def _middle(what: str, times: Times) -> Figure:
    return Figure(what, median(times.wall), "ms", LONGEST, f"of the processor {median(times.cpu):.3g} ms")


async def _commands(years: Years, path: Path) -> tuple[list[float], list[float], int]:
    """Issues logged as people log them, each answered once it is on disk; they are taken out again.

    Alone and during reports by turns, so that a slow moment of the machine slows both.
    """
    store, numbers, written = Store(lambda: SQLite(path)), count(), count()
    alone: list[float] = []
    during: list[float] = []
    try:
        await _typed(store, years, numbers, TYPED)  # after start
        for _ in range(TURNS):
            alone += await _typed(store, years, numbers, TYPED)
            writing = asyncio.create_task(_reports(store, written))
            during += await _typed(store, years, numbers, TYPED)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await store.read(_nothing)  # a reader cannot be cancelled: what it is at is waited for
            await store.read(_nothing)
        await store.run(_take_out, 2 * years.issues)
    finally:
        await store.close()
    return alone, during, next(written)


def _nothing(_: Database) -> None:
    return None


async def _reports(store: Store, written: Iterator[int]) -> None:
    """One report after the other, with no pause between them."""
    while True:
        next(written)
        await store.read(_words)
        await store.read(_pictures)


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
