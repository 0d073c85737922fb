"""A reminder answered in words: the outcome is offered as a button, and nothing happens before it is pressed."""

import re
from collections.abc import Callable
from dataclasses import replace

from handlers import text
from handlers.blocks import Button, Item, Row
from handlers.callbacks import outcomes
from handlers.hours import understand
from handlers.said import Handler, Reply, Said, tell
from handlers.when import Due, without
from storage import callbacks, nudges, outbox
from storage.database import Database
from storage.models import Promise

MOST = 5  # promises offered at once

# What people answer, by the button it is offered as.
OUTCOMES = {
    ("Kept", "offer.kept"): (
        r"(it'?s |all )?(done|kept|finished|sorted)( it)?|yes|(i )?(have )?called( them| him| her)?( back)?"
    ),
    ("No answer", "offer.tried"): (
        r"(got )?no (answer|reply|response)|tried|voice ?mail|(nobody|no one) (answered|there)"
        r"|(they )?(didn'?t|did not) (answer|pick up)"
    ),
    ("They called us", "offer.called"): r"(they|he|she) called( us| me)?( back)?( first)?",
}
# Words around a time that say nothing else.
FILLER = re.compile(
    r"(?<![\w'])(please|move|moved|it|to|try|trying|again|call|them|back|i'?ll|will|then|make|on|at|for|later|instead)"
    r"(?![\w'])|[\s.,;:!?-]+",
    re.IGNORECASE,
)


def outcome(db: Database, said: Said, words: str) -> Reply | None:
    """The offer where the words say how a promise ended; None if they do not, or no reminder is open."""
    plain = text.unescape(words).replace("’", "'").strip(" .!").lower()
    ended = next((button for button, pattern in OUTCOMES.items() if re.fullmatch(pattern, plain)), None)
    return _offer(db, said, lambda promise: [Button(*ended, _value(promise))]) if ended else None


def another_time(db: Database, said: Said, words: str) -> Reply | None:
    """The offer to move where the words are a time and nothing else; None if not, or no reminder is open."""
    plain = text.unescape(words)
    understood = understand(said, plain)
    if understood.span is None or FILLER.sub("", without(plain, understood.span)):
        return None
    found = [understood] if isinstance(understood, Due) else understood.choices
    by_close = int(isinstance(understood, Due) and understood.by_close)
    times = [(choice.at, choice.zone) for choice in found][:3]
    if not times:
        return None

    def moves(promise: Promise) -> list[Button]:
        named = [(f"Move to {text.moment(at, zone, said.now)}", f"{at}:{by_close}:{zone}") for at, zone in times]
        return [Button(words, f"offer.move.{n}", f"{_value(promise)}:{to}") for n, (words, to) in enumerate(named)]

    return _offer(db, said, moves)


def _offer(db: Database, said: Said, buttons: Callable[[Promise], list[Button]]) -> Reply | None:
    """The promises the answer may be about, each with its buttons."""
    meant = _meant(db, said)
    if not meant:
        return None
    if len(meant) == 1 and not meant[0].is_open:
        return outcomes.closed_already(db, said, meant[0])
    told: list[Item] = ["Press it, and I note it:" if len(meant) == 1 else "Which one? Press it, and I note it:"]
    for promise in meant[:MOST]:
        told += [outcomes.title(db, promise), Row(*buttons(promise))]
    return tell(*told)


def _meant(db: Database, said: Said) -> list[Promise]:
    """The promises of the reminder this stands under; else all of this person's with an open reminder."""
    under = outbox.posted_at(db, said.channel_id, said.replied_in, kind="nudge") if said.replied_in else None
    told = [callbacks.find(db, nudge.promise_id) for nudge in nudges.in_message(db, under.key)] if under else []
    if found := list(dict.fromkeys(promise for promise in told if promise)):
        still = [promise for promise in found if promise.is_open]
        return still or found[:1]
    soonest, _ = callbacks.list_open(db, most=50, owner_id=said.person.id)
    return [promise for promise in soonest if nudges.was_reminded(db, promise.id, promise.generation)]


def _value(promise: Promise) -> str:
    return f"{promise.id}:{promise.generation}"


def _pressed(act: Callable[[Database, Said, Promise], Reply]) -> Handler:
    """An offer that was pressed: what came of it takes its place."""

    def pressed(db: Database, said: Said) -> Reply:
        promise = callbacks.find(db, int(said.value.partition(":")[0]))
        if promise is None:
            return tell("This promise was undone; nothing is left of it.", replaces=True)
        return replace(outcomes.may_act(db, said, promise) or act(db, said, promise), replaces=True)

    return pressed


def _moved(db: Database, said: Said, promise: Promise) -> Reply:
    _, _, at, by_close, zone = said.value.split(":", 4)
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    if int(at) <= said.now:
        return tell(f"That time is past. Type: /callback {promise.id} move tomorrow 10am")
    due = Due(at=int(at), zone=zone, words="", span=(0, 0), by_close=by_close == "1")
    return outcomes.moved_to(db, said, promise, due)


ACTIONS: dict[str, Handler] = {
    "offer.kept": _pressed(outcomes.kept),
    "offer.tried": _pressed(outcomes.tried),
    "offer.called": _pressed(lambda db, said, promise: outcomes.ended(db, said, promise, "called", "")),
    "offer.move": _pressed(_moved),
}
