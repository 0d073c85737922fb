"""What happens to an issue after it is logged: note, own, resolve, reopen, duplicate, undo.

Each change redraws the card. When two people act at once, the first wins and the second is told who did what, and when.
"""

import json
from collections.abc import Callable
from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Row
from handlers.callbacks import nudges, outcomes
from handlers.callbacks.words import deed
from handlers.escalations import shown
from handlers.feedback import note as feelings
from handlers.issues import card
from handlers.line import readable
from handlers.problems import shown as problem_shown
from handlers.said import ConflictError, Reply, Said, record, tell
from storage import audit, callbacks, customers, escalations, issues, outbox
from storage.database import Database
from storage.database import Row as Entry
from storage.models import Issue, Person

JUST_NOW = 60  # seconds in which somebody else's doing counts as "at the same time"
UNDO_FOR = 600  # seconds (brief, section 2)


def show(db: Database, said: Said, issue: Issue) -> Reply:
    """The card, to the one who asked; with the whole summary where the card clips it."""
    told = card.lines(db, issue, zone=said.zone, now=said.now)
    if len(issue.summary) > card.SUMMARY_SHOWN:
        told.append(["In full: ", issue.summary])
    return tell(*told, card.buttons(issue))


def _apply(db: Database, said: Said, issue: Issue, deed_done: str, detail: str | None, **values: Any) -> Issue:
    """Change the issue, write the audit entry, redraw the card.

    Every change reads and writes in one transaction, so a lost race cannot happen on one database connection; on
    several, the transaction is taken back and tried again.
    """
    changed = issues.change(db, issue, **values)
    if changed is None:
        raise ConflictError
    record(db, said, deed_done, issue.id, detail)
    card.refresh(db, changed, said.now)
    return changed


def note(db: Database, said: Said, issue: Issue, words: str) -> Reply:
    """Add a line to the issue."""
    if not words:
        return tell(f"What is the note? Type: /issue {issue.id} note the customer called again")
    issues.add_note(db, issue, person_id=said.person.id, at=said.now, words=readable(db, words))
    record(db, said, "noted", issue.id)
    card.refresh(db, issue, said.now)
    return tell(["Noted on ", *card.title(db, issue), ": ", readable(db, words)])


def own(db: Database, said: Said, issue: Issue, owner: Person | None = None, *, knowing: bool = False) -> Reply:
    """Make somebody the owner; ``knowing`` overrides somebody who took it a moment ago."""
    owner = owner or said.person
    if owner.id == issue.owner_id:
        who = "You own" if owner.id == said.person.id else f"{owner.name} owns"
        return tell([f"{who} it already: ", *card.title(db, issue)])
    taken = audit.last(db, issue.id, "owned")
    if not knowing and taken and taken["person_id"] != said.person.id and said.now - taken["at"] < JUST_NOW:
        return _taken(db, said, issue, taken)
    before = issue.owner_id
    changed = _apply(db, said, issue, "owned", owner.id, owner_id=owner.id)
    who = "You own it now" if owner.id == said.person.id else f"{owner.name} owns it now"
    was = f" (it was {names.person(db, before)}'s)" if before and before != said.person.id else ""
    return tell([f"{who}{was}: ", *card.title(db, changed)])


def _taken(db: Database, said: Said, issue: Issue, taken: Entry) -> Reply:
    who, ago = names.person(db, taken["person_id"]), text.waited(said.now - taken["at"])
    owner = names.person(db, issue.owner_id)
    return tell(
        [Bold(who), f" was first: {owner} owns it since {ago} ago."],
        *card.lines(db, issue, zone=said.zone, now=said.now),
        Row(Button("Take it over", "issue.takeover", f"{issue.id}:{issue.version}")),
    )


Felt = Callable[[Database, Said, Issue], list[Item]]


def resolve(db: Database, said: Said, issue: Issue, how: str, felt: Felt = feelings.question) -> Reply:
    """Close the issue, once it is said how; promises still open are asked about first.

    ``felt`` adds to the answer what becomes of the question how the customer feels.
    """
    if issue.resolved_at is not None:
        return already_resolved(db, said, issue)
    waiting, _ = callbacks.list_open(db, most=8, issue_id=issue.id)
    if waiting:
        return _promises_first(db, said, issue, how)
    if not how:
        return tell(f"How was it solved? Type: /issue {issue.id} resolve refunded the second charge")
    changed = _apply(
        db,
        said,
        issue,
        "resolved",
        None,
        resolved_at=said.now,
        resolved_by=said.person.id,
        resolution=readable(db, how),
    )
    return tell(["Resolved: ", *card.title(db, changed)], f"How: {readable(db, how)}", *felt(db, said, changed))


def already_resolved(db: Database, said: Said, issue: Issue) -> Reply:
    """Tell who resolved it, and when, with the card as it is now."""
    who = names.person(db, issue.resolved_by)
    when = text.moment(issue.resolved_at or said.now, said.zone, said.now)
    return tell(
        f"{who} resolved it {when} already. Still a problem? /issue {issue.id} reopen why",
        *card.lines(db, issue, zone=said.zone, now=said.now),
    )


def _promises_first(db: Database, said: Said, issue: Issue, how: str) -> Reply:
    waiting, _ = callbacks.list_open(db, most=8, issue_id=issue.id)
    told: list[Item] = [["Before this is resolved, what became of its promises? ", *card.title(db, issue)]]
    for promise in waiting:
        line: Line = [Bold(deed(promise)), f" by {text.moment(promise.due_at, said.zone, said.now)} (#{promise.id})"]
        told += [line, outcomes.buttons(promise)]
    told.append(f"Then: /issue {issue.id} resolve {readable(db, how) or 'how it was solved'}")
    return tell(*told)


def reopen(db: Database, said: Said, issue: Issue, why: str) -> Reply:
    """Open a resolved issue again and post that it is, in its card's thread."""
    if issue.is_open:
        return tell(["It is open: ", *card.title(db, issue)])
    if not why:
        return tell(f"Why is it open again? Type: /issue {issue.id} reopen it happened again today")
    reason = readable(db, why)
    changed = _apply(db, said, issue, "reopened", None, resolved_at=None, resolved_by=None, resolution=None)
    issues.add_note(db, issue, person_id=said.person.id, at=said.now, words=f"Reopened: {reason}")
    if issue.card_ts and issue.card_channel and not card.is_shared(db, issue.card_channel):
        shows_why = card.shows_all(db, issue.card_channel)
        announce(db, said, changed, [f"Reopened by {said.person.name}", *([": ", reason] if shows_why else ["."])])
    return tell(["Reopened: ", *card.title(db, changed)], f"Why: {reason}")


def announce(db: Database, said: Said, issue: Issue, line: Line) -> None:
    """Post a line in the card's thread."""
    from handlers.blocks import message  # noqa: PLC0415

    payload = {
        "method": "chat.postMessage",
        "channel": issue.card_channel,
        "thread_ts": issue.thread_ts or issue.card_ts,
        **message([line]),
    }
    outbox.put(
        db,
        key=f"announce:{issue.id}:{said.key}",
        kind="post",
        target=issue.card_channel or "",
        now=said.now,
        payload=json.dumps(payload),
    )


def duplicate(db: Database, said: Said, issue: Issue, other: Issue) -> Reply:
    """Close the issue as a duplicate of another one of the same customer or any."""
    if other.id == issue.id:
        return tell(f"#{issue.id} can't be a duplicate of itself. Type: /issue {issue.id} duplicate 41")
    return resolve(db, said, issue, f"duplicate of #{other.id}", felt=lambda _db, _said, _issue: [])


def undo(db: Database, said: Said, issue: Issue | None) -> Reply:
    """Take a log back within ten minutes, as if it had not been, unless somebody else acted on it."""
    if issue is None:
        return tell("That is undone already.", replaces=True)
    if issue.reporter_id != said.person.id:
        return tell(f"Only {names.person(db, issue.reporter_id)}, who logged it, can undo it.")
    if said.now - issue.created_at > UNDO_FOR:
        return tell(f"Ten minutes are over. Type: /issue {issue.id} resolve logged by mistake")
    touched = audit.touched_by_others(db, issue.id, said.person.id)
    if touched:
        who = names.person(db, touched["person_id"])
        return tell(
            f"{who} has acted on it since ({touched['deed']}). Type: /issue {issue.id} resolve logged by mistake"
        )
    named = card.title(db, issue)
    take_back(db, issue, said.now)
    record(db, said, "undone", issue.id)
    return tell(["Undone, nothing is kept of it: ", *named], replaces=True)


def take_back(db: Database, issue: Issue, now: int) -> None:
    """Take an issue back as if it had not been, with its promises, its escalations and all that stands in Slack."""
    for escalation in escalations.of_issue(db, issue.id):
        shown.take_away(db, escalation, now)
    for promise in callbacks.of_issue(db, issue.id):
        nudges.stop(db, promise, now)
        callbacks.erase(db, promise.id)
    outbox.cancel(db, kind="card", subject_id=issue.id)
    if issue.card_ts and issue.card_channel:
        card.remove(db, issue.id, issue.card_channel, issue.card_ts, now)
    issues.erase(db, issue.id)
    problem_shown.undone(db, issue, now)
    customers.remove_if_made_for(db, issue.customer_id, issue.created_at)
