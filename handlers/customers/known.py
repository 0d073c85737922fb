"""What is known of a customer, in the few lines forms show beneath the customer's name."""

from handlers import names, text
from handlers.blocks import Bold, Line
from handlers.callbacks.whom import spoken
from handlers.when import zones
from storage import contacts, customers, issues
from storage.database import Database
from storage.models import Contact

MOST = 3  # contacts, open issues
SHOWN = 200  # characters of each line


def known(db: Database, customer_id: int) -> list[Line]:
    """Contacts, zone, owner and backup, what they depend on us for, open issues; an empty list if nothing is known."""
    customer = customers.find(db, customer_id)
    if customer is None:
        return []
    told: list[Line] = [["Call ", text.clip(spoken(contact), SHOWN)] for contact in _contacts(db, customer_id)]
    if customer.zone:
        told.append(f"They live by {zones.spoken(customer.zone)}")
    ours = [("Owner", customer.owner_id), ("Backup", customer.backup_id)]
    named = [f"{words}: {names.person(db, person_id)}" for words, person_id in ours if person_id]
    told += [" · ".join(named)] if named else []
    if customer.depends_on:
        told.append(["They depend on us for: ", text.clip(customer.depends_on, SHOWN)])
    found, many = issues.list_open(db, most=MOST, customer_id=customer_id)
    if found:
        each = "; ".join(f"{text.clip(issue.summary, 60)} (#{issue.id})" for issue in found)
        told.append([Bold("Open"), f": {each}{f'; +{many - len(found)} more' if many > len(found) else ''}"])
    return told


def _contacts(db: Database, customer_id: int) -> list[Contact]:
    return contacts.of_customer(db, customer_id)[:MOST]
