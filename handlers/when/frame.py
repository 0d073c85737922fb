"""Where a reading stands: now, whose zone, whose hours; and the calendar's plain arithmetic."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property

from handlers.when.answers import Hours
from handlers.when.echo import local
from handlers.when.zones import US_ZONES, load

DAY = timedelta(days=1)


class Puzzle(Exception):  # noqa: N818 - no error: a question
    """A time that has to be asked: why, in which words, and the likely Unix seconds."""

    def __init__(self, reason: str, question: str, likely: tuple[int, ...] = (), zone: str = "") -> None:
        super().__init__(question)
        self.reason = reason
        self.question = question
        self.likely = likely
        self.zone = zone


@dataclass(frozen=True)
class Frame:
    """The moment and the place a line is read in; ``now`` in Unix seconds, ``zone`` an IANA name."""

    now: int
    zone: str
    hours: Hours
    order: str  # how numeric dates are read: "month first", "day first" or "ask"
    british: bool = False  # whether "half three" is 3:30, as it is in British English, and not 2:30
    base: date | None = None  # today, if another zone's day counts

    @cached_property
    def tz(self) -> tzinfo:
        """The zone itself."""
        return load(self.zone) or UTC

    @cached_property
    def here(self) -> datetime:
        """The wall clock now."""
        return local(self.now, self.tz)

    @cached_property
    def today(self) -> date:
        """The local date."""
        return self.base or self.here.date()

    @cached_property
    def opens(self) -> int:
        """When the team's day begins, in minutes after midnight."""
        return self.hours.opens.hour * 60 + self.hours.opens.minute

    @cached_property
    def closes(self) -> int:
        """When the team's day ends, in minutes after midnight."""
        return self.hours.closes.hour * 60 + self.hours.closes.minute

    def in_zone(self, zone: str) -> "Frame":
        """The same moment in another zone."""
        return Frame(self.now, zone, self.hours, self.order, self.british)

    def instants(self, day: date, minutes: int, second: int = 0) -> tuple[int, ...]:
        """The Unix seconds at which the zone's clock shows this: none in a gap, two in a fold."""
        try:
            wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes, seconds=second)  # noqa: DTZ001 - a wall clock
            found = []
            for fold in (0, 1):
                aware = wall.replace(tzinfo=self.tz, fold=fold)
                at = int((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
                if local(at, self.tz).replace(tzinfo=None) == wall and at not in found:
                    found.append(at)
        except (OverflowError, ValueError):
            return ()
        return tuple(found)

    def first(self, day: date, minutes: int) -> int:
        """The first instant the clock shows this, or the one the gap moves it to."""
        found = self.instants(day, minutes)
        if found:
            return found[0]
        moved = self.instants(day, minutes + 60) or self.instants(day, minutes + 30)
        return moved[0] if moved else self.now

    def working_days(self, after: date) -> Iterator[date]:
        """The working days after a date, at most a year of them."""
        for _ in range(400):
            after += DAY
            if self.hours.works_on(after):
                yield after

    def working_day_before(self, day: date) -> date:
        """The last working day before a date, or the date itself if a month has none."""
        for back in range(1, 32):
            if self.hours.works_on(day - back * DAY):
                return day - back * DAY
        return day


def shown(day: date) -> str:
    """A date in a question: "Friday 4 December 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def plus_months(day: date, months: int) -> date:
    """The same day some months on, clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > 9990:
        raise Puzzle("far", "That is too far ahead. Which date do you mean?")
    return date(year, month + 1, min(day.day, last_of(year, month + 1)))


def last_of(year: int, month: int) -> int:
    """The number of days in a month."""
    return calendar.monthrange(year, month)[1]


BRITISH = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Belfast",
    "Europe/Jersey",
    "Europe/Guernsey",
    "Australia/",
    "Pacific/Auckland",
)


def says_half_three(locale: str | None, zone: str) -> bool:
    """Whether this person means 3:30 by "half three"."""
    if locale:
        return locale.replace("_", "-").lower() in {"en-gb", "en-ie", "en-au", "en-nz", "en-za", "en-in"}
    return zone.startswith(BRITISH)


def date_order(locale: str | None, zone: str) -> str:
    """How this person writes numeric dates, from the locale ("en-US", "de_DE") and the IANA zone."""
    us = zone in US_ZONES or zone.startswith("US/")
    parts = (locale or "").replace("_", "-").split("-")
    language = parts[0].lower()
    if not (2 <= len(language) <= 3 and language.isascii() and language.isalpha()) or parts == ["en"]:
        return "month first" if us else "ask"
    if language in {"ja", "ko", "zh"}:
        return "month first"
    if language == "en" and parts[1].upper() == "US":
        return "month first" if us else "ask"
    return "day first"
