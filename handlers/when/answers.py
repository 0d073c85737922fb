"""What a reading answers: a due time, or a question with likely times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Reason = Literal[
    "no-time", "past", "vague", "impossible", "contradiction", "ambiguous", "far", "repeat", "zone", "deadline", "slip"
]


def never(_: date) -> bool:
    """No day is a holiday."""
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    """A team's working hours, in wall-clock time; weekdays count from Monday, 0."""

    opens: time = time(9)
    closes: time = time(17)
    weekdays: frozenset[int] = field(default=frozenset(range(5)))
    is_holiday: Callable[[date], bool] = never

    def works_on(self, day: date) -> bool:
        """Whether the team works on this day."""
        return day.weekday() in self.weekdays and not self.is_holiday(day)


@dataclass(frozen=True, slots=True)
class Due:
    """An understood time.

    ``at`` is in Unix seconds, ``zone`` the IANA zone it was said in, ``words`` exactly what was read as time and
    ``span`` where that stands in the text, with its leading preposition. ``by_close`` is true when no clock time was
    said and so the end of the working day is meant. Where the words stand apart ("Monday call them at 3pm"),
    ``span`` is the first part and ``parts`` holds them all.
    """

    at: int
    zone: str
    words: str
    span: tuple[int, int]
    by_close: bool = False
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A likely time: what its button says, the Unix second it means, and the IANA zone it would be kept in."""

    label: str
    at: int
    zone: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for a person on the phone, with up to three likely times, and the words that raised it."""

    question: str
    choices: tuple[Choice, ...]
    reason: Reason
    words: str = ""
    span: tuple[int, int] | None = None
