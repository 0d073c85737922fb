"""What a report says, in figures: one period beside the one before it, and how things are now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from handlers import hours
from handlers.digests import times
from handlers.reports.worktime import at_work
from storage import measures, teams
from storage.database import Database, Row
from storage.measures import Promised, Waiting
from storage.models import Team
from storage.scope import Scope

DAYS = {"week": 7, "month": 30}
DAY = timedelta(days=1)
MOST_REPEATS = 3  # named in a report


@dataclass(frozen=True, slots=True)
class Period:
    """The last whole days up to the midnight before ``now``, in a zone; ``before`` is where as many days before begin.

    Midnights, so that no figure changes in the course of the day, and as many weekdays as weekend days stand beside
    each other in a week. All in Unix seconds.
    """

    span: str  # "week" or "month"
    zone: str
    now: int
    before: int
    begin: int
    end: int

    @property
    def days(self) -> int:
        """How many days it has."""
        return DAYS[self.span]


def period(span: str, zone: str, now: int) -> Period:
    """The last full 7 or 30 days before today, in this zone, and as many before them."""
    today = times.local(now, zone).date()
    before, begin, end = (midnight(today - DAYS[span] * back * DAY, zone) for back in (2, 1, 0))
    return Period(span, zone, now, before, begin, end)


def midnight(day: date, zone: str) -> int:
    """The Unix second a local day begins; where the calendar skips the day, the one after it."""
    found = times.instant(day, 0, zone)
    return midnight(day + DAY, zone) if found is None else found


@dataclass(frozen=True, slots=True)
class Took:
    """How long things took, in working seconds: the slowest of the faster half, of the fastest nine in ten, of all."""

    count: int = 0
    half: int = 0
    most: int = 0
    slowest: int = 0


def took(seconds: list[int]) -> Took:
    """The median and the 90th percentile by the nearest rank: each is a time that did happen."""
    if not seconds:
        return Took()
    ranked, count = sorted(seconds), len(seconds)
    return Took(count, ranked[ceil(count / 2) - 1], ranked[ceil(count * 9 / 10) - 1], ranked[-1])


@dataclass(frozen=True, slots=True)
class Past:
    """What happened in one period. ``reasons`` are mood, reason and how often; ``repeated`` the most frequent."""

    promised: Promised
    moved: int
    untold: int
    broken: int
    logged: dict[str, int]
    answered: Took
    resolved: Took
    repeats: int
    repeated: list[Row]
    feedback: list[Row]

    @property
    def problems(self) -> int:
        """How many problems were logged: praise and ideas are none."""
        return sum(number for category, number in self.logged.items() if category not in ("praise", "idea"))


@dataclass(frozen=True, slots=True)
class Now:
    """How things are at this moment; ``open_then`` and ``unanswered_then`` as many days ago as the period has."""

    open: Waiting
    open_then: Waiting
    unanswered: Waiting
    unanswered_then: Waiting
    oldest: int | None
    longest_unanswered: int | None
    overdue: int
    longest_overdue: Row | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report."""

    period: Period
    past: Past
    before: Past
    now: Now


def measure(db: Database, scope: Scope, asked: Period) -> Figures:
    """Compute every figure anew; reads only."""
    past = _past(db, scope, asked.begin, asked.end, asked)
    return Figures(asked, past, _past(db, scope, asked.before, asked.begin, asked), _now(db, scope, asked))


def _past(db: Database, scope: Scope, begin: int, end: int, asked: Period) -> Past:
    moved, untold = measures.moved(db, scope, begin, end)
    repeated, repeats = measures.repeats(db, scope, begin, end, MOST_REPEATS)
    return Past(
        promised=measures.promised(db, scope, begin, end, asked.now),
        moved=moved,
        untold=untold,
        broken=measures.broken(db, scope, begin, end),
        logged=measures.logged(db, scope, begin, end),
        answered=_took(db, measures.answered(db, scope, begin, end), asked.zone),
        resolved=_took(db, measures.resolved(db, scope, begin, end), asked.zone),
        repeats=repeats,
        repeated=repeated,
        feedback=measures.feedback(db, scope, begin, end),
    )


def _now(db: Database, scope: Scope, asked: Period) -> Now:
    now, then = asked.now, asked.now - asked.days * 86400
    late, overdue = measures.overdue(db, scope, now, 1)
    return Now(
        open=measures.waiting(db, scope, now),
        open_then=measures.waiting(db, scope, then),
        unanswered=measures.waiting(db, scope, now, unanswered=True),
        unanswered_then=measures.waiting(db, scope, then, unanswered=True),
        oldest=measures.oldest(db, scope),
        longest_unanswered=measures.oldest(db, scope, unanswered=True),
        overdue=overdue,
        longest_overdue=late[0] if late else None,
    )


def _took(db: Database, ended: list[Row], zone: str) -> Took:
    """Working time, each record's by the hours of its own team."""
    of_teams: dict[int | None, list[Row]] = defaultdict(list)
    for row in ended:
        of_teams[row["team_id"]].append(row)
    seconds: list[int] = []
    for team_id, rows in of_teams.items():
        team = teams.find(db, team_id) if team_id else first_team(db)
        first, last = min(row["since"] for row in rows), max(row["until"] for row in rows)
        between = at_work(first, last, hours.of(team), team.zone if team else zone).between
        seconds += [between(row["since"], row["until"]) for row in rows]
    return took(seconds)


def first_team(db: Database) -> Team | None:
    """The team records belong to that were made before there was one."""
    return next(iter(teams.every_team(db)), None)
