"""A busy day at the desk, scripted by a seed: people log, promise, note, keep and resolve while promises fall due.

Each deed has words no other has, by which the checker finds what became of it; ``told`` holds what each was told.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from random import Random
from typing import Any

from bot.sandbox import Sandbox
from storage.engines import Place, open_engine
from tests.conftest import open_desk
from tests.rig.checker import DEEDS, Told, answers_doubled, check, posted
from tests.rig.outcome import Outcome
from tests.rig.process import Shared

FRUIT = {"dana": "lemon", "bob": "plum", "priya": "quince", "maya": "pear"}
CHANNELS = {"dana": ("#support", "#escalations"), "bob": ("#support", "#escalations"), "priya": ("#support", "#leads"),
            "maya": ("#leads", "#escalations")}  # fmt: skip
CUSTOMERS = ("Acme", "Globex", "Initech", "Umbrella")
NUMBER, WORDS = re.compile(r"\(#(\d+)\)"), re.compile(r"(?:lemon|plum|quince|pear)\d+z")
STEP = 0.05, 10  # real seconds between two steps of the clock, and how many seconds it takes at each
SIGH = 0.1  # real seconds until somebody tries something else after what failed
AFTER = 25  # minutes in which all that waits must have been worked off


async def _at_once() -> None:
    """Nothing to wait for."""


class Day:
    """What all of them do, side by side; ``ready`` is awaited before each deed, as people wait for a bot that is away.

    ``breath`` is the longest pause between two deeds of one person, in real seconds.
    """

    def __init__(
        self, slack: Sandbox, seed: int, *, deeds: int = 20, breath: float = 0.1,
        ready: Callable[[], Awaitable[Any]] = _at_once,
    ) -> None:  # fmt: skip
        self._slack, self._seed, self._deeds, self._breath, self._ready = slack, seed, deeds, breath, ready
        self._open: dict[str, list[tuple[int, str]]] = {"resolve": [], "promise": [], "keep": []}
        self._written: list[tuple[str, str, str]] = []  # person, deed and words of what was written as a message
        self._told: list[Told] = []
        self._pressed: set[str] = set()
        self._count = self._days = 0
        self.busy = asyncio.Event()  # while somebody waits for an answer

    async def go(self) -> None:
        """The whole day; called again, another one."""
        self._days += 1
        await asyncio.gather(*(self._person(name, Random(f"{self._seed}:{self._days}:{name}")) for name in FRUIT))

    @property
    def told(self) -> list[Told]:
        """What everybody did, and whether they were told; a message, once Slack was told it has arrived."""
        arrived = [json.dumps(one.payload) for one in self._slack.deliveries if one.result in (200, "acked")]
        written = [Told(who, deed, words, any(words in one for one in arrived)) for who, deed, words in self._written]
        return [*self._told, *written]

    async def _person(self, name: str, dice: Random) -> None:
        does = [self._logs, self._promises, self._promises, self._writes, self._notes, self._resolves, self._keeps,
                self._presses, self._presses]  # fmt: skip
        for _ in range(self._deeds):
            await self._ready()
            self.busy.set()
            await dice.choice(does)(name, dice)
            self.busy.clear()
            failed = self._told and not self._told[-1].is_acknowledged
            await asyncio.sleep(dice.random() * self._breath + (SIGH if failed else 0))

    def _new(self, name: str) -> str:
        self._count += 1
        return f"{FRUIT[name]}{self._count}z"

    async def _types(self, name: str, dice: Random, deed: str, words: str, typed: str) -> str:
        """What they read, empty if they were not told that it is done."""
        answer = await self._slack.command(name, dice.choice(CHANNELS[name]), typed)
        told = Told.of(name, deed, words, answer)
        self._told.append(told)
        return str(answer.text) if told.is_acknowledged else ""

    async def _logs(self, name: str, dice: Random) -> None:
        words = self._new(name)
        read = await self._types(name, dice, "logged", words, f"/issue {dice.choice(CUSTOMERS)}: charged for {words}")
        self._remember(dice.choice(("resolve", "promise")), read, words)

    async def _promises(self, name: str, dice: Random) -> None:
        words, minutes = self._new(name), dice.randint(1, 5)
        about = self._open["promise"]
        whom = f"/issue {dice.choice(about)[0]} callback" if about and dice.random() < 0.5 else "/callback Acme"
        read = await self._types(name, dice, "promised", words, f"{whom} in {minutes} minutes about {words}")
        self._remember("keep", read, words)

    async def _writes(self, name: str, dice: Random) -> None:
        """To Kept directly: an event, which comes again until it is taken."""
        words = self._new(name)
        self._written.append((name, "logged", words))
        await self._slack.say(name, "@kept", f"issue {dice.choice(CUSTOMERS)}: lost {words}")

    async def _notes(self, name: str, dice: Random) -> None:
        if self._open["promise"]:
            number, words = dice.choice(self._open["promise"])[0], self._new(name)
            await self._types(name, dice, "noted", words, f"/issue {number} note asked about {words}")

    async def _resolves(self, name: str, dice: Random) -> None:
        if self._open["resolve"]:
            number, words = self._open["resolve"].pop()
            await self._types(name, dice, "resolved", words, f"/issue {number} resolve paid back")

    async def _keeps(self, name: str, dice: Random) -> None:
        if len(self._open["keep"]) > len(FRUIT):  # the others shall fall due
            number, words = self._open["keep"].pop()
            await self._types(name, dice, "kept", words, f"/callback {number} kept")

    async def _presses(self, name: str, dice: Random) -> None:
        there = [one for one in self._slack.dm(name) if "Kept" in one.buttons and one.ts not in self._pressed]
        reminders = [one for one in there if len(NUMBER.findall(one.text)) == 1]
        if reminders:
            reminder = dice.choice(reminders)
            self._pressed.add(reminder.ts)
            answer = await self._slack.press(name, reminder, "Kept")
            for words in WORDS.findall(reminder.text.partition("\n")[0]):
                self._told.append(Told.of(name, "kept", words, answer))

    def _remember(self, what: str, read: str, words: str) -> None:
        if number := NUMBER.search(read):
            self._open[what].append((int(number[1]), words))


def counts(told: list[Told]) -> dict[str, int]:
    """How many deeds of each kind were acknowledged, and how many were not, for people."""
    found = {f"told “{deed}”": sum(one.deed == deed and one.is_acknowledged for one in told) for deed in DEEDS}
    return found | {"deeds nobody was told of": sum(not one.is_acknowledged for one in told)}


async def time_passes(slack: Sandbox) -> None:
    """The clock runs ahead, so that a promise of minutes falls due within the second."""
    assert isinstance(slack.clock, Shared)
    while True:
        await asyncio.sleep(STEP[0])
        slack.clock.pass_by(STEP[1])


async def finish(seed: int, slack: Sandbox, where: Place, day: Day, seen: Counter[str]) -> Outcome:
    """Another bot takes over; when nothing waits any more, the checker looks."""
    async with open_desk(slack, where, Random(seed).choice(("http", "socket"))) as desk:
        await desk.settle()
        await desk.wait(minutes=AFTER)
        with closing(open_engine(where)) as db:
            wrong = check(db, slack, day.told)
    keys = [one.key for one in posted(slack) if one.key]
    seen["messages"], seen["reminders"] = len(keys), sum(key.startswith("nudge") for key in keys)
    seen["answers to one person that came twice"] = answers_doubled(slack)
    return Outcome(seen + Counter(counts(day.told)), wrong)
