"""Channels, and whether Kept is in them."""

from storage import facts
from storage.database import Database
from storage.models import Channel, every, one


def keep(db: Database, channel: Channel) -> None:
    """Keep what Slack says of a channel; the customer it belongs to is ours and stays."""
    db.run(
        "INSERT INTO channels (id, name, has_kept, is_private, is_shared)"
        " VALUES (:id, :name, :has_kept, :is_private, :is_shared)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, has_kept = excluded.has_kept,"
        " is_private = excluded.is_private, is_shared = excluded.is_shared",
        id=channel.id,
        name=channel.name,
        has_kept=int(channel.has_kept),
        is_private=int(channel.is_private),
        is_shared=int(channel.is_shared),
    )


def joined(db: Database, channel_id: str, *, has_kept: bool) -> None:
    """Note that Kept came into a channel, or left it."""
    db.run(
        "INSERT INTO channels (id, name, has_kept, is_private, is_shared) VALUES (:id, '', :has_kept, 0, 0)"
        " ON CONFLICT (id) DO UPDATE SET has_kept = excluded.has_kept",
        id=channel_id,
        has_kept=int(has_kept),
    )


def find(db: Database, channel_id: str) -> Channel | None:
    """The channel with this Slack id, if we know it."""
    row = db.row("SELECT * FROM channels WHERE id = :id", id=channel_id)
    return None if row is None else one(Channel, row)


def left_all(db: Database) -> None:
    """Before a full listing is kept: Kept is in no channel that is not in it."""
    facts.remember(db, "channels listed", "yes")
    db.run("UPDATE channels SET has_kept = 0")


def are_listed(db: Database) -> bool:
    """Whether Slack ever listed the channels Kept is in; if so, one we do not know is one it is not in."""
    return facts.fact(db, "channels listed") is not None


def by_name(db: Database, name: str) -> Channel | None:
    """The channel with this name, if we see it."""
    row = db.row("SELECT * FROM channels WHERE name = :name ORDER BY has_kept DESC LIMIT 1", name=name)
    return None if row is None else one(Channel, row)


def is_shared(db: Database, channel_id: str) -> None:
    """Note that a channel is shared with another company, as Slack says beside an event from there."""
    db.run(
        "INSERT INTO channels (id, name, has_kept, is_private, is_shared) VALUES (:id, '', 1, 0, 1)"
        " ON CONFLICT (id) DO UPDATE SET is_shared = 1",
        id=channel_id,
    )


def of_customer(db: Database, customer_id: int) -> list[Channel]:
    """The channels that belong to a customer, by name."""
    return every(Channel, db.rows("SELECT * FROM channels WHERE customer_id = :id ORDER BY name, id", id=customer_id))


def are_of_customer(db: Database, customer_id: int, channel_ids: list[str]) -> None:
    """Give a customer these channels and no others; one not known yet is kept by its id."""
    db.run("UPDATE channels SET customer_id = NULL WHERE customer_id = :customer_id", customer_id=customer_id)
    for channel_id in channel_ids:
        db.run(
            "INSERT INTO channels (id, name, has_kept, is_private, is_shared, customer_id)"
            " VALUES (:id, '', 0, 0, 0, :customer_id) ON CONFLICT (id) DO UPDATE SET customer_id = :customer_id",
            id=channel_id,
            customer_id=customer_id,
        )
