"""Many records at once: read page by page for an export, written many to a statement for an import."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from storage import callbacks, facts, homes, people, retention, search
from storage.database import Database, Row
from storage.staging import Staging

PAGE = 500  # rows read, or lines written, at a time
ROWS_AT_ONCE = 10  # rows in a statement; SQLite looks a named value up among all of its statement's, one by one
MACHINE = "machine"  # who did what nobody did in Slack, and the surface it was done from

Values = dict[str, Any]


class ConflictError(Exception):
    """The records changed between the look at the file and the writing: it has to be looked at again."""


def pages(db: Database, table: str, where: str = "1 = 1") -> Iterator[list[Row]]:
    """All rows of a table with an id, in its order, a page at a time."""
    after = 0
    sql = f"SELECT * FROM {table} WHERE id > :after AND {where} ORDER BY id LIMIT :most"
    while page := db.rows(sql, after=after, most=PAGE):
        yield page
        after = page[-1]["id"]


def of_page(db: Database, table: str, column: str, page: list[Row], order: str = "id") -> dict[int, list[Row]]:
    """The rows of another table that belong to these, by the id of theirs."""
    found: dict[int, list[Row]] = {row["id"]: [] for row in page}
    sql = f"SELECT * FROM {table} WHERE {column} BETWEEN :first AND :last ORDER BY {order}"
    for row in db.rows(sql, first=page[0]["id"], last=page[-1]["id"]):
        if row[column] in found:
            found[row[column]].append(row)
    return found


def every_name(db: Database) -> Iterator[Row]:
    """Every name and alias with its key, a page at a time."""
    after = ""
    sql = "SELECT key, name FROM customer_names WHERE key > :after ORDER BY key LIMIT :most"
    while page := db.rows(sql, after=after, most=PAGE):
        yield from page
        after = page[-1]["key"]


def insert_many(db: Database, table: str, rows: list[Values], returning: str = "") -> list[Row]:
    """Insert rows of the same columns, several to a statement; raises ConflictError where one is there already."""
    made: list[Row] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        made += _insert(db, table, rows[start : start + ROWS_AT_ONCE], returning)
    return made


def _insert(db: Database, table: str, rows: list[Values], returning: str) -> list[Row]:
    sql = _insert_sql(table, tuple(rows[0]), len(rows))
    values = {f"v{n}": value for n, value in enumerate(value for row in rows for value in row.values())}
    if returning:
        made = db.rows(f"{sql} RETURNING {returning}", **values)
        count = len(made)
    else:
        made, count = [], db.run(sql, **values)
    if count != len(rows):
        raise ConflictError
    return made


@cache
def _insert_sql(table: str, names: tuple[str, ...], rows: int) -> str:
    width = len(names)
    places = ", ".join(
        f"({', '.join(f':v{place}' for place in range(row * width, (row + 1) * width))})" for row in range(rows)
    )
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {places} ON CONFLICT DO NOTHING"


def write(db: Database, kind: str, staging: Staging, now: int) -> Iterator[int]:
    """Write what was planned, within a transaction somebody else opened; yields how many lines were written so far.

    Raises ConflictError where the records are not as they were when it was planned.
    """
    # What has no number yet must not take one that a later line brings along.
    db.run("UPDATE numbers SET last = :most WHERE name = 'record' AND last < :most", most=staging.highest)
    written = 0
    for plans in staging.plans(PAGE):
        WRITERS[kind](db, plans, now)
        written += len(plans)
        yield written


def _audit(db: Database, now: int, entries: Iterable[Values]) -> None:
    """One entry for each record."""
    common = {"at": now, "person_id": MACHINE, "surface": MACHINE, "deed": "imported"}
    empty: Values = {"record_id": None, "customer_id": None, "detail": None}
    insert_many(db, "audit", [{**common, **empty, **entry} for entry in entries])


def _customers(db: Database, plans: list[Values], now: int) -> None:
    new = [plan for plan in plans if "new" in plan]
    columns = ("zone", "owner_id", "backup_id", "tier", "depends_on", "cost", "notes")
    rows = [{"name": plan["new"], "created_at": now, **{c: plan["set"].get(c) for c in columns}} for plan in new]
    ids = {row["name"]: row["id"] for row in insert_many(db, "customers", rows, "id, name")}
    for plan in new:
        plan["id"] = ids[plan["new"]]
    changed = [plan for plan in plans if "new" not in plan]
    for plan in changed:
        _touch(db, plan["id"], plan["version"], plan["set"])
        if plan["set"].keys() & {"owner_id", "backup_id"}:
            callbacks.plan_anew(db, customer_id=plan["id"])  # who hears of its promises may be others now
    _names(db, plans)
    for plan in plans:
        for channel_id in plan["channels"]:
            db.run("UPDATE channels SET customer_id = :id WHERE id = :channel_id", id=plan["id"], channel_id=channel_id)
    _audit(db, now, [{"customer_id": plan["id"], "detail": _detail(plan)} for plan in plans])


def _names(db: Database, plans: list[Values]) -> None:
    """Names and their words for type-ahead, as ``customers.add_name`` keeps them."""
    named = [(key, name, plan["id"]) for plan in plans for key, name in plan["names"]]
    insert_many(db, "customer_names", [{"key": key, "name": name, "customer_id": of} for key, name, of in named])
    words = [(key, place, key.split(" ")) for key, _, _ in named for place in range(key.count(" ") + 1)]
    rows = [{"key": key, "words": " ".join(split[place:]), "is_later": int(place > 0)} for key, place, split in words]
    insert_many(db, "name_words", rows)


def _detail(plan: Values) -> str:
    """What the audit trail keeps of a customer's change, as a change made in Slack is kept."""
    changes = {name.removesuffix("_id"): [old or "", new or ""] for name, (old, new) in plan.get("changes", {}).items()}
    return json.dumps({"version": plan.get("version", 0) + 1, "changes": changes})


def _touch(db: Database, customer_id: int, version: int | None, values: Values) -> None:
    """Change a customer as it was when it was looked at."""
    sets = "".join(f"{name} = :{name}, " for name in values)
    sql = f"UPDATE customers SET {sets}version = version + 1 WHERE id = :id AND version = :version"
    if db.run(sql, id=customer_id, version=version, **values) != 1:
        raise ConflictError


def _contacts(db: Database, plans: list[Values], now: int) -> None:
    for customer_id in {plan["customer_id"] for plan in plans}:
        if db.run("UPDATE customers SET version = version + 1 WHERE id = :id", id=customer_id) != 1:
            raise ConflictError
    columns = ("role", "phone", "mail")
    new = [plan for plan in plans if "id" not in plan]
    if any(_has_contact(db, plan) for plan in new):
        raise ConflictError
    rows = [{"customer_id": p["customer_id"], "name": p["name"], **{c: p["set"].get(c) for c in columns}} for p in new]
    insert_many(db, "contacts", rows)
    for plan in plans:
        if "id" in plan:
            sets = ", ".join(f"{name} = :{name}" for name in plan["set"])
            if db.run(f"UPDATE contacts SET {sets} WHERE id = :id", id=plan["id"], **plan["set"]) != 1:
                raise ConflictError
    entries = [{"customer_id": p["customer_id"], "detail": json.dumps({"contact": p["name"]})} for p in plans]
    _audit(db, now, entries)


def _has_contact(db: Database, plan: Values) -> bool:
    sql = "SELECT 1 AS yes FROM contacts WHERE customer_id = :id AND name = :name"
    return db.row(sql, id=plan["customer_id"], name=plan["name"]) is not None


def _take_numbers(db: Database, rows: list[Values]) -> None:
    """Give every record its number: the one it has, if nobody took it meanwhile, or the next."""
    numbered = [row["id"] for row in rows if row["id"] is not None]
    for table in ("issues", "promises"):
        if numbered and _any_there(db, table, numbered):
            raise ConflictError
    for row in rows:
        row["id"] = row["id"] or facts.next_number(db)


def _any_there(db: Database, table: str, ids: list[int]) -> bool:
    places = ", ".join(f":id{n}" for n in range(len(ids)))
    values = {f"id{n}": one for n, one in enumerate(ids)}
    return db.row(f"SELECT 1 AS yes FROM {table} WHERE id IN ({places}) LIMIT 1", **values) is not None


def _issues(db: Database, plans: list[Values], now: int) -> None:
    rows = [plan["row"] for plan in plans]
    _take_numbers(db, rows)
    insert_many(db, "issues", rows)
    _to_be_erased(db, [row["resolved_at"] for row in rows if row["resolved_at"] is not None])
    _entries(db, "notes", {"record_id": "id", "customer_id": "customer_id"}, plans)
    for row in rows:
        search.index(db, row["id"])
    homes.changed(db, *{row["owner_id"] for row in rows if row["resolved_at"] is None})
    _audit(db, now, [{"record_id": row["id"]} for row in rows])


def _promises(db: Database, plans: list[Values], now: int) -> None:
    rows = [plan["row"] for plan in plans]
    _take_numbers(db, rows)
    insert_many(db, "promises", rows)
    _to_be_erased(db, [row["closed_at"] for row in rows if row["closed_at"] is not None])
    _entries(db, "notes", {"record_id": "id", "customer_id": "customer_id"}, plans)
    _entries(db, "attempts", {"promise_id": "id"}, plans)
    _entries(db, "moves", {"promise_id": "id"}, plans)
    owners = {row["owner_id"] for row in rows if row["closed_at"] is None}
    homes.changed(db, *owners)
    for owner in owners:
        people.owns_more(db, owner)
    _audit(db, now, [{"record_id": row["id"]} for row in rows])


def _to_be_erased(db: Database, closings: list[int]) -> None:
    """Have the words of what was closed long ago erased, too: retention goes on from the earliest of it."""
    came_to = facts.fact(db, retention.ERASED)
    if came_to is not None and closings and min(closings) < int(came_to):
        facts.remember(db, retention.ERASED, str(min(closings)))


ENTRIES = {
    "notes": {"at": "at", "by": "person_id", "words": "words"},
    "attempts": {"at": "at", "by": "person_id"},
    "moves": {
        "at": "at", "by": "person_id", "from": "from_due_at", "to": "to_due_at", "customer_told": "customer_told",
    },
}  # fmt: skip


def _entries(db: Database, table: str, of: dict[str, str], plans: list[Values]) -> None:
    """Write the entries of records; ``of`` are the columns that say whose they are, each with the record's own."""
    rows = [
        {to: plan["row"][column] for to, column in of.items()}
        | {to: entry.get(name) for name, to in ENTRIES[table].items()}
        for plan in plans
        for entry in plan[table]
    ]
    insert_many(db, table, rows)


WRITERS = {"customers": _customers, "contacts": _contacts, "issues": _issues, "promises": _promises}
