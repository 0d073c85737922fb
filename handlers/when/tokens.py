"""A line cut into tokens, once, from left to right; whatever is not understood as a whole is opaque."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from handlers.when import words as w
from handlers.when import zones

LONGEST_CHUNK: Final = 48  # characters; a longer one is no time
_SPACES: Final = dict.fromkeys(
    map(ord, "\u00a0\u2007\u202f\u2009\u200a\u2002\u2003\u2004\u2005\u2006\u2008\u3000"), " "
)
_PLAIN: Final = _SPACES | {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
    ord("\u2026"): "..",
}
_FRACTIONS: Final = {"\u00bd": ".5", "\u00bc": ".25", "\u00be": ".75"}
_UNSEEN: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c")

_CHUNK: Final = re.compile(
    r"<[^<>]*>|https?://[^\s<>]+|(?:[^\s,;()\[\]{}\"!?<>|*`\u3001\uff0c]|(?<=\d),(?=\d))+|[^\s]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark.

    ``kind`` is word, number, decimal, clock, hclock, date, numeric, ordinal, length, offset, iana, mark or opaque;
    ``text`` is in small letters; ``start`` and ``end`` stand in the original text; ``glued`` says that no space stands
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


def plain(text: str) -> tuple[str, list[int] | range]:
    """The text with typographic characters made plain, and where each of its characters came from."""
    if text.isascii():
        return text, range(len(text) + 1)
    made: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if char in _UNSEEN:
            continue
        if char in _FRACTIONS:
            new = _FRACTIONS[char] if made and made[-1].isdigit() else f"0{_FRACTIONS[char]}"
            made.append(new)
            origin.extend([index] * len(new))
            continue
        new = _PLAIN.get(ord(char)) or (
            char if char.isalpha() and char < "\u2000" else unicodedata.normalize("NFKC", char)
        )
        made.append(new)
        origin.extend([index] * len(new))
    origin.append(len(text))
    return "".join(made), origin


def tokens(text: str) -> list[Token]:
    """The tokens of a text."""
    line, origin = plain(text)
    found: list[Token] = []
    for chunk in _CHUNK.finditer(line):
        if _SEASON.fullmatch(chunk[0]) and line[chunk.start() - 1 : chunk.start()] == "(" and line[chunk.end() : chunk.end() + 1] == ")":
            found.append(Token("season", chunk[0], chunk.start(), chunk.end()))
            continue
        for token in _cut(chunk[0], chunk.start()):
            glued = bool(found) and found[-1].end == token.start
            found.append(replace(token, glued=glued))
    return [_moved(token, origin) for token in _without_phones(found)]


def _moved(token: Token, origin: list[int] | range) -> Token:
    if isinstance(origin, range):
        return token
    start, end = origin[token.start], origin[token.end - 1] + 1
    return replace(token, start=start, end=end)


_SEASON: Final = re.compile(r"[-+]\d{2}(?:\d{2})?")


def _cut(chunk: str, at: int) -> list[Token]:
    """Cut one chunk without spaces into tokens."""
    if chunk[0] == "<" or chunk.startswith(("http://", "https://", "HTTP")):
        return [Token("opaque", chunk.lower(), at, at + len(chunk))]
    if len(chunk) > LONGEST_CHUNK:
        return [Token("opaque", "", at, at + len(chunk))]
    front = re.match(r"[-.':_/~&=]*", chunk)
    lead = front.end() if front else 0
    if chunk[lead : lead + 1] == "@" and chunk[lead + 1 : lead + 2].isdigit():
        lead += 1
    if lead and chunk[lead - 1] == "." and chunk[lead : lead + 1].isdigit():
        lead -= 1
    body = chunk[lead:].rstrip("-.'_:/~&=")
    found = [Token("mark", char, at + n, at + n + 1) for n, char in enumerate(chunk[:lead])]
    if body:
        found += _body(body, at + lead)
    tail = at + lead + len(body)
    found += [Token("mark", char, tail + n, tail + n + 1) for n, char in enumerate(chunk[lead + len(body) :])]
    return found


def _body(body: str, at: int) -> list[Token]:
    low = body.lower()
    if low[0].isdigit():
        return _number(body, low, at)
    if low[0] == "." and low[1:].isdigit():
        return [Token("decimal", f"0{low}", at, at + len(body))]
    if low[0].isalpha():
        return _word(body, low, at)
    if len(low) == 1:
        return [Token("mark", low, at, at + 1)]
    return [Token("opaque", low, at, at + len(body))]


def _token(kind: str, body: str, at: int, numbers: tuple[int, ...] = ()) -> Token:
    loud = len(body) > 1 and body.isupper()
    return Token(kind, body.lower(), at, at + len(body), capital=body[0].isupper(), loud=loud, numbers=numbers)


_MERIDIEM: Final = r"(?:(?P<mer>a\.?m|p\.?m|a|p))?"
_CLOCK: Final = re.compile(r"(?P<h>\d{1,2})(?::(?P<m>\d{2})(?::(?P<s>\d{2}))?)?" + _MERIDIEM + r"(?P<tail>h|hrs|ish)?")
_DOTTED: Final = re.compile(r"(?P<h>\d{1,2})\.(?P<m>\d{2})(?P<mer>a\.?m|p\.?m|a|p)")
_SHORT: Final = re.compile(r"(?P<h>\d{1,2})(?P<m>\d{2})(?P<mer>a\.?m|p\.?m)")
_HCLOCK: Final = re.compile(r"(\d{1,2})h(\d{2})?")
_ARMY: Final = re.compile(r"([01]\d|2[0-4])([0-5]\d)(?:h|hrs|hours)")
_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_ISO_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})t(\d{2}):?(\d{2})(?::?\d{2}(?:\.\d+)?)?(z|[-+]\d{2}:?\d{2})?")
_NUMERIC: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_NUMERIC_SHORT: Final = re.compile(r"(\d{1,2})/(\d{1,2})")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_LENGTH: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)([a-z]+)(?:(\d{1,3})([a-z]*))?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(st|nd|rd|th)?[-/.]?([a-z]+)(?:[-/.]?(\d{4}|\d{2}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]+)[-/.]?(\d{1,2})(st|nd|rd|th)?(?:[-/,](\d{4}))?")
_DAY_YEAR: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?,(\d{4})")
_OFFSET: Final = re.compile(r"(?:utc|gmt)([-+])(\d{1,2})(?::?(\d{2}))?")
_DOMAIN: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|uk|de|fr|eu|ai|app|dev|inc|biz|info|us|ca|au|in)"
)
_ALIEN_DIGITS: Final = re.compile(r"[^\W\d_]+")


def _number(body: str, low: str, at: int) -> list[Token]:
    """A chunk that begins with a digit."""
    if low.isdecimal():
        return [_token("number", body, at, (int(low),) if len(low) <= 9 else (10**9,))]
    if found := _CLOCK.fullmatch(low):
        return _clock(found, body, at)
    if found := _DOTTED.fullmatch(low) or _SHORT.fullmatch(low):
        return [_token("clock", body, at, (int(found["h"]), int(found["m"]), _half(found["mer"])))]
    if found := _HCLOCK.fullmatch(low):
        return [_token("hclock", body, at, (int(found[1]), int(found[2] or 0)))]
    if found := _ARMY.fullmatch(low):
        return [_token("clock", body, at, (int(found[1]), int(found[2]), 3))]
    if found := _ISO.fullmatch(low):
        return [_token("date", body, at, (int(found[1]), int(found[3]), int(found[4])))]
    if found := _ISO_TIME.fullmatch(low):
        return _iso_time(found, body, at)
    if low == "24/7":
        return [_token("opaque", body, at)]
    if found := _NUMERIC.fullmatch(low):
        return [_token("numeric", body, at, (int(found[1]), int(found[3]), _year(found[4])))]
    if found := _NUMERIC_SHORT.fullmatch(low):
        return [_token("numeric", body, at, (int(found[1]), int(found[2])))]
    if found := _ORDINAL.fullmatch(low):
        return [_token("ordinal", body, at, (int(found[1]),))]
    return _longer_number(body, low, at)


def _longer_number(body: str, low: str, at: int) -> list[Token]:
    if low in w.KNOWN_SLIPS:
        return [_token("word", body, at)]
    if (found := _DAY_MONTH.fullmatch(low)) and found[3] in w.MONTHS:
        return _dated(found, body, at, (1, 3, 4))
    if found := _DAY_YEAR.fullmatch(low):
        return _dated(found, body, at, (1, 2))
    if (found := _LENGTH.fullmatch(low)) and found[2] in w.UNITS and (not found[4] or found[4] in w.UNITS):
        return [_token("length", body, at)]
    if re.fullmatch(r"\d{1,6}[.,]\d{1,3}", low):
        return [_token("decimal", body.replace(",", "."), at)]
    for mark in ("-", "/"):
        parts = body.split(mark)
        if len(parts) == 2 and all(_part_of_range(part) for part in parts):
            return _joined(parts, mark, at)
    if re.fullmatch(r"\d{1,2}(?:am|pm)?-?ish", low):
        bare = re.sub("-?ish$", "", low)
        return [replace(token, end=at + len(body)) for token in _number(bare, bare, at)]
    if _ALIEN_DIGITS.search(low) is None and "," in low and not re.search(r"\d{1,3},\d{3}", low):
        return _joined(body.split(","), ",", at)
    return [_token("opaque", body, at)]


_RANGE_PART: Final = re.compile(r"\d{1,2}(?:[:.]\d{2})?(?:a\.?m|p\.?m|a|p|h)?|[01]\d[0-5]\d|2[0-4][0-5]\d")


def _part_of_range(part: str) -> bool:
    return bool(_RANGE_PART.fullmatch(part.lower())) or part.lower() in w.CLOCK_WORDS


def _clock(found: re.Match[str], body: str, at: int) -> list[Token]:
    """A time of the clock: hour, minute, and 0 for no am or pm, 1 for am, 2 for pm, 3 for the 24-hour clock."""
    if found["m"] is None and found["mer"] is None:
        kind = "hclock" if found["tail"] == "h" else "number" if found["tail"] == "ish" else "length"
        if kind == "number":
            return [Token(kind, found["h"], at, at + len(body), numbers=(int(found["h"]),))]
        return [_token(kind, body, at, (int(found["h"]), 0))]
    if found["s"] not in {None, "00"}:
        return [_token("opaque", body, at)]
    half = _half(found["mer"]) if found["mer"] else 3 if found["h"][0] == "0" or found["tail"] in {"h", "hrs"} else 0
    return [_token("clock", body, at, (int(found["h"]), int(found["m"] or 0), half))]


def _half(meridiem: str) -> int:
    return 1 if meridiem[0] == "a" else 2


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _iso_time(found: re.Match[str], body: str, at: int) -> list[Token]:
    """Date, clock and offset of an ISO 8601 time, as three tokens."""
    made = [_token("date", body[:10], at, tuple(int(part) for part in found[1].split("-")))]
    end = found.start(4) if found[4] else len(body)
    made.append(_token("clock", body[11:end], at + 11, (int(found[2]), int(found[3]), 3)))
    if found[4]:
        minutes = 0
        if found[4] != "z":
            digits = found[4][1:].replace(":", "")
            minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if found[4][0] == "-" else 1)
        made.append(_token("offset", body[end:], at + end, (minutes,)))
    return made


def _dated(found: re.Match[str], body: str, at: int, groups: tuple[int, ...]) -> list[Token]:
    """A day and month written together, as the tokens they would be with spaces."""
    made: list[Token] = []
    for group in groups:
        if found[group] is None:
            continue
        start, end = found.span(group)
        piece = body[start:end]
        if piece[0].isdigit():
            number = _year(piece) if group == groups[-1] and group > 1 else int(piece)
            kind = "number"
            made.append(Token(kind, str(number), at + start, at + end, numbers=(number,)))
        else:
            made.append(_token("word", piece, at + start))
    made[0] = replace(made[0], start=at)
    made[-1] = replace(made[-1], end=at + len(body))
    return made


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
    if low.isalpha() or low in w.MERIDIEM or low in w.OCLOCK:
        return (
            [_token("word", w.MERIDIEM.get(low, body) if low in w.MERIDIEM else body, at)]
            if low not in w.MERIDIEM
            else [Token("word", w.MERIDIEM[low], at, at + len(body))]
        )
    if found := _OFFSET.fullmatch(low):
        minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
        return [_token("offset", body, at, (minutes,))]
    if "/" in low and low.split("/", maxsplit=1)[0] in zones.AREAS and low in zones.by_name():
        return [_token("iana", body, at)]
    if low in w.KNOWN_SLIPS or low in w.FOREIGN or f"{low}" in w.PHRASES or low in w.VAGUE_SINGLE:
        return [_token("word", body, at)]
    if (found := _MONTH_DAY.fullmatch(low)) and found[1] in w.MONTHS:
        return _dated_backwards(found, body, at)
    return _marked_word(body, low, at)


def _dated_backwards(found: re.Match[str], body: str, at: int) -> list[Token]:
    month = _token("word", body[: found.end(1)], at)
    start, end = found.span(2)
    made = [
        month,
        Token("number", found[2], at + start, at + (found.end(3) if found[3] else end), numbers=(int(found[2]),)),
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
    if ":" in low:
        return _joined(body.split(":"), ":", at)
    if "/" in low:
        return _joined(body.split("/"), "/", at)
    if ".." in low or ("." in low and not _DOMAIN.fullmatch(low)):
        return _joined(body.split("."), ".", at)
    if "-" in low:
        parts = low.split("-")
        if any(part in _TIME_WORDS for part in parts) or parts[-1] == "ish":
            return _joined(body.split("-"), "-", at)
    kind = "word" if "'" in low and low.replace("'", "").isalpha() else "opaque"
    return [_token(kind, body, at)]


_TIME_WORDS: Final = (
    set(w.WEEKDAYS)
    | set(w.MONTHS)
    | set(w.ONES)
    | set(w.TENS)
    | {"half", "quarter", "mid", "today", "tomorrow", "noon"}
) - {"sun", "may", "march", "mar"}


def _without_phones(found: list[Token]) -> list[Token]:
    """Make runs of digits that are phone numbers opaque."""
    result: list[Token] = []
    run: list[Token] = []
    for token in found:
        if token.kind == "number" and token.text.isdecimal():
            run.append(token)
            continue
        result += _phone(run)
        run = []
        result.append(token)
    return result + _phone(run)


def _phone(run: list[Token]) -> list[Token]:
    digits = [len(token.text) for token in run]
    if (
        len(run) > 1
        and sum(digits) >= 7
        and max(digits) >= 3
        and not (len(run) == 3 and digits[0] <= 2 and digits[1] <= 2)
    ):
        return [Token("opaque", token.text, token.start, token.end, token.glued) for token in run]
    return run
