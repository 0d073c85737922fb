"""From pieces to an instant: one clock, one day, one zone, or a Puzzle."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from handlers.when import zones
from handlers.when.calendars import date_of
from handlers.when.clocks import FIXED, usual
from handlers.when.echo import local
from handlers.when.frame import DAY, Frame, Puzzle
from handlers.when.pieces import CLOCKS, DAYS, PARTS, Piece

EVENING: Final = 20 * 60  # "tonight" is due at 20:00
NOON: Final = 12 * 60
MIDNIGHT: Final = 24 * 60
FARTHEST_SURE: Final = 90 * 86400  # seconds: beyond, it is asked back
FARTHEST: Final = 400 * 86400  # seconds: beyond, it is not even offered
RELATIVE: Final = frozenset(
    {
        *("offset", "later", "same time on", "week end", "weekday of week", "next weekday", "this weekday"),
        *("month end", "last day", "last working day", "working days", "coming weekday"),
    }
)


@dataclass(frozen=True)
class Plan:
    """The pieces of one due time, by what they settle."""

    days: list[Piece] = field(default_factory=list)
    clocks: list[Piece] = field(default_factory=list)
    parts: list[Piece] = field(default_factory=list)
    elapsed: list[Piece] = field(default_factory=list)
    zones: list[Piece] = field(default_factory=list)

    @property
    def all(self) -> list[Piece]:
        """Every piece in its order."""
        found = [*self.days, *self.clocks, *self.parts, *self.elapsed, *self.zones]
        return sorted(found, key=lambda piece: piece.first)

    @property
    def has_day(self) -> bool:
        """Whether the day was said."""
        return bool(self.days or self.elapsed) or any(piece.kind != "part" for piece in self.parts)

    @property
    def has_clock(self) -> bool:
        """Whether the time of day was said."""
        return bool(self.clocks or self.elapsed)


@dataclass(frozen=True)
class Moment:
    """An instant in Unix seconds, the IANA zone it was said in, and whether the end of the day was meant."""

    at: int
    zone: str
    by_close: bool = False


def plan_of(pieces: list[Piece]) -> Plan:
    """The firm pieces, sorted."""
    plan = Plan()
    for piece in pieces:
        if piece.kind in DAYS:
            plan.days.append(piece)
        elif piece.kind in CLOCKS:
            plan.clocks.append(piece)
        elif piece.kind in PARTS:
            plan.parts.append(piece)
        elif piece.kind == "elapsed":
            plan.elapsed.append(piece)
        elif piece.kind in {"zone", "offset zone", "season"}:
            plan.zones.append(piece)
    return plan


def moment(plan: Plan, frame: Frame, their_zone: str | None) -> Moment:
    """The instant a plan means; raises a Puzzle where it has to be asked."""
    if plan.elapsed:
        return _elapsed(plan, frame)
    if not plan.zones:
        return _placed(plan, frame)
    named = plan.zones[0]
    if named.kind == "offset zone":
        return _offset(plan, frame, named)
    if named.kind == "season":
        return _placed(plan, frame)
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
        return _placed(plan, frame)
    if name == "?":
        raise Puzzle("zone", "I don't know that place. Which city's time is it?")
    if name in {"theirs", "local"}:
        return _theirs(plan, frame, name, their_zone)
    if name in zones.SEASONAL:
        return _seasonal(plan, frame, name)
    zone = zones.GENERIC.get(name) or zones.PLACED.get(name) or name
    if name == "gmt" and "gmt" in zones.seasons(frame.zone, frame.today.year):
        own, meant = _placed(plan, frame), _across(plan, frame, "UTC")
        if own.at != meant.at:
            raise Puzzle("zone", "Is that GMT itself, or the clock on the wall?", (own.at, meant.at))
        return own
    return _across(plan, frame, zone)


def _theirs(plan: Plan, frame: Frame, name: str, their_zone: str | None) -> Moment:
    if their_zone is None or zones.load(their_zone) is None:
        if name == "local":
            return _placed(plan, frame)
        likely: tuple[int, ...] = ()
        with suppress(Puzzle):
            likely = (_placed(plan, frame).at,)
        raise Puzzle("zone", "I don't know the customer's time zone. Is it the same as yours?", likely)
    theirs = _across(plan, frame, their_zone)
    if name == "local" and (own := _placed(plan, frame)).at != theirs.at:
        raise Puzzle("zone", "Your local time, or the customer's?", (own.at, theirs.at))
    return theirs


def _seasonal(plan: Plan, frame: Frame, name: str) -> Moment:
    """EST, CEST, IST: the person's own zone settles it, else every meaning must be the same instant."""
    if name in zones.seasons(frame.zone, frame.today.year):
        return _placed(plan, frame)
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
        found = _placed(plan, there)
    except Puzzle as puzzle:
        puzzle.zone = puzzle.zone or zone
        raise
    relative = any(piece.kind in RELATIVE for piece in plan.days) or any(piece.kind != "part" for piece in plan.parts)
    if relative and there.today != frame.today:
        here = frame.today
        try:
            other = _placed(plan, replace(there, base=here))
        except Puzzle as puzzle:
            raise Puzzle("ambiguous", _OTHER_DAY, (found.at, *puzzle.likely)) from None
        if other.at != found.at:
            raise Puzzle("ambiguous", _OTHER_DAY, tuple(sorted((found.at, other.at))))
    return found


_SHIFTS: Final = (3600, 1800, 7200, -3600, -1800, -7200)  # seconds between the two sides of a repeated hour
_OTHER_DAY: Final = "It is another day there already. Which of these do you mean?"


def _placed(plan: Plan, frame: Frame) -> Moment:
    """The instant in the frame's own zone."""
    if any(piece.kind.startswith("midnight") for piece in plan.clocks):
        return Moment(_midnight(plan, frame), frame.zone)
    minutes, second, by_close = _time_of_day(plan, frame)
    today = [Piece("offset", 0, 0, (0,))] if any(piece.kind != "part" for piece in plan.parts) else []

    def at(day: date) -> int:
        found = frame.instants(day, minutes, second)
        return found[0] if found else frame.first(day, minutes)

    days = [*plan.days, *today]
    day = date_of(days, frame, at, bare=not plan.clocks and not plan.parts) if days else frame.today
    return Moment(_sure(plan, frame, day, minutes, second), frame.zone, by_close)


def _sure(plan: Plan, frame: Frame, day: date, minutes: int, second: int) -> int:
    """The one instant on this date, if it exists and is ahead."""
    found = frame.instants(day, minutes, second)
    if not found:
        moved = frame.first(day, minutes)
        raise Puzzle("impossible", "The clocks change that night and that time does not exist. Which one?", (moved,))
    if found[0] > frame.now:
        return found[0]
    if len(found) > 1 and found[1] > frame.now:
        raise Puzzle("ambiguous", "That hour comes twice tonight, and once it has passed. The second?", (found[1],))
    raise _passed(plan, frame, day, minutes)


def _passed(plan: Plan, frame: Frame, day: date, minutes: int) -> Puzzle:
    """A time that has passed, with the next ones like it."""
    likely = []
    past = f":{minutes % 60:02d}" if minutes % 60 else ""
    hour = f"{minutes // 60 % 12 or 12}{past} {'am' if minutes % 1440 < 720 else 'pm'}"
    open_hour = [piece for piece in plan.clocks if piece.kind == "clock" and piece.numbers[1] != FIXED]
    if day == frame.today and open_hour and minutes < NOON and not plan.parts:
        likely.append(frame.first(day, minutes + NOON))
    if day == frame.today:
        likely.append(frame.first(day + DAY, minutes))
        likely.append(frame.first(next(frame.working_days(frame.today), day + DAY), minutes))
        return Puzzle("past", f"Today {hour} has passed. Tomorrow at {hour}?", tuple(likely))
    if frame.today.year > day.year:
        with suppress(ValueError):
            likely.append(frame.first(day.replace(year=frame.today.year), minutes))
    likely.append(frame.first(frame.today + DAY, minutes))
    return Puzzle("past", "That time has passed. Which one do you mean?", tuple(likely))


def _midnight(plan: Plan, frame: Frame) -> int:
    """Midnight: the coming one where no day is said; of a named day it may be the beginning or the end."""
    tonight = any(piece.kind == "midnight tonight" for piece in plan.clocks) or any(
        piece.kind in {"tonight", "part of today"} and piece.text != "morning" for piece in plan.parts
    )
    if len({piece.kind for piece in plan.clocks}) > 1 or any(piece.text == "morning" for piece in plan.parts):
        raise Puzzle("contradiction", "Those are two different times. Which one do you mean?")
    if not plan.days or tonight:
        if plan.days and date_of(plan.days, frame, lambda day: frame.first(day, MIDNIGHT), bare=False) != frame.today:
            raise Puzzle("contradiction", "Those are two different days. Which one do you mean?")
        return _sure(plan, frame, frame.today, MIDNIGHT, 0)
    day = date_of(plan.days, frame, lambda day: frame.first(day, MIDNIGHT), bare=False)
    ends = tuple(at for at in (frame.first(day, 0), frame.first(day, MIDNIGHT)) if at > frame.now)
    today = all(piece.kind == "offset" for piece in plan.days)
    if len(ends) == 1 and day == frame.today and today:
        return _sure(plan, frame, day, MIDNIGHT, 0)
    raise Puzzle("ambiguous", f"Midnight as {day:%A} begins, or as it ends?", ends)


def _time_of_day(plan: Plan, frame: Frame) -> tuple[int, int, bool]:
    """Minutes after midnight, seconds, and whether the end of the working day is meant."""
    part = _part(plan)
    if not plan.clocks:
        if part:
            whole = {"morning": NOON, "afternoon": frame.closes, "evening": EVENING, "close today": frame.closes}
            return whole[part], 0, part == "close today"
        if any(piece.kind == "same time on" for piece in plan.days) or (
            len(plan.days) == 1 and plan.days[0].kind == "later"
        ):
            return frame.here.hour * 60 + frame.here.minute, _second(plan, frame), False
        return frame.closes, 0, True
    found = {_minutes(piece, part, frame) for piece in plan.clocks}
    if len(found) > 1:
        raise Puzzle("contradiction", "Those are two different times. Which one do you mean?")
    return found.pop(), 0, all(piece.kind == "close" for piece in plan.clocks)


def _second(plan: Plan, frame: Frame) -> int:
    return frame.here.second if plan.days[0].kind == "later" else 0


def _part(plan: Plan) -> str:
    """The part of the day, if one was said; two different ones are a contradiction."""
    parts = {"evening" if piece.kind == "tonight" else piece.text or piece.kind for piece in plan.parts}
    parts = {"close today" if part == "within the day" else part for part in parts}
    if len(parts) > 1:
        raise Puzzle("contradiction", "Those are two different times of day. Which one do you mean?")
    return parts.pop() if parts else ""


def _minutes(piece: Piece, part: str, frame: Frame) -> int:
    """The minutes after midnight of one clock piece, settled by the part of the day."""
    if piece.kind == "same time":
        return frame.here.hour * 60 + frame.here.minute
    if piece.kind == "open":
        return _fits(frame.opens, part, frame)
    if piece.kind == "close":
        return _fits(frame.closes, part, frame)
    minutes, certain = piece.numbers[:2]
    if piece.text == "half" and not frame.british:
        day = frame.today if frame.first(frame.today, usual(minutes)) > frame.now else frame.today + DAY
        likely = tuple(frame.first(day, usual(one % 720)) for one in (minutes, minutes - 60))
        raise Puzzle("ambiguous", "Half past that hour, or half past the one before?", likely)
    if certain == FIXED or not part or part == "close today":
        return _fits(minutes if certain == FIXED else usual(minutes), part, frame)
    hour = minutes // 60 % 12
    if part == "morning" and hour:
        return minutes
    if part == "afternoon" and hour < 8:
        return minutes % 720 + 720
    if part == "evening" and (hour >= 4 or minutes == 720):
        return minutes % 720 + (720 if hour else 1440)
    raise Puzzle(
        "ambiguous",
        "Which time do you mean, am or pm?",
        tuple(frame.first(frame.today + DAY, minutes % 720 + half) for half in (0, 720)),
    )


def _fits(minutes: int, part: str, frame: Frame) -> int:
    """The minutes, if they lie in the part of the day that was said."""
    begin, end = {"morning": (0, NOON), "afternoon": (NOON, 19 * 60), "evening": (16 * 60, MIDNIGHT + 1)}.get(
        part, (0, MIDNIGHT + 1)
    )
    if not begin <= minutes < end:
        likely = (frame.first(frame.today, minutes), frame.first(frame.today + DAY, minutes))
        raise Puzzle("contradiction", f"That is not in the {part}. Which time do you mean?", likely)
    return minutes
