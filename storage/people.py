"""People as Slack knows them, kept here so that no answer has to ask Slack first."""

from dataclasses import asdict

from storage import facts
from storage.database import Database
from storage.models import Person, every, one

ADMIN_USER, FIRST_SETUP, PRIMARY_OWNER = "admin user", "admin", "primary owner"  # facts that name a person


def keep(db: Database, person: Person) -> None:
    """Keep what Slack says of a person; a zone or locale it leaves out does not erase the one we know."""
    db.run(
        "INSERT INTO people (id, handle, name, zone, locale, is_bot, is_outsider, is_admin, is_deactivated,"
        " status_emoji) VALUES (:id, :handle, :name, :zone, :locale, :is_bot, :is_outsider, :is_admin, :is_deactivated,"
        " :status_emoji)"
        " ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, name = excluded.name,"
        " zone = COALESCE(excluded.zone, people.zone), locale = COALESCE(excluded.locale, people.locale),"
        " is_bot = excluded.is_bot, is_outsider = excluded.is_outsider, is_admin = excluded.is_admin,"
        " is_deactivated = excluded.is_deactivated, status_emoji = excluded.status_emoji, cover_is_stale ="
        " CASE WHEN people.is_deactivated <> excluded.is_deactivated"
        " OR COALESCE(people.status_emoji, '') <> COALESCE(excluded.status_emoji, '')"
        " THEN 1 ELSE people.cover_is_stale END",
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
    """Kept's admin, who hears what nobody else does (brief, section 11); the first of them who has not left.

    ADMIN_USER, else who finished the first setup, else the workspace's primary owner, else any admin of it.
    """
    for name in (ADMIN_USER, FIRST_SETUP, PRIMARY_OWNER):
        known = facts.fact(db, name)
        person = find(db, known) if known else None
        if known and not (person and person.is_deactivated):
            return known
    row = db.row("SELECT id FROM people WHERE is_admin = 1 AND is_deactivated = 0 AND is_bot = 0 ORDER BY id LIMIT 1")
    return None if row is None else str(row["id"])


def keep_hours(db: Database, person_id: str, opens_at: int | None, closes_at: int | None, weekdays: str | None) -> None:
    """Keep somebody's own working hours; None where the team's count again."""
    db.run(
        "UPDATE people SET opens_at = :opens_at, closes_at = :closes_at, weekdays = :weekdays WHERE id = :id",
        id=person_id,
        opens_at=opens_at,
        closes_at=closes_at,
        weekdays=weekdays,
    )


# Since when they were away is kept until they go again: what happened meanwhile is told them when they are back.
BACK = "was_away_from = away_from, back_at = :now, away_from = NULL, away_until = NULL, cover_is_stale = 1"


def came_back(db: Database, person_id: str, now: int) -> None:
    """Note that somebody who was away by their own word is back; what nobody took is theirs again."""
    db.run(f"UPDATE people SET {BACK} WHERE id = :id AND away_from IS NOT NULL", id=person_id, now=now)


def was_away(db: Database, person_id: str) -> tuple[int, int] | None:
    """From when until when somebody was away the last time, by their own word; None if never, or if they still are."""
    row = db.row(
        "SELECT was_away_from, back_at FROM people WHERE id = :id AND away_from IS NULL AND was_away_from IS NOT NULL",
        id=person_id,
    )
    return (int(row["was_away_from"]), int(row["back_at"])) if row else None


def went(db: Database, person_id: str, away_from: int, away_until: int | None) -> None:
    """Note that somebody is away by their own word; who covers for them has to be seen to."""
    db.run(
        "UPDATE people SET away_from = :away_from, away_until = :away_until, cover_is_stale = 1 WHERE id = :id",
        id=person_id,
        away_from=away_from,
        away_until=away_until,
    )


def statuses_mean_another(db: Database) -> None:
    """Note that a status may say something else now: who covers for those with one has to be seen to."""
    db.run("UPDATE people SET cover_is_stale = 1 WHERE status_emoji IS NOT NULL")


def owns_more(db: Database, person_id: str) -> None:
    """Note that a promise came to somebody: if they may be away, who covers has to be seen to."""
    db.run(
        "UPDATE people SET cover_is_stale = 1 WHERE id = :id AND cover_is_stale = 0"
        " AND (is_deactivated = 1 OR status_emoji IS NOT NULL OR away_from IS NOT NULL)",
        id=person_id,
    )


def take_to_cover(db: Database, now: int) -> list[Person]:
    """The people whose cover has to be seen to, each once; those whose time away is over are back."""
    db.run(f"UPDATE people SET {BACK} WHERE away_until IS NOT NULL AND away_until <= :now", now=now)
    return every(Person, db.rows("UPDATE people SET cover_is_stale = 0 WHERE cover_is_stale = 1 RETURNING *"))


def stands_in(db: Database, person_id: str) -> bool:
    """Whether somebody is a lead or a backup, of a team or for a customer, or hears what nobody else does."""
    row = db.row(
        "SELECT 1 AS yes FROM teams WHERE lead_id = :id OR backup_id = :id"
        " UNION SELECT 1 AS yes FROM customers WHERE backup_id = :id LIMIT 1",
        id=person_id,
    )
    return row is not None or admin(db) == person_id


def perhaps_away(db: Database) -> list[Person]:
    """Everybody with an open promise who may be away: by their word, their status or their account."""
    rows = db.rows(
        "SELECT * FROM people WHERE (is_deactivated = 1 OR status_emoji IS NOT NULL OR away_from IS NOT NULL)"
        " AND id IN (SELECT owner_id FROM promises WHERE closed_at IS NULL) ORDER BY id"
    )
    return every(Person, rows)
