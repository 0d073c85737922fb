"""The demo: Kept in a workspace of its own in the browser, with a clock that can be moved. No account needed.

The bot inside is the real one, over the same wire as to Slack. Each start begins anew, in ``demo.db``.
"""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.config import DEMO_DATABASE, Settings
from bot.manifest import manifest
from bot.run import Bot, StartError, until_asked_to_stop
from bot.sandbox import Clock, Sandbox
from storage import clocks, customers, facts
from storage.database import Database, SQLite

log = logging.getLogger(__name__)

# Companies that do not exist, with the zone their people live in.
CUSTOMERS = {
    "Acme Freight": "Europe/Madrid",
    "Globex": "America/Chicago",
    "Initech": "America/New_York",
    "Sunrise Bakery": "Europe/London",
    "Umbrella Labs": "Asia/Singapore",
}


# Where the one lives as whom people begin; at night, reminders would wait for the morning.
DANA = ZoneInfo("America/New_York")


async def demo(settings: Settings) -> None:
    """Run the demo until asked to stop; its page is on the port after the bot's."""
    _start_anew()
    slack = Sandbox(
        Clock(_opening(time.time())),
        port=settings.port + 1 if settings.port else 0,
        manifest=manifest(prefix=settings.command_prefix),
    )
    try:
        await slack.start()
    except OSError as error:
        raise StartError(f"Port {settings.port + 1} is taken. Write another one: PORT={settings.port + 10}") from error
    try:
        own = replace(
            settings,
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            api_url=slack.api_url,
            database=DEMO_DATABASE,
            is_demo=True,
        )
        async with at_work(own, slack):
            print("Kept is running in a workspace of its own. Open this page:")
            print(slack.url, flush=True)
            print("Try: /issue Acme Freight: charged twice for March. Ctrl-C ends it.", flush=True)
            await until_asked_to_stop()
    finally:
        await slack.stop()


@asynccontextmanager
async def at_work(settings: Settings, slack: Sandbox) -> AsyncIterator[Bot]:
    """Kept at work in this workspace: it knows the sample's customers and works at every step of the clock."""
    async with Bot(settings, slack.clock.now) as bot:
        await bot.store.run(_fill, int(slack.clock.now()))
        forget = slack.clock.on_step(lambda now: bot.worker.work(int(now)))
        slack.next_due = partial(bot.store.read, clocks.soonest)
        try:
            yield bot
        finally:
            slack.next_due = None
            forget()


def _opening(now: float) -> float:
    """The present if Dana is at work, else ten o'clock of her next working day; Unix seconds."""
    there = datetime.fromtimestamp(now, DANA)
    if there.weekday() < 5 and 9 <= there.hour < 16:
        return now
    day = there if there.hour < 9 else there + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0).timestamp()


def _start_anew() -> None:
    """Remove the last demo's database, but never one that has known a real workspace."""
    if not DEMO_DATABASE.exists():
        return
    database = SQLite(DEMO_DATABASE)
    try:
        database.migrate()
        if facts.fact(database, "kind") == "real":
            raise StartError(f"{DEMO_DATABASE} holds the records of a real workspace. Move it away, then try again.")
    finally:
        database.close()
    for ending in ("", "-wal", "-shm"):
        DEMO_DATABASE.with_name(DEMO_DATABASE.name + ending).unlink(missing_ok=True)


def _fill(db: Database, now: int) -> None:
    for name, zone in CUSTOMERS.items():
        customers.add(db, name, now, zone)
