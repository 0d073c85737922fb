"""The servers of Bolt alone that Kept is measured beside, each a process: ``python -m benchmarks.served NAME``.

Its settings come as JSON on the standard input; it says its port in a line and serves until it is ended.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


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


async def bare(given: dict[str, Any], *, in_place: bool = False) -> int:
    """Bolt in Socket Mode with a handler that does nothing, connected; ``in_place`` as for ``empty``."""
    client = AsyncWebClient(token=given["bot_token"], base_url=given["api_url"])
    app = AsyncApp(client=client, authorize=_nobody, process_before_response=in_place)
    app.command("/issue")(_nothing)
    await AsyncSocketModeHandler(app, given["app_token"]).connect_async()  # type: ignore[no-untyped-call]
    return 0


SERVERS: dict[str, Callable[[dict[str, Any]], Awaitable[int]]] = {
    "empty": partial(empty, in_place=True),
    "default": partial(empty, in_place=False),
    "bare": bare,
    "bare-in-place": partial(bare, in_place=True),
}


async def main() -> None:
    """Serve until ended."""
    logging.basicConfig(level=logging.WARNING)
    given = json.loads(sys.stdin.readline())
    port = await SERVERS[sys.argv[1]](given)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
