"""A day in seconds: a loop that leaps from one timer to the next, and the wires between bot and Slack without sockets.

Nothing here asks the machine for the time or for chance, so that whatever happens happens again by the same seed.
"""

import asyncio
import json
import selectors
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.run import CALL_TIMEOUT
from bot.sandbox import Clock, Sandbox, replies, web_api
from bot.sandbox.delivery import Delivery
from bot.sandbox.faults import RESPONSE_URL, Attempt


class Answered:
    """An answer as the client reads it from the wire."""

    def __init__(self, answer: web.Response) -> None:
        self.status, self.headers, self.content_type = answer.status, answer.headers, answer.content_type
        self._text = answer.text or ""

    async def json(self) -> Any:
        """As aiohttp reads it: nothing but JSON."""
        if self.content_type != "application/json":
            raise aiohttp.ContentTypeError(None, (), message=self.content_type)  # type: ignore[arg-type]
        return json.loads(self._text)

    async def text(self) -> str:
        """Whatever it was."""
        return self._text


class Leaping(selectors.DefaultSelector):
    """Instead of waiting for a timer it has the time be passed."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0  # seconds since the loop began

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everybody waits, and for nothing that could still come")
        self.passed += max(timeout, 0.0)
        return []


class Loop(asyncio.SelectorEventLoop):
    """A loop in virtual time."""

    def __init__(self) -> None:
        self._leaping = Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.passed


class Virtual(Clock):
    """The sandbox's clock, which walks with the loop's."""

    def __init__(self, start: float, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        super().__init__(start)

    def _real(self) -> float:
        return self._loop.time()


def run(coroutine: Any) -> Any:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(coroutine)


class Line:
    """Stands where the bot has its HTTP session: each request goes to our Slack, through all its faults.

    ``step`` is awaited before the request leaves and before its answer is read; it may take long, or for ever.
    """

    closed = False

    def __init__(self, slack: Sandbox, step: Callable[[], Any]) -> None:
        self._slack = slack
        self._step = step

    @asynccontextmanager
    async def request(self, _verb: str, url: str, **given: Any) -> Any:
        """A call of a method."""
        method, arguments = url.rpartition("/")[2], given.get("json") or given.get("params") or given.get("data") or {}
        token = given["headers"].get("Authorization", "").removeprefix("Bearer ")
        arguments = json.loads(json.dumps(dict(arguments), default=str))
        yield await self._answer(method, lambda: web_api._called(self._slack, method, token, arguments))

    @asynccontextmanager
    async def post(self, url: str, *, json: dict[str, Any], **_: Any) -> Any:
        """An answer to a response_url."""
        secret, raw = url.rpartition("/")[2], _dumped(json)
        yield await self._answer(RESPONSE_URL, lambda: replies._received(self._slack, secret, raw))

    async def close(self) -> None:
        """There is nothing to close."""

    async def _answer(self, name: str, accept: Callable[[], Any]) -> Answered:
        cuts: list[bool] = []
        wire = SimpleNamespace(transport=SimpleNamespace(abort=lambda: cuts.append(True)))
        attempt = Attempt(name, wire, accept, lambda _: None)  # type: ignore[arg-type]
        async with asyncio.timeout(CALL_TIMEOUT):
            await self._step()
            # What Slack has begun it ends, whether somebody still waits for it or not.
            answer = await asyncio.shield(asyncio.ensure_future(self._slack.faults.pass_through(attempt)))
            await self._step()
        if cuts:
            raise aiohttp.ServerDisconnectedError
        return Answered(answer)


_dumped = json.dumps


async def dispatched(app: AsyncApp, payload: Any, attempt: int, reason: str) -> tuple[int, Any]:
    """A payload of Slack's through Bolt, as the door hands it on: the status and the body of the answer."""
    headers: dict[str, Any] = {"content-type": "application/json"}
    if attempt:
        headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
    answer = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(payload), headers=headers))
    body: Any = answer.body
    with suppress(ValueError):
        body = json.loads(answer.body) if answer.body else None
    return int(answer.status), body


class InProcess(Delivery):
    """Slack's payloads, handed to whoever takes them instead of being posted."""

    def __init__(self, slack: Sandbox, taken: Callable[[Any, int, str], Any]) -> None:
        super().__init__(slack.clock, slack.sockets, slack.leave_out)
        self.request_url = "in process"
        self._taken = taken

    async def _post(self, _kind: str, payload: Any, attempt: int, reason: str) -> tuple[int, Any, bool]:
        status, body = await self._taken(payload, attempt, reason)
        return status, body, False
