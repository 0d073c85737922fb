"""Words that may be a time and may be something else: names, counts, lengths; and what they would mean."""

from dataclasses import replace
from datetime import timedelta

from handlers.when import words as w
from handlers.when import zones
from handlers.when.frame import Frame
from handlers.when.pieces import CLOCKS, DAYS, HARD, MAYBES, PARTS, Line, Piece, ends_well
from handlers.when.plans import Plan, plan_of


def joined_or(line: Line, pieces: list[Piece]) -> list[Piece]:
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
        next_at = piece.last + 1
        if line.word(piece.last) == "or" and (line.kind(next_at) == "number" or line.word(next_at) in w.ONES):
            made.append(Piece("or", piece.last, next_at + 1))
        if piece.kind in CLOCKS | DAYS | PARTS | {"elapsed"}:
            made += [
                Piece("open ended", piece.last, piece.last + len(words))
                for words in w.OPEN_ENDED
                if line.said(piece.last, words)
            ]
    return made


def hour_or_day(line: Line, piece: Piece, frame: Frame) -> Piece:
    """A bare number behind a weekday is an hour, unless it may be that day's date."""
    if piece.kind != "maybe clock" or piece.text != "day":
        return piece
    day = line.numbers(piece.first)[0]
    wanted = w.WEEKDAYS.get(line.word(piece.first - 1), frame.today.weekday())
    coming = [frame.today + timedelta((wanted - frame.today.weekday()) % 7 + 7 * n) for n in range(6)]
    return piece if day > 12 or day in {one.day for one in coming} else replace(piece, kind="clock", text="")


def named(line: Line, pieces: list[Piece]) -> list[Piece]:
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
    if line.kind(behind) != "word" or ends_well(line, behind) or line.word(behind) in {*w.ONES, *w.MONTHS}:
        return False
    return line.capital(behind) or line.word(piece.first) in {"sun", "sat"}


def doubt(line: Line, plan: Plan, pieces: list[Piece], frame: Frame) -> Piece | None:
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


def meant(doubt: Piece) -> Piece | None:
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
    if doubt.kind == "maybe day" and doubt.text == "day of month":
        return replace(doubt, kind="day of month")
    if doubt.kind == "maybe zone":
        return replace(doubt, kind="zone")
    return None


def without_hard(line: Line, pieces: list[Piece]) -> list[Plan]:
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
    return [*([plan_of([*firm, *places])] if places else []), *alternatives(plan)]


def alternatives(plan: Plan) -> list[Plan]:
    """A plan cut into plans of one day and one clock each, where it names several."""
    days = [[day] for day in plan.days] or [[]]
    clocks = [[clock] for clock in plan.clocks] or [[]]
    if len(plan.days) < 2 and len(plan.clocks) < 2:
        return [plan]
    return [Plan(day, clock, plan.parts, [], plan.zones) for day in days[:3] for clock in clocks[:3]][:3]
