"""The tests' desk: the real bot against our own Slack, over a real wire, with a clock the test moves.

Every test runs over signed HTTP and on SQLite; those marked ``contract`` run in Socket Mode and on PostgreSQL too, and
so does every test where ``KEPT_TRANSPORTS=all`` and ``KEPT_DATABASES=all`` ask for the wider tier.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.manifest import manifest
from bot.run import Bot
from bot.sandbox import Clock, Sandbox, sample
from storage.database import SQLite
from storage.engines import Place, Server
from storage.postgres import PostgreSQL
from tests import servers

MORNING = datetime.fromisoformat("2026-11-24T10:00:00-05:00").timestamp()  # a Tuesday, in Dana's New York


def settings_for(slack: Sandbox, database: Place, transport: str) -> Settings:
    return Settings(
        bot_token=slack.bot_token,
        app_token=slack.app_token if transport == "socket" else "",
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        port=0,
        database=database,
    )


@dataclass
class Desk:
    """A workspace with Kept in it, and what the people there do."""

    slack: Sandbox
    bot: Bot
    transport: str

    async def settle(self) -> None:
        """Until everything that was said, caused and queued has arrived."""
        await self.slack.settle()
        await self.bot.worker.work(int(self.slack.clock.now()))
        await self.slack.settle()

    async def type(self, person: str, typed: str, channel: str = "#support", times: int = 1) -> Any:
        answer = await self.slack.command(person, channel, typed, times=times)
        await self.settle()
        return answer

    async def press(self, person: str, place: Any, button: str, times: int = 1) -> Any:
        answer = await self.slack.press(person, place, button, times=times)
        await self.settle()
        return answer

    async def submit(self, person: str, values: dict[str, Any], times: int = 1) -> Any:
        answer = await self.slack.submit(person, values, times=times)
        await self.settle()
        return answer

    async def wait(self, *, minutes: float = 0, hours: float = 0) -> None:
        await self.slack.clock.advance(minutes * 60 + hours * 3600)
        await self.settle()

    def shown(self, person: str, channel: str = "#support") -> list[str]:
        """What this person reads in a channel, the latest last."""
        return [message.text for message in self.slack.messages(channel, person)]

    def cards(self, channel: str = "#support") -> list[Any]:
        """Kept's own messages in a channel that everybody sees."""
        bot = self.slack.bot_user_id
        return [m for m in self.slack.messages(channel) if m.user == bot and m.ephemeral_to is None]

    def dms(self, person: str) -> list[str]:
        """What Kept wrote to this person directly and everybody's message there can be read again."""
        bot = self.slack.bot_user_id
        return [m.text for m in self.slack.dm(person) if m.user == bot and m.ephemeral_to is None]


def pytest_configure(config: pytest.Config) -> None:
    servers.prepare(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test in the ways it runs: over a transport, on a database, and never in all combinations of the two."""
    has, marked = set(metafunc.fixturenames), metafunc.definition.get_closest_marker
    ways = [("http", "sqlite")]
    if "transport" in has and not marked("http") and (os.environ.get("KEPT_TRANSPORTS") == "all" or marked("contract")):
        ways.append(("socket", "sqlite"))
    if "engine" in has and not marked("sqlite") and (os.environ.get("KEPT_DATABASES") == "all" or marked("contract")):
        ways.append(("http", "postgresql"))
    if marked("postgresql"):
        ways = [("http", "postgresql")]
    if {"transport", "engine"} <= has:
        names = [transport if engine == "sqlite" else engine for transport, engine in ways]
        metafunc.parametrize(("transport", "engine"), ways, ids=names)
    elif "transport" in has:
        metafunc.parametrize("transport", [transport for transport, _ in ways])
    elif "engine" in has:
        metafunc.parametrize("engine", [engine for _, engine in ways])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long, the fault and the wide tier out, unless asked for: they are no tests of every day."""
    on = os.environ.get
    tiers = {"long": on("KEPT_LONG") == "1", "rig": on("KEPT_RIG") == "1", "wide": on("KEPT_DATABASES") == "all"}
    out = [one for one in items if any(one.get_closest_marker(tier) and not tiers[tier] for tier in tiers)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Where everything must run, a test that was skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped here: {report.longrepr}"
    return report


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING, running=False)


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=manifest(), workspace=sample(clock)) as running:
        yield running
        running.nothing_refused()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all its tables and nothing in them: to make one costs half of what a test of the desk does."""
    path = tmp_path_factory.mktemp("empty") / "kept.db"
    engine = SQLite(path)
    engine.migrate()
    engine.close()
    return path


@pytest.fixture(scope="session")
def empty_server(worker_id: str) -> Iterator[tuple[str, str]]:
    """The same on PostgreSQL: the server's address, and the name of the database."""
    address, name = servers.address(), f"empty_{worker_id}"
    with servers.database(address, name) as url:
        engine = PostgreSQL(url)
        engine.migrate()
        engine.close()
        yield address, name


@pytest.fixture
def database(request: pytest.FixtureRequest, engine: str, tmp_path: Path, worker_id: str) -> Iterator[Place]:
    """A database of the test's own, with all its tables and nothing in them."""
    if engine == "sqlite":
        shutil.copyfile(request.getfixturevalue("empty_database"), tmp_path / "kept.db")
        yield tmp_path / "kept.db"
    else:
        address, empty = request.getfixturevalue("empty_server")
        with servers.database(address, f"test_{worker_id}", empty) as url:
            request.getfixturevalue("monkeypatch").setenv("DATABASE_URL", url)  # for commands typed on the machine
            yield Server(url)


@pytest.fixture
async def desk(slack: Sandbox, transport: str, database: Place) -> AsyncIterator[Desk]:
    async with open_desk(slack, database, transport) as running:
        yield running


class open_desk:  # noqa: N801 - reads as the function it is used as
    """A bot at work in this Slack, over this transport, on this database; used with ``async with``."""

    def __init__(self, slack: Sandbox, database: Place, transport: str) -> None:
        self._slack = slack
        self._bot = Bot(settings_for(slack, database, transport), slack.clock.now, working=False)
        self._transport = transport

    async def __aenter__(self) -> Desk:
        await self._bot.start()
        if self._transport == "http":
            self._slack.request_url = f"http://127.0.0.1:{self._bot.port}/slack/events"
        else:
            self._slack.request_url = None
            await self._slack.connected()
        self._forget = self._slack.clock.on_step(lambda now: self._bot.worker.work(int(now)))
        return Desk(self._slack, self._bot, self._transport)

    async def __aexit__(self, *_: object) -> None:
        self._forget()
        await self._bot.stop()
