"""`python -m bot import`: says line by line what a file would do; with --apply does it, all or nothing."""

import argparse
import time
from pathlib import Path

from bot import machine
from bot.config import SettingsError, from_environment
from bot.progress import Progress
from handlers.transfer import columns
from handlers.transfer.plan import Planner
from handlers.transfer.reading import Source, UnreadableError, open_source
from storage import transfer
from storage.database import Engine
from storage.staging import ASKED, CHANGED, NEW, SAME, WRONG, Staging

TRIES = 5  # how often a file is looked at again because somebody changed the same records meanwhile
SHOWN = (NEW, CHANGED, WRONG, ASKED)
ALREADY_SO = "Nothing was changed: all of it is here already."
EPILOG = """Without --apply nothing is changed: each line is answered with what it would do, and a summary.
With it everything is written in one transaction, or, where one line is wrong or asks something, nothing is.
Ends with 0 if all lines are fine, 1 if one is not, 2 if the file cannot be read.

The kind is known by the headers: customers (name), contacts (customer, name), issues (customer, summary),
promises (customer, due). CSV with commas, semicolons or tabs, or JSON: an array, or an object a line.
UTF-8, or UTF-16 with its mark. Times are ISO 8601 with offset: 2026-12-04T17:30-05:00.
People are written as a handle, a name or a Slack id. An empty cell changes nothing; nothing is ever taken away.

The same file twice changes nothing the second time. A customer is known by its name, whatever its case and legal
form; a contact by customer and name; an issue or promise by its number, else by customer, words and time.
Issues and promises that are here already are left as they are.

Import customers first, then contacts, issues, promises."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `import` takes to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("file", metavar="FILE", type=Path, help="a CSV or JSON file")
    parser.add_argument("--what", choices=list(columns.KINDS), help="what is in it (by its headers)")
    parser.add_argument("--apply", action="store_true", help="write it, all or nothing")
    parser.add_argument("--near-is-new", action="store_true", help="names one slip apart are different customers")


def run(arguments: argparse.Namespace) -> int:
    """Look at the file, say what it would do, and do it if asked; returns the exit status."""
    try:
        with machine.database(from_environment()) as db:
            return _import(db, arguments)
    except (SettingsError, machine.UnusableError, UnreadableError, OSError) as error:
        machine.complain(error)
        return 2


def _import(db: Engine, arguments: argparse.Namespace) -> int:
    now = int(time.time())
    for _ in range(TRIES):
        staging = Staging()
        try:
            planner = _look(db, arguments, staging, now)
            counts = staging.counts()
            is_fine = not counts.keys() & {WRONG, ASKED}
            if not (arguments.apply and is_fine):
                _say(planner, staging, "would be ")
                machine.say(_outcome(arguments, counts, is_fine=is_fine))
                return int(not is_fine)
            took = _write(db, planner.kind, staging, now)
            if took is not None:
                _say(planner, staging, "")
                machine.say(f"Applied, in one transaction of {took:.1f} s." if _has_news(counts) else ALREADY_SO)
                return 0
        finally:
            staging.close()
    raise machine.UnusableError("Others keep changing the same records. Nothing was changed; try again.")


def _look(db: Engine, arguments: argparse.Namespace, staging: Staging, now: int) -> Planner:
    """Put down what every line would do, in one consistent view of the data and without keeping anybody waiting."""
    with arguments.file.open("rb") as file, open_source(file) as source:
        planner = Planner(db, _kind(arguments, source), source, staging, now)
        db.begin(writing=False)
        try:
            with Progress("Reading line") as told:
                planner.plan(near_is_new=arguments.near_is_new, told=told)
        finally:
            db.rollback()
    return planner


def _kind(arguments: argparse.Namespace, source: Source) -> str:
    kind = arguments.what or columns.detect(source.headers)
    if kind is None:
        headers = ", ".join(source.headers[:20]) or "none"
        raise UnreadableError(f"I can't tell what is in it by its headers ({headers[:300]}). Say it: --what customers")
    if source.is_csv and (problems := columns.read(kind, source.headers).problems):
        raise UnreadableError(f"line 1: {'; '.join(problems)}. The columns of {kind}: {_names(kind)}")
    return str(kind)


def _names(kind: str) -> str:
    return ", ".join(column.name for column in columns.KINDS[kind])


def _write(db: Engine, kind: str, staging: Staging, now: int) -> float | None:
    """Write everything in one transaction; how long it held the database, in seconds, or None where it has changed."""
    counts = staging.counts()
    total = counts.get(NEW, 0) + counts.get(CHANGED, 0)
    db.begin(writing=True)
    begun = time.monotonic()
    try:
        with Progress("Writing", total) as told:
            for written in transfer.write(db, kind, staging, now):
                told(written)
        db.commit()
    except transfer.ConflictError:
        db.rollback()
        return None
    except BaseException:
        db.rollback()
        raise
    return time.monotonic() - begun


def _say(planner: Planner, staging: Staging, would: str) -> None:
    """One line for each that does something or cannot, then the summary."""
    for remark in planner.source.remarks:
        machine.say(f"The file: {remark}")
    if planner.unknown:
        machine.say(f"Not read, for no column of {planner.kind} is called so: {', '.join(planner.unknown)}")
    for line, verdict, words in staging.verdicts():
        if verdict in SHOWN or ": the same as " in words:
            machine.say(f"{planner.source.unit} {line}: {words}")
    counts = staging.counts()
    told = [f"{counts.get(NEW, 0):,} {would}new", f"{counts.get(CHANGED, 0):,} {would}changed"]
    told += [f"{counts.get(SAME, 0):,} already so"]
    told += [f"{counts[WRONG]:,} wrong"] if WRONG in counts else []
    told += [f"{counts[ASKED]:,} to be answered"] if ASKED in counts else []
    machine.say(f"{planner.kind.capitalize()}: {', '.join(told)}.")


def _has_news(counts: dict[str, int]) -> bool:
    return bool(counts.keys() & {NEW, CHANGED})


def _outcome(arguments: argparse.Namespace, counts: dict[str, int], *, is_fine: bool) -> str:
    """What happened to the records, and what to type next."""
    if not counts:
        return "There is nothing in it."
    if is_fine and not _has_news(counts):
        return ALREADY_SO
    if is_fine:
        return f"Nothing was changed. To do it: python -m bot import {arguments.file} --apply"
    answers = " Where such names are different customers indeed, add --near-is-new." if ASKED in counts else ""
    return f"Nothing was changed, and nothing can be until these lines are right.{answers}"
