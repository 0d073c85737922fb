"""The weekly part of a digest: what came back, what rises, the kept rate, customers at risk, thanks by name.

All of it is of the last seven whole days beside the seven before, as in ``/kept report week``, so that both say the
same. Nobody is ranked: thanks are alphabetical and without counts, and people stand in no figure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from handlers import hours, names, text
from handlers.blocks import Bold, Item, Line
from handlers.charts import bars
from handlers.customers import risk
from handlers.digests import times
from handlers.digests.lines import CUSTOMER, PERSON, SUMMARY, Look
from handlers.reports import figures, words
from handlers.reports.figures import Period
from storage import alike, digests, issues, measures, trends
from storage.models import Team
from storage.scope import Scope

MOST, MOST_IN_THREAD = 3, 20  # lines in a section of the message, and of its thread
COMPARED = 50  # newest issues without a category that are compared with their customers' earlier ones
WEEKS = 8  # shown by week in the thread
WHY = 200  # characters of the reasons for which a customer is at risk
LONGEST_THANKS = 600  # characters of names in the message; the thread has five times as many


@dataclass(frozen=True, slots=True)
class Week:
    """What the weekly part looks at: a digest's records, and the seven days that are told of."""

    look: Look
    scope: Scope
    period: Period


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands behind it, the lines with how many each stands for, and how many there are in all.

    ``in_full`` is what stands behind the heading in the thread, where that is more; ``beneath``, lines of it alone.
    """

    heading: str
    said: str
    told: list[tuple[Item, int]]
    total: int
    in_full: str = ""
    beneath: tuple[tuple[Item, int], ...] = ()

    def lines(self, most: int) -> Iterable[Item]:
        """The heading, up to so many lines, and how many are not told."""
        yield ""
        yield [Bold(self.heading), f" · {self.said}"]
        shown = self.told[:most]
        yield from (line for line, _ in shown)
        more = self.total - sum(many for _, many in shown)
        if more > 0 and self.told:
            yield f"+{more:,} more"

    def in_thread(self) -> Iterable[Item]:
        """The same at the length of the thread."""
        whole = Section(
            self.heading, self.in_full or self.said, [*self.told, *self.beneath], self.total + len(self.beneath)
        )
        return whole.lines(MOST_IN_THREAD)


def is_due(look: Look, days: str, team: Team | None) -> bool:
    """Whether the digest of this day has the weekly part: it is the week's last, by the team's days and holidays."""
    day = times.local(look.now, look.zone).date()
    working = team.weekdays if team else times.WEEKDAYS
    return times.closes_week(day, days, working, hours.of(team).is_holiday)


def sections(look: Look, most: int) -> list[Section]:
    """The sections that have something to tell, with up to so many lines each."""
    scope = look.scope
    week = Week(look, scope, figures.period("week", look.zone, look.now))
    made = (make(week, most) for name, make in MAKERS.items() if name in look.shown)
    return [section for section in made if section]


def _came_back(week: Week, most: int) -> Section | None:
    """The same customer and category within 90 days; where no category was given, what reads alike."""
    period, db = week.period, week.look.db
    rows, total = measures.repeats(db, week.scope, period.begin, period.end, most)
    told: list[tuple[Item, int]] = []
    for row in rows:
        since = period.begin - measures.COMES_BACK_WITHIN
        many, first = digests.logged_since(db, row["customer_id"], row["category"], since, period.end)
        what = f" · #{row['category']}: {many:,} since {_day(week, first)}"
        told.append((["• ", _customer(week, row["customer_id"]), what], row["times"]))
    like = list(_alike(week))
    told += [(line, 1) for line in like]
    return Section("Came back", f"{total + len(like):,}", told, total + len(like)) if told else None


def _alike(week: Week) -> Iterable[Line]:
    """Issues without a category that read like earlier ones of the same customer, the newest first."""
    db, since = week.look.db, week.period.begin - measures.COMES_BACK_WITHIN
    logged, earlier = digests.before_them(db, week.look.scope, week.period.begin, week.period.end, since, COMPARED)
    for row in logged:
        like = alike.near(alike.telling(row["summary"]), {one: alike.telling(one) for one in earlier[row["id"]]})
        issue = issues.find(db, row["id"]) if like else None
        found = [one for one in alike.repeats(db, issue).same if one.created_at >= since] if issue else []
        if issue and found:  # some may have been said to differ
            since_when = _day(week, min(one.created_at for one in found))
            what = (
                f" · {text.clip(issue.summary, SUMMARY)} (#{issue.id}): {len(found) + 1:,} like this since {since_when}"
            )
            yield ["• ", _customer(week, issue.customer_id), what]


def _customer(week: Week, customer_id: int) -> Bold:
    return Bold(text.clip(names.customer(week.look.db, customer_id), CUSTOMER))


def _day(week: Week, at: int) -> str:
    day = times.local(at, week.look.zone)
    return f"{day.day} {day:%b}"


def _trends(week: Week, most: int) -> Section | None:
    """What was logged each day, by category, what rises most first."""
    period = week.period
    days = [_between(week, -7 + back, 1) for back in range(14)]
    before, now = days[:7], days[7:]
    counts = {name: ([day.get(name, 0) for day in now], sum(day.get(name, 0) for day in before)) for name in _in(days)}
    ranked = sorted(
        counts, key=lambda name: (counts[name][1] - sum(counts[name][0]), -sum(counts[name][0]), not name, name)
    )
    rose = dict.fromkeys(trends.rose(week.look.db, week.scope, period.begin, period.end), " · trend")
    told: list[tuple[Item, int]] = []
    for name in ranked:
        each, earlier = counts[name]
        mark = rose.get(name, "")
        told.append((f"• {_category(name)} {bars(each)} {sum(each):,}, before {earlier:,}{mark}", 1))
    total, total_before = (sum(sum(day.values()) for day in part) for part in (now, before))
    if not total + total_before:
        return None
    beneath = tuple(_by_week(week)) if most > MOST else ()
    last = times.local(period.end, period.zone).date() - timedelta(days=1)
    span = words.dates(times.local(period.begin, period.zone).date(), last)
    said = f"{total:,}; the seven days before, {total_before:,} · {span}"
    return Section("Logged each day", said, told, len(told), beneath=beneath)


def _by_week(week: Week) -> list[tuple[Item, int]]:
    weeks = [_between(week, -7 * back, 7) for back in range(WEEKS - 1, -1, -1)]
    shown = [
        (name, [one.get(name, 0) for one in weeks]) for name in sorted(_in(weeks), key=lambda name: (not name, name))
    ]
    told: list[Item] = [f"• {_category(name)} {bars(counts)} in {WEEKS} weeks" for name, counts in shown]
    return [(line, 1) for line in told]


def _between(week: Week, first: int, days: int) -> dict[str, int]:
    """Problems logged by category on so many days, from so many days after the period began."""
    begun = times.local(week.period.begin, week.period.zone).date()
    ends = [figures.midnight(begun + timedelta(days=day), week.period.zone) for day in (first, first + days)]
    logged = measures.logged(week.look.db, week.scope, *ends)
    return {name: many for name, many in logged.items() if name not in alike.NEVER_A_PROBLEM}


def _in(counted: list[dict[str, int]]) -> set[str]:
    return {name for one in counted for name in one}


def _category(name: str) -> str:
    return f"#{name}" if name else "No category"


def _kept(week: Week, _most: int) -> Section | None:
    """How many were kept by the first promised time; of few, no share is said in per cent."""
    period, db = week.period, week.look.db
    now = measures.promised(db, week.scope, period.begin, period.end, period.now)
    then = measures.promised(db, week.scope, period.before, period.begin, period.now)
    if not (now.counted or then.counted):
        return None
    said = f"{words.share(now)}; the seven days before, {words.share(then)}"
    return Section("Kept by the first promised time", said, [], 0)


def _at_risk(week: Week, most: int) -> Section | None:
    """Customers at risk, with the reason and whom to call."""
    look = week.look
    found, total = risk.found(look.db, look.now, most, look.scope)
    told = [(risk.line(look.db, one, [text.clip("; ".join(why), WHY)]), 1) for one, why in found]
    return Section("At risk", f"{total:,}", told, total) if told else None


def _thanks(week: Week, most: int) -> Section | None:
    """Everybody who kept a promise, by name; nobody is counted, and nobody is first but by the alphabet."""
    look, period = week.look, week.period
    kept = digests.kept_by(look.db, look.scope, period.begin, period.end)
    named = sorted((text.clip(names.person(look.db, one), PERSON) for one in kept), key=str.casefold)
    if not named:
        return None
    in_full = _as_many_as_fit(named, 5 * LONGEST_THANKS) if most > MOST else ""
    return Section("Thanks for promises kept", _as_many_as_fit(named, LONGEST_THANKS), [], 0, in_full)


def _as_many_as_fit(named: list[str], left: int) -> str:
    """The names of so many characters, and how many more there are."""
    shown = []
    for name in named:
        left -= len(name) + 2
        if left < 0:
            break
        shown.append(name)
    more = [f"{len(named) - len(shown):,} more"] if len(named) > len(shown) else []
    return text.listed([*shown, *more])


MAKERS: dict[str, Callable[[Week, int], Section | None]] = {
    "back": _came_back,
    "trends": _trends,
    "kept": _kept,
    "risk": _at_risk,
    "thanks": _thanks,
}
