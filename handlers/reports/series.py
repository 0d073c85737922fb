"""What the pictures of a report show: logged per day or week, kept rate by week, open at the end of each week.

Weeks are whole and begin on Monday, in the report's zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.digests import times
from handlers.reports import words
from handlers.reports.figures import Period, midnight
from storage import measures
from storage.database import Database
from storage.scope import Scope

KINDS = ("logged", "kept", "backlog")
WEEKS = 8  # as many labels as a phone's width takes
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or week: what stands under its bar and on it, and how high it is (None: nothing to show).

    ``is_before``: it lies before the period of the report.
    """

    label: str
    said: str
    height: float | None
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """What one picture shows; ``top`` is the height of a full bar, ``alternative`` says all of it in words."""

    title: str
    bars: tuple[Bar, ...]
    top: float
    alternative: str


def of(db: Database, kind: str, scope: Scope, asked: Period) -> Series | None:
    """The series of this kind, or None if there is nothing in it."""
    if kind == "logged":
        return _logged(db, scope, asked)
    return _kept(db, scope, asked) if kind == "kept" else _backlog(db, scope, asked)


def _logged(db: Database, scope: Scope, asked: Period) -> Series | None:
    """Per day for a week beside the one before, per week for a month."""
    is_week = asked.span == "week"
    days = list(_days(asked)) if is_week else list(_mondays(asked))
    counts = [_problems(db, scope, asked, day, 1 if is_week else 7) for day in days]
    bars = [
        Bar(_label(day, is_week=is_week), _said(count), count, is_week and midnight(day, asked.zone) < asked.begin)
        for day, count in zip(days, counts, strict=True)
    ]
    title = "Problems logged per day (grey: the week before)" if is_week else "Problems logged per week"
    return _series(title, days, bars, max(counts))


def _problems(db: Database, scope: Scope, asked: Period, day: date, days: int) -> int:
    logged = measures.logged(db, scope, midnight(day, asked.zone), midnight(day + days * DAY, asked.zone))
    return sum(number for category, number in logged.items() if category not in ("praise", "idea"))


def _days(asked: Period) -> Iterable[date]:
    first = times.local(asked.before, asked.zone).date()
    return (first + ahead * DAY for ahead in range(2 * asked.days))


def _mondays(asked: Period) -> Iterable[date]:
    """The Mondays of the last whole weeks, the oldest first."""
    today = times.local(asked.end, asked.zone).date()
    this_week = today - today.weekday() * DAY
    return (this_week - 7 * back * DAY for back in range(WEEKS, 0, -1))


def _said(count: int) -> str:
    """A count as it fits above its bar."""
    return f"{count:,}" if count < 100_000 else f"{count // 1000:,}k"


def _label(day: date, *, is_week: bool) -> str:
    return f"{day:%a}\n{day.day}" if is_week else f"{day.day} {day:%b}"


def _kept(db: Database, scope: Scope, asked: Period) -> Series | None:
    mondays, bars = list(_mondays(asked)), []
    for monday in mondays:
        begin, end = midnight(monday, asked.zone), midnight(monday + 7 * DAY, asked.zone)
        promised = measures.promised(db, scope, begin, end, asked.now)
        many = promised.counted >= words.FEW
        said = f"{words.percent(promised)} %" if many else f"{promised.on_time}/{promised.counted}"
        rate = promised.on_time / promised.counted if promised.counted else None
        bars.append(Bar(_label(monday, is_week=False), said if promised.counted else "", rate))
    return _series("Kept by the first promised time, per week", mondays, bars, 1)


def _backlog(db: Database, scope: Scope, asked: Period) -> Series | None:
    mondays = list(_mondays(asked))
    counts = [measures.open_count(db, scope, midnight(monday + 7 * DAY, asked.zone)) for monday in mondays]
    labels = [_label(monday, is_week=False) for monday in mondays]
    bars = [Bar(label, _said(count), count) for label, count in zip(labels, counts, strict=True)]
    return _series("Problems open at the end of each week", mondays, bars, max(counts))


def _series(title: str, days: list[date], bars: list[Bar], top: float) -> Series | None:
    if not any(bar.said and bar.height is not None for bar in bars) or not top:
        return None
    weekly = "\n" not in bars[0].label
    told = [
        f"{'week of ' if weekly else f'{day:%a} '}{day.day} {day:%b} {bar.said.replace('/', ' of ') or 'none due'}"
        for day, bar in zip(days, bars, strict=True)
    ]
    return Series(title, tuple(bars), top, f"{title}: {', '.join(told)}.")
