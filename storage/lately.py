"""Whom people dealt with lately: the customers of the latest records, for a list to choose from."""

from storage.customers import UNKNOWN
from storage.database import Database
from storage.models import Customer, every

LOOK_AT_ALL = 200  # of the latest issues and as many promises, so that it costs the same with a million of them
LOOK_FOR_ONE = 2000  # the same, where one person's own are looked for among them


def used(db: Database, most: int) -> list[Customer]:
    """The customers of the latest records, the very latest first, each once."""
    return _latest(db, LOOK_AT_ALL, "", most=most)


def own(db: Database, person_id: str, most: int) -> list[Customer]:
    """The customers of what this person reported, promised or owns, as far back as it is looked; the latest first."""
    return _latest(db, LOOK_FOR_ONE, "WHERE owner_id = :me OR by_id = :me", most=most, me=person_id)


def _latest(db: Database, look: int, whose: str, **values: str | int) -> list[Customer]:
    """Issues and promises are numbered in one sequence, so that the higher number is the later one.

    Whoever stands for customers nobody has said yet, or was forgotten, is not among them.
    """
    found = db.rows(
        "SELECT customers.* FROM (SELECT customer_id, MAX(id) AS latest FROM ("
        " SELECT * FROM (SELECT id, customer_id, owner_id, reporter_id AS by_id FROM issues"
        "  ORDER BY id DESC LIMIT :look) AS of_issues"
        " UNION ALL SELECT * FROM (SELECT id, customer_id, owner_id, maker_id AS by_id FROM promises"
        f"  ORDER BY id DESC LIMIT :look) AS of_promises) AS records {whose} GROUP BY customer_id) AS dealt_with"
        " JOIN customers ON customers.id = dealt_with.customer_id AND customers.name NOT IN ('', :unknown)"
        " ORDER BY dealt_with.latest DESC LIMIT :most",
        look=look,
        unknown=UNKNOWN,
        **values,
    )
    return every(Customer, found)
