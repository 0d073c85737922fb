"""Kept beside errbot and slack-machine at one job: a message in a channel becomes a row on disk and a reply (issue 9).

Each bot is a process of its own, in Socket Mode, with a Slack of its own that refuses nothing as too fast; they are
asked in turn, and the median of three rounds counts. Kept is asked as `@Kept issue Acme: …`, and its whole work counts:
customer, issue, audit line and search index, the answer to the one who asked and the card in the channel, which comes
a second later, for Kept posts no faster to a channel; a round ends with the last of them. The others are asked as is
usual with each, keep one row with one commit, and post one reply.
"""

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.framework import AT_ONCE, ROUNDS, THINGS, TROUBLES
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox

PATIENCE = 120  # seconds for a round
WARM = 100  # messages before the first round
POSTS = ("chat.postMessage", "chat.postEphemeral")
STRANGERS = Path(__file__).parent / "strangers"
HEARS = {"settings": {"event_subscriptions": {"bot_events": ["message.channels"]}}}  # they need no more
SDK = tuple(f"{name}=={version(name)}" for name in ("slack_sdk", "aiohttp"))  # as ours


@dataclass(frozen=True, slots=True)
class Kind:
    """A bot: how it is spoken to, how often in a round, how often it posts each time, and where its rows are.

    Of the others also the script that runs them, and what is installed for it.
    """

    name: str
    begins: str
    many: int
    posts: int
    rows: str = "issues"
    script: str = ""
    needs: tuple[str, ...] = ()


KEPT = Kind("Kept", "@kept issue", 1_000, 2)
MACHINE = Kind(
    "slack-machine", "@kept issue", 1_000, 1, "sm_storage WHERE key LIKE '%:issue %'", "on_slack_machine.py",
    ("slack-machine[sqlite]==0.40.1", *SDK),
)  # fmt: skip
ERRBOT = Kind(
    "errbot", "!issue", 200, 1, "issues", "on_errbot.py",
    ("errbot==6.2.1", "errbot-backend-slackv3==0.3.2", "pyee==11.1.1", *SDK),  # slack-machine wants a later pyee
)  # fmt: skip
KINDS = (KEPT, MACHINE, ERRBOT)


@dataclass(slots=True)
class Took:
    """Of every round: messages a second, and milliseconds of the processor's time for each."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table; raises RuntimeError where the others cannot be installed."""
    pythons = {kind.name: _installed(kind, plan.folder) if kind.needs else sys.executable for kind in KINDS}
    took = asyncio.run(_measured(plan.fresh, pythons))
    rate = {kind: median(took[kind].rates) for kind in KINDS}
    cpu = {kind: median(took[kind].cpu) for kind in KINDS}
    done = {KEPT: "@Kept issue …: logged, answered, its card posted", MACHINE: "@bot issue …", ERRBOT: "!issue …"}
    for kind in KINDS:
        note = f"of the processor {cpu[kind]:.3g} ms each; {done[kind]}"
        yield Figure(f"{kind.name}: a message, its row, its reply", rate[kind], "/s", None, note)
    for kind, least in ((MACHINE, 1.6), (ERRBOT, 4.0)):
        yield Figure(f"{kind.name}'s rate to Kept's", rate[kind] / rate[KEPT], "x", 1 / least)
        yield Figure(f"processor's time, Kept's to {kind.name}'s", cpu[KEPT] / cpu[kind], "x", 1.0)


def _installed(kind: Kind, folder: Path) -> str:
    """The Python of an environment that holds the bot, made if need be."""
    at = folder / kind.name
    python = str(at / "bin" / "python")
    quiet = ("--quiet", "--disable-pip-version-check")
    for command in ([sys.executable, "-m", "venv", str(at)], [python, "-m", "pip", "install", *quiet, *kind.needs]):
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if ended.returncode:
            said = (ended.stderr.strip() or ended.stdout.strip()).rpartition("\n")[2]
            raise RuntimeError(f"{kind.name} could not be installed, so nothing was measured beside it: {said}")
    return python


async def _measured(folder: Path, pythons: dict[str, str]) -> dict[Kind, Took]:
    took = {kind: Took() for kind in KINDS}
    async with AsyncExitStack() as open_:
        desks = [await _opened(open_, kind, folder, pythons[kind.name]) for kind in KINDS]
        for desk in desks:
            await desk.asked(WARM)
        for _ in range(ROUNDS):
            for desk in desks:
                before = desk.server.spent()
                seconds = await desk.asked(desk.kind.many)
                took[desk.kind].rates.append(desk.kind.many / seconds)
                took[desk.kind].cpu.append((desk.server.spent() - before) / desk.kind.many * 1000)
        for desk in desks:
            desk.must_have_rows()
    return took


async def _opened(open_: AsyncExitStack, kind: Kind, folder: Path, python: str) -> "Desk":
    slack = await open_.enter_async_context(Sandbox(manifest=manifest() if kind is KEPT else HEARS))
    place = slack.workspace
    channels = [place.add_channel(f"desk-{n}", ["dana", place.bot]).id for n in range(kind.many)]
    database = folder / f"{kind.name}.db"
    script = (python, str(STRANGERS / kind.script)) if kind.script else ()
    server = Server("kept-unpaced", slack, database, script)
    open_.callback(server.end)
    await asyncio.to_thread(server.ready)
    await slack.connected()
    return Desk(kind, slack, server, channels, database)


class Desk:
    """A bot at work, and who asks it."""

    def __init__(self, kind: Kind, slack: Sandbox, server: Server, channels: list[str], database: Path) -> None:
        self.kind, self.server = kind, server
        self._slack, self._channels, self._database = slack, channels, database
        self._loop = asyncio.get_running_loop()
        self._answered: dict[str, asyncio.Future[None]] = {}  # by channel: each is asked once a round
        self._asked, self._posted, self._all_posted = 0, 0, asyncio.Event()
        self._chance = random.Random(9)
        slack.workspace.on_change(self._soon)

    async def asked(self, many: int) -> float:
        """Ask so much, ``AT_ONCE`` at a time; returns the seconds until the last post that follows from it."""
        numbers = iter(range(self._asked, self._asked + many))
        self._asked += many
        self._all_posted.clear()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*[self._one_after_the_other(numbers) for _ in range(AT_ONCE)])
                await self._all_posted.wait()
        except TimeoutError:
            posts = f"{self._posted:,} posts where {self._asked * self.kind.posts:,} were due"
            raise RuntimeError(f"{self.kind.name} did not reply to every message: {posts}") from None
        return time.perf_counter() - began

    async def _one_after_the_other(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            channel = self._channels[number % len(self._channels)]
            self._answered[channel] = self._loop.create_future()
            wrong = f"{self._chance.choice(THINGS)} {self._chance.choice(TROUBLES)} {number}"
            said = f"{self.kind.begins} Company{self._chance.randrange(500)}: {wrong}"
            await self._slack.say("dana", channel, said)
            await self._answered[channel]

    def _soon(self) -> None:
        self._loop.call_soon(self._hear)  # a call is noted just after what it changed

    def _hear(self) -> None:
        """Take what the bot posted since: the first post in a channel answers the message there."""
        while self._slack.calls:
            call = self._slack.calls.popleft()
            answered = self._answered.get(call.arguments.get("channel", ""))
            if call.method in POSTS and call.answer["ok"] and answered:
                self._posted += 1
                if not answered.done():
                    answered.set_result(None)
        if self._posted >= self._asked * self.kind.posts:
            self._all_posted.set()

    def must_have_rows(self) -> None:
        """Raise RuntimeError unless every message became one row, and one alone."""
        with closing(sqlite3.connect(self._database)) as database:
            [rows] = database.execute(f"SELECT count(*) FROM {self.kind.rows}").fetchone()
        if rows != self._asked:
            raise RuntimeError(f"{self.kind.name} made {rows:,} rows of {self._asked:,} messages")
