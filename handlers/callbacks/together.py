"""Reminders on their way into messages: one to each place, and nobody gets more than three in ten minutes."""

import json
from itertools import groupby

from handlers.callbacks import cast, ladder
from storage import callbacks, nudges, outbox
from storage.database import Database
from storage.models import Outgoing
from storage.nudges import Nudge

MOST_IN_A_WHILE, A_WHILE = 3, 600  # reminders to one person in so many seconds; what is more waits for their end


def queue(db: Database, now: int) -> None:
    """Put what is to go now into messages: one to each place, threads apart."""

    def place(nudge: Nudge) -> tuple[str, int]:
        promise = callbacks.find(db, nudge.promise_id) if nudge.rung == "thread" else None
        return nudge.target or "", (promise.issue_id or 0) if promise else 0

    live = [nudge for nudge in nudges.waiting(db, now) if is_live(db, nudge)]
    for (target, _), together in groupby(sorted(live, key=place), place):
        going = _within_measure(db, target, _last_of_each(db, list(together)), now)
        if going:
            _queue(db, target, going, now)


def is_live(db: Database, nudge: Nudge) -> bool:
    """Whether a reminder is still of an open promise, of its present owner and time; one that is not need not go."""
    promise = callbacks.find(db, nudge.promise_id)
    if promise and promise.is_open and promise.generation == nudge.generation:
        return True
    nudges.pass_over(db, nudge.id)
    return False


def _last_of_each(db: Database, together: list[Nudge]) -> list[Nudge]:
    """Without those of a promise that a later step in the same message says better."""
    best: dict[int, Nudge] = {}
    for nudge in sorted(filter(nudges.is_limited, together), key=lambda one: ladder.rank(one.rung)):
        if nudge.promise_id in best:
            nudges.pass_over(db, best[nudge.promise_id].id)
        best[nudge.promise_id] = nudge
    return [one for one in together if not nudges.is_limited(one) or best[one.promise_id] is one]


def _within_measure(db: Database, target: str, together: list[Nudge], now: int) -> list[Nudge]:
    """What may go now: nobody gets more than three reminders in ten minutes; the rest comes when they are over."""
    if not cast.is_person(target):
        return together
    latest = nudges.latest_messages(db, target, now - A_WHILE, MOST_IN_A_WHILE)
    if len(latest) < MOST_IN_A_WHILE:
        return together
    nudges.postpone(db, [nudge.id for nudge in together if nudges.is_limited(nudge)], latest[-1] + A_WHILE)
    return [nudge for nudge in together if not nudges.is_limited(nudge)]


def _queue(db: Database, target: str, together: list[Nudge], now: int) -> None:
    first, promises = together[0], {nudge.promise_id for nudge in together}
    key = f"nudge:{first.id}:{len(first.tried.split())}"
    for promise_id in promises:
        edit_down(db, promise_id, now, target)
    nudges.queued(db, [nudge.id for nudge in together], key, now)
    outbox.put(
        db, key=key, kind="nudge", target=target, priority=outbox.REMINDER, now=now,
        subject_id=first.promise_id if len(promises) == 1 else None,
    )  # fmt: skip


def edit_down(db: Database, promise_id: int, now: int, place: str | None = None) -> None:
    """Have the reminders already sent about a promise (to one place) redrawn as what they are now: past."""
    for earlier in nudges.posted(db, promise_id):
        if place in (None, earlier.target):
            redraw(db, earlier, promise_id, now)


def redraw(db: Database, earlier: Outgoing, promise_id: int, now: int) -> None:
    """Have a message of reminders drawn anew, as its promises are by now."""
    outbox.refresh(
        db, key=f"edit:{earlier.id}", kind="nudge-edit", target=earlier.sent_channel or "", subject_id=promise_id,
        payload=json.dumps({"ts": earlier.sent_ts, "key": earlier.key}), now=now,
    )  # fmt: skip
