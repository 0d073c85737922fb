"""Chunks that begin with a digit: clock times, dates, lengths of time, plain numbers."""

import re
from collections.abc import Callable
from typing import Final

from handlers.when import words as w

# Each token is told as kind, text, start and end within the chunk, and its numbers.
Told = list[tuple[str, str, int, int, tuple[int, ...]]]
_Match = re.Match[str]
Make = Callable[[_Match], Told | None]

MOST: Final = 10**9  # a number with more digits than this is no amount
NO_HALF, AM, PM, ALL_DAY = range(4)  # what was said of the half of the day; ALL_DAY is the 24-hour clock
_MERIDIEM: Final = r"a\.?m|p\.?m|a|p"


def number(low: str) -> Told | None:
    """The tokens of a chunk in small letters that begins with a digit, or none if it is not understood as a whole."""
    for pattern, make in _WAYS:
        if found := pattern.fullmatch(low):
            made = make(found)
            if made is not None:
                return made
    return None


def _one(found: _Match, kind: str, *numbers: int) -> Told:
    return [(kind, found[0], 0, found.end(), numbers)]


def _plain(found: _Match) -> Told:
    return _one(found, "number", int(found[0]) if found.end() <= 9 else MOST)


def _clock(found: _Match) -> Told | None:
    """3:30, 3:30pm, 15:30h; only whole minutes."""
    if found["s"] not in {None, "00"}:
        return None
    half = _half(found["mer"]) if found["mer"] else ALL_DAY if found["h"][0] == "0" or found["tail"] else NO_HALF
    return _one(found, "clock", int(found["h"]), int(found["m"] or 0), half)


def _half(meridiem: str) -> int:
    return AM if meridiem[0] == "a" else PM


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _iso_time(found: _Match) -> Told:
    """Date, clock and offset of an ISO 8601 time, as three tokens."""
    end = found.start(6) if found[6] else found.end()
    made: Told = [
        ("date", found[1], 0, 10, tuple(int(part) for part in found[1].split("-"))),
        ("clock", found[0][11:end], 11, end, (int(found[2]), int(found[3]), ALL_DAY)),
    ]
    if found[6]:
        minutes = 0
        if found[6] != "z":
            digits = found[6][1:].replace(":", "")
            minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if found[6][0] == "-" else 1)
        made.append(("offset", found[6], end, found.end(), (minutes,)))
    return made if found[4] in {None, "00"} else [("opaque", found[0], 0, found.end(), ())]


def _day_month(found: _Match) -> Told | None:
    """6dec, 6-Dec-2026, as the tokens they would be with spaces."""
    if found[3] not in w.MONTHS:
        return None
    made: Told = [
        ("number", found[1], 0, found.start(3), (int(found[1]),)),
        ("word", found[3], found.start(3), found.end(3), ()),
    ]
    if found[4]:
        year = _year(found[4])
        made.append(("number", str(year), found.start(4), found.end(4), (year,)))
    return made


def _day_year(found: _Match) -> Told:
    """The "6th,2026" of "Dec 6th,2026"."""
    return [
        ("number", found[1], 0, found.start(2), (int(found[1]),)),
        ("number", found[2], found.start(2), found.end(2), (int(found[2]),)),
    ]


def _numeric(found: _Match) -> Told:
    return _one(found, "numeric", int(found[1]), int(found[3]), _year(found[4]))


def _decimal(found: _Match) -> Told:
    return [("decimal", found[0].replace(",", "."), 0, found.end(), ())]


def _length(found: _Match) -> Told | None:
    known = found[2] in w.UNITS and (not found[4] or found[4] in w.UNITS)
    return _one(found, "length") if known else None


def _made(kind: str, *groups: int, half: int | None = None) -> Make:
    """A maker of one token whose numbers are these groups of the match, and perhaps a half of the day."""

    def make(found: _Match) -> Told:
        numbers = [int(found[group] or 0) for group in groups]
        return _one(found, kind, *numbers, *(() if half is None else (half,)))

    return make


def _halved(kind: str) -> Make:
    """A maker of a clock time of hour, perhaps minute, and am or pm."""
    return lambda found: _one(found, kind, int(found["h"]), int(found["m"] or 0), _half(found["mer"]))


_PATTERNS: Final[list[tuple[str, Make]]] = [
    (r"\d+", _plain),
    (r"24/7", _made("opaque")),
    (r"(?P<h>\d{1,2})(?P<m>(?!))?(?P<mer>a\.?m|p\.?m)", _halved("clock")),
    (r"(?P<h>\d{1,2})(?P<m>(?!))?(?P<mer>a|p)", _halved("aclock")),
    (rf"(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?::(?P<s>\d{{2}}))?(?P<mer>{_MERIDIEM})?(?P<tail>h|hrs)?", _clock),
    (rf"(?P<h>\d{{1,2}})\.(?P<m>\d{{2}})(?P<mer>{_MERIDIEM})", _halved("clock")),
    (r"(\d{1,2})\.(\d{2})(?:h|hrs)", _made("clock", 1, 2, half=ALL_DAY)),
    (r"(?P<h>\d{1,2})(?P<m>\d{2})(?P<mer>a\.?m|p\.?m)", _halved("clock")),
    (r"(\d{1,2})h(\d{2})?", _made("hclock", 1, 2)),
    (r"([01]\d|2[0-4])([0-5]\d)(?:h|hrs|hours)", _made("clock", 1, 2, half=ALL_DAY)),
    (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", _made("date", 1, 3, 4)),
    (r"(\d{4}-\d{2}-\d{2})t(\d{2}):?(\d{2})(?::?(\d{2})(\.\d+)?)?(z|[-+]\d{2}:?\d{2})?", _iso_time),
    (r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", _numeric),
    (r"(\d{1,2})/(\d{1,2})", _made("numeric", 1, 2)),
    (r"(\d{1,2})(?:st|nd|rd|th)", _made("ordinal", 1)),
    (r"(\d{1,2})(st|nd|rd|th)?[-/.]?([a-z]+)(?:[-/.]?(\d{4}|\d{2}))?", _day_month),
    (r"(\d{1,2})(?:st|nd|rd|th)?,(\d{4})", _day_year),
    (r"(\d{1,6}(?:[.,]\d{1,3})?)([a-z]+)(?:(\d{1,3})([a-z]*))?", _length),
    (r"\d{1,6}[.,]\d{1,3}", _decimal),
]
_WAYS: Final = [(re.compile(pattern, re.ASCII), make) for pattern, make in _PATTERNS]
