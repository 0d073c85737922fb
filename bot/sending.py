"""Sending: what is due in the outbox goes to Slack, one message to a place at a time, places side by side.

Every replica does the same; claims make sure that each message is one sender's at a time. A message whose end is
unknown is looked up before it is sent again; one that Slack cannot take now waits, however long Slack is away.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot import uploads
from bot.pace import Pace, Waiting
from bot.slack import Outcome, Slack
from handlers import listeners
from storage import outbox, told, turns
from storage.database import Database
from storage.models import Outgoing
from storage.store import Store

log = logging.getLogger(__name__)

HOLD_EVERY = outbox.LEASE // 4  # seconds between renewals of a lease
MOST_UNDER_WAY = 50  # messages being sent at the same moment
MOST_PLACES = 1_000  # looked at for one that may have a message: most may rest, and a quiet one waits for none of them
SETTLE = 30  # seconds before a message of unknown end is looked up: Slack may still be posting it
BACKOFF = (1, 5, 15, 60, 300)  # seconds, by attempt
POSTS = ("chat.postMessage", uploads.SHARE)  # the calls that need no message of ours to be there
NOT_WRITTEN = "it could not be written"  # the problem of a message whose writing failed
GIVE_UP_AFTER = 20  # attempts, where Slack is there and says no
PATIENCE = 2 * 86400  # seconds that a message waits for a Slack that is not there

Composed = tuple[Outgoing, dict[str, Any] | None, bool]


class Sender:
    """Claims, writes and sends messages; ``wake`` is called when a place is free again."""

    def __init__(
        self, store: Store, slack: Slack, pace: Pace, clock: Callable[[], float], wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._slack = slack
        self._pace = pace
        self._clock = clock
        self._wake = wake
        self.ended = 0  # messages whose sending came to its end, whatever that was
        self._under_way: dict[str, asyncio.Task[None]] = {}  # by place
        self._leases: dict[int, int] = {}  # until when a message is ours, by its number
        self._held_at = 0
        self._writing = asyncio.Semaphore(1)  # what takes long to write is written one after the other
        self.sends: Counter[str] = Counter()  # what became of them since the start, by outcome

    async def begin(self, now: int, *, paced: bool) -> tuple[int, float | None]:
        """Begin to send what is due and may go; returns how many, and in how many seconds the next one may."""
        await self._hold(now)
        heads = await self._store.read(turns.heads, now, MOST_PLACES)
        ready, soonest = self._ready(heads, paced=paced)
        claimed = await self._store.run(claim, now, [one.id for one in ready]) if ready else []
        for composed in claimed:
            self._start(composed, now)
        return len(claimed), soonest

    def _ready(self, heads: Iterable[turns.Head], *, paced: bool) -> tuple[list[Waiting], float | None]:
        """The messages that may go now, each to a place of its own, and in how many seconds the next may."""
        ready: list[Waiting] = []
        soonest = None
        for head in heads:
            message = Waiting(head.id, head.kind, head.target, head.sent_ts is not None)
            if message.place in self._under_way or len(ready) + len(self._under_way) >= MOST_UNDER_WAY:
                continue
            seconds = self._pace.ready_in(message) if paced else 0.0
            if seconds > 0:
                soonest = min(seconds, soonest or seconds)
                continue
            self._pace.goes(message)
            ready.append(message)
        return ready, soonest

    async def finish(self, seconds: float | None = None) -> bool:
        """Wait until all that is under way has ended, or so long; False if nothing was under way."""
        if not self._under_way:
            return False
        await asyncio.wait(self._under_way.values(), timeout=seconds)
        return True

    def stop(self) -> None:
        """Let go of what is under way; its end is unknown, and found out after the next start."""
        for task in self._under_way.values():
            task.cancel()

    async def _hold(self, now: int) -> None:
        """Keep the lease of what is under way, so that nobody takes its sender for dead."""
        if self._leases and now - self._held_at >= HOLD_EVERY:
            held = await self._store.run(outbox.hold, dict(self._leases), now)
            self._held_at = now
            self._leases |= {one: lease for one, lease in held.items() if one in self._leases}

    def _start(self, composed: Composed, now: int) -> None:
        message, call, _ = composed
        if call is None and message.kind not in listeners.COMPOSE_BESIDE:
            return
        self._leases[message.id] = message.due_at  # as it was committed: the replica may have stood still since
        task = asyncio.create_task(self._write_and_send(composed, now))
        self._under_way[message.target] = task
        task.add_done_callback(lambda ended: self._ended(message, ended))

    def _ended(self, message: Outgoing, ended: asyncio.Task[None]) -> None:
        if not ended.cancelled() and (error := ended.exception()):  # its lease runs out, and then it is looked up
            log.error("what became of a message could not be written down (%s)", message.kind, exc_info=error)
        self.ended += 1
        self._under_way.pop(message.target, None)
        self._leases.pop(message.id, None)
        self._wake()

    async def _write_and_send(self, composed: Composed, now: int) -> None:
        message, call, uncertain = composed
        try:
            if call is None:
                async with self._writing:
                    call = await self._store.read(listeners.COMPOSE_BESIDE[message.kind], message, now)
        except Exception:
            log.exception("a message could not be written (%s)", message.kind)
            await self._store.run(settle, message, {}, Outcome("dead", problem=NOT_WRITTEN), now)
            return
        if call is None:
            await self._store.run(_leave_out, message, now)
            return
        alone = {name: value for name, value in call.items() if name != listeners.THREAD}
        outcome = await self._slack.found(message, alone) if uncertain else None
        if outcome is None and self._clock() + SETTLE > self._leases[message.id]:  # it may take so long to arrive
            log.warning("stood still for longer than a lease, so a message is another sender's now (%s)", message.kind)
            return
        await self._ended_as(outcome or await self._slack.send(message, alone), message, call, now)

    async def _ended_as(self, outcome: Outcome, message: Outgoing, call: dict[str, Any], now: int) -> None:
        self.sends[outcome.state] += 1
        if self._slack.token_problem:
            self._pace.pause(outcome.wait)
        elif outcome.wait:
            sending = Waiting(message.id, message.kind, message.target, message.sent_ts is not None)
            self._pace.refused(sending, outcome.wait)
        await self._store.run(settle, message, call, outcome, now)


def claim(db: Database, now: int, wanted: list[int]) -> list[Composed]:
    """Claim messages and write each as things are now; one with nothing to say any more is done."""
    composed: list[Composed] = []
    for message, uncertain in outbox.claim(db, now, wanted):
        if message.kind in listeners.COMPOSE_BESIDE:  # written later, where nobody's change waits for it
            composed.append((message, None, uncertain))
            continue
        write = listeners.COMPOSE.get(message.kind)
        call = write(db, message, now) if write else _as_written(message)
        if call is None:
            _leave_out(db, message, now)
        composed.append((message, call, uncertain))
    return composed


def _as_written(message: Outgoing) -> dict[str, Any]:
    """A message composed when it was queued; one that could not reach its place becomes a direct message."""
    call: dict[str, Any] = json.loads(message.payload or "{}")
    if message.target.startswith("http") or call.get("channel") == message.target:
        return call
    direct = {"method": "chat.postMessage", "channel": message.target}
    return direct | {name: call[name] for name in ("text", "blocks") if name in call}


def _leave_out(db: Database, message: Outgoing, now: int) -> None:
    """Note that a message has nothing to say any more."""
    outbox.sent(db, message, at=now, channel=None, ts=None)
    if left_out := listeners.LEFT_OUT.get(message.kind):
        left_out(db, message, now)


def _follow(db: Database, message: Outgoing, call: dict[str, Any], outcome: Outcome, now: int) -> None:
    """Queue what was written for the thread of a message, now that it is there."""
    for number, page in enumerate(call.get(listeners.THREAD, [])):
        thread = call.get("thread_ts", outcome.ts)  # a page may itself stand in one
        reply = {"method": "chat.postMessage", "channel": outcome.channel, "thread_ts": thread, **page}
        outbox.put(
            db,
            key=f"{message.key}:{number}",
            kind="post",
            target=outcome.channel or message.target,
            priority=message.priority,
            payload=json.dumps(reply),
            now=now,
        )


def _understood(call: dict[str, Any], outcome: Outcome) -> Outcome:
    """A post misses no message: told that one is gone, it cannot go there; else it would be posted anew for ever."""
    is_gone = outcome.state == "gone" and call.get("method") in POSTS
    return replace(outcome, state="elsewhere", problem=f"posting: {outcome.problem}") if is_gone else outcome


def _arrived(db: Database, message: Outgoing, call: dict[str, Any], outcome: Outcome, now: int) -> None:
    """Write down that a message is in Slack, and do what follows from it."""
    outbox.sent(db, message, at=now, channel=outcome.channel, ts=outcome.ts)
    if message.kind in told.KINDS and outcome.channel and outcome.ts:
        told.note(db, outcome.channel, outcome.ts, call.get("text", ""))
    posted = listeners.POSTED.get(message.kind)
    if posted and outcome.channel and outcome.ts:
        posted(db, message, outcome.channel, outcome.ts, now)
    _follow(db, message, call, outcome, now)
    if heard := listeners.HEARD.get(message.kind):
        heard(db, message, outcome.answer, now)


def settle(db: Database, message: Outgoing, call: dict[str, Any], outcome: Outcome, now: int) -> None:
    """Write down what became of a message; if another sender took it meanwhile, no more than that it arrived."""
    outcome = _understood(call, outcome)
    if outcome.state == "sent":
        _arrived(db, message, call, outcome, now)
    elif not outbox.is_ours(db, message):
        log.warning("stood still for longer than a lease, so what became of it is another's to say (%s)", message.kind)
    elif outcome.state == "gone":
        outbox.bury(db, message, outcome.problem)
        if lost := listeners.LOST.get(message.kind):
            lost(db, message, now)
    elif outcome.state == "elsewhere" and message.person_id and message.target != message.person_id:
        outbox.redirect(db, message, target=message.person_id, now=now, problem=outcome.problem)
    elif outcome.state in ("queued", "unknown") and not _is_hopeless(message, outcome, now):
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


def _is_hopeless(message: Outgoing, outcome: Outcome, now: int) -> bool:
    """Whether trying again has been tried enough; while Slack is away, for days."""
    waits = now - (message.wanted_at or message.created_at) < PATIENCE
    return message.attempts >= GIVE_UP_AFTER and not (outcome.is_away and waits)
