"""Whom to call at a customer."""

from storage.database import Database, append
from storage.models import Contact, every


def of_customer(db: Database, customer_id: int) -> list[Contact]:
    """The people there, in the order they were written down: the first is called first."""
    return every(Contact, db.rows("SELECT * FROM contacts WHERE customer_id = :id ORDER BY id", id=customer_id))


def replace(db: Database, customer_id: int, people: list[dict[str, str | None]]) -> None:
    """Write down anew who is there, in this order; each has a name, and a role, phone and mail if known."""
    db.run("DELETE FROM contacts WHERE customer_id = :id", id=customer_id)
    for person in people:
        append(db, "contacts", customer_id=customer_id, **person)
