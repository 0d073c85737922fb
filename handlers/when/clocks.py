"""Clock times: 3pm, 15:30, half past three, noon, between 2 and 4pm."""

from typing import Final

from handlers.when import words as w
from handlers.when.amounts import number
from handlers.when.pieces import Line, Piece

OPEN: Final = 0  # an hour from 1 to 12 that may be morning or evening
FIXED: Final = 1
Clock = tuple[int, int, int]  # minutes after midnight, OPEN or FIXED, the place behind; -1 minutes: no such time


def clock(line: Line, at: int, *, loose: bool) -> Piece | None:
    """A clock time or a window at this place; bare numbers count only where ``loose`` says they may."""
    window = _window(line, at, loose=loose)
    if window is not None:
        return window
    found = _clock(line, at, loose=loose)
    if found is None:
        return None
    minutes, certain, behind = found
    if minutes < 0:
        return Piece("bad", at, behind, text="clock")
    half = line.word(at) == "half" and line.word(at + 1) not in w.PAST
    return Piece("clock", at, behind, (minutes, certain), "half" if half else "")


def _clock(line: Line, at: int, *, loose: bool) -> Clock | None:
    kind = line.kind(at)
    if kind == "clock":
        hour, minute, half = line.numbers(at)
        return _halved(line, hour, minute, half, at + 1)
    if kind == "aclock":  # "3p" is a time only where one is expected: flats and parts are called so too
        hour, minute, half = line.numbers(at)
        return _halved(line, hour, minute, half, at + 1) if loose else None
    if kind == "hclock" and (loose or line.numbers(at)[0] > 12):
        hour, minute = line.numbers(at)
        return _halved(line, hour, minute, 3, at + 1)
    if kind == "decimal":
        return _dotted(line, at, loose=loose)
    word = line.word(at)
    if word in w.CLOCK_WORDS:
        return w.CLOCK_WORDS[word], FIXED, at + 1
    spoken = _spoken(line, at)
    if spoken is not None:
        return spoken
    return _bare(line, at, loose=loose) if kind == "number" or word in w.ONES or word in w.TENS else None


def _halved(line: Line, hour: int, minute: int, half: int, behind: int) -> Clock:
    """An hour and minute with what was said of its half of the day: 0 nothing, 1 am, 2 pm, 3 the 24-hour clock."""
    if half in {0, 3} and line.word(behind) in w.MERIDIEM:
        half = 1 if line.word(behind) == "am" else 2
        behind += 1
    elif half == 0 and line.word(behind) in w.OCLOCK:
        return _halved(line, hour, minute, half, behind + 1)
    if line.word(behind) in w.CLOCK_WORDS and hour == 12 and minute == 0 and half in {0, 2}:
        return 720, FIXED, behind + 1
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return -1, FIXED, behind
    if half in {1, 2}:
        if not 1 <= hour <= 12:
            return -1, FIXED, behind
        return hour % 12 * 60 + minute + (720 if half == 2 else 0), FIXED, behind
    certain = FIXED if half == 3 or hour == 0 or hour > 12 else OPEN
    return hour * 60 + minute, certain, behind


def _dotted(line: Line, at: int, *, loose: bool) -> Clock | None:
    """3.30 pm, or "at 3.30"."""
    hour, _, minute = line.text(at).partition(".")
    if len(hour) > 2 or len(minute) != 2 or int(hour) > 24:
        return None
    if line.word(at + 1) in w.MERIDIEM or loose:
        half = 3 if len(hour) == 2 and hour[0] == "0" else 0
        return _halved(line, int(hour), int(minute), half, at + 1)
    return None


def _spoken(line: Line, at: int) -> Clock | None:
    """Half past three, quarter to five, twenty past four, ten to three; the hour may be in digits."""
    start = at + 1 if line.word(at) == "a" else at
    quarter = {"half": 30, "quarter": 15}.get(line.word(start), 0)
    if quarter == 30 and (hour := number(line, start + 1)) and 1 <= hour[0] <= 12:
        return None if line.word(hour[1]) in w.UNITS else _halved_past(line, hour[0], 30, hour[1])
    if quarter:
        minutes, behind = quarter, start + 1
    else:
        said = number(line, at)
        if said is None or not 1 <= said[0] <= 29:
            return None
        minutes, behind = said
        if line.word(behind) in {"minutes", "minute", "min", "mins"}:
            behind += 1
    side = line.word(behind)
    if side not in w.PAST | w.TO or (side == "of" and quarter != 15) or (side == "before" and not quarter):
        return None
    in_digits = line.kind(at) == "number"
    if in_digits and side in w.TO and line.word(behind - 1) not in w.UNITS:
        return None  # "10 to 3" may be a window
    hour = number(line, behind + 1)
    if hour is None or not 1 <= hour[0] <= 24 or line.word(hour[1]) in w.UNITS:
        if quarter and line.word(behind + 1) in {"noon", "midday"}:
            return 720 + (minutes if side in w.PAST else -minutes), FIXED, behind + 2
        return None
    before = side in w.TO
    return _halved_past(line, hour[0], -minutes if before else minutes, hour[1])


def _halved_past(line: Line, hour: int, shift: int, behind: int) -> Clock:
    found = _halved(line, hour, 0, 0, behind)
    if found[0] < 0 or found[1] == FIXED:
        return (found[0] + shift) % 1440 if found[0] >= 0 else -1, found[1], found[2]
    return ((hour % 12) * 60 + shift) % 720 or 720, OPEN, found[2]


def _bare(line: Line, at: int, *, loose: bool) -> Clock | None:
    """A number that is an hour only by what stands around it."""
    said = number(line, at)
    if said is None:
        return None
    value, behind = said
    text = line.text(at)
    in_digits = line.kind(at) == "number"
    marked = line.word(behind) in w.MERIDIEM or line.word(behind) in w.OCLOCK
    if value == 12 and line.word(behind) in w.CLOCK_WORDS:
        return 720, FIXED, behind + 1
    if marked and (not in_digits or len(text) <= 2):
        return (
            None
            if value > 12 and not loose and not line.tokens[behind].glued and line.word(behind) == "am"
            else (_halved(line, value, 0, 0, behind))
        )
    if in_digits and len(text) == 4:
        army = line.word(behind) in w.HOURS_MARK
        return (
            _halved(line, value // 100, value % 100, 3, behind + army)
            if (loose and value < 2500) or (army and text[0] in "01" and value % 100 < 60)
            else None
        )
    if in_digits and len(text) == 3:
        return (
            _halved(line, value // 100, value % 100, 0, behind) if loose and value % 100 < 60 and value >= 100 else None
        )
    if in_digits and len(text) > 4:
        return None
    if not in_digits:
        return _in_words(line, value, behind, loose=loose)
    if not loose or value > 24:
        return None
    return _halved(line, value, 0, 3 if text[0] == "0" else 0, behind)


def _in_words(line: Line, hour: int, behind: int, *, loose: bool) -> Clock | None:
    """Three thirty, three fifteen pm, "at three"."""
    if not 1 <= hour <= 12:
        return None
    skip = behind + (line.word(behind) == "-")
    minute = number(line, skip)
    if minute is not None and line.kind(skip) == "word" and 10 <= minute[0] <= 59:
        if loose or line.word(minute[1]) in w.MERIDIEM:
            return _halved(line, hour, minute[0], 0, minute[1])
        return None
    return _halved(line, hour, 0, 0, behind) if loose else None


def _window(line: Line, at: int, *, loose: bool) -> Piece | None:
    """Two clock times with "to", "-" or "and" between them: due at the second."""
    between = line.word(at) in w.BETWEEN
    start = _clock(line, at + between, loose=True)
    if start is None:
        return None
    mark = line.word(start[2])
    if mark not in w.RANGE or (mark in {"and", "&"} and line.word(at) != "between"):
        return None
    if mark not in {"and", "&", "-"} and line.word(at) == "between":
        return None
    end = _clock(line, start[2] + 1, loose=True)
    if end is None:
        return None
    bare = start[1] == end[1] == OPEN and {line.kind(at), line.kind(start[2] + 1)} <= {"number", "word"}
    if bare and not (loose or between):
        return Piece("maybe clock", at, end[2], (end[0], end[1]), "window")
    if bare and mark == "to" and start[0] // 60 in {5, 10, 20, 25} and not between:
        return Piece("either", at, end[2], (end[0], start[0] // 60), "to")
    return _checked(start, end, at)


def _checked(start: Clock, end: Clock, at: int) -> Piece:
    """A window whose end comes after its start, or a bad one."""
    minutes, certain, behind = end
    if start[0] < 0 or minutes < 0:
        return Piece("bad", at, behind, text="clock")
    last = minutes if certain == FIXED else usual(minutes)
    starts = [start[0]] if start[1] == FIXED else [usual(start[0]), start[0] % 720 + last // 720 * 720]
    if not any(begin < last for begin in starts):
        return Piece("bad", at, behind, text="window")
    return Piece("clock", at, behind, (minutes, certain, max(begin for begin in starts if begin < last)), "window")


def usual(minutes: int) -> int:
    """An hour from 1 to 12 without a word that settles it is the one in 7:00-18:59."""
    return minutes % 720 + 720 if minutes % 720 < 420 else minutes % 720
