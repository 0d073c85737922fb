"""The audit trail: every change has one entry saying who, what, when, and from which surface."""

from dataclasses import asdict, dataclass

from storage.database import Database, Row, append


def write(
    db: Database,
    *,
    at: int,
    person_id: str,
    surface: str,
    deed: str,
    record_id: int | None = None,
    customer_id: int | None = None,
    detail: str | None = None,
) -> None:
    """Add an entry; ``deed`` is a short verb such as ``resolved``, ``detail`` JSON or plain words.

    ``record_id`` is an issue's or promise's number; an entry about a customer has ``customer_id`` instead.
    """
    what = {"deed": deed, "record_id": record_id, "customer_id": customer_id, "detail": detail}
    append(db, "audit", at=at, person_id=person_id, surface=surface, **what)


AT_ONCE = 100  # entries in one statement


def write_each(
    db: Database, record_ids: list[int], *, at: int, person_id: str, surface: str, deed: str, detail: str | None = None
) -> None:
    """Add the same entry about many records: one by one they take ten times as long behind a change of many rows."""
    entry = {"at": at, "person_id": person_id, "surface": surface, "deed": deed, "detail": detail}
    names = ", ".join(entry)
    for start in range(0, len(record_ids), AT_ONCE):
        some = {f"n{place}": number for place, number in enumerate(record_ids[start : start + AT_ONCE])}
        lines = ", ".join(f"({', '.join(f':{name}' for name in entry)}, :{place})" for place in some)
        db.run(f"INSERT INTO audit ({names}, record_id) VALUES {lines}", **entry, **some)


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


def of_customer(db: Database, customer_id: int) -> list[Row]:
    """The entries about a customer itself, oldest first."""
    return db.rows("SELECT * FROM audit WHERE customer_id = :id ORDER BY id", id=customer_id)


def latest(db: Database, record_id: int) -> int:
    """The number of the latest entry about a record; 0 where there is none."""
    row = db.row("SELECT MAX(id) AS id FROM audit WHERE record_id = :record_id", record_id=record_id)
    return int(row["id"] or 0) if row else 0


def after(db: Database, record_id: int, entry_id: int, most: int = 100) -> list[Row]:
    """The entries about a record that came after this one, the latest first."""
    return db.rows(
        "SELECT * FROM audit WHERE record_id = :record_id AND id > :entry_id ORDER BY id DESC LIMIT :most",
        record_id=record_id,
        entry_id=entry_id,
        most=most,
    )


def last_of_customer(db: Database, customer_id: int, deed: str) -> Row | None:
    """The latest entry of this kind about a customer: who did it, and when."""
    return db.row(
        "SELECT * FROM audit WHERE customer_id = :customer_id AND deed = :deed ORDER BY id DESC LIMIT 1",
        customer_id=customer_id,
        deed=deed,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are looked for: all that fit every field that is set; ``before`` is the number of an entry."""

    person_id: str | None = None
    record_id: int | None = None
    customer_id: int | None = None
    since: int | None = None
    before: int | None = None


FITS = {
    "person_id": "person_id = :person_id",
    "record_id": "record_id = :record_id",
    "customer_id": "(customer_id = :customer_id OR record_id IN (SELECT id FROM issues WHERE customer_id = :customer_id"
    " UNION ALL SELECT id FROM promises WHERE customer_id = :customer_id))",
    "since": "at >= :since",
    "before": "id < :before",
}


def newest(db: Database, asked: Asked, most: int) -> list[Row]:
    """The entries that fit, newest first; those about a customer's issues and promises are about the customer."""
    values = {name: value for name, value in asdict(asked).items() if value is not None}
    fit = " AND ".join(FITS[name] for name in values) or "1 = 1"
    return db.rows(f"SELECT * FROM audit WHERE {fit} ORDER BY id DESC LIMIT :most", **values, most=most)
