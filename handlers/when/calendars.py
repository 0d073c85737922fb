"""Which date a day piece means: the calendar half of a reading."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from handlers.when.frame import DAY, Frame, Puzzle, last_of, plus_months, shown
from handlers.when.pieces import Piece
from handlers.when.words import MONTH_NAMES, WEEKDAY_NAMES

SPECIFIC = (  # which piece decides where several name the day; the others must agree with it
    *("date", "month day", "numeric", "day of month", "last day", "last working day", "month end"),
    *("offset", "same time on", "later", "working days", "week end", "weekday of week"),
    *("next weekday", "this weekday", "coming weekday", "weekday"),
)
Reach = Callable[[date], int]  # the Unix second meant on a date


def date_of(pieces: list[Piece], frame: Frame, at: Reach, *, bare: bool) -> date:
    """The date that all these pieces mean; raises a Puzzle where it has to be asked."""
    ranked = sorted(pieces, key=lambda piece: SPECIFIC.index(piece.kind))
    chosen = one_date(ranked[0], frame, at, bare=bare and len(pieces) == 1)
    for other in ranked[1:]:
        if not _agrees(other, chosen, frame, at):
            raise _contradiction(other, ranked[0], chosen, frame, at)
    return chosen


def _agrees(other: Piece, chosen: date, frame: Frame, at: Reach) -> bool:
    if other.kind in {"weekday", "coming weekday"} and other.numbers[1:] in {(), (0,)}:
        return chosen.weekday() == other.numbers[0]
    try:
        return one_date(other, frame, at, bare=False) == chosen
    except Puzzle:
        return other.kind == "next weekday" and chosen.weekday() == other.numbers[0] and chosen > frame.today


def _contradiction(other: Piece, first: Piece, chosen: date, frame: Frame, at: Reach) -> Puzzle:
    likely = [at(chosen)]
    with suppress(Puzzle):
        likely.append(at(one_date(other, frame, at, bare=False)))
    if "weekday" in other.kind and first.kind in {"date", "month day", "numeric", "day of month"}:
        said = f"{shown(chosen)} is not a {WEEKDAY_NAMES[other.numbers[0]]}. Which day do you mean?"
        return Puzzle("contradiction", said, tuple(likely))
    return Puzzle("contradiction", "Those are two different days. Which one do you mean?", tuple(likely))


def one_date(piece: Piece, frame: Frame, at: Reach, *, bare: bool) -> date:
    """The date one piece means; ``bare`` says that no clock time stands with it."""
    kind, numbers = piece.kind, piece.numbers
    if kind in {"offset", "same time on"}:
        return _later(frame.today, numbers[0])
    if kind == "later":
        return _later(plus_months(frame.today, min(numbers[1], 10**5)), numbers[0])
    if kind == "working days":
        return _working(frame, numbers[0])
    if kind == "date":
        return _exact(*numbers)
    if kind == "month day":
        return _yearly(numbers[0], numbers[1], frame, at)
    if kind == "numeric":
        return _numeric(piece, frame, at)
    if kind == "day of month":
        return _monthly(numbers[0], numbers[1], frame, at)
    if kind.endswith("weekday"):
        return _weekday(kind, numbers, frame, at, bare=bare)
    if kind == "weekday of week":
        return _monday(frame) + (7 * numbers[1] + numbers[0]) * DAY
    return _end(kind, numbers[0], frame, at)


def _later(day: date, days: int) -> date:
    if days > 10**5:
        raise Puzzle("far", "That is too far ahead. Which date do you mean?")
    return day + days * DAY


def _working(frame: Frame, count: int) -> date:
    for number, day in enumerate(frame.working_days(frame.today), start=1):
        if number == count:
            return day
    raise Puzzle("far", "That is too far ahead. Which date do you mean?")


def _exact(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise Puzzle("impossible", f"There is no month {month}. Which date do you mean?")
    if not 1 <= year <= 9990 or not 1 <= day <= last_of(year, month):
        raise Puzzle("impossible", f"{MONTH_NAMES[month - 1]} {year} has no day {day}. Which date do you mean?")
    return date(year, month, day)


def _yearly(month: int, day: int, frame: Frame, at: Reach) -> date:
    """The next such date whose time is still ahead."""
    if not 1 <= month <= 12 or not 1 <= day <= last_of(2000, month):
        name = MONTH_NAMES[month - 1] if 1 <= month <= 12 else f"month {month}"
        raise Puzzle("impossible", f"There is no {day} {name}. Which date do you mean?")
    for year in range(frame.today.year, frame.today.year + 9):
        if day > last_of(year, month):
            continue
        found = date(year, month, day)
        if at(found) > frame.now:
            if found.year > frame.today.year and (frame.today.month, frame.today.day) == (month, day):
                likely = (at(frame.today + DAY),)
                raise Puzzle("past", "That time has passed today. Tomorrow, at the same time?", likely)
            return found
    raise Puzzle("impossible", "Which date do you mean?")


def _numeric(piece: Piece, frame: Frame, at: Reach) -> date:
    """6/12 in the person's order; asked where the order is unknown and both readings exist."""
    numbers = piece.numbers
    one, two = numbers[:2]
    ways = {}
    for order, month, day in (("month first", one, two), ("day first", two, one)):
        try:
            ways[order] = _exact(numbers[2], month, day) if len(numbers) > 2 else _yearly(month, day, frame, at)
        except Puzzle as puzzle:
            if puzzle.reason != "impossible":
                raise
    if not ways:
        raise Puzzle("impossible", f"{one}/{two} is no date. Which day do you mean?")
    if piece.text == "dotted":
        if len(ways) == 1 or frame.order == "day first":
            return ways.get("day first") or ways["month first"]
    elif frame.order in ways:
        return ways[frame.order]
    if len(set(ways.values())) == 1 and frame.order == "ask":
        return next(iter(ways.values()))
    likely = tuple(sorted(at(day) for day in ways.values()))
    if len(ways) == 1:
        question = f"{one}/{two}: do you mean {shown(next(iter(ways.values())))}?"
        raise Puzzle("ambiguous", question, likely)
    names = " or ".join(f"{day.day} {day:%B}" for day in ways.values())
    raise Puzzle("ambiguous", f"{one}/{two}: is that {names}?", likely)


def _monthly(day: int, months: int, frame: Frame, at: Reach) -> date:
    """The 5th: of this month if its time is ahead, else of the next; or of the month said."""
    if not 1 <= day <= 31:
        raise Puzzle("impossible", f"No month has a day {day}. Which date do you mean?")
    first = frame.today.replace(day=1)
    if months >= 0:
        month = plus_months(first, months)
        return _exact(month.year, month.month, day)
    ways = [plus_months(first, n) for n in range(4)]
    dates = [month.replace(day=day) for month in ways if day <= last_of(month.year, month.month)]
    found = next((one for one in dates if at(one) > frame.now), None)
    if found is None:
        raise Puzzle("impossible", f"Which month's {day} do you mean?")
    near = next(month for month in ways if (month.year, month.month) >= (frame.today.year, frame.today.month))
    skipped = found.replace(day=1) not in ways[:2] or (day > last_of(near.year, near.month))
    if skipped:
        raise Puzzle("ambiguous", f"The next day {day} is {shown(found)}. Is that the one?", (at(found),))
    if found.day == frame.today.day and found != frame.today:
        likely = (at(frame.today + DAY), at(found))
        raise Puzzle("past", "That time has passed today. Which day do you mean?", likely)
    return found


def _monday(frame: Frame) -> date:
    return frame.today - frame.today.weekday() * DAY


def _weekday(kind: str, numbers: tuple[int, ...], frame: Frame, at: Reach, *, bare: bool) -> date:
    wanted, more = numbers[0], numbers[1] if len(numbers) > 1 else 0
    coming = frame.today + (wanted - frame.today.weekday()) % 7 * DAY
    name = WEEKDAY_NAMES[wanted]
    if kind == "next weekday":
        return _next(_monday(frame) + (7 + wanted) * DAY, coming, frame, at)
    if kind == "this weekday":
        found = _monday(frame) + wanted * DAY
        if at(found) <= frame.now:
            raise Puzzle("past", f"This week's {name} has passed. The next one?", (at(found + 7 * DAY),))
        if bare and found == frame.today and _within(frame):
            raise Puzzle("ambiguous", f"Today is {name}. Today, or {name} next week?", (at(found), at(found + 7 * DAY)))
        return found
    if more:
        return coming + more * DAY
    is_today = coming == frame.today
    if is_today and (kind == "coming weekday" or (bare and _within(frame))) and at(coming) > frame.now:
        raise Puzzle("ambiguous", f"Today is {name}. Today, or {name} next week?", (at(coming), at(coming + 7 * DAY)))
    return coming if at(coming) > frame.now else coming + 7 * DAY


def _within(frame: Frame) -> bool:
    """Whether "today" may be meant: within working hours, or on a day that has none."""
    minute = frame.here.hour * 60 + frame.here.minute
    return not frame.hours.works_on(frame.today) or frame.opens <= minute <= frame.closes


def _next(next_week: date, coming: date, frame: Frame, at: Reach) -> date:
    """Next Friday is the one in next week; asked unless that is also the coming one."""
    if at(coming) <= frame.now:
        coming += 7 * DAY
    if coming == next_week:
        return next_week
    question = f"Do you mean {shown(next_week)}, or {shown(coming)}?"
    raise Puzzle("ambiguous", question, (at(next_week), at(coming)))


def _end(kind: str, more: int, frame: Frame, at: Reach) -> date:
    """The end of a week or a month."""
    if kind == "week end":
        return _week_end(more, frame, at)
    month = plus_months(frame.today.replace(day=1), more)
    last = month.replace(day=last_of(month.year, month.month))
    working = last if frame.hours.works_on(last) else frame.working_day_before(last)
    if not frame.hours.works_on(working) and kind != "last day":
        raise Puzzle("impossible", "That month has no working day. Which day do you mean?", (at(last),))
    if kind == "last day" or (kind == "month end" and working == last):
        found = last
    elif kind == "last working day":
        found = working
    else:
        question = f"The month ends on {shown(last)}. By then, or by its last working day?"
        raise Puzzle("ambiguous", question, (at(working), at(last)))
    if at(found) <= frame.now:
        raise Puzzle("past", "This month's end has passed. Next month's?", ())
    return found


def _week_end(more: int, frame: Frame, at: Reach) -> date:
    monday = _monday(frame) + 7 * more * DAY
    ends = [monday + n * DAY for n in range(6, -1, -1) if frame.hours.works_on(monday + n * DAY)]
    following = [monday + (7 + n) * DAY for n in range(6, -1, -1) if frame.hours.works_on(monday + (7 + n) * DAY)]
    likely = tuple(at(day) for day in following[:1])
    if not ends:
        raise Puzzle("impossible", "That week has no working day. Which day do you mean?", likely)
    if at(ends[0]) <= frame.now:
        raise Puzzle("past", "The end of this week has passed. The end of next week?", likely)
    return ends[0]
