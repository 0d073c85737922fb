"""``python -m bot doctor``: looks at everything Kept needs, and says for each in one line how it is or what to do.

It changes nothing and may run beside the bot.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.directory import UNREACHABLE, why
from bot.logs import named
from bot.manifest import OPTIONAL, SCOPES
from bot.run import CALL_TIMEOUT
from bot.worker import NOTE_EVERY
from storage import channels, engines, facts, moving, teams
from storage.database import Database, Engine, UnfitError

CLOCK_MAY_BE_OFF = 60  # seconds; Slack's own signatures are refused after 300
SEEN_WITHIN = 3 * NOTE_EVERY  # seconds since the worker's last note in the database


class Finding(NamedTuple):
    """One thing looked at: how it is, or, if it is wrong, what is wrong and what to do."""

    what: str
    said: str
    is_wrong: bool = False

    def __str__(self) -> str:
        return f"{'wrong' if self.is_wrong else 'ok   '} {self.what}: {self.said}"


async def examine(settings: Settings, clock: Callable[[], float] = time.time) -> list[Finding]:
    """Look at everything; ``clock`` is this machine's, in Unix seconds."""
    if settings.transport == "demo":
        todo = (
            "none are set, so Kept would run its demo. Write SLACK_BOT_TOKEN=xoxb-… and SLACK_APP_TOKEN=xapp-… in .env"
        )
        return [Finding("tokens", todo, is_wrong=True)]
    timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=settings.bot_token, base_url=settings.api_url, session=session, timeout=CALL_TIMEOUT,
            retry_handlers=[],
        )  # fmt: skip
        found, workspace = await _bot_token(client, settings, clock)
        found.append(await _input(client, settings))
        database, rooms = _database(settings, workspace, int(clock()))
        found += database
        if not rooms and not any(one.is_wrong for one in database):
            found.append(Finding("channels", "no team is set up yet. Type /kept setup in the team's channel"))
        if workspace:
            found += [await _channel(client, *room) for room in rooms.items()]
    return found


async def _bot_token(
    client: AsyncWebClient, settings: Settings, clock: Callable[[], float]
) -> tuple[list[Finding], str]:
    """The bot token, its scopes and Slack's time; and the workspace's id, empty if Slack did not say."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        todo = "Copy the Bot User OAuth Token again from “OAuth & Permissions”; reinstall the app if it shows none."
        return [Finding("bot token", f"Slack refuses SLACK_BOT_TOKEN ({why(error)}). {todo}", is_wrong=True)], ""
    except UNREACHABLE as error:
        todo = f"{settings.api_url} cannot be reached ({named(error)}). Check the network, a proxy and SLACK_API_URL."
        return [Finding("Slack", todo, is_wrong=True)], ""
    headers = answer.headers or {}
    granted = {scope.strip() for scope in str(headers.get("X-OAuth-Scopes") or "").split(",")}
    token = Finding("bot token", f"{answer.get('user')} in {answer.get('team')}")
    return [token, *_scopes(granted), _clock(headers.get("Date"), clock())], str(answer.get("team_id") or "")


def _scopes(granted: set[str]) -> Iterator[Finding]:
    missing = {scope: reason for scope, reason in SCOPES.items() if scope not in granted}
    for scope, reason in missing.items():
        todo = "Paste the manifest again under “App Manifest”, then reinstall the app."
        yield Finding("scope", f"{scope} is missing ({reason}). {todo}", is_wrong=True)
    if not missing:
        yield Finding("scopes", f"all {len(SCOPES)} that are needed are there")
    for scope, (_, lost) in OPTIONAL.items():
        if scope not in granted:
            yield Finding("scope", f"{scope}, which is optional, is not granted: {lost}")


def _clock(date: str | None, now: float) -> Finding:
    if not date:
        return Finding("clock", "Slack did not say the time")
    off = round(now - parsedate_to_datetime(date).timestamp())
    if abs(off) <= CLOCK_MAY_BE_OFF:
        return Finding("clock", "agrees with Slack's")
    todo = "Reminders would come at the wrong time, and requests be refused. Set it, best by NTP."
    which = "ahead of" if off > 0 else "behind"
    return Finding("clock", f"this machine's is {abs(off)} seconds {which} Slack's. {todo}", is_wrong=True)


async def _input(client: AsyncWebClient, settings: Settings) -> Finding:
    """How Slack's input reaches Kept."""
    if settings.transport == "http":
        todo = "whether it is right, Slack says under “Event Subscriptions”: the address must show Verified"
        return Finding("signing secret", f"set; {todo}")
    try:
        await client.apps_connections_open(app_token=settings.app_token)
    except SlackApiError as error:
        todo = "Make one under “Basic Information → App-Level Tokens” with connections:write, and copy it."
        return Finding("app token", f"Slack refuses SLACK_APP_TOKEN ({why(error)}). {todo}", is_wrong=True)
    except UNREACHABLE as error:
        return Finding("app token", f"could not be tried ({named(error)})", is_wrong=True)
    return Finding("app token", "opens a socket")


def _database(settings: Settings, workspace: str, now: int) -> tuple[list[Finding], dict[str, str]]:
    """The database and what it knows: whether the bot runs, and the channels it must be in, each with what it is."""
    path = settings.database
    if isinstance(path, Path) and not path.exists():
        if os.access(path.absolute().parent, os.W_OK):
            return [Finding("database", f"{path} is made at the first start")], {}
        todo = f"{path.absolute().parent} is not writable. Let the user who runs Kept write there (DATABASE_URL)."
        return [Finding("database", todo, is_wrong=True)], {}
    try:
        database = engines.open_engine(path)
        try:
            return _inside(database, settings, workspace, now)
        finally:
            database.close()
    except UnfitError as error:
        return [Finding("database", f"{path} cannot be used. {error}", is_wrong=True)], {}
    except engines.failures() as error:
        if isinstance(path, Path):
            todo = "Let the user who runs Kept write to it and its folder, or name another file (DATABASE_URL)."
            return [Finding("database", f"{path} cannot be written ({named(error)}). {todo}", is_wrong=True)], {}
        said = str(error).strip().partition("\n")[0]  # the server's own words: a name, an address, never the password
        todo = "Check that the server runs, and the name, password and database in DATABASE_URL."
        return [Finding("database", f"{path} cannot be used ({said}). {todo}", is_wrong=True)], {}


def _inside(database: Engine, settings: Settings, workspace: str, now: int) -> tuple[list[Finding], dict[str, str]]:
    if database.pending():
        todo = "its tables are older than this version. Start Kept once: it brings them up to date."
        return [Finding("database", f"{settings.database}: {todo}", is_wrong=True)], {}
    database.begin(writing=True)
    try:
        facts.remember(database, "examined", str(now))  # whether it can be written, taken back at once
        return [_whose(database, settings, workspace), _running(database, now)], _rooms(database)
    finally:
        database.rollback()


def _whose(db: Database, settings: Settings, workspace: str) -> Finding:
    if to := facts.fact(db, moving.GONE):
        todo = f"{settings.database}: its records were moved to {to}. Write that one into DATABASE_URL"
        return Finding("database", todo, is_wrong=True)
    if facts.fact(db, moving.HALF):
        todo = f"the move to {settings.database} is not finished. Type it again: python -m bot move FROM TO"
        return Finding("database", todo, is_wrong=True)
    before = facts.fact(db, "workspace")
    if workspace and before and before != workspace:
        todo = f"belongs to workspace {before}, the token to {workspace}. Write another one: DATABASE_URL=…"
        return Finding("database", f"{settings.database} {todo}", is_wrong=True)
    if facts.fact(db, "kind") == "demo":
        todo = "is the demo's. Write another one: DATABASE_URL=sqlite:///kept.db"
        return Finding("database", f"{settings.database} {todo}", is_wrong=True)
    return Finding("database", f"{settings.database} is writable and up to date")


def _running(db: Database, now: int) -> Finding:
    noted = facts.fact(db, "ticked at")
    if noted is None:
        return Finding("Kept", "has not run with this database yet. Start it: make run")
    if now - int(noted) > SEEN_WITHIN:
        at = datetime.fromtimestamp(int(noted), UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Finding("Kept", f"is not running; last at work {at}. Start it: make run", is_wrong=True)
    return Finding("Kept", "is running")


def _rooms(db: Database) -> dict[str, str]:
    """The channels Kept must be in, each once, as people call it and with what it is for."""
    rooms: dict[str, str] = {}
    for team in teams.every_team(db):
        uses = {"team": team.channel_id, "escalation": team.escalation_channel_id, "manager": team.manager_channel_id}
        for use, channel_id in uses.items():
            if channel_id:
                known = channels.find(db, channel_id)
                rooms.setdefault(channel_id, f"#{known.name if known and known.name else channel_id} ({use} channel)")
    return rooms


async def _channel(client: AsyncWebClient, channel_id: str, called: str) -> Finding:
    try:
        answer = await client.conversations_info(channel=channel_id)
    except UNREACHABLE as error:
        if why(error) != "channel_not_found":  # which is also what Slack says of a private channel we are not in
            return Finding("channel", f"{called} could not be looked at ({why(error)})", is_wrong=True)
        channel = {}
    else:
        channel = answer["channel"]
    if channel.get("is_archived"):
        return Finding("channel", f"{called} is archived. Name another one: /kept setup", is_wrong=True)
    if not channel.get("is_member"):
        return Finding("channel", f"Kept is not in {called}. Type there: /invite @Kept", is_wrong=True)
    return Finding("channel", f"Kept is in {called}")
