"""Who has opened Kept's Home, and whose no longer shows things as they are."""

from storage.database import Database, Row


def opened(db: Database, person_id: str, channel_id: str, drawing: str | None) -> None:
    """Note that somebody opened their Home, so it is to be looked at whether it is true.

    ``channel_id`` is their direct messages with Kept, ``drawing`` the one that Slack says they see, if any.
    """
    db.run(
        "INSERT INTO homes (person_id, channel_id, is_stale, drawing) VALUES (:person_id, :channel_id, 1, :drawing)"
        " ON CONFLICT (person_id) DO UPDATE SET channel_id = excluded.channel_id, is_stale = 1,"
        " drawing = excluded.drawing",
        person_id=person_id,
        channel_id=channel_id,
        drawing=drawing,
    )


def drawing(db: Database, person_id: str) -> str | None:
    """The drawing somebody's Home shows, as far as we know."""
    row = db.row("SELECT drawing FROM homes WHERE person_id = :id", id=person_id)
    return row["drawing"] if row else None


def drawn(db: Database, person_id: str, drawing: str) -> None:
    """Note which drawing Slack shows in somebody's Home from now on."""
    db.run("UPDATE homes SET drawing = :drawing WHERE person_id = :id", id=person_id, drawing=drawing)


def changed(db: Database, *person_ids: str | None) -> None:
    """Note that something of these people's changed; for those who never opened Home this does nothing."""
    for person_id in set(person_ids) - {None}:
        db.run("UPDATE homes SET is_stale = 1 WHERE person_id = :id AND is_stale = 0", id=person_id)


def all_changed(db: Database) -> None:
    """Note that something changed that may stand in anybody's Home."""
    db.run("UPDATE homes SET is_stale = 1 WHERE is_stale = 0")


def take_stale(db: Database) -> list[str]:
    """The people whose Home has to be drawn anew; they are taken as drawn from here on."""
    rows: list[Row] = db.rows("UPDATE homes SET is_stale = 0 WHERE is_stale = 1 RETURNING person_id")
    return sorted(row["person_id"] for row in rows)


def channel_of(db: Database, person_id: str) -> str:
    """The direct messages between Kept and somebody who has opened Home, or an empty text."""
    row = db.row("SELECT channel_id FROM homes WHERE person_id = :id", id=person_id)
    return row["channel_id"] if row else ""
