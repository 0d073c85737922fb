"""A line cut into tokens, once, from left to right; whatever is not understood as a whole is opaque."""

import re
import unicodedata
from dataclasses import replace
from typing import Final

from handlers.when import words as w
from handlers.when.chunks import Token, cut

MOST_TOKENS: Final = 250  # nobody says when in a longer line; reading stops there, and asks
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
_SEASON: Final = re.compile(r"[-+]\d{2}(?:\d{2})?")  # "(-03)" behind a zone, as the echo writes it


def plain(text: str) -> tuple[str, list[int] | range]:
    """The text with typographic characters made plain, and where each of its characters came from."""
    if text.isascii():
        return text, range(len(text) + 1)
    made: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if char in _UNSEEN:
            continue
        new = char
        if char in _FRACTIONS:
            new = _FRACTIONS[char] if made and made[-1][-1].isdigit() else f"0{_FRACTIONS[char]}"
        elif ord(char) in _PLAIN:
            new = _PLAIN[ord(char)]
        elif char >= "\u2000" or not (char.isalpha() or char.isascii()):
            new = unicodedata.normalize("NFKC", char)
        made.append(new)
        origin.extend([index] * len(new))
    origin.append(len(text))
    return "".join(made), origin


def tokens(text: str) -> tuple[list[Token], int]:
    """The tokens of a text, up to the most that are read, and where its subject begins ("about"); -1 if nowhere."""
    line, origin = plain(text)
    found: list[Token] = []
    subject = -1
    for chunk in _CHUNK.finditer(line):
        start, end = chunk.span()
        if _SEASON.fullmatch(chunk[0]) and line[start - 1 : start] == "(" and line[end : end + 1] == ")":
            found.append(Token("season", chunk[0], start, end))
            continue
        for token in cut(chunk[0], start):
            glued = bool(found) and found[-1].end == token.start
            found.append(replace(token, glued=True) if glued else token)
            if subject < 0 and token.text in w.ABOUT and _begins_subject(found):
                subject = len(found) - 1
        if len(found) - subject > MOST_TOKENS:
            break
    made = _without_phones(found)
    return (made if isinstance(origin, range) else [_moved(token, origin) for token in made]), subject


def _begins_subject(found: list[Token]) -> bool:
    """Whether the last token begins the subject; in "at about 3pm" and "in about an hour" it means roughly."""
    before = found[-2].text if len(found) > 1 else ""
    return found[-1].text != "about" or before not in w.BEFORE_ABOUT


def _moved(token: Token, origin: list[int]) -> Token:
    return replace(token, start=origin[token.start], end=origin[token.end - 1] + 1)


def _without_phones(found: list[Token]) -> list[Token]:
    """Make runs of digits that are phone numbers opaque."""
    result: list[Token] = []
    run: list[Token] = []
    for token in found:
        if token.kind == "number":
            run.append(token)
            continue
        result += _phone(run)
        run = []
        result.append(token)
    return result + _phone(run)


def _phone(run: list[Token]) -> list[Token]:
    digits = [len(token.text) for token in run]
    date = len(run) == 3 and max(digits[:2]) <= 2
    if len(run) > 1 and sum(digits) >= 7 and max(digits) >= 3 and not date:
        return [replace(token, kind="opaque") for token in run]
    return run
