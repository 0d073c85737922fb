"""What a report has to say, slowly recomputed from the list of what happened."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests import report_oracle as oracle
from tests.quarter.digests import span
from tests.quarter.raw import Issue, Promise, Raw, Scope
from tests.quarter.weeks import NAMELESS, share
from tests.quarter.world import DAY, HOUR, MINUTE, TEAMS, local, midnight, moment, works

DAYS = {"week": 7, "month": 30}
MOODS = ("happy", "unsure", "unhappy")


@cache
def shift(number: int, day: date) -> tuple[int, int]:
    """When a team opens and closes on a day; at once where it does not open."""
    team = TEAMS[number]
    if not works(team, day):
        return 0, 0
    return moment(day, team.opens, team.zone), moment(day, team.closes, team.zone)


def worked(number: int, begin: int, end: int) -> int:
    """The seconds between two moments in which a team is at work."""
    day, last = local(begin, TEAMS[number].zone).date(), local(end, TEAMS[number].zone).date()
    seconds = 0
    while day <= last:
        opens, closes = shift(number, day)
        seconds += max(0, min(end, closes) - max(begin, opens))
        day += timedelta(days=1)
    return seconds


def by_minutes(number: int, begin: int, end: int) -> int:
    """The same, counted minute by minute."""
    team = TEAMS[number]
    desk = oracle.Desk(team.zone, team.opens, team.closes, "01234", set(team.holidays))
    return oracle.minutes_at_work(desk, begin, end) * MINUTE


class Past:
    """Every figure of one period."""

    def __init__(self, raw: Raw, scope: Scope, begin: int, end: int) -> None:
        issues = [one for one in raw.issues if scope.has(one)]
        problems = [one for one in issues if one.is_problem]
        real = [one for one in raw.promises
                if scope.has(one) and not one.answer and not (one.ended and one.ended[0] == "mistake")]  # fmt: skip
        first = [SimpleNamespace(due=one.first_due, ended=one.ended, kept=one.kept) for one in real]
        self.promised = SimpleNamespace(**oracle.promised(first, begin, end))
        made = self.promised
        self.missed = made.late + made.broken + made.waiting + made.other
        self.counted = made.on_time + self.missed
        moves = [[told for at, told in one.moves if begin <= at < end] for one in real]
        self.moved, self.untold = sum(map(bool, moves)), sum(False in one for one in moves)
        self.broken = sum(bool(one.ended) and one.ended[0] == "broken" and begin <= one.ended[1] < end for one in real)
        self.logged = Counter(one.category for one in issues if begin <= one.at < end)
        self.problems = sum(n for name, n in self.logged.items() if name not in oracle.NO_PROBLEM)
        self.answered = [(one.team, one.at, one.answered) for one in problems
                         if one.answered is not None and begin <= one.answered < end]  # fmt: skip
        self.solved = [(one.team, one.at, one.solved) for one in problems
                       if one.solved is not None and begin <= one.solved < end]  # fmt: skip
        self.again = again(raw, scope, begin, end)
        self.felt = Counter((one.mood, one.reason) for one in raw.feelings if scope.has(one) and begin <= one.at < end)


def again(raw: Raw, scope: Scope, begin: int, end: int) -> Counter[tuple[str, str]]:
    """What came back within ninety days, by customer and category."""
    of: dict[tuple[str, str], list[Issue]] = {}
    for one in raw.issues:
        if one.is_problem and one.category not in NAMELESS and not one.duplicate:
            of.setdefault((one.customer, one.category), []).append(one)
    found: Counter[tuple[str, str]] = Counter()
    for key, those in of.items():
        for one in those:
            before = (other for other in those if other.number < one.number and one.at - 90 * DAY <= other.at)
            if begin <= one.at < end and scope.has(one) and any(before):
                found[key] += 1
    return found


class Report:
    """The lines of a report at a moment."""

    def __init__(self, raw: Raw, scope: Scope, length: str, zone: str, now: int, order: dict[str, int]) -> None:
        self.scope, self.now, self.zone, self.days, self.order = scope, now, zone, DAYS[length], order
        self.edges = [midnight(now, zone, -back * self.days) for back in (2, 1, 0)]
        self.then = Past(raw, scope, self.edges[0], self.edges[1])
        self.past = Past(raw, scope, self.edges[1], self.edges[2])
        self.issues = [one for one in raw.issues if scope.has(one)]
        self.promises = [one for one in raw.promises if scope.has(one) and not one.answer]
        team = TEAMS[scope.team or 0]
        self.day = (team.closes - team.opens) * MINUTE
        self.ago = "a week ago" if length == "week" else "30 days ago"

    def differences(self, text: str) -> Iterator[str]:
        """Where what was sent says something else."""
        head, *sections = [part.split("\n") for part in text.split("\n\n")]
        if not head[0].endswith(f" · {self._dates(1)}") or self._dates(0) not in head[1]:
            yield f"{self._dates(0)}, {self._dates(1)} was {head}"
        told = {part[0]: part[1:] for part in sections if part[0] in ("Promises", "Issues", "Now", "Customers say")}
        parts = (self._promised(), self._logged(), self._now(), self._felt())
        for name, lines in zip(("Promises", "Issues", "Now", "Customers say"), parts, strict=True):
            wanted = list(lines)
            if told.get(name, []) != wanted:
                yield f"{name}: {wanted} was {told.get(name)}"

    def _dates(self, which: int) -> str:
        first, last = local(self.edges[which], self.zone), local(self.edges[which + 1] - 1, self.zone)
        month = "" if first.month == last.month else f" {first:%b}"
        return f"{first.day}{month} to {last.day} {last:%b}"

    def _promised(self) -> Iterator[str]:
        past, then = self.past, self.then
        made = past.promised
        if past.counted or then.counted:
            yield f"• Kept by the first promised time: {share(made.on_time, past.missed)}{self._rates()}"
        if past.missed:
            kinds = ((made.late, "kept late"), (made.broken, "broken"), (made.waiting, "still open"),
                     (made.other, "called off late"))  # fmt: skip
            yield f"• Missed {past.missed:,}: {', '.join(f'{n:,} {words}' for n, words in kinds if n)}"
        if past.moved or then.moved:
            untold = f"; {past.untold:,} without telling the customer" if past.untold else ""
            yield f"• Moved: {number(past.moved)}{beside(past.moved, then.moved)}{untold}"
        if past.broken or then.broken:
            yield f"• Closed as broken: {number(past.broken)}{beside(past.broken, then.broken)}"

    def _rates(self) -> str:
        past, then = self.past, self.then
        if not then.counted:
            return "; none was due before"
        shares = [share(one.promised.on_time, one.missed) for one in (past, then)]
        if min(past.counted, then.counted) < 10:
            return f"; before, {shares[1]}"
        now, before = (int(one.partition("(")[2].partition(" ")[0]) for one in shares)
        return beside(now, before, f"{before} %")

    def _logged(self) -> Iterator[str]:
        past, then = self.past, self.then
        praise, idea = past.logged["praise"], past.logged["idea"]
        also = " and ".join([f"{praise:,} praise"] * bool(praise) + [f"{idea:,} idea{'s' * (idea > 1)}"] * bool(idea))
        if past.problems or then.problems:
            more = f" · and {also}" if also else ""
            yield f"• Logged: {number(past.problems)}{beside(past.problems, then.problems)}{more}"
        elif also:
            yield f"• Logged: {also}"
        ended = (("First response", past.answered, then.answered), ("Solved", past.solved, then.solved))
        for words, now, before in ended:
            if now or before:
                yield f"• {words}: {self._took(took(now), took(before))}"
        many, before = sum(past.again.values()), sum(then.again.values())
        if many or before:
            rows = sorted(past.again.items(), key=lambda row: (-row[1], self.order[row[0][0]], row[0][1]))[:3]
            named = [f"{name} #{category}{f' {n:,} times' if n > 1 else ''}" for (name, category), n in rows]
            left = many - sum(n for _, n in rows)
            named += [f"+{left:,} more"] if left else []
            said = ": " * bool(named) + "; ".join(named)
            yield f"• Came back within 90 days: {number(many)}{beside(many, before)}{said}"

    def _took(self, now: tuple[int, int, int, int], then: tuple[int, int, int, int]) -> str:
        many = now[0]
        words = [time_said(one, self.day) for one in now]
        before = [time_said(one, self.day) for one in then]
        few = ("; none before" if not then[0] else f"; before, 1, in {before[1]}" if then[0] == 1
               else f"; before, {then[0]:,}, half within {before[1]}")  # fmt: skip
        if not many:
            return f"none, down from {then[0]:,}"
        if many == 1:
            return f"1, in {words[3]}{few}"
        begins = f"{many:,}, half within {words[1]}"
        if many < 10:
            return f"{begins}, the slowest in {words[3]}{few}"
        if then[0] < 10:
            return f"{begins}, nine in ten within {words[2]}{few}"
        changes = [", as before" if words[n] == before[n] else beside(now[n], then[n], before[n]) for n in (1, 2)]
        return f"{begins}{changes[0]}; nine in ten within {words[2]}{changes[1]}"

    def _now(self) -> Iterator[str]:
        before = self.now - self.days * DAY
        named = None
        for words, unanswered in (("Open", False), ("No first response yet", True)):
            many, middle, _ = oracle.waiting(self.issues, self.now, unanswered=unanswered)
            then = oracle.waiting(self.issues, before, unanswered=unanswered)[0]
            if not many and not then:
                continue
            waits = [one for one in self.issues
                     if one.is_open and one.is_problem and not (unanswered and one.answered is not None)]  # fmt: skip
            first = min(waits, key=lambda one: (one.at, one.number), default=None)
            half = f"; half for over {span(self.now - middle)}" if many > 1 and not unanswered else ""
            longest = ""
            if first and first is not named:
                what = f"{first.customer} · {clip(first.words)} (#{first.number})"
                longest = f", the longest: {what}, {span(self.now - first.at)}"
            named = named or first
            yield f"• {words}: {number(many)}{beside(many, then, when=self.ago)}{half}{longest}"
        late = [one for one in self.promises if one.is_open and one.due + MINUTE < self.now]
        if late:
            yield self._longest(late)

    def _longest(self, late: list[Promise]) -> str:
        one = min(late, key=lambda one: (one.due, one.number))
        deed = "call" if one.issue else one.deed
        many = f"{len(late)} promise{'s' * (len(late) != 1)}"
        return f"• Overdue: {many}, the longest: {one.customer} · {deed} (#{one.number}), {span(self.now - one.due)}"

    def _felt(self) -> Iterator[str]:
        for mood in MOODS:
            felt = (self.past.felt, self.then.felt)
            now, then = (sum(n for (one, _), n in those.items() if one == mood) for those in felt)
            if now or then:
                rows = sorted(((-n, why) for (one, why), n in self.past.felt.items() if one == mood and why))
                told = [f"{why} ({-n:,})" for n, why in rows]
                shown = f": {', '.join(told[:3])}" if told else ""
                yield f"• {mood.capitalize()}: {number(now)}{beside(now, then)}{shown}"


def clip(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


def took(spans: list[tuple[int, int, int]]) -> tuple[int, int, int, int]:
    """How many, the half, nine in ten and the slowest, each in its own team's working seconds."""
    times = sorted(worked(*one) for one in spans)
    return (len(times), oracle.rank(times, 0.5), oracle.rank(times, 0.9), times[-1]) if times else (0, 0, 0, 0)


def number(many: int) -> str:
    return f"{many:,}" if many else "none"


def beside(now: int, then: int, said: str = "", when: str = "") -> str:
    """A figure beside the one before."""
    if now == then:
        return f", as {when or 'before'}"
    return f", {'up' if now > then else 'down'} from {said or number(then)}{f' {when}' if when else ''}"


def time_said(seconds: int, day: int) -> str:
    """Working time in words."""
    minutes, hours = seconds // MINUTE, seconds // HOUR

    def of(many: int, unit: str) -> str:
        return f"{many} {unit}{'s' * (many != 1)}"

    if seconds < MINUTE:
        return "under a minute"
    if minutes < 60:
        return of(minutes, "minute")
    if seconds >= 2 * day:
        return of(round(seconds / day), "working day")
    return f"{hours} h {minutes % 60} min" if hours < 10 and minutes % 60 else of(hours, "hour")


def scopes(customers: list[str]) -> list[tuple[str, Scope]]:
    """What reports are asked of, with the words for it: everybody, each team, some categories and customers."""
    teams: list[tuple[str, Any]] = [(team.channel, Scope(team=n)) for n, team in enumerate(TEAMS)]
    about = [(f"#{name}", Scope(category=name)) for name in ("delivery", "billing")]
    return [("", Scope()), *teams, *about, *((name, Scope(customer=name)) for name in customers)]
