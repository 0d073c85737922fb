"""A running bot: put together on this page, started, and stopped so that nothing acknowledged is lost."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import door
from bot.app import build
from bot.auditor import Auditor
from bot.config import Settings
from bot.desk import Desk
from bot.directory import UNREACHABLE, Directory, why
from bot.health import Health
from bot.logs import named
from bot.pace import Pace
from bot.prefix import Names
from bot.slack import TOKEN, Slack
from bot.worker import Worker
from handlers import listeners
from handlers.escalations import gaps
from storage import engines, facts, moving, people
from storage.database import Database, UnfitError
from storage.store import Store

log = logging.getLogger(__name__)

CALL_TIMEOUT = 10  # seconds for one call to Slack
PING_EVERY = 5.0  # seconds; a dead socket is noticed after four of these (slack-facts.md 2.1)
ASK_AGAIN_AFTER = 5.0  # seconds between tries while Slack cannot be reached at the start
LOOK_AT_SOCKET_EVERY = 5.0  # seconds
STOP_WITHIN = 1.0  # seconds for what is under way to finish


class StartError(Exception):
    """The bot cannot start; the message says what to do."""


class Bot:
    """One bot: ``async with Bot(settings, clock):``; with ``working=False`` its worker only works when told to."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time, *, working: bool = True) -> None:
        self._settings = settings
        self._clock = clock
        self._working = working
        self._identity: AuthorizeResult | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._socket: AsyncSocketModeHandler | None = None
        self._socket_was_down = False
        self.port = settings.port

    async def start(self) -> None:
        """Open the store, learn who we are, and take input; raises StartError with what to do."""
        settings = self._settings
        self.store = self._open()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT))
        client = AsyncWebClient(
            token=settings.bot_token, base_url=settings.api_url, session=self._session, timeout=CALL_TIMEOUT,
            retry_handlers=[],
        )  # fmt: skip
        self._client = client
        self.directory = Directory(client, self.store)
        names = Names(settings.command_prefix, listeners.COMMANDS)
        slack = Slack(client, self._session, names)
        pace = Pace(settings.posts_per_minute)
        self.worker = Worker(self.store, slack, pace, self._clock, settings.retention_days * 86400)
        self._desk = Desk(client, self.store, self.directory, self._clock, self.worker.wake, names)
        self.auditor = Auditor(self.store, self._session, self._clock, self.worker.wake, settings.heartbeat_url)
        self.health = Health(
            self.store,
            self.worker,
            self.auditor,
            slack,
            client,
            self._clock,
            self._connected,
            lambda: self._desk.answered,
        )
        self.app = build(client, self._desk, self._who_we_are)
        await self._learn_who_we_are()
        await self.directory.fill()
        await self.store.run(_admin_is, settings.admin_user)
        await self._serve()
        if self._working:
            self._tasks += [asyncio.create_task(self.worker.run()), asyncio.create_task(self.auditor.run())]
        if settings.transport == "socket":
            await self._connect()
            self._tasks.append(asyncio.create_task(self._watch_socket()))

    def _open(self) -> Store:
        """The database, its tables brought up to date; raises StartError with what to do."""
        place = self._settings.database
        try:
            return Store(lambda: engines.open_engine(place))
        except engines.failures() as error:
            raise StartError(f"{place} cannot be used ({named(error)}). Run: python -m bot doctor") from error
        except UnfitError as error:
            raise StartError(f"{place} cannot be used. {error}") from error

    async def _learn_who_we_are(self) -> None:
        """Ask Slack once who we are; an unreachable Slack is asked again until it answers."""
        while True:
            try:
                answer = await self._client.auth_test()
            except SlackApiError as error:
                if error.response.get("error") in TOKEN:
                    raise StartError(
                        f"Slack refuses SLACK_BOT_TOKEN ({error.response.get('error')}). Copy it again from"
                        " “OAuth & Permissions”; after a change of scopes, reinstall the app first."
                    ) from error
                log.warning("Slack did not say who we are yet: %s", error.response.get("error"))
            except UNREACHABLE as error:
                log.warning("Slack cannot be reached yet (%s); trying again", type(error).__name__)
            else:
                break
            await asyncio.sleep(ASK_AGAIN_AFTER)
        self._identity = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer.get("team_id"),
            bot_id=answer.get("bot_id"),
            bot_user_id=answer.get("user_id"),
            bot_token=self._settings.bot_token,
        )
        self.directory.bot_user_id = str(answer.get("user_id") or "")
        self.directory.home_team = answer.get("team_id")
        await self.store.run(_belongs, self._settings, str(answer.get("team_id") or ""))
        await self.store.run(facts.remember, "bot user", self.directory.bot_user_id)

    def _who_we_are(self) -> AuthorizeResult:
        if self._identity is None:
            raise StartError("an input came before the start was over")
        return self._identity

    def _home(self) -> set[str]:
        who = self._identity
        return {one for one in (who.team_id, who.enterprise_id) if one} if who else set()

    async def _serve(self) -> None:
        settings = self._settings
        events = None
        if settings.transport == "http":
            events = door.slack_events(self.app, settings.signing_secret, self._clock, self._home)
        front = door.application(self.health, events)
        self._runner = web.AppRunner(front, access_log=None, shutdown_timeout=STOP_WITHIN, auto_decompress=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, settings.host, settings.port).start()
        except OSError as error:
            raise StartError(
                f"{settings.host}:{settings.port} is taken or not ours. Write another one: PORT={settings.port + 10}"
            ) from error
        self.port = int(self._runner.addresses[0][1])

    async def _connect(self) -> None:
        """Open the socket Slack's input comes through; a refused app token would otherwise be tried for ever."""
        token = self._settings.app_token
        try:
            await self._client.apps_connections_open(app_token=token)
        except UNREACHABLE as error:
            if why(error) in TOKEN | {"not_allowed_token_type", "missing_scope"}:
                raise StartError(
                    f"Slack refuses SLACK_APP_TOKEN ({why(error)}). Make one under “Basic Information → App-Level"
                    " Tokens” with connections:write, and copy it."
                ) from error
        self._socket = AsyncSocketModeHandler(self.app, token, ping_interval=PING_EVERY)
        await self._socket.client.connect()  # type: ignore[no-untyped-call]

    async def _watch_socket(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AT_SOCKET_EVERY)
            await self.look_at_socket()

    async def look_at_socket(self) -> None:
        """Once the socket stands again after it was down, have read what Slack could tell nobody meanwhile."""
        is_down = not await self._connected()
        if self._socket_was_down and not is_down:
            await self.store.run(gaps.begin, int(self._clock()))
            self.worker.wake()
        self._socket_was_down = is_down

    async def _connected(self) -> bool:
        """Whether Slack's input can reach us: by HTTP as far as we can know, by Socket Mode if a socket stands."""
        if self._settings.transport != "socket":
            return True
        return self._socket is not None and await self._socket.client.is_connected()

    async def stop(self) -> None:
        """Take no more input, let what is under way finish and commit, and let go of everything."""
        if not hasattr(self, "_desk"):  # it came no further than the database
            return
        await self._desk.quiet(STOP_WITHIN)
        if self._socket:
            await self._socket.client.disconnect()  # type: ignore[no-untyped-call]
            await self._socket.client.close()  # type: ignore[no-untyped-call]
        if hasattr(self, "_runner"):
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.close()
        await self._session.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _belongs(db: Database, settings: Settings, workspace: str) -> None:
    """Note whose database this is; raises StartError if it is another workspace's, or the demo's."""
    if to := facts.fact(db, moving.GONE):
        raise StartError(f"The records of {settings.database} were moved to {to}. Write that one into DATABASE_URL.")
    if facts.fact(db, moving.HALF):
        raise StartError(f"The move to {settings.database} is not finished. Type it again: python -m bot move FROM TO")
    kind, before = facts.fact(db, "kind"), facts.fact(db, "workspace")
    ours = "demo" if settings.is_demo else "real"
    if kind and kind != ours:
        raise StartError(f"{settings.database} is the database of a {kind} workspace. Write another: DATABASE_URL=…")
    if before and workspace and before != workspace:
        whose = f"{settings.database} belongs to workspace {before}, the token to {workspace}."
        raise StartError(f"{whose} Write another: DATABASE_URL=…")
    facts.remember(db, "kind", ours)
    if workspace:
        facts.remember(db, "workspace", workspace)


def _admin_is(db: Database, person_id: str) -> None:
    """Note who ADMIN_USER names, for every replica; raises StartError if it is nobody who could hear an alarm."""
    person = people.find(db, person_id)
    if person_id and (person is None or person.is_bot or person.is_outsider or person.is_deactivated):
        raise StartError(
            f"ADMIN_USER is {person_id}, who is no full member of this workspace, or left it. Write another member's"
            " ID, or nothing: ADMIN_USER="
        )
    facts.remember(db, people.ADMIN_USER, person_id)


async def until_asked_to_stop() -> None:
    """Wait for Ctrl-C or a supervisor's SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, stop.set)
    await stop.wait()
