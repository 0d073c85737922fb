# mypy: ignore-errors
"""slack-machine at the job ``others.py`` measures, in an environment of its own: nothing of ours is imported.

Its settings come as JSON on the standard input; it says 0 in a line once its plugin is ready. Rows are kept by its own
SQLite storage, one commit each; the file is in WAL mode, as Kept's is. (Plain sqlite3 in the plugin was no faster.)
"""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from functools import partial

from machine import Machine, core
from machine.plugins.base import MachineBasePlugin
from machine.plugins.decorators import respond_to
from machine.plugins.message import Message
from machine.utils.collections import CaseInsensitiveDict
from machine.utils.logging import configure_logging
from slack_sdk.web.async_client import AsyncWebClient

GIVEN = json.loads(sys.stdin.readline())
SETTINGS = CaseInsensitiveDict(
    {
        "SLACK_APP_TOKEN": GIVEN["app_token"],
        "SLACK_BOT_TOKEN": GIVEN["bot_token"],
        "PLUGINS": ["__main__.Desk"],
        "STORAGE_BACKEND": "machine.storage.backends.sqlite.SQLiteStorage",
        "SQLITE_PATH": GIVEN["database"],
        "HTTP_PROXY": None,
        "TZ": "UTC",
        "LOG_HANDLED_MESSAGES": False,
    }
)


class Desk(MachineBasePlugin):
    """The issues of customers."""

    async def init(self) -> None:
        """Say that we are ready."""
        sys.stdout.write("0\n")
        sys.stdout.flush()

    @respond_to(r"^issue (?P<customer>[^:]+): (?P<summary>.+)")
    async def issue(self, msg: Message, customer: str, summary: str) -> None:
        """Keep an issue and say so."""
        issue = {"customer": customer, "summary": summary, "reporter": msg.sender.id}
        await self.storage.set(f"issue {msg.ts}", issue)
        await msg.say(f"{customer} · {summary}")


if __name__ == "__main__":
    configure_logging(SETTINGS)
    with closing(sqlite3.connect(GIVEN["database"])) as file:
        file.execute("PRAGMA journal_mode=WAL")
    core.AsyncWebClient = partial(AsyncWebClient, base_url=GIVEN["api_url"])  # it has no setting for the address
    asyncio.run(Machine(SETTINGS).run())
