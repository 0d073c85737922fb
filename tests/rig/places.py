"""A database of a run's own, on either engine, and whoever looks into it."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from storage.database import SQLite
from storage.engines import Place, Server
from storage.postgres import PostgreSQL
from tests import servers

_NUMBERS = count()


@contextmanager
def place(engine: str, *, empty: bool = False) -> Iterator[Place]:
    """A database with all its tables and nothing in them, gone afterwards; ``empty`` leaves the tables out too."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
            if not empty:
                shutil.copyfile(_empty_file(), Path(folder) / "kept.db")
            yield Path(folder) / "kept.db"
    else:
        template = None if empty else _empty_database()
        with servers.database(_server(), f"rig_{os.getpid()}_{next(_NUMBERS)}", template) as url:
            yield Server(url)


def url_of(where: Place) -> str:
    """What stands in DATABASE_URL for it."""
    return where.url if isinstance(where, Server) else f"sqlite:///{where}"


@cache
def _empty_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kept-rig-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = SQLite(folder / "kept.db")
    made.migrate()
    made.close()
    return folder / "kept.db"


@cache
def _empty_database() -> str:
    name = f"rig_empty_{os.getpid()}"
    holder = servers.database(_server(), name)
    made = PostgreSQL(holder.__enter__())
    atexit.register(_let_go, holder)
    made.migrate()
    made.close()
    return name


def _let_go(holder: AbstractContextManager[str]) -> None:
    with suppress(psycopg.OperationalError):  # the server may have gone with the tests, and the database with it
        holder.__exit__(None, None, None)


@cache
def _server() -> str:
    """The server of the tests that run, or one of this process's own."""
    if not os.environ.keys() & {"TEST_DATABASE_URL", servers.FOLDER}:
        folder = Path(tempfile.mkdtemp(prefix=f"{servers.PREFIX}{os.getpid()}-"))
        os.environ[servers.FOLDER] = str(folder)
        atexit.register(servers.stop, folder)
    return servers.address()
