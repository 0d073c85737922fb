"""What shows an escalation: by whom and since when in words, and its living messages, drawn again as it changes."""

import json

from handlers import names, text
from handlers.blocks import Line, Moment
from storage import channels, escalations, outbox
from storage.database import Database
from storage.models import Escalation, Issue


def by(db: Database, escalation: Escalation) -> str:
    """Who escalated, and who joined in: ``Tom (+1 from Dana and Bob)``."""
    people = list(dict.fromkeys(reaction.person_id for reaction in escalations.those_of(db, escalation.id)))
    named = [names.person(db, person_id) for person_id in people] or ["somebody"]
    return f"{named[0]} (+1 from {text.listed(named[1:])})" if named[1:] else named[0]


def withdrawn(db: Database, escalation: Escalation, zone: str, now: int) -> Line | None:
    """Who took it back, and when; None if nobody did."""
    gone = [one for one in escalations.those_of(db, escalation.id) if not one.is_on and one.taken_at]
    if not gone:
        return None
    named = text.listed(list(dict.fromkeys(names.person(db, one.person_id) for one in gone)))
    return [f"Withdrawn by {named} · ", at(max(one.taken_at or 0 for one in gone), zone, now)]


def on_card(db: Database, issue: Issue, zone: str, now: int) -> list[Line]:
    """What an issue's card says of its latest escalation, if it has one."""
    escalation = escalations.latest(db, issue.id)
    if escalation is None:
        return []
    told: list[Line] = [[f"Escalated by {by(db, escalation)} · ", at(escalation.at, zone, now)]]
    gone = withdrawn(db, escalation, zone, now)
    return [*told, *([gone] if gone else [])]


def at(moment: int, zone: str, now: int) -> Moment:
    """A time each reader sees in their own zone."""
    return Moment(moment, f"{text.moment(moment, zone, now)} {text.zone_name(moment, zone)}")


def redraw(db: Database, escalation: Escalation, now: int) -> None:
    """Have the post drawn again from the escalation as it will be then; one that was undone is taken away."""
    _refresh(db, escalation, "escalation", escalation.post_channel, now)


def redraw_marks(db: Database, escalation: Escalation, now: int) -> None:
    """The same for what stands where it was escalated: Kept's own emoji and, before strangers, its one word."""
    _refresh(db, escalation, "mark", escalation.channel_id, now)
    channel = channels.find(db, escalation.channel_id)
    if channel and channel.is_shared:
        _refresh(db, escalation, "received", escalation.channel_id, now)


def take_away(db: Database, escalation: Escalation, now: int) -> None:
    """Take an escalation back as if it had not been, with everything of it that stands in Slack."""
    escalations.erase(db, escalation.id)
    redraw(db, escalation, now)
    redraw_marks(db, escalation, now)


def _refresh(db: Database, escalation: Escalation, kind: str, target: str, now: int) -> None:
    where = json.dumps({"channel": escalation.channel_id, "ts": escalation.message_ts})
    outbox.refresh(
        db, key=f"{kind}:{escalation.id}", kind=kind, target=target, subject_id=escalation.id, payload=where, now=now
    )
