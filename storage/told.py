"""Which of Kept's lasting messages named which customers: what cannot be found through the records themselves.

A card, a reminder and an escalation's post are found by what they are about. Digests, reports, questions and answers in
a conversation name many, or any; so where they stand is kept for every customer named, or meant by a record's number.
"""

import html
import re

from storage import customers
from storage.database import Database

KINDS = frozenset(  # of message, in the outbox
    {"post", "digest", "digest-thread", "draft", "report", "trend", "problem", "telling"}
)
LIVING = ("trend", "problem", "telling")  # of these: drawn anew without a customer, not rewritten
NUMBER = re.compile(r"#(\d{1,15})\b")
MOST_WORDS = 8  # of a name (storage/customers.py named_at_start)
AT_ONCE = 500  # keys in one query


def note(db: Database, channel: str, ts: str, words: str) -> None:
    """Keep where a message stands, for every customer it speaks of."""
    for customer_id in sorted(_named(db, words) | _meant(db, words)):
        db.run(
            "INSERT INTO told (customer_id, channel, ts) VALUES (:id, :channel, :ts) ON CONFLICT DO NOTHING",
            id=customer_id,
            channel=channel,
            ts=ts,
        )


def moved(db: Database, gone: int, into: int) -> None:
    """What named one customer is found by another from now on: the two were merged."""
    db.run(
        "INSERT INTO told (customer_id, channel, ts) SELECT :into, channel, ts FROM told WHERE customer_id = :gone"
        " ON CONFLICT DO NOTHING",
        into=into,
        gone=gone,
    )
    db.run("DELETE FROM told WHERE customer_id = :gone", gone=gone)


def keys_in(words: str) -> set[str]:
    """Every run of words in a text as the key of a name, as ``customers.fold`` would have it."""
    plain = customers.words_of(html.unescape(words))
    ends = range(1, MOST_WORDS + 1)
    return {" ".join(plain[at : at + n]) for at in range(len(plain)) for n in ends if at + n <= len(plain)}


def _named(db: Database, words: str) -> set[int]:
    keys = sorted(key for key in keys_in(words) if len(key) <= customers.LONGEST_NAME)
    found: set[int] = set()
    for at in range(0, len(keys), AT_ONCE):
        some = {f"k{n}": key for n, key in enumerate(keys[at : at + AT_ONCE])}
        among = ", ".join(f":{name}" for name in some)
        rows = db.rows(f"SELECT customer_id FROM customer_names WHERE key IN ({among})", **some)
        found |= {row["customer_id"] for row in rows}
    return found


def _meant(db: Database, words: str) -> set[int]:
    found: set[int] = set()
    for number in dict.fromkeys(NUMBER.findall(words)):
        rows = db.rows(
            "SELECT customer_id FROM issues WHERE id = :id UNION ALL SELECT customer_id FROM promises WHERE id = :id",
            id=int(number),
        )
        found |= {row["customer_id"] for row in rows}
    return found
