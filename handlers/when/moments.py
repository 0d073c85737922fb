"""The instant a plan means, in whichever zone it names."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from handlers.when import zones
from handlers.when.calendars import date_of
from handlers.when.echo import local
from handlers.when.frame import Frame, Puzzle
from handlers.when.pieces import Piece
from handlers.when.placing import placed
from handlers.when.plans import FARTHEST, Moment, Plan

RELATIVE: Final = frozenset(
    {
        *("offset", "later", "same time on", "week end", "weekday of week", "next weekday", "this weekday"),
        *("month end", "last day", "last working day", "working days", "coming weekday"),
    }
)


def moment(plan: Plan, frame: Frame, their_zone: str | None) -> Moment:
    """The instant a plan means; raises a Puzzle where it has to be asked."""
    if plan.elapsed:
        return _elapsed(plan, frame)
    if not plan.zones:
        return placed(plan, frame)
    named = plan.zones[0]
    if named.kind == "offset zone":
        return _offset(plan, frame, named)
    if named.kind == "season":
        return placed(plan, frame)
    found = _in_named(plan, frame, named.text, their_zone)
    return _in_season(found, [piece.text for piece in plan.zones[1:]], frame)


def _elapsed(plan: Plan, frame: Frame) -> Moment:
    lengths = {piece.numbers[0] for piece in plan.elapsed}
    at = frame.now + plan.elapsed[0].numbers[0]
    if len(lengths) > 1 or plan.clocks:
        raise Puzzle("contradiction", "Those are two different times. Which one do you mean?", (at,))
    if at - frame.now > FARTHEST:
        raise Puzzle("far", "That is more than 400 days ahead. Which date do you mean?")
    if (
        plan.days
        and date_of(plan.days, frame, lambda day: frame.first(day, frame.closes), bare=False)
        != local(at, frame.tz).date()
    ):
        raise Puzzle("contradiction", "Those are two different times. Which one do you mean?", (at,))
    return Moment(at, frame.zone)


def _offset(plan: Plan, frame: Frame, named: Piece) -> Moment:
    """A time with an offset: "3pm UTC+2", 2026-12-06T10:00-05:00."""
    minutes = named.numbers[0]
    zone = zones.fixed(minutes)
    if zone is None or abs(minutes) > 14 * 60:
        raise Puzzle("zone", "I know no place with that offset. Which city's time is it?")
    found = _across(plan, frame, zone)
    own = local(found.at, frame.tz).utcoffset()
    same = own is not None and own.total_seconds() == minutes * 60
    return replace(found, zone=frame.zone) if same else found


def _in_named(plan: Plan, frame: Frame, name: str, their_zone: str | None) -> Moment:
    if name == "mine":
        return placed(plan, frame)
    if name == "?":
        raise Puzzle("zone", "I don't know that place. Which city's time is it?")
    if name in {"theirs", "local"}:
        return _theirs(plan, frame, name, their_zone)
    if name in zones.SEASONAL:
        return _seasonal(plan, frame, name)
    zone = zones.GENERIC.get(name) or zones.PLACED.get(name) or name
    if name == "gmt" and "gmt" in zones.seasons(frame.zone, frame.today.year):
        own, meant = placed(plan, frame), _across(plan, frame, "UTC")
        if own.at != meant.at:
            raise Puzzle("zone", "Is that GMT itself, or the clock on the wall?", (own.at, meant.at))
        return own
    return _across(plan, frame, zone)


def _theirs(plan: Plan, frame: Frame, name: str, their_zone: str | None) -> Moment:
    if their_zone is None or zones.load(their_zone) is None:
        if name == "local":
            return placed(plan, frame)
        likely: tuple[int, ...] = ()
        with suppress(Puzzle):
            likely = (placed(plan, frame).at,)
        raise Puzzle("zone", "I don't know the customer's time zone. Is it the same as yours?", likely)
    theirs = _across(plan, frame, their_zone)
    if name == "local" and (own := placed(plan, frame)).at != theirs.at:
        raise Puzzle("zone", "Your local time, or the customer's?", (own.at, theirs.at))
    return theirs


def _seasonal(plan: Plan, frame: Frame, name: str) -> Moment:
    """EST, CEST, IST: the person's own zone settles it, else every meaning must be the same instant."""
    if name in zones.seasons(frame.zone, frame.today.year):
        return placed(plan, frame)
    found: dict[int, Moment] = {}
    several = len(zones.SEASONAL[name]) > 1
    for zone in zones.SEASONAL[name]:
        try:
            meant = _across(plan, frame, zone)
        except Puzzle as puzzle:
            if not several:
                raise
            found |= {at: Moment(at, zone) for at in puzzle.likely[:1]}
            found.setdefault(-len(found), Moment(0, zone))  # asked even where nothing is likely
            continue
        found.setdefault(meant.at, meant)
        there = local(meant.at, zones.load(zone) or frame.tz)
        if (there.tzname() or "").lower() != name and name in zones.seasons(zone, there.year):
            shift = 3600 if there.dst() else -3600
            found.setdefault(meant.at + shift, replace(meant, at=meant.at + shift))
    if len(found) > 1:
        raise Puzzle(
            "zone", f"{name.upper()} can mean more than one time. Which one?", tuple(at for at in found if at > 0)
        )
    return next(iter(found.values()))


def _in_season(found: Moment, names: list[str], frame: Frame) -> Moment:
    """Check the abbreviation said behind a zone, which also settles a repeated hour."""
    if not names:
        return found
    tz = zones.load(found.zone) or frame.tz
    for at in (found.at, *(found.at + shift for shift in _SHIFTS)):
        there, first = local(at, tz), local(found.at, tz)
        same_clock = there.replace(tzinfo=None, fold=0) == first.replace(tzinfo=None, fold=0)
        if same_clock and all((there.tzname() or "").lower() == name for name in names):
            return replace(found, at=at)
    raise Puzzle("zone", "That place does not use that zone then. Which time do you mean?", (found.at,), found.zone)


def _across(plan: Plan, frame: Frame, zone: str) -> Moment:
    """The instant in a zone that is not the person's; asked where "tomorrow" is another day there."""
    there = frame.in_zone(zone)
    try:
        found = placed(plan, there)
    except Puzzle as puzzle:
        puzzle.zone = puzzle.zone or zone
        raise
    relative = any(piece.kind in RELATIVE for piece in plan.days) or any(piece.kind != "part" for piece in plan.parts)
    if relative and there.today != frame.today:
        here = frame.today
        try:
            other = placed(plan, replace(there, base=here))
        except Puzzle as puzzle:
            raise Puzzle("ambiguous", _OTHER_DAY, (found.at, *puzzle.likely)) from None
        if other.at != found.at:
            raise Puzzle("ambiguous", _OTHER_DAY, tuple(sorted((found.at, other.at))))
    return found


_SHIFTS: Final = (3600, 1800, 7200, -3600, -1800, -7200)  # seconds between the two sides of a repeated hour


_OTHER_DAY: Final = "It is another day there already. Which of these do you mean?"


def check_leads(plan: Plan, frame: Frame) -> None:
    """Ask for "before Friday" and "after 3pm", which do not say when it is due."""
    after = [piece for piece in plan.all if piece.lead == "after" and piece.text != "window"]
    if after:
        raise Puzzle("deadline", "After that, but by when?", _likely(plan, frame))
    whole_days = [piece for piece in plan.days if piece.lead == "before"]
    if whole_days and not plan.clocks and not plan.parts and not plan.elapsed:
        raise Puzzle("deadline", "Before that day, or by its end?", _likely(plan, frame, before=True))


def _likely(plan: Plan, frame: Frame, *, before: bool = False) -> tuple[int, ...]:
    """The likely times of an open deadline: the time itself, and the working day's end before or after it."""
    found = moment(plan, frame, None).at
    day = local(found, frame.tz).date()
    if before:
        return frame.first(frame.working_day_before(day), frame.closes), found
    close = frame.first(day, frame.closes)
    return (found, found + 3600) if close <= found else (found + 3600, close)
