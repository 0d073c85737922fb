# mypy: ignore-errors
"""The plugin of ``on_errbot.py``; ``desk.plug`` names it.

Rows are kept by the standard library's sqlite3, one commit each: errbot's own storage is a shelf without commits.
"""

import sqlite3
import sys
from threading import Lock

from errbot import BotPlugin, Message, botcmd


class Desk(BotPlugin):
    """The issues of customers."""

    def activate(self) -> None:
        """Open the table, and say 0 in a line: errbot is at work."""
        super().activate()
        self.writing = Lock()  # commands run in ten threads
        self.rows = sqlite3.connect(self.bot_config.DATABASE, check_same_thread=False)
        self.rows.execute("PRAGMA journal_mode=WAL")
        self.rows.execute("CREATE TABLE IF NOT EXISTS issues (id INTEGER PRIMARY KEY, customer, summary, reporter)")
        sys.stdout.write("0\n")
        sys.stdout.flush()

    @botcmd
    def issue(self, msg: Message, args: str) -> str:
        """Keep an issue and say so."""
        customer, _, summary = args.partition(": ")
        with self.writing, self.rows:
            row = "INSERT INTO issues (customer, summary, reporter) VALUES (?, ?, ?)"
            number = self.rows.execute(row, (customer, summary, msg.frm.aclattr)).lastrowid
        return f"{customer} · {summary} (#{number})"
