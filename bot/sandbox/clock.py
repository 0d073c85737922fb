"""A clock that can be moved forward, and tells whoever listens at every step of the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable

StepListener = Callable[[float], Awaitable[object]]


class Clock:
    """Unix time in UTC, which walks with real time (`running`) or stands still until it is moved."""

    STEP = 60.0  # seconds; what is due on the way must happen at its minute, not as if after downtime

    def __init__(self, start: float | None = None, running: bool = True) -> None:
        self.running = running
        self._listeners: list[StepListener] = []
        self._moving = asyncio.Lock()
        self._offset = 0.0
        self._jump(time.time() if start is None else start)

    def now(self) -> float:
        """The present, in seconds since 1970."""
        return self._offset + self._real()

    def on_step(self, listener: StepListener) -> Callable[[], None]:
        """Have `listener(now)` awaited after every step of an advance; returns how to stop listening.

        A listener must not advance the clock itself: it would wait for its own end.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def advance(self, seconds: float) -> None:
        """Walk `seconds` forward, awaiting the listeners after each step; one walk at a time."""
        if seconds < 0:
            raise ValueError(f"The clock only moves forward, and {seconds} seconds is backwards.")
        async with self._moving:
            await self._walk(self.now() + seconds)

    async def advance_to(self, unix: float) -> None:
        """Walk forward until `unix`; nothing is left to do if another walk has passed it meanwhile."""
        if unix < self.now():
            raise ValueError(f"The clock only moves forward: {unix} is before now, {self.now()}.")
        async with self._moving:
            await self._walk(unix)

    async def _walk(self, target: float) -> None:
        while (left := target - self.now()) > 0:
            self._jump(target if left <= self.STEP else self.now() + self.STEP)
            for listener in tuple(self._listeners):
                await listener(self.now())

    def _jump(self, to: float) -> None:
        self._offset = to - self._real()

    def _real(self) -> float:
        return time.time() if self.running else 0.0
