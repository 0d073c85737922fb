"""The worker: what fell due goes into the outbox, what is in the outbox goes to Slack.

Besides the desk, the only reader of the clock. Every replica runs the same loop; unique keys and claims make sure that
each thing happens once. It never sleeps until something is due: it looks at least once a second, so that a machine
that slept or a clock that was set is noticed at once.
"""

import asyncio
import contextlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from bot.slack import Outcome, Slack
from handlers import listeners
from storage import drafts, facts, forgetting, inbox, outbox, retention, search, suggestions, told
from storage.database import Database
from storage.models import Outgoing
from storage.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
HOLD_EVERY = outbox.LEASE // 4  # seconds between renewals of a lease
MOST_AT_ONCE = 100  # messages claimed in one go
SETTLE = 30  # seconds before a message of unknown end is looked up: Slack may still be posting it
BACKOFF = (1, 5, 15, 60, 300)  # seconds, by attempt
NOT_WRITTEN = "it could not be written"  # the problem of a message whose writing failed
GIVE_UP_AFTER = 20  # attempts
HOUSEKEEPING_EVERY = 3600  # seconds
NOTE_EVERY = 60  # seconds between notes in the database that the worker is at work, for ``doctor``

TakeDue = Callable[[Database, int], int]
Composed = tuple[Outgoing, dict[str, Any] | None, bool]


class Worker:
    """Takes what is due and delivers what is queued."""

    def __init__(self, store: Store, slack: Slack, clock: Callable[[], float], keep_words_for: int) -> None:
        """``keep_words_for`` is how long people's words outlive the closing of a record, in seconds."""
        self._store = store
        self._slack = slack
        self._clock = clock
        self._keep_words_for = keep_words_for
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._beside: set[asyncio.Task[None]] = set()  # what takes long, so that nothing else waits for it
        self._held: set[int] = set()  # the messages among it that are not sent yet
        self._held_at = 0
        self._tidied_at = 0
        self._noted_at = 0
        self._scrubbed_at = 0
        self._rewritten_for: str | None = None  # the last forgetting for which the database's file was written anew
        self.ticked_at = 0
        self.sends: Counter[str] = Counter()  # what became of them since the start, by outcome

    def wake(self) -> None:
        """Look now rather than within the second."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; an error is logged and the next look is a second away."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._look(int(self._clock()))
                except Exception:
                    log.exception("the worker stumbled and goes on")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_EVERY)
        finally:
            for task in self._beside:
                task.cancel()

    async def work(self, now: int) -> None:
        """Do everything that is due at ``now`` (Unix seconds), until nothing is left, not even what takes long."""
        await self._look(now)
        while self._beside:
            await asyncio.gather(*self._beside)
            await self._look(now)

    async def _look(self, now: int) -> None:
        async with self._one_at_a_time:
            await self._hold(now)
            await self._tick(now)
            while await self._deliver(now):
                pass

    async def _hold(self, now: int) -> None:
        """Keep the lease of what is being written, or waits to be, so that nobody takes its sender for dead."""
        if self._held and now - self._held_at >= HOLD_EVERY:
            await self._store.run(outbox.hold, tuple(self._held), now)
            self._held_at = now

    async def _tick(self, now: int) -> None:
        """Put what fell due into the outbox."""
        self.ticked_at = now
        if now - self._noted_at >= NOTE_EVERY:
            self._noted_at = now
            await self._store.run(facts.remember, "ticked at", str(now))
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

    async def _deliver(self, now: int) -> int:
        """Send what is queued and due; messages to one place in their order, places side by side."""
        due = await self._store.read(outbox.next_due)
        if due is None or due > now:
            return 0
        claimed = await self._store.run(_claim, now)
        places: dict[str, list[Composed]] = defaultdict(list)
        for composed in claimed:
            if composed[0].kind not in listeners.COMPOSE_BESIDE:
                places[composed[0].target].append(composed)
        self._begin([composed for composed in claimed if composed[0].kind in listeners.COMPOSE_BESIDE], now)
        await asyncio.gather(*[self._send_in_order(place, now) for place in places.values()])
        return len(claimed)

    async def _send_in_order(self, messages: list[Composed], now: int) -> None:
        for message, call, uncertain in messages:
            if call is None:
                continue
            outcome = await self._slack.send(message, call, uncertain=uncertain)
            self.sends[outcome.state] += 1
            await self._store.run(_settle, message, call, outcome, now)

    def _begin(self, messages: list[Composed], now: int) -> None:
        """Send what takes long to write beside everything else, one after the other."""
        if messages:
            self._held |= {message.id for message, _, _ in messages}
            task = asyncio.create_task(self._send_beside(messages, now))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)

    async def _send_beside(self, messages: list[Composed], now: int) -> None:
        try:
            for message, _, uncertain in messages:
                await self._write_and_send(message, now, uncertain=uncertain)
                self._held.discard(message.id)
        finally:
            self._held -= {message.id for message, _, _ in messages}
        self.wake()

    async def _write_and_send(self, message: Outgoing, now: int, *, uncertain: bool) -> None:
        try:
            call = await self._store.read(listeners.COMPOSE_BESIDE[message.kind], message, now)
        except Exception:
            log.exception("a message could not be written (%s)", message.kind)
            await self._store.run(_settle, message, {}, Outcome("dead", problem=NOT_WRITTEN), now)
            return
        if call is None:
            await self._store.run(outbox.sent, message, at=now, channel=None, ts=None)
        else:
            await self._send_in_order([(message, call, uncertain)], now)


def _clocks_due(db: Database, now: int) -> list[TakeDue]:
    """What takes things that fell due by ``now``, in the order of the clocks; one look for all of them."""
    looked = [(next_at(db), take_due) for next_at, take_due in listeners.CLOCKS]
    return [take_due for at, take_due in looked if at is not None and at <= now]


def _claim(db: Database, now: int) -> list[Composed]:
    """Claim messages and write each as things are now; one with nothing to say any more is done."""
    composed: list[Composed] = []
    for message, uncertain in outbox.claim(db, now, MOST_AT_ONCE):
        if message.kind in listeners.COMPOSE_BESIDE:  # written later, where nobody's change waits for it
            composed.append((message, None, uncertain))
            continue
        write = listeners.COMPOSE.get(message.kind)
        call = write(db, message, now) if write else _as_written(message)
        if call is None:
            outbox.sent(db, message, at=now, channel=None, ts=None)
        composed.append((message, call, uncertain))
    return composed


def _as_written(message: Outgoing) -> dict[str, Any]:
    """A message composed when it was queued; one that could not reach its place becomes a direct message."""
    call: dict[str, Any] = json.loads(message.payload or "{}")
    if message.target.startswith("http") or call.get("channel") == message.target:
        return call
    direct = {"method": "chat.postMessage", "channel": message.target}
    return direct | {name: call[name] for name in ("text", "blocks") if name in call}


def _settle(db: Database, message: Outgoing, call: dict[str, Any], outcome: Outcome, now: int) -> None:
    """Write down what became of a message."""
    if outcome.state == "sent":
        outbox.sent(db, message, at=now, channel=outcome.channel, ts=outcome.ts)
        if message.kind in told.KINDS and outcome.channel and outcome.ts:
            told.note(db, outcome.channel, outcome.ts, call.get("text", ""))
        posted = listeners.POSTED.get(message.kind)
        if posted and outcome.channel and outcome.ts:
            posted(db, message, outcome.channel, outcome.ts, now)
        if heard := listeners.HEARD.get(message.kind):
            heard(db, message, outcome.answer, now)
    elif outcome.state == "gone":
        outbox.bury(db, message, outcome.problem)
        if lost := listeners.LOST.get(message.kind):
            lost(db, message, now)
    elif outcome.state == "elsewhere" and message.person_id and message.target != message.person_id:
        outbox.redirect(db, message, target=message.person_id, now=now, problem=outcome.problem)
    elif outcome.state in ("queued", "unknown") and message.attempts < GIVE_UP_AFTER:
        wait = outcome.wait or (SETTLE if outcome.state == "unknown" else _backoff(message.attempts))
        outbox.put_back(
            db,
            message,
            state=outcome.state,
            due_at=now + wait,
            problem=outcome.problem,
            burn_attempt=not outcome.wait,
        )
    else:
        outbox.bury(db, message, outcome.problem)
        if failed := listeners.FAILED.get(message.kind):
            failed(db, message, outcome.problem, now)
        else:
            log.error("gave up on a message (%s): %s", message.kind, outcome.problem)


def _backoff(attempts: int) -> int:
    return BACKOFF[min(attempts, len(BACKOFF)) - 1]


def _tidy(db: Database, now: int) -> None:
    inbox.forget_before(db, now - inbox.KEEP_FOR)
    drafts.forget_before(db, now - drafts.KEEP_FOR)
    suggestions.forget_before(db, now - suggestions.KEEP_FOR)
    outbox.forget_before(db, now - inbox.KEEP_FOR)
