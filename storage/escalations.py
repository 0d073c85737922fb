"""Emoji on messages, as Slack told of them, and the escalations they began."""

from typing import Any

from storage import issues
from storage.database import Database, insert
from storage.models import Escalation, Issue, Reaction, every, one

# What the people who escalate do about it themselves: nobody has acted on an escalation that has seen no more.
THEIR_OWN = ("escalated", "escalated too", "gave a reason", "withdrew")


def turn(
    db: Database,
    *,
    channel_id: str,
    message_ts: str,
    person_id: str,
    emoji: str,
    deed: str,
    is_on: bool,
    event_ts: str,
    at: int,
) -> Reaction | None:
    """Note that somebody put an emoji on a message, or took it off; None if nothing changed by that.

    Slack promises no order and tells things twice: what is older than what we know is passed over. ``event_ts`` is
    Slack's own time of it; where Slack leaves it out, things are taken in the order they arrive.
    """
    key = {"channel_id": channel_id, "message_ts": message_ts, "person_id": person_id, "emoji": emoji}
    where = " AND ".join(f"{name} = :{name}" for name in key)
    known = db.row(f"SELECT * FROM reactions WHERE {where}", **key)
    if known and event_ts and event_ts <= known["event_ts"]:
        return None
    turned = is_on != (bool(known["is_on"]) if known else False)
    heard: dict[str, Any] = {"deed": deed, "is_on": int(is_on), "event_ts": event_ts}
    if turned:
        heard |= {"put_at": at, "taken_at": None} if is_on else {"taken_at": at}
    if known is None:
        row = insert(db, "reactions", **key, **heard)
    else:
        sets = ", ".join(f"{name} = :{name}" for name in heard)
        row = db.rows(f"UPDATE reactions SET {sets} WHERE id = :id RETURNING *", id=known["id"], **heard)[0]
    return one(Reaction, row) if turned else None


def reaction(db: Database, reaction_id: int) -> Reaction | None:
    """The emoji somebody put on a message, still there or not."""
    row = db.row("SELECT * FROM reactions WHERE id = :id", id=reaction_id)
    return None if row is None else one(Reaction, row)


def join(db: Database, reaction_id: int, escalation_id: int | None) -> None:
    """Count an emoji as part of an escalation, or no longer."""
    db.run("UPDATE reactions SET escalation_id = :to WHERE id = :id", id=reaction_id, to=escalation_id)


def made_issue(db: Database, reaction_id: int, issue_id: int) -> None:
    """Remember which issue was made because of an emoji."""
    db.run("UPDATE reactions SET issue_id = :issue_id WHERE id = :id", id=reaction_id, issue_id=issue_id)


def those_of(db: Database, escalation_id: int) -> list[Reaction]:
    """The emoji an escalation consists of, in their order; also those taken off too late to undo it."""
    found = db.rows("SELECT * FROM reactions WHERE escalation_id = :id ORDER BY put_at, id", id=escalation_id)
    return every(Reaction, found)


def issue_made_from(db: Database, channel_id: str, message_ts: str) -> Issue | None:
    """The issue that was made of this very message by an emoji."""
    row = db.row(
        "SELECT issues.* FROM reactions JOIN issues ON issues.id = reactions.issue_id"
        " WHERE reactions.channel_id = :channel_id AND reactions.message_ts = :ts ORDER BY issues.id LIMIT 1",
        channel_id=channel_id,
        ts=message_ts,
    )
    return None if row is None else one(Issue, row)


def issue_headed_by(db: Database, channel_id: str, message_ts: str) -> Issue | None:
    """The issue whose card, or whose first message, this is."""
    return issues.of_thread(db, channel_id, message_ts) or issue_made_from(db, channel_id, message_ts)


def issue_at(db: Database, channel_id: str, message_ts: str, root: str) -> Issue | None:
    """The issue a message belongs to: its own, its thread's, or the one whose escalation was posted there."""
    found = issues.of_thread(db, channel_id, root) or issue_headed_by(db, channel_id, message_ts)
    posted = None if found else of_post(db, channel_id, root)
    return issues.find(db, posted.issue_id) if posted else found


def begin(db: Database, **values: Any) -> Escalation:
    """Write a new escalation, its columns by name."""
    return one(Escalation, insert(db, "escalations", **values))


def find(db: Database, escalation_id: int | None) -> Escalation | None:
    """The escalation with this id."""
    row = db.row("SELECT * FROM escalations WHERE id = :id", id=escalation_id)
    return None if row is None else one(Escalation, row)


CHANGEABLE = frozenset({"promise_id", "taken_by", "withdrawn_at", "reason", "post_channel", "post_ts"})


def change(db: Database, escalation_id: int, **values: Any) -> Escalation | None:
    """Change an escalation; None if it was undone."""
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not a changeable column of an escalation: {sorted(unknown)}")
    sets = ", ".join(f"{name} = :{name}" for name in values)
    row = db.row(f"UPDATE escalations SET {sets} WHERE id = :id RETURNING *", id=escalation_id, **values)
    return None if row is None else one(Escalation, row)


def on_message(db: Database, channel_id: str, message_ts: str) -> Escalation | None:
    """The escalation of this very message, unless it was withdrawn."""
    row = db.row(
        "SELECT * FROM escalations WHERE channel_id = :channel_id AND message_ts = :ts AND withdrawn_at IS NULL"
        " ORDER BY id DESC LIMIT 1",
        channel_id=channel_id,
        ts=message_ts,
    )
    return None if row is None else one(Escalation, row)


def of_post(db: Database, channel_id: str, ts: str) -> Escalation | None:
    """The escalation that was posted as this message."""
    row = db.row(
        "SELECT * FROM escalations WHERE post_channel = :channel_id AND post_ts = :ts", channel_id=channel_id, ts=ts
    )
    return None if row is None else one(Escalation, row)


def of_issue(db: Database, issue_id: int) -> list[Escalation]:
    """An issue's escalations, the latest last."""
    return every(Escalation, db.rows("SELECT * FROM escalations WHERE issue_id = :id ORDER BY id", id=issue_id))


def latest(db: Database, issue_id: int) -> Escalation | None:
    """An issue's latest escalation, withdrawn or not."""
    found = of_issue(db, issue_id)
    return found[-1] if found else None


def acted_on(db: Database, escalation: Escalation, but: str = "") -> bool:
    """Whether anybody (``but`` this person) has done something about an escalation since it began."""
    rows = db.rows(
        "SELECT deed, person_id FROM audit WHERE record_id IN (:issue_id, :promise_id) AND id >"
        " (SELECT MAX(id) FROM audit WHERE record_id = :issue_id AND deed = 'escalated')",
        issue_id=escalation.issue_id,
        promise_id=escalation.promise_id,
    )
    return any(row["deed"] not in THEIR_OWN and row["person_id"] != but for row in rows)


def made_to(db: Database, promise_id: int, person_id: str) -> None:
    """Note whom an escalation's promise is owed to now that the first who escalated took it back."""
    db.run("UPDATE promises SET maker_id = :person_id WHERE id = :id", id=promise_id, person_id=person_id)


def erase(db: Database, escalation_id: int) -> None:
    """Take an escalation back as if it had not been."""
    db.run("UPDATE reactions SET escalation_id = NULL WHERE escalation_id = :id", id=escalation_id)
    db.run("DELETE FROM escalations WHERE id = :id", id=escalation_id)
