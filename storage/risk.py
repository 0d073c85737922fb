"""Which customers are at risk, by the signs of the brief's section 8.

Only numbers of customers are read, each kind of sign from an index, and they are counted here: SQLite would sort them.
"""

from collections import Counter
from collections.abc import Iterator
from heapq import nlargest

from storage.database import Database, Row
from storage.history import DUPLICATE
from storage.scope import PROBLEM, REAL, Scope

AT_ONCE = 500  # names read in one statement

# Contact with a customer: a promise kept or tried, they called us, a note, a first reply of the team. What stands at a
# promise entered by mistake, its reason for one, is none.
CONTACTS = """
SELECT customer_id FROM promises WHERE closed_at >= :before AND outcome IN ('kept', 'called')
    AND COALESCE(kept_at, closed_at) >= :before
UNION ALL SELECT customer_id FROM attempts JOIN promises ON promises.id = attempts.promise_id
    WHERE attempts.at >= :before AND COALESCE(outcome, '') <> 'mistake'
UNION ALL SELECT issues.customer_id FROM notes JOIN issues ON issues.id = notes.record_id WHERE notes.at >= :before
UNION ALL SELECT promises.customer_id FROM notes JOIN promises ON promises.id = notes.record_id
    WHERE notes.at >= :before AND COALESCE(outcome, '') <> 'mistake'
UNION ALL SELECT customer_id FROM issues WHERE first_response_at >= :before
"""

OPEN_SINCE = f"""
SELECT customer_id, created_at AS at FROM issues WHERE resolved_at IS NULL AND created_at < :before AND {PROBLEM}
UNION ALL SELECT customer_id, made_at FROM promises WHERE closed_at IS NULL AND made_at < :before AND {REAL}
"""

UNHAPPY = "SELECT customer_id FROM feedback WHERE at >= :since AND mood = 'unhappy'"

# Grouped like this they stand in an index of their own, which is not taken otherwise.
BROKEN = f"""
SELECT customer_id FROM promises WHERE outcome = 'broken' AND closed_at >= :since AND {REAL}
    GROUP BY closed_at, customer_id
"""

# Each category by itself, which a range of its index holds.
OF_CATEGORY = f"""
SELECT customer_id FROM issues WHERE category = :category AND created_at >= :since
    AND id NOT IN (SELECT id FROM issues WHERE {DUPLICATE} AND created_at >= :since)
"""
CATEGORIES = """
WITH RECURSIVE known (name) AS (
    SELECT MIN(category) FROM issues
    UNION ALL SELECT (SELECT MIN(category) FROM issues WHERE category > name) FROM known WHERE name IS NOT NULL)
SELECT name FROM known WHERE name IS NOT NULL AND name NOT IN ('praise', 'idea', 'other')
"""


def _signs(db: Database, since: int, before: int) -> Iterator[set[int]]:
    """The customers of each sign, the silent ones first; silence is one, however much is open."""
    opened = db.column(f"SELECT customer_id FROM ({OPEN_SINCE}) AS opened", before=before)
    yield set(opened) - set(db.column(CONTACTS, before=before))
    yield _twice(db.column(UNHAPPY, since=since))
    yield set(db.column(BROKEN, since=since))
    for category in db.column(CATEGORIES):
        yield _twice(db.column(OF_CATEGORY, since=since, category=category))


def _twice(customers: list[int]) -> set[int]:
    return {customer for customer, times in Counter(customers).items() if times >= 2}


def ranked(db: Database, scope: Scope, *, since: int, before: int, most: int, but: int) -> tuple[list[Row], int]:
    """Customers with the most signs ``since``, and how many have any; without those forgotten, and the one ``but``.

    Rows of ``customer_id``, ``name``, ``signs`` and ``is_silent``: something is open, and there was no contact since
    ``before``. Up to ``most`` of them, and with them all that have as many signs as the last.
    """
    silent, *others = _signs(db, since, before)
    signs = Counter(customer for those in (silent, *others) for customer in those)
    for customer in (but, *db.column("SELECT id FROM customers WHERE name = ''")):
        signs.pop(customer, None)
    if scope != Scope():
        among = _among(db, scope, since)
        signs = Counter({customer: times for customer, times in signs.items() if customer in among})
    least = min(nlargest(most, signs.values()), default=0)
    best = [customer for customer, times in signs.items() if times >= least]
    found = [
        row | {"signs": signs[row["customer_id"]], "is_silent": row["customer_id"] in silent}
        for row in _named(db, best)
    ]
    return found, len(signs)


def _named(db: Database, customers: list[int]) -> Iterator[Row]:
    for first in range(0, len(customers), AT_ONCE):
        places = {f"n{place}": number for place, number in enumerate(customers[first : first + AT_ONCE])}
        wanted = ", ".join(f":{name}" for name in places)
        yield from db.rows(f"SELECT id AS customer_id, name FROM customers WHERE id IN ({wanted})", **places)


def _among(db: Database, scope: Scope, since: int) -> set[int]:
    """The customers with whom there was anything, or something is open, in these records."""
    if scope.customer_id is not None:
        return {scope.customer_id}
    issues = scope.where("issues") + ("" if scope.category else f" AND {PROBLEM}")
    promises = scope.where("promises")
    asked = (
        f"issues WHERE resolved_at IS NULL{issues}",
        f"issues WHERE created_at >= :since{issues}",
        f"promises WHERE closed_at IS NULL{promises}",
        f"promises WHERE first_due_at >= :since{promises}",
    )
    found = [db.column(f"SELECT customer_id FROM {one}", since=since, **scope.values()) for one in asked]
    return set().union(*found)


def open_since(db: Database, customer_id: int, before: int) -> int:
    """When what is open longest of a customer began, where something has been open since ``before``."""
    oldest = f"SELECT MIN(at) AS at FROM ({OPEN_SINCE}) AS opened WHERE customer_id = :id"
    return int(db.rows(oldest, before=before, id=customer_id)[0]["at"])


def unhappy(db: Database, customer_id: int, since: int) -> int:
    """How often a customer said since then that they are unhappy."""
    row = db.row(f"SELECT COUNT(*) AS n FROM ({UNHAPPY} AND customer_id = :id) AS said", since=since, id=customer_id)
    return int(row["n"]) if row else 0


def broken(db: Database, customer_id: int, since: int) -> int:
    """How many promises to a customer were broken since then."""
    row = db.row(
        "SELECT COUNT(*) AS n FROM promises WHERE customer_id = :id AND outcome = 'broken' AND closed_at >= :since"
        f" AND {REAL}",
        since=since,
        id=customer_id,
    )
    return int(row["n"]) if row else 0
