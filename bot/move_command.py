"""``python -m bot move FROM TO``: everything from one database to another, as when SQLite is outgrown."""

import argparse
import time
from collections.abc import Callable
from contextlib import closing

from bot import machine
from bot.config import SettingsError, database_at
from bot.progress import Progress
from bot.worker import NOTE_EVERY
from storage import engines, facts, moving
from storage.database import Engine, UnfitError, UnknownCommitError
from storage.engines import Place

EPILOG = """examples:
  python -m bot move sqlite:///kept.db postgresql://kept:PASSWORD@db.example.com/kept
  python -m bot move postgresql://kept:PASSWORD@db.example.com/kept sqlite:///kept.db

Stop Kept first, every replica. The target must be new and empty: PostgreSQL's is made with
createdb --encoding=UTF8 kept. What was interrupted goes on where it stopped when the same is typed again. At the end
the rows of every table are counted and their columns summed on both sides; then write the target into DATABASE_URL.
The source stays as it was, but no bot starts on it any more."""

AGAIN = "It broke off ({}). Type the same again: it goes on from there."
WATCH = NOTE_EVERY + 15  # seconds after which a bot that runs has noted so once more
LOOK_EVERY = 1.0  # seconds, while it is waited whether a bot is at work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `move` takes to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("source", metavar="FROM", help="the database there is, written as in DATABASE_URL")
    parser.add_argument("target", metavar="TO", help="a new and empty one, written the same way")


def run(arguments: argparse.Namespace) -> int:
    """Move everything and say what; 0, or 2 with what to do."""
    try:
        source, target = _place(arguments.source), _place(arguments.target)
        rows = move(source, target)
    except (machine.UnusableError, OSError) as error:
        machine.complain(error)
        return 2
    tables = sum(1 for count in rows.values() if count)
    machine.say(f"Moved {sum(rows.values()):,} rows of {tables} tables from {source} to {target}, and checked them.")
    machine.say("Write the new address into DATABASE_URL, then start Kept.")
    return 0


def _place(value: str) -> Place:
    try:
        return database_at(value)
    except SettingsError as error:
        raise machine.UnusableError(f"The database {error}") from error


def move(
    source: Place, target: Place, clock: Callable[[], float] = time.time, pause: Callable[[float], None] = time.sleep
) -> dict[str, int]:
    """Move everything; returns the rows of each table. Raises UnusableError with what to do."""
    if not engines.is_there(source):
        raise machine.UnusableError(f"There is no {source}.")
    if source == target:
        raise machine.UnusableError("FROM and TO are the same database.")
    with closing(_opened(source)) as here, closing(_opened(target)) as there:
        try:
            if here.pending():
                raise machine.UnusableError(
                    f"The tables of {source} are older than this version. Start Kept on it once."
                )
            there.migrate()
            _is_at_rest(here, source, clock, pause)
            moving.prepare(here, there)
            return _move(here, there, str(target))
        except UnfitError as error:
            raise machine.UnusableError(f"{source} or {target} cannot be used. {error}") from error
        except moving.MoveError as error:
            raise machine.UnusableError(f"{target} {error}") from error
        except UnknownCommitError as error:
            raise machine.UnusableError(AGAIN.format("the connection")) from error
        except engines.failures() as error:
            raise machine.UnusableError(
                f"It broke off ({error}). Type the same again: it goes on from there."
            ) from error


def _opened(place: Place) -> Engine:
    try:
        return engines.open_engine(place)
    except engines.failures() as error:
        raise machine.UnusableError(f"{place} cannot be used ({error}).") from error


def _move(here: Engine, there: Engine, target: str) -> dict[str, int]:
    """Copy, check and finish, while nobody else writes in the source."""
    here.begin(writing=True)
    try:
        if here.dialect == "postgresql":  # nothing is said here while the target writes
            here.run("SET LOCAL idle_in_transaction_session_timeout = 0")
        with Progress("Moving") as told:
            rows = moving.copy(here, there, lambda _, done: told(done))
        moving.finish(here, there, target)
    finally:
        here.rollback()
    return rows


def _is_at_rest(db: Engine, place: Place, clock: Callable[[], float], pause: Callable[[float], None]) -> None:
    """Wait until a bot that runs would have said so; raises UnusableError if one did."""
    first = noted = facts.fact(db, "ticked at")
    told = False
    while noted is not None and clock() - int(noted) <= WATCH:
        if noted != first:
            raise machine.UnusableError(f"Kept is at work on {place}. Stop it first, every replica of it.")
        if not told:
            machine.say(f"Kept was at work on {place} a moment ago; I wait a minute to see whether it still is.")
            told = True
        pause(LOOK_EVERY)
        noted = facts.fact(db, "ticked at")
