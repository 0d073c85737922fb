"""Whose turn it is in the outbox: what is due first at each place, however much is due there and elsewhere."""

from dataclasses import dataclass

from storage import outbox
from storage.database import Database
from storage.models import every

OLDEST = 10**12  # more than any number of a message: a priority times this, plus the number, is the order of sending
LIVE = "state IN ('queued', 'sending', 'unknown')"  # as the indexes have it
FIELDS = "outbox.id, outbox.kind, outbox.target, outbox.sent_ts"
FRONTS = (0.1, 2)  # times as many messages are looked at in the order of sending as places are wanted: few, then many

# The first of what is due, in the order of sending, and of it the first at each place.
IN_ORDER = (
    f"SELECT {FIELDS}, seen FROM (SELECT MIN(place) AS place, COUNT(*) AS seen FROM"
    f" (SELECT target, priority * {OLDEST} + id AS place FROM outbox WHERE {LIVE} AND due_at <= :now"
    " ORDER BY priority, id LIMIT :many) AS due GROUP BY target ORDER BY place LIMIT :most) AS firsts"
    f" JOIN outbox ON outbox.id = place % {OLDEST} ORDER BY place"
)
# The same from place to place, each found in an index behind the one before.
PLACE_BY_PLACE = (
    f"WITH RECURSIVE places (target) AS (SELECT MIN(target) FROM outbox WHERE {LIVE}"
    f" UNION ALL SELECT (SELECT target FROM outbox WHERE {LIVE} AND target > places.target ORDER BY target LIMIT 1)"
    " FROM places WHERE places.target IS NOT NULL)"
    f" SELECT {FIELDS} FROM (SELECT (SELECT id FROM outbox WHERE {LIVE} AND target = places.target"
    " AND due_at <= :now ORDER BY priority, id LIMIT 1) AS id FROM places) AS firsts"
    " JOIN outbox ON outbox.id = firsts.id ORDER BY outbox.priority, outbox.id LIMIT :most"
)


@dataclass(frozen=True)
class Head:
    """What is due first at a place, as far as its turn goes by it."""

    id: int
    kind: str
    target: str
    sent_ts: str | None


def heads(db: Database, now: int, most: int) -> list[Head]:
    """What is due first at each place, up to ``most`` places: reminders first, then by age.

    The front of all that is due mostly shows them; where a few places fill it, place after place is looked at.
    """
    due = outbox.next_due(db)
    if due is None or due > now:  # mostly; however much waits for later is not read for it
        return []
    for many in (int(most * front) for front in FRONTS):
        found = db.rows(IN_ORDER, now=now, most=most, many=many)
        seen = sum(row["seen"] for row in found)
        if len(found) == most or seen < many:
            return every(Head, found)
        if 2 * len(found) < seen:
            break
    return every(Head, db.rows(PLACE_BY_PLACE, now=now, most=most))
