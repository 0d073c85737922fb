"""Reads a due time from a line, or asks for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers.when import words as w
from handlers.when import zones
from handlers.when.answers import Ask, Due, Hours
from handlers.when.asking import Asker
from handlers.when.days import ends_well
from handlers.when.frame import Frame, Puzzle, date_order, says_half_three
from handlers.when.pieces import CLOCKS, DAYS, HARD, MAYBES, PARTS, Line, Piece
from handlers.when.plans import FARTHEST, FARTHEST_SURE, Plan, moment, plan_of
from handlers.when.scan import scan
from handlers.when.tokens import MOST_TOKENS, tokens

_BETWEEN: Final = {",", ".", "-", "(", ")", ":", "'", "_", "*", "`", "~", ";", '"', "the", "of", "=", "&"}
_TOO_LONG: Final = Ask("That is a long line. When is it due?", (), "vague")
_NO_TIME: Final = "When? For example: tomorrow 3pm."


def read(
    text: str,
    now: int,
    zone: str,
    locale: str | None = None,
    hours: Hours = Hours(),
    their_zone: str | None = None,  # noqa: B008
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
        pieces = _named(line, _joined_or(line, scan(line)))
        pieces = [_hour_or_day(line, piece, self.frame) for piece in pieces]
        if not pieces:
            return self._lone_number(line)
        spans = self._span(line, pieces)
        hard = [piece for piece in pieces if piece.kind in HARD]
        if hard:
            return self._hard(line, hard, pieces)
        firm = [piece for piece in pieces if piece.kind not in MAYBES and piece.kind != "maybe zone"]
        plan = plan_of(firm)
        if doubt := _doubt(line, plan, pieces, self.frame):
            return self._doubted(line, plan, pieces, doubt)
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
            _leads_allowed(plan, self.frame)
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
            ways = _alternatives(plan)
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
            likely += [self._planned(line, one) for one in _without_hard(line, pieces)]
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
        if meant := _meant(doubt):
            likely.append(self._planned(line, plan_of(sorted([*firm, meant], key=lambda piece: piece.first))))
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


def _joined_or(line: Line, pieces: list[Piece]) -> list[Piece]:
    """Mark "or" between two times, and words that leave a time open at its end."""
    made: list[Piece] = []
    for piece in pieces:
        before = piece.first - 1
        timed = (
            (made and made[-1].last == before)
            or line.kind(before - 1) in {"number", "hclock"}
            or line.word(before - 1) in w.ONES
        )
        if line.word(before) in w.OTHERS and timed:
            made.append(Piece("or", before, piece.first))
        made.append(piece)
        if piece.kind in CLOCKS | DAYS | PARTS | {"elapsed"}:
            made += [
                Piece("open ended", piece.last, piece.last + len(words))
                for words in w.OPEN_ENDED
                if line.said(piece.last, words)
            ]
    return made


def _hour_or_day(line: Line, piece: Piece, frame: Frame) -> Piece:
    """A bare number behind a weekday is an hour, unless it may be that day's date."""
    if piece.kind != "maybe clock" or piece.text != "day":
        return piece
    day = line.numbers(piece.first)[0]
    wanted = w.WEEKDAYS.get(line.word(piece.first - 1), frame.today.weekday())
    coming = [frame.today + timedelta((wanted - frame.today.weekday()) % 7 + 7 * n) for n in range(6)]
    return piece if day > 12 or day in {one.day for one in coming} else replace(piece, kind="clock", text="")


def _named(line: Line, pieces: list[Piece]) -> list[Piece]:
    """Turn weekdays that begin a name ("Sun Valley Foods") into doubts."""
    return [
        Piece("maybe day", piece.first, piece.last, piece.numbers, "weekday") if _begins_name(line, piece) else piece
        for piece in pieces
    ]


def _begins_name(line: Line, piece: Piece) -> bool:
    if piece.kind != "weekday" or piece.lead or piece.last - piece.first > 1 or piece.numbers[1]:
        return False
    before, behind = line.word(piece.first - 1), piece.last
    if piece.first and before not in w.VERBS:
        return False
    if line.kind(behind) != "word" or ends_well(line, behind) or line.word(behind) in w.ONES:
        return False
    return line.capital(behind) or line.word(piece.first) in {"sun", "sat"}


def _doubt(line: Line, plan: Plan, pieces: list[Piece], frame: Frame) -> Piece | None:
    """The first piece that may be part of the time, where the firm pieces leave room for it."""
    for piece in pieces:
        if piece.kind == "maybe day" and not plan.has_day:
            return piece
        if piece.kind == "maybe clock" and (not plan.has_clock or piece.text == "day"):
            return piece
        if piece.kind == "maybe length" and (not plan.has_clock or _touches(line, piece, plan)):
            return piece
        if piece.kind == "maybe zone" and plan.clocks and piece.text not in zones.seasons(frame.zone, frame.today.year):
            return piece
    if (
        len(plan.days) > 1
        and len({(piece.kind, piece.numbers) for piece in plan.days}) == 1
        and not _close(line, plan.days)
    ):
        return None
    return None


def _close(line: Line, pieces: list[Piece]) -> bool:
    return pieces[-1].first - pieces[0].last < 2 and line.size > 0


def _touches(line: Line, piece: Piece, plan: Plan) -> bool:
    """Whether a length stands right beside the time: "tomorrow 2 hours"."""
    return any(other.last == piece.first or other.first == piece.last for other in plan.all) and line.size > 0


def _meant(doubt: Piece) -> Piece | None:
    """The firm piece that a doubtful one would be."""
    if doubt.kind == "maybe clock":
        return replace(doubt, kind="clock")
    if doubt.kind == "maybe length" and len(doubt.numbers) < 4:
        return None
    if doubt.kind == "maybe length" and doubt.numbers[0] and not any(doubt.numbers[1:]):
        return replace(doubt, kind="elapsed", numbers=doubt.numbers[:1])
    if doubt.kind == "maybe length" and (doubt.numbers[1] or doubt.numbers[2]):
        return replace(doubt, kind="later", numbers=doubt.numbers[1:3])
    if doubt.kind == "maybe day" and doubt.text in w.WEEKDAYS:
        return replace(doubt, kind="weekday", numbers=(w.WEEKDAYS[doubt.text], 0))
    if doubt.kind == "maybe day" and doubt.text == "weekday":
        return replace(doubt, kind="weekday")
    if doubt.kind == "maybe zone":
        return replace(doubt, kind="zone")
    return None


def _without_hard(line: Line, pieces: list[Piece]) -> list[Plan]:
    """What may be meant if the words that cannot be kept are left out, or taken for the nearest that can."""
    firm = [piece for piece in pieces if piece.kind not in HARD | MAYBES]
    for piece in pieces:
        if piece.kind == "repeat" and piece.numbers:
            firm.append(replace(piece, kind="weekday", numbers=(piece.numbers[0], 0)))
        if (
            piece.kind == "or"
            and line.kind(piece.first - 1) == "number"
            and (hour := line.numbers(piece.first - 1)[0]) < 13
        ):
            firm += [
                replace(
                    other,
                    first=piece.first - 1,
                    numbers=(hour % 12 * 60 + other.numbers[0] // 720 * 720, other.numbers[1]),
                )
                for other in firm
                if other.first == piece.last and other.kind == "clock"
            ]
        if piece.kind == "either" and piece.text == "to":
            firm.append(replace(piece, kind="clock", numbers=(piece.numbers[0], 0)))
            firm.append(replace(piece, kind="clock", numbers=((piece.numbers[0] % 720 or 720) - piece.numbers[1], 0)))
        if piece.kind == "either" and piece.text == "length" and (piece.numbers[1] or piece.numbers[2]):
            firm.append(replace(piece, kind="later", numbers=piece.numbers[1:3]))
        if piece.kind == "vague" and piece.text == "weekday":
            day = next(at for at in range(piece.first, piece.last) if line.word(at) in w.WEEKDAYS)
            firm.append(replace(piece, kind="weekday", numbers=(w.WEEKDAYS[line.word(day)], 0)))
    firm.sort(key=lambda piece: piece.first)
    places = [replace(piece, kind="zone") for piece in pieces if piece.kind == "zone?"]
    plan = plan_of(firm)
    if not (plan.has_clock or plan.has_day or plan.parts):
        return []
    return [*([plan_of([*firm, *places])] if places else []), *_alternatives(plan)]


def _alternatives(plan: Plan) -> list[Plan]:
    """A plan cut into plans of one day and one clock each, where it names several."""
    days = [[day] for day in plan.days] or [[]]
    clocks = [[clock] for clock in plan.clocks] or [[]]
    if len(plan.days) < 2 and len(plan.clocks) < 2:
        return [plan]
    return [Plan(day, clock, plan.parts, [], plan.zones) for day in days[:3] for clock in clocks[:3]][:3]


def _leads_allowed(plan: Plan, frame: Frame) -> None:
    """ "Before Friday" and "after 3pm" do not say when it is due."""
    after = [piece for piece in plan.all if piece.lead == "after" and piece.text != "window"]
    if after:
        raise Puzzle("deadline", "After that, but by when?", frame_likely(plan, frame))
    whole_days = [piece for piece in plan.days if piece.lead == "before"]
    if whole_days and not plan.clocks and not plan.parts and not plan.elapsed:
        raise Puzzle("deadline", "Before that day, or by its end?", frame_likely(plan, frame, before=True))


def frame_likely(plan: Plan, frame: Frame, *, before: bool = False) -> tuple[int, ...]:
    """The likely times of an open deadline: the time itself, and the working day's end before or after it."""
    from handlers.when.echo import local  # noqa: PLC0415

    found = moment(plan, frame, None).at
    day = local(found, frame.tz).date()
    if before:
        return frame.first(frame.working_day_before(day), frame.closes), found
    close = frame.first(day, frame.closes)
    return (found, found + 3600) if close <= found else (found + 3600, close)

