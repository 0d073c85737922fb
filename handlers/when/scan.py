"""Reads the pieces of a line, once, from left to right."""

from dataclasses import replace
from typing import Final

from handlers.when import words as w
from handlers.when.ahead import ahead
from handlers.when.clocks import clock
from handlers.when.days import day
from handlers.when.phrases import PHRASES
from handlers.when.pieces import CLOCKS, DAYS, PARTS, Line, Piece, ends_well
from handlers.when.places import place
from handlers.when.slips import slip

_Phrase = tuple[tuple[str, ...], str, int | str]


def _by_first_word() -> dict[str, list[_Phrase]]:
    """All fixed phrases by their first word, the longest first."""
    found: dict[str, list[_Phrase]] = {}
    for text, (kind, value) in PHRASES.items():
        words = tuple(text.replace("-", " - ").split())
        found.setdefault(words[0], []).append((words, kind, value))
        if "-" in text:
            found.setdefault(text, []).append(((text,), kind, value))
    for ways in found.values():
        ways.sort(key=lambda way: -len(way[0]))
    return found


_PHRASES: Final = _by_first_word()
_LONG_LEADS: Final = {
    first: [way for way in w.LONG_LEADS if way[0][0] == first] for first in {way[0][0] for way in w.LONG_LEADS}
}
MOST_LEADS: Final = 4  # prepositions in a row; more are no English


def scan(line: Line) -> list[Piece]:
    """The pieces of a line in their order."""
    found: list[Piece] = []
    at = 0
    while at < line.size:
        piece = _piece(line, at, found[-1] if found else None)
        if piece is None:
            at += 1
            continue
        if piece.kind != "ignored":
            found.append(_denied(line, piece))
        at = max(piece.last, at + 1)
    return found


def _denied(line: Line, piece: Piece) -> Piece:
    """A time that is ruled out ("not Monday"), loose ("early Monday") or named from afar ("the first Monday")."""
    before, behind = line.word(piece.first - 1), line.word(piece.last)
    timed = piece.kind in DAYS | CLOCKS | PARTS | {"elapsed"}
    if timed and before in w.DENIALS and piece.lead != "after":
        return Piece("vague", piece.first - 1, piece.last)
    if timed and before in w.VERBS and line.word(piece.first - 2) in w.REFUSALS:
        return Piece("vague", piece.first - 2, piece.last)
    if piece.kind == "clock" and piece.lead in {"before", "after"} and before in {*w.ONES, *w.TENS}:
        return Piece("vague", piece.first - 1, piece.last)
    if piece.kind in DAYS | PARTS and (before in w.LOOSE and not piece.lead):
        return Piece("vague", piece.first - 1, piece.last, (), piece.kind)
    if piece.kind in DAYS | PARTS and behind in w.LOOSE:
        return Piece("vague", piece.first, piece.last + 1, (), piece.kind)
    if not piece.kind.endswith("weekday") and piece.kind != "gone":
        return piece
    pointed = before in w.ORDINALS or line.kind(piece.first - 1) == "ordinal" or before in w.VAGUE_ARTICLES
    if pointed and not piece.lead:
        return Piece("vague", piece.first - 1, piece.last)
    if behind in w.REMOTE and piece.kind == "weekday":
        return Piece("vague", piece.first, piece.last + 1)
    anchors = {"next", "last", "the", "that", *w.HOLIDAYS, *w.WEEKDAYS}
    afar = behind in {"after", "before"} and line.word(piece.last + 1) in anchors
    if afar or (behind == "of" and line.word(piece.last + 1) in {"the", "next", "this", "every", *w.MONTHS}):
        return Piece("vague", piece.first, piece.last + 2)
    return piece


def _piece(line: Line, at: int, before: Piece | None) -> Piece | None:
    """The piece that begins here, with the prepositions before it."""
    behind, lead = leads(line, at)
    if behind > at:
        whole = _core(line, at, "", before)
        if whole is not None and whole.kind not in {"maybe day", "maybe length", "maybe clock"}:
            return whole
        led = _core(line, behind, lead, before)
        if led is not None and led.kind == "maybe length" and lead == "for":
            return Piece("ignored", at, led.last)  # how long it takes, not when it is due
        return led.led(at, lead) if led else None
    return _core(line, at, "", before)


def leads(line: Line, at: int) -> tuple[int, str]:
    """Where the prepositions at this place end, and how the last of them wants its time to be taken."""
    lead = ""
    for _ in range(MOST_LEADS):
        step = _lead(line, at)
        if step is None:
            break
        at, new = step
        lead = new if new != "near" or not lead else lead
    return at, lead


def _lead(line: Line, at: int) -> tuple[int, str] | None:
    word = line.word(at)
    if not word:
        return None
    for words, kind in _LONG_LEADS.get(word, ()):
        if line.said(at, words):
            return at + len(words), kind
    if word == "about" and line.word(at - 1) not in w.BEFORE_ABOUT:
        return None
    return (at + 1, w.LEADS[word]) if word in w.LEADS else None


def _core(line: Line, at: int, lead: str, before: Piece | None) -> Piece | None:
    """The piece that begins here, without prepositions."""
    if piece := _repeat(line, at) or day(line, at, lead):
        return piece
    if lead in {"in", "within"} and (piece := ahead(line, at, lead)) and piece.kind != "maybe length":
        return piece
    if piece := _fixed(line, at):
        return piece
    if lead not in {"at", "on"} and (piece := ahead(line, at, lead)):
        return piece if piece.kind != "maybe length" else _clock(line, at, lead, before) or piece
    return (
        _clock(line, at, lead, before)
        or place(line, at, before)
        or _month(line, at, lead)
        or _holiday(line, at, lead)
        or slip(line, at)
    )


def _fixed(line: Line, at: int) -> Piece | None:
    """A fixed phrase."""
    if (
        line.word(at) == "the"
        and line.word(at + 1) != "the"
        and (found := _fixed(line, at + 1))
        and found.kind != "part"
    ):
        return found.led(at, "")
    for words, kind, value in _PHRASES.get(line.word(at), ()):
        if not line.said(at, words):
            continue
        last = at + len(words)
        if kind == "close" and words[-1] == "of" and not _day_follows(line, last):
            continue
        if kind == "vague" and len(words) > 1 and words[-1] == "of" and not _day_follows(line, last):
            continue
        if kind == "offset" and line.word(last) in {"week", "fortnight"}:
            return Piece(kind, at, last + 1, (int(value) + (7 if line.word(last) == "week" else 14),))
        if kind == "offset" and line.said(last, ("a", "week")):
            return Piece(kind, at, last + 2, (int(value) + 7,))
        if isinstance(value, str):
            return Piece(kind, at, last, (), value or " ".join(words))
        return Piece(kind, at, last, (value,), " ".join(words))
    return _part(line, at)


def _day_follows(line: Line, at: int) -> bool:
    """Whether a day stands here, so that "end of" speaks of it."""
    word = line.word(at)
    return (
        word in w.WEEKDAYS or word in {"today", "tomorrow"} or line.kind(at) in {"date", "numeric", "ordinal"}
        or (word in {"next", "this", "coming"} and line.word(at + 1) in w.WEEKDAYS)
        or (word == "the" and line.ordinal(at + 1)[0] > 0)
        or (line.kind(at) == "number" and line.word(at + 1) in w.MONTHS)
        or (word in w.MONTHS and line.kind(at + 1) in {"number", "ordinal"})
    )  # fmt: skip


def _part(line: Line, at: int) -> Piece | None:
    """Morning, afternoon, evening, night; a greeting is none."""
    word = line.word(at)
    if word not in w.PARTS or line.word(at - 1) in w.GREETINGS:
        return None
    return Piece("part", at, at + 1, (), w.PARTS[word])


def _repeat(line: Line, at: int) -> Piece | None:
    """Every Friday, Fridays, daily at 9, twice a week: Kept makes single promises only."""
    word = line.word(at)
    if word in w.PLURAL_WEEKDAYS:
        return Piece("repeat", at, at + 1, (w.WEEKDAYS[word[:-1]],))
    if word in w.EVERY:
        skip = at + 1
        while line.word(skip) in {"other", "second", "single", "few", "working", "business", "first", "last"}:
            skip += 1
        skip += line.kind(skip) in {"number", "ordinal"} or line.word(skip) in w.ONES
        if (next_ := line.word(skip)) in {*w.WEEKDAYS, *w.UNITS, *w.PARTS, *w.MONTHS, "weekday"}:
            return Piece("repeat", at, skip + 1, (w.WEEKDAYS[next_],) if next_ in w.WEEKDAYS else ())
        return None
    if word in w.TIMES_A and line.word(at + 1) in {"a", "per", "every", "each"} and line.word(at + 2) in w.UNITS:
        return Piece("repeat", at, at + 3)
    if word in w.REPEATS:
        behind = at + 1
        timed = leads(line, behind)[0] > behind or line.kind(behind) == "clock"
        return Piece("repeat", at, behind) if timed or (at and not line.kind(behind)) else None
    return None


def _clock(line: Line, at: int, lead: str, before: Piece | None) -> Piece | None:
    """A clock time, bare numbers where the words around them say that they are hours."""
    beside = before is not None and before.kind in DAYS | PARTS and _touching(line, before, at)
    loose = lead in {"at", "by", "before", "near", "after"} or beside or _time_behind_number(line, at)
    if lead == "for" and line.kind(at) == "number":
        loose = False
    piece = clock(line, at, loose=loose)
    if piece is None:
        return _before_day(line, at)
    if piece.kind == "bad":
        return piece if ends_well(line, piece.last) else None
    bare = line.kind(piece.last - 1) in {"number", "decimal"} or line.word(piece.last - 1) in w.ONES
    spoken = piece.last - piece.first > 1 and piece.text != "window"
    if bare and not spoken and not ends_well(line, piece.last):
        return Piece("maybe clock", at, piece.last, piece.numbers)
    if bare and beside and not lead and before is not None and _date_too(line, at, before):
        return Piece("maybe clock", at, piece.last, piece.numbers, "day")
    if line.kind(at) == "number" and len(line.text(at)) == 3:
        return Piece("maybe clock", at, piece.last, piece.numbers)
    return piece


def _before_day(line: Line, at: int) -> Piece | None:
    """A small number in the middle of a line, right before a day: "call Acme 3 tomorrow", or "Motel 6 tomorrow"."""
    if line.kind(at) != "number" or not 1 <= line.numbers(at)[0] <= 24 or line.word(at - 1) in w.NUMBERED:
        return None
    word = line.word(at + 1)
    follows = word in w.WEEKDAYS or word in {"today", "tomorrow", "tonight", "tmrw", "tmw"}
    if not follows and not (word == "this" and line.word(at + 2) in w.PARTS):
        return None
    return clock_as_doubt(clock(line, at, loose=True))


def clock_as_doubt(piece: Piece | None) -> Piece | None:
    """A clock time that may be something else."""
    return replace(piece, kind="maybe clock") if piece and piece.kind == "clock" else None


def _touching(line: Line, before: Piece, at: int) -> bool:
    return all(line.word(n) in {",", ".", "-", "(", ":", "'"} for n in range(before.last, at))


def _date_too(line: Line, at: int, before: Piece) -> bool:
    """Whether a bare number behind a weekday may be its day of the month: "Friday 11"."""
    return (
        before.kind == "weekday"
        and line.kind(at) == "number"
        and 1 <= line.numbers(at)[0] <= 31
        and len(line.text(at)) <= 2
    )


def _time_behind_number(line: Line, at: int) -> bool:
    """Whether "3" at the start of the line stands right before a day: "3 tomorrow"."""
    behind = at + 1
    if (line.said(behind, ("in", "the")) and line.word(behind + 2) in w.PARTS) or line.said(behind, ("at", "night")):
        return True
    if at and line.word(at - 1) not in w.VERBS - {"up", "with", "to"} and line.word(at - 1) not in {",", ":", "("}:
        return False
    if line.word(behind) == "this" and line.word(behind + 1) in w.PARTS:
        return True
    return line.word(behind) in w.WEEKDAYS or line.word(behind) in {"tomorrow", "today", "tonight", "tmrw"}


def _month(line: Line, at: int, lead: str) -> Piece | None:
    """A month without a day: no time yet, and perhaps a name."""
    word = line.word(at)
    if word not in w.MONTHS or (word in w.ALSO_PLAIN_WORDS and not line.capital(at) and not lead):
        return None
    if lead in {"by", "before"} or line.word(at - 1) in w.LOOSE_MONTHS:
        return Piece("vague", at, at + 1, text="month")
    return Piece("maybe day", at, at + 1, text="month")


def _holiday(line: Line, at: int, lead: str) -> Piece | None:
    """By Christmas, after Easter: a name of a holiday is no date yet."""
    if line.word(at) not in w.HOLIDAYS:
        return None
    return Piece("vague" if lead in {"by", "before", "after", "on", "at"} else "maybe day", at, at + 1)
