"""What Kept weighs beside bare Bolt in Socket Mode: start, memory, and the processor's time while nothing happens."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox
from storage import callbacks, customers
from storage.database import SQLite

ROUNDS = 5
SETTLED_AFTER = 2.0  # seconds
WATCHED = 30.0  # seconds
OPEN = 10_000  # promises
NAMES = ("bare", "kept-socket")
YEAR = 365 * 86_400  # seconds


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    began, holds, idle = asyncio.run(_measured(plan.fresh))
    yield Figure("bare Bolt: start to connected", began["bare"], "ms")
    yield Figure("Kept: start to connected", began["kept-socket"], "ms")
    yield Figure("the second to the first", began["kept-socket"] / began["bare"], "x", 1.5)
    yield Figure("bare Bolt: memory", holds["bare"], "MB")
    yield Figure("Kept: memory", holds["kept-socket"], "MB")
    yield Figure("memory, the second to the first", holds["kept-socket"] / holds["bare"], "x", 1.4)
    yield Figure(f"processor, idle with {OPEN:,} open promises", idle, "%", 0.5, "of one core")


async def _measured(folder: Path) -> tuple[dict[str, float], dict[str, float], float]:
    """Of each: milliseconds from start to connected, megabytes afterwards; and percent of a core while idle."""
    began: dict[str, list[float]] = {name: [] for name in NAMES}
    holds: dict[str, list[float]] = {name: [] for name in NAMES}
    database = folder / "weight.db"
    async with Sandbox(manifest=manifest()) as slack:
        for round_ in range(ROUNDS + 1):
            for name in NAMES:
                started = time.perf_counter()
                server = Server(name, slack, database)
                await asyncio.to_thread(server.ready)
                took = (time.perf_counter() - started) * 1000
                await asyncio.sleep(SETTLED_AFTER)
                if round_:  # the first makes the tables, and warms the machine
                    began[name].append(took)
                    holds[name].append(server.memory())
                await asyncio.to_thread(server.end)
        _promise(database, slack.person("dana").id)
        idle = await _idle(Server("kept-socket", slack, database))
    return (
        {name: median(those) for name, those in began.items()},
        {n: median(those) for n, those in holds.items()},
        idle,
    )


async def _idle(server: Server) -> float:
    try:
        await asyncio.to_thread(server.ready)
        await asyncio.sleep(5 * SETTLED_AFTER)
        before = server.spent()
        await asyncio.sleep(WATCHED)
        return (server.spent() - before) / WATCHED * 100
    finally:
        await asyncio.to_thread(server.end)


def _promise(path: Path, owner: str) -> None:
    """Promises that fall due from a year on, each with a minute at which its owner is to hear."""
    now = int(time.time())
    with closing(SQLite(path)) as db:
        db.begin(writing=True)
        customer = customers.add(db, "Acme", now)
        for due in range(now + YEAR, now + YEAR + OPEN):
            callbacks.promise(
                db, customer_id=customer.id, issue_id=None, kind="call", words="Acme next year", subject="",
                owner_id=owner, maker_id=owner, made_in="C1", now=now, due_at=due, zone="UTC", by_close=False,
                next_rung="due", next_at=due, team_id=None,
            )  # fmt: skip
        db.commit()
