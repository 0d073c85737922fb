"""Customers and the names they go by; "Acme", "ACME Inc." and "acme " are one."""

import re
import unicodedata

from storage.database import Database, insert
from storage.models import Customer, one

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


def fold(name: str) -> str:
    """The key a name is found by: case, accents, punctuation, spacing and the legal form are folded away."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"\w+", plain.replace("'", "").replace("’", ""))
    while len(words) > 1 and words[-1] in COMPANY_FORMS:
        words.pop()
    return " ".join(words)


def find(db: Database, customer_id: int) -> Customer | None:
    """The customer with this id."""
    row = db.row("SELECT * FROM customers WHERE id = :id", id=customer_id)
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
    found = db.rows(
        "SELECT key, customer_id FROM customer_names WHERE LENGTH(key) BETWEEN :least AND :most"
        " AND (SUBSTR(key, 1, 2) = :start OR SUBSTR(key, LENGTH(key) - 1) = :end)",
        least=len(key) - 1,
        most=len(key) + 1,
        start=key[:2],
        end=key[-2:],
    )
    near = sorted({row["customer_id"] for row in found if one_slip_apart(key, row["key"])})
    return [customer for customer_id in near if (customer := find(db, customer_id))]


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
    insert(db, "customer_names", key=fold(name), name=name, customer_id=row["id"])
    return one(Customer, row)


UNKNOWN = "Customer unknown"  # the name an issue stands under until somebody sets its customer


def unknown(db: Database, now: int) -> Customer:
    """The customer of issues whose customer nobody has said yet."""
    return by_name(db, UNKNOWN) or add(db, UNKNOWN, now)


def is_unknown(db: Database, customer_id: int) -> bool:
    """Whether this stands for a customer nobody has said yet."""
    customer = find(db, customer_id)
    return customer is not None and fold(customer.name) == fold(UNKNOWN)


def remove_if_made_for(db: Database, customer_id: int, at: int) -> bool:
    """Drop a customer made by a line that was undone, unless something else speaks of it by now."""
    used = db.row(
        "SELECT 1 AS used FROM issues WHERE customer_id = :id UNION ALL"
        " SELECT 1 AS used FROM promises WHERE customer_id = :id LIMIT 1",
        id=customer_id,
    )
    customer = find(db, customer_id)
    if used or customer is None or customer.created_at != at:
        return False
    db.run("DELETE FROM customer_names WHERE customer_id = :id", id=customer_id)
    return db.run("DELETE FROM customers WHERE id = :id", id=customer_id) == 1
