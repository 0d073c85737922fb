"""Promises made to customers: "callback" is the word people type, a promise is the record."""

from typing import Any

from storage import history, homes, people
from storage.database import Database, append, insert
from storage.facts import next_number
from storage.models import Promise, every, one


def promise(
    db: Database,
    *,
    customer_id: int,
    issue_id: int | None,
    kind: str,
    words: str,
    subject: str,
    owner_id: str,
    maker_id: str,
    made_in: str,
    now: int,
    due_at: int,
    zone: str,
    by_close: bool,
    next_rung: str | None,
    next_at: int | None,
    team_id: int | None,
    problem_id: int | None = None,
) -> Promise:
    """Write a new promise and return it with its number; its first due time is kept for ever."""
    row = insert(
        db,
        "promises",
        id=next_number(db),
        customer_id=customer_id,
        issue_id=issue_id,
        kind=kind,
        words=words,
        subject=subject,
        owner_id=owner_id,
        maker_id=maker_id,
        made_at=now,
        made_in=made_in,
        due_at=due_at,
        zone=zone,
        by_close=int(by_close),
        first_due_at=due_at,
        generation=1,
        version=1,
        late_by=0,
        next_rung=next_rung,
        next_at=next_at,
        team_id=team_id,
        problem_id=problem_id,
    )
    homes.changed(db, owner_id)
    people.owns_more(db, owner_id)
    return one(Promise, row)


def find(db: Database, promise_id: int) -> Promise | None:
    """The promise with this number, open or closed."""
    row = db.row("SELECT * FROM promises WHERE id = :id AND maker_id <> ''", id=promise_id)
    return None if row is None else one(Promise, row)


CHANGEABLE = frozenset(
    {
        *("customer_id", "issue_id", "kind", "subject", "words", "owner_id", "due_at", "zone", "by_close"),
        *("first_due_at", "outcome", "closed_at", "closed_by", "kept_at", "next_rung", "next_at", "late_by"),
        *("held_at", "asked_id", "asked_why"),
    }
)


def change(db: Database, promise: Promise, *, new_ladder: bool = False, **values: Any) -> Promise | None:
    """Change a promise as it was read; None if somebody else changed it in between.

    ``new_ladder`` begins a new generation, so that reminders of the old due time or owner can never be taken for new;
    whoever was asked to take it over need not any more.
    """
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not a changeable column of a promise: {sorted(unknown)}")
    if new_ladder:
        values |= {name: None for name in ("ladder_at", "held_at", "asked_id", "asked_why") if name not in values}
        values.setdefault("late_by", 0)
    row = db.row(
        f"UPDATE promises SET {', '.join(f'{name} = :{name}' for name in values)}, version = version + 1,"
        " generation = generation + :new WHERE id = :id AND version = :version RETURNING *",
        id=promise.id,
        version=promise.version,
        new=int(new_ladder),
        **values,
    )
    homes.changed(db, promise.owner_id, promise.asked_id, row["owner_id"] if row else None)
    if row and row["customer_id"] != promise.customer_id:
        history.notes_follow(db, promise.id, row["customer_id"])
    if new_ladder and row:
        people.owns_more(db, row["owner_id"])
    return None if row is None else one(Promise, row)


def stepped(
    db: Database, promise: Promise, *, next_rung: str | None, next_at: int | None, late_by: int, ladder_at: int | None
) -> bool:
    """Note where the ladder of a promise stands and which step comes next; False if another replica was first.

    Not a change people make, so the version they see stays.
    """
    homes.changed(db, promise.owner_id)  # what was due in an hour is due in a quarter of one
    return (
        db.run(
            "UPDATE promises SET next_rung = :next_rung, next_at = :next_at, late_by = :late_by, ladder_at = :ladder_at"
            " WHERE id = :id AND generation = :generation AND next_at = :at AND closed_at IS NULL",
            id=promise.id,
            generation=promise.generation,
            at=promise.next_at,
            next_rung=next_rung,
            next_at=next_at,
            late_by=late_by,
            ladder_at=ladder_at,
        )
        == 1
    )


# A time below zero says that the steps are to be planned anew, and keeps when the next one was to come.
ANEW = "CASE WHEN next_at IS NULL THEN 0 WHEN next_at > 0 THEN -next_at ELSE next_at END"


def plan_anew(db: Database, **of: int | str) -> None:
    """Have the steps of open promises planned anew: of an ``id``, an ``issue_id`` or an ``owner_id``; or of all."""
    where = " AND ".join(["closed_at IS NULL", *(f"{name} = :{name}" for name in of)])
    db.run(f"UPDATE promises SET next_at = {ANEW} WHERE {where}", **of)


def due_for_a_step(db: Database, now: int, most: int) -> list[Promise]:
    """Open promises whose next step of the ladder has come, earliest first."""
    return every(
        Promise,
        db.rows(
            "SELECT * FROM promises WHERE closed_at IS NULL AND next_at <= :now ORDER BY next_at LIMIT :most",
            now=now,
            most=most,
        ),
    )


def list_open(
    db: Database,
    *,
    most: int,
    owner_id: str | None = None,
    customer_id: int | None = None,
    issue_id: int | None = None,
    due_before: int | None = None,
) -> tuple[list[Promise], int]:
    """Open promises, soonest due first, up to ``most``, and how many there are in all."""
    wanted = {"owner_id": owner_id, "customer_id": customer_id, "issue_id": issue_id}
    named: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(["closed_at IS NULL", *(f"{name} = :{name}" for name in named)])
    if not named:
        where += " AND kind <> 'sample'"  # nobody's but its owner's
    if due_before is not None:
        where, named = f"{where} AND due_at < :due_before", named | {"due_before": due_before}
    count = db.row(f"SELECT COUNT(*) AS n FROM promises WHERE {where}", **named)
    found = db.rows(f"SELECT * FROM promises WHERE {where} ORDER BY due_at, id LIMIT :most", most=most, **named)
    return every(Promise, found), int(count["n"]) if count else 0


def of_issue(db: Database, issue_id: int) -> list[Promise]:
    """The promises of an issue, in the order they were made; those entered by mistake are left out."""
    return every(
        Promise,
        db.rows(
            "SELECT * FROM promises WHERE issue_id = :id AND (outcome IS NULL OR outcome <> 'mistake') ORDER BY id",
            id=issue_id,
        ),
    )


def tried(db: Database, promise_id: int, person_id: str, at: int) -> None:
    """Record an attempt that did not reach the customer."""
    append(db, "attempts", promise_id=promise_id, person_id=person_id, at=at)


def moved(
    db: Database, promise: Promise, *, person_id: str, at: int, to_due_at: int, customer_told: bool | None
) -> None:
    """Record that a promise was moved, and whether the customer was told (None: not asked)."""
    told = None if customer_told is None else int(customer_told)
    times = {"from_due_at": promise.due_at, "to_due_at": to_due_at}
    append(db, "moves", promise_id=promise.id, person_id=person_id, at=at, **times, customer_told=told)


def told_of_last_move(db: Database, promise_id: int, *, customer_told: bool) -> bool:
    """Record whether the customer was told of the latest move."""
    return (
        db.run(
            "UPDATE moves SET customer_told = :told WHERE id ="
            " (SELECT MAX(id) FROM moves WHERE promise_id = :promise_id)",
            promise_id=promise_id,
            told=int(customer_told),
        )
        == 1
    )


def counts(db: Database, promise_id: int) -> tuple[int, int]:
    """How often a promise was tried, and how often it was moved."""
    row = db.row(
        "SELECT (SELECT COUNT(*) FROM attempts WHERE promise_id = :id) AS tried,"
        " (SELECT COUNT(*) FROM moves WHERE promise_id = :id) AS moved",
        id=promise_id,
    )
    return (row["tried"], row["moved"]) if row else (0, 0)


def moves(db: Database, promise_id: int) -> tuple[int, bool]:
    """How often a promise was moved, and whether the customer was not told of the latest move."""
    found = db.rows("SELECT customer_told FROM moves WHERE promise_id = :id ORDER BY id DESC", id=promise_id)
    return len(found), bool(found) and found[0]["customer_told"] == 0


def erase(db: Database, promise_id: int) -> None:
    """Take a promise back as if it had not been: for Undo only."""
    db.run("DELETE FROM attempts WHERE promise_id = :id", id=promise_id)
    db.run("DELETE FROM moves WHERE promise_id = :id", id=promise_id)
    db.run("DELETE FROM notes WHERE record_id = :id", id=promise_id)
    gone = db.rows("DELETE FROM promises WHERE id = :id RETURNING owner_id", id=promise_id)
    homes.changed(db, *[row["owner_id"] for row in gone])


def ask_to_take(db: Database, promise_id: int, person_id: str | None, why: str | None) -> None:
    """Note who is asked to take an open promise over, or that nobody is any more; its next steps go elsewhere."""
    before = every(Promise, db.rows("SELECT * FROM promises WHERE id = :id", id=promise_id))
    db.run(
        f"UPDATE promises SET asked_id = :person_id, asked_why = :why, next_at = {ANEW}"
        " WHERE id = :id AND closed_at IS NULL",
        id=promise_id,
        person_id=person_id,
        why=why,
    )
    homes.changed(db, person_id, *[promise.asked_id for promise in before])


def owned(db: Database, person_id: str) -> list[Promise]:
    """All open promises of a person but the sample, soonest due first: what others may be asked to take over."""
    found = db.rows(
        "SELECT * FROM promises WHERE closed_at IS NULL AND owner_id = :id AND kind <> 'sample' ORDER BY due_at, id",
        id=person_id,
    )
    return every(Promise, found)


def asked_of(db: Database, person_id: str) -> list[Promise]:
    """The open promises somebody is asked to take over, soonest due first."""
    found = db.rows(
        "SELECT * FROM promises WHERE closed_at IS NULL AND asked_id = :id ORDER BY due_at, id", id=person_id
    )
    return every(Promise, found)


def due_between(db: Database, person_id: str, begin: int, end: int) -> int:
    """How many open promises of a person fall due from ``begin`` until before ``end``."""
    row = db.row(
        "SELECT COUNT(*) AS n FROM promises WHERE closed_at IS NULL AND owner_id = :id"
        " AND due_at >= :begin AND due_at < :end",
        id=person_id,
        begin=begin,
        end=end,
    )
    return int(row["n"]) if row else 0
