"""How much of a stretch of time a team was at work: its hours, weekdays, zone and holidays. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from handlers.digests import times
from handlers.when import Hours

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AtWork:
    """The working days of a stretch of time, as Unix seconds: when each begins, when it ends, what went before it.

    Asking costs the same however long the stretch is.
    """

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    def between(self, begin: int, end: int) -> int:
        """The seconds at work between two moments of the stretch; none where the end comes first."""
        return max(0, self._until(end) - self._until(begin))

    def _until(self, at: int) -> int:
        day = bisect_right(self.begins, at) - 1
        return self.before[day] + min(at, self.ends[day]) - self.begins[day] if day >= 0 else 0


def at_work(begin: int, end: int, hours: Hours, zone: str) -> AtWork:
    """The working days from ``begin`` to ``end`` (Unix seconds).

    A day begins when the clock first shows the opening time and ends when it first shows the closing time: the hour
    that daylight saving takes or gives counts as it passes.
    """
    spans = list(_days(begin, end, hours, zone))
    return AtWork(
        tuple(opens for opens, _ in spans),
        tuple(closes for _, closes in spans),
        tuple(accumulate((closes - opens for opens, closes in spans), initial=0)),
    )


def _days(begin: int, end: int, hours: Hours, zone: str) -> Iterable[tuple[int, int]]:
    opens, closes = (one.hour * 60 + one.minute for one in (hours.opens, hours.closes))
    day, last = times.local(begin, zone).date(), times.local(end, zone).date()
    while day <= last:
        if hours.works_on(day):
            first, then = times.instant(day, opens, zone), times.instant(day, closes, zone)
            if first is not None and then is not None and then > first:
                yield first, then
        day += DAY
