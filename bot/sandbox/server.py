"""The sandbox itself: all of it behind one address on this machine."""

import asyncio
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox import control, files, replies, web_api
from bot.sandbox.forms import Forms


class Sandbox(Forms):
    """A Slack of our own. `async with Sandbox() as slack:`, or `start()` and `stop()`."""

    RETRY_EVERY = 0.5  # real seconds between looks for due retries, where the clock runs by itself

    async def start(self) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.delivery.open()
        self._forget_clock = self.clock.on_step(self._step)
        self._retrying = asyncio.create_task(self._retry()) if self.clock.running else None

    async def stop(self) -> None:
        """Let go of everything: sockets, page, port."""
        self._forget_clock()
        self.faults.lift()
        if self._retrying:
            self._retrying.cancel()
            await asyncio.gather(self._retrying, return_exceptions=True)
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self.sockets.close()
        await self._runner.cleanup()
        await self.delivery.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.route("*", "/api/{method}", partial(web_api.receive, self)),
                web.get("/link/", self.sockets.accept),
                web.post("/response/{secret}", partial(replies.receive, self)),
            ]
        )
        files.mount(application, self)
        control.mount(application, self)
        return application

    async def _step(self, now: float) -> None:
        self.faults.land(now)
        await self.delivery.flush(now)
        self.workspace.touch()

    async def _retry(self) -> None:
        while True:
            await asyncio.sleep(self.RETRY_EVERY)
            self.faults.land(self.clock.now())
            await self.delivery.flush(self.clock.now())
