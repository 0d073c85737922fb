"""Seeded bugs: thirty copies of the code with a mistake in each, and a named test that must find it.

Seed n is bug n of ``_bugs.py``. The test must be green on an untouched copy, or its red says nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig._bugs import BUGS, Bug
from tests.rig.outcome import Outcome

LONG = len(BUGS)
ENGINES = ("sqlite",)

HERE = Path(__file__).parents[2]
WITHIN = 180  # seconds for one test
GREEN, RED = 0, 1  # what pytest says by its exit status


def go(seed: int, _engine: str) -> Outcome:
    """One bug."""
    bug = BUGS[seed - 1]
    with copied() as tree:
        before = tested(tree, bug)
        planted(tree, bug)
        after = tested(tree, bug)
    wrong = [] if before == GREEN else [f"{bug.test} is not green on the untouched copy ({before})"]
    if before == GREEN and after != RED:
        wrong = [f"nobody caught “{bug.name}”: {bug.test} said {after}"]
    return Outcome(Counter({"bugs caught": int(not wrong)}), wrong)


@contextmanager
def copied() -> Iterator[Path]:
    """The tree without its history, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="kept-bug-") as folder:
        tree = Path(folder) / "kept"
        leave_out = shutil.ignore_patterns(".*", "__pycache__", "pictures", "*.db", "*.db-*", "*.jsonl")
        shutil.copytree(HERE, tree, ignore=leave_out)
        yield tree


def planted(tree: Path, bug: Bug) -> None:
    """Put the bug in; its old text must be there exactly once, or the table is out of date."""
    file = tree / bug.file
    whole = file.read_text()
    assert whole.count(bug.old) == 1, f"“{bug.name}”: its text stands {whole.count(bug.old)} times in {bug.file}"
    file.write_text(whole.replace(bug.old, bug.new))


def tested(tree: Path, bug: Bug) -> int | str:
    """What pytest says of the bug's test in this tree; a test on SQLite and over HTTP, where it has several ways."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-k", "not postgresql and not socket", f"tests/{bug.test}"]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "PYTEST_"))}
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=tree, env=known | {"PYTHONPATH": str(tree)}, capture_output=True, timeout=WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        return "nothing in time"
    return done.returncode
