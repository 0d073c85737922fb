"""Numbers in words and digits, and lengths of time."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from handlers.when import words as w
from handlers.when.pieces import Line

HALF: Final = Fraction(1, 2)
MOST: Final = 10**7  # an amount beyond this is cut: it is far too far in any unit


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: elapsed seconds, wall-clock days and months, and working days; ``wrong`` says why it is none.

    ``last`` is the place of the token behind it.
    """

    last: int
    seconds: int = 0
    days: int = 0
    months: int = 0
    working: int = 0
    wrong: str = ""

    @property
    def empty(self) -> bool:
        """Whether it is no time at all."""
        return not (self.seconds or self.days or self.months or self.working)


def number(line: Line, at: int) -> tuple[int, int] | None:
    """A whole number in digits or words ("25", "twenty-five"), and the place behind it."""
    if line.kind(at) == "number":
        return min(line.numbers(at)[0], MOST), at + 1
    word = line.word(at)
    if word in w.ONES:
        return w.ONES[word], at + 1
    if word not in w.TENS:
        return None
    behind = at + 2 if line.word(at + 1) == "-" else at + 1
    one = w.ONES.get(line.word(behind), 99)
    return (w.TENS[word] + one, behind + 1) if 0 < one < 10 else (w.TENS[word], at + 1)


def amount(line: Line, at: int) -> tuple[Fraction, int] | None:
    """An amount before a unit: "2", "1.5", "a", "half an", "a couple of", "two and a half"."""
    word = line.word(at)
    if line.kind(at) == "decimal":
        return Fraction(line.text(at)), at + 1
    for words, value in _AMOUNTS.get(word, ()):
        if line.said(at, words):
            return value, at + len(words)
    whole = number(line, at)
    if whole is None:
        return None
    value, behind = Fraction(whole[0]), whole[1]
    if line.said(behind, ("and", "a", "half")):
        return value + HALF, behind + 3
    if line.said(behind, ("or", "so")):
        return value, behind + 2
    return value, behind


_ALL_AMOUNTS: Final = (
    (("half", "of", "an"), HALF),
    (("half", "an"), HALF),
    (("half", "a"), HALF),
    (("a", "half"), HALF),
    (("half",), HALF),
    (("a", "quarter", "of", "an"), HALF / 2),
    (("quarter", "of", "an"), HALF / 2),
    (("quarter", "of", "a"), HALF / 2),
    (("three", "quarters", "of", "an"), HALF * 3 / 2),
    (("a", "couple", "of"), Fraction(2)),
    (("a", "couple"), Fraction(2)),
    (("couple", "of"), Fraction(2)),
    (("a", "dozen"), Fraction(12)),
    (("one", "and", "a", "half"), Fraction(3, 2)),
    (("a", "full"), Fraction(1)),
    (("an",), Fraction(1)),
    (("a",), Fraction(1)),
)


_AMOUNTS: Final = {
    first: [way for way in _ALL_AMOUNTS if way[0][0] == first] for first in {way[0][0] for way in _ALL_AMOUNTS}
}


def length(line: Line, at: int) -> Length | None:
    """A length of time: "2 hours", "1h30", "an hour and a half", "3 business days", "2 weeks and 1 day"."""
    first = _single(line, at)
    if first is None or first.wrong:
        return first
    if first.working:
        return first
    behind = first.last
    if line.said(behind, ("and", "a", "half")) or line.said(behind, ("and", "half")):
        return _and_a_half(line, first)
    while True:
        more = behind + 1 if line.word(behind) in {"and", ","} else behind
        if line.kind(more) not in {"number", "length", "hclock", "decimal"} and line.word(more) not in w.ONES | w.TENS:
            return first
        following = _single(line, more)
        if following is None or following.wrong or following.working:
            return first
        first = _sum(first, following)
        behind = first.last


def _sum(one: Length, two: Length) -> Length:
    return Length(two.last, one.seconds + two.seconds, one.days + two.days, one.months + two.months)


def _and_a_half(line: Line, first: Length) -> Length:
    behind = first.last + (3 if line.word(first.last + 1) == "a" else 2)
    unit = w.UNITS.get(line.word(first.last - 1), "")
    if unit not in w.SECONDS:
        return Length(behind, wrong="fraction")
    return Length(behind, first.seconds + w.SECONDS[unit] // 2)


def _single(line: Line, at: int) -> Length | None:
    """One amount and its unit."""
    if line.kind(at) in {"length", "hclock"}:
        return _glued(line.text(at), at + 1)
    negative = line.word(at) in {"-", "minus"}
    few = line.word(at) in {"few", "several", "some"} or (line.word(at) == "a" and line.word(at + 1) == "few")
    if few:
        at += 1 if line.word(at) == "a" else 0
        found: tuple[Fraction, int] | None = (Fraction(3), at + 1)
    else:
        found = amount(line, at + negative)
    if found is None:
        return None
    value, behind = found
    behind += line.word(behind) == "-"
    if line.word(behind) in {"full", "more", "whole"}:
        behind += 1
    working = line.word(behind) in w.WORKING
    unit = w.UNITS.get(line.word(behind + working).removesuffix("'s"), "")
    if not unit or (working and unit != "day"):
        return None
    behind += 1 + working
    if negative or few:
        return Length(behind, wrong="negative" if negative else "few")
    return _of(value, unit, behind, working)


def _of(value: Fraction, unit: str, behind: int, working: bool) -> Length:
    value = min(value, Fraction(MOST))
    if unit in w.SECONDS:
        made = Length(behind, seconds=int(value * w.SECONDS[unit]))
    elif value.denominator != 1:
        return Length(behind, wrong="fraction")
    elif working:
        made = Length(behind, working=int(value))
    elif unit in w.DAYS:
        made = Length(behind, days=int(value) * w.DAYS[unit])
    else:
        made = Length(behind, months=int(value) * w.MONTHS_OF[unit])
    return Length(behind, wrong="zero") if made.empty else made


def _glued(text: str, behind: int) -> Length | None:
    """A length without spaces: 90min, 2h, 2h30, 1.5h."""
    digits = len(text) - len(text.lstrip("0123456789.,"))
    value = Fraction(text[:digits].replace(",", "."))
    rest = text[digits:]
    letters = len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyz"))
    unit = w.UNITS.get(rest[:letters])
    if unit is None:
        return None
    first = _of(value, unit, behind, working=False)
    more = rest[letters:]
    if not more or first.wrong:
        return first
    minutes = len(more) - len(more.lstrip("0123456789"))
    below = {"hour": "minute", "minute": "second", "week": "day", "day": "hour"}.get(unit, "")
    second_unit = w.UNITS.get(more[minutes:], "") if more[minutes:] else below
    if not second_unit:
        return Length(behind, wrong="fraction")
    second = _of(Fraction(int(more[:minutes])), second_unit, behind, working=False)
    return (
        first
        if second.wrong
        else Length(behind, first.seconds + second.seconds, first.days + second.days, first.months + second.months)
    )
