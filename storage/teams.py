"""Teams: which channels, people and hours belong together, and who is a member of what."""

from typing import Any

from storage import callbacks
from storage.database import Database, insert
from storage.models import Team, every, one


def keep(db: Database, channel_id: str, **values: Any) -> Team:
    """Make the team of a channel, or change it."""
    before = of_channel(db, channel_id)
    if before is None:
        return one(Team, insert(db, "teams", channel_id=channel_id, **values))
    if not values:
        return before
    callbacks.plan_anew(db)  # people's hours, and who hears of what, may be others now
    changes = ", ".join(f"{name} = :{name}" for name in values)
    row = db.rows(f"UPDATE teams SET {changes} WHERE id = :id RETURNING *", id=before.id, **values)[0]
    return one(Team, row)


def find(db: Database, team_id: int | None) -> Team | None:
    """The team with this id."""
    row = None if team_id is None else db.row("SELECT * FROM teams WHERE id = :id", id=team_id)
    return None if row is None else one(Team, row)


def every_team(db: Database) -> list[Team]:
    """All teams, the first made first."""
    return every(Team, db.rows("SELECT * FROM teams ORDER BY id"))


def of_channel(db: Database, channel_id: str) -> Team | None:
    """The team whose own team channel this is."""
    row = db.row("SELECT * FROM teams WHERE channel_id = :channel_id", channel_id=channel_id)
    return None if row is None else one(Team, row)


def owning(db: Database, channel_id: str) -> Team | None:
    """The team that has this channel as one of its own: team, escalation or manager channel."""
    return next((team for team in every_team(db) if channel_id in team.channels), None)


def of_person(db: Database, person_id: str) -> Team | None:
    """The first team whose channel this person is in."""
    row = db.row(
        "SELECT teams.* FROM teams JOIN memberships ON memberships.channel_id = teams.channel_id"
        " WHERE memberships.person_id = :person_id ORDER BY teams.id LIMIT 1",
        person_id=person_id,
    )
    return None if row is None else one(Team, row)


def around(db: Database, person_id: str) -> list[Team]:
    """The teams in whose team or manager channel this person is, the first made first."""
    rows = db.rows(
        "SELECT * FROM teams WHERE EXISTS (SELECT 1 FROM memberships WHERE person_id = :person_id"
        " AND channel_id IN (teams.channel_id, teams.manager_channel_id)) ORDER BY id",
        person_id=person_id,
    )
    return every(Team, rows)


def for_record(db: Database, channel_id: str, owner_id: str | None) -> Team | None:
    """The team a record belongs to: of the channel it was made in, else its owner's, else the first."""
    everyone = every_team(db)
    if len(everyone) < 2:
        return everyone[0] if everyone else None
    own = next((team for team in everyone if channel_id in team.channels), None)
    return own or (of_person(db, owner_id) if owner_id else None) or everyone[0]


def is_in(db: Database, channel_id: str | None, person_id: str) -> bool:
    """Whether a person is a member of a channel."""
    row = db.row(
        "SELECT 1 AS yes FROM memberships WHERE channel_id = :channel_id AND person_id = :person_id",
        channel_id=channel_id,
        person_id=person_id,
    )
    return row is not None


def members(db: Database, channel_id: str) -> list[str]:
    """The ids of a channel's members, as far as we know them."""
    found = db.rows("SELECT person_id FROM memberships WHERE channel_id = :id ORDER BY person_id", id=channel_id)
    return [row["person_id"] for row in found]


def joined(db: Database, channel_id: str, person_id: str) -> None:
    """Note that somebody came into a channel."""
    db.run(
        "INSERT INTO memberships (channel_id, person_id) VALUES (:channel_id, :person_id) ON CONFLICT DO NOTHING",
        channel_id=channel_id,
        person_id=person_id,
    )


def left(db: Database, channel_id: str, person_id: str) -> None:
    """Note that somebody left a channel."""
    db.run(
        "DELETE FROM memberships WHERE channel_id = :channel_id AND person_id = :person_id",
        channel_id=channel_id,
        person_id=person_id,
    )


def members_are(db: Database, channel_id: str, person_ids: list[str]) -> None:
    """Replace what we know of a channel's members by a full listing."""
    db.run("DELETE FROM memberships WHERE channel_id = :channel_id", channel_id=channel_id)
    for person_id in person_ids:
        joined(db, channel_id, person_id)
