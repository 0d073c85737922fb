"""Questions for a person on the phone, with the likely times to press."""

from collections.abc import Sequence
from typing import get_args

from handlers.when.answers import Ask, Choice, Due, Reason
from handlers.when.echo import label, say
from handlers.when.frame import DAY, Frame, Puzzle
from handlers.when.pieces import Piece
from handlers.when.plans import FARTHEST

HALF_AN_HOUR = 1800  # seconds
QUESTIONS = {
    "repeat": ("repeat", "Kept promises one time at a time. Which is the first?"),
    "gone": ("past", "That time has passed. When is it due?"),
    "or": ("ambiguous", "Which of the two?"),
    "open ended": ("deadline", "That leaves the end open. By when at the latest?"),
    "zone?": ("zone", "In that city's time, or in yours?"),
}


class Asker:
    """Makes questions in one frame."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def choice(self, at: int, zone: str) -> Choice:
        """A likely time as a button."""
        return Choice(label(at, zone, self.frame.now, self.frame.zone), at, zone)

    def choices(self, likely: Sequence[Due | Ask | int], zone: str = "") -> tuple[Choice, ...]:
        """Up to three different likely times, all of them ahead."""
        found: dict[int, Choice] = {}
        for one in likely:
            if isinstance(one, Ask):
                options = [(choice.at, choice.zone) for choice in one.choices]
            elif isinstance(one, Due):
                options = [(one.at, one.zone)]
            else:
                options = [(one, zone or self.frame.zone)]
            for at, place in options:
                if 0 < at - self.frame.now <= FARTHEST:
                    found.setdefault(at, self.choice(at, place))
        return tuple(found.values())[:3]

    def ask(
        self,
        reason: str,
        question: str,
        likely: Sequence[Due | Ask | int],
        words: str = "",
        span: tuple[int, int] | None = None,
    ) -> Ask:
        """A question."""
        return Ask(question, self.choices(likely), _reason(reason), words, span)

    def of_puzzle(self, puzzle: Puzzle, words: str, span: tuple[int, int] | None) -> Ask:
        """A question that the calendar raised."""
        return Ask(puzzle.question, self.choices(puzzle.likely, puzzle.zone), _reason(puzzle.reason), words, span)

    def far(self, at: int, zone: str, words: str, span: tuple[int, int] | None) -> Ask:
        """More than 90 days ahead: the full reading is asked back."""
        question = f"That is {say(at, zone)}, more than 90 days ahead. Keep it?"
        return self.ask("far", question, [Due(at, zone, words, span or (0, 0))], words, span)

    def doubt(self, words: str) -> str:
        """The question about words that may be a time."""
        return f"Is “{words[:60]}” part of the time?"

    def of_subject(self, tail: Due | Ask) -> Ask:
        """No time stands before "about", and words behind it may be one."""
        likely: list[Due | Ask | int] = [tail, self.frame.now + HALF_AN_HOUR]
        return self.ask(
            "vague", f"Is “{tail.words[:60]}” when it is due, or what it is about?", likely, tail.words, tail.span
        )

    def of_hard(self, piece: Piece, words: str, span: tuple[int, int] | None, likely: Sequence[Due | Ask]) -> Ask:
        """A question about a piece that is no time by itself."""
        if piece.kind == "slip":
            return self.ask("slip", f"Did you mean {piece.text.capitalize()}?", likely, words, span)
        if piece.kind == "bad":
            return self.ask("impossible", _impossible(piece, words), likely, words, span)
        if piece.kind == "either":
            return self.ask(
                "ambiguous", f"What does “{words[:60]}” mean?", [*self._either(piece), *likely], words, span
            )
        if piece.kind in QUESTIONS:
            reason, question = QUESTIONS[piece.kind]
            return self.ask(reason, question, [*likely, *self._usual(piece)], words, span)
        question = f"“{words[:60].strip()}” is not exact enough. When is it due?"
        return self.ask("vague", question, [*likely, *self._usual(piece)], words, span)

    def _either(self, piece: Piece) -> list[int]:
        frame = self.frame
        if piece.text == "in":
            return [frame.now + piece.numbers[0] * 60, frame.now + piece.numbers[0] * 3600]
        if piece.text == "length" and piece.numbers[0]:
            return [frame.now + piece.numbers[0]]
        return []

    def _usual(self, piece: Piece) -> list[int]:
        """Times that are likely when nothing is known."""
        frame = self.frame
        working = frame.working_days(frame.today)
        tomorrow = next(working, frame.today + DAY)
        today = frame.first(frame.today, frame.closes)
        if piece.kind == "or":
            return []
        if "week" in piece.text and "weekend" not in piece.text and "next" in piece.text:
            monday = frame.today + (7 - frame.today.weekday()) * DAY
            return [frame.first(monday + n * DAY, frame.closes) for n in (0, 2, 4)]
        if "weekend" in piece.text:
            saturday = frame.today + ((5 - frame.today.weekday()) % 7 + 7 * ("next" in piece.text)) * DAY
            return [frame.first(saturday, frame.closes), frame.first(saturday + DAY, frame.closes)]
        if "lunch" in piece.text:
            return [frame.first(frame.today, 720), frame.first(frame.today, 780), frame.first(tomorrow, 720)]
        if piece.text in {"asap", "now", "soon", "shortly", "right now", "immediately", "as soon as possible"}:
            return [frame.now + HALF_AN_HOUR, frame.now + 3600, today]
        return [today, frame.first(tomorrow, 720), frame.first(tomorrow, frame.closes)]


def _impossible(piece: Piece, words: str) -> str:
    if piece.text == "window":
        return f"“{words[:60]}” ends before it begins. Which time do you mean?"
    if piece.text in {"negative", "zero"}:
        return f"“{words[:60]}” is not ahead of us. When is it due?"
    return f"There is no such time as “{words[:60]}”. Which one do you mean?"


def _reason(reason: str) -> Reason:
    for known in get_args(Reason):
        if known == reason:
            return known  # type: ignore[no-any-return]
    return "vague"
