"""How customers feel, and why."""

from storage.database import Database, insert
from storage.models import Feedback, every, one


def latest(db: Database, customer_id: int, most: int) -> list[Feedback]:
    """What a customer said of us, the latest first; asked and not answered is left out."""
    found = db.rows(
        "SELECT * FROM feedback WHERE customer_id = :id AND (mood IS NOT NULL OR reason IS NOT NULL)"
        " ORDER BY at DESC, id DESC LIMIT :most",
        id=customer_id,
        most=most,
    )
    return every(Feedback, found)


def add(
    db: Database,
    *,
    customer_id: int,
    issue_id: int | None,
    team_id: int | None,
    person_id: str,
    at: int,
    mood: str | None,
    reason: str | None,
) -> Feedback:
    """Note how a customer feels; ``mood`` is None where they were not asked."""
    values = {"customer_id": customer_id, "issue_id": issue_id, "team_id": team_id, "person_id": person_id}
    return one(Feedback, insert(db, "feedback", **values, at=at, mood=mood, reason=reason))


def find(db: Database, feedback_id: int) -> Feedback | None:
    """What was noted under this id, or None if it was undone or its customer forgotten."""
    row = db.row("SELECT * FROM feedback WHERE id = :id AND person_id <> ''", id=feedback_id)
    return None if row is None else one(Feedback, row)


def change(
    db: Database, feedback_id: int, *, customer_id: int, issue_id: int | None, mood: str | None, reason: str | None
) -> Feedback | None:
    """Correct what was noted; None if it was undone."""
    row = db.row(
        "UPDATE feedback SET customer_id = :customer_id, issue_id = :issue_id, mood = :mood, reason = :reason"
        " WHERE id = :id RETURNING *",
        id=feedback_id,
        customer_id=customer_id,
        issue_id=issue_id,
        mood=mood,
        reason=reason,
    )
    return None if row is None else one(Feedback, row)


def follow(db: Database, issue_id: int, before: int, customer_id: int) -> None:
    """What was noted of the customer an issue had before is the customer's it has now."""
    db.run(
        "UPDATE feedback SET customer_id = :customer_id WHERE issue_id = :issue_id AND customer_id = :before",
        customer_id=customer_id,
        issue_id=issue_id,
        before=before,
    )


def erase(db: Database, feedback_id: int) -> None:
    """Take it back as if it had not been: for Undo only."""
    db.run("DELETE FROM feedback WHERE id = :id", id=feedback_id)


def of_issue(db: Database, issue_id: int) -> Feedback | None:
    """The latest that was noted with an issue."""
    row = db.row(
        "SELECT feedback.* FROM feedback JOIN issues ON issues.customer_id = feedback.customer_id"
        " WHERE issues.id = :id AND feedback.issue_id = :id ORDER BY feedback.at DESC, feedback.id DESC LIMIT 1",
        id=issue_id,
    )
    return None if row is None else one(Feedback, row)


def since(db: Database, at: int, *, customer_id: int | None, most: int) -> list[Feedback]:
    """What was noted from this time on, of one customer or of all, the latest first, up to ``most``."""
    of_one = " AND customer_id = :customer_id" if customer_id is not None else ""
    values = {"customer_id": customer_id} if customer_id is not None else {}
    found = db.rows(
        f"SELECT * FROM feedback WHERE at >= :at{of_one} ORDER BY at DESC, id DESC LIMIT :most",
        at=at,
        most=most,
        **values,
    )
    return every(Feedback, found)


def counts(db: Database, at: int, *, customer_id: int | None) -> dict[str, int]:
    """How often each mood was noted from this time on; not asked stands under an empty text."""
    of_one = " AND customer_id = :customer_id" if customer_id is not None else ""
    values = {"customer_id": customer_id} if customer_id is not None else {}
    found = db.rows(
        f"SELECT COALESCE(mood, '') AS mood, COUNT(*) AS n FROM feedback WHERE at >= :at{of_one} GROUP BY mood",
        at=at,
        **values,
    )
    return {row["mood"]: int(row["n"]) for row in found}


def is_theirs(db: Database, customer_id: int, person_id: str) -> bool:
    """Whether an issue or promise of this customer is somebody's own: theirs to do, or made by them."""
    row = db.row(
        "SELECT 1 AS yes FROM issues WHERE customer_id = :id AND (owner_id = :me OR reporter_id = :me) UNION ALL"
        " SELECT 1 AS yes FROM promises WHERE customer_id = :id AND (owner_id = :me OR maker_id = :me) LIMIT 1",
        id=customer_id,
        me=person_id,
    )
    return row is not None
