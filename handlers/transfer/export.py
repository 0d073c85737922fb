"""Records as the lines of a file: CSV for spreadsheets, JSON for programs; a page in memory at a time.

What is left of forgotten customers, bare rows for the figures alone, is left out.
"""

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from handlers.transfer import cells, columns
from handlers.transfer.checking import People
from storage import customers, transfer
from storage.database import Database, Row

Values = dict[str, Any]

# Excel takes a CSV file without this mark for its country's old code page, and writes MÃ¼ller for Müller.
ENCODINGS = {"csv": "utf-8-sig", "json": "utf-8"}


def write(db: Database, kind: str, form: str, file: TextIO, told: Callable[[int], None] = lambda _: None) -> int:
    """Write all records of a kind into a file, as ``csv`` or ``json``; returns how many. ``told`` hears the count."""
    names = [column.name for column in columns.KINDS[kind]]
    count = 0
    put = _as_table(file, names) if form == "csv" else _as_objects(file)
    for values in RECORDS[kind](db, People(db)):
        put({name: values.get(name) for name in names}, count)
        count += 1
        told(count)
    if form == "json":
        file.write("\n]\n" if count else "[]\n")
    return count


Put = Callable[[Values, int], None]


def _as_table(file: TextIO, names: list[str]) -> Put:
    table = csv.writer(file)
    table.writerow(names)
    return lambda values, _: table.writerow([cells.written(value) for value in values.values()]) and None


def _as_objects(file: TextIO) -> Put:
    def put(values: Values, count: int) -> None:
        there = {name: value for name, value in values.items() if value not in (None, [])}
        file.write((",\n" if count else "[\n") + json.dumps(there, ensure_ascii=False))

    return put


def _customers(db: Database, people: People) -> Iterator[Values]:
    for page in transfer.pages(db, "customers", "name <> ''"):
        names = transfer.of_page(db, "customer_names", "customer_id", page, "customer_id, key")
        rooms = transfer.of_page(db, "channels", "customer_id", page, "customer_id, name, id")
        for row in page:
            own = customers.fold(row["name"])
            if own == customers.fold(customers.UNKNOWN):
                continue
            yield row | {
                "aliases": [one["name"] for one in names[row["id"]] if one["key"] != own],
                "owner": people.shown(row["owner_id"]),
                "backup": people.shown(row["backup_id"]),
                "channels": [room["id"] for room in rooms[row["id"]]],
            }


def _contacts(db: Database, _: People) -> Iterator[Values]:
    called = _Names(db)
    for page in transfer.pages(db, "contacts"):
        for row in page:
            yield row | {"customer": called.of(row["customer_id"])}


def _issues(db: Database, people: People) -> Iterator[Values]:
    called = _Names(db)
    for page in transfer.pages(db, "issues", "reporter_id <> ''"):
        notes = transfer.of_page(db, "notes", "record_id", page)
        for row in page:
            yield row | {
                "number": row["id"],
                "customer": called.of(row["customer_id"]),
                "owner": people.shown(row["owner_id"]),
                "reporter": people.shown(row["reporter_id"]),
                "resolved_by": people.shown(row["resolved_by"]),
                "notes": [_entry(people, "notes", note) for note in notes[row["id"]]],
                **{
                    name: cells.iso(row[f"{name}_at"])
                    for name in ("created", "first_response", "escalated", "resolved")
                },
            }


def _promises(db: Database, people: People) -> Iterator[Values]:
    called = _Names(db)
    for page in transfer.pages(db, "promises", "maker_id <> ''"):
        more = {
            table: transfer.of_page(db, table, column, page)
            for table, column in (("notes", "record_id"), ("attempts", "promise_id"), ("moves", "promise_id"))
        }
        for row in page:
            times = {
                name: cells.iso(row[f"{name}_at"], row["zone"])
                for name in ("due", "first_due", "made", "closed", "kept")
            }
            yield (
                row
                | times
                | {
                    "number": row["id"],
                    "customer": called.of(row["customer_id"]),
                    "issue": row["issue_id"],
                    "end_of_day": bool(row["by_close"]),
                    "owner": people.shown(row["owner_id"]),
                    "maker": people.shown(row["maker_id"]),
                    "closed_by": people.shown(row["closed_by"]),
                    **{
                        table: [_entry(people, table, one) for one in found[row["id"]]] for table, found in more.items()
                    },
                }
            )


RECORDS: dict[str, Callable[[Database, People], Iterator[Values]]] = {
    "customers": _customers, "contacts": _contacts, "issues": _issues, "promises": _promises,
}  # fmt: skip


def _entry(people: People, table: str, row: Row) -> Values:
    """A note, an attempt or a move, times with offset and people as elsewhere in the file."""
    found = {name: row[column] for name, column in transfer.ENTRIES[table].items()}
    for name in ("at", "from", "to"):
        found |= {name: cells.iso(found[name])} if name in found else {}
    told = found.get("customer_told")
    return found | {"by": people.shown(found["by"])} | ({"customer_told": bool(told)} if told is not None else {})


class _Names:
    """Customers' names by id; the last few thousand are remembered."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[int, str] = {}

    def of(self, customer_id: int) -> str:
        """The name of a customer."""
        if customer_id not in self._known:
            if len(self._known) > 5000:
                self._known.clear()
            found = customers.find(self._db, customer_id)
            self._known[customer_id] = found.name if found else ""
        return self._known[customer_id]
