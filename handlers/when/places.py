"""Zones said in a line: 4pm London time, 3pm UTC, 10am PT, their time."""

from handlers.when import words as w
from handlers.when import zones
from handlers.when.pieces import CLOCKS, DAYS, PARTS, Line, Piece, ends_well

LONGEST_NAME = 4  # words of a city


def place(line: Line, at: int, before: Piece | None) -> Piece | None:
    """The zone said at this place; ``before`` is the piece that stands before it."""
    if line.kind(at) == "iana":
        return Piece("zone", at, at + 1 + (line.word(at + 1) in w.ZONE_TAILS), (), zones.by_name()[line.text(at)])
    if line.kind(at) == "offset":
        return Piece("offset zone", at, at + 1, line.numbers(at))
    if line.kind(at) == "season":
        named = before is not None and before.kind == "zone"
        return Piece("season", at, at + 1, (), line.text(at)) if named else None
    if line.kind(at) not in {"word", "opaque"}:
        return None
    beside = (
        before is not None and before.kind in DAYS | CLOCKS | PARTS | {"zone", "zone?"} and _beside(line, before, at)
    )
    return _whose(line, at) or _short(line, at, before if beside else None) or _city(line, at, beside=beside)


def _beside(line: Line, before: Piece, at: int) -> bool:
    return all(line.word(n) in {",", "(", "-", "in", "'"} for n in range(before.last, at))


def _whose(line: Line, at: int) -> Piece | None:
    """Their time, the customer's local time, my time."""
    start = at + (line.word(at) == "the")
    owner = line.word(start)
    behind = start + 1
    if owner == "customer" and line.word(behind) == "'":
        behind += 1
    if owner == "local":
        return Piece("zone", at, behind + 1, (), "local") if line.word(behind) == "time" else None
    if owner not in w.POSSESSIVES | w.OWN | {"customer", "client", "caller"}:
        return None
    behind += line.word(behind) in {"local", "own"}
    if line.word(behind) not in w.ZONE_TAILS:
        return None
    return Piece("zone", at, behind + 1, (), "mine" if owner in w.OWN else "theirs")


def _city(line: Line, at: int, *, beside: bool) -> Piece | None:
    """London time, Eastern, US Pacific time, "3pm in Tokyo"."""
    start = at + (line.word(at) in {"in", "the"})
    us = zones.AFTER_US.get(line.word(start))
    if us and (tail := _us_tail(line, start + 1)) is not None and (beside or tail > start + 1):
        sure = tail > start + 1 or not line.kind(tail) or ends_well(line, tail)
        return Piece("zone" if sure else "zone?", at, tail, (), us)
    if not beside and not any(line.word(place) in w.ZONE_TAILS for place in range(start + 1, start + LONGEST_NAME + 2)):
        return None
    for size in range(LONGEST_NAME, 0, -1):
        name = _name(line, start, size)
        if not name:
            continue
        tail = start + size
        timed = line.word(tail) in w.ZONE_TAILS or (line.word(tail) == "standard" and line.word(tail + 1) == "time")
        if timed and (zone := _known(name)):
            return Piece("zone", at, tail + 1 + (line.word(tail) == "standard"), (), zone)
        if not timed and beside and name in zones.CITIES and (size > 1 or len(name) > 2):
            return Piece("zone?", at, tail, (), zones.CITIES[name])
    return _unknown(line, at, beside=beside)


def _known(name: str) -> str | None:
    return zones.CITIES.get(name) or (None if name in {"this", "same", "next"} else zones.by_city().get(name))


def _name(line: Line, at: int, size: int) -> str:
    words = [line.text(at + n) for n in range(size) if line.kind(at + n) in {"word", "opaque"}]
    return " ".join(words) if len(words) == size else ""


def _us_tail(line: Line, at: int) -> int | None:
    """Behind "eastern": standard, daylight, time; none if "european" makes it another zone."""
    if line.word(at) in {"european", "europe", "africa", "african", "asia", "indonesian"}:
        return None
    at += line.word(at) in zones.US_TAILS
    return at + (line.word(at) in w.ZONE_TAILS)


def _unknown(line: Line, at: int, *, beside: bool) -> Piece | None:
    """A place nobody knows, before "time": to be asked."""
    if (
        not beside
        or line.word(at) in w.PLAIN | w.ORDINALS.keys()
        or line.word(at) in {"same", "first", "last", "some", "any"}
    ):
        return None
    behind = at + 1
    while line.capital(behind) and behind < at + LONGEST_NAME:
        behind += 1
    return Piece("zone", at, behind + 1, (), "?") if line.word(behind) == "time" else None


def _short(line: Line, at: int, before: Piece | None) -> Piece | None:
    """UTC, PT, CET; behind a time in any letters, elsewhere only where it can be nothing else."""
    word = line.word(at)
    if word not in zones.GENERIC and word not in zones.SEASONAL and word not in zones.PLACED:
        return None
    if before is not None:
        last = at + 1 + (line.word(at + 1) in w.ZONE_TAILS)
        if word == "west":
            return None
        sure = len(word) > 2 or last > at + 1 or ends_well(line, last)  # "3pm CT scan"
        return Piece("zone" if sure else "zone?", at, last, (), word)
    if line.word(at + 1) in w.ZONE_TAILS:
        return Piece("zone", at, at + 2, (), word)
    loud = line.tokens[at].loud and len(word) > 2 and word not in {"art", "eat", "west", "wet"}
    return Piece("maybe zone", at, at + 1, (), word) if loud else None
