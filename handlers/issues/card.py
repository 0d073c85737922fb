"""An issue's card: one living message that stays true, and the same lines wherever the issue is shown."""

import json
import re
from typing import Any

from handlers import names, roles, text
from handlers.blocks import Bold, Button, Item, Line, Moment, Part, Row, message
from handlers.callbacks.words import deed
from handlers.escalations import shown
from handlers.problems import shown as problem_shown
from handlers.said import FALLBACK_ZONE
from storage import callbacks, channels, customers, escalations, issues, outbox, people, teams
from storage.database import Database
from storage.models import Issue, Outgoing, Promise

NOTES_SHOWN = 3
DUPLICATE = re.compile(r"duplicate of #(\d{1,11})")  # how an issue was solved that another one says already
RECEIVED = "Received."  # all that is said where another company reads along (brief, section 11)
SUMMARY_SHOWN = 300  # characters on the card; `/issue 42` shows all


def title(db: Database, issue: Issue) -> list[Part]:
    """The name first, the number after: *Acme* · charged twice for March (#42)."""
    summary = text.clip(issue.summary, SUMMARY_SHOWN)
    return [Bold(names.customer(db, issue.customer_id)), f" · {summary} (#{issue.id})"]


def facts(db: Database, issue: Issue) -> str:
    """Owner, impact and category in a line."""
    told = [f"Owner: {names.person(db, issue.owner_id)}"]
    told += [issue.impact.replace("-", " ")] if issue.impact else []
    told += [f"#{issue.category}"] if issue.category else []
    return " · ".join(told)


def lines(db: Database, issue: Issue, *, zone: str, now: int) -> list[Item]:
    """The card's lines; times in words are in ``zone``, and Slack shows each reader their own."""
    told: list[Item] = [title(db, issue), facts(db, issue)]
    told.append([f"Reported by {names.person(db, issue.reporter_id)} · ", _at(issue.created_at, zone, now)])
    told += problem_shown.on_card(db, issue)
    told += shown.on_card(db, issue, zone, now)
    told += [promise_line(db, promise, zone, now) for promise in callbacks.of_issue(db, issue.id)]
    notes = issues.notes(db, issue.id)
    if len(notes) > NOTES_SHOWN:
        told.append(f"+{len(notes) - NOTES_SHOWN} earlier notes: /issue {issue.id}")
    told += [
        [Bold(f"{names.person(db, note.person_id)}: "), text.clip(note.words, 300)] for note in notes[-NOTES_SHOWN:]
    ]
    if issue.resolved_at is not None:
        solved = f": {how_solved(db, issue)}" if issue.resolution else ""
        when = _at(issue.resolved_at, zone, now)
        told.append([Bold("Resolved"), f" by {names.person(db, issue.resolved_by)} · ", when, solved])
    if customers.is_unknown(db, issue.customer_id):
        told.append(Row(Button("Set customer", "issue.customer", f"{issue.id}:{issue.version}")))
    return told


def how_solved(db: Database, issue: Issue) -> str:
    """How an issue was solved; of a duplicate also what the other one is, read anew, so that it can be forgotten."""
    duplicate = DUPLICATE.fullmatch(issue.resolution or "")
    other = issues.find(db, int(duplicate[1])) if duplicate else None
    if other is None:
        return issue.resolution or ""
    return f"duplicate of {names.customer(db, other.customer_id)} · {text.clip(other.summary, 80)} (#{other.id})"


def behind_the_curtain(db: Database, issue: Issue, place: str) -> list[Item]:
    """What may stand in a channel that is not the team's own: name, number and summary line, and whether it is open.

    One word where it has come to be shared with another company since.
    """
    if is_shared(db, place):
        return [RECEIVED]
    return [title(db, issue), "Open" if issue.is_open else "Resolved", buttons(issue)]


def is_shared(db: Database, place: str) -> bool:
    """Whether another company reads along here."""
    channel = channels.find(db, place)
    return channel is not None and channel.is_shared


def shows_all(db: Database, place: str) -> bool:
    """Whether a full card may stand here; a direct message may be named by the person it goes to."""
    return place.startswith(("U", "W")) or roles.shows_all(db, place)


def promise_line(db: Database, promise: Promise, zone: str, now: int) -> Line:
    """A promise in one line: what, for when, by whom, or how it ended."""
    what, who = deed(promise), names.person(db, promise.owner_id)
    if promise.is_open:
        return [Bold("Promised"), f": {what} · ", _at(promise.due_at, zone, now), f" · {who} (#{promise.id})"]
    ended = _at(promise.kept_at or promise.closed_at or now, zone, now)
    return [f"Promise {promise.outcome}: {what} · {who} · ", ended, f" (#{promise.id})"]


def buttons(issue: Issue) -> Row:
    """The card's buttons; each carries the version it was drawn from, so that a stale click can be told."""
    value = f"{issue.id}:{issue.version}"
    if not issue.is_open:
        return Row(Button("Reopen", "issue.reopen", value), Button("Note", "issue.note", value))
    return Row(
        Button("Promise", "issue.promise", value),
        Button("Note", "issue.note", value),
        Button("Own it", "issue.own", value),
        Button("Resolve", "issue.resolve", value, style="primary"),
        Button("More", "issue.more", value),
    )


def echo(db: Database, issue: Issue, done: str) -> list[Item]:
    """What was understood, as every echo begins."""
    return [[f"{done}: ", *title(db, issue)], facts(db, issue)]


def undo_row(issue: Issue) -> Row:
    """Fix and Undo, as every echo has them."""
    return Row(Button("Fix", "issue.more", f"{issue.id}:{issue.version}"), Button("Undo", "issue.undo", str(issue.id)))


def home(db: Database, channel_id: str) -> str | None:
    """The channel a card made here may live in; None where Kept may not post or outsiders would read it.

    Where Slack did not list the channels Kept is in, posting is tried, and a direct message is what remains.
    """
    channel = channels.find(db, channel_id)
    if channel is None:
        return channel_id if channel_id.startswith("C") and not channels.are_listed(db) else None
    return channel_id if channel.has_kept and not channel.is_shared else None


def place(db: Database, issue: Issue) -> str:
    """Where the card goes: where the issue was made, else the team channel, else to somebody directly."""
    team = teams.find(db, issue.team_id)
    return home(db, issue.made_in) or (home(db, team.channel_id) if team else None) or _directly(db, issue)


def _directly(db: Database, issue: Issue) -> str:
    """Who gets the card that has no channel: the reporter; Kept's admin, if it is escalated or not theirs to read."""
    reporter = people.find(db, issue.reporter_id)
    if issue.escalated_at is None and (reporter is None or not reporter.is_outsider):
        return issue.reporter_id
    return people.admin(db) or issue.owner_id or ""  # to nobody: Slack refuses that, which is an alarm


def refresh(db: Database, issue: Issue, now: int) -> None:
    """Have the card drawn again, from the issue as it will be when it is sent."""
    target = issue.card_channel or place(db, issue)
    key, direct = f"card:{issue.id}", _directly(db, issue)
    outbox.refresh(db, key=key, kind="card", target=target, subject_id=issue.id, now=now, person_id=direct)
    problem_shown.refresh(db, issue.problem_id, now)
    escalation = escalations.latest(db, issue.id) if issue.escalated_at else None
    if escalation:
        shown.redraw(db, escalation, now)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that draws the card as things are now: a post the first time, an edit from then on."""
    issue = issues.find(db, outgoing.subject_id or 0)
    if issue is None:
        return None
    reporter = people.find(db, issue.reporter_id)
    zone = (reporter and reporter.zone) or FALLBACK_ZONE
    where = issue.card_channel or outgoing.target
    whole = [*lines(db, issue, zone=zone, now=now), buttons(issue)] if shows_all(db, where) else None
    drawn = message(whole or behind_the_curtain(db, issue, where))
    if issue.card_ts:
        return {"method": "chat.update", "channel": issue.card_channel, "ts": issue.card_ts, **drawn}
    thread = {"thread_ts": issue.thread_ts} if issue.thread_ts and outgoing.target == issue.made_in else {}
    return {"method": "chat.postMessage", "channel": outgoing.target, **drawn, **thread}


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, now: int) -> None:
    """Remember where the card is; if its issue was undone while it was on its way, take it away again."""
    if issues.find(db, outgoing.subject_id or 0) is None:
        remove(db, outgoing.subject_id or 0, channel, ts, now)
    else:
        issues.card_is_at(db, outgoing.subject_id or 0, channel, ts)


def lost(db: Database, outgoing: Outgoing, now: int) -> None:
    """The card's message is gone from Slack, deleted by a person perhaps: it is posted once more."""
    issues.card_is_at(db, outgoing.subject_id or 0, None, None)
    outbox.put_back(db, outgoing, state="queued", due_at=now, problem="its message was gone")


def remove(db: Database, issue_id: int, channel: str, ts: str, now: int) -> None:
    """Take a card out of its channel."""
    outbox.put(
        db,
        key=f"card-gone:{issue_id}:{ts}",
        kind="post",
        target=channel,
        now=now,
        payload=json.dumps({"method": "chat.delete", "channel": channel, "ts": ts}),
    )


def _at(at: int, zone: str, now: int) -> Moment:
    return Moment(at, f"{text.moment(at, zone, now)} {text.zone_name(at, zone)}")
