"""The servers that are measured, each a process of its own: ``python -m benchmarks.served empty|default|kept``.

Its settings come as JSON on the standard input; it says its port in a line and serves until it is ended.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.config import Settings
from bot.run import Bot


async def empty(given: dict[str, Any], *, in_place: bool) -> int:
    """Bolt's own handler that does nothing; ``in_place``: with ``process_before_response``. Returns its port."""
    app = AsyncApp(
        signing_secret=given["signing_secret"],
        process_before_response=in_place,
        authorize=_nobody,
        ssl_check_enabled=False,
    )
    app.command("/issue")(_nothing)

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    front = web.Application()
    front.router.add_post("/slack/events", receive)
    runner = web.AppRunner(front, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


async def _nobody(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_id="B1", bot_user_id="U1", bot_token="")


async def _nothing(ack: AsyncAck) -> None:
    await ack()


async def kept(given: dict[str, Any]) -> int:
    """The whole bot, on a database of its own. Returns its port."""
    settings = Settings(
        bot_token=given["bot_token"],
        signing_secret=given["signing_secret"],
        api_url=given["api_url"],
        port=0,
        database=Path(given["database"]),
    )
    bot = Bot(settings)
    await bot.start()
    return bot.port


async def main() -> None:
    """Serve until ended."""
    logging.basicConfig(level=logging.WARNING)
    given = json.loads(sys.stdin.readline())
    which = sys.argv[1]
    port = await (kept(given) if which == "kept" else empty(given, in_place=which == "empty"))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
