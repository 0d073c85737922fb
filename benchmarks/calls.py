"""What a call to Slack costs the processor, beside a raw POST of the same words by aiohttp (issue 9)."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import median

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.rows import Figure, Plan
from bot.prefix import Names
from bot.slack import Slack
from handlers import listeners
from storage.models import Outgoing

ROUNDS, CALLS = 7, 300
CALL = {"method": "chat.postMessage", "channel": "C1", "text": "Acme · charged twice (#42)"}


def measure(_: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    raw, stock, ours = asyncio.run(_measured())
    yield Figure("a raw POST, the processor's time", raw, "ms", None, "with the server's part of it")
    yield Figure("AsyncWebClient as it comes, to a raw POST", stock / raw, "x")
    yield Figure("a message as Kept sends it, to a raw POST", ours / raw, "x", 1.7)


async def _measured() -> list[float]:
    """Milliseconds of the processor's time for a call: raw, by the stock client, and as the worker makes it."""
    runner, address = await _served()
    try:
        async with aiohttp.ClientSession() as session:
            stock = AsyncWebClient(token="xoxb-1", base_url=address)  # noqa: S106 - opens nothing
            ours = AsyncWebClient(token="xoxb-1", base_url=address, session=session, retry_handlers=[])  # noqa: S106
            slack = Slack(ours, session, Names("", listeners.COMMANDS))
            ways: list[Callable[[], Awaitable[object]]] = [
                lambda: _raw(session, address),
                lambda: stock.api_call("chat.postMessage", json={k: v for k, v in CALL.items() if k != "method"}),
                lambda: slack.send(_message(), CALL),
            ]
            taken: list[list[float]] = [[] for _ in ways]
            for _ in range(ROUNDS):
                for way, those in zip(ways, taken, strict=True):
                    before = time.process_time()
                    for _ in range(CALLS):
                        await way()
                    those.append((time.process_time() - before) / CALLS * 1000)
            return [median(those) for those in taken]
    finally:
        await runner.cleanup()


async def _raw(session: aiohttp.ClientSession, address: str) -> object:
    async with session.post(f"{address}chat.postMessage", json=CALL) as answer:
        return json.loads(await answer.text())


def _message() -> Outgoing:
    return Outgoing(
        id=1, key="k", kind="post", subject_id=None, person_id=None, target="C1", payload="", priority=1,
        state="queued", due_at=0, attempts=0, version=1, created_at=0, sent_at=None,
        sent_channel=None, sent_ts=None, problem=None, wanted_at=0,
    )  # fmt: skip


async def _served() -> tuple[web.AppRunner, str]:
    """Something that says yes to everything; its address."""

    async def yes(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "channel": "C1", "ts": "1.2"})

    front = web.Application()
    front.router.add_post("/api/{method}", yes)
    runner = web.AppRunner(front, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
