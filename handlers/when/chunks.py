"""What stands between two spaces, cut into tokens."""

import re
from dataclasses import dataclass, replace
from typing import Final

from handlers.when import words as w
from handlers.when import zones
from handlers.when.numerals import number

LONGEST_CHUNK: Final = 48  # characters; a longer one is no time
_EDGES: Final = "-.':_/~&="  # marks that may stand around a word without being part of it
_FRONT: Final = re.compile(r"[-.':_/~&=]*")
_MONTH_DAY: Final = re.compile(r"([a-z]+)[-/.]?(\d{1,2})(st|nd|rd|th)?(?:[-/,](\d{4}))?")
_OFFSET: Final = re.compile(r"(?:utc|gmt)([-+])(\d{1,2})(?::?(\d{2}))?")
_DOMAIN: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|uk|de|fr|eu|ai|app|dev|inc|biz|info|us|ca|au|in)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark.

    ``kind`` is word, number, decimal, clock, aclock, hclock, date, numeric, ordinal, length, offset, season, iana, mark
    or opaque; ``text`` is in small letters; ``start`` and ``end`` stand in the text; ``glued`` says that no space is
    before it; ``numbers`` are what a number, clock or date says.
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool = False
    capital: bool = False
    loud: bool = False
    numbers: tuple[int, ...] = ()


def cut(chunk: str, at: int) -> list[Token]:
    """Cut one chunk without spaces, which begins at ``at``, into tokens."""
    if chunk.isalpha() and not chunk.endswith("ish"):
        return [_token("word", chunk, at)]
    if chunk[0] == "<" or chunk[:7].lower() in {"http://", "https:/"} or len(chunk) > LONGEST_CHUNK:
        return [Token("opaque", chunk[:40].lower(), at, at + len(chunk))]
    front = _FRONT.match(chunk)
    lead = front.end() if front else 0
    behind = chunk[lead + 1 : lead + 2]
    if chunk[lead : lead + 1] == "@" and behind.isdigit():
        lead += 1
    elif lead and chunk[lead - 1] == "." and chunk[lead : lead + 1].isdigit():
        lead -= 1  # ".5"
    body = chunk[lead:].rstrip(_EDGES)
    tail = lead + len(body)
    return [*_marks(chunk[:lead], at), *(_body(body, at + lead) if body else ()), *_marks(chunk[tail:], at + tail)]


def _marks(text: str, at: int) -> list[Token]:
    return [Token("mark", char, at + place, at + place + 1) for place, char in enumerate(text)]


def _token(kind: str, body: str, at: int, numbers: tuple[int, ...] = ()) -> Token:
    capital = body[0].isupper()
    loud = capital and len(body) > 1 and body.isupper()
    return Token(kind, body.lower(), at, at + len(body), False, capital, loud, numbers)


def _body(body: str, at: int) -> list[Token]:
    low = body.lower()
    if low[0].isascii() and low[0].isdigit():
        return _number(body, low, at)
    if low[0].isalpha():
        return _word(body, low, at)
    if len(low) == 1:
        return [Token("mark", low, at, at + 1)]
    if low[0] == "." and low[1:].isdigit() and low.isascii():
        return [Token("decimal", f"0{low[:7]}", at, at + len(body))]
    return [Token("opaque", low, at, at + len(body))]


def _number(body: str, low: str, at: int) -> list[Token]:
    """A chunk that begins with a digit."""
    found = number(low)
    if found is not None:
        return [
            Token(kind, text, at + start, at + end, start > 0, numbers=numbers)
            for kind, text, start, end, numbers in found
        ]
    if low in w.KNOWN_SLIPS:
        return [_token("word", body, at)]
    if "@" in low and "." not in low:
        return _joined(body.split("@"), "@", at)
    for mark in ("-", "/"):
        parts = body.split(mark)
        if len(parts) == 2 and all(_part_of_range(part) for part in parts):
            return _joined(parts, mark, at)
    bare = re.sub("-?ish$", "", low)
    if bare != low and re.fullmatch(r"\d{1,2}(?:am|pm)?", bare):
        return [replace(token, end=at + len(body)) for token in _number(bare, bare, at)]
    return [_token("opaque", body, at)]


_RANGE_PART: Final = re.compile(r"\d{1,2}(?:[:.]\d{2})?(?:a\.?m|p\.?m|a|p|h)?|[01]\d[0-5]\d|2[0-4][0-5]\d")


def _part_of_range(part: str) -> bool:
    return bool(_RANGE_PART.fullmatch(part.lower())) or part.lower() in w.CLOCK_WORDS


def _joined(parts: list[str], mark: str, at: int) -> list[Token]:
    """Parts that a mark holds together: their tokens with the mark between them."""
    made: list[Token] = []
    for index, part in enumerate(parts):
        if index:
            made.append(Token("mark", mark, at, at + 1, glued=True))
            at += 1
        if part:
            made += _body(part, at)
        at += len(part)
    return made


def _word(body: str, low: str, at: int) -> list[Token]:
    """A chunk that begins with a letter."""
    if low.endswith("ish") and low[:-3].rstrip("-") in {*w.CLOCK_WORDS, *w.WEEKDAYS}:
        return [replace(_token("word", body, at), text=low[:-3].rstrip("-"))]
    if low in w.MERIDIEM:
        return [Token("word", w.MERIDIEM[low], at, at + len(body))]
    if low.isalpha() or low in w.MARKED_WORDS:
        return [_token("word", body, at)]
    if found := _OFFSET.fullmatch(low):
        minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
        return [_token("offset", body, at, (minutes,))]
    if "/" in low and low.partition("/")[0] in zones.AREAS and low in zones.by_name():
        return [_token("iana", body, at)]
    if (found := _MONTH_DAY.fullmatch(low)) and found[1] in w.MONTHS:
        return _month_day(found, body, at)
    return _marked_word(body, low, at)


def _month_day(found: re.Match[str], body: str, at: int) -> list[Token]:
    """Dec-6, Dec6, Dec-06-2026, as the tokens they would be with spaces."""
    day_end = found.end(3) if found[3] else found.end(2)
    made = [
        _token("word", body[: found.end(1)], at),
        Token("number", found[2], at + found.start(2), at + day_end, numbers=(int(found[2]),)),
    ]
    if found[4]:
        made.append(Token("number", found[4], at + found.start(4), at + found.end(4), numbers=(int(found[4]),)))
    return made


def _marked_word(body: str, low: str, at: int) -> list[Token]:
    """Letters with marks among them: cut where the parts may be time words, else left whole."""
    if "@" in low:
        name, _, rest = body.partition("@")
        return (
            _joined([name, rest], "@", at) if "." not in rest and rest[:1].isdigit() else [_token("opaque", body, at)]
        )
    for mark in (":", "/"):
        if mark in low:
            return _joined(body.split(mark), mark, at)
    if "." in low and not _DOMAIN.fullmatch(low):
        return _joined(body.split("."), ".", at)
    parts = low.split("-")
    if len(parts) > 1 and (any(part in w.CUT_AT_HYPHENS for part in parts) or parts[-1] == "ish"):
        return _joined(body.split("-"), "-", at)
    kind = "word" if "'" in low and low.replace("'", "").isalpha() else "opaque"
    return [_token(kind, body, at)]
