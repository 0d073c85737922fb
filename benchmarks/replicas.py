"""Two replicas on PostgreSQL beside one: whole ``/issue`` commands, 64 at once (issue 9).

The database is a real server of this run's own; the same machine runs it, the replicas, our Slack and the load.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.framework import ROUNDS, typed
from benchmarks.load import sent, signed
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox
from tests import servers

MANY, AT_ONCE = 400, 64
FASTER = 1.5  # times


def measure(_: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as folder:
        url = servers.start(Path(folder) / "data", {})
        try:
            with servers.database(url, "replicas") as database:
                rate = asyncio.run(_measured(database))
        finally:
            servers.end(Path(folder) / "data")
    yield Figure("a whole /issue, one replica, 64 at once", rate[1], "/s")
    yield Figure("two replicas", rate[2], "/s")
    yield Figure("the first to the second", rate[1] / rate[2], "x", 1 / FASTER)


async def _measured(database: str) -> dict[int, float]:
    """Commands a second by the number of replicas that share them; they are asked in turn."""
    found: dict[int, list[float]] = {1: [], 2: []}
    async with Sandbox(manifest=manifest()) as slack:
        requests = (signed(fields, slack.signing_secret) for fields in typed(slack))
        with ExitStack() as running:
            ports = []
            for _ in found:
                replica = Server("kept", slack, database)
                running.callback(replica.end)
                ports.append(await asyncio.to_thread(replica.ready))
            for _ in range(ROUNDS + 1):
                for many, rates in found.items():
                    each = MANY // many
                    loads = await asyncio.gather(
                        *[sent(port, [next(requests) for _ in range(each)], AT_ONCE // many) for port in ports[:many]]
                    )
                    rates.append(MANY / max(load.seconds for load in loads))
    return {many: median(rates[1:]) for many, rates in found.items()}  # the first round warms them up
