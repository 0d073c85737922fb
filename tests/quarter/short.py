"""Short ways for a quarter of a year in seconds: no thread between the bot and its database, no socket to its Slack.

``--wire`` takes neither. What is said is the same either way: each change in its transaction, each call with its token,
its JSON and its answer.
"""

import asyncio
import json
import selectors
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.sandbox import Sandbox, web_api
from storage.database import Engine
from storage.store import Store


class AtOnce(Store):
    """A store that applies every change where it is asked to, in an engine that outlives it as a disk would."""

    def __init__(self, kept: list[Engine], open_engine: Callable[[], Engine]) -> None:
        if not kept:
            kept.append(open_engine())
            kept[0].migrate()
        self.engine = kept[0]
        self._closed = False

    async def run(self, change: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.engine.begin(writing=True)
        try:
            result = change(self.engine, *args, **kwargs)
        except BaseException:
            self.engine.rollback()
            raise
        self.engine.commit()
        return result

    async def read(self, look: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return look(self.engine, *args, **kwargs)

    async def scrub(self, *, whole: bool) -> bool:
        return bool(self.engine.scrub(whole=whole))

    @property
    def alive(self) -> bool:
        return not self._closed

    async def close(self) -> None:
        self._closed = True


class Wireless:
    """Stands where Slack's client has its HTTP session, and asks our Slack without a request on the way."""

    closed = False

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack

    @asynccontextmanager
    async def request(self, _verb: str, url: str, **given: Any) -> Any:
        arguments = dict(given.get("json") or given.get("params") or given.get("data") or {})
        token = given["headers"].get("Authorization", "").removeprefix("Bearer ")
        arguments = json.loads(json.dumps(arguments, default=str))
        answer = web_api._called(self._slack, url.rpartition("/")[2], token, arguments)
        self._slack.calls.clear()  # nobody reads these, and a quarter's fill the memory
        yield Answered(answer)


class Answered:
    """An answer as the client reads it."""

    content_type = "application/json"

    def __init__(self, answer: Any) -> None:
        self.status, self.headers, self._text = answer.status, answer.headers, answer.text

    async def json(self) -> Any:
        return json.loads(self._text)

    async def text(self) -> str:
        return self._text


class Calm(selectors.DefaultSelector):
    """Asks the machine what has arrived at every twentieth turn only, while there is something left to do."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = 0

    def select(self, timeout: float | None = None) -> Any:
        self._turns += 1
        if timeout is not None and timeout <= 0 and self._turns % 20:
            return []
        return super().select(timeout)


def at_once(coroutine: Any) -> Any:
    """Run a coroutine in a loop that hardly looks at sockets."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Calm())) as runner:
        return runner.run(coroutine)
