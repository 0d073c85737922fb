"""People as Slack knows them, kept here so that no answer has to ask Slack first."""

from dataclasses import asdict

from storage import facts
from storage.database import Database
from storage.models import Person, every, one


def keep(db: Database, person: Person) -> None:
    """Keep what Slack says of a person; a zone or locale it leaves out does not erase the one we know."""
    db.run(
        "INSERT INTO people (id, handle, name, zone, locale, is_bot, is_outsider, is_admin, is_deactivated)"
        " VALUES (:id, :handle, :name, :zone, :locale, :is_bot, :is_outsider, :is_admin, :is_deactivated)"
        " ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, name = excluded.name,"
        " zone = COALESCE(excluded.zone, people.zone), locale = COALESCE(excluded.locale, people.locale),"
        " is_bot = excluded.is_bot, is_outsider = excluded.is_outsider, is_admin = excluded.is_admin,"
        " is_deactivated = excluded.is_deactivated",
        **{key: int(value) if isinstance(value, bool) else value for key, value in asdict(person).items()},
    )


def find(db: Database, person_id: str) -> Person | None:
    """The person with this Slack id, if we know them."""
    row = db.row("SELECT * FROM people WHERE id = :id", id=person_id)
    return None if row is None else one(Person, row)


def by_handle(db: Database, handle: str) -> list[Person]:
    """The people a plain ``@handle`` may mean; handles are lower case in Slack."""
    return every(
        Person,
        db.rows("SELECT * FROM people WHERE handle = :handle AND is_deactivated = 0", handle=handle.lower()),
    )


def known_ids(db: Database) -> set[str]:
    """The ids of everybody we know."""
    return {row["id"] for row in db.rows("SELECT id FROM people")}


def admin(db: Database) -> str | None:
    """Kept's admin, who hears what nobody else does: who finished the first setup, else an admin of the workspace."""
    known = facts.fact(db, "admin")
    if known:
        return known
    row = db.row("SELECT id FROM people WHERE is_admin = 1 AND is_deactivated = 0 AND is_bot = 0 ORDER BY id LIMIT 1")
    return None if row is None else str(row["id"])
