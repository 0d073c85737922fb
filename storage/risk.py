"""Which customers are at risk, by the signs of the brief's section 8."""

from storage.database import Database, Row
from storage.history import DUPLICATE
from storage.scope import PROBLEM, REAL, Scope

# Contact with a customer: a promise kept or tried, they called us, a note, a first reply of the team. What stands at a
# promise entered by mistake, its reason for one, is none.
CONTACTS = """
SELECT customer_id FROM promises WHERE closed_at >= :before AND outcome IN ('kept', 'called')
    AND COALESCE(kept_at, closed_at) >= :before
UNION SELECT customer_id FROM attempts JOIN promises ON promises.id = attempts.promise_id WHERE attempts.at >= :before
    AND COALESCE(outcome, '') <> 'mistake'
UNION SELECT customer_id FROM notes JOIN issues ON issues.id = notes.record_id WHERE notes.at >= :before
UNION SELECT customer_id FROM notes JOIN promises ON promises.id = notes.record_id WHERE notes.at >= :before
    AND COALESCE(outcome, '') <> 'mistake'
UNION SELECT customer_id FROM issues WHERE first_response_at >= :before
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

# Each category by itself, which a range of its index holds: sorted by customers alone, that takes half as long.
AGAIN = f"""
SELECT +customer_id AS again_id FROM issues WHERE category = :{{category}} AND created_at >= :since
    AND id NOT IN (SELECT id FROM issues WHERE {DUPLICATE} AND created_at >= :since)
    GROUP BY +customer_id HAVING COUNT(*) >= 2
"""
CATEGORIES = """
WITH RECURSIVE known (name) AS (
    SELECT MIN(category) FROM issues
    UNION ALL SELECT (SELECT MIN(category) FROM issues WHERE category > name) FROM known WHERE name IS NOT NULL)
SELECT name FROM known WHERE name IS NOT NULL AND name NOT IN ('praise', 'idea', 'other')
"""

# A row for each sign; those of silence have a time, that of the open thing, and are one sign however many they are.
SILENT = (
    f"SELECT customer_id, 0, at FROM ({OPEN_SINCE}) AS opened WHERE customer_id NOT IN (SELECT customer_id FROM heard)"
)
COUNTED = (
    f"SELECT customer_id, 1, NULL FROM ({UNHAPPY} GROUP BY customer_id HAVING COUNT(*) >= 2) AS unhappy",
    f"SELECT customer_id, 1, NULL FROM ({BROKEN}) AS broken GROUP BY customer_id",
)


def _signs(db: Database) -> tuple[str, dict[str, str]]:
    """The tables of all signs as a query begins with them, and what they name."""
    names = {f"category{number}": row["name"] for number, row in enumerate(db.rows(CATEGORIES))}
    again = [f"SELECT again_id, 1, NULL FROM ({AGAIN.format(category=name)}) AS again" for name in names]
    signs = " UNION ALL ".join([SILENT, *COUNTED, *again])
    return f"WITH heard AS MATERIALIZED ({CONTACTS}), signs (customer_id, counted, silent_since) AS ({signs})", names


def ranked(db: Database, scope: Scope, *, since: int, before: int, most: int, but: int) -> tuple[list[Row], int]:
    """Customers with the most signs ``since``, and how many have any; without those forgotten, and the one ``but``.

    Rows of ``customer_id``, ``name``, ``signs``, and ``silent_since``: the oldest open thing's time, where there was no
    contact since ``before``. Up to ``most`` of them, and with them all that have as many signs as the last.
    """
    signs, names = _signs(db)
    found = db.rows(
        f"{signs}, ranked AS (SELECT customer_id, SUM(counted) + MAX(1 - counted) AS signs,"
        " MIN(silent_since) AS silent_since FROM signs"
        " WHERE customer_id NOT IN (SELECT id FROM customers WHERE name = '') AND customer_id <> :but"
        f" GROUP BY customer_id {_among(scope)})"
        " SELECT customer_id, name, signs, silent_since, (SELECT COUNT(*) FROM ranked) AS total"
        " FROM ranked JOIN customers ON customers.id = customer_id WHERE signs >="
        " (SELECT MIN(signs) FROM (SELECT signs FROM ranked ORDER BY signs DESC LIMIT :most) AS first)",
        since=since,
        before=before,
        most=most,
        but=but,
        **names,
        **scope.values(),
    )
    return found, int(found[0]["total"]) if found else 0


def _among(scope: Scope) -> str:
    """The condition that there was anything with a customer, or something is open, in these records."""
    if scope.customer_id is not None:
        return "HAVING customer_id = :customer_id"
    if scope == Scope():
        return ""
    issues = scope.where("issues") + ("" if scope.category else f" AND {PROBLEM}")
    promises = scope.where("promises")
    asked = (  # each is read at once, and only as long as some customer is in none before it
        f"issues WHERE resolved_at IS NULL{issues}",
        f"issues WHERE created_at >= :since{issues}",
        f"promises WHERE closed_at IS NULL{promises}",
        f"promises WHERE first_due_at >= :since{promises}",
    )
    return "HAVING " + " OR ".join(f"customer_id IN (SELECT customer_id FROM {one})" for one in asked)


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
