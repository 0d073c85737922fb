"""The ladder: when a promise's owner is reminded, and with which words.

People read "reminder"; inside, a nudge on a rung of a ladder. A rung is taken at its moment, once per promise and
generation; after downtime the first missed one is sent, marked late, and the later ones keep their distance.
"""

import json
from dataclasses import dataclass
from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Part, Row, message
from handlers.callbacks.words import ANSWER, OUTCOMES, deed
from handlers.said import Said
from storage import callbacks, issues, outbox, people
from storage.database import Database
from storage.models import Outgoing, Promise


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: seconds after (or, negative, before) the due time, and where it goes."""

    name: str
    after: int
    to: str


BEFORE = Rung("before", -15 * 60, "owner")
LADDER = (BEFORE, Rung("due", 0, "owner"), Rung("thread", 10 * 60, "thread"))

BEFORE_DAY_END = 60 * 60  # seconds; due at the end of working hours, the reminder comes earlier
SHORTEST_NOTICE = 30 * 60  # promised less than this ahead, there is none before
LATE = 90  # seconds behind its moment from which a reminder says that it is late
LATE_WORDS = "This reminder is late: I was not running, or could not reach Slack, when it was due."
MOST_AT_ONCE = 500  # steps taken in one transaction


def steps(made_at: int, due_at: int, *, by_close: bool, late_by: int = 0) -> list[tuple[Rung, int]]:
    """Every step of a promise with its moment; one whose moment had passed when the promise was made is left out."""
    planned = []
    for rung in LADDER:
        after = -BEFORE_DAY_END if rung is BEFORE and by_close else rung.after
        if rung is BEFORE and due_at - made_at < SHORTEST_NOTICE:
            continue
        if due_at + after >= made_at:
            planned.append((rung, due_at + after + late_by))
    return planned


def first_step(made_at: int, due_at: int, *, by_close: bool) -> tuple[str | None, int | None]:
    """The first rung of a new or moved promise, and its moment."""
    planned = steps(made_at, due_at, by_close=by_close)
    return (planned[0][0].name, planned[0][1]) if planned else (None, None)


def take_due(db: Database, now: int) -> int:
    """Queue the reminder of every promise whose next step has come; returns how many steps were taken."""
    taken = callbacks.due_for_a_step(db, now, MOST_AT_ONCE)
    for promise in taken:
        _step(db, promise, now)
    return len(taken)


def _step(db: Database, promise: Promise, now: int) -> None:
    # The moment a promise was given its present due time does not matter any more: its first step was chosen then.
    planned = steps(0, promise.due_at, by_close=promise.by_close, late_by=promise.late_by)
    ahead = planned[[rung.name for rung, _ in planned].index(promise.next_rung or "") :]
    # Of steps missed in a row that go to the same person the last says it all: nobody is told "in 15 minutes" too late.
    while len(ahead) > 1 and ahead[1][1] <= now and ahead[1][0].to == ahead[0][0].to:
        ahead = ahead[1:]
    rung, at = ahead[0]
    late = now - at if now - at > LATE else 0
    following = ahead[1] if len(ahead) > 1 else None
    if callbacks.stepped(
        db,
        promise,
        next_rung=following[0].name if following else None,
        next_at=following[1] + late if following else None,
        late_by=promise.late_by + late,
    ):
        _queue(db, promise, rung, at, now)


def _queue(db: Database, promise: Promise, rung: Rung, at: int, now: int) -> None:
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    if rung.to == "thread" and (issue is None or not issue.card_ts):
        return
    target = (issue.card_channel if issue and rung.to == "thread" else None) or promise.owner_id
    edit_down(db, promise, now)
    _put(db, promise, rung.name, target, at, now)


def _put(db: Database, promise: Promise, rung: str, target: str, at: int, now: int, first: str = "") -> None:
    outbox.put(
        db,
        key=f"nudge:{promise.id}:{promise.generation}:{rung}",
        kind="nudge",
        subject_id=promise.id,
        person_id=promise.owner_id,
        target=target,
        priority=outbox.REMINDER,
        payload=json.dumps({"rung": rung, "generation": promise.generation, "at": at, "first": first}),
        now=now,
    )


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that sends a reminder; None if the promise was closed, moved or handed over since it was queued."""
    promise = callbacks.find(db, outgoing.subject_id or 0)
    asked = json.loads(outgoing.payload or "{}")
    if promise is None or not promise.is_open or promise.generation != asked["generation"]:
        return None
    late = now - asked["at"] > LATE
    if asked["rung"] == "thread" and outgoing.target != promise.owner_id:
        issue = issues.find(db, promise.issue_id or 0)
        thread = {"thread_ts": issue.thread_ts or issue.card_ts} if issue else {}
        return {
            "method": "chat.postMessage",
            "channel": outgoing.target,
            **message(_in_thread(db, promise, now)),
            **thread,
        }
    told = _to_owner(db, promise, now, first=LATE_WORDS if late else asked["first"])
    return {"method": "chat.postMessage", "channel": outgoing.target, **message([*told, buttons(promise)])}


def _to_owner(db: Database, promise: Promise, now: int, *, first: str) -> list[Item]:
    who, what = names.customer(db, promise.customer_id), deed(promise)
    owner = people.find(db, promise.owner_id)
    zone = (owner and owner.zone) or promise.zone
    at = f"{text.moment(promise.due_at, zone, now)} {text.zone_name(promise.due_at, zone)}"
    told: list[Item] = [first] if first else []
    if now < promise.due_at - LATE:
        told.append([Bold(who), f" · {what}, due {at}: in {text.waited(promise.due_at - now)} (#{promise.id})"])
    elif now - promise.due_at > LATE:
        ago = text.waited(now - promise.due_at)
        told.append([Bold(who), f" still waits: {what}, due {at}, {ago} ago (#{promise.id})"])
    else:
        told.append([Bold(who), f" · {what} is due now, {at} (#{promise.id})"])
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    if issue:
        told.append(f"It is about: {text.clip(issue.summary, 200)} (#{issue.id})")
    return told


def _in_thread(db: Database, promise: Promise, now: int) -> list[Item]:
    who, owner = names.customer(db, promise.customer_id), names.person(db, promise.owner_id)
    at = f"{text.moment(promise.due_at, promise.zone, now)} {text.zone_name(promise.due_at, promise.zone)}"
    return [[Bold(who), f" still waits for what {owner} promised for {at}: {deed(promise)} (#{promise.id})"]]


def buttons(promise: Promise) -> Row:
    """The buttons under a reminder; each carries the generation it was drawn for."""
    value = f"{promise.id}:{promise.generation}"
    return Row(
        Button("Kept", "promise.kept", value, style="primary"),
        Button("No answer", "promise.tried", value),
        Button("Move", "promise.move", value),
        Button("More", "promise.more", value),
    )


def stop(db: Database, promise: Promise, now: int) -> None:
    """Nothing more is sent about a promise as it was: queued reminders go, sent ones lose their buttons."""
    outbox.cancel(db, kind="nudge", subject_id=promise.id)
    edit_down(db, promise, now)


def edit_down(db: Database, promise: Promise, now: int) -> None:
    """Have every reminder already sent about a promise redrawn as what it is now: past."""
    for earlier in outbox.posted(db, kind="nudge", subject_id=promise.id):
        outbox.refresh(
            db,
            key=f"edit:{earlier.id}",
            kind="nudge-edit",
            target=earlier.sent_channel or "",
            subject_id=promise.id,
            payload=json.dumps({"ts": earlier.sent_ts, **json.loads(earlier.payload or "{}")}),
            now=now,
        )


def compose_edit(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that redraws a sent reminder, short and without buttons."""
    sent = json.loads(outgoing.payload or "{}")
    promise = callbacks.find(db, outgoing.subject_id or 0)
    drawn = message([_past(db, promise, sent["generation"], now)])
    return {"method": "chat.update", "channel": outgoing.target, "ts": sent["ts"], **drawn}


def _past(db: Database, promise: Promise | None, generation: int, now: int) -> Item:
    if promise is None:
        return "This promise was undone."
    about: list[Part] = [Bold(names.customer(db, promise.customer_id)), f" · {deed(promise)} (#{promise.id}): "]
    if not promise.is_open:
        return [*about, closing(db, promise, now)]
    if promise.generation != generation:
        due = text.moment(promise.due_at, promise.zone, now)
        return [*about, f"now with {names.person(db, promise.owner_id)}, due {due}."]
    return [*about, "reminded; the latest reminder is below."]


def closing(db: Database, promise: Promise, now: int) -> str:
    """How a promise ended, in words: ``✓ kept by Dana today at 2:58 pm``."""
    mark = "✓ " if promise.outcome == "kept" else ""
    at = text.moment(promise.kept_at or promise.closed_at or now, promise.zone, now)
    how = "withdrawn" if promise.kind == ANSWER and promise.outcome == "withdrawn" else OUTCOMES[promise.outcome or "kept"]
    return f"{mark}{how}, {names.person(db, promise.closed_by)}, {at}."


def tell_new_owner(db: Database, said: Said, promise: Promise) -> None:
    """A direct message to somebody a promise was just handed to, or who took it, with its buttons."""
    took = said.person.id == promise.owner_id
    tell_owner(db, promise, said.now, "You took this:" if took else f"{said.person.name} handed this over to you:")


def tell_owner(db: Database, promise: Promise, now: int, first: str) -> None:
    """A direct message at once to the owner of a promise, with its buttons; ``first`` says why."""
    _put(db, promise, "handed", promise.owner_id, now, now, first)
