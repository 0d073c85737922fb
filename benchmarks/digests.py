"""A digest in a database of years, and what a slash command waits while digests are written (issue 7).

As the schedule writes it, in one view of the data; the full lists of its thread are written once it is there.
"""

from collections.abc import Iterator
from functools import partial
from statistics import median

from benchmarks import commands
from benchmarks.rows import Figure, Plan
from benchmarks.timing import in_turn
from benchmarks.years import NOW, built
from handlers.digests import times, write
from storage.database import Database, SQLite
from storage.models import Digest

ZONE = "America/New_York"
ROUNDS = 7
LONGEST = 200.0  # milliseconds


def _asked(days: str) -> Digest:
    """The digest of a manager channel: everybody's records, all sections."""
    return Digest(
        channel_id="C1",
        weekdays=days,
        at_minute=times.NINE,
        zone=ZONE,
        category=None,
        quiet_when_empty=False,
        set_by="U0000",
        next_at=NOW,
        last_on=None,
        missed_on=None,
        missed=0,
        team_id=None,
        customer_id=None,
        sections=None,
    )


DAILY = _asked(times.DAILY)
WEEKLY = _asked(str(times.local(NOW, ZONE).weekday()))  # on its only day of the week, so with the weekly part


def _message(asked: Digest, db: Database) -> object:
    return write.main(db, asked, NOW)


def _thread(asked: Digest, db: Database) -> object:
    return write.details(db, asked, NOW)


WRITTEN = (
    ("a daily digest", partial(_message, DAILY), LONGEST),
    ("its thread", partial(_thread, DAILY), None),
    ("a weekly digest", partial(_message, WEEKLY), LONGEST),
    ("its thread, weekly", partial(_thread, WEEKLY), None),
)


def _in_one_view(db: SQLite, look: commands.Look) -> None:
    """As the store reads."""
    db.begin(writing=False)
    look(db)
    db.rollback()


def measure(plan: Plan) -> Iterator[Figure]:
    """Both kinds in the small and the large database, then the 95th percentile of a command alone and during them."""
    for size in (plan.small, plan.large):
        db = built(size, plan.folder).database
        times_of = in_turn(ROUNDS, *[partial(_in_one_view, db, look) for _, look, _ in WRITTEN])
        for (what, _, longest), taken in zip(WRITTEN, times_of, strict=True):
            told = f"of the processor {median(taken.cpu):.3g} ms"
            yield Figure(f"{what}, {size:,} issues", median(taken.wall), "ms", longest, told)
    weekly = (partial(_message, WEEKLY), partial(_thread, WEEKLY))
    yield from commands.beside(built(plan.large, plan.folder), plan, "digests", *weekly)
