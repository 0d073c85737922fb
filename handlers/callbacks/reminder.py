"""What a reminder says: to the owner, to somebody who may take over, in a channel; alone or several in one message.

Composed at the moment of sending, and again as edits, from the promises as they are then.
"""

import json
from itertools import groupby
from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Moment, Part, Row, message
from handlers.callbacks import cast, whom
from handlers.callbacks.words import ANSWER, OUTCOMES, deed
from storage import callbacks, issues, nudges, people
from storage.database import Database
from storage.models import Outgoing, Promise
from storage.nudges import Nudge

LATE = 90  # seconds behind its moment from which a reminder says that it is late
LATE_WORDS = "This reminder is late: I was not running, or could not reach Slack, when it was due."
MOST_SHOWN = 15  # promises in one message: two blocks each, of the fifty there may be (slack-facts.md 1.5)
MOST_IN_WHOLE = 5  # promises in one message until each is said in as few words as will do
OVERVIEWS = frozenset({"day", "morning", "lead", "evening"})  # these are always said in few

HEADINGS = {
    "day": "Due today:",
    "morning": "Overdue:",
    "lead": "Overdue:",
    "evening": "Due before you are back. Do you keep it, or hand it over?",
}
# What the customer waits for and who could do it, where the words allow it; else the promise is given as it was made.
WAITS_FOR = {"call": "ring", "visit": "go", "update": "tell them", "fix": "fix it"}

Entry = tuple[Nudge, Promise]


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that sends a message of reminders; None if nothing in it is to be said any more."""
    found = [(nudge, promise) for nudge in nudges.in_message(db, outgoing.key) if (promise := _live(db, nudge))]
    if not found:
        return None
    is_late = any(nudge.is_late or now - (nudge.queued_at or now) > LATE for nudge, _ in found)
    told = _message(db, found, now, [LATE_WORDS] if is_late else [])
    return {"method": "chat.postMessage", "channel": outgoing.target, **message(told), **_thread(db, found)}


def _live(db: Database, nudge: Nudge) -> Promise | None:
    """The promise a reminder is about, unless it was closed, moved, handed over or taken since."""
    promise = callbacks.find(db, nudge.promise_id)
    if promise is None or not promise.is_open or promise.generation != nudge.generation or nudge.target is None:
        return None
    return None if _asks(nudge) and promise.asked_id is None else promise


def _asks(nudge: Nudge) -> bool:
    return nudge.rung.startswith(("cover@", "unowned@"))


def _thread(db: Database, found: list[Entry]) -> dict[str, str]:
    nudge, promise = found[0]
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    if nudge.rung != "thread" or issue is None or nudge.target != issue.card_channel:
        return {}
    return {"thread_ts": issue.thread_ts or issue.card_ts or ""}


def _message(db: Database, found: list[Entry], now: int, above: list[Item]) -> list[Item]:
    told: list[Item] = list(above)
    if len(found) > MOST_SHOWN:  # above, for what is read aloud may end before the last line
        told.append(f"{len(found):,} promises, the first {MOST_SHOWN} of them:")
    for heading, together in groupby(sorted(found[:MOST_SHOWN], key=_section), _heading):
        told += [heading] if heading else []
        for nudge, promise in together:
            told += entry(db, nudge, promise, now, in_few=len(found) > MOST_IN_WHOLE)
    owners = {promise.owner_id for nudge, promise in found if nudge.rung.startswith("cover@")}
    if len(owners) == 1 and len(found) > 1 and all(_asks(nudge) for nudge, _ in found):
        told.append(Row(Button("I take all of it", "promise.takeall", owners.pop())))
    if len(found) > MOST_SHOWN:
        told.append(f"+{len(found) - MOST_SHOWN} more: /callback list overdue, /callback list")
    return told


def _kind(nudge: Nudge) -> str:
    return nudge.rung.partition("@")[0].rstrip("0123456789")


def _section(found: Entry) -> tuple[str, int, int]:
    """What is due now first, under no heading; then each heading with what it is about, soonest due first."""
    return _heading(found), found[1].due_at, found[1].id


def _heading(found: Entry) -> str:
    nudge, promise = found
    if _kind(nudge) == "evening" and nudge.words:
        return ""
    if nudge.target == promise.owner_id or _kind(nudge) not in ("day", "evening"):
        return HEADINGS.get(_kind(nudge), nudge.words)
    return nudge.words


def entry(db: Database, nudge: Nudge, promise: Promise, now: int, *, in_few: bool) -> list[Item]:
    """One reminder: its line or lines, and its buttons."""
    more = [] if in_few or _kind(nudge) in OVERVIEWS else whom.lines(db, promise)
    if nudge.target == promise.owner_id:
        told = [*_to_owner(db, promise, now, in_few=in_few), *more]
        kept_on = [nudge.words] if _kind(nudge) == "evening" and nudge.words else []
        return [*told, *kept_on, _owners_buttons(nudge, promise)]
    take = Button("I take it", "promise.take", _value(promise), style="primary")
    if cast.is_person(nudge.target or ""):
        broken = [Button("Close as broken", "promise.broken", _value(promise))] if _kind(nudge) == "lead" else []
        return [_to_other(db, nudge, promise, now), *more, Row(take, *broken)]
    if nudge.rung == "thread":
        return [_in_thread(db, promise, now)]
    return [*_in_channel(db, promise, now), Row(take)]


def _to_owner(db: Database, promise: Promise, now: int, *, in_few: bool) -> list[Item]:
    who, what, at = names.customer(db, promise.customer_id), deed(promise), _due(db, promise, promise.owner_id, now)
    told: list[Item] = []
    if now < promise.due_at - LATE:
        told.append([Bold(who), f" · {what}, due {at}: in {text.waited(promise.due_at - now)} (#{promise.id})"])
    elif now - promise.due_at > LATE:
        ago = text.waited(now - promise.due_at)
        told.append([Bold(who), f" still waits: {what}, due {at}, {ago} ago (#{promise.id})"])
    else:
        told.append([Bold(who), f" · {what} is due now, {at} (#{promise.id})"])
    issue = issues.find(db, promise.issue_id) if promise.issue_id and not in_few else None
    if issue:
        told.append(f"It is about: {text.clip(issue.summary, 200)} (#{issue.id})")
    return told


def _due(db: Database, promise: Promise, reader_id: str, now: int) -> str:
    reader = people.find(db, reader_id)
    zone = (reader and reader.zone) or promise.zone
    return f"{text.moment(promise.due_at, zone, now)} {text.zone_name(promise.due_at, zone)}"


def _owners_buttons(nudge: Nudge, promise: Promise) -> Row:
    value, usual = _value(promise), buttons(promise).buttons
    if _kind(nudge) == "evening":
        hand, move = Button("Hand over", "promise.hand", value), Button("Move", "promise.move", value)
        keep = () if nudge.words else (Button("Keep it", "promise.keep", value, style="primary"),)
        return Row(*keep, hand, move)
    if _kind(nudge) == "morning":
        return Row(*usual[:3], Button("Close as broken", "promise.broken", value), *usual[3:])
    return Row(*usual)


def buttons(promise: Promise) -> Row:
    """The buttons under a reminder; each carries the generation it was drawn for."""
    value = _value(promise)
    return Row(
        Button("Kept", "promise.kept", value, style="primary"),
        Button("No answer", "promise.tried", value),
        Button("Move", "promise.move", value),
        Button("More", "promise.more", value),
    )


def _value(promise: Promise) -> str:
    return f"{promise.id}:{promise.generation}"


def _to_other(db: Database, nudge: Nudge, promise: Promise, now: int) -> Line:
    who, what, at = names.customer(db, promise.customer_id), deed(promise), _due(db, promise, nudge.target or "", now)
    state = _state(db, nudge, promise)
    if now < promise.due_at:
        wait = text.waited(promise.due_at - now)
        return [Bold(who), f" · {what}, due {at}: in {wait}. {state} (#{promise.id})"]
    ago = text.waited(now - promise.due_at)
    return [Bold(who), f" still waits: {what}, due {at}, {ago} ago. {state} (#{promise.id})"]


def _state(db: Database, nudge: Nudge, promise: Promise) -> str:
    owner = names.person(db, promise.owner_id)
    if promise.asked_id is not None:
        asked = "" if promise.asked_id == nudge.target else f"; {names.person(db, promise.asked_id)} is asked"
        return (
            f"Nobody has it while {owner} is away{asked}."
            if promise.asked_why == "away"
            else f"{owner} gave it up{asked}."
        )
    return f"I could not reach {owner}." if promise.owner_id in nudge.tried.split() else f"{owner} has it."


def _in_thread(db: Database, promise: Promise, now: int) -> Item:
    who, owner = names.customer(db, promise.customer_id), names.person(db, promise.owner_id)
    at = f"{text.moment(promise.due_at, promise.zone, now)} {text.zone_name(promise.due_at, promise.zone)}"
    return [Bold(who), f" still waits for what {owner} promised for {at}: {deed(promise)} (#{promise.id})"]


def _in_channel(db: Database, promise: Promise, now: int) -> list[Item]:
    """The post: “Acme still waits for the call promised for 3 pm. Who can ring now?”."""
    what, could = deed(promise), WAITS_FOR.get(promise.kind, "")
    waits_for, promised = f" still waits for the {what} promised for ", ""
    if not could or not (what == promise.kind or what.startswith(f"{promise.kind} about ")):
        waits_for, promised, could = " still waits for what was promised for ", f": {what}", "do it"
    is_today = text.local(promise.due_at, promise.zone).date() == text.local(now, promise.zone).date()
    say = text.clock(promise.due_at, promise.zone) if is_today else text.moment(promise.due_at, promise.zone, now)
    at = Moment(promise.due_at, say, form="{time}" if is_today else "{date_short_pretty} at {time}")
    who: Part = Bold(names.customer(db, promise.customer_id))
    state = "Nobody owns it." if promise.asked_id else f"{names.person(db, promise.owner_id)} has it."
    return [[who, waits_for, at, f"{promised}. Who can {could} now?"], f"{state} (#{promise.id})"]


def compose_edit(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that redraws a sent message: what is past is short and without buttons."""
    sent = json.loads(outgoing.payload or "{}")
    together = nudges.in_message(db, sent["key"])
    if not together:
        return None
    current = [(nudge, promise if (promise := _live(db, nudge)) and not nudges.outdated(db, nudge) else None)
               for nudge in together]  # fmt: skip
    told: list[Item] = []
    if len(together) > MOST_SHOWN:
        current.sort(key=lambda one: one[1] is None)  # of many, those one can still act on
    for nudge, promise in current[:MOST_SHOWN]:
        in_few = len(together) > MOST_IN_WHOLE
        told += entry(db, nudge, promise, now, in_few=in_few) if promise else [_past(db, nudge, now)]
    told += [f"+{len(together) - MOST_SHOWN} more: /callback list"] if len(together) > MOST_SHOWN else []
    return {"method": "chat.update", "channel": outgoing.target, "ts": sent["ts"], **message(told)}


def _past(db: Database, nudge: Nudge, now: int) -> Item:
    promise = callbacks.find(db, nudge.promise_id)
    if promise is None:
        return "This promise was undone."
    about: list[Part] = [Bold(names.customer(db, promise.customer_id)), f" · {deed(promise)} (#{promise.id}): "]
    if not promise.is_open:
        return [*about, closing(db, promise, now)]
    if promise.generation != nudge.generation:
        due = text.moment(promise.due_at, promise.zone, now)
        return [*about, f"now with {names.person(db, promise.owner_id)}, due {due}."]
    if _asks(nudge) and promise.asked_id is None:
        return [*about, f"{names.person(db, promise.owner_id)} has it again."]
    return [*about, "reminded; the latest reminder is below."]


def closing(db: Database, promise: Promise, now: int) -> str:
    """How a promise ended, in words: ``✓ kept by Dana today at 2:58 pm``."""
    mark = "✓ " if promise.outcome == "kept" else ""
    at = text.moment(promise.kept_at or promise.closed_at or now, promise.zone, now)
    how = OUTCOMES[promise.outcome or "kept"]
    if promise.kind == ANSWER and promise.outcome == "withdrawn":  # by whoever escalated, not by the customer
        how = "withdrawn"
    return f"{mark}{how}, {names.person(db, promise.closed_by)}, {at}."
