"""People and customers by name, for prose that must not ping anybody."""

from storage import channels, customers, people
from storage.database import Database


def person(db: Database, person_id: str | None) -> str:
    """A person by name; ``nobody yet`` where there is none."""
    if person_id is None:
        return "nobody yet"
    known = people.find(db, person_id)
    return known.name if known else "somebody"


def customer(db: Database, customer_id: int) -> str:
    """A customer by name."""
    known = customers.find(db, customer_id)
    return known.name if known else "a forgotten customer"


def channel(db: Database, channel_id: str) -> str:
    """A channel by name, without its sign."""
    known = channels.find(db, channel_id)
    return known.name if known and known.name else "a channel"
