"""Escalating: the issue, its promise to whoever escalated, the one post; joined by others, and taken."""

import json
from dataclasses import dataclass

from handlers import hours, line, names, roles, text
from handlers.blocks import Button, Row
from handlers.callbacks import nudges, outcomes
from handlers.callbacks.words import ANSWER
from handlers.escalations import post
from handlers.escalations.due import answer_by
from handlers.issues import card
from handlers.roles import Role
from handlers.said import FALLBACK_ZONE, NOTHING, ConflictError, Reply, Said, record, tell
from storage import callbacks, customers, escalations, issues, people, teams
from storage.database import Database
from storage.models import Escalation, Issue, Promise, Reaction, Team

SUMMARY = 300  # characters of a message that become the summary of the issue made from it


@dataclass(frozen=True, slots=True)
class Found:
    """What Slack says of a message: its thread's first message, its text as Slack delivers it, author and address."""

    root: str
    words: str = ""
    author_id: str | None = None
    link: str | None = None


def escalate(db: Database, said: Said, reaction: Reaction, found: Found) -> Reply:
    """Escalate the issue of a message, made if there is none; a second person joins the escalation there is."""
    issue = escalations.issue_at(db, said.channel_id, reaction.message_ts, found.root)
    standing = _standing(db, reaction, issue)
    if standing:
        return _join(db, said, reaction, standing)
    made = issue is None
    issue = issues.change(db, issue or log(db, said, reaction, found), escalated_at=said.now)
    if issue is None:
        raise ConflictError
    team = teams.find(db, issue.team_id) or teams.for_record(db, said.channel_id, issue.owner_id)
    promise = _promise(db, said, issue, team, _answerer(db, said, issue, team))
    where = post.place(db, team, said.channel_id) or (promise.owner_id if promise else "")
    escalation = escalations.begin(
        db, issue_id=issue.id, promise_id=promise.id if promise else None, channel_id=said.channel_id,
        message_ts=reaction.message_ts, thread_ts=found.root, link=found.link, at=reaction.put_at or said.now,
        made_issue=int(made), post_channel=where,
    )  # fmt: skip
    escalations.join(db, reaction.id, escalation.id)
    record(db, said, "escalated", issue.id, json.dumps({"channel": said.channel_id, "message": reaction.message_ts}))
    post.send(db, escalation, team, said.now)
    card.refresh(db, issue, said.now)
    if promise and promise.owner_id != escalation.post_channel:
        nudges.tell_owner(db, promise, said.now, f"{said.person.name} escalated this, and you are to answer:")
    return _echo(db, said, issue, escalation, promise)


def _standing(db: Database, reaction: Reaction, issue: Issue | None) -> Escalation | None:
    """The escalation an emoji joins: of the same message, or of the same issue while it waits for its answer."""
    same = escalations.on_message(db, reaction.channel_id, reaction.message_ts)
    if same:
        return same
    last = escalations.latest(db, issue.id) if issue else None
    if last is None or last.withdrawn_at is not None:
        return None
    promise = callbacks.find(db, last.promise_id or 0)
    return last if promise is None or promise.is_open else None


def _join(db: Database, said: Said, reaction: Reaction, standing: Escalation) -> Reply:
    """A second person joins: "+1" on the same post."""
    escalations.join(db, reaction.id, standing.id)
    record(db, said, "escalated too", standing.issue_id)
    redraw(db, standing, said.now)
    return NOTHING


def log(db: Database, said: Said, reaction: Reaction, found: Found) -> Issue:
    """Make an issue of a message, owned by nobody yet, for the channel's customer or an unknown one."""
    named = line.of_channel(db, said.channel_id, "")
    customer = named.customer if named and named.customer else customers.unknown(db, said.now)
    team = teams.for_record(db, said.channel_id, None)
    author = f"a message from {names.person(db, found.author_id)}" if found.author_id else "a message"
    made = issues.log(
        db,
        customer_id=customer.id,
        summary=text.clip(line.readable(db, found.words), SUMMARY) or author,
        reporter_id=said.person.id,
        owner_id=None,
        made_in=said.channel_id,
        thread_ts=found.root,
        team_id=team.id if team else None,
        now=said.now,
    )
    escalations.made_issue(db, reaction.id, made.id)
    record(db, said, "logged", made.id, json.dumps({"emoji": reaction.emoji}))
    return made


def _answerer(db: Database, said: Said, issue: Issue, team: Team | None) -> str | None:
    """Who answers: the issue's owner, else the lead, else Kept's admin; never one who is gone.

    Somebody who escalates their own issue asks for others: they come last.
    """
    wanted = [issue.owner_id, team.lead_id if team else None, team.backup_id if team else None, people.admin(db)]
    there = [one for one in dict.fromkeys(wanted) if one and is_member(db, one)]
    others = [one for one in there if one != said.person.id]
    return next(iter(others or there), said.person.id if is_member(db, said.person.id) else None)


def is_member(db: Database, person_id: str) -> bool:
    """Whether somebody is known to be a full member of our workspace."""
    known = people.find(db, person_id)
    return known is not None and roles.role(db, known) >= Role.MEMBER


def _promise(db: Database, said: Said, issue: Issue, team: Team | None, owner_id: str | None) -> Promise | None:
    """The promise to answer, to the one who escalated; None while there is nobody to make it."""
    owner = people.find(db, owner_id) if owner_id else None
    if owner is None:
        return None
    zone = team.zone if team else owner.zone or said.person.zone or FALLBACK_ZONE
    due = answer_by(said.now, zone, hours.of(team))
    rung, at = nudges.first_step(said.now, due, by_close=False)
    made = callbacks.promise(
        db, customer_id=issue.customer_id, issue_id=issue.id, team_id=issue.team_id, kind=ANSWER, words="🚨",
        subject=f"{said.person.name}'s escalation", owner_id=owner.id, maker_id=said.person.id,
        made_in=said.channel_id, now=said.now, due_at=due, zone=zone, by_close=False, next_rung=rung, next_at=at,
    )  # fmt: skip
    record(db, said, "promised", made.id, json.dumps({"due_at": due, "zone": zone}))
    return made


def _echo(db: Database, said: Said, issue: Issue, escalation: Escalation, promise: Promise | None) -> Reply:
    """What was understood, to the one who escalated; guests and other companies see nothing of ours."""
    if not is_member(db, said.person.id):
        return NOTHING
    return tell(
        ["Escalated: ", *card.title(db, issue)],
        post.state(db, escalation, promise, said.zone, said.now),
        Row(Button("Add reason", "escalation.reason", str(escalation.id))),
        "Taking the emoji off within ten minutes undoes it.",
    )


def take(db: Database, said: Said) -> Reply:
    """The promise to answer goes to who presses "I take it"; who pressed a moment later is told who was first."""
    number, _, generation = said.value.partition(":")
    escalation = escalations.find(db, int(number))
    issue = issues.find(db, escalation.issue_id) if escalation else None
    if escalation is None or issue is None:
        return tell("This escalation was taken back; nothing is left of it.")
    if refused := roles.refusal(db, said, "promise"):
        return refused
    promise = callbacks.find(db, escalation.promise_id or 0)
    if escalation.withdrawn_at is not None or (promise and not promise.is_open):
        return tell(*post.lines(db, escalation, issue, said.now))
    if promise and escalation.taken_by and promise.generation != int(generation):
        return _taken(db, said, escalation, issue, promise)
    if promise is None:
        promise = _promise(db, said, issue, teams.find(db, issue.team_id), said.person.id)
    elif promise.owner_id != said.person.id:
        outcomes.hand_to(db, said, promise, said.person.id)
    escalations.change(db, escalation.id, taken_by=said.person.id, promise_id=promise.id if promise else None)
    record(db, said, "took", issue.id)
    if issue.owner_id is None:
        issue = issues.change(db, issue, owner_id=said.person.id) or issue
        record(db, said, "owned", issue.id, said.person.id)
    card.refresh(db, issue, said.now)
    return NOTHING  # the post is drawn again and says it all


def _taken(db: Database, said: Said, escalation: Escalation, issue: Issue, promise: Promise) -> Reply:
    if promise.owner_id == said.person.id:
        return NOTHING
    return tell(
        f"{names.person(db, escalation.taken_by)} was first and has it. It stands like this now:",
        *post.lines(db, escalation, issue, said.now),
    )


def redraw(db: Database, escalation: Escalation, now: int) -> None:
    """Have the card drawn again, and with it the post."""
    issue = issues.find(db, escalation.issue_id)
    if issue:
        card.refresh(db, issue, now)
