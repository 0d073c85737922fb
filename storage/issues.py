"""Issues: a customer's problem, from the first report to how it was solved."""

from typing import Any

from storage import callbacks, history, homes, search
from storage.database import Database, append, insert
from storage.facts import next_number
from storage.models import Issue, Note, Promise, every, one

OPEN = "resolved_at IS NULL"


def log(
    db: Database,
    *,
    customer_id: int,
    summary: str,
    reporter_id: str,
    owner_id: str | None,
    made_in: str,
    now: int,
    category: str | None = None,
    impact: str | None = None,
    thread_ts: str | None = None,
    team_id: int | None = None,
) -> Issue:
    """Write a new issue and return it with its number."""
    row = insert(
        db,
        "issues",
        id=next_number(db),
        customer_id=customer_id,
        summary=summary,
        category=category,
        impact=impact,
        owner_id=owner_id,
        reporter_id=reporter_id,
        made_in=made_in,
        thread_ts=thread_ts,
        team_id=team_id,
        created_at=now,
        version=1,
    )
    homes.changed(db, owner_id)
    search.index(db, row["id"])
    return one(Issue, row)


def find(db: Database, issue_id: int) -> Issue | None:
    """The issue with this number, open or resolved."""
    row = db.row("SELECT * FROM issues WHERE id = :id AND reporter_id <> ''", id=issue_id)
    return None if row is None else one(Issue, row)


CHANGEABLE = frozenset(
    [
        "customer_id",
        "summary",
        "category",
        "impact",
        "owner_id",
        "resolved_at",
        "resolved_by",
        "resolution",
        "escalated_at",
    ]
)

SEARCHED = frozenset({"customer_id", "summary", "resolution"})


def change(db: Database, issue: Issue, **values: Any) -> Issue | None:
    """Change an issue as it was read; None if somebody else changed it in between."""
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not a changeable column of an issue: {sorted(unknown)}")
    row = db.row(
        f"UPDATE issues SET {', '.join(f'{name} = :{name}' for name in values)}, version = version + 1"
        " WHERE id = :id AND version = :version RETURNING *",
        id=issue.id,
        version=issue.version,
        **values,
    )
    homes.changed(db, issue.owner_id, row["owner_id"] if row else None)
    if row and SEARCHED & values.keys():
        search.index(db, issue.id)
    if row and row["customer_id"] != issue.customer_id:
        history.notes_follow(db, issue.id, row["customer_id"])
    if row and row["impact"] != issue.impact:
        callbacks.plan_anew(db, issue_id=issue.id)  # high impact quickens the reminders
    return None if row is None else one(Issue, row)


def responded(db: Database, issue_id: int, at: int) -> bool:
    """Note the first response, once."""
    return (
        db.run(
            "UPDATE issues SET first_response_at = :at WHERE id = :id AND first_response_at IS NULL",
            id=issue_id,
            at=at,
        )
        == 1
    )


def responded_in(db: Database, channel_id: str, thread_ts: str, person_id: str, at: int) -> int:
    """Note the first response to every issue of a thread that this person did not report; returns how many."""
    return db.run(
        "UPDATE issues SET first_response_at = :at WHERE first_response_at IS NULL AND reporter_id <> :person_id"
        " AND ((card_channel = :channel AND card_ts = :ts) OR (made_in = :channel AND thread_ts = :ts))",
        at=at,
        person_id=person_id,
        channel=channel_id,
        ts=thread_ts,
    )


def card_is_at(db: Database, issue_id: int, channel: str | None, ts: str | None) -> None:
    """Remember which message is the issue's card, or that it has none."""
    db.run(
        "UPDATE issues SET card_channel = :channel, card_ts = :ts WHERE id = :id",
        id=issue_id,
        channel=channel,
        ts=ts,
    )


def of_thread(db: Database, channel_id: str, thread_ts: str) -> Issue | None:
    """The issue a thread belongs to: the one logged in it, or the one whose card heads it."""
    row = db.row(
        "SELECT * FROM issues WHERE (card_channel = :channel AND card_ts = :ts)"
        " OR (made_in = :channel AND thread_ts = :ts) ORDER BY id LIMIT 1",
        channel=channel_id,
        ts=thread_ts,
    )
    return None if row is None else one(Issue, row)


def list_open(
    db: Database,
    *,
    most: int,
    made_in: str | None = None,
    owner_id: str | None = None,
    customer_id: int | None = None,
    category: str | None = None,
    unowned: bool = False,
) -> tuple[list[Issue], int]:
    """Open issues, oldest first, up to ``most``, and how many there are in all."""
    wanted = {"made_in": made_in, "owner_id": owner_id, "customer_id": customer_id, "category": category}
    named = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join([OPEN, *(f"{name} = :{name}" for name in named)])
    if unowned:
        where += " AND owner_id IS NULL"
    if category is None:
        where += " AND (category IS NULL OR category NOT IN ('praise', 'idea'))"  # logged, but never an open problem
    count = db.row(f"SELECT COUNT(*) AS n FROM issues WHERE {where}", **named)
    found = db.rows(f"SELECT * FROM issues WHERE {where} ORDER BY created_at, id LIMIT :most", most=most, **named)
    return every(Issue, found), int(count["n"]) if count else 0


def add_note(db: Database, to: Issue | Promise, *, person_id: str, at: int, words: str) -> None:
    """Add a line to an issue or promise."""
    append(db, "notes", record_id=to.id, customer_id=to.customer_id, person_id=person_id, at=at, words=words)
    search.index(db, to.id)


def notes(db: Database, record_id: int) -> list[Note]:
    """The notes of a record, oldest first."""
    return every(Note, db.rows("SELECT * FROM notes WHERE record_id = :id ORDER BY id", id=record_id))


def erase(db: Database, issue_id: int) -> None:
    """Take an issue back as if it had not been: for Undo only. Its promises must be erased first."""
    search.remove(db, issue_id)
    db.run("DELETE FROM notes WHERE record_id = :id", id=issue_id)
    db.run("DELETE FROM feedback WHERE issue_id = :id", id=issue_id)
    gone = db.rows("DELETE FROM issues WHERE id = :id RETURNING owner_id", id=issue_id)
    homes.changed(db, *[row["owner_id"] for row in gone])
