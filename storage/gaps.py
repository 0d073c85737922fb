"""Where emoji may have been put while nobody told Kept of them."""

from storage.database import Database
from storage.models import Outgoing, Reaction, every


def channels(db: Database) -> list[str]:
    """The channels Kept is in."""
    return [row["id"] for row in db.rows("SELECT id FROM channels WHERE has_kept = 1 ORDER BY id")]


def threads(db: Database, most: int) -> list[tuple[str, str]]:
    """The threads of open issues, as channel and ts of their first message; of the newest issues, up to ``most``."""
    rows = db.rows(
        "SELECT made_in, thread_ts, card_channel, card_ts FROM issues WHERE resolved_at IS NULL"
        " ORDER BY created_at DESC LIMIT :most",
        most=most,
    )
    of_message = [(row["made_in"], row["thread_ts"]) for row in rows if row["thread_ts"]]
    of_card = [(row["card_channel"], row["card_ts"]) for row in rows if row["card_ts"] and not row["thread_ts"]]
    return list(dict.fromkeys((*of_message, *of_card)))


def waiting(db: Database) -> list[Outgoing]:
    """What was asked of Slack after an earlier gap, and is certainly still to be read."""
    live = "state IN ('queued', 'sending', 'unknown')"  # as the indexes of the outbox have it
    found = db.rows(f"SELECT * FROM outbox WHERE {live} AND state <> 'sending' AND kind = 'gap'")
    return every(Outgoing, found)


def ask_anew(db: Database, outgoing_id: int, *, key: str, payload: str, now: int) -> None:
    """Have what waits to be read count as asked at this moment, under a new key; it keeps its turn."""
    db.run(
        "UPDATE outbox SET key = :key, payload = :payload, created_at = :now WHERE id = :id",
        id=outgoing_id,
        key=key,
        payload=payload,
        now=now,
    )


def put_on(db: Database, channel_id: str, message_ts: str, before: int) -> list[Reaction]:
    """The emoji we take to stand on a message, put there before a moment (Unix seconds)."""
    rows = db.rows(
        "SELECT * FROM reactions WHERE channel_id = :channel_id AND message_ts = :ts AND is_on = 1"
        " AND put_at < :before ORDER BY id",
        channel_id=channel_id,
        ts=message_ts,
        before=before,
    )
    return every(Reaction, rows)
