"""Days as they are said: Friday, next Friday, 6 Dec, the 5th of next month, a week on Monday, 2026-12-06."""

from handlers.when import words as w
from handlers.when.pieces import Line, Piece, ends_well


def day(line: Line, at: int, lead: str) -> Piece | None:
    """A day at this place; ``lead`` is the preposition before it, for a bare ordinal needs one."""
    kind = line.kind(at)
    if kind == "date":
        return Piece("date", at, at + 1, line.numbers(at))
    if kind == "numeric":
        return Piece("numeric", at, at + 1, line.numbers(at), "dotted" if "." in line.text(at) else "")
    if kind == "opaque":
        beside_clock = line.kind(at + 1) == "clock" or line.word(at + 1) == "at"
        return Piece("maybe day", at, at + 1) if line.text(at) == "24/7" and beside_clock else None
    word = line.word(at)
    if word in w.WEEKDAYS:
        return _weekday(line, at)
    if word in {"week", "fortnight"}:
        return _week_on(line, at)
    if kind == "number" and (triple := _triple(line, at)):
        return triple
    if kind == "decimal":
        return _dotted(line, at, lead)
    if word in {"next", "this", "coming", "last", "past", "previous", "the"}:
        return _pointed(line, at, lead)
    return _dated(line, at, lead) if kind in {"number", "ordinal", "word"} else None


def _weekday(line: Line, at: int) -> Piece:
    """Friday, Friday week, Friday next week."""
    number_ = w.WEEKDAYS[line.word(at)]
    behind = at + 1
    if line.word(behind) == "." and line.word(behind + 1) not in w.WEEKDAYS:
        behind += 1
    if line.word(behind) == "of":
        behind += 1
    if line.word(behind) in {"week", "fortnight"}:
        return Piece("weekday", at, behind + 1, (number_, 7 if line.word(behind) == "week" else 14))
    if line.said(behind, ("in", "a", "week")) or line.said(behind, ("a", "week")):
        return Piece("weekday", at, behind + (3 if line.word(behind) == "in" else 2), (number_, 7))
    for words, weeks in ((("next", "week"), 1), (("the", "following", "week"), 1), (("this", "week"), 0)):
        if line.said(behind, words):
            return Piece("weekday of week", at, behind + len(words), (number_, weeks))
    return Piece("weekday", at, at + 1, (number_, 0))


def _week_on(line: Line, at: int) -> Piece | None:
    """Week on Tuesday, fortnight today."""
    more = 7 if line.word(at) == "week" else 14
    behind = at + 1 + (line.word(at + 1) in {"on", "from"})
    if line.word(behind) in w.WEEKDAYS:
        return Piece("weekday", at, behind + 1, (w.WEEKDAYS[line.word(behind)], more))
    if line.word(behind) in {"tomorrow", "today"}:
        return Piece("offset", at, behind + 1, (more + (line.word(behind) == "tomorrow"),))
    return None


def _triple(line: Line, at: int) -> Piece | None:
    """A numeric date with spaces: 6 12 2026."""
    if not all(line.kind(at + n) == "number" for n in range(3)):
        return None
    lengths = [len(line.text(at + n)) for n in range(3)]
    if max(lengths[:2]) > 2 or lengths[2] != 4 or not 1900 <= line.numbers(at + 2)[0] <= 2199:
        return None
    return Piece("numeric", at, at + 3, tuple(line.numbers(at + n)[0] for n in range(3)))


def _dotted(line: Line, at: int, lead: str) -> Piece | None:
    """A date with dots and no year, "on 6.12.", where it cannot be a clock time."""
    day_, _, month = line.text(at).partition(".")
    if len(day_) > 2 or len(month) > 2 or not (0 < int(day_) <= 31 and 0 < int(month) <= 31):
        return None
    behind = at + 1 + (line.word(at + 1) == "." and line.tokens[at + 1].glued)
    if lead == "on" or line.kind(behind) == "clock" or line.word(behind) == "at" or line.word(at - 1) in w.WEEKDAYS:
        return Piece("numeric", at, behind, (int(day_), int(month)), "dotted")
    return Piece("vague", at, behind) if lead in {"by", "before"} and int(month) <= 12 else None


def _pointed(line: Line, at: int, lead: str) -> Piece | None:
    """Next Friday, this coming Friday, last Friday, the 5th."""
    word = line.word(at)
    behind = at + 1
    if word == "the" and line.word(behind) not in {"next", "coming", "last", "this"}:
        found = _dated(line, behind, lead or "the")
        return found.led(at, "") if found else None
    if word == "the":
        found = _pointed(line, behind, lead)
        return found.led(at, "") if found else None
    if line.said(at, ("next", "week")):
        skip = behind + (2 if line.word(behind + 1) in {"on", ","} else 1)
        if line.word(skip) in w.WEEKDAYS:
            return Piece("weekday of week", at, skip + 1, (w.WEEKDAYS[line.word(skip)], 1))
    if line.word(behind) == "coming":
        word, behind = "coming", behind + 1
    if line.word(behind) not in w.WEEKDAYS:
        return None
    if word in w.LAST:
        return Piece("gone", at, behind + 1)
    return Piece(f"{word} weekday", at, behind + 1, (w.WEEKDAYS[line.word(behind)],))


def _dated(line: Line, at: int, lead: str) -> Piece | None:
    """6 Dec, December 6th 2026, the 5th, 5th of next month."""
    if line.word(at) in w.MONTHS:
        return _month_first(line, at)
    day_, behind = line.ordinal(at)
    if not day_ and line.kind(at) == "number" and len(line.text(at)) <= 2:
        day_, behind = line.numbers(at)[0], at + 1
        if not _month_at(line, behind):
            named = lead in {"on", "the"} or line.word(at - 1) == "the"
            doubtful = named and 1 <= day_ <= 31 and ends_well(line, behind) and line.word(behind) not in w.MERIDIEM
            return Piece("maybe day", at, behind, (day_, -1), "day of month") if doubtful else None
    if not behind > at:
        return None
    month_at = behind + (line.word(behind) in {"of", "-", "/"})
    if (month := _month_at(line, month_at)) and not (
        line.word(month_at) in w.ALSO_PLAIN_WORDS and _modal(line, month_at)
    ):
        return _with_year(line, at, month_at + 1, month, day_)
    return _of_month(line, at, behind, day_, lead)


def _modal(line: Line, at: int) -> bool:
    """Whether "may" or "march" is a verb here: in small letters behind a number and before another verb."""
    return not line.capital(at) and (line.word(at + 1) in w.VERBS or line.word(at + 1) == "be")


def _month_at(line: Line, at: int) -> int:
    return w.MONTHS.get(line.word(at), 0)


def _month_first(line: Line, at: int) -> Piece | None:
    month = w.MONTHS[line.word(at)]
    behind = at + 1 + (line.word(at + 1) in {".", "-"})
    if line.word(behind) == "the":
        behind += 1
    day_, after = line.ordinal(behind)
    if not day_:
        if line.kind(behind) != "number" or len(line.text(behind)) > 2:
            return None
        day_, after = line.numbers(behind)[0], behind + 1
        if line.word(after) in w.MERIDIEM or line.word(after) in w.OCLOCK:
            return None
    return _with_year(line, at, after, month, day_)


def _with_year(line: Line, at: int, behind: int, month: int, day_: int) -> Piece:
    """A day and month, and the year if it stands behind."""
    year_at = behind + (line.word(behind) in {",", ".", "-", "/"})
    year = line.numbers(year_at)[0] if line.kind(year_at) == "number" else 0
    if 1900 <= year <= 2199 and len(line.text(year_at)) == 4:
        return Piece("date", at, year_at + 1, (year, month, day_))
    if line.said(behind, ("next", "year")) or line.said(behind, ("this", "year")):
        return Piece("vague", at, behind + 2, (month, day_))
    if line.word(behind) in {"-", "to", "through", "thru", "and", "&", "or"} and _another_day(line, behind + 1):
        return Piece("vague", at, behind + 2)
    if 24 < year < 100 and len(line.text(year_at)) == 2 and line.word(year_at + 1) not in w.UNITS:
        return Piece("date", at, year_at + 1, (2000 + year, month, day_))
    return Piece("month day", at, behind, (month, day_))


def _another_day(line: Line, at: int) -> bool:
    """Whether a second day of the month stands here: "Dec 11-13"."""
    number_ = line.kind(at) == "number" and len(line.text(at)) <= 2 and line.word(at + 1) not in w.MERIDIEM
    return line.kind(at) == "ordinal" or (number_ and line.numbers(at)[0] <= 31)


def _of_month(line: Line, at: int, behind: int, day_: int, lead: str) -> Piece | None:
    """The 5th, the 5th of next month; an ordinal before a noun ("the 3rd attempt") is no date."""
    for words, months in (
        (("of", "next", "month"), 1), (("next", "month"), 1), (("of", "this", "month"), 0), (("of", "the", "month"), 0),
        (("of", "the", "following", "month"), 1), (("this", "month"), 0),
    ):  # fmt: skip
        if line.said(behind, words):
            return Piece("day of month", at, behind + len(words), (day_, months))
    in_words = line.kind(at) == "word"
    if not ends_well(line, behind) or (not lead and in_words) or (in_words and lead not in {"the", "on", "by"}):
        return None if in_words else Piece("maybe day", at, behind)
    if not lead and not (at and line.word(at - 1) in w.WEEKDAYS) and at:
        return Piece("maybe day", at, behind)
    return Piece("day of month", at, behind, (day_, -1))
