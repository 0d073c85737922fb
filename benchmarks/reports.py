"""A month's report in a database of years, and what a slash command waits while it is written (issue 7)."""

from collections.abc import Iterator
from statistics import median

from benchmarks import commands
from benchmarks.rows import Figure, Plan
from benchmarks.timing import Times, in_turn
from benchmarks.years import NOW, built
from handlers.reports import figures, pictures, series, words
from storage.database import Database
from storage.scope import Scope

ZONE = "America/New_York"
ROUNDS = 5
LONGEST = 2000.0  # milliseconds


def _words(db: Database) -> object:
    measured = figures.measure(db, Scope(), figures.period("month", ZONE, NOW))
    return words.report(db, measured, words.About("everybody", 8 * 3600))


def _pictures(db: Database) -> object:
    asked = figures.period("month", ZONE, NOW)
    found = [series.of(db, kind, Scope(), asked) for kind in series.KINDS]
    return [pictures.draw(one) for one in found if one]


def measure(plan: Plan) -> Iterator[Figure]:
    """The words and the pictures of a month, then the 95th percentile of a command alone and during them."""
    years = built(plan.large, plan.folder)
    told, drawn = in_turn(ROUNDS, lambda: _words(years.database), lambda: _pictures(years.database))
    yield _middle("a month's report", told)
    yield _middle("its three pictures", drawn)
    yield from commands.beside(years, plan, "reports", _words, _pictures)


def _middle(what: str, times: Times) -> Figure:
    return Figure(what, median(times.wall), "ms", LONGEST, f"of the processor {median(times.cpu):.3g} ms")
