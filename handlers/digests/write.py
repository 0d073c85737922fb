"""What a digest says: one message a phone can read, and the full lists for its thread.

The preview and the schedule both come here, so that what is shown is what will be posted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from handlers import names
from handlers.blocks import LONGEST_TEXT, Bold, Item, Line, message, plain
from handlers.digests import lines, settings, times, weekly
from handlers.digests.lines import Look
from storage import digests, teams
from storage.database import Database
from storage.digests import Counts
from storage.models import Digest, Issue, Promise, Team
from storage.scope import Scope

MOST_OVERDUE, MOST = 10, 5  # lines in a section of the main message
SHARES = (1.0, 0.6, 0.3, 0.0)  # of those lines, until the text fits; a section keeps one line at least
MOST_IN_THREAD = 50  # lines in a section of the thread

GIVEN_UP = "Nobody owns these promises"
WELL = frozenset({"overdue", "today", "oldest"})  # with these shown, an empty digest says that all is well
ALL_WELL = "All is well: nothing overdue, due today or open"
FOLDED = 7 * 86400  # seconds overdue beyond which promises are one line (brief, section 6)


@dataclass(frozen=True, slots=True)
class Counted:
    """The exact figures of a digest; ``folded`` promises are overdue for over seven days, and overdue too."""

    overdue: int
    folded: int
    today: int
    given_up: int
    issues: Counts

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        about_issues = self.issues.open or self.issues.escalated or self.issues.unowned
        return not (self.overdue or self.today or self.given_up or about_issues)


@dataclass(frozen=True, slots=True)
class IssueSection:
    """A section of issues: how they are found, what belongs to it, and the line of each."""

    heading: str
    total: Callable[[Counts], int]
    find: Callable[[Database, Scope, int], list[Issue]]
    has: Callable[[Issue], bool]
    line: Callable[[Look, Issue], Line]


ABOUT_ISSUES = (
    IssueSection(
        "Escalated", lambda n: n.escalated, digests.escalated, lambda one: one.escalated_at is not None, lines.escalated
    ),
    IssueSection("Unowned", lambda n: n.unowned, digests.unowned, lambda one: one.owner_id is None, lines.unowned),
    IssueSection("Oldest open", lambda n: n.open, digests.oldest, lambda _: True, lines.waiting),
)


def team_of(db: Database, asked: Digest) -> Team | None:
    """The team a digest is of: the channel's, else that of who switched it on, else the first."""
    return teams.for_record(db, asked.channel_id, asked.set_by)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a digest tells of, in its message or in its thread."""

    look: Look
    counted: Counted
    late: list[Promise]  # what is overdue, first things first, as much as the thread takes
    week: list[weekly.Section]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self.counted.is_empty and not self.week


def main(db: Database, asked: Digest, now: int) -> tuple[dict[str, Any], bool]:
    """The message as things are now, and whether there is nothing to tell."""
    seen = _seen(db, asked, now, weekly.MOST)
    return _message(seen, asked), seen.is_empty


def details(db: Database, asked: Digest, now: int) -> list[dict[str, Any]]:
    """The messages for its thread as things are now: the full lists, each line with what stands behind it."""
    return _thread(_seen(db, asked, now, weekly.MOST_IN_THREAD))


def _seen(db: Database, asked: Digest, now: int, most: int) -> Seen:
    """All there is to tell; the weekly part, with up to so many lines in a section, on the day it is due."""
    look = Look(
        db,
        _scope(db, asked),
        asked.zone,
        now,
        times.midnight_after(now, asked.zone),
        settings.of(asked.sections),
    )
    counted = _count(look)
    late = digests.promised(db, look.scope, 0, now, MOST_IN_THREAD, by_impact=True) if counted.overdue else []
    is_due = weekly.is_due(look, asked.weekdays, team_of(db, asked))
    return Seen(look, counted, late, weekly.sections(look, most) if is_due else [])


def _message(seen: Seen, asked: Digest) -> dict[str, Any]:
    look, counted, week = seen.look, seen.counted, seen.week
    nothing = ALL_WELL if look.shown >= WELL else "How the week went" if week else "Nothing to tell"
    head, foot = _headline(look, counted, nothing, only(look.db, asked)), _missed(asked)
    told = [head, *foot]
    for share in SHARES if not seen.is_empty else ():
        daily = [*_given_up(look, share), *_promises(seen, share), *_issues(look, counted, share)]
        weeks = [line for section in week for line in section.lines(max(1, ceil(weekly.MOST * share)))]
        told = [head, *daily, *weeks, *foot]
        if sum(map(_length, told)) <= LONGEST_TEXT:
            break
    return message(told)


def _length(item: Item) -> int:
    return len(plain([item])) + 1


def _scope(db: Database, asked: Digest) -> Scope:
    """The records of the team chosen, else the channel's; everybody's in a manager channel, and before any team."""
    everyone, team = teams.every_team(db), teams.find(db, asked.team_id)
    if team is None and not any(asked.channel_id == one.manager_channel_id for one in everyone):
        team = team_of(db, asked)
    first = team is not None and team.id == everyone[0].id
    return Scope(team.id if team else None, first, asked.category, asked.customer_id)


def only(db: Database, asked: Digest) -> list[str]:
    """The customer, category and team a digest was narrowed to, in words."""
    team = teams.find(db, asked.team_id)
    told = [names.customer(db, asked.customer_id)] if asked.customer_id else []
    told += [f"#{asked.category}"] if asked.category else []
    return told + ([f"#{names.channel(db, team.channel_id)}"] if team else [])


def _count(look: Look) -> Counted:
    """The figures of what is shown; what is not has nothing to tell."""
    spans = (("overdue", 0, look.now), ("overdue", 0, look.now - FOLDED), ("today", look.now, look.day_ends))
    overdue, folded, today = (
        digests.count_promised(look.db, look.scope, *span) if name in look.shown else 0 for name, *span in spans
    )
    given_up = digests.given_up(look.db, look.scope, 0)[1] if "unowned" in look.shown else 0
    found = digests.counts(look.db, look.scope)
    issues = Counts(
        open=found.open if "oldest" in look.shown else 0,
        escalated=found.escalated if "escalated" in look.shown else 0,
        unowned=found.unowned if "unowned" in look.shown else 0,
    )
    return Counted(overdue, folded, today, given_up, issues)


def _headline(look: Look, counted: Counted, nothing: str, narrowed: list[str]) -> Line:
    """The line a phone shows first: what is late, before anything else; if nothing is, that."""
    figures = (
        (counted.overdue, "promise overdue" if counted.overdue == 1 else "promises overdue"),
        (counted.today, "due today"),
        (counted.issues.escalated, "escalated"),
        (counted.given_up + counted.issues.unowned, "unowned"),
        (counted.issues.open, "open"),
    )
    told = [f"{number:,} {words}" for number, words in figures if number]
    about = [f"{', '.join(narrowed)} only"] if narrowed else []
    day = _day(times.local(look.now, look.zone))
    return [Bold(told[0] if told else nothing), *(f" · {words}" for words in (*told[1:], day, *about))]


def _given_up(look: Look, share: float) -> Iterable[Item]:
    """Promises nobody owns, before all else: their owners are away, or gave them up, and nobody took them yet."""
    found, total = digests.given_up(look.db, look.scope, max(1, int(MOST * share)))
    yield from _section(GIVEN_UP, total, [lines.given_up(look, one) for one in found], total)


def _promises(seen: Seen, share: float) -> Iterable[Item]:
    """What is overdue and what is being done, then what is due today."""
    look, counted = seen.look, seen.counted
    since, most = look.now - FOLDED, max(1, int(MOST_OVERDUE * share))
    late = digests.promised(look.db, look.scope, since, look.now, most, by_impact=True)
    recent = counted.overdue - counted.folded
    yield from _section("Overdue", counted.overdue, [lines.overdue(look, one) for one in late], recent)
    if counted.folded:
        first = next((one for one in seen.late if one.due_at < since), None)
        [first] = [first] if first else digests.promised(look.db, look.scope, 0, since, 1, by_impact=True)
        yield lines.folded(look, first, counted.folded)
    today = digests.promised(look.db, look.scope, look.now, look.day_ends, max(1, int(MOST * share)))
    yield from _section("Due today", counted.today, [lines.due(look, one) for one in today], counted.today)


def _issues(look: Look, counted: Counted, share: float) -> Iterable[Item]:
    """The sections about issues; an issue that stands in one is only counted in those below it."""
    most = max(1, int(MOST * share))
    shown: list[Issue] = []
    for section in ABOUT_ISSUES:
        total, above = section.total(counted.issues), sum(map(section.has, shown))
        known = {one.id for one in shown}
        found = section.find(look.db, look.scope, most + len(shown)) if total > above else []
        fresh = [one for one in found if one.id not in known][:most]
        shown += fresh
        also = (f" ({above} above)" if fresh else " (above)") if above else ""
        yield from _section(section.heading, total, [section.line(look, one) for one in fresh], total - above, also)


def _section(heading: str, total: int, told: list[Line], here: int, also: str = "") -> Iterable[Item]:
    """A heading with its exact count, the lines, and how many of those that belong here are not told."""
    if not total:
        return
    yield ""
    yield [Bold(heading), f" · {total:,}{also}"]
    yield from told
    if here > len(told):
        yield f"+{here - len(told):,} more"


def _missed(asked: Digest) -> list[Item]:
    if not asked.missed or not asked.missed_on:
        return []
    first = _day(date.fromisoformat(asked.missed_on))
    which = f"the digest of {first}" if asked.missed == 1 else f"{asked.missed} digests since {first}"
    return ["", f"Not sent: {which}. I was not running, or could not reach Slack, until the end of its hours."]


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _thread(seen: Seen) -> list[dict[str, Any]]:
    look, counted = seen.look, seen.counted
    given_up, total = digests.given_up(look.db, look.scope, MOST_IN_THREAD)
    rows: list[Line] = [[*lines.given_up(look, one), *lines.behind(look, one)] for one in given_up]
    told: list[Item] = [*_section(GIVEN_UP, total, rows, total)]
    today = digests.promised(look.db, look.scope, look.now, look.day_ends, MOST_IN_THREAD)
    for heading, total, found, line in (
        ("Overdue", counted.overdue, seen.late, lines.overdue),
        ("Due today", counted.today, today, lines.due),
    ):
        told += _section(heading, total, [[*line(look, one), *lines.behind(look, one)] for one in found], total)
    for section in ABOUT_ISSUES:
        known = section.find(look.db, look.scope, MOST_IN_THREAD)
        total = section.total(counted.issues)
        told += _section(
            section.heading, total, [[*section.line(look, one), *lines.about(look, one)] for one in known], total
        )
    for week in seen.week:
        told += week.in_thread()
    return [message(page) for page in _pages(told)]


def _pages(told: list[Item]) -> Iterable[list[Item]]:
    """The lines in as few messages as Slack takes; none begins with an empty line."""
    page: list[Item] = []
    length = 0
    for line in told:
        if page and length + _length(line) > LONGEST_TEXT:
            yield page
            page, length = [], 0
        if page or line:
            page.append(line)
            length += _length(line)
    if page:
        yield page
