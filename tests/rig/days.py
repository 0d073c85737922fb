"""Simulated days: the whole bot twice on one database, everything failing at once, people at work all the same.

In virtual time, so that a day takes seconds, and from one seed, so that the same day can be looked at again: what
people were told is the same to the letter.
"""

import asyncio
import itertools
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.manifest import manifest
from bot.sandbox import Sandbox, sample
from storage import invariants
from storage.database import Engine, SQLite
from storage.engines import open_engine
from tests.rig import checker
from tests.rig._replicas import FAR, Replica
from tests.rig._virtual import InProcess, Virtual, run
from tests.rig.checker import Told
from tests.rig.outcome import Outcome
from tests.rig.places import place

LONG = 300

MINUTE, HOUR = 60.0, 3600.0
MORNING = datetime.fromisoformat("2026-11-24T06:30:00+00:00").timestamp()  # a Tuesday
SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
TROUBLED, CALM = 22 * HOUR, 2.5 * HOUR  # a day in all, its last hours without new trouble
BUSY = 15 * HOUR  # then people go home
PEOPLE = ("dana", "bob", "priya", "maya")
CUSTOMERS = ("Acme", "Globex", "Initech", "Umbrella", "Hooli")
BUTTONS = frozenset({"Kept", "No answer", "On it", "I take it", "Keep it"})
ERRORS = ("internal_error", "fatal_error", "service_unavailable", "token_revoked")
NUMBER = re.compile(r"\(#(\d+)\)")
METHODS = (
    *("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url", "reactions.add", "views.publish"),
    *("conversations.history", "conversations.open", "conversations.replies"),
)
LONGEST_HELD = 14.0  # seconds until a call lands whose caller has long given up; later than SETTLE nobody could know
AFTERWARDS = (" was reminded of ", ": said after it was closed")
MOST_BEHIND = 15.0  # seconds a machine's clock is behind: one that runs ahead is early by that, and cannot know


@dataclass
class Day:
    """Everything that is going on."""

    seed: int
    slack: Sandbox
    engine: Engine
    seen: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    answers: list[tuple[float, str, str]] = field(default_factory=list)
    promises: list[int] = field(default_factory=list)
    issues: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}: people")
        self.ill_luck = random.Random(f"{self.seed}: trouble")
        self.replicas = [Replica(self.slack, self.engine, random.Random(f"{self.seed}: {n}")) for n in range(2)]
        self._count = itertools.count()

    async def live(self) -> None:
        """The day from its beginning to its end."""
        self.slack.delivery = InProcess(self.slack, self._taken)
        for replica in self.replicas:
            await replica.start()
        await self.slack.command("maya", "#support", SETUP)
        under_way = [asyncio.create_task(self._lives(person)) for person in PEOPLE]
        under_way += [asyncio.create_task(one) for one in (self._tick(), self._revive(), self._trouble())]
        await asyncio.sleep(TROUBLED)
        under_way[-1].cancel()
        self.slack.faults.lift()
        await asyncio.sleep(CALM)
        for one in self.replicas:
            one.end()
        for task in under_way:
            task.cancel()

    # Slack

    async def _taken(self, payload: Any, attempt: int, reason: str) -> tuple[int, Any]:
        """Slack's payloads reach one of the machines, and sometimes take their time: later ones overtake them."""
        await asyncio.sleep(self.ill_luck.choice((0.02, 0.05, 0.1, 0.1, 0.8)))
        there = [one for one in self.replicas if one.bot] or self.replicas
        return await self.ill_luck.choice(there).take(payload, attempt, reason)

    async def _tick(self) -> None:
        """What Slack delivers again, and what lands late."""
        while True:
            await asyncio.sleep(5)
            await self.slack._step(self.slack.clock.now())

    # People

    async def _lives(self, person: str) -> None:
        """What somebody does all day, one thing after the other."""
        deeds = (self._log, self._promise, self._press, self._press, self._press, self._type_on, self._say, self._react)
        until = self.slack.clock.now() + BUSY
        while self.slack.clock.now() < until:
            await asyncio.sleep(self.chance.expovariate(1 / (7 * MINUTE)))
            try:
                await self.chance.choice(deeds)(person)
            except (LookupError, ValueError):  # what they wanted to press is gone
                self.seen["deeds that came too late"] += 1

    def _times(self) -> int:
        return self.chance.choice((1, 1, 1, 2, 3))  # the same request again, which the person never sees

    async def _typed(self, person: str, typed: str) -> Any:
        answer = await self.slack.command(person, "#support", typed, times=self._times())
        self.answers.append((self.slack.clock.now(), person, answer.text))
        self.seen["commands" if answer.ok else "commands without an answer"] += 1
        return answer

    async def _log(self, person: str) -> None:
        words = f"case {next(self._count)}x"
        owner = self.chance.choice(("", "", f" @{self.chance.choice(PEOPLE)}", " !blocked"))
        answer = await self._typed(person, f"/issue {self.chance.choice(CUSTOMERS)}: {words}{owner}")
        self._note("logged", person, words, answer, self.issues)

    async def _promise(self, person: str) -> None:
        words = f"thing {next(self._count)}x"
        ahead = self.chance.choice((1, 3, 10, 20, 45, 90, 240))
        about = f"/callback {self.chance.choice(CUSTOMERS)}"
        if self.issues and self.chance.random() < 0.4:
            about = f"/issue {self.chance.choice(self.issues)} callback"
        answer = await self._typed(person, f"{about} in {ahead} minutes about {words}")
        self._note("promised", person, words, answer, self.promises)

    def _note(self, deed: str, person: str, words: str, answer: Any, numbers: list[int]) -> None:
        one = Told.of(person, deed, words, answer)
        self.told.append(one)
        if one.is_acknowledged and (found := NUMBER.search(answer.text)):
            numbers.append(int(found[1]))
            self.seen[deed] += 1

    async def _type_on(self, person: str) -> None:
        """Say something about what there is."""
        if not (self.promises and self.issues):
            return
        promise, issue = self.chance.choice(self.promises[-12:]), self.chance.choice(self.issues[-12:])
        typed = self.chance.choice((
            f"/callback {promise} kept", f"/callback {promise} move in {self.chance.choice((5, 40, 200))} minutes",
            f"/callback {promise} tried", f"/callback {promise} on it", f"/callback {promise} withdrawn solved",
            f"/issue {issue} own @{self.chance.choice(PEOPLE)}", f"/issue {issue} resolve fixed",
            f"/issue {issue} reopen again", f"/issue {issue} note they wrote", f"/callback {promise} hand @bob",
            "/callback list", "/issue list",
        ))  # fmt: skip
        await self._typed(person, typed)

    async def _press(self, person: str) -> None:
        """Press a button that somebody can see, an old one too."""
        places = [*self.slack.dm(person)[-8:], *self.slack.messages("#escalations", person)[-4:]]
        found = [(one, button) for one in places for button in one.buttons if button in BUTTONS]
        if found:
            message, button = self.chance.choice(found)
            answer = await self.slack.press(person, message, button, times=self._times())
            self.seen["buttons" if answer.ok else "buttons without an answer"] += 1

    async def _say(self, person: str) -> None:
        """Write something that others may put an emoji on."""
        words = f"{self.chance.choice(CUSTOMERS)} wrote {next(self._count)} times"
        await self.slack.say(person, "#support", words, times=self._times())

    async def _react(self, person: str) -> None:
        """Put an emoji on something, or take it off."""
        there = [one for one in self.slack.messages("#support") if "case" not in one.text or "(#" in one.text[-8:]][
            -10:
        ]
        message, emoji = self.chance.choice(there), self.chance.choice(("rotating_light", "eyes", "white_check_mark"))
        change = self.slack.react if self.chance.random() < 0.7 else self.slack.unreact
        await change(person, message, emoji, times=self._times())
        self.seen["emoji"] += 1

    # Trouble

    async def _trouble(self) -> None:
        troubles = (*[self._fault] * 8, *[self._stop] * 6, self._outage, self._clock)
        while True:
            await asyncio.sleep(self.ill_luck.expovariate(1 / (6 * MINUTE)))
            trouble: Callable[[], Any] = self.ill_luck.choice(troubles)
            await trouble()

    async def _fault(self) -> None:
        """One kind of trouble with the next calls."""
        faults, luck = self.slack.faults, self.ill_luck
        name, times, slow = luck.choice(METHODS), luck.randrange(1, 4), luck.uniform(1, LONGEST_HELD)
        kinds: dict[str, Callable[[], Any]] = {
            "429s": lambda: faults.rate_limited(name, times=times, retry_after=luck.randrange(1, 60)),
            "5xx": lambda: faults.server_error(name, times=times, status=luck.choice((500, 502, 503))),
            "Slack's own errors": lambda: faults.error(
                luck.choice(("internal_error", "fatal_error", "service_unavailable", "token_revoked")),
                name,
                times=times,
            ),
            "connections cut before": lambda: faults.dropped(name, times=times),
            "answers lost": lambda: faults.answer_lost(name, times=times),
            "answers held": lambda: faults.slow(name),
            "calls held": lambda: faults.held(name),
            "landed late": lambda: faults.late(name, after=slow, times=times),
            "invalid blocks": lambda: faults.error("invalid_blocks", luck.choice(METHODS[:2]), times=1),
        }
        kind = luck.choice(list(kinds))
        fault = kinds[kind]()
        with suppress(TimeoutError):
            await asyncio.wait_for(fault.until_met(1 if "held" in kind else times), 10 * MINUTE)
        await asyncio.sleep(slow)
        fault.lift()
        self.seen[f"trouble: {kind}"] += fault.met

    async def _stop(self) -> None:
        """A machine dies or freezes, a few steps from now."""
        replica = self.ill_luck.choice(self.replicas)
        if replica.bot and not replica.fate:
            freezes = self.ill_luck.random() < 0.5
            replica.fate = (self.ill_luck.randrange(0, 40), self.ill_luck.uniform(2, 300) if freezes else FAR)
            self.seen["trouble: freezes" if freezes else "trouble: deaths"] += 1

    async def _revive(self) -> None:
        """Whoever died is started again after a while."""
        while True:
            await asyncio.sleep(5)
            for replica in self.replicas:
                if replica.bot is None and self.ill_luck.random() < 0.15:
                    await replica.start()

    async def _outage(self) -> None:
        """Slack is gone."""
        self.slack.faults.begin_outage(replay=self.ill_luck.random() < 0.5)
        await asyncio.sleep(self.ill_luck.choice((30, 60, 5 * MINUTE, 20 * MINUTE, HOUR)))
        self.slack.faults.end_outage()
        self.seen["trouble: outages"] += 1

    async def _clock(self) -> None:
        """A machine's clock is set."""
        self.ill_luck.choice(self.replicas).behind = self.ill_luck.uniform(0, MOST_BEHIND)
        self.seen["trouble: clocks set"] += 1

    # What became of it

    def log(self) -> list[str]:
        """What people were told, in its order."""
        posted = [(one.at, f"{one.channel} {one.only_for or ''}", one.text) for one in checker.posted(self.slack)]
        return [f"{at:.6f} {where}: {text}" for at, where, text in sorted([*posted, *self.answers])]

    def wrong(self, blind: int) -> list[str]:
        """What must not be; ``blind`` is how many messages went without anybody knowing whether they were there."""
        now, begun = int(self.slack.clock.now()), int(MORNING)
        found = checker.check(self.engine, self.slack, self.told, ambiguous=blind)
        found += [
            f"promise #{one}: nobody was told, says the auditor" for one in invariants.unreminded(self.engine, now)
        ]
        closed = invariants.said_after_closing(self.engine, begun)
        found += [f"promise #{one}: said after it was closed, says the auditor" for one in closed]
        found += [f"given up: {row}" for row in invariants.undelivered(self.engine, begun)]
        found += [f"refused: {one}" for one in self.slack.refused]
        unknown = tuple(f"promise #{number}{said}" for number in self._closed_by_the_frozen() for said in AFTERWARDS)
        return [one for one in found if not one.startswith(unknown)]

    def _closed_by_the_frozen(self) -> list[int]:
        """Promises closed by a machine that froze over it, and last spoken of while nobody else could know of that."""
        closed = self.engine.rows(
            "SELECT promises.id, closed_at, MAX(queued_at) AS said_at FROM promises JOIN nudges"
            " ON nudges.promise_id = promises.id WHERE closed_at IS NOT NULL AND queued_at IS NOT NULL"
            " GROUP BY promises.id, closed_at"
        )
        held = [one for replica in self.replicas for one in replica.took if one[1] - one[0] > checker.UNDER_WAY]
        return [
            row["id"]
            for row in closed
            if any(begun - MOST_BEHIND - 1 <= row["closed_at"] <= row["said_at"] <= ended for begun, ended in held)
        ]


@contextmanager
def opened(engine: str) -> Iterator[Engine]:
    """A database of the day's own; SQLite's is in memory, for nothing here cuts its power."""
    if engine == "sqlite":
        made: Engine = SQLite(":memory:")  # type: ignore[arg-type]
        made.migrate()
        yield made
        made.close()
        return
    with place(engine) as where:
        made = open_engine(where)
        yield made
        made.close()


class Blind(logging.Handler):
    """Counts the messages that were sent again without knowing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.times = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.times += "could not look a message of unknown end up" in record.msg


async def _lived(seed: int, engine: Engine) -> Day:
    clock = Virtual(MORNING, asyncio.get_running_loop())
    day = Day(seed, Sandbox(manifest=manifest(), workspace=sample(clock)), engine)
    await day.live()
    return day


def lived(seed: int, engine: str) -> tuple[Outcome, list[str]]:
    """What became of a day, and what people were told on it."""
    sends, blind = logging.getLogger("bot.slack"), Blind()
    sends.addHandler(blind)
    try:
        with opened(engine) as made:
            day: Day = run(_lived(seed, made))
            wrong, log = day.wrong(blind.times), day.log()
    finally:
        sends.removeHandler(blind)
    day.seen["messages"], day.seen["sent again without knowing"] = len(log) - len(day.answers), blind.times
    return Outcome(day.seen, wrong), log


def go(seed: int, engine: str) -> Outcome:
    """One day."""
    return lived(seed, engine)[0]
