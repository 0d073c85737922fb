"""Forgetting a customer: no table, queue or index keeps a word, a name, a link or a Slack id of it (brief, section 11).

What stays are bare rows for the figures: kind, category, times, outcome. The bytes themselves leave the file with
``Engine.scrub``, once the change is committed and the search index merged.
"""

import json
from dataclasses import dataclass

from storage import homes, problems, search, told
from storage.database import Database
from storage.models import Customer, Outgoing, every

FORGOTTEN = "customer forgotten"  # the audit entry that it happened
SCRUB = "scrub wanted"  # the fact that the file still holds bytes of what was erased

ISSUES = "SELECT id FROM issues WHERE customer_id = :id"
PROMISES = "SELECT id FROM promises WHERE customer_id = :id"
RECORDS = f"{ISSUES} UNION ALL {PROMISES}"
NUDGED = f"SELECT message_key FROM nudges WHERE promise_id IN ({PROMISES}) AND message_key IS NOT NULL"
ALONE = f"{NUDGED} EXCEPT SELECT message_key FROM nudges WHERE promise_id NOT IN ({PROMISES})"
ESCALATED = f"SELECT id FROM escalations WHERE issue_id IN ({ISSUES})"

CLOSED = "outcome = COALESCE(outcome, 'withdrawn'), closed_at = COALESCE(closed_at, :now)"

# Kept's own messages about a customer, by where they stand.
MESSAGES = (
    f"SELECT card_channel AS channel, card_ts AS ts FROM issues WHERE customer_id = :id AND card_ts IS NOT NULL"
    f" UNION SELECT sent_channel, sent_ts FROM outbox WHERE sent_ts IS NOT NULL AND (key IN ({ALONE})"
    f" OR (kind = 'card' AND subject_id IN ({ISSUES})) OR (kind = 'escalation' AND subject_id IN ({ESCALATED})))"
    f" UNION SELECT channel, ts FROM told WHERE customer_id = :id"
)

# Rows that speak of the customer and of nothing else: first those found through others.
GONE = (
    ("outbox", f"key IN ({ALONE})"),
    ("outbox", f"kind = 'card' AND subject_id IN ({ISSUES})"),
    ("outbox", f"kind IN ('escalation', 'mark', 'received') AND subject_id IN ({ESCALATED})"),
    ("nudges", f"promise_id IN ({PROMISES})"),
    ("told", "customer_id = :id"),
    ("reactions", f"escalation_id IN ({ESCALATED}) OR issue_id IN ({ISSUES})"),
    ("contacts", "customer_id = :id"),
    ("digests", "customer_id = :id"),
    ("customer_names", "customer_id = :id"),
)

# Rows that stay for the figures: what is closed by it, the columns made empty, and those that are nothing from then on.
BARE = (
    (
        *("escalations", f"issue_id IN ({ISSUES})", ""),
        *("channel_id message_ts thread_ts post_channel", "link taken_by reason post_ts"),
    ),
    ("notes", f"record_id IN ({RECORDS})", "", "words person_id", ""),
    ("attempts", f"promise_id IN ({PROMISES})", "", "person_id", ""),
    ("moves", f"promise_id IN ({PROMISES})", "", "person_id", ""),
    ("audit", f"customer_id = :id OR record_id IN ({RECORDS})", "", "person_id", "detail"),
    ("feedback", "customer_id = :id", "", "person_id", "reason"),
    ("channels", "customer_id = :id", "", "", "customer_id"),
    (
        *("issues", "customer_id = :id", "resolved_at = COALESCE(resolved_at, :now), version = version + 1"),
        *("summary reporter_id made_in", "resolution owner_id thread_ts resolved_by card_channel card_ts"),
    ),
    (
        *("promises", "customer_id = :id", f"{CLOSED}, version = version + 1, generation = generation + 1"),
        *("words subject owner_id maker_id made_in", "closed_by asked_id next_rung next_at"),
    ),
    (
        *("customers", "id = :id", "version = version + 1"),
        *("name", "zone owner_id backup_id tier depends_on cost notes"),
    ),
)


def _changes() -> list[str]:
    """The statements that erase, in their order."""
    made = [f"DELETE FROM {table} WHERE {where}" for table, where in GONE]
    for table, where, closing, empty, nothing in BARE:
        sets = [*([closing] if closing else [])]
        sets += [f"{column} = ''" for column in empty.split()] + [f"{column} = NULL" for column in nothing.split()]
        made.append(f"UPDATE {table} SET {', '.join(sets)} WHERE {where}")
    return made


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message of Kept stands in Slack."""

    channel: str
    ts: str


def reminders_with_others(db: Database, customer_id: int) -> list[Outgoing]:
    """Reminders in which promises to others stand too: these are drawn anew without the customer, not rewritten."""
    sql = f"SELECT * FROM outbox WHERE sent_ts IS NOT NULL AND key IN ({NUDGED}) AND key NOT IN ({ALONE})"
    return every(Outgoing, db.rows(sql, id=customer_id))


def erase(db: Database, customer: Customer, now: int) -> list[Place]:
    """Erase all that is known of a customer, closing what is open; returns where Kept's messages about it stand."""
    places = [Place(row["channel"], row["ts"]) for row in db.rows(MESSAGES, id=customer.id)]
    keys = {row["key"] for row in db.rows("SELECT key FROM customer_names WHERE customer_id = :id", id=customer.id)}
    numbers = {str(row["id"]) for row in db.rows(RECORDS, id=customer.id)}
    problems.forget(db, customer.id, keys)
    for row in db.rows(ISSUES, id=customer.id):
        search.remove(db, row["id"])
    for change in _changes():
        db.run(change, id=customer.id, now=now)
    _from_answers(db)
    _from_outbox(db, keys, numbers)
    _from_drafts(db, keys, customer.id)
    homes.all_changed(db)
    return places


def _from_answers(db: Database) -> None:
    """Answers kept for repeats, and what was sent long since, are not needed to the letter: all of them go."""
    db.run("UPDATE inbox SET reply = NULL WHERE reply IS NOT NULL")
    db.run("UPDATE outbox SET payload = NULL WHERE state IN ('sent', 'dead') AND kind IN ('respond', 'post', 'draft')")


def _from_outbox(db: Database, keys: set[str], numbers: set[str]) -> None:
    """Drop messages on their way that speak of the customer, by name or by a record's number."""
    for row in db.rows("SELECT id, payload FROM outbox WHERE payload LIKE '%\"text\"%'"):
        words = str(json.loads(row["payload"]).get("text", ""))
        if keys & told.keys_in(words) or numbers & set(told.NUMBER.findall(words)):
            db.run("DELETE FROM outbox WHERE id = :id", id=row["id"])


def _from_drafts(db: Database, keys: set[str], customer_id: int) -> None:
    """Drop drafts that name the customer, or offer it as an answer."""
    for row in db.rows("SELECT id, words, choices FROM drafts"):
        meant = {choice.get("settled", {}).get("customer") for choice in json.loads(row["choices"])}
        if str(customer_id) in meant or keys & told.keys_in(row["words"]):
            db.run("DELETE FROM drafts WHERE id = :id", id=row["id"])


def is_bare(db: Database, record_id: int) -> bool:
    """Whether a record is only left for the figures, its customer forgotten."""
    bare = "SELECT 1 AS yes FROM issues WHERE id = :id UNION ALL SELECT 1 AS yes FROM promises WHERE id = :id"
    return db.row(bare, id=record_id) is not None


def is_waiting(db: Database) -> bool:
    """Whether messages about somebody forgotten are still to be rewritten."""
    row = db.row("SELECT 1 AS yes FROM outbox WHERE kind = 'rewrite' AND state NOT IN ('sent', 'dead') LIMIT 1")
    return row is not None


def scrubbed(db: Database, wanted: str) -> None:
    """Note that the files were cleaned, unless somebody else was forgotten meanwhile."""
    db.run("DELETE FROM facts WHERE name = :name AND value = :wanted", name=SCRUB, wanted=wanted)
