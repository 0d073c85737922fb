"""Whom to call about a promise, and what hangs on it for the customer."""

from handlers import text
from handlers.blocks import Item
from storage import contacts, customers
from storage.database import Database
from storage.models import Contact, Promise

LONGEST = 200  # characters of a line; the customer's card has it whole


def lines(db: Database, promise: Promise) -> list[Item]:
    """What the customer depends on us for, and whom to call, as far as it is known."""
    customer = customers.find(db, promise.customer_id)
    depends_on = customer.depends_on if customer else None
    contact = _contact(db, promise)
    return [
        *([f"They depend on us for {text.clip(depends_on, LONGEST)}"] if depends_on else []),
        *([f"Whom to call: {spoken(contact)}"] if contact else []),
    ]


def _contact(db: Database, promise: Promise) -> Contact | None:
    """The person there whom the promise names, else the first."""
    known = contacts.of_customer(db, promise.customer_id)
    said = set(customers.fold(f"{promise.words} {promise.subject}").split())
    named = (contact for contact in known if said & set(customers.fold(contact.name).split()))
    return next(named, known[0] if known else None)


def spoken(contact: Contact) -> str:
    """A person at a customer as one says it: ``Jane Doe (procurement), +1 555 0100, jane@acme.example``."""
    role = f" ({contact.role})" if contact.role else ""
    whole = ", ".join(part for part in (f"{contact.name}{role}", contact.phone, contact.mail) if part)
    phone = contact.phone or ""
    return text.clip(whole, LONGEST).replace(phone, phone.replace(" ", "\xa0"))  # no line breaks within a number
