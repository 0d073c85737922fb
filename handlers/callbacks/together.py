"""Reminders on their way into messages: one to each place, and nobody gets more than three in ten minutes."""

import json
from dataclasses import replace
from itertools import groupby

from handlers.callbacks import cast, ladder
from storage import callbacks, nudges, outbox
from storage.database import Database
from storage.models import Outgoing
from storage.nudges import Nudge

MOST_IN_A_WHILE, A_WHILE = 3, 600  # reminders to one person in so many seconds; what is more waits for their end


def queue(db: Database, now: int, places: int) -> tuple[int, list[Nudge]]:
    """Put what is to go now to so many places into messages: one to each, threads apart.

    Returns how many reminders were looked at, and those that wait, and till when.
    """

    def place(nudge: Nudge) -> tuple[str, int]:
        promise = callbacks.find(db, nudge.promise_id) if nudge.rung == "thread" else None
        return nudge.target or "", (promise.issue_id or 0) if promise else 0

    waiting = nudges.waiting(db, now, places)
    for nudge in waiting:
        if not nudge.is_live:
            nudges.pass_over(db, nudge.id)
    live = [nudge for nudge in waiting if nudge.is_live]
    held: list[Nudge] = []
    for (target, _), together in groupby(sorted(live, key=place), place):
        going = _last_of_each(db, list(together))
        if until := _heard_enough_until(db, target, now):
            held += [replace(nudge, due_at=until) for nudge in going if nudges.is_limited(nudge)]
            going = [nudge for nudge in going if not nudges.is_limited(nudge)]
        if going:
            _queue(db, target, going, now)
    for nudge in held:
        nudges.postpone(db, nudge.id, nudge.due_at)
    return len(waiting), held


def _last_of_each(db: Database, together: list[Nudge]) -> list[Nudge]:
    """Without those of a promise that a later step in the same message says better."""
    best: dict[int, Nudge] = {}
    for nudge in sorted(filter(nudges.is_limited, together), key=lambda one: ladder.rank(one.rung)):
        if nudge.promise_id in best:
            nudges.pass_over(db, best[nudge.promise_id].id)
        best[nudge.promise_id] = nudge
    return [one for one in together if not nudges.is_limited(one) or best[one.promise_id] is one]


def _heard_enough_until(db: Database, target: str, now: int) -> int | None:
    """When somebody may get a reminder again: nobody gets more than three in ten minutes; None if now."""
    if not cast.is_person(target):
        return None
    latest = nudges.latest_messages(db, target, now - A_WHILE, MOST_IN_A_WHILE)
    return latest[-1] + A_WHILE if len(latest) == MOST_IN_A_WHILE else None


def _queue(db: Database, target: str, together: list[Nudge], now: int) -> None:
    first, promises = together[0], {nudge.promise_id for nudge in together}
    key = f"nudge:{first.id}:{len(first.tried.split())}"
    for promise_id in promises & nudges.said_before(db, target, now):
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
