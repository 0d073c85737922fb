"""From pieces to an instant: one clock, one day, one zone, or a Puzzle."""

from dataclasses import dataclass, field
from typing import Final

from handlers.when.pieces import CLOCKS, DAYS, PARTS, Piece

FARTHEST_SURE: Final = 90 * 86400  # seconds: beyond, it is asked back


FARTHEST: Final = 400 * 86400  # seconds: beyond, it is not even offered


@dataclass(frozen=True)
class Plan:
    """The pieces of one due time, by what they settle."""

    days: list[Piece] = field(default_factory=list)
    clocks: list[Piece] = field(default_factory=list)
    parts: list[Piece] = field(default_factory=list)
    elapsed: list[Piece] = field(default_factory=list)
    zones: list[Piece] = field(default_factory=list)

    @property
    def all(self) -> list[Piece]:
        """Every piece in its order."""
        found = [*self.days, *self.clocks, *self.parts, *self.elapsed, *self.zones]
        return sorted(found, key=lambda piece: piece.first)

    @property
    def has_day(self) -> bool:
        """Whether the day was said."""
        return bool(self.days or self.elapsed) or any(piece.kind != "part" for piece in self.parts)

    @property
    def has_clock(self) -> bool:
        """Whether the time of day was said."""
        return bool(self.clocks or self.elapsed)


@dataclass(frozen=True)
class Moment:
    """An instant in Unix seconds, the IANA zone it was said in, and whether the end of the day was meant."""

    at: int
    zone: str
    by_close: bool = False


def plan_of(pieces: list[Piece]) -> Plan:
    """The firm pieces, sorted."""
    plan = Plan()
    for piece in pieces:
        if piece.kind in DAYS:
            plan.days.append(piece)
        elif piece.kind in CLOCKS:
            plan.clocks.append(piece)
        elif piece.kind in PARTS:
            plan.parts.append(piece)
        elif piece.kind == "elapsed":
            plan.elapsed.append(piece)
        elif piece.kind in {"zone", "offset zone", "season"}:
            plan.zones.append(piece)
    return plan
