"""What a digest has to say, slowly recomputed from the list of what happened, and held against what it said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from tests.quarter.raw import Issue, Promise, Raw, Scope
from tests.quarter.weeks import Week
from tests.quarter.world import DAY, END, MINUTE, SUNDAY, Team, local, midnight, moment, works

IMPACTS = ("", "annoyed", "blocked", "losing-money")
HEAD = re.compile(r" · (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}( · .* only)?$")
DONE = r"(, (reminded|[A-Z][a-z]+ asked|said in #[a-z-]+) .+? ago)?"
Expected = str | re.Pattern[str]


@dataclass
class Wanted:
    """A channel's digest as it was switched on."""

    channel: str
    team: Team
    days: str
    minute: int
    scope: Scope = field(default_factory=Scope)
    only: str = ""
    quiet: bool = False
    missed: list[date] = field(default_factory=list)
    since: int = SUNDAY  # when it is switched on
    off: int = END  # and off
    until: int = END  # after this the channel cannot be reached any more

    def __post_init__(self) -> None:
        """Every moment of the quarter with its date, and until when it may come late."""
        self.ahead: list[tuple[int, date, int]] = []
        day = local(self.since, self.team.zone).date()
        while (at := moment(day, self.minute, self.team.zone)) < self.off:
            if at > self.since and str(day.weekday()) in self.days and day not in self.team.holidays:
                closes = moment(day, self.team.closes, self.team.zone)
                self.ahead.append((at, day, max(closes, at + 60 * MINUTE)))
            day += timedelta(days=1)

    def take(self, now: int) -> date | None:
        """The date whose digest comes now; what comes too late is noted as missed."""
        found = None
        while self.ahead and self.ahead[0][0] <= now:
            _, day, until = self.ahead.pop(0)
            if now > until:
                self.missed.append(day)
            else:
                found = day
        return found

    def ends_week(self, day: date) -> bool:
        """Whether this is the last working day of its week."""
        rest = [day + timedelta(days=n) for n in range(1, 7 - day.weekday())]
        return works(self.team, day) and not any(works(self.team, one) for one in rest)


def span(seconds: int) -> str:
    """A stretch of time as a digest says it."""
    for size, unit, least in ((DAY, "day", 2 * DAY), (3600, "hour", 3600), (60, "minute", 60)):
        if seconds >= least:
            many = seconds // size
            return f"{many} {unit}{'s' * (many != 1)}"
    return "under a minute"


def day_said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


class Page:
    """The digest of one channel at one moment, as it has to be."""

    def __init__(self, raw: Raw, wanted: Wanted, now: int, customers: Sequence[str]) -> None:
        self.raw, self.wanted, self.now, self.zone = raw, wanted, now, wanted.team.zone
        has, ends = wanted.scope.has, midnight(now, self.zone, 1)
        kinds = ("praise", "idea") if wanted.scope.category is None else ()
        self.issues = [one for one in raw.issues if one.is_open and has(one) and one.category not in kinds]
        promises = [one for one in raw.promises if one.is_open and has(one)]
        self.overdue = [one for one in promises if one.due < now]
        self.today = sorted((one for one in promises if now <= one.due < ends), key=lambda one: (one.due, one.number))
        self.given_up = sorted((one for one in promises if one.asked), key=lambda one: (one.due, one.number))
        self.escalated = [one for one in self.issues if one.escalated]
        self.unowned = [one for one in self.issues if one.owner is None]
        self.day = local(now, self.zone).date()
        self.week = Week(raw, wanted, now, customers) if wanted.ends_week(self.day) else None

    @property
    def is_empty(self) -> bool:
        return not (self.overdue or self.today or self.given_up or self.issues or (self.week and self.week.has_any))

    def differences(self, text: str) -> Iterator[str]:
        """Where what was posted says something else."""
        head, *sections = [part.split("\n") for part in text.split("\n\n")]
        if head != [self.head()]:
            yield f"head: {self.head()!r} was {head}"
        if self.wanted.missed:
            yield from self._missed(sections.pop() if sections else [])
        headings = {part[0].split(" · ")[0]: part for part in sections}
        expected = dict(self._daily())
        if self.week:
            expected |= self.week.sections()
        if list(headings) != list(expected):
            yield f"sections: {list(expected)} were {list(headings)}"
        for name, section in expected.items():
            yield from (f"{name}: {one}" for one in section.differences(headings.get(name, [])))

    def head(self) -> str:
        late, unowned = len(self.overdue), len(self.given_up) + len(self.unowned)
        counts = (
            (late, "promise overdue" if late == 1 else "promises overdue"), (len(self.today), "due today"),
            (len(self.escalated), "escalated"), (unowned, "unowned"), (len(self.issues), "open"),
        )  # fmt: skip
        told = [f"{number:,} {words}" for number, words in counts if number]
        told = told or ["All is well: nothing overdue, due today or open"]
        return " · ".join([*told, day_said(self.day), *([f"{self.wanted.only} only"] if self.wanted.only else [])])

    def _missed(self, told: list[str]) -> Iterator[str]:
        days = self.wanted.missed
        first = day_said(days[0])
        which = f"the digest of {first}" if len(days) == 1 else f"{len(days)} digests since {first}"
        if not told or not told[0].startswith(f"Not sent: {which}. "):
            yield f"missed: {which} was {told}"

    def _daily(self) -> Iterator[tuple[str, "Section"]]:
        given, today = [self._given_up(one) for one in self.given_up], [self._due(one) for one in self.today]
        if given:
            yield "Nobody owns these promises", Section(str(len(given)), given, 5)
        if self.overdue:
            ranked = sorted(self.overdue, key=lambda one: (-self._weight(one.issue), one.due, one.number))
            recent = [one for one in ranked if one.due >= self.now - 7 * DAY]
            old = [one for one in ranked if one.due < self.now - 7 * DAY]
            lines = [self._late(one) for one in recent]
            yield "Overdue", Section(f"{len(ranked):,}", lines, 10, self._folded(old))
        if today:
            yield "Due today", Section(f"{len(today):,}", today, 5)
        yield from self._about_issues()

    def _about_issues(self) -> Iterator[tuple[str, "Section"]]:
        above: list[Issue] = []
        for name, those, since in (
            ("Escalated", self.escalated, lambda one: one.escalated), ("Unowned", self.unowned, lambda one: one.at),
            ("Oldest open", self.issues, lambda one: one.at),
        ):  # fmt: skip
            if those:
                ranked = sorted(those, key=lambda one: (-self._weight(one), since(one), one.number))
                yield name, OfIssues(f"{len(those):,}", ranked, 5, above=above, line=partial(self._line, name))

    def _weight(self, issue: Issue | None) -> int:
        return IMPACTS.index(issue.impact) if issue and issue.is_open else 0

    def _who(self, one: Promise) -> str:
        return "nobody owns it" if one.asked else one.owner

    def _promise(self, one: Promise) -> str:
        return f"• {one.customer} · {one.deed[:80]} (#{one.number})"

    def _late(self, one: Promise) -> Expected:
        times = {1: "once", 2: "twice"}
        tail = f"{re.escape(self._promise(one))}: {span(self.now - one.due)} overdue · {self._who(one)}{DONE}"
        for what, many in (("tried", len(one.tries)), ("moved", len(one.moves))):
            tail += f", {what} {times.get(many, f'{many} times')}" if many else ""
        return re.compile(tail)

    def _folded(self, old: list[Promise]) -> str:
        if not old:
            return ""
        which = f"+{len(old):,} overdue for over seven days, first of all: "
        line = f"{self._promise(old[0])}, {span(self.now - old[0].due)} · {self._who(old[0])}"
        return line.replace("• ", f"• {which if len(old) > 1 else 'For over seven days: '}", 1)

    def _due(self, one: Promise) -> str:
        clock = local(one.due, self.zone)
        minutes = f":{clock:%M}" if clock.minute else ""
        said = f"{clock.hour % 12 or 12}{minutes} {'am' if clock.hour < 12 else 'pm'} {clock:%Z}"
        return f"{self._promise(one)}: by {said} · {self._who(one)}"

    def _given_up(self, one: Promise) -> Expected:
        why = f"{one.owner} is away, {one.asked} is asked to take it"
        return re.compile(rf"{re.escape(self._promise(one))}: by .+ · {why}")

    def _line(self, name: str, one: Issue) -> str:
        impact = f" · {one.impact.replace('-', ' ')}" if one.impact else ""
        since = one.escalated if name == "Escalated" else one.at
        waited = span(self.now - since)
        waits = f"escalated {waited} ago" if name == "Escalated" else f"waiting {waited}"
        who = f"reported by {one.reporter}" if name == "Unowned" else one.owner or "nobody owns it"
        return f"• {one.customer} · {one.words} (#{one.number}): {waits}{impact} · {who}"


@dataclass
class Section:
    """What stands under a heading: what is said behind it, and lines, of which at least one is shown."""

    said: str
    lines: list[Expected]
    most: int
    last: str = ""
    stands_for: list[int] = field(default_factory=list)  # how many each line stands for
    total: int | None = None

    def differences(self, told: list[str]) -> Iterator[str]:
        if not told:
            yield "is not there"
            return
        said, lines = told[0].partition(" · ")[2], told[1:]
        if said != self.said:
            yield f"{self.said!r} was {said!r}"
        if self.last and (not lines or lines.pop() != self.last):
            yield f"no {self.last!r} in {told}"
        yield from self._lines(lines, self.lines)

    def _lines(self, lines: list[str], expected: list[Expected]) -> Iterator[str]:
        more = lines.pop() if lines and re.fullmatch(r"\+[\d,]+ more", lines[-1]) else ""
        total = len(expected) if self.total is None else self.total
        each = self.stands_for or [1] * len(expected)
        left = total - sum(each[: len(lines)])
        if more != (f"+{left:,} more" if left > 0 and (lines or expected) else ""):
            yield f"{left} more was {more!r}"
        if len(lines) > self.most or (expected and not lines):
            yield f"{len(lines)} lines"
        for line, wanted in zip(lines, expected, strict=False):
            if not (line == wanted if isinstance(wanted, str) else wanted.fullmatch(line)):
                yield f"{wanted!r} was {line!r}"


@dataclass
class OfIssues(Section):
    """A section of issues; those that stand in one above are only counted."""

    above: list[Issue] = field(default_factory=list)
    line: object = None

    def differences(self, told: list[str]) -> Iterator[str]:
        counted = sum(one in self.lines for one in self.above)
        fresh = [one for one in self.lines if one not in self.above]
        shown = sum(not one.startswith("+") for one in told[1:])
        also = "" if not counted else f" ({counted} above)" if shown else " (above)"
        if not told or told[0].partition(" · ")[2] != f"{self.said}{also}":
            yield f"{self.said}{also} was {told[:1]}"
        yield from self._lines(told[1:], [self.line(one) for one in fresh])
        self.above.extend(fresh[:shown])
