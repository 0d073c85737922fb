"""Making one customer of two: everything that speaks of the one speaks of the other afterwards."""

import json
from typing import Any

from storage import customers, drafts, homes, search, told
from storage.database import Database
from storage.models import Customer

MOVED = customers.SPEAK_OF_ONE


def count(db: Database, customer_id: int) -> dict[str, int]:
    """How many rows of each table speak of a customer."""
    counted = {
        table: db.row(f"SELECT COUNT(*) AS n FROM {table} WHERE customer_id = :id", id=customer_id) for table in MOVED
    }
    return {table: int(row["n"]) if row else 0 for table, row in counted.items()}


def move(db: Database, gone: Customer, into: Customer) -> dict[str, list[Any]]:
    """Move all that speaks of ``gone`` to ``into`` and drop ``gone``; returns the keys of what was moved, by table."""
    moved = {table: _moved(db, table, gone.id, into.id) for table in MOVED}
    moved["names"] = _moved(db, "customer_names", gone.id, into.id, key="key")
    moved["digests"] = _moved(db, "digests", gone.id, into.id, key="channel_id")
    db.run("UPDATE notes SET customer_id = :into WHERE customer_id = :gone", into=into.id, gone=gone.id)
    _move_audit(db, gone.id, into.id)
    told.moved(db, gone.id, into.id)
    moved["drafts"] = _in_drafts(db, gone.id, into.id)
    for issue_id in moved["issues"]:
        search.index(db, issue_id)
    db.run("DELETE FROM customers WHERE id = :id", id=gone.id)
    return moved


def _moved(db: Database, table: str, gone: int, into: int, key: str = "id") -> list[Any]:
    rows = db.rows(
        f"UPDATE {table} SET customer_id = :into WHERE customer_id = :gone RETURNING {key}", into=into, gone=gone
    )
    return sorted(row[key] for row in rows)


def _move_audit(db: Database, gone: int, into: int) -> None:
    """The entries follow; the versions in them were those of the customer that is gone, and undo nothing any more."""
    for row in db.rows("SELECT id, detail FROM audit WHERE customer_id = :gone", gone=gone):
        detail = json.loads(row["detail"] or "{}")
        detail["version_before_merge"] = detail.pop("version", None)
        db.run(
            "UPDATE audit SET customer_id = :into, detail = :detail WHERE id = :id",
            into=into,
            detail=json.dumps(detail),
            id=row["id"],
        )


def _in_drafts(db: Database, gone: int, into: int) -> list[int]:
    """Have the answers offered to open questions mean the customer that stays."""
    changed = []
    for row in db.rows(f"SELECT id, person_id, choices FROM drafts WHERE {drafts.WAITING}"):
        choices = json.loads(row["choices"])
        meant = [one for one in choices if one.get("settled", {}).get("customer") == str(gone)]
        for choice in meant:
            choice["settled"]["customer"] = str(into)
        if meant:
            db.run("UPDATE drafts SET choices = :choices WHERE id = :id", choices=json.dumps(choices), id=row["id"])
            homes.changed(db, row["person_id"])
            changed.append(int(row["id"]))
    return changed
