"""The ladder: which step of a promise comes when, and to whom. Pure: records and hours in, steps out.

All times are Unix seconds. The table of steps, their defaults and the rules of hours are section 4 of the brief.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.callbacks.words import ANSWER, SAMPLE
from handlers.text import local
from handlers.when import Hours
from storage.models import Promise

SHORTEST_NOTICE = 30 * 60  # promised less than this ahead, there is no reminder before
AFTER_HOURS = 90 * 60  # after the end of somebody's hours a step still goes at its minute
HOLD = 30 * 60  # what **On it** holds the later steps for
LAST_WAIT = 60 * 60  # after this the mornings begin, also where the escalation post is switched off
DAYS_AHEAD = 400  # after which somebody who never works is taken to work always
ONE_DAY = timedelta(days=1)

# The order of what falls on the same moment; of two steps to the same place then, the later says it all.
BEFORE_DUE = ("day", "evening", "before")
AFTER_DUE = ("thread", "backup", "escalation")
RANK = {rung: n for n, rung in enumerate((*BEFORE_DUE, "due", *AFTER_DUE, "morning", "lead"))}


@dataclass(frozen=True, slots=True)
class Settings:
    """A team's steps: seconds before or after the due time, None where the step is switched off."""

    before: int | None = 15 * 60
    closing: int | None = 60 * 60  # instead of ``before``, for what is due at the end of working hours
    day: bool = True
    evening: bool = True
    thread: int | None = 10 * 60
    backup: int | None = 30 * 60
    escalation: int | None = 60 * 60
    mornings: int = 3


@dataclass(frozen=True, slots=True)
class Listener:
    """A person, or a channel, with the hours in which it may be reminded, on the clock of its zone."""

    id: str
    zone: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Cast:
    """Who hears of one promise; None where there is nobody of the kind.

    ``owner`` gets the owner's steps: somebody else (then ``is_covered``) while nobody owns the promise.
    """

    owner: Listener | None
    thread: Listener | None = None
    backup: Listener | None = None
    escalation: Listener | None = None
    lead: Listener | None = None
    is_covered: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step: to whom, when it is meant (``nominal``) and when it comes, their hours seen to (``at``)."""

    rung: str
    to: str
    nominal: int
    at: int


def window(listener: Listener, day: date) -> tuple[int, int] | None:
    """When somebody's hours begin and end on a date; None on a day off."""
    if not listener.hours.works_on(day):
        return None
    zone = ZoneInfo(listener.zone)
    opens = datetime.combine(day, listener.hours.opens, zone)
    closes = datetime.combine(day, listener.hours.closes, zone)
    return int(opens.timestamp()), int(closes.timestamp())


def openings(listener: Listener, after: int) -> Iterator[int]:
    """The beginnings of somebody's hours later than a moment."""
    day = local(after, listener.zone).date()
    for ahead in range(DAYS_AHEAD):
        found = window(listener, day + ahead * ONE_DAY)
        if found and found[0] > after:
            yield found[0]


def works_at(listener: Listener, at: int, grace: int = 0) -> bool:
    """Whether a moment lies within somebody's hours, both ends inside, or up to ``grace`` seconds after their end."""
    day = local(at, listener.zone).date()
    near = (window(listener, day - back * ONE_DAY) for back in range(2))
    return any(found is not None and found[0] <= at <= found[1] + grace for found in near)


def fit(at: int, listener: Listener) -> int:
    """When a step meant for a moment comes: at its minute in hours or soon after them, else at the next opening."""
    return at if works_at(listener, at, AFTER_HOURS) else next(openings(listener, at), at)


def left(planned: list[Step], taken: Mapping[str, int]) -> list[Step]:
    """Those of the steps ``planned`` that are still to come, the soonest first; ``taken`` says which came, and when."""
    past = max((rank(rung) for rung in taken if rung in (*BEFORE_DUE, "due")), default=-1)
    return [
        step for step in planned if step.rung not in taken and not _is_outdone(step, planned) and rank(step.rung) > past
    ]


def planned(promise: Promise, settings: Settings, cast: Cast, *, is_high: bool, taken: Mapping[str, int]) -> list[Step]:
    """All steps, the soonest first, with those that were taken and those a later one makes needless."""
    begun = promise.made_at if promise.ladder_at is None else promise.ladder_at
    found = [*_to_owner(promise, settings, cast, begun)]
    if promise.kind != SAMPLE:
        found += _after_due(promise, settings, cast, 2 if is_high else 1)
        found += _mornings(promise, settings, cast, begun, is_high, taken)
    return sorted((step for step in found if step.at >= begun), key=lambda step: (step.at, rank(step.rung)))


@lru_cache(64)  # asked of each step beside each other one
def rank(rung: str) -> int:
    """The place of a step in the order of those that fall on the same moment."""
    return RANK.get(rung.rstrip("0123456789"), -1)


def _is_outdone(step: Step, planned: list[Step]) -> bool:
    """Whether it would come no sooner than a later step, which says more, to the same person."""
    return any(o.to == step.to and o.at <= step.at and rank(o.rung) > rank(step.rung) for o in planned)


def _to_owner(promise: Promise, settings: Settings, cast: Cast, begun: int) -> Iterator[Step]:
    owner, due = cast.owner, promise.due_at
    if owner is None:
        return
    # Due outside its owner's hours, a promise reminds the owner, and nobody else, at its time.
    in_hours = works_at(owner, due)
    at_its_time = not cast.is_covered and not in_hours
    day, evening = _start_of_day(promise, owner), None if in_hours else _end_before(owner, due)
    calls = [("day", day if settings.day else None), ("evening", evening if settings.evening else None)]
    called = [Step(rung, owner.id, at, at) for rung, at in calls if at is not None and at > begun]
    yield from called
    early = settings.closing if promise.by_close else settings.before
    if early is not None and due - begun >= SHORTEST_NOTICE and len(called) < 2:  # kept in time: two messages at most
        yield Step("before", owner.id, due - early, due - early if at_its_time else fit(due - early, owner))
    yield Step("due", owner.id, due, due if at_its_time else fit(due, owner))


def _start_of_day(promise: Promise, owner: Listener) -> int | None:
    """The beginning of the owner's day on which a promise made on an earlier day is due."""
    due_on, made_on = (local(at, owner.zone).date() for at in (promise.due_at, promise.made_at))
    found = window(owner, due_on) if made_on < due_on else None
    return found[0] if found and found[0] <= promise.due_at else None


def _end_before(owner: Listener, due: int) -> int | None:
    """The end of the owner's hours after which a promise, due outside of them, falls due before they begin again."""
    day = local(due, owner.zone).date()
    past = (window(owner, day - back * ONE_DAY) for back in range(30))
    return next((found[1] for found in past if found and found[1] < due), None)


def _after_due(promise: Promise, settings: Settings, cast: Cast, pace: int) -> Iterator[Step]:
    for rung in AFTER_DUE:
        wait, listener = getattr(settings, rung), getattr(cast, rung)
        if wait is None or listener is None or (rung == "escalation" and promise.kind == ANSWER):
            continue
        meant = promise.due_at + wait // pace + shift(promise)
        yield Step(rung, listener.id, meant, fit(meant, listener))


def shift(promise: Promise) -> int:
    """How much later the steps after due come, in seconds: by what it cost to wait, and while somebody is on it."""
    return promise.late_by + (HOLD if promise.held_at is not None else 0)


def _mornings(
    promise: Promise, settings: Settings, cast: Cast, begun: int, is_high: bool, taken: Mapping[str, int]
) -> Iterator[Step]:
    """Each working morning after the last of the other steps, to the owner and to the lead."""
    wait = (LAST_WAIT if settings.escalation is None else settings.escalation) // (2 if is_high else 1)
    base = promise.due_at + wait + shift(promise)
    for name, listener in (("morning", None if cast.is_covered else cast.owner), ("lead", cast.lead)):
        is_owner = not cast.is_covered and cast.owner is not None and listener == cast.owner
        if listener is None or (name == "lead" and is_owner):
            continue
        told = [at for rung, at in taken.items() if rung.rstrip("0123456789") == name]
        opening = openings(listener, max([base, begun - 1, *told]))
        for number in range(len(told) + 1, settings.mornings + 1):
            at = next(opening, None)
            if at is not None:
                yield Step(f"{name}{number}", listener.id, base, at)
