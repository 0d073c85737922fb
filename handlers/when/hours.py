"""The time of day a plan means, in minutes after midnight."""

from typing import Final

from handlers.when.clocks import FIXED, usual
from handlers.when.frame import DAY, Frame, Puzzle
from handlers.when.pieces import Piece
from handlers.when.plans import Plan

EVENING: Final = 20 * 60  # "tonight" is due at 20:00


NOON: Final = 12 * 60


MIDNIGHT: Final = 24 * 60


def time_of_day(plan: Plan, frame: Frame) -> tuple[int, int, bool]:
    """Minutes after midnight, seconds, and whether the end of the working day is meant."""
    part = _part(plan)
    if not plan.clocks:
        if part:
            whole = {"morning": NOON, "afternoon": frame.closes, "evening": EVENING, "close today": frame.closes}
            return whole[part], 0, part == "close today"
        if any(piece.kind == "same time on" for piece in plan.days) or (
            len(plan.days) == 1 and plan.days[0].kind == "later"
        ):
            return frame.here.hour * 60 + frame.here.minute, _second(plan, frame), False
        return frame.closes, 0, True
    found = {_minutes(piece, part, frame) for piece in plan.clocks}
    if len(found) > 1:
        raise Puzzle("contradiction", "Those are two different times. Which one do you mean?")
    return found.pop(), 0, all(piece.kind == "close" for piece in plan.clocks)


def _second(plan: Plan, frame: Frame) -> int:
    return frame.here.second if plan.days[0].kind == "later" else 0


def _part(plan: Plan) -> str:
    """The part of the day, if one was said; two different ones are a contradiction."""
    parts = {"evening" if piece.kind == "tonight" else piece.text or piece.kind for piece in plan.parts}
    parts = {"close today" if part == "within the day" else part for part in parts}
    if len(parts) > 1:
        raise Puzzle("contradiction", "Those are two different times of day. Which one do you mean?")
    return parts.pop() if parts else ""


def _minutes(piece: Piece, part: str, frame: Frame) -> int:
    """The minutes after midnight of one clock piece, settled by the part of the day."""
    if piece.kind == "same time":
        return frame.here.hour * 60 + frame.here.minute
    if piece.kind == "open":
        return _fits(frame.opens, part, frame)
    if piece.kind == "close":
        return _fits(frame.closes, part, frame)
    minutes, certain = piece.numbers[:2]
    if piece.text == "half" and not frame.british:
        day = frame.today if frame.first(frame.today, usual(minutes)) > frame.now else frame.today + DAY
        likely = tuple(frame.first(day, usual(one % 720)) for one in (minutes, minutes - 60))
        raise Puzzle("ambiguous", "Half past that hour, or half past the one before?", likely)
    if certain == FIXED or not part or part == "close today":
        return _fits(minutes if certain == FIXED else usual(minutes), part, frame)
    hour = minutes // 60 % 12
    if part == "morning" and hour:
        return minutes
    if part == "afternoon" and hour < 7:
        return minutes % 720 + 720
    if part == "evening" and (hour >= 4 or minutes == 720):
        return minutes % 720 + (720 if hour else 1440)
    raise Puzzle(
        "ambiguous",
        "Which time do you mean, am or pm?",
        tuple(frame.first(frame.today + DAY, minutes % 720 + half) for half in (0, 720)),
    )


def _fits(minutes: int, part: str, frame: Frame) -> int:
    """The minutes, if they lie in the part of the day that was said."""
    begin, end = {"morning": (0, NOON), "afternoon": (NOON, 19 * 60), "evening": (16 * 60, MIDNIGHT + 1)}.get(
        part, (0, MIDNIGHT + 1)
    )
    if not begin <= minutes < end:
        likely = (frame.first(frame.today, minutes), frame.first(frame.today + DAY, minutes))
        raise Puzzle("contradiction", f"That is not in the {part}. Which time do you mean?", likely)
    return minutes
