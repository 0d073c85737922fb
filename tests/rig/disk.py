"""A disk that fills up or fails beneath the whole bot while people type, speak and are reminded; then it is well again.

Nobody may read "logged" of what is not there, nor "nothing was saved" of what is; nothing comes twice; and without a
restart it goes on once there is room.
"""

import asyncio
import logging
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from random import Random

import apsw

from bot.manifest import manifest
from bot.run import Bot
from bot.sandbox import Clock, Sandbox, sample
from storage import outbox
from storage.database import SQLite
from storage.store import Store
from tests.conftest import MORNING, settings_for
from tests.rig import beneath, checker, office, process
from tests.rig.checker import Told
from tests.rig.outcome import Outcome

LONG = 300
ENGINES = ("sqlite",)
PEOPLE = ("dana", "bob", "priya")
SAVED_NOTHING = "nothing was saved"
TYPED = (("logged", "/issue Acme: {}"), ("promised", "/callback Acme in 2 hours about {}"))


def go(seed: int, engine: str = "sqlite") -> Outcome:
    """One trouble of the disk: full, all but full, failing, failing now and then, or failing to sync."""
    assert engine == "sqlite"
    logging.getLogger("bot").setLevel(logging.CRITICAL)  # what it says of each failure is tested elsewhere
    try:
        with tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
            kind = Process if seed % 6 == 0 else Trouble
            return asyncio.run(kind(seed, Path(folder)).run())
    finally:
        logging.getLogger("bot").setLevel(logging.NOTSET)


class OnFaultyDisk(Bot):
    """The bot as it is, on that disk."""

    engine: type[beneath.OnDisk]

    def _open(self) -> Store:
        path = self._settings.database
        assert isinstance(path, Path)
        return Store(lambda: self.engine(path))


class Trouble:
    """One bot on one disk, by the bot in this process; Process has a whole one of its own."""

    kinds: tuple[str, ...] = ("full", "all but full", "failing", "failing now and then", "never synced")

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = Random(seed)
        self.kind = self.kinds[seed % len(self.kinds)]
        self.folder, self.path = folder, folder / "kept.db"
        shutil.copyfile(office.template()[0], self.path)
        self.told: list[Told] = []
        self.denied: list[Told] = []  # what people were told is not saved
        self.said = 0
        self.outcome = Outcome()
        self.prepare(seed)

    def prepare(self, seed: int) -> None:
        """The disk."""
        self.disk = beneath.Disk(f"disk-{seed}", self.chance)
        self.disk.keep(self.path)

    async def run(self) -> Outcome:
        """The whole of it: well, in trouble, well again."""
        async with self.running() as slack:
            await self._busy(slack, self.chance.randint(2, 5))
            assert (await slack.command("dana", "#support", "/callback Globex in 2 minutes about reminder thing")).ok
            self.begin()
            for _ in range(self.chance.randint(1, 3)):
                await self._busy(slack, self.chance.randint(2, 8))
                await slack.clock.advance(70)
                await self.settle(slack)
            self.end()
            if "Logged" not in (await slack.command("dana", "#support", "/issue Acme: there is room")).text:
                self.outcome.wrong.append("there was room again, and it did not go on")
            for _ in range(6):
                await slack.clock.advance(75)
                await self.settle(slack)
            await self.reminded(slack)
            self._judge(slack)
        self.outcome.seen[self.kind] += 1
        return self.outcome

    def begin(self) -> None:
        """The trouble begins."""
        if "full" in self.kind:
            self.disk.fill_up(0 if self.kind == "full" else self.chance.randint(1, 120_000))
        elif self.kind == "failing":
            self.disk.state = beneath.BROKEN
        else:
            self.disk.weigh = self._weigh

    def _weigh(self, _number: int, what: str) -> None:
        is_bad = what == "sync" if self.kind == "never synced" else self.chance.random() < 0.05
        if is_bad:
            self.disk.refused += 1
            raise apsw.IOError

    def end(self) -> None:
        """All is well."""
        self.disk.state = ""
        self.disk.weigh = lambda _number, _what: None
        self.outcome.seen["refused by the disk"] += self.disk.refused

    async def _busy(self, slack: Sandbox, most: int) -> None:
        """So many inputs at once."""
        await asyncio.gather(*[self._input(slack) for _ in range(most)])
        await self.settle(slack)

    async def _input(self, slack: Sandbox) -> None:
        self.said += 1
        words, person = f"thing w{self.said}x", self.chance.choice(PEOPLE)
        deed, typed = self.chance.choice(TYPED)
        if self.chance.random() < 0.3:  # Slack delivers an event again, at the latest after five minutes
            await slack.say(person, "#support", f"@Kept {typed[1:].format(words)}")
            self.told.append(Told(person, deed, words, is_acknowledged=True))
            self.outcome.seen["said to it"] += 1
            return
        answer = await slack.command(person, "#support", typed.format(words))
        told = Told.of(person, deed, words, answer)
        self.told.append(told)
        if SAVED_NOTHING in answer.text:
            self.denied.append(told)
        self.outcome.seen["acknowledged" if told.is_acknowledged else "owned up to"] += 1

    async def settle(self, slack: Sandbox) -> None:
        """The worker stumbles and goes on, as it does each second by itself."""
        await slack.settle()
        with suppress(sqlite3.Error):
            await self.bot.worker.work(int(slack.clock.now()))
        await slack.settle()

    async def reminded(self, slack: Sandbox) -> None:
        """Wait until what fell due has come."""

    def _judge(self, slack: Sandbox) -> None:
        wrong = self.outcome.wrong
        with closing(SQLite(self.path)) as db:
            wrong += checker.check(db, slack, self.told)
            for one in self.denied:
                if db.rows(checker.DEEDS[one.deed][1], words=f"%{one.words}%"):
                    wrong.append(f"{one.person} was told that nothing was saved ({one.words}), and it is there")
            found = [row["integrity_check"] for row in db.rows("PRAGMA integrity_check")]
        wrong += [one for one in found if one != "ok"]
        if not _came(slack):
            wrong.append("the reminder that fell due meanwhile never came")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Sandbox]:
        """The bot at work in a Slack."""
        async with Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False))) as slack:
            self.bot = OnFaultyDisk(settings_for(slack, self.path, "http"), slack.clock.now, working=False)
            self.bot.engine = beneath.engine(self.disk, checkpoint=60)
            async with self.bot:
                slack.request_url = f"http://127.0.0.1:{self.bot.port}/slack/events"
                yield slack
            slack.nothing_refused()


class Process(Trouble):
    """A bot that is a process of its own on Python's own SQLite, whose files may grow no further for a while."""

    kinds = ("no file may grow, a real process",)

    def prepare(self, seed: int) -> None:
        """The file system's own."""

    def begin(self) -> None:
        log = self.path.with_name("kept.db-wal")
        self._let_grow(max(log.stat().st_size, self.path.stat().st_size) + self.chance.randint(0, 20_000))

    def end(self) -> None:
        self._let_grow(resource.RLIM_INFINITY)

    def _let_grow(self, to: int) -> None:
        assert self.process._running
        resource.prlimit(self.process._running.pid, resource.RLIMIT_FSIZE, (to, resource.RLIM_INFINITY))

    async def settle(self, slack: Sandbox) -> None:
        """It works by itself."""
        await slack.settle()

    async def reminded(self, slack: Sandbox) -> None:
        """Its worker looks each second of the machine's."""
        async with asyncio.timeout(30):
            while not _came(slack) or self._waiting():
                await asyncio.sleep(0.1)
                await slack.clock.advance(2)

    def _waiting(self) -> bool:
        with closing(SQLite(self.path)) as db:
            return outbox.next_due(db) is not None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Sandbox]:
        async with process.office(self.path, self.folder, "http") as (slack, self.process):
            assert await self.process.start()
            yield slack


def _came(slack: Sandbox) -> bool:
    return any("reminder thing" in message.text for message in slack.dm("dana"))
