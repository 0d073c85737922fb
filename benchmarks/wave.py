"""A due wave: a hundred thousand promises that fall due in the same minute, and commands typed meanwhile (issue 9).

The bot is a process of its own over HTTP; its database is looked at from outside.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from benchmarks.framework import typed
from benchmarks.load import sent, signed
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from benchmarks.timing import slowest_in_twenty
from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from storage import callbacks, customers, people
from storage.database import SQLite
from storage.models import Person

PROMISES, OWNERS = 100_000, 1_000
LEAD, LEAST, WARM = 75, 15, 50  # seconds before the wave, at least; the first commands, which do not count
QUEUED_WITHIN, SLOWED = 30.0, 3.0  # seconds; times
PATIENCE = 600  # seconds
PAUSE = 0.02  # seconds between two commands
LEFT = (
    "SELECT (SELECT COUNT(*) FROM promises WHERE closed_at IS NULL AND next_at <= :due)"
    " + (SELECT COUNT(*) FROM nudges WHERE message_key IS NULL AND target IS NOT NULL AND due_at <= :due + 300) AS n"
)


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    took, usual, during = asyncio.run(_measured(plan.fresh))
    yield Figure(f"{PROMISES:,} promises due at once: all reminders queued", took, "s", QUEUED_WITHIN)
    yield Figure("a command before it, p95", usual, "ms")
    yield Figure("a command during it, p95, to that", during / usual, "x", SLOWED, f"{during:.3g} ms")


async def _measured(folder: Path) -> tuple[float, float, float]:
    """Seconds until all reminders are in messages, and the 95th percentile of a command before and during that."""
    place = sample(Clock(time.time(), running=True))
    owners = [place.add_person(f"owner{number}").id for number in range(OWNERS)]
    database = folder / "wave.db"
    async with Sandbox(manifest=manifest(), workspace=place) as slack:
        requests = (signed(fields, slack.signing_secret) for fields in typed(slack))
        due = await asyncio.to_thread(_promise, database, owners)
        server = Server("kept", slack, database)
        try:
            port = await asyncio.to_thread(server.ready)
            with closing(SQLite(database)) as db:
                before = await _typed_while(port, requests, lambda: time.time() < due)
                during = await _typed_while(port, requests, lambda: _left(db, due) > 0)
            return time.time() - due, slowest_in_twenty(before[WARM:]), slowest_in_twenty(during)
        finally:
            server.end()


def _promise(path: Path, owners: list[str]) -> int:
    """Write the promises; returns when all of them are due, which leaves time to type some commands before."""
    now = int(time.time())
    due = now + LEAD
    with closing(SQLite(path)) as db:
        db.migrate()
        db.begin(writing=True)
        for owner in owners:
            people.keep(db, Person(owner, owner, owner, zone="UTC"))
            people.keep_hours(db, owner, 0, 24 * 60, "0123456")  # at work whenever this is measured
        customer = customers.add(db, "Acme", now)
        for number in range(PROMISES):
            owner = owners[number % OWNERS]
            callbacks.promise(
                db, customer_id=customer.id, issue_id=None, kind="call", words="Acme", subject="", owner_id=owner,
                maker_id=owner, made_in="C1", now=now, due_at=due, zone="UTC", by_close=False, next_rung="due",
                next_at=due, team_id=None,
            )  # fmt: skip
        db.commit()
    if time.time() > due - LEAST:
        raise RuntimeError("this machine was too slow to write the promises before they fell due")
    return due


async def _typed_while(port: int, requests: Iterator[bytes], goes_on: Callable[[], bool]) -> list[float]:
    """Milliseconds each command waited, typed one after the other as long as it goes on."""
    times: list[float] = []
    until = time.monotonic() + PATIENCE
    while goes_on():
        times += (await sent(port, list(islice(requests, 5)), 1)).each
        await asyncio.sleep(PAUSE)
        if time.monotonic() > until:
            raise RuntimeError("the reminders were not all queued")
    return times


def _left(db: SQLite, due: int) -> int:
    """How many promises' steps are not taken, or taken and in no message."""
    row = db.row(LEFT, due=due)
    return int(row["n"]) if row else 0
