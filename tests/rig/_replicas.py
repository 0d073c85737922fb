"""Replicas of the whole bot in one loop, on one database, that die, freeze and come back between any two steps.

A step is whatever reaches the world: before and after each transaction, before each call to Slack leaves and before
its answer is read. A dead replica's steps never end; a frozen one's end when it thaws.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.config import Settings
from bot.pace import Pace
from bot.run import Bot
from bot.sandbox import Sandbox
from storage import clocks, outbox
from storage.database import Engine
from storage.store import Store
from tests.quarter.short import AtOnce
from tests.rig._virtual import Line, dispatched

log = logging.getLogger(__name__)

LONGEST_LOOK = 45.0  # seconds between two looks of the worker where nothing is due: the real one looks each second
SHORTEST_LOOK = 1.0
FAR = 10**9

Step = Callable[[], Any]


class Stepping(AtOnce):
    """A store with a step before and after each transaction."""

    def __init__(self, engine: Engine, step: Step) -> None:
        self.engine = engine
        self._closed = False
        self._step = step

    async def run(self, change: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await self._step()
        result = await super().run(change, *args, **kwargs)
        await self._step()
        return result

    async def read(self, look: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await self._step()
        return await super().read(look, *args, **kwargs)


class Simulated(Bot):
    """The bot as it is, but for its sockets, its thread and the machine's clock."""

    def __init__(self, slack: Sandbox, engine: Engine, step: Step, clock: Callable[[], float]) -> None:
        settings = Settings(bot_token=slack.bot_token, app_token="", signing_secret=slack.signing_secret,
                            api_url=slack.api_url, port=0)  # fmt: skip
        super().__init__(settings, clock, working=False)
        self._slack, self._engine, self._step = slack, engine, step

    def _open(self) -> Store:
        return Stepping(self._engine, self._step)

    async def _learn_who_we_are(self) -> None:
        line: Any = Line(self._slack, self._step)
        await self._session.close()
        self._session = self._client.session = self.worker._sender._slack._session = self.auditor._session = line
        self.worker._sender._pace = Pace(self._settings.posts_per_minute, asyncio.get_running_loop().time)
        await super()._learn_who_we_are()

    async def _serve(self) -> None:
        """Slack's payloads come in process."""


class Replica:
    """One machine with the bot on it, which may be dead."""

    def __init__(self, slack: Sandbox, engine: Engine, chance: random.Random) -> None:
        self.slack, self.engine, self.chance = slack, engine, chance
        self.behind = 0.0  # seconds its clock is behind
        self.fate: tuple[int, float] | None = None  # in how many steps it stops, and for how many seconds
        self.stopped = 0  # how often it died or froze
        self.took: list[tuple[float, float]] = []  # from when until when it was at a payload
        self._life = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._thaws_at = 0.0
        self._never: list[asyncio.Future[None]] = []  # what the dead wait for
        self.bot: Simulated | None = None

    def clock(self) -> float:
        """What this machine takes for the time."""
        return self.slack.clock.now() - self.behind

    async def start(self) -> None:
        """Begin a new life; what the former one had under way never goes on."""
        self._life += 1
        self.fate, self._thaws_at = None, 0.0
        bot = Simulated(self.slack, self.engine, self._step_of(self._life), self.clock)
        await bot.start()
        self.bot = bot
        self._tasks += [asyncio.create_task(self._look_when_due(bot)), asyncio.create_task(bot.auditor.run())]

    def die(self) -> None:
        """As by kill -9."""
        self._life += 1
        self.bot, self.fate = None, None

    def end(self) -> None:
        """The simulation is over."""
        self._life = -1

    async def take(self, payload: Any, attempt: int, reason: str) -> tuple[int, Any]:
        """A payload of Slack's, through Bolt as the door hands it on."""
        if self.bot is None:
            raise ConnectionError("nobody is there")
        begun = self.slack.clock.now()
        taken = asyncio.ensure_future(dispatched(self.bot.app, payload, attempt, reason))
        taken.add_done_callback(lambda _: self.took.append((begun, self.slack.clock.now())))
        answer: tuple[int, Any] = await asyncio.shield(taken)
        return answer

    def _step_of(self, life: int) -> Step:
        async def step() -> None:
            now = self.slack.clock._real
            await asyncio.sleep(self.chance.random() * 0.03 if self.chance.random() < 0.3 else 0)
            if self.fate and life == self._life:
                self._befall(now())
            while life == self._life and self._thaws_at > now():  # noqa: ASYNC110 - it may freeze again meanwhile
                await asyncio.sleep(self._thaws_at - now())
            if self._life == -1:
                raise asyncio.CancelledError
            if life != self._life:
                self._never.append(asyncio.get_running_loop().create_future())
                await self._never[-1]

        return step

    def _befall(self, now: float) -> None:
        """Count a step towards what is to happen, and let it happen."""
        steps, seconds = self.fate or (0, 0.0)
        self.fate = (steps - 1, seconds)
        if steps > 0:
            return
        self.fate = None
        self.stopped += 1
        if seconds >= FAR:
            self.die()
        else:
            self._thaws_at = now + seconds

    async def _look_when_due(self, bot: Simulated) -> None:
        """The worker's loop; it looks when something is due rather than each second, for a day is long."""
        worker = bot.worker
        while True:
            worker._woken.clear()
            soonest = None
            try:
                soonest = await worker._look(int(self.clock()), paced=True)
            except Exception:
                log.exception("the worker stumbled and goes on")
            with suppress(TimeoutError):
                await asyncio.wait_for(worker._woken.wait(), self._until_next(soonest))

    def _until_next(self, soonest: float | None) -> float:
        wanted = (clocks.soonest(self.engine), outbox.next_due(self.engine))
        next_at = min((at for at in wanted if at is not None), default=FAR)
        seconds = max(next_at - self.clock(), SHORTEST_LOOK)
        return min(seconds, LONGEST_LOOK, soonest or FAR)
