"""What people do reaches two replicas several times, in any order, some of it at the same moment: each has one effect.

Commands, mentions, emoji and buttons are recorded as Slack would send them, then sent one to four times each, shuffled,
a few at a time, to one replica or the other; by signed HTTP where the seed is odd, by Socket Mode where it is even.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from random import Random
from typing import Any

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from bot.sandbox.delivery import Ack
from storage.database import Database
from storage.engines import Place, open_engine
from tests.conftest import MORNING, Desk, open_desk
from tests.rig import checker, places
from tests.rig.checker import Told
from tests.rig.outcome import Outcome
from tests.test_escalations import LINE, SIREN

LONG = 50
INPUTS = 100
CARDS = 10
PEOPLE = ("dana", "bob", "priya")
MOST_AT_ONCE = 8


def go(seed: int, engine: str, inputs: int = INPUTS) -> Outcome:
    """So many inputs, most of them more than once."""
    with places.place(engine) as where:
        return asyncio.run(_Shuffle(seed, where, inputs).run())


class _Shuffle:
    """Two replicas, and what is delivered to them."""

    def __init__(self, seed: int, where: Place, inputs: int) -> None:
        self.chance = Random(seed)
        self.transport = "http" if seed % 2 else "socket"
        self.where, self.inputs = where, inputs
        self.told: list[Told] = []
        self.reacted: list[str] = []  # the messages that were escalated
        self.owned: list[int] = []  # the issues somebody took
        self.outcome = Outcome()

    async def run(self) -> Outcome:
        async with self._office() as both:
            one = both[0]
            await one.type("maya", LINE)
            for n in range(CARDS):
                await one.type("dana", f"/issue Globex: ready card{n}x")
            recorded = await self._record()
            self.outcome.seen["inputs"] += self.inputs
            await self._deliver(recorded)
            for _ in range(6):
                self.slack.clock._jump(self.slack.clock.now() + 31)
                await self._settle(both)
            with closing(open_engine(self.where)) as db:
                self.outcome.wrong += self._judge(db)
        self.outcome.seen[f"by {self.transport}"] += self.inputs
        return self.outcome

    @asynccontextmanager
    async def _office(self) -> AsyncIterator[list[Desk]]:
        self.slack = Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False)))
        async with (
            self.slack,
            open_desk(self.slack, self.where, self.transport) as one,
            open_desk(self.slack, self.where, self.transport) as two,
        ):
            if self.transport == "socket":
                await self.slack.connected(2)
            self.addresses = [f"http://127.0.0.1:{desk.bot.port}/slack/events" for desk in (one, two)]
            yield [one, two]

    # What people do

    async def _record(self) -> list[tuple[str, Any]]:
        """The inputs as Slack sends them; nobody has heard of them yet."""
        recorded: list[tuple[str, Any]] = []

        async def record(kind: str, payload: Any, *_: Any) -> Ack:
            recorded.append((kind, payload))
            return Ack(200)

        delivery: Any = self.slack.delivery
        delivery.send = record
        for n in range(self.inputs):
            await self._input(n)
        del delivery.send
        return recorded

    async def _input(self, n: int) -> None:
        person, words = self.chance.choice(PEOPLE), f"thing w{n}x"
        kind = self.chance.choice(["issue", "issue", "callback", "mention", "siren", "own"])
        if kind == "own" and len(self.owned) < CARDS:
            card = next(c for c in self._cards() if f"card{len(self.owned)}x" in c.text)
            self.owned.append(len(self.owned))
            await self.slack.press("bob", card, "issue.own")
        elif kind == "siren":
            author = self.slack.person(person).id
            message = self.slack.workspace.post(self.slack.channel("#support"), author, f"Acme: {words} is bad")
            self.reacted.append(message.ts)
            await self.slack.react(person, message, SIREN)
        elif kind == "callback":
            self.told.append(Told(person, "promised", words, is_acknowledged=True))
            await self.slack.command(person, "#support", f"/callback Acme in 5 hours about {words}")
        else:
            self.told.append(Told(person, "logged", words, is_acknowledged=True))
            if kind == "mention":
                await self.slack.say(person, "#support", f"@Kept issue Acme: {words}")
            else:
                await self.slack.command(person, "#support", f"/issue Acme: {words}")

    def _cards(self) -> list[Any]:
        return [m for m in self.slack.messages("#support") if m.user == self.slack.bot_user_id and not m.ephemeral_to]

    # How it arrives

    async def _deliver(self, recorded: list[tuple[str, Any]]) -> None:
        copies = [(*one, at) for one in recorded for at in range(self.chance.choice((1, 2, 2, 3, 4)))]
        self.chance.shuffle(copies)
        most = 3 * len(copies)  # were each of them sent again twice, something is wrong
        while copies and self.outcome.seen["deliveries"] < most:
            together = [copies.pop() for _ in range(min(len(copies), self.chance.randint(1, MOST_AT_ONCE)))]
            acks = await asyncio.gather(*[self._send(*one) for one in together])
            copies += [one for one, ack in zip(together, acks, strict=True) if not ack.ok]  # as Slack does
            self.outcome.seen["deliveries"] += len(together)
            self.outcome.seen["not taken, so delivered again"] += sum(not ack.ok for ack in acks)
            if self.chance.random() < 0.2:
                self.slack.clock._jump(self.slack.clock.now() + self.chance.randint(1, 40))

        self.outcome.wrong += [f"a {kind} is never taken" for kind, _, _ in copies]

    async def _send(self, kind: str, payload: Any, attempt: int) -> Ack:
        if self.transport == "http":
            self.slack.request_url = self.chance.choice(self.addresses)
        reason = "http_timeout" if attempt and kind == "events_api" else ""
        return await self.slack.delivery.send(kind, payload, attempt if reason else 0, reason)

    async def _settle(self, both: list[Desk]) -> None:
        await self.slack.settle()
        await asyncio.gather(*[desk.bot.worker.work(int(self.slack.clock.now())) for desk in both])
        await self.slack.settle()

    # What became of it

    def _judge(self, db: Database) -> list[str]:
        wrong = [*checker.acknowledged(db, self.told), *checker.doubled(checker.posted(self.slack))]
        wrong += checker.invented(db, self.slack)
        for what, wanted, sql in (
            ("issues and promises", len(self.told), "SELECT id FROM issues WHERE summary LIKE '%thing w%x'"
             " UNION ALL SELECT id FROM promises WHERE subject LIKE '%thing w%x'"),
            ("escalations", len(self.reacted), "SELECT id FROM escalations"),
            ("issues taken", len(self.owned), "SELECT id FROM audit WHERE deed = 'owned'"),
        ):  # fmt: skip
            found = len(db.rows(sql))
            self.outcome.seen["effects"] += found
            if found != wanted:
                wrong.append(f"{found} {what} from {wanted} inputs")
        return wrong
