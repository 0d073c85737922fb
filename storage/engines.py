"""Which database there is: a SQLite file by its path, or a PostgreSQL server by its address.

psycopg is only imported where PostgreSQL is used.
"""

import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from storage.database import Engine, SQLite


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """A PostgreSQL database; shown without the name and password in its address, and without its options."""

    url: str

    def __str__(self) -> str:
        """Where it is, for people."""
        address = urlsplit(self.url)
        return f"postgresql://{address.netloc.rpartition('@')[2]}{address.path}"

    __repr__ = __str__


Place: TypeAlias = Path | Server


def open_engine(place: Place) -> Engine:
    """Connect to a database; raises one of ``failures()``."""
    if isinstance(place, Path):
        return SQLite(place)
    from storage.postgres import PostgreSQL  # noqa: PLC0415 - 150 ms and 10 MB that SQLite need not pay

    return PostgreSQL(place.url)


def failures() -> tuple[type[Exception], ...]:
    """What a database may raise that cannot be reached, written or understood."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error, psycopg.Error) if psycopg else (sqlite3.Error,)


def is_there(place: Place) -> bool:
    """Whether a file is there; a server is there or says itself that it is not."""
    return not isinstance(place, Path) or place.exists()


def wrong_address(url: str) -> str:
    """What is wrong with the address of a PostgreSQL server, empty if nothing is."""
    import psycopg.conninfo  # noqa: PLC0415

    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error as error:
        return str(error).strip()
    return ""
