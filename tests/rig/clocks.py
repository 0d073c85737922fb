"""Clocks that step, machines that sleep, nights on which the clocks change: nothing early, nothing twice, nothing lost.

Two clocks: Slack's, which is right, and the machine's, which is all the bot knows. Early is judged by the machine's at
the moment a message went; one that runs ahead cannot know it, and must not say anything again once it is put right.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from storage import clocks, facts, outbox
from storage.database import Engine
from tests.rig import checker
from tests.rig._replicas import Simulated
from tests.rig._virtual import InProcess, dispatched, run
from tests.rig.checker import Posted, Told
from tests.rig.days import opened
from tests.rig.outcome import Outcome

LONG = 1_000

MINUTE, HOUR, DAY = 60, 3600, 86400
NIGHTS = (  # a zone, and the morning before its clocks change, or no change at all
    *(("America/New_York", "2026-10-31"), ("America/New_York", "2027-03-13"), ("Europe/London", "2026-10-24")),
    *(("Europe/London", "2027-03-27"), ("Australia/Sydney", "2026-10-03"), ("Australia/Sydney", "2027-04-03")),
    *(("Australia/Lord_Howe", "2027-04-03"), ("America/Santiago", "2027-04-03"), ("Asia/Kolkata", "2026-11-24")),
)
TIMES = ("00:05", "01:15", "01:30", "02:10", "02:30", "03:00", "09:00")
DIGEST = re.compile(r"digest:\w+:\d{4}-\d\d-\d\d")
LIVED, CALM = 3 * DAY, 1.5 * DAY  # with steps and sleep; then with a clock that is right, and awake
PEOPLE = ("dana", "bob", "priya", "maya")
LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob hours 0:00-23:59"


@dataclass
class Nights:
    """A bot on a machine whose clock cannot be trusted."""

    seed: int
    engine: Engine
    seen: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    log: list[Posted] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}: clocks")
        name, morning = self.chance.choice(NIGHTS)
        self.zone, self.at = ZoneInfo(name), self.chance.choice(TIMES)
        self.begun = datetime.fromisoformat(f"{morning}T10:00").replace(tzinfo=self.zone).timestamp()
        self.slack = Sandbox(manifest=manifest(), workspace=sample(Clock(self.begun, running=False)))
        for person in PEOPLE:
            self.slack.workspace.person(person).tz = name
        self.ahead = 0.0  # seconds the machine's clock is ahead of what is right
        self._posted: set[str] = set()

    def clock(self) -> float:
        """What the machine takes for the time."""
        return self.slack.clock.now() + self.ahead

    async def live(self) -> None:
        """Days and nights, and a day and a half in which everything that is due comes."""

        async def step() -> None:
            await asyncio.sleep(0)

        self.bot = Simulated(self.slack, self.engine, step, self.clock)
        await self.bot.start()
        self.slack.delivery = InProcess(self.slack, lambda *given: dispatched(self.bot.app, *given))
        await self.slack.command("maya", "#support", f"{LINE} zone {self.zone.key}")
        answer = await self.slack.command("maya", "#leads", f"/digest at {self.at} daily")
        assert "daily" in answer.text or "every day" in answer.text, answer.text
        for at, deed in sorted(self.deeds(), key=lambda one: one[0]):
            await self.until(at)
            await deed()
        self.ahead = 0.0
        await self.until(self.begun + LIVED + CALM)
        await self.bot.stop()

    def deeds(self) -> Iterator[tuple[float, Any]]:
        """What happens, and when by the right clock."""
        chance = self.chance
        for n in range(14):
            yield self.begun + chance.uniform(0, LIVED - DAY), lambda n=n: self.promise(n)
        for _ in range(chance.randrange(0, 8)):
            yield self.begun + chance.uniform(0, LIVED), self.set
        for _ in range(chance.randrange(0, 4)):
            yield self.begun + chance.uniform(0, LIVED), self.sleep
        if chance.random() < 0.5:
            yield self.begun + chance.uniform(0, LIVED), self.restart

    async def promise(self, n: int) -> None:
        """Somebody promises something: so long ahead, or for a time on the wall."""
        words, person = f"thing {n}x", self.chance.choice(PEOPLE)
        clock = self.chance.choice(("1:10", "1:40", "2:20", "2:50", "3:30", "9:30"))
        ahead = self.chance.choice((1, 25, 40, 90, 300, 600, 1200))
        when = self.chance.choice((f"in {ahead} minutes", f"tomorrow at {clock} am"))
        answer = await self.slack.command(person, "#support", f"/callback Acme {when} about {words}")
        told = Told.of(person, "promised", words, answer)
        self.told.append(told)
        self.seen["promised" if told.is_acknowledged else "times asked back"] += 1

    async def set(self) -> None:
        """The machine's clock steps: to what is right, or to what is not."""
        ahead = self.chance.choice((0.0, self.chance.uniform(-90, 90), self.chance.uniform(-3 * HOUR, 3 * HOUR)))
        self.seen["steps back" if ahead < self.ahead else "steps forth"] += 1
        self.ahead = ahead

    async def sleep(self) -> None:
        """The machine sleeps: nobody looks, nobody is heard."""
        self.slack.clock._jump(self.slack.clock.now() + self.chance.choice((3 * MINUTE, HOUR, 7 * HOUR, 15 * HOUR)))
        self.seen["sleeps"] += 1
        await self.work()

    async def restart(self) -> None:
        """The bot is started again."""
        await self.bot.stop()
        self.bot = Simulated(self.slack, self.engine, self.bot._step, self.clock)
        await self.bot.start()
        self.seen["starts"] += 1

    # The bot at work

    async def until(self, moment: float) -> None:
        """Look whenever something is due by the machine's clock, up to a moment of the right one."""
        while True:
            await self.work()
            wanted = (clocks.soonest(self.engine), outbox.next_due(self.engine))
            soonest = min((at for at in wanted if at is not None), default=self.clock() + DAY)
            ahead = max(soonest - self.clock(), 1)
            if self.slack.clock.now() + ahead >= moment:
                self.slack.clock._jump(max(moment, self.slack.clock.now()))
                await self.look()
                return
            self.slack.clock._jump(self.slack.clock.now() + ahead)
            await self.look()

    async def look(self) -> None:
        """The worker looks, and is told that it looked all the while: it would have found nothing due."""
        await self.bot.store.run(facts.remember, "ticked at", str(int(self.clock())))
        await self.work()

    async def work(self) -> None:
        """The worker looks, and everything that goes is written down with the machine's time."""
        await self.slack.settle()
        await self.bot.worker.work(int(self.clock()))
        await self.slack.settle()
        for one in checker.posted(self.slack):
            if f"{one.channel} {one.ts}" not in self._posted:
                self._posted.add(f"{one.channel} {one.ts}")
                self.log.append(replace(one, at=self.clock()))

    # What became of it

    def judged(self) -> list[str]:
        """What must not be."""
        now = int(self.clock())
        return [
            *checker.acknowledged(self.engine, self.told),
            *checker.doubled(self.log),
            *checker.early(self.engine, self.log),
            *checker.lost(self.engine, self.log, now),
            *checker.stuck(self.engine, now),
            *self._digests(),
        ]

    def _digests(self) -> Iterator[str]:
        """One for every local date, never before its time; one that was slept over is told of by the next."""
        found = {one.key.rpartition(":")[2]: one for one in self.log if DIGEST.fullmatch(one.key)}
        self.seen["digests"] += len(found)
        missed = sum(_not_sent(one.text) for one in found.values())
        day, last = self._local(self.begun).date(), self._local(self.begun + LIVED + CALM).date()
        days = [day + timedelta(n) for n in range(1, (last - day).days)]
        for on, one in found.items():
            if one.at < self._moment(date.fromisoformat(on)):
                yield f"the digest of {on} came {self._moment(date.fromisoformat(on)) - one.at:.0f} s early"
        lost = [one for one in days if one.isoformat() not in found]
        if len(lost) > missed:
            yield f"no digest came on {', '.join(map(str, lost))}, and {missed} were told of as not sent"

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, self.zone)

    def _moment(self, on: date) -> float:
        """When a local date's digest is due: in a repeated hour the first time, in a gap right after it."""
        hour, _, minute = self.at.partition(":")
        wall = datetime(on.year, on.month, on.day, int(hour), int(minute), tzinfo=self.zone)
        early, late = (wall.replace(fold=fold).timestamp() for fold in (0, 1))
        if early <= late:
            return early
        return next(at for at in range(int(late), int(early) + 1, 60) if self._local(at).date() == on
                    and self._local(at).time() >= wall.time())  # fmt: skip


def _not_sent(text: str) -> int:
    """How many digests a digest says were not sent."""
    many = re.search(r"Not sent: (\d+) digests", text)
    return int(many[1]) if many else int("Not sent: the digest" in text)


async def _lived(seed: int, engine: Engine) -> Nights:
    nights = Nights(seed, engine)
    await nights.live()
    return nights


def go(seed: int, engine: str) -> Outcome:
    """One machine."""
    with opened(engine) as made:
        nights: Nights = run(_lived(seed, made))
        nights.seen["messages"] = len(nights.log)
        return Outcome(nights.seen, nights.judged())
