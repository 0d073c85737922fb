"""What stands in a database, whichever it is: its rows, all of it as text, and the very bytes of its files."""

import json
from contextlib import closing
from pathlib import Path

from storage import catalog
from storage.engines import Place, open_engine


def rows(place: Place, sql: str) -> list[tuple]:
    """What a query finds, as another process sees it."""
    with closing(open_engine(place)) as db:
        return [tuple(row.values()) for row in db.rows(sql)]


def everything(place: Place) -> str:
    """All rows of all tables, as text."""
    with closing(open_engine(place)) as db:
        return dump(db)


def dump(db, but=()) -> str:
    """All rows of all tables but these, as text."""
    return json.dumps({table: db.rows(f"SELECT * FROM {table}") for table in catalog.tables(db) if table not in but})


def bytes_of(place: Place) -> bytes:
    """All that stands in the files of a database; of a server's, in those of its tables and indexes."""
    if isinstance(place, Path):
        return b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))
    with closing(open_engine(place)) as db:
        db.run("CHECKPOINT")  # so that the files hold what its memory holds
        files = db.rows(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) AS bytes FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND oid >= 16384"
        )
        return b"".join(bytes(one["bytes"]) for one in files)
