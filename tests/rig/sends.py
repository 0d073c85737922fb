"""Ambiguous sends, and every fault the sandbox can make: nothing lost, nothing doubled where Slack can be asked.

Each run is one fault, met several times over a busy day on a clock that is moved. Where the fault itself makes a double
unavoidable (a post that lands after it was looked for, a conversation that cannot be read), those are counted.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from random import Random

import aiohttp

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from bot.sandbox.faults import Fault, Faults
from bot.sending import SETTLE
from storage.engines import Place, open_engine
from tests.conftest import MORNING, Desk, open_desk
from tests.rig.checker import answers_doubled, check, doubled, given_up, posted
from tests.rig.day import Day, counts
from tests.rig.outcome import Outcome
from tests.rig.places import place

PARTS = 4  # of the day, between which the clock goes on
SHORT = 0.25  # real seconds a call may take here, so that one without an answer does not cost ten
METHODS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url")
POST = "chat.postMessage"

Arm = Callable[[Faults, Random], list[Fault]]


def _on(kind: str, *names: str, **given: object) -> Arm:
    """A fault of this kind, for some posts, and for some calls of one of these methods, or of all METHODS."""

    def arm(faults: Faults, dice: Random) -> list[Fault]:
        make: Callable[..., Fault] = getattr(faults, kind)
        return [make(name, times=dice.randint(1, 2), **given) for name in (POST, dice.choice(names or METHODS))]

    return arm


def _error(error: str) -> Arm:
    def arm(faults: Faults, dice: Random) -> list[Fault]:
        return [faults.error(error, name, times=dice.randint(1, 2)) for name in (POST, dice.choice(METHODS[:3]))]

    return arm


def _unreadable(faults: Faults, dice: Random) -> list[Fault]:
    lost = faults.answer_lost(POST, times=dice.randint(1, 2))
    return [lost, faults.error("missing_scope", "conversations.history", "conversations.replies", times=None)]


FAULTS: dict[str, Arm] = {
    "answered 429": _on("rate_limited", retry_after=20),
    "answered 503 in HTML": _on("server_error", POST, "chat.update", "chat.postEphemeral"),
    "answered 500 in words": _on("server_error", POST, "chat.update", status=500, text="upstream reset"),
    "answered 200 without sense": _on("server_error", POST, "chat.update", status=200),
    "answered internal_error": _error("internal_error"),
    "answered fatal_error": _error("fatal_error"),
    "answered service_unavailable": _error("service_unavailable"),
    "answered ratelimited": _error("ratelimited"),
    "answered token_revoked": _error("token_revoked"),
    "answered org_login_required": _error("org_login_required"),
    "cut before it was done": _on("dropped"),
    "cut after it was done": _on("answer_lost"),
    "done, and answered too late": _on("slow"),
    "held back, done after others": _on("held", POST, "chat.update"),
    "answered 504, done 20 seconds later": _on("late", POST, "chat.update", after=20),
    "answered 504, done later than it is looked for": _on("late", POST, after=4 * SETTLE),
    "cut after it was done, and unreadable": _unreadable,
    "the lookup fails once": lambda faults, dice: [
        faults.answer_lost(POST, times=1),
        faults.server_error("conversations.open", "conversations.history", times=dice.randint(1, 2)),
    ],
    "sockets cut": lambda faults, _: _nothing(faults.cut_sockets()),
    "sockets asked to reconnect": lambda faults, _: _nothing(asyncio.ensure_future(faults.disconnect("warning"))),
}
MADE = ("rate_limited", "server_error", "error", "dropped", "answer_lost", "slow", "held", "late")  # by the sandbox
UNAVOIDABLE = (
    "answered 504, done later than it is looked for",
    "cut after it was done, and unreadable",
)
HELD = ("done, and answered too late", "held back, done after others")  # and let go before it is looked for
LONG = 100 * len(FAULTS)


def go(seed: int, engine: str) -> Outcome:
    """One day with one of the faults; seeds go round them."""
    kind = list(FAULTS)[(seed - 1) % len(FAULTS)]
    with place(engine) as where:
        return asyncio.run(_day(seed, kind, where))


async def _day(seed: int, kind: str, where: Place) -> Outcome:
    dice, met, clock = Random(seed), list[Fault](), Clock(MORNING, running=False)
    transport = "socket" if kind.startswith("sockets") else "http"
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock)) as slack,
        open_desk(slack, where, transport) as desk,
    ):
        desk.bot._session._timeout = aiohttp.ClientTimeout(total=SHORT)
        day = Day(slack, seed, deeds=2, breath=0)
        for part in range(PARTS):
            arming = FAULTS[kind](slack.faults, dice) if part == 0 or transport == "http" else []
            met += arming
            releasing = [asyncio.create_task(_release(one)) for one in arming if kind in HELD]
            await day.go()
            await _walk(desk, minutes=dice.randint(1, 3), step=0.25 if releasing else dice.choice((5, 15, 60)))
            for task in releasing:
                task.cancel()
            slack.faults.lift()
        if transport == "socket":
            await slack.connected()
        await _walk(desk, minutes=5, step=10)
        await _walk(desk, minutes=30, step=60)
        allowed = sum(one.met for one in met) if kind in UNAVOIDABLE else 0
        with closing(open_engine(where)) as db:
            wrong = check(db, slack, day.told, ambiguous=allowed)
            wrong += given_up(db)
        if kind in UNAVOIDABLE:  # what lands late may land after the closing too
            wrong = [one for one in wrong if not one.endswith("it was closed")]
        seen = Counter({kind: sum(one.met for one in met), "messages": sum(bool(one.key) for one in posted(slack))})
        seen["doubled, unavoidably"] = len(list(doubled(posted(slack))))
        seen["answers to one person that came twice"] = answers_doubled(slack)
        return Outcome(seen + Counter(counts(day.told)), [f"{kind}: {one}" for one in wrong])


async def _walk(desk: Desk, *, minutes: int, step: float) -> None:
    """Let time pass in steps of so many seconds."""
    desk.slack.clock.STEP = step  # type: ignore[misc]
    await desk.wait(minutes=minutes)


async def _release(fault: Fault) -> None:
    """Let go what is held back as soon as the bot no longer waits for it."""
    await fault.until_met()
    await asyncio.sleep(SHORT + 0.02)
    fault.release()


def _nothing(_: object) -> list[Fault]:
    return []
