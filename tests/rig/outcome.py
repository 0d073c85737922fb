"""What one run of a rig found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What was done and seen, counted by words for people; and what must not be, a line each."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.seen + other.seen, self.wrong + other.wrong)


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """All of them as one."""
    return sum(outcomes, Outcome())
