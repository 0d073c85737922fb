"""A customer as a sheet of paper: each field as the text people read and type.

Forms, one-line edits, Undo, merging and the audit trail all compare and write sheets, so that each field is read,
checked and kept in one place.
"""

from handlers import names, text
from handlers.customers import reading
from handlers.when import zones
from storage import callbacks, channels, contacts, customers, people
from storage.database import Database
from storage.models import Customer

Sheet = dict[str, str]

# The fields in the order they are read, with the words for each.
LABELS = {
    "name": "Name",
    "aliases": "Also known as",
    "tier": "Tier",
    "zone": "Time zone",
    "owner": "Our owner",
    "backup": "Our backup",
    "contacts": "Whom to call",
    "depends_on": "What they depend on us for",
    "cost": "What it costs them when we fail",
    "notes": "Notes",
    "channels": "Their channels",
}
COLUMNS = {"owner": "owner_id", "backup": "backup_id"} | {
    field: field for field in ("name", "tier", "zone", "depends_on", "cost", "notes")
}
LONGEST = {"name": customers.LONGEST_NAME, "tier": 40}  # characters


def of(db: Database, customer: Customer) -> Sheet:
    """The customer as it is kept now; an empty field is an empty text."""
    own = customers.fold(customer.name)
    aliases = [name for name in customers.names(db, customer.id) if customers.fold(name) != own]
    known = contacts.of_customer(db, customer.id)
    listed = {
        "aliases": "\n".join(aliases),
        "contacts": "\n".join(reading.Person(c.name, c.role, c.phone, c.mail).line() for c in known),
        "channels": " ".join(channel.id for channel in channels.of_customer(db, customer.id)),
    }
    columns = {field: getattr(customer, column) or "" for field, column in COLUMNS.items()}
    return {field: (columns | listed)[field] for field in LABELS}


def read(db: Database, field: str, typed: str) -> tuple[str, str]:
    """A field as it would be kept, and what is wrong with it, with what to type instead; one of them is empty."""
    words = typed.strip()
    if field == "zone" and words:
        return _zone(words)
    if field == "contacts":
        return _contacts(words)
    if field == "aliases":
        return "\n".join(reading.aliases(words)), ""
    if field in ("owner", "backup") and words:
        known_person = people.find(db, words)
        outside = known_person is not None and (known_person.is_outsider or known_person.is_bot)
        return (words, "") if not outside else ("", f"Only full members of the workspace can be the {field}.")
    if field == "channels":
        return " ".join(sorted(set(words.split()))), ""
    if field in LONGEST:
        words = " ".join(words.split())
        longest = LONGEST[field]
        return (words, "") if len(words) <= longest else ("", f"At most {longest} characters, please.")
    return words, ""


def _zone(words: str) -> tuple[str, str]:
    meant = reading.zones_meant(words)
    if len(meant) == 1:
        return meant[0], ""
    if meant:
        return "", f"“{words}” may be {text.listed(list(meant), 'or')}. Type one of them."
    return "", f"I know no time zone “{words}”. For example: Berlin, PT, Europe/London"


def _contacts(words: str) -> tuple[str, str]:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    found = [(line, reading.person(line)) for line in lines]
    nameless = next((line for line, person in found if person is None), None)
    if nameless:
        return "", f"Who is “{nameless}”? Begin with the name: Jane Doe, procurement, +1 555 0100"
    return "\n".join(person.line() for _, person in found if person), ""


def problems(db: Database, customer: Customer, wanted: Sheet) -> dict[str, str]:
    """What cannot be kept so, by field: names that are another customer's, a channel that is, no name at all."""
    found: dict[str, str] = {}
    if not customers.fold(wanted["name"]):
        found["name"] = "What is the customer called?"
    for field, typed in (("name", [wanted["name"]]), ("aliases", wanted["aliases"].split("\n"))):
        for name in filter(None, typed):
            other = customers.by_name(db, name)
            if other and other.id != customer.id:
                found.setdefault(field, _taken(name, customer, other))
            elif len(name) > customers.LONGEST_NAME:
                found.setdefault(field, f"At most {customers.LONGEST_NAME} characters for a name, please.")
    for channel_id in wanted["channels"].split():
        channel = channels.find(db, channel_id)
        if channel and channel.customer_id not in (None, customer.id):
            owner = names.customer(db, channel.customer_id or 0)
            found["channels"] = f"#{channel.name} is {owner}'s channel. A channel has one customer."
    return found


def _taken(name: str, customer: Customer, other: Customer) -> str:
    merge = f"One and the same? /customer merge {customer.name} into {other.name}"
    if customers.fold(other.name) == customers.fold(name):
        return f"There is a customer {other.name} already. {merge}"
    return f"“{name}” is a name of {other.name}, and has to be taken off there first. {merge}"


def write(db: Database, customer: Customer, before: Sheet, wanted: Sheet) -> Customer | None:
    """Keep a sheet; None if somebody else changed the customer in between."""
    new = {field: words for field, words in wanted.items() if words != before[field]}
    values = {COLUMNS[field]: words or None for field, words in new.items() if field in COLUMNS}
    changed = customers.change(db, customer, **values)
    if changed is None:
        return None
    if "name" in new or "aliases" in new:
        customers.names_are(db, customer.id, [wanted["name"], *wanted["aliases"].split("\n")])
    if "contacts" in new:
        known = [reading.person(line) for line in wanted["contacts"].split("\n")]
        contacts.replace(db, customer.id, [person.columns() for person in known if person])
    if "channels" in new:
        channels.are_of_customer(db, customer.id, wanted["channels"].split())
    if "owner" in new or "backup" in new:
        callbacks.plan_anew(db, customer_id=customer.id)  # who hears of its promises may be others now
    return changed


def shown(db: Database, field: str, kept: str) -> str:
    """A field in words, on one line: people and channels by name."""
    if not kept:
        return "not known" if field not in ("owner", "backup") else "nobody"
    if field in ("owner", "backup"):
        return names.person(db, kept)
    if field == "zone":
        return f"{zones.spoken(kept)} ({kept})"
    if field == "channels":
        return ", ".join(f"#{names.channel(db, channel_id)}" for channel_id in kept.split())
    return ("; " if field == "contacts" else ", " if field == "aliases" else " · ").join(kept.split("\n"))
