"""Customers and the names they go by; "Acme", "ACME Inc." and "acme " are one."""

import re
import unicodedata
from typing import Any

from storage import search
from storage.database import Database, append, insert
from storage.models import Customer, every, one

# The legal tails people leave out when they speak of a company.
COMPANY_FORMS = frozenset(
    {
        *(
            "inc",
            "ltd",
            "llc",
            "llp",
            "plc",
            "gmbh",
            "ag",
            "sa",
            "srl",
            "bv",
            "nv",
            "co",
            "corp",
            "pty",
            "kg",
            "oy",
            "ab",
        ),
        *("incorporated", "limited", "corporation", "company"),
    }
)

LONGEST_NAME = 60  # characters (brief, section 2)
HIGHEST = "\U0010ffff"  # sorts after every letter there is


def fold(name: str) -> str:
    """The key a name is found by: case, accents, punctuation, spacing and the legal form are folded away."""
    words = words_of(name)
    while len(words) > 1 and words[-1] in COMPANY_FORMS:
        words.pop()
    return " ".join(words)


def words_of(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain.replace("'", "").replace("’", ""))


def find(db: Database, customer_id: int) -> Customer | None:
    """The customer with this id; None once it was forgotten."""
    row = db.row("SELECT * FROM customers WHERE id = :id AND name <> ''", id=customer_id)
    return None if row is None else one(Customer, row)


def by_name(db: Database, name: str) -> Customer | None:
    """The customer with this name or alias."""
    row = db.row(
        "SELECT customers.* FROM customer_names JOIN customers ON customers.id = customer_names.customer_id"
        " WHERE customer_names.key = :key",
        key=fold(name),
    )
    return None if row is None else one(Customer, row)


def nearly_named(db: Database, name: str) -> list[Customer]:
    """Customers with a name one typing slip away from this; names that differ in a digit are never near."""
    key = fold(name)
    if len(key) < 5:
        return []
    near = "SELECT key, customer_id FROM customer_names WHERE LENGTH(key) BETWEEN :least AND :most"
    found = db.rows(  # each half is found in an index of its own
        f"{near} AND SUBSTR(key, 1, 2) = :start UNION {near} AND SUBSTR(key, LENGTH(key) - 1) = :end",
        least=len(key) - 1,
        most=len(key) + 1,
        start=key[:2],
        end=key[-2:],
    )
    ids = sorted({row["customer_id"] for row in found if one_slip_apart(key, row["key"])})
    return [customer for customer_id in ids if (customer := find(db, customer_id))]


def one_slip_apart(left: str, right: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour turns one word into the other."""
    if left == right or [c for c in left if c.isdigit()] != [c for c in right if c.isdigit()]:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    swapped = len(a) == len(b) and len(a) > 1 and a[1] + a[0] + a[2:] == b
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


def named_at_start(db: Database, words: list[str]) -> tuple[Customer, int] | None:
    """The customer with the longest stored name at the start of these words, and how many words the name takes."""
    longest = min(len(words), 8)
    for taken in range(longest, 0, -1):
        name = " ".join(words[:taken])
        if len(name) <= LONGEST_NAME and (customer := by_name(db, name)):
            return customer, taken
    return None


def add(db: Database, name: str, now: int, zone: str | None = None) -> Customer:
    """Keep a new customer under this name."""
    row = insert(db, "customers", name=name, zone=zone, created_at=now)
    add_name(db, row["id"], name)
    return one(Customer, row)


def add_name(db: Database, customer_id: int, name: str) -> None:
    """Have a customer found by one more name; nobody may have it yet."""
    key = fold(name)
    append(db, "customer_names", key=key, name=name, customer_id=customer_id)
    words = key.split(" ")
    for place in range(len(words)):
        append(db, "name_words", key=key, words=" ".join(words[place:]), is_later=int(place > 0))


def suggest(db: Database, typed: str, most: int = 20) -> list[Customer]:
    """Customers of whom a name or alias has a word that begins as typed; those whose name begins so come first.

    At most ``most``, each once, in the order of the alphabet; with nothing typed, the first there are.
    """
    found: dict[int, None] = {}
    for start, end in _ranges(typed):
        for is_later in (0, 1):
            if len(found) <= most:  # one more than asked for, in case the stand-in is among them
                found |= dict.fromkeys(_named_between(db, start, end, is_later, most))
    known = [customer for customer_id in list(found)[: most + 1] if (customer := find(db, customer_id))]
    return [customer for customer in known if fold(customer.name) != fold(UNKNOWN)][:most]


def _ranges(typed: str) -> list[tuple[str, str]]:
    """Where in the order of names to look: the whole name, what begins so, the name before half a legal form."""
    words = words_of(typed)
    if typed.strip() and not words:
        return []
    whole, begun = fold(typed), " ".join(words)
    ranges = [(whole, whole + " ")] if whole != begun else []
    ranges.append((begun, begun + HIGHEST))
    if len(words) > 1 and any(form.startswith(words[-1]) for form in COMPANY_FORMS):
        before = " ".join(words[:-1])
        ranges.append((before, before + " "))
    return ranges


def _named_between(db: Database, start: str, end: str, is_later: int, most: int) -> list[int]:
    found = db.rows(
        "SELECT customer_names.customer_id FROM name_words"
        " JOIN customer_names ON customer_names.key = name_words.key"
        " WHERE is_later = :is_later AND words >= :start AND words < :end ORDER BY words LIMIT :most",
        is_later=is_later,
        start=start,
        end=end,
        most=most * 3,  # a customer may have several names that begin alike
    )
    return [row["customer_id"] for row in found]


CHANGEABLE = frozenset({"name", "zone", "owner_id", "backup_id", "tier", "depends_on", "cost", "notes"})

SPEAK_OF_ONE = ("issues", "promises", "contacts", "feedback", "channels")  # the tables that name a customer


def change(db: Database, customer: Customer, **values: Any) -> Customer | None:
    """Change a customer as it was read; None if somebody else changed it in between.

    Without values only its version counts on, for what is kept of it elsewhere: names, contacts, channels.
    """
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not a changeable column of a customer: {sorted(unknown)}")
    row = db.row(
        f"UPDATE customers SET {''.join(f'{name} = :{name}, ' for name in values)}version = version + 1"
        " WHERE id = :id AND version = :version RETURNING *",
        id=customer.id,
        version=customer.version,
        **values,
    )
    if row is not None and "name" in values:
        search.index_customer(db, customer.id)
    return None if row is None else one(Customer, row)


def names(db: Database, customer_id: int) -> list[str]:
    """All names a customer goes by, in the order of the alphabet."""
    found = db.rows("SELECT name FROM customer_names WHERE customer_id = :id ORDER BY key", id=customer_id)
    return [row["name"] for row in found]


def names_are(db: Database, customer_id: int, wanted: list[str]) -> None:
    """Replace all names of a customer; none of them may be anybody else's."""
    db.run("DELETE FROM customer_names WHERE customer_id = :id", id=customer_id)
    for name in {
        fold(name): name for name in reversed(wanted) if fold(name)
    }.values():  # of two that are one, the first counts
        add_name(db, customer_id, name)


def listed(db: Database, most: int) -> tuple[list[Customer], int]:
    """Customers in the order of the alphabet, up to ``most``, and how many there are; without the stand-in."""
    found = db.rows(
        "SELECT customers.* FROM name_words JOIN customer_names ON customer_names.key = name_words.key"
        " JOIN customers ON customers.id = customer_names.customer_id AND customers.name = customer_names.name"
        " WHERE is_later = 0 AND name_words.key <> :unknown ORDER BY words LIMIT :most",
        unknown=fold(UNKNOWN),
        most=most,
    )
    count = db.row("SELECT COUNT(DISTINCT customer_id) AS n FROM customer_names")
    return every(Customer, found), (int(count["n"]) if count else 0) - (by_name(db, UNKNOWN) is not None)


UNKNOWN = "Customer unknown"  # the name an issue stands under until somebody sets its customer


def unknown(db: Database, now: int) -> Customer:
    """The customer of issues whose customer nobody has said yet."""
    return by_name(db, UNKNOWN) or add(db, UNKNOWN, now)


def is_unknown(db: Database, customer_id: int) -> bool:
    """Whether this stands for a customer nobody has said yet."""
    customer = find(db, customer_id)
    return customer is not None and fold(customer.name) == fold(UNKNOWN)


def forgotten(db: Database) -> set[int]:
    """Those of whom nothing is left but figures."""
    return {row["id"] for row in db.rows("SELECT id FROM customers WHERE name = ''")}


def remove_if_made_for(db: Database, customer_id: int, at: int) -> bool:
    """Drop a customer made by a line that was undone, unless something else speaks of it by now."""
    used = db.row(
        " UNION ALL ".join(f"SELECT 1 AS used FROM {table} WHERE customer_id = :id" for table in SPEAK_OF_ONE)
        + " LIMIT 1",
        id=customer_id,
    )
    customer = find(db, customer_id)
    if used or customer is None or customer.created_at != at or customer.version > 1:
        return False
    db.run("UPDATE audit SET detail = NULL WHERE customer_id = :id", id=customer_id)
    db.run("DELETE FROM customer_names WHERE customer_id = :id", id=customer_id)
    return db.run("DELETE FROM customers WHERE id = :id", id=customer_id) == 1
