"""Reads a due time from a line, or asks for it."""

from typing import Final

from handlers.when import words as w
from handlers.when import zones
from handlers.when.answers import Ask, Due, Hours
from handlers.when.asking import Asker
from handlers.when.doubts import alternatives, doubt, hour_or_day, joined_or, meant, named, without_hard
from handlers.when.frame import Frame, Puzzle, date_order, says_half_three
from handlers.when.moments import check_leads, moment
from handlers.when.pieces import HARD, MAYBES, Line, Piece
from handlers.when.plans import FARTHEST, FARTHEST_SURE, Plan, plan_of
from handlers.when.scan import scan
from handlers.when.tokens import MOST_TOKENS, tokens

USUAL_HOURS: Final = Hours()
_BETWEEN: Final = {",", ".", "-", "(", ")", ":", "'", "_", "*", "`", "~", ";", '"', "the", "of", "=", "&"}


_QUOTES: Final = {"“”", "‘’", "«»", "„“", "''", "()", "[]"}
_TOO_LONG: Final = Ask("That is a long line. When is it due?", (), "vague")


_NO_TIME: Final = "When? For example: tomorrow 3pm."


def read(
    text: str, now: int, zone: str, locale: str | None = None, hours: Hours = USUAL_HOURS, their_zone: str | None = None
) -> Due | Ask:
    """Read the due time in a typed line, or say what has to be asked.

    ``now`` is in Unix seconds; ``zone``, ``locale`` and ``hours`` are those of the person typing; ``their_zone`` is the
    customer's, for "their time".
    """
    if zones.load(zone) is None:
        return Ask(f"I don't know the time zone {zone}. Which city's time is it?", (), "zone")
    frame = Frame(now, zone, hours, date_order(locale, zone), says_half_three(locale, zone))
    return Reader(text, frame, their_zone).read()


class Reader:
    """One reading of one text."""

    def __init__(self, text: str, frame: Frame, their_zone: str | None, depth: int = 0) -> None:
        self.text = text
        self.frame = frame
        self.their_zone = their_zone
        self.depth = depth
        self.asker = Asker(frame)

    def read(self) -> Due | Ask:
        """The time before "about"; what stands behind it is the subject, and is asked for if nothing stands before."""
        found, subject = tokens(self.text)
        if subject < 0:
            return _TOO_LONG if len(found) > MOST_TOKENS else self._line(Line(found))
        head = self._line(Line(found[:subject]))
        if isinstance(head, Due) or head.reason != "no-time":
            return head
        tail = self._line(Line(found[subject + 1 :]))
        if isinstance(tail, Ask) and tail.reason == "no-time":
            return tail
        return self.asker.of_subject(tail)

    def _line(self, line: Line) -> Due | Ask:
        pieces = named(line, joined_or(line, scan(line)))
        pieces = [hour_or_day(line, piece, self.frame) for piece in pieces]
        if not pieces:
            return self._lone_number(line)
        spans = self._span(line, pieces)
        hard = [piece for piece in pieces if piece.kind in HARD]
        if hard:
            return self._hard(line, hard, pieces)
        firm = [piece for piece in pieces if piece.kind not in MAYBES and piece.kind != "maybe zone"]
        plan = plan_of(firm)
        if doubtful := doubt(line, plan, pieces, self.frame):
            return self._doubted(line, plan, pieces, doubtful)
        if not (plan.has_clock or plan.has_day or plan.parts):
            return (
                Ask(_NO_TIME, (), "no-time")
                if not plan.zones
                else Ask("At what time there?", (), "vague", *self._words(spans))
            )
        return self._planned(line, plan)

    def _lone_number(self, line: Line) -> Ask:
        """Nothing but a number: an hour perhaps."""
        marks = [token for token in line.tokens if token.kind != "mark"]
        if len(marks) == 1 and (marks[0].kind in {"number", "decimal"} or marks[0].text in w.ONES):
            alone = Reader(f"at {marks[0].text}", self.frame, self.their_zone, self.depth + 1)
            choices = alone.read() if self.depth < 2 else None
            likely = [choices] if choices else []
            return self.asker.ask(
                "vague", "Is that a time? Which one?", likely, *self._words([(marks[0].start, marks[0].end)])
            )
        return Ask(_NO_TIME, (), "no-time")

    def _planned(self, line: Line, plan: Plan) -> Due | Ask:
        """A due time, or the question that the plan raises."""
        spans = self._span(line, plan.all)
        words, span = self._words(spans)
        try:
            check_leads(plan, self.frame)
            found = moment(plan, self.frame, self.their_zone)
        except Puzzle as puzzle:
            return self._puzzled(line, plan, puzzle, words, span)
        except OverflowError:
            return Ask("That is too far ahead. Which date do you mean?", (), "far", words, span)
        ahead = found.at - self.frame.now
        if ahead <= 0:
            return Ask("That time has passed. Which one do you mean?", (), "past", words, span)
        if ahead > FARTHEST:
            return Ask("That is more than 400 days ahead. Which date do you mean?", (), "far", words, span)
        if ahead > FARTHEST_SURE:
            return self.asker.far(found.at, found.zone, words, span)
        return Due(found.at, found.zone, words, span or (0, 0), found.by_close, tuple(spans) if len(spans) > 1 else ())

    def _puzzled(self, line: Line, plan: Plan, puzzle: Puzzle, words: str, span: tuple[int, int] | None) -> Ask:
        """The question a plan raises, with each of its days and clocks taken alone where they contradict each other."""
        if puzzle.reason == "contradiction" and not puzzle.likely:
            ways = alternatives(plan)
            if len(ways) > 1:
                return self.asker.ask(
                    "contradiction", puzzle.question, [self._planned(line, way) for way in ways], words, span
                )
        return self.asker.of_puzzle(puzzle, words, span)

    def _span(self, line: Line, pieces: list[Piece]) -> list[tuple[int, int]]:
        """Where pieces stand in the text; those with nothing but marks between them stand together."""
        spans: list[tuple[int, int]] = []
        last = -1
        for piece in pieces:
            first, end = piece.first, trail(line, piece.last)
            if spans and all(line.word(at) in _BETWEEN for at in range(last, first)):
                spans[-1] = (spans[-1][0], line.tokens[end - 1].end)
            else:
                spans.append((line.tokens[first].start, line.tokens[end - 1].end))
            last = end
        return [self._closed(span) for span in spans]

    def _closed(self, span: tuple[int, int]) -> tuple[int, int]:
        """A span with the bracket it opened."""
        if self.text[span[0] - 1 : span[0]] + self.text[span[1] : span[1] + 1] in _QUOTES:
            return span[0] - 1, span[1] + 1
        inside = self.text[span[0] : span[1]]
        for mark in '*_~`"':
            odd = inside.count(mark) % 2
            left, right = self.text[span[0] - 1 : span[0]] == mark, self.text[span[1] : span[1] + 1] == mark
            if (left and odd) or (left and right):
                span = (span[0] - 1, span[1] + (not odd))
            elif right and odd:
                span = (span[0], span[1] + 1)
            inside = self.text[span[0] : span[1]]
        if inside.count("(") > inside.count(")") and self.text[span[1] : span[1] + 1] == ")":
            return span[0], span[1] + 1
        return span

    def _words(self, spans: list[tuple[int, int]]) -> tuple[str, tuple[int, int] | None]:
        if not spans:
            return "", None
        return " … ".join(self.text[start:end] for start, end in spans), spans[0]

    def _hard(self, line: Line, hard: list[Piece], pieces: list[Piece]) -> Ask:
        """A question that no other words can answer, with what the rest would mean."""
        words, span = self._words(self._span(line, [piece for piece in pieces if piece.kind not in MAYBES])[:1])
        likely: list[Due | Ask] = []
        slips = [piece for piece in hard if piece.kind == "slip"]
        if slips and self.depth < 2:
            likely.append(Reader(self._corrected(line, slips), self.frame, self.their_zone, self.depth + 1).read())
        if not slips:
            likely += [self._planned(line, one) for one in without_hard(line, pieces)]
        return self.asker.of_hard(hard[0], words, span, likely)

    def _corrected(self, line: Line, slips: list[Piece]) -> str:
        text = self.text
        for piece in reversed(slips):
            token = line.tokens[piece.last - 1]
            text = text[: token.start] + piece.text + text[token.end :]
        return text

    def _doubted(self, line: Line, plan: Plan, pieces: list[Piece], doubt: Piece) -> Ask:
        """Words that may be a time and may be a name: both readings are offered."""
        words, span = self._words(self._span(line, [doubt]))
        firm = [piece for piece in pieces if piece.kind not in MAYBES and piece.kind != "maybe zone"]
        likely: list[Due | Ask] = []
        if taken := meant(doubt):
            likely.append(self._planned(line, plan_of(sorted([*firm, taken], key=lambda piece: piece.first))))
        if plan.has_clock or plan.has_day or plan.parts:
            likely.append(self._planned(line, plan))
        return self.asker.ask("ambiguous" if firm else "vague", self.asker.doubt(words), likely, words, span)


def trail(line: Line, at: int) -> int:
    """Where the words that belong to a time behind it end: "at the latest", "sharp"."""
    skip = at + (line.word(at) in {",", "-"})
    for words in w.TRAILS if line.word(skip) else ():
        if line.said(skip, words):
            return skip + len(words)
    return at
