"""The audit trail: every change has one entry saying who, what, when, and from which surface."""

from storage.database import Database, Row, insert


def write(
    db: Database, *, at: int, person_id: str, surface: str, deed: str, record_id: int | None, detail: str | None = None
) -> None:
    """Add an entry; ``deed`` is a short verb such as ``resolved``, ``detail`` JSON or plain words."""
    what = {"deed": deed, "record_id": record_id, "detail": detail}
    insert(db, "audit", at=at, person_id=person_id, surface=surface, **what)


def last(db: Database, record_id: int, deed: str) -> Row | None:
    """The latest entry of this kind about a record: who did it, and when."""
    return db.row(
        "SELECT * FROM audit WHERE record_id = :record_id AND deed = :deed ORDER BY id DESC LIMIT 1",
        record_id=record_id,
        deed=deed,
    )


def touched_by_others(db: Database, record_id: int, person_id: str) -> Row | None:
    """The first entry by anybody else about a record, or None."""
    return db.row(
        "SELECT * FROM audit WHERE record_id = :record_id AND person_id <> :person_id ORDER BY id LIMIT 1",
        record_id=record_id,
        person_id=person_id,
    )
