"""What Kept holds in memory after a hundred thousand commands, beside what it holds before the first (issue 9)."""

import asyncio
from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path

from benchmarks.framework import AT_ONCE, typed
from benchmarks.load import sent, signed
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox

COMMANDS = 100_000
LOGGED = 10  # one in so many logs an issue, the others look: a desk reads more than it writes
LOOKS = ("Company{n}", "list mine", "find late", "list", "find invoice", "find courier", "help", "list unowned", "{n}")
AT_A_TIME = 10_000
SETTLED_AFTER = 5.0  # seconds
GROWN = 1.10  # times


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    before, after = asyncio.run(_measured(plan.fresh))
    yield Figure("memory before the first command", before, "MB")
    yield Figure(f"memory after {COMMANDS:,} commands", after, "MB")
    yield Figure("the second to the first", after / before, "x", GROWN)


async def _measured(folder: Path) -> tuple[float, float]:
    """Megabytes held before the first command, and after the last."""
    async with Sandbox(manifest=manifest()) as slack:
        server = Server("kept", slack, folder / "lasting.db")
        try:
            port = await asyncio.to_thread(server.ready)
            await asyncio.sleep(SETTLED_AFTER)
            before = server.memory()
            commands = _commands(slack)
            for _ in range(COMMANDS // AT_A_TIME):
                if (await sent(port, list(islice(commands, AT_A_TIME)), AT_ONCE)).refused:
                    raise RuntimeError("a request was refused")
            await asyncio.sleep(SETTLED_AFTER)
            return before, server.memory()
        finally:
            server.end()


def _commands(slack: Sandbox) -> Iterator[bytes]:
    """Issues logged, and between them what people look up."""
    looks = cycle(LOOKS)
    for number, fields in zip(count(), typed(slack), strict=False):
        asked = fields
        if number % LOGGED:
            words = next(looks)
            command = "/customer" if words.startswith("Company") else "/issue"
            asked = fields | {"command": command, "text": words.format(n=number % 500)}
        yield signed(asked, slack.signing_secret)
