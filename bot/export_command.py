"""`python -m bot export`: customers, contacts, issues and promises as CSV or JSON, while the bot runs."""

import argparse
import os
from pathlib import Path

from bot import machine
from bot.config import SettingsError, from_environment
from bot.progress import Progress
from handlers.transfer import columns, export
from storage.database import Engine

EVERYTHING = "all"
EPILOG = """examples:
  python -m bot export --what customers customers.csv
  python -m bot export exported            (a folder: one file of each kind)
  python -m bot export --what issues --format json issues.json

A cell that a spreadsheet would take for a formula begins with an apostrophe; import takes it away again.
CSV files begin with the mark by which Excel knows UTF-8. Files can be read by you alone."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `export` takes to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("to", metavar="FILE-or-FOLDER", type=Path, help="where to; a folder for all kinds")
    parser.add_argument("--what", choices=[*columns.KINDS, EVERYTHING], default=EVERYTHING, help="what (all)")
    parser.add_argument("--format", choices=["csv", "json"], help="the form (by the file's name, else csv)")


def run(arguments: argparse.Namespace) -> int:
    """Write the files and say so; 0, or 2 with what to do."""
    kinds = list(columns.KINDS) if arguments.what == EVERYTHING else [arguments.what]
    try:
        with machine.database(from_environment()) as db:
            db.begin(writing=False)  # one view of the data for all files
            for kind in kinds:
                path, form = _place(arguments.to, kind, arguments.format, alone=len(kinds) == 1)
                machine.say(f"{path}: {_written(db, kind, form, path):,} {kind}")
    except (SettingsError, machine.UnusableError, OSError) as error:
        machine.complain(error)
        return 2
    return 0


def _place(to: Path, kind: str, form: str | None, *, alone: bool) -> tuple[Path, str]:
    """Which file a kind goes to, in which form."""
    form = form or ("json" if to.suffix.lower() == ".json" else "csv")
    if alone and not to.is_dir():
        return to, form
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    return to / f"{kind}.{form}", form


def _written(db: Engine, kind: str, form: str, path: Path) -> int:
    """Write one file beside its place and move it there when it is whole: half a file is never left."""
    half = path.with_name(f"{path.name}.part")
    rows = db.row(f"SELECT COUNT(*) AS n FROM {kind}")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "w", encoding=export.ENCODINGS[form], newline="") as file,
            Progress(f"Writing {kind}", rows["n"] if rows else 0) as told,
        ):
            count = export.write(db, kind, form, file, told)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return count
