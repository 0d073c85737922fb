"""The worker: what fell due goes into the outbox, what is in the outbox goes to Slack.

Besides the desk, the only reader of the clock. Every replica runs the same loop; unique keys and claims make sure that
each thing happens once. It never sleeps until something is due: it looks at least once a second, so that a machine
that slept or a clock that was set is noticed at once.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable

from bot.pace import Pace
from bot.sending import Sender
from bot.slack import Slack
from handlers import listeners
from handlers.escalations import gaps
from storage import clocks, drafts, facts, forgetting, inbox, outbox, retention, search, suggestions
from storage.database import Database
from storage.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
GATHER = 0.02  # seconds from being woken to the look: who typed has the answer by then, and others wake it meanwhile
TAKE_PAUSE = 0.25  # seconds between two looks for what fell due, however often people type: their commands go first
FINISH_WITHIN = 1.0  # seconds that what is being sent has to end when the worker stops
HOUSEKEEPING_EVERY = 3600  # seconds
NOTE_EVERY = 60  # seconds between notes in the database that the worker is at work, for ``doctor``

TakeDue = Callable[[Database, int], int]


class Worker:
    """Takes what is due and delivers what is queued."""

    def __init__(self, store: Store, slack: Slack, pace: Pace, clock: Callable[[], float], keep_words_for: int) -> None:
        """``keep_words_for`` is how long people's words outlive the closing of a record, in seconds."""
        self._store = store
        self._sender = Sender(store, slack, pace, clock, self.wake)
        self._clock = clock
        self._keep_words_for = keep_words_for
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._tidied_at = 0
        self._noted_at = 0
        self._scrubbed_at = 0
        self._rewritten_for: str | None = None  # the last forgetting for which the database's file was written anew
        self._takes_again_at = 0.0  # by the event loop's clock
        self.ticked_at = 0

    @property
    def sends(self) -> Counter[str]:
        """What became of the messages sent since the start, by outcome."""
        return self._sender.sends

    def wake(self) -> None:
        """Look now rather than within the second."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; an error is logged and the next look is a second away."""
        try:
            while True:
                self._woken.clear()
                wait = LOOK_EVERY
                try:
                    wait = min(await self._look(int(self._clock()), paced=True) or LOOK_EVERY, LOOK_EVERY)
                except Exception:
                    log.exception("the worker stumbled and goes on")
                with contextlib.suppress(TimeoutError):  # wait_for may swallow a cancellation that comes as it is woken
                    async with asyncio.timeout(wait):
                        await self._woken.wait()
                        await asyncio.sleep(GATHER)
        finally:
            await self._sender.finish(FINISH_WITHIN)
            self._sender.stop()

    async def work(self, now: int) -> None:
        """Do everything that is due at ``now`` (Unix seconds), at no pace, until nothing is left."""
        ended = None
        while await self._sender.finish() or self._sender.ended != ended:  # what ends meanwhile may have queued more
            ended = self._sender.ended
            await self._look(now, paced=False)
            now = max(now, int(self._clock()))  # it may take a while

    async def _look(self, now: int, *, paced: bool) -> float | None:
        """Take what fell due and begin to send; returns in how many seconds more can be done, None if not known."""
        loop = asyncio.get_running_loop()
        async with self._one_at_a_time:
            rest = max(0.0, self._takes_again_at - loop.time()) if paced else 0.0
            if not rest:
                await self._tick(now)
                self._takes_again_at = loop.time() + TAKE_PAUSE
            now = max(now, int(self._clock()))  # a wave of what falls due takes longer than a lease
            begun, soonest = await self._sender.begin(now, paced=paced)
            while begun:
                begun, soonest = await self._sender.begin(now, paced=paced)
            return min(filter(None, (soonest, rest)), default=None)

    async def _tick(self, now: int) -> None:
        """Put what fell due into the outbox."""
        self.ticked_at = now
        if now - self._noted_at >= NOTE_EVERY:
            self._noted_at = now
            await self._store.run(_note_tick, now)
        while due := await self._store.read(_clocks_due, now):
            for take_due in due:
                await self._store.run(take_due, now)
        if now - self._scrubbed_at >= NOTE_EVERY:
            self._scrubbed_at = now
            await self._scrub()
        if now - self._tidied_at >= HOUSEKEEPING_EVERY:
            self._tidied_at = now
            await self._store.run(_tidy, now)
            while await self._store.run(retention.erase_words, now - self._keep_words_for):
                pass

    async def _scrub(self) -> None:
        """Where a customer was forgotten: have the files hold no byte of it, once none of its messages waits."""
        wanted = await self._store.read(facts.fact, forgetting.SCRUB)
        if wanted and not await self._store.read(forgetting.is_waiting):
            await self._store.run(search.purge)
            done = await self._store.scrub(whole=self._rewritten_for != wanted)
            self._rewritten_for = wanted
            if done:
                await self._store.run(forgetting.scrubbed, wanted)


def _note_tick(db: Database, now: int) -> None:
    """Note that the worker looked; after a gap in which none did, have what was missed read."""
    before = facts.fact(db, "ticked at")
    facts.remember(db, "ticked at", str(now))
    if before and now - int(before) > gaps.GAP:
        gaps.begin(db, now)


def _clocks_due(db: Database, now: int) -> list[TakeDue]:
    """What takes things that fell due by ``now``, in the order of the clocks."""
    next_at = clocks.next_at(db)
    return [take_due for kind, take_due in listeners.CLOCKS.items() if (at := next_at[kind]) is not None and at <= now]


def _tidy(db: Database, now: int) -> None:
    inbox.forget_before(db, now - inbox.KEEP_FOR)
    drafts.forget_before(db, now - drafts.KEEP_FOR)
    suggestions.forget_before(db, now - suggestions.KEEP_FOR)
    outbox.forget_before(db, now - inbox.KEEP_FOR)
