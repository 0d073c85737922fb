"""The instant a plan means in one zone: day and time of day together."""

from contextlib import suppress
from datetime import date

from handlers.when.calendars import date_of
from handlers.when.clocks import FIXED
from handlers.when.frame import DAY, Frame, Puzzle
from handlers.when.hours import MIDNIGHT, NOON, time_of_day
from handlers.when.pieces import Piece
from handlers.when.plans import Moment, Plan


def placed(plan: Plan, frame: Frame) -> Moment:
    """The instant in the frame's own zone."""
    if any(piece.kind.startswith("midnight") for piece in plan.clocks):
        return Moment(_midnight(plan, frame), frame.zone)
    minutes, second, by_close = time_of_day(plan, frame)
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
