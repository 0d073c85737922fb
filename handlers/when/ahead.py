"""Lengths of time said as due times: in 2 hours, 3 days from now, a week on Friday."""

from handlers.when import words as w
from handlers.when.amounts import Length, length, number
from handlers.when.phrases import PHRASES
from handlers.when.pieces import Line, Piece, ends_well


def ahead(line: Line, at: int, lead: str) -> Piece | None:
    """A length of time said as a due time: "in 2 hours", "3 days from now", "a week on Friday", "within 3 days"."""
    skip = at
    if lead in {"in", "within"} and (either := _range(line, at)):
        return either
    if lead in {"in", "within"} and line.said(at, ("the", "next")):
        skip += 2
    elif lead in {"in", "within"} and line.word(at) in {
        "about",
        "around",
        "approximately",
        "roughly",
        "just",
        "another",
        "exactly",
    }:
        skip += 1 + (line.word(at) == "just" and line.word(at + 1) in {"over", "under"})
    elif lead in {"in", "within"} and line.said(at, ("at", "most")):
        skip += 2
    found = length(line, skip)
    if found is None:
        return _unitless(line, skip, lead)
    return _from_something(line, at, found, lead)


def _range(line: Line, at: int) -> Piece | None:
    """In 2-3 hours, in two or three days: which of them?"""
    first = number(line, at)
    if first is None or line.word(first[1]) not in {"-", "to", "or"}:
        return None
    longer = length(line, first[1] + 1)
    if longer is None or longer.wrong:
        return None
    return Piece("either", at, longer.last, (longer.seconds, longer.days, longer.months, longer.working), "length")


def _unitless(line: Line, at: int, lead: str) -> Piece | None:
    """A number without a unit ("in 30") has to be asked."""
    said = number(line, at) if lead in {"in", "within"} else None
    if said is None or line.word(said[1]) in w.MONTHS or not ends_well(line, said[1]) or said[0] > 180:
        return None
    if line.word(said[1]) == "the" or (line.word(said[1]) in w.LEADS and line.word(said[1]) != "about"):
        return None
    return Piece("either", at, said[1], (said[0],), "in")


def _from_something(line: Line, at: int, found: Length, lead: str) -> Piece | None:
    """What a length means by the words behind it: from now, ago, on Friday, time."""
    behind = found.last
    for words, kind in _TAILS:
        if line.said(behind, words):
            return _led(at, behind + len(words), found, kind, lead)
    if line.word(behind) == "'" and line.word(behind + 1) in {"time", "s"}:
        behind += 1
    if line.word(behind) == "time" and lead in {"in", "within"}:
        return _led(at, behind + 1, found, "now", lead)
    if anchored := _anchored(line, at, found):
        return anchored
    if line.word(behind) in {"before", "after", "prior"} and (
        lead not in {"in", "within"} or _is_time(line, behind + 1)
    ):
        return Piece("vague", at, behind + 1)
    if lead in {"in", "within"}:
        return _led(at, behind, found, "now", lead)
    return _loose(line, at, found)


def _loose(line: Line, at: int, found: Length) -> Piece | None:
    """A length that nothing ties to now: a doubt, or no time at all."""
    if found.wrong in {"negative", "zero", "few"}:
        return None
    if line.kind(at) == "length" and line.text(at)[-1] in "mdws":
        return None  # 3M and 5d are names and sizes unless "in" stands before them
    return Piece("maybe length", at, found.last, _numbers(found))


def _is_time(line: Line, at: int) -> bool:
    word = line.word(at)
    return (
        word in w.WEEKDAYS
        or word in PHRASES
        or line.kind(at) in {"clock", "number", "ordinal"}
        or word in {"the", "that"}
    )


_TAILS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("from", "now"), "now"),
    (("from", "today"), "now"),
    (("from", "this", "moment"), "now"),
    (("hence",), "now"),
    (("later",), "now"),
    (("ago",), "ago"),
    (("back",), "back"),
    (("today",), "today"),
)


def _numbers(found: Length) -> tuple[int, ...]:
    return (found.seconds, found.days, found.months, found.working)


def _led(at: int, behind: int, found: Length, kind: str, lead: str) -> Piece | None:
    """The piece a length makes."""
    if kind == "ago":
        return Piece("gone", at, behind)
    if kind == "back":
        return (
            Piece("maybe length", at, behind - 1, _numbers(found))
            if lead not in {"in", "within"}
            else _led(at, behind - 1, found, "now", lead)
        )
    if kind == "today":
        if found.days and not found.wrong and lead not in {"in", "within"}:
            return Piece("offset", at, behind, (found.days,))
        return (
            _led(at, behind - 1, found, "now", lead)
            if lead in {"in", "within"}
            else Piece("maybe length", at, behind - 1, _numbers(found))
        )
    if kind == "either" and not found.wrong:
        return Piece("either", at, behind, _numbers(found), "length")
    if found.wrong:
        return Piece("vague" if found.wrong in {"few", "fraction"} else "bad", at, behind, text=found.wrong)
    if found.working:
        return Piece("working days", at, behind, (found.working,))
    if found.seconds and not (found.days or found.months):
        return Piece("elapsed", at, behind, (found.seconds,))
    if found.seconds:
        return Piece("vague", at, behind, text="fraction")
    return Piece("later", at, behind, (found.days, found.months))


def _anchored(line: Line, at: int, found: Length) -> Piece | None:
    """A week on Friday, two weeks from Monday, a week tomorrow, 3 days from tomorrow."""
    if not found.days or found.seconds or found.months or found.wrong:
        return None
    behind = found.last
    if line.word(behind) in {"on", "from", "after"}:
        behind += 1
    if line.word(behind) in w.WEEKDAYS:
        return Piece("weekday", at, behind + 1, (w.WEEKDAYS[line.word(behind)], found.days))
    if line.word(behind) in {"tomorrow", "today"}:
        return Piece("offset", at, behind + 1, (found.days + (line.word(behind) == "tomorrow"),))
    return None
