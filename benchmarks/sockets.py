"""A whole ``/issue`` over Socket Mode beside Bolt's own handler that does nothing (issue 9).

Each bot is a process of its own with a Slack of its own; they are asked in turn, the median of three rounds counts.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.framework import AT_ONCE, ROUNDS, WARM, typed
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox

MANY = 2_000
NAMES = ("bare", "bare-in-place", "kept-socket")

Commands = Iterator[dict[str, str]]


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    found = asyncio.run(_measured(plan.fresh))
    rate = {name: median(MANY / seconds for seconds, _ in rounds) for name, rounds in found.items()}
    spent = {name: median(cpu for _, cpu in rounds) for name, rounds in found.items()}
    yield Figure("an empty handler, 32 at once", rate["bare-in-place"], "/s", None, f"by default {rate['bare']:,.0f}/s")
    yield Figure("a whole /issue, 32 at once", rate["kept-socket"], "/s")
    yield Figure("the first to the second", rate["bare-in-place"] / rate["kept-socket"], "x", 1 / 0.6)
    yield Figure("processor's time, the second to the first", spent["kept-socket"] / spent["bare-in-place"], "x")


async def _measured(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """By bot: of every round how long all commands took, and the bot's processor's time, both in seconds."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
    async with AsyncExitStack() as open_:
        bots: dict[str, tuple[Sandbox, Server, Commands]] = {}
        for name in NAMES:
            slack = await open_.enter_async_context(Sandbox(manifest=manifest()))
            server = Server(name, slack, folder / "sockets.db")
            open_.callback(server.end)
            await asyncio.to_thread(server.ready)
            await slack.connected()
            bots[name] = slack, server, typed(slack)
            await _sent(slack, bots[name][2], WARM)
        for _ in range(ROUNDS):
            for name, (slack, server, commands) in bots.items():
                before = server.spent()
                seconds = await _sent(slack, commands, MANY)
                found[name].append((seconds, server.spent() - before))
    return found


async def _sent(slack: Sandbox, commands: Commands, many: int) -> float:
    """Send so many envelopes, each connection the next once one was acknowledged; returns seconds."""
    waiting = islice(commands, many)

    async def one_after_the_other() -> None:
        for fields in waiting:
            await slack.sockets.send("slash_commands", fields)

    began = time.perf_counter()
    await asyncio.gather(*[one_after_the_other() for _ in range(AT_ONCE)])
    return time.perf_counter() - began
