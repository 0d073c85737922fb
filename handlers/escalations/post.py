"""What an escalation puts into Slack: its one post, Kept's own emoji, and the one word strangers may read."""

import json
from typing import Any

from handlers import names, roles
from handlers.blocks import Bold, Button, Item, Line, Link, Part, Row, message
from handlers.callbacks import nudges
from handlers.escalations import shown
from handlers.escalations.emoji import MARK
from handlers.issues import card
from handlers.said import FALLBACK_ZONE
from storage import callbacks, channels, escalations, issues, outbox, people, teams
from storage.database import Database
from storage.models import Escalation, Issue, Outgoing, Promise, Team

Call = dict[str, Any]


def place(db: Database, team: Team | None, channel_id: str) -> str | None:
    """Where an escalation is posted: the escalation channel, else the team's.

    Before setup that is the channel it came from; where strangers would read it there, Kept's admin gets it directly.
    """
    own = [team.escalation_channel_id, team.channel_id] if team else [channel_id]
    there = next((one for one in own if one and card.home(db, one) and roles.shows_all(db, one)), None)
    return there or (team and team.lead_id) or people.admin(db)


def send(db: Database, escalation: Escalation, team: Team | None, now: int) -> None:
    """Queue the post, before all else that waits, with the marks where it was escalated."""
    outbox.put(
        db,
        key=f"escalation:{escalation.id}",
        kind="escalation",
        target=escalation.post_channel,
        person_id=(team and team.lead_id) or people.admin(db),
        subject_id=escalation.id,
        priority=outbox.REMINDER,
        now=now,
    )
    shown.redraw_marks(db, escalation, now)


def compose(db: Database, outgoing: Outgoing, now: int) -> Call | None:
    """The call that draws the post as things are now; the post of an escalation that was undone is deleted."""
    escalation = escalations.find(db, outgoing.subject_id)
    issue = issues.find(db, escalation.issue_id) if escalation else None
    sent = {"channel": outgoing.sent_channel, "ts": outgoing.sent_ts} if outgoing.sent_ts else None
    if escalation is None or issue is None:
        return {"method": "chat.delete", **sent} if sent else None
    where = outgoing.sent_channel or outgoing.target
    whole = lines(db, escalation, issue, now) if card.shows_all(db, where) else None
    drawn = message(whole or card.behind_the_curtain(db, issue, where))
    if sent:
        return {"method": "chat.update", **sent, **drawn}
    return {"method": "chat.postMessage", "channel": outgoing.target, **drawn}


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, _now: int) -> None:
    """Remember where the post is, so that what happens there is known to be about it."""
    escalations.change(db, outgoing.subject_id or 0, post_channel=channel, post_ts=ts)


def lines(db: Database, escalation: Escalation, issue: Issue, now: int) -> list[Item]:
    """The post: what, who and where with a link, who answers by when, and the button for whoever takes it."""
    promise = callbacks.find(db, escalation.promise_id or 0)
    zone = _zone(db, issue, promise)
    where = f"Escalated by {shown.by(db, escalation)} in {_where(db, escalation.channel_id)}"
    link: list[Part] = [" · ", Link("see the message", escalation.link)] if escalation.link else []
    told: list[Item] = [["🚨 ", *card.title(db, issue)], [where, *link]]
    told += [["Reason: ", escalation.reason]] if escalation.reason else []
    gone = shown.withdrawn(db, escalation, zone, now)
    told += [gone] if gone else []
    if escalation.withdrawn_at is not None:
        return told
    told.append(state(db, escalation, promise, zone, now))
    if promise is None or promise.is_open:
        told.append(Row(*_buttons(escalation, promise)))
    return told


def state(db: Database, escalation: Escalation, promise: Promise | None, zone: str, now: int) -> Line:
    """Who answers by when, or how it was answered."""
    if promise is None:
        return "Nobody is set to answer it. Who takes it?"
    if not promise.is_open:
        return nudges.closing(db, promise, now)
    owner = names.person(db, promise.owner_id)
    who = f"{owner} is on it and" if escalation.taken_by == promise.owner_id else owner
    return [Bold(f"{who} answers by "), shown.at(promise.due_at, zone, now), f" (#{promise.id})"]


def _buttons(escalation: Escalation, promise: Promise | None) -> list[Button]:
    value = f"{escalation.id}:{promise.generation if promise else 0}"
    take = Button("I take it", "escalation.take", value, style=None if escalation.taken_by else "primary")
    if promise is None or escalation.taken_by is None:
        return [take]
    return [Button("Kept", "promise.kept", f"{promise.id}:{promise.generation}", style="primary"), take]


def _zone(db: Database, issue: Issue, promise: Promise | None) -> str:
    team = teams.find(db, issue.team_id)
    return promise.zone if promise else team.zone if team else FALLBACK_ZONE


def _where(db: Database, channel_id: str) -> str:
    channel = channels.find(db, channel_id)
    return f"#{channel.name}" if channel and channel.name else "a channel"


def mark(db: Database, outgoing: Outgoing, _now: int) -> Call | None:
    """The call that puts Kept's own emoji on an escalated message, or takes it off one that is so no longer."""
    where = json.loads(outgoing.payload or "{}")
    stands = escalations.on_message(db, where["channel"], where["ts"])
    method = "reactions.add" if stands else "reactions.remove"
    return {"method": method, "channel": where["channel"], "timestamp": where["ts"], "name": MARK}


def received(db: Database, outgoing: Outgoing, _now: int) -> Call | None:
    """The call that says "received" in a thread another company reads, or takes that back."""
    escalation = escalations.find(db, outgoing.subject_id)
    if escalation is None:
        sent = {"channel": outgoing.sent_channel, "ts": outgoing.sent_ts}
        return {"method": "chat.delete", **sent} if outgoing.sent_ts else None
    if outgoing.sent_ts:
        return None
    where = {"channel": escalation.channel_id, "thread_ts": escalation.thread_ts}
    return {"method": "chat.postMessage", **where, **message([card.RECEIVED])}
