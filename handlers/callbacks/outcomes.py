"""How a promise goes on or ends, honestly: kept, no answer, moved, handed over, called, withdrawn, broken, mistake.

Time alone never closes one. Every change of due time or owner begins a new ladder; closing stops it.
"""

import json
from datetime import timedelta
from typing import Any

from handlers import line, names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.callbacks import cast, make, nudges
from handlers.callbacks.words import OUTCOMES, SAMPLE, deed
from handlers.hours import understand
from handlers.issues import card
from handlers.problems import shown
from handlers.said import NOTHING, ConflictError, Reply, Said, record, tell
from handlers.when import Ask, Due, say
from storage import callbacks, customers, issues
from storage import nudges as nudges_kept
from storage.database import Database
from storage.models import Promise

GRACE = 60  # seconds after the due time in which "kept" is on time without asking: "3 pm" lasts a minute
UNDO_FOR = 600  # seconds (brief, section 2)

buttons = nudges.buttons


def may_act(db: Database, said: Said, promise: Promise) -> Reply | None:
    """The answer to somebody who may not act on this promise, or None."""
    return roles.refusal(db, said, "act on any", promise.owner_id, promise.maker_id, promise.asked_id)


def title(db: Database, promise: Promise) -> list[Any]:
    """The name first, the number after: *Acme* · call about the refund (#17)."""
    return [Bold(names.customer(db, promise.customer_id)), f" · {deed(promise)} (#{promise.id})"]


def redraw(db: Database, promise: Promise, now: int) -> None:
    """Everything that shows this promise is drawn again."""
    nudges.stop(db, promise, now)
    shown.refresh_lists(db, promise.problem_id, now)
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    if issue:
        card.refresh(db, issue, now)


def _quietly(db: Database, said: Said, promise: Promise, reply: Reply) -> Reply:
    """Nothing more to read where the reminder or the Home that was pressed is itself redrawn to say it."""
    if said.surface == "home":
        return NOTHING
    pressed = [sent.sent_ts for sent in nudges_kept.posted(db, promise.id)]
    return NOTHING if said.message_ts in pressed else reply


def closed_already(db: Database, said: Said, promise: Promise) -> Reply:
    """Tell who closed it, how and when."""
    return tell([*title(db, promise), ": ", nudges.closing(db, promise, said.now)])


def _close(
    db: Database, said: Said, promise: Promise, outcome: str, note: str = "", kept_at: int | None = None
) -> Reply:
    if not promise.is_open:
        return closed_already(db, said, promise)
    if promise.kind == SAMPLE and outcome == "broken":
        outcome = "mistake"  # there is no customer to whom it could be broken
    closed = callbacks.change(
        db, promise, outcome=outcome, closed_at=said.now, closed_by=said.person.id, kept_at=kept_at,
        next_rung=None, next_at=None,
    )  # fmt: skip
    if closed is None:
        raise ConflictError
    if note:
        issues.add_note(db, promise, person_id=said.person.id, at=said.now, words=note)
    record(db, said, outcome, promise.id)
    if promise.issue_id and outcome == "kept":
        issues.responded(db, promise.issue_id, kept_at or said.now)
    redraw(db, closed, said.now)
    return tell([*title(db, closed), ": ", nudges.closing(db, closed, said.now)])


def kept(db: Database, said: Said, promise: Promise, words: str = "") -> Reply:
    """Close as kept; pressed late, ask whether it was kept on time. `kept at 14:55` says when."""
    at, note = said.now, line.readable(db, words)
    if note.lower().startswith("at "):
        understood = _earlier(said, note[3:])
        if understood is None:
            return tell(f"Kept at what time? Type: /callback {promise.id} kept at 14:55")
        at, note = understood, ""
    reply = _close(db, said, promise, "kept", note, kept_at=at)
    if not promise.is_open or at <= promise.due_at + GRACE or at != said.now:
        return _quietly(db, said, promise, reply) if promise.is_open else reply
    return tell(
        [*title(db, promise), " is closed as kept. It is past its time: was it on time?"],
        Row(Button("On time", "promise.ontime", str(promise.id)), Button("Late", "promise.late", str(promise.id))),
    )


def _earlier(said: Said, words: str) -> int | None:
    """The latest moment before now with this time of day; read as of this time yesterday, so it lies ahead there."""
    # Yesterday by the clock on the wall: 23 or 25 hours ago where it was changed meanwhile.
    yesterday = int((text.local(said.now, said.zone) - timedelta(days=1)).timestamp())
    understood = understand(said, words, now=yesterday)
    if isinstance(understood, Due):
        return understood.at if understood.at <= said.now else None
    passed = [choice.at for choice in understood.choices if yesterday <= choice.at <= said.now]
    return max(passed, default=None)  # "10:45" said at 10:50 am was five minutes ago, not last night


def on_time(db: Database, said: Said, promise: Promise) -> Reply:
    """Said afterwards: it was kept on time, only pressed late."""
    if promise.outcome != "kept":
        return show(db, said, promise)
    changed = callbacks.change(db, promise, kept_at=promise.due_at)
    record(db, said, "kept on time", promise.id)
    if changed:
        redraw(db, changed, said.now)
    return tell([*title(db, promise), ": noted, kept on time."], replaces=True)


def late(db: Database, said: Said, promise: Promise) -> Reply:
    """Said afterwards: it was kept, but late."""
    if promise.outcome != "kept":
        return show(db, said, promise)
    record(db, said, "kept late", promise.id)
    return tell([*title(db, promise), ": noted, kept late."], replaces=True)


def tried(db: Database, said: Said, promise: Promise, words: str = "") -> Reply:
    """Record an attempt that reached nobody, and ask for the next time; the promise stays open."""
    if not promise.is_open:
        return closed_already(db, said, promise)
    callbacks.tried(db, promise.id, said.person.id, said.now)
    if note := line.readable(db, words):
        issues.add_note(db, promise, person_id=said.person.id, at=said.now, words=note)
    record(db, said, "tried", promise.id)
    if promise.issue_id:
        issues.responded(db, promise.issue_id, said.now)
    attempts, _ = callbacks.counts(db, promise.id)
    return tell(
        [*title(db, promise), f": no answer noted ({text.count(attempts, 'attempt')}). When will you try again?"],
        Row(*[Button(words, f"promise.again.{n}", f"{promise.id}:{at}") for n, (words, at) in enumerate(_again(said))]),
        f"Or type: /callback {promise.id} move Friday 10am",
    )


def _again(said: Said) -> list[tuple[str, int]]:
    choices = [("In 30 minutes", said.now + 1800), ("In 2 hours", said.now + 7200)]
    morning = understand(said, "first thing next business day")
    if isinstance(morning, Due):
        choices.append((text.moment(morning.at, said.zone, said.now).capitalize(), morning.at))
    return choices


def again(db: Database, said: Said) -> Reply:
    """The next time after an attempt, from its button."""
    number, _, at = said.value.partition(":")
    promise = callbacks.find(db, int(number))
    if promise is None or not promise.is_open:
        return closed_already(db, said, promise) if promise else tell("This promise was undone.", replaces=True)
    due = Due(at=int(at), zone=said.zone, words="", span=(0, 0), by_close=False)
    moved = _move(db, said, promise, due, told=None)
    return tell([*title(db, moved), f": next try {text.moment(moved.due_at, said.zone, said.now)}."], replaces=True)


def move(db: Database, said: Said, promise: Promise, words: str) -> Reply:
    """Move to another time, and ask whether the customer was told."""
    if not promise.is_open:
        return closed_already(db, said, promise)
    if not words:
        return tell(f"To when? Type: /callback {promise.id} move Friday 10am")
    understood = understand(said, text.unescape(words))
    if isinstance(understood, Ask):
        asked = understood if understood.reason != "no-time" else Ask("To when? I read no time there.", (), "no-time")
        return make.ask_when(db, said, "callback", f"{promise.id} move {words}", asked, {})
    return moved_to(db, said, promise, understood)


def moved_to(db: Database, said: Said, promise: Promise, due: Due) -> Reply:
    """The answer to a move: the new time in full, and the question whether the customer knows."""
    if due.at == promise.due_at:
        return tell([*title(db, promise), f" is due {say(due.at, due.zone)} already; nothing was moved."])
    moved = _move(db, said, promise, due, told=None)
    tell_of_moves(db, said, moved)
    return tell(
        [*title(db, moved), f" moved to {say(moved.due_at, moved.zone)}"],
        "Was the customer told?",
        Row(
            Button("Yes, they know", "promise.told", str(promise.id)),
            Button("No, not yet", "promise.untold", str(promise.id)),
        ),
    )


def _move(db: Database, said: Said, promise: Promise, due: Due, *, told: bool | None) -> Promise:
    rung, at = nudges.first_step(said.now, due.at, by_close=due.by_close)
    moved = callbacks.change(
        db, promise, new_ladder=True, due_at=due.at, zone=due.zone, by_close=int(due.by_close),
        next_rung=rung, next_at=at,
    )  # fmt: skip
    if moved is None:
        raise ConflictError
    callbacks.moved(db, promise, person_id=said.person.id, at=said.now, to_due_at=due.at, customer_told=told)
    record(db, said, "moved", promise.id, json.dumps({"from": promise.due_at, "to": due.at}))
    redraw(db, moved, said.now)
    return moved


def tell_of_moves(db: Database, said: Said, promise: Promise) -> None:
    """Tell the backup, else the lead, of a promise moved twice, or moved without a word to the customer."""
    times, untold = callbacks.moves(db, promise.id)
    backup = cast.backup_of(db, promise, said.now)
    is_nobodys = promise.kind == SAMPLE or not promise.is_open
    if (times < 2 and not untold) or backup is None or backup == said.person.id or is_nobodys:
        return
    how = "twice now" if times == 2 else f"{times} times now" if times > 2 else "once"
    knows = ", and the customer was not told" if untold else ""
    nudges.tell(db, promise, "moved", backup, f"{said.person.name} moved this, {how}{knows}:", said.now)


def told(db: Database, said: Said, promise: Promise, *, customer_told: bool) -> Reply:
    """Record whether the customer was told of the latest move."""
    callbacks.told_of_last_move(db, promise.id, customer_told=customer_told)
    record(db, said, "told" if customer_told else "not told", promise.id)
    if not customer_told:
        tell_of_moves(db, said, promise)
    words = "the customer knows of the new time." if customer_told else "the customer does not know yet. Tell them."
    return tell([*title(db, promise), f": noted, {words}"], replaces=True)


def hand(db: Database, said: Said, promise: Promise, words: str) -> Reply:
    """Hand over to somebody else, who is told at once."""
    marks = line.take_marks(db, words)
    if not promise.is_open:
        return closed_already(db, said, promise)
    if marks.owner is None:
        return tell(f"To whom? Type: /callback {promise.id} hand @dana")
    return hand_to(db, said, promise, marks.owner.id)


def hand_to(db: Database, said: Said, promise: Promise, owner_id: str) -> Reply:
    """Make somebody else the owner, with a ladder of their own."""
    if owner_id == promise.owner_id:
        return tell([*title(db, promise), f" is {names.person(db, owner_id)}'s already."])
    rung, at = nudges.first_step(said.now, promise.due_at, by_close=promise.by_close)
    handed = callbacks.change(db, promise, new_ladder=True, owner_id=owner_id, next_rung=rung, next_at=at)
    if handed is None:
        raise ConflictError
    record(db, said, "handed over", promise.id, owner_id)
    redraw(db, handed, said.now)
    nudges.tell_new_owner(db, said, handed)
    name = names.person(db, owner_id)
    return tell([*title(db, handed), f" is {name}'s now, due {text.moment(handed.due_at, said.zone, said.now)}. ",
                 f"{name} was told."])  # fmt: skip


def ended(db: Database, said: Said, promise: Promise, outcome: str, words: str) -> Reply:
    """Close as called, withdrawn, broken or entered by mistake; a mistake needs its reason."""
    if outcome == "mistake" and not words and promise.is_open:
        return tell(f"What was the mistake? Type: /callback {promise.id} mistake logged twice")
    reply = _close(db, said, promise, outcome, line.readable(db, words))
    return _quietly(db, said, promise, reply) if promise.is_open else reply


def undo(db: Database, said: Said, promise: Promise | None) -> Reply:
    """Take a promise back within ten minutes, as if it had not been made."""
    if promise is None:
        return tell("That is undone already.", replaces=True)
    if promise.maker_id != said.person.id:
        return tell(f"Only {names.person(db, promise.maker_id)}, who made it, can undo it.")
    if said.now - promise.made_at > UNDO_FOR or not promise.is_open:
        return tell(f"Too late to undo. Type: /callback {promise.id} mistake and what it was")
    named = title(db, promise)
    redraw(db, promise, said.now)
    callbacks.erase(db, promise.id)
    customers.remove_if_made_for(db, promise.customer_id, promise.made_at)
    record(db, said, "undone", promise.id)
    return tell(["Undone, nothing is kept of it: ", *named], replaces=True)


def show(db: Database, said: Said, promise: Promise) -> Reply:
    """A promise with its whole history."""
    told: list[Item] = [title(db, promise)]
    told.append([f"Due {say(promise.due_at, promise.zone)} · owner {names.person(db, promise.owner_id)}"])
    if promise.first_due_at != promise.due_at:
        told.append(f"First promised for {say(promise.first_due_at, promise.zone)}")
    attempts, moves = callbacks.counts(db, promise.id)
    made = text.moment(promise.made_at, said.zone, said.now)
    words = f": “{promise.words}”" if promise.words else ""
    told.append(f"Made {made} by {names.person(db, promise.maker_id)}{words}")
    if attempts or moves:
        told.append(f"{text.count(attempts, 'attempt')}, moved {text.count(moves, 'time')}")
    told += [[Bold(f"{names.person(db, n.person_id)}: "), n.words] for n in issues.notes(db, promise.id)]
    if not promise.is_open:
        return tell(
            *told, f"{OUTCOMES[promise.outcome or 'kept'].capitalize()}: {nudges.closing(db, promise, said.now)}"
        )
    return tell(*told, nudges.buttons(promise))
