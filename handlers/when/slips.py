"""Typing slips and foreign words: a time word nearly spelled, which must never be read past."""

from functools import lru_cache
from typing import Final

from handlers.when import words as w
from handlers.when.pieces import Line, Piece

_RIGHT: Final = {*w.NEAR_ONE, *w.NEAR_TWO, *w.NEAR_MONTHS}
_NEAR: Final = [
    (word, frozenset(word), slips)
    for words, slips in ((w.NEAR_ONE, 1), (w.NEAR_TWO, 2), (w.NEAR_MONTHS, 1))
    for word in words
    if len(word) > 3
]


def distance(one: str, two: str) -> int:
    """How many letters lie between two words: left out, added, changed, or two neighbours swapped."""
    rows = [list(range(len(two) + 1))]
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(two, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


@lru_cache(maxsize=4096)
def meant(word: str) -> str:
    """The time word that was most likely meant, or an empty text."""
    if word in w.KNOWN_SLIPS:
        return w.KNOWN_SLIPS[word]
    if not 4 <= len(word) <= 12 or word in w.NOT_SLIPS or word in _RIGHT:
        return ""
    letters = frozenset(word)
    best, right = 3, ""
    for candidate, its_letters, slips in _NEAR:
        if abs(len(candidate) - len(word)) > slips or len(its_letters - letters) > slips:
            continue  # too far apart to be worth counting
        apart = distance(word, candidate)
        if apart <= (slips if len(word) >= 6 else 1) and apart < best:
            best, right = apart, candidate
    return right


def slip(line: Line, at: int) -> Piece | None:
    """A word that is nearly a time word, or one in a language not read yet."""
    word = line.word(at)
    if line.kind(at) != "word" or not word:
        return None
    if word in w.FOREIGN:
        return Piece("vague", at, at + 1, text="foreign")
    if word in w.TWO_LETTER_DAYS and line.kind(at + 1) == "clock":
        return Piece("slip", at, at + 1, text=w.WEEKDAY_NAMES[w.TWO_LETTER_DAYS[word]].lower())
    if (stem := word.removesuffix("'s")) != word and stem in {*w.WEEKDAYS, "today", "tomorrow", "tonight"}:
        return Piece("maybe day", at, at + 1, text=stem)
    right = meant(word)
    if not right or (right in w.NEAR_MONTHS and not _beside_number(line, at)):
        return None
    return Piece("slip", at, at + 1, text=right)


def _beside_number(line: Line, at: int) -> bool:
    return line.kind(at + 1) in {"number", "ordinal"} or line.kind(at - 1) in {"number", "ordinal"}
