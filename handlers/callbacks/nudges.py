"""Reminders on their way: which steps of the ladder have come, in which message, and until somebody hears.

People read "reminder"; inside, a nudge on a rung of a ladder (ladder.py says when, cast.py to whom, reminder.py with
which words). A step is taken at its moment, once per promise and generation. After downtime the first missed one is
sent, marked late, and the later ones keep their distance.
"""

import logging
from dataclasses import replace
from itertools import takewhile

from handlers.callbacks import cast, ladder, reminder, together
from handlers.callbacks.ladder import AFTER_DUE, AFTER_HOURS, BEFORE_DUE, Cast, Listener, Settings, Step
from handlers.callbacks.reminder import LATE
from handlers.said import Said
from storage import callbacks, nudges, outbox
from storage.database import Database
from storage.models import Outgoing, Promise
from storage.nudges import Nudge

log = logging.getLogger(__name__)

MOST_AT_ONCE, PLACES_AT_ONCE = 35, 3  # promises, or messages, in one transaction: so long somebody who types waits
LOOK_AGAIN = 60  # seconds until a promise whose last reminder has not arrived is looked at again
SHIFTING = ("due", *AFTER_DUE)  # the steps that have others, further up, soon after them
PLAN = "plan"  # in the place of a step: the ladder begins now, and its steps are to be planned
Plan = tuple[Cast, Settings, bool]

buttons, closing = reminder.buttons, reminder.closing


def first_step(now: int, _due_at: int, *, by_close: bool) -> tuple[str, int]:  # noqa: ARG001 - what a ladder goes by
    """What a new or moved promise begins its ladder with: its steps are planned at the next look."""
    return PLAN, now


def begin(db: Database, promise: Promise, now: int) -> Promise:
    """Plan the steps of a promise at once, so that its first one can be said."""
    begun = replace(promise, ladder_at=now)
    _note(db, promise, begun, *_next(next(iter(_steps(begun, cast.of(db, promise, now), {})), None)))
    return callbacks.find(db, promise.id) or promise


def take_due(db: Database, now: int) -> int:
    """Take some of the steps that have come, or once all are taken queue what is to go; returns how many there were.

    What comes at one time to one place is one message, however many promises it is about.
    """
    for nudge in nudges.waiting(db, now - LATE):  # they waited for somebody's hours while we were away
        _is_late(db, nudge, now)
        nudges.postpone(db, nudge.id, now)  # so that the next look, moments later, does not find it late again
    due = callbacks.due_for_a_step(db, now, MOST_AT_ONCE)
    for promise in due:
        _take(db, promise, now)
    if len(due) == MOST_AT_ONCE:
        return len(due)
    queued, held = together.queue(db, now, PLACES_AT_ONCE)
    for nudge in held:
        _keep_distance(db, nudge, now)
    return len(due) + queued


def _planned(promise: Promise, plan: Plan, taken: dict[str, int]) -> list[Step]:
    who, settings, is_high = plan
    return ladder.planned(promise, settings, who, is_high=is_high, taken=taken)


def _steps(promise: Promise, plan: Plan, taken: dict[str, int]) -> list[Step]:
    return ladder.left(_planned(promise, plan, taken), taken)


def _outdone(planned: list[Step], taken: dict[str, int], going: list[Step], now: int) -> list[Step]:
    """The steps that have come too, and need not be said: a later one, to the same person, says it all."""
    least = {step.to: ladder.rank(step.rung) for step in sorted(going, key=lambda step: ladder.rank(step.rung))}
    come = [step for step in planned if step.rung not in taken and step.at <= now]
    return [step for step in come if ladder.rank(step.rung) < least.get(step.to, 0)]


def _take(db: Database, known: Promise, now: int) -> None:
    """Take the steps of one promise that have come, and note which is the next."""
    promise = known if known.next_rung != PLAN else replace(known, ladder_at=abs(known.next_at or now))
    plan = cast.of(db, promise, now)
    taken = nudges.taken(db, promise.id, promise.generation)
    planned = _planned(promise, plan, taken)
    coming = [step for step in ladder.left(planned, taken) if step.at <= now]
    if coming and taken and nudges.is_stuck(db, promise.id, promise.generation, now - LATE):
        _note(db, known, promise, coming[0].rung, now + LOOK_AGAIN)  # Slack cannot be reached: one step, not all
        return
    if coming and now - coming[0].at > LATE and now - abs(known.next_at or now) > LATE:
        _take_late(db, known, promise, plan, taken, coming, now)
        return
    going = [step for step in _one_morning(coming) if _goes_at(step, plan[0], now) <= now]
    outdone = _outdone(planned, taken, going, now)
    taken |= dict.fromkeys([step.rung for step in (*outdone, *going)], now)
    if any(_is_morning(step) for step in (*outdone, *going)):  # the mornings after it are others now
        planned = _planned(promise, plan, taken)
    left = [(step.rung, _goes_at(step, plan[0], now)) for step in ladder.left(planned, taken)]
    if _note(db, known, promise, *min(left, key=lambda one: one[1], default=(None, None))):
        for step in [*outdone, *going]:
            passed = step.rung in BEFORE_DUE and now - step.at > LATE  # its moment was somebody else's
            _put(db, promise, step.rung, None if passed or step in outdone else step.to, now, now)


def _goes_at(step: Step, who: Cast, now: int) -> int:
    """When a step goes that has passed without us: nobody's downtime, but its hearer, or a setting, was another then.

    Before the due time it is left out (so at once); a morning's waits for the next; the others for their hours.
    """
    if now - step.at <= LATE or step.rung in BEFORE_DUE:
        return max(step.at, now)
    listener = _listener(step, who)
    openings = ladder.openings(listener, now - LATE - 1)
    return next(openings, now) if _is_morning(step) else _in_hours(step, who, now)


def _is_morning(step: Step) -> bool:
    return step.rung not in ladder.RANK


def _one_morning(coming: list[Step]) -> list[Step]:
    """Of several mornings of one person the first alone; each of the others has a morning of its own."""
    return list({ladder.rank(step.rung): step for step in reversed(coming)}.values())[::-1]


def _take_late(
    db: Database, known: Promise, promise: Promise, plan: Plan, taken: dict[str, int], coming: list[Step], now: int
) -> None:
    """After downtime: one step only, the first missed; of those to the same person the last says it all."""
    first, *others = sorted(coming, key=lambda step: (step.nominal, ladder.rank(step.rung)))
    *missed, step = [first, *takewhile(lambda step: step.to == first.to, others)]
    goes_at = _in_hours(step, plan[0], now)
    passed_over = {passed.rung for passed in (*missed, *_outdone(_planned(promise, plan, taken), taken, [step], now))}
    taken |= dict.fromkeys([*passed_over, step.rung], now)
    promise = _shifted(promise, step, goes_at)
    following = next(iter(_steps(promise, plan, taken)), None)
    if _note(db, known, promise, *_next(following)):
        for rung in sorted(passed_over):
            _put(db, promise, rung, None, now, now)
        to = None if step.rung in BEFORE_DUE and goes_at >= promise.due_at else step.to  # that it is due is said then
        _put(db, promise, step.rung, to, goes_at, now, is_late=True)


def _in_hours(step: Step, who: Cast, now: int) -> int:
    """When a late step goes: now, if that is within the hours of whom it is for, else when they begin again."""
    listener = _listener(step, who)
    out_of_hours_anyway = ladder.fit(step.at, listener) != step.at
    return now if out_of_hours_anyway and now - step.at <= AFTER_HOURS else ladder.fit(now, listener)


def _listener(step: Step, who: Cast) -> Listener:
    heard = (who.owner, who.thread, who.backup, who.escalation, who.lead)
    return next(one for one in heard if one and one.id == step.to)


def _shifted(promise: Promise, step: Step, goes_at: int) -> Promise:
    """The later steps keep their distance from a late one; the due time itself stays what it is."""
    if step.rung in BEFORE_DUE:
        return promise
    already = 0 if step.rung == "due" else promise.late_by  # what its moment was shifted by before
    return replace(promise, late_by=already + goes_at - step.nominal)


def _next(step: Step | None) -> tuple[str | None, int | None]:
    return (step.rung, step.at) if step else (None, None)


def _note(db: Database, known: Promise, promise: Promise, rung: str | None, at: int | None) -> bool:
    return callbacks.stepped(
        db, known, next_rung=rung, next_at=at, late_by=promise.late_by, ladder_at=promise.ladder_at
    )


def _put(
    db: Database, promise: Promise, rung: str, target: str | None, at: int, now: int,
    *, words: str = "", is_late: bool = False,
) -> None:  # fmt: skip
    nudges.put(
        db, promise_id=promise.id, generation=promise.generation, rung=rung, target=target, due_at=at, now=now,
        words=words, is_late=is_late,
    )  # fmt: skip


def posted(db: Database, outgoing: Outgoing, _channel: str, _ts: str, now: int) -> None:
    """A message of reminders arrived; if Slack kept it waiting, the later steps keep their distance from now."""
    for nudge in nudges.in_message(db, outgoing.key):
        if nudge.sent_at is None and now - (nudge.queued_at or now) > LATE and nudges.is_first_of(db, nudge):
            _is_late(db, nudge, now)
    nudges.sent(db, outgoing.key, now)


def _is_late(db: Database, nudge: Nudge, now: int) -> None:
    """A step taken in time that goes late: those missed since to the same person are in it, the others come later."""
    promise = callbacks.find(db, nudge.promise_id)
    if promise is None or not nudges.is_limited(nudge) or not nudge.is_live:
        return
    nudges.is_late(db, nudge.id)
    plan = cast.of(db, promise, now)
    taken = nudges.taken(db, promise.id, promise.generation)
    before = {rung: at for rung, at in taken.items() if rung != nudge.rung}
    gone = [step for step in _steps(promise, plan, before) if step.rung == nudge.rung]
    planned = _planned(promise, plan, taken)
    missed = list(takewhile(lambda step: step.at <= now and step.to == nudge.target, ladder.left(planned, taken)))
    said = {step.rung for step in (*missed, *_outdone(planned, taken, [*gone, *missed][-1:], now))}
    for rung in sorted(said):
        _put(db, promise, rung, None, now, now)
        taken[rung] = now
    shifted = _shifted(promise, [*gone, *missed][-1], now) if gone or missed else promise
    _note(db, promise, shifted, *_next(next(iter(_steps(shifted, plan, taken)), None)))


def _keep_distance(db: Database, nudge: Nudge, now: int) -> None:
    """A step waits, since its hearer heard enough: nobody further up hears before them, the later steps shift."""
    promise = callbacks.find(db, nudge.promise_id)
    if promise is None or nudge.rung not in SHIFTING:
        return
    plan, taken = cast.of(db, promise, now), nudges.taken(db, promise.id, promise.generation)
    before = {rung: at for rung, at in taken.items() if rung != nudge.rung}
    held = next((step for step in _steps(promise, plan, before) if step.rung == nudge.rung), None)
    if held:
        shifted = _shifted(promise, held, nudge.due_at)
        _note(db, promise, shifted, *_next(next(iter(_steps(shifted, plan, taken)), None)))


def failed(db: Database, outgoing: Outgoing, problem: str, now: int) -> None:
    """A message of reminders cannot be delivered: each goes to the next who may hear it, or becomes an alarm."""
    if outbox.is_away(problem):
        outbox.put_back(db, outgoing, state="unknown", due_at=now + 5 * LOOK_AGAIN, problem=problem)
        return
    for nudge in nudges.in_message(db, outgoing.key):
        if not nudge.is_live:
            nudges.pass_over(db, nudge.id)
            continue
        promise = callbacks.find(db, nudge.promise_id)
        following = _next_in_chain(db, promise, nudge, now) if promise else None
        if promise is None or following is None:
            nudges.try_next(db, nudge, None, now, now)
            log.error("a reminder reached nobody: promise #%d, %s (%s)", nudge.promise_id, nudge.rung, problem)
            continue
        listener = cast.listener(db, following, cast.team_of(db, promise), promise.zone)
        nudges.try_next(db, nudge, following, ladder.fit(now, listener), now)
        log.warning("a reminder could not reach its place (%s), so it goes to the next", problem)


def _next_in_chain(db: Database, promise: Promise, nudge: Nudge, now: int) -> str | None:
    """Who comes next after the place that could not be reached; who was tried is not tried again."""
    tried = nudge.tried.split()
    return next((place for place in cast.chain(db, promise, now, nudge.target) if place not in tried), None)


def stop(db: Database, promise: Promise, now: int) -> None:
    """Nothing more is sent about a promise as it was: queued reminders go, sent ones lose their buttons."""
    nudges.drop_waiting(db, promise.id)
    outbox.cancel(db, kind="nudge", subject_id=promise.id)
    together.edit_down(db, promise.id, now)


def redraw(db: Database, promise: Promise, now: int) -> None:
    """Have every message with a reminder of this promise drawn as things are now; what is queued still goes."""
    together.edit_down(db, promise.id, now)


def tell_new_owner(db: Database, said: Said, promise: Promise) -> None:
    """A direct message to somebody a promise was just handed to, or who took it, with its buttons."""
    took = said.person.id == promise.owner_id
    tell_owner(db, promise, said.now, "You took this:" if took else f"{said.person.name} handed this over to you:")


def tell_owner(db: Database, promise: Promise, now: int, first: str) -> None:
    """A direct message at once to the owner of a promise, with its buttons; ``first`` says why."""
    _put(db, promise, "handed", promise.owner_id, now, now, words=first)


def tell(db: Database, promise: Promise, rung: str, target: str, words: str, now: int) -> None:
    """A direct message at once to somebody who may take a promise over; once for each ``rung``, as ``moved@17``."""
    _put(db, promise, f"{rung}@{now}", target, now, now, words=words)
