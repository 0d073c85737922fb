"""Two replicas at one outbox that stand still longer than their leases, at any step, and whose connections are killed.

Both are the whole bot, with connections of their own. One that stands still does so as a stopped machine would: nothing
of it goes on, but what it has sent already arrives. Then it wakes, and knows nothing of the time that passed. On
PostgreSQL it may also stand still in the middle of a transaction, and every session of both is ended over and over.
The one moment left out is that between a sender's last look at its lease and its first byte: nothing can stand there.
"""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

from bot import sending
from bot.manifest import manifest
from bot.run import Bot
from bot.sandbox import Clock, Sandbox, sample
from storage import outbox, postgres
from storage.database import Database, UnknownCommitError
from storage.engines import Place, Server, failures, open_engine
from storage.store import Store
from tests.conftest import MORNING, settings_for
from tests.rig import checker, places
from tests.rig.outcome import Outcome
from tests.wire import kill_sessions

T = TypeVar("T")

LONG = 50
ROWS = 1000
CHANNELS = 40
STILL = (outbox.LEASE + 10, 4 * outbox.LEASE)  # seconds a replica stands still
OFTEN = 0.004  # how likely it begins to at any step
KILL_EVERY = 1.0  # seconds
ENDS_AFTER = "300ms"  # what the server grants one who stands still in a transaction; five seconds in earnest


def go(seed: int, engine: str, rows: int = ROWS) -> Outcome:
    """So many messages, two replicas, one database."""
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    shorter = postgres._WRITING.replace(f"'{postgres.FROZEN_FOR}s'", f"'{ENDS_AFTER}'")
    try:
        with places.place(engine) as where, patch.object(postgres, "_WRITING", shorter):
            return asyncio.run(_Office(seed, where, rows).run())
    finally:
        logging.getLogger("bot").setLevel(logging.NOTSET)


@contextmanager
def _killing(where: Place) -> Iterator[None]:
    """Meanwhile every session of a server's is ended, over and over."""
    stop = threading.Event()
    killer = threading.Thread(target=kill_sessions, args=(getattr(where, "url", ""), stop, KILL_EVERY))
    if isinstance(where, Server):
        killer.start()
    try:
        yield
    finally:
        stop.set()
        if isinstance(where, Server):
            killer.join()


class Replica(Bot):
    """The bot as it is, but that it may stand still before and after each transaction."""

    name = ""
    still_until: float | None = None
    claimed: Callable[[str, list[sending.Composed]], None]
    chance: Random

    def _open(self) -> Store:
        place = self._settings.database
        self.stands, self.goes_on, self.thread_goes_on = asyncio.Event(), asyncio.Event(), threading.Event()
        self.can_stop_in_claim = isinstance(place, Server)
        self.freezes = 0
        self.is_calm = True
        return _Store(self, lambda: open_engine(place))

    def stop_here(self, likely: float = OFTEN) -> bool:
        """Whether it stands still now; sometimes it begins to."""
        if self.still_until is None and not self.is_calm and self.chance.random() < likely:
            self.still_until = self._clock() + self.chance.uniform(*STILL)
            self.freezes += 1
            self.goes_on.clear()
            self.thread_goes_on.clear()
            self.stands.set()
        return self.still_until is not None

    def wake_up(self) -> None:
        """Go on, as if no time had passed."""
        self.still_until = None
        self.stands.clear()
        self.goes_on.set()
        self.thread_goes_on.set()

    async def step(self, likely: float = OFTEN) -> None:
        """A place where it may stand still, and does while it stands still anywhere."""
        while self.stop_here(likely):
            await self.goes_on.wait()


class _Store(Store):
    """A store with such a place before and after each transaction; for a server's also within that of a claim."""

    def __init__(self, replica: Replica, open_it: Callable[[], Any]) -> None:
        self._replica = replica
        super().__init__(open_it)

    async def run(self, change: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        replica, loop = self._replica, asyncio.get_running_loop()

        def claim(db: Any, *rest: Any) -> Any:
            found = sending.claim(db, *rest)
            if replica.can_stop_in_claim and replica.chance.random() < 3 * OFTEN and not replica.is_calm:
                loop.call_soon_threadsafe(replica.stop_here, 1.0)
                replica.thread_goes_on.wait(0.5)
                db.row("SELECT 1 AS yes")
            return found

        await replica.step()
        done = await super().run(claim if change is sending.claim else change, *args, **kwargs)
        if change is sending.claim:
            replica.claimed(replica.name, done)
        await replica.step(10 * OFTEN if change is sending.claim else OFTEN)
        return done

    async def read(self, look: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await self._replica.step()
        return await super().read(look, *args, **kwargs)


class _Office:
    """The two of them at work until everything is sent."""

    def __init__(self, seed: int, where: Place, rows: int) -> None:
        self.chance = Random(seed)
        self.where, self.rows = where, rows
        self.outcome = Outcome()
        self.claims: dict[int, tuple[str, float, int]] = {}  # message: who claimed it last, when, until when
        self.looks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> Outcome:
        self.slack = Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False)))
        self.clock = self.slack.clock
        place = self.slack.workspace
        channels = [place.add_channel(f"desk-{n}", ["dana", place.bot.id]).id for n in range(CHANNELS)]
        async with self.slack, self._replica("one") as one, self._replica("two") as two:
            await one.store.run(self._fill, channels)
            with _killing(self.where):
                await self._until_all_is_sent([one, two])
            self.outcome.seen["freezes"] += one.freezes + two.freezes
            self._judge()
        return self.outcome

    async def _until_all_is_sent(self, both: list[Replica]) -> None:
        for one in both:
            one.is_calm = False
        for _ in range(200 + self.rows // 2):
            await self._round(both)
            if not self._is_left():
                break
        else:
            self.outcome.wrong.append("it never comes to an end")
        for one in both:
            one.is_calm = True
            one.wake_up()
        await asyncio.gather(*self.looks.values())

    @asynccontextmanager
    async def _replica(self, name: str) -> AsyncIterator[Replica]:
        bot = Replica(settings_for(self.slack, self.where, "http"), self.clock.now, working=False)
        bot.name, bot.claimed, bot.chance = name, self._claimed, self.chance
        async with bot:
            yield bot

    def _fill(self, db: Database, channels: list[str]) -> None:
        for n in range(self.rows):
            channel = channels[n % CHANNELS]
            call = {"method": "chat.postMessage", "channel": channel, "text": f"message {n}"}
            outbox.put(db, key=f"k{n}", kind="post", target=channel, payload=json.dumps(call), now=int(MORNING))

    def _is_left(self) -> bool:
        return len({one.key for one in checker.posted(self.slack) if one.key}) < self.rows or self._waits()

    def _waits(self) -> bool:
        return self._seen(lambda db: outbox.next_due(db) is not None)

    def _seen(self, look: Callable[[Database], T]) -> T:
        """What somebody else sees in the database, whose session may be ended too."""
        while True:
            with suppress(*failures()), closing(open_engine(self.where)) as db:
                return look(db)

    async def _round(self, both: list[Replica]) -> None:
        """Each that is awake looks, and sends until it is done or stands still; then time passes."""
        for one in both:
            if one.still_until is not None and one.still_until <= self.clock.now():
                one.wake_up()
        await asyncio.gather(*[self._look(one) for one in both if one.still_until is None])
        self.clock._jump(self.clock.now() + self.chance.uniform(1, 15))

    async def _look(self, one: Replica) -> None:
        if one.name not in self.looks or self.looks[one.name].done():
            self.looks[one.name] = asyncio.create_task(self._work(one))
        stands = asyncio.create_task(one.stands.wait())
        await asyncio.wait({self.looks[one.name], stands}, return_when=asyncio.FIRST_COMPLETED)
        stands.cancel()

    async def _work(self, one: Replica) -> None:
        """What the worker does each second, which stumbles over a broken connection and goes on."""
        try:
            await one.worker._look(int(self.clock.now()), paced=False)
        except (UnknownCommitError, *failures()):
            self.outcome.seen["stumbled"] += 1
        await one.worker._sender.finish()

    def _claimed(self, who: str, composed: list[sending.Composed]) -> None:
        """Somebody's claim is committed: nobody else's may stand."""
        now = self.clock.now()
        for message, _, uncertain in composed:
            self.outcome.seen["claims"] += 1
            other, _, until = self.claims.get(message.id, ("", 0.0, 0))
            if other and not uncertain:
                self.outcome.wrong.append(f"{message.key} was claimed by {other} and then, as if new, by {who}")
            if other not in ("", who) and until > now:
                self.outcome.wrong.append(f"{message.key} was claimed by {who} while it was {other}'s")
            self.outcome.seen["taken over"] += other not in ("", who)
            self.claims[message.id] = (who, now, message.due_at)

    def _judge(self) -> None:
        wrong, log = self.outcome.wrong, checker.posted(self.slack)
        wrong += checker.doubled(log)
        missing = {f"k{n}" for n in range(self.rows)} - {one.key for one in log}
        wrong += [f"{key} was never posted" for key in sorted(missing)]
        self.outcome.seen["messages"] += self.rows
        wrong += self._seen(lambda db: list(checker.invented(db, self.slack)))
        unsent = self._seen(lambda db: db.rows("SELECT key, state FROM outbox WHERE state <> 'sent'"))
        wrong += [f"{row['key']} is {row['state']}" for row in unsent]
