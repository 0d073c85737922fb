"""One row of the table, and the shapes the modules that measure share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: it falls short when it is over ``reach``, the most it may be in the same unit."""

    what: str
    value: float
    unit: str
    reach: float | None = None
    note: str = ""

    @property
    def falls_short(self) -> bool:
        """Whether the figure is worse than it may be."""
        return self.reach is not None and self.value > self.reach


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run was asked for: how many issues in the small and the large database, and where they are built.

    ``fresh`` is an empty folder of the run's own, for the databases that no other run may find.
    """

    small: int
    large: int
    folder: Path
    fresh: Path


Measure = Callable[[Plan], Iterator[Figure]]
