"""What a line is read as before it is a time: pieces, each of one kind, standing in tokens."""

from dataclasses import dataclass
from typing import Final, Literal

from handlers.when import words as w
from handlers.when.chunks import Token
from handlers.when.phrases import PHRASES, VAGUE_WORDS

DAYS: Final = frozenset(
    {
        *("offset", "weekday", "next weekday", "this weekday", "coming weekday", "date", "month day", "day of month"),
        *("numeric", "week end", "month end", "last day", "last working day", "working days", "later", "same time on"),
        *("weekday of week",),
    }
)
CLOCKS: Final = frozenset({"clock", "midnight", "midnight tonight", "same time", "open", "close"})
PARTS: Final = frozenset({"part", "tonight", "part of today", "close today"})
MAYBES: Final = frozenset({"maybe day", "maybe clock", "maybe length"})
HARD: Final = frozenset({"vague", "repeat", "gone", "bad", "or", "slip", "open ended", "zone?", "either"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a time: its kind, the tokens it stands in (the last one excluded), and what it says."""

    kind: str
    first: int
    last: int
    numbers: tuple[int, ...] = ()
    text: str = ""
    lead: str = ""

    def led(self, first: int, lead: str) -> "Piece":
        """The same piece with the preposition before it."""
        return Piece(self.kind, first, self.last, self.numbers, self.text, lead or self.lead)


Half = Literal["", "am", "pm"]


class Line:
    """The tokens of a line, asked by place; a place outside is empty."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.size = len(found)
        self._words = [token.text if token.kind in {"word", "mark"} else "" for token in found]

    def word(self, at: int) -> str:
        """The word or mark at this place in small letters, or an empty text."""
        return self._words[at] if 0 <= at < self.size else ""

    def kind(self, at: int) -> str:
        """The kind of the token at this place, or an empty text."""
        return self.tokens[at].kind if 0 <= at < self.size else ""

    def numbers(self, at: int) -> tuple[int, ...]:
        """What the token at this place says in numbers."""
        return self.tokens[at].numbers if 0 <= at < self.size else ()

    def text(self, at: int) -> str:
        """The token's text, whatever its kind."""
        return self.tokens[at].text if 0 <= at < self.size else ""

    def capital(self, at: int) -> bool:
        """Whether the token begins with a capital letter."""
        return 0 <= at < self.size and self.tokens[at].capital

    def said(self, at: int, words: tuple[str, ...]) -> bool:
        """Whether exactly these words stand here."""
        return at >= 0 and tuple(self._words[at : at + len(words)]) == words

    def ordinal(self, at: int) -> tuple[int, int]:
        """The day an ordinal names ("5th", "fifth", "twenty-first") and the place behind it; 0 if there is none."""
        if self.kind(at) == "ordinal":
            return self.numbers(at)[0], at + 1
        if self.kind(at) == "number" and self.word(at + 1) in w.ORDINAL_ENDINGS:
            return self.numbers(at)[0], at + 2
        first = self.word(at)
        if first in w.ORDINALS:
            return w.ORDINALS[first], at + 1
        if first in {"twenty", "thirty"}:
            behind = at + 2 if self.word(at + 1) == "-" else at + 1
            if (one := w.ORDINALS.get(self.word(behind), 99)) < 10:
                return w.TENS[first] + one, behind + 1
        return 0, at


def ends_well(line: Line, at: int) -> bool:
    """Whether what stands here cannot make a count or a name of the number before it."""
    kind = line.kind(at)
    if not kind or kind in {"mark", "clock", "opaque", "date", "numeric", "offset", "iana"}:
        return kind != "opaque" or line.text(at)[:1] in {"@", "#", "<"}
    if kind in {"number", "ordinal", "hclock"}:
        return True
    word = line.word(at)
    if word in {"t", "s"} or word in w.UNITS:
        return False
    plain = word in w.PLAIN or (word in w.VERBS and word not in {"calls", "text"})
    return plain or word in w.WEEKDAYS or word in w.PARTS or word in PHRASES or word in w.LEADS or word in VAGUE_WORDS
