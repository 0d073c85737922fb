"""`python -m bot backup` and `restore`: a copy of the database while the bot runs, and the way back."""

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot import machine
from bot.config import SettingsError, from_environment
from storage import backup
from storage.database import UnfitError

BACKUP = """examples:
  python -m bot backup kept-backup.db
  python -m bot backup "backups/kept-$(date +%F).db"

Kept may go on running. The file is whole or not there, and only you can read it: it holds all your customers' words."""

RESTORE = """examples:
  python -m bot restore kept-backup.db
  python -m bot restore kept-backup.db --yes     (without asking)

Kept may go on running; start it again afterwards. What was logged since the backup is gone; what was sent since is not
sent again, numbers go on from the last one, and who was forgotten since stays forgotten. What was there until now is
kept beside the database, as FILE.before-restore: delete it when you have looked."""

POSTGRESQL = """The database is PostgreSQL, which has its own tools for this:
  pg_dump --format=custom --file=kept.dump "$DATABASE_URL"
  pg_restore --clean --if-exists --dbname="$DATABASE_URL" kept.dump     (with Kept stopped)"""


FAILURES = (SettingsError, machine.UnusableError, UnfitError, sqlite3.Error, OSError)


def add_arguments(made: argparse.ArgumentParser, back: argparse.ArgumentParser) -> None:
    """Add what the two commands take to their parsers."""
    for parser, epilog in ((made, BACKUP), (back, RESTORE)):
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = epilog
    made.add_argument("file", metavar="FILE", type=Path, help="where to; a file of that name is replaced")
    back.add_argument("file", metavar="FILE", type=Path, help="the copy to put back")
    back.add_argument("--yes", action="store_true", help="do it without asking")


def take(arguments: argparse.Namespace) -> int:
    """Make the copy and say what is in it; 0, or 2 with what to do."""
    try:
        source = _database(but=arguments.file)
        backup.take(source, arguments.file, int(time.time()))
        machine.say(f"{arguments.file}: {_inside(arguments.file)}")
    except FAILURES as error:
        machine.complain(error)
        return 2
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Put a copy back, asked first; 0, 1 if it was not wanted after all, or 2 with what to do."""
    try:
        to = _database(but=arguments.file, there=False)
        machine.say(f"{arguments.file}: {_inside(arguments.file)}")
        if to.exists() and not (arguments.yes or _is_wanted(to)):
            machine.say("Nothing was changed.")
            return 1
        knows = backup.restore(arguments.file, to, int(time.time()))
    except FAILURES as error:
        machine.complain(error)
        return 2
    machine.say(f"{to} is as it was then. If Kept is running, start it again now.")
    if not knows:
        machine.say(
            "What was sent since could not be carried over, for the database before could not be read: each promise"
            " that fell due meanwhile is reminded of once more, marked late."
        )
    return 0


def _database(*, but: Path, there: bool = True) -> Path:
    """The file of the settings, which is another than ``but``; raises UnusableError."""
    path = from_environment().database
    if not isinstance(path, Path):
        raise machine.UnusableError(POSTGRESQL)
    if path.exists() and but.exists() and but.samefile(path):
        raise machine.UnusableError(f"{but} is the database itself. Name another file.")
    if there and not path.exists():
        raise machine.UnusableError(f"There is no {path} yet. Start Kept once: python -m bot")
    return path


def _inside(path: Path) -> str:
    """When a copy was made, and what is in it, in a line; raises UnfitError if it is none."""
    if not path.is_file():
        raise machine.UnusableError(f"There is no {path}.")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reading:
            counts = [
                f"{reading.execute(f'SELECT COUNT(*) FROM {table}').fetchone()[0]:,} {table}"
                for table in ("customers", "issues", "promises")
            ]
            found = reading.execute("SELECT value FROM facts WHERE name = ?", [backup.TAKEN_AT]).fetchone()
    except sqlite3.Error as error:
        raise UnfitError(f"{path} is not a database of Kept ({error}).") from error
    when = f"as of {datetime.fromtimestamp(int(found[0]), UTC):%Y-%m-%d %H:%M} UTC, " if found else ""
    return f"{when}{', '.join(counts)}"


def _is_wanted(to: Path) -> bool:
    if not sys.stdin.isatty():
        raise machine.UnusableError(f"This replaces {to}. If that is meant, add: --yes")
    return input(f"Replace {to} with it? What was logged since is gone. Type yes: ").strip().lower() == "yes"
