"""Power cuts: the machine goes dark at any write, sync or removal, while people log, promise and are reminded.

The store, its batches, its savepoints, its pragmas, the handlers and the outbox are Kept's own; beneath SQLite lies a
disk that holds only what was synced (tests/rig/beneath.py). What is left is opened by Python's own SQLite.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import apsw

from bot import sending
from bot.slack import Outcome as Answer
from handlers import listeners
from handlers.answer import answer
from handlers.said import Reply, Said
from storage import turns
from storage.database import SQLite
from storage.models import Person
from storage.store import Store
from tests.rig import beneath, checker, office
from tests.rig.checker import Told
from tests.rig.outcome import Outcome

LONG = 5000
ENGINES = ("sqlite",)
NOW = 1_795_532_400  # an afternoon in November 2026, Unix seconds
STEPS = 1200  # writes and syncs within which the power goes
CHECKPOINTS = (10, 60, 1000)  # pages of the log after which it is written back; SQLite's own is 1000

TYPED = (("logged", "/issue Acme: {}"), ("promised", "/callback Acme in 2 hours about {}"))


def go(seed: int, engine: str = "sqlite", *pragmas: str) -> Outcome:
    """One cut; ``pragmas`` come after Kept's own, to see what becomes of it with others."""
    assert engine == "sqlite"
    with tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
        return asyncio.run(Cut(seed, Path(folder), pragmas).run())


class Cut:
    """One machine, until its power goes and after it has come back."""

    def __init__(self, seed: int, folder: Path, pragmas: tuple[str, ...]) -> None:
        self.chance = Random(seed)
        self.seed = seed
        self.left = folder / "left"
        self.left.mkdir()
        self.path = folder / "kept.db"
        template, self.people, self.channel = office.template()
        shutil.copyfile(template, self.path)
        self.disk = beneath.Disk(f"power-{seed}", self.chance)
        self.disk.keep(self.path)
        self.engine = beneath.engine(self.disk, *pragmas, checkpoint=self.chance.choice(CHECKPOINTS))
        self.told: list[tuple[Told, Said]] = []
        self.to_slack: list[int] = []  # messages that were handed to Slack
        self.said = 0
        self.outcome = Outcome()

    async def run(self) -> Outcome:
        at = self.chance.randint(1, STEPS)
        self.disk.weigh = lambda step, _what: self._cut() if step == at else None
        with suppress(sqlite3.Error):  # the power may go while the database is opened
            store = Store(lambda: self.engine(self.path))
            while self.disk.state != beneath.OFF:
                deeds = [self._deed(store) for _ in range(self.chance.choice((1, 1, 2, 5, 12)))]
                await asyncio.gather(*deeds, self._send(store), self._look(store))
            with suppress(sqlite3.Error):
                await store.close()
        self.outcome.wrong += [f"seed {self.seed}: {one}" for one in self._judge()]
        return self.outcome

    def _cut(self) -> None:
        seen, (log, database) = self.outcome.seen, self.disk.unsynced(self.path)
        seen["power cuts"] += 1
        seen["cuts while the log was written"] += log > 0
        seen["cuts while the log was written back"] += database > 0
        seen["writes not synced"] += log + database
        self.disk.cut(self.left)

    async def _deed(self, store: Store) -> None:
        """Somebody types something, and reads an answer or none."""
        self.said += 1
        words = f"thing w{self.said}x"
        deed, typed = self.chance.choice(TYPED)
        padding = "and again " * self.chance.randint(0, 12)
        said = self._input(typed.format(f"{words} {padding}"))
        try:
            reply = await store.run(answer, listeners.COMMANDS[said.command[1:]], said)
        except sqlite3.Error:
            reply = Reply()
        told = checker.DEEDS[deed][0] in reply.text
        self.told.append((Told(said.person.id, deed, words, told), said))
        self.outcome.seen["acknowledged" if told else "never answered"] += 1

    def _input(self, typed: str) -> Said:
        name, _, words = typed[1:].partition(" ")
        who = Person(id=self.chance.choice(self.people), handle="", name="you")
        return Said(f"trigger:{self.said}", NOW, who, "command", self.channel, words=words, command=f"/{name}")

    async def _send(self, store: Store) -> None:
        """The worker: what is claimed is handed to Slack once the claim is on disk, and what became of it is kept."""
        with suppress(sqlite3.Error):
            heads = await store.read(turns.heads, NOW, 3)
            for message, call, _ in await store.run(sending.claim, NOW, [one.id for one in heads]):
                if call is not None:
                    self.to_slack.append(message.id)
                    sent = Answer("sent", channel=self.channel, ts=f"{NOW}.{message.id:06}")
                    await store.run(sending.settle, message, call, sent, NOW)

    async def _look(self, store: Store) -> None:
        """Somebody reads meanwhile, and stands in the way of the log's being written back."""
        with suppress(sqlite3.Error):
            await store.read(lambda db: db.rows("SELECT * FROM issues"))

    # Once there is power again

    def _judge(self) -> list[str]:
        wrong = list(self._broken())
        if wrong:
            return wrong
        with closing(SQLite(self.left / "kept.db")) as db:
            wrong += checker.acknowledged(db, [told for told, _ in self.told])
            for number in self.to_slack:
                claimed = db.row("SELECT state, sent_ts FROM outbox WHERE id = :id", id=number)
                if claimed is None or (claimed["state"] == "queued" and claimed["sent_ts"] is None):
                    wrong.append(f"message {number} was handed to Slack, and nothing says that it may have been sent")
            self._deliver_again(db)
            once = [Told(told.person, told.deed, told.words, is_acknowledged=True) for told, _ in self.told]
            wrong += [f"delivered again: {one}" for one in checker.acknowledged(db, once) if one not in wrong]
            wrong += [f"{table}: {many}" for table, many in _torn(db)]
        return wrong + list(self._broken())

    def _broken(self) -> list[str]:
        """What SQLite finds wrong with the file; with its newest release, which looks into the search index too."""
        try:
            with closing(apsw.Connection(str(self.left / "kept.db"))) as opened:
                found = [str(row[0]) for row in opened.execute("PRAGMA integrity_check")]
                found += [f"a {row[0]} without its {row[2]}" for row in opened.execute("PRAGMA foreign_key_check")]
        except apsw.Error as error:
            found = [f"the database cannot be read ({error})"]
        return [one for one in found if one != "ok"]

    def _deliver_again(self, db: SQLite) -> None:
        """Slack and people say all of it once more: what was kept is known, what was not is done now."""
        db.begin(writing=True)
        for _, said in self.told:
            answer(db, listeners.COMMANDS[said.command[1:]], said)
        db.commit()


def _torn(db: SQLite) -> list[tuple[str, int]]:
    """Effects without what is committed with them: their audit line, and the message that tells of them."""
    parts: dict[str, str] = {
        "issues without an audit line": "SELECT COUNT(*) AS many FROM issues WHERE id NOT IN"
        " (SELECT record_id FROM audit WHERE record_id IS NOT NULL)",
        "promises without an audit line": "SELECT COUNT(*) AS many FROM promises WHERE id NOT IN"
        " (SELECT record_id FROM audit WHERE record_id IS NOT NULL)",
        "issues without a card": "SELECT COUNT(*) AS many FROM issues WHERE id NOT IN"
        " (SELECT subject_id FROM outbox WHERE subject_id IS NOT NULL)",
    }
    found = [(name, (db.row(sql) or {})["many"]) for name, sql in parts.items()]
    return [(name, many) for name, many in found if many]
