"""The weekly part of a digest, slowly recomputed: what came back, each day's logs, kept, at risk, thanks."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from tests.quarter.raw import UNKNOWN, Issue, Raw
from tests.quarter.world import DAY, MINUTE, local, midnight

if TYPE_CHECKING:
    from tests.quarter.digests import Wanted

NAMELESS = ("", "other")
COMPARED = 50  # of a week's texts without a category a digest reads the newest; the brief sets no such bound
BARS = "▁▂▃▄▅▆▇"


def kept_and_missed(raw: Raw, has: Any, begin: int, end: int, now: int) -> tuple[int, int]:
    """The promises first due in a time: kept by then, and missed, closed or not."""
    kept = missed = 0
    for one in raw.promises:
        how, at = one.ended or ("", 0)
        if not begin <= one.first_due < end or not has(one) or one.answer or how == "mistake":
            continue
        if how == "kept" and one.kept is not None and one.kept <= one.first_due + MINUTE:
            kept += 1
        elif how in ("called", "withdrawn") and at <= one.first_due:
            continue
        elif how or one.first_due + MINUTE < now:
            missed += 1
    return kept, missed


class Week:
    """The last seven whole days of a channel, beside the seven before."""

    def __init__(self, raw: Raw, wanted: "Wanted", now: int, customers: Sequence[str]) -> None:
        self.raw, self.scope, self.now, self.zone = raw, wanted.scope, now, wanted.team.zone
        self.order = {name: n for n, name in enumerate(customers)}
        self.edges = [midnight(now, self.zone, back) for back in range(-14, 1)]
        self.begin, self.end = self.edges[7], self.edges[14]
        self.told = self._sections()

    @property
    def has_any(self) -> bool:
        return bool(self.told)

    def sections(self) -> dict[str, Any]:
        return self.told

    def _sections(self) -> dict[str, Any]:
        parts = {
            "Came back": self._came_back(),
            "Logged each day": self._logged(),
            "Kept by the first promised time": self._kept(),
            "At risk": self._at_risk(),
            "Thanks for promises kept": self._thanks(),
        }
        return {name: part for name, part in parts.items() if part}

    def _section(self, said: str, lines: list[Any], **more: Any) -> Any:
        from tests.quarter.digests import Section  # noqa: PLC0415 - each of the two is one half of a digest

        return Section(said, lines, 3, **more)

    def _day(self, at: int) -> str:
        day = local(at, self.zone)
        return f"{day.day} {day:%b}"

    def _once(self, customer: str) -> list[Issue]:
        """A customer's problems of the ninety days before the week and of the week, each told once."""
        since = self.begin - 90 * DAY
        return [one for one in self.raw.issues if one.customer == customer and one.is_problem and not one.duplicate
                and since <= one.at < self.end]  # fmt: skip

    def _came_back(self) -> Any:
        again: Counter[tuple[str, str]] = Counter()
        alike: list[tuple[Issue, list[Issue]]] = []
        logged = [
            one
            for one in self.raw.issues
            if self.begin <= one.at < self.end and self.scope.has(one) and one.is_problem and not one.duplicate
        ]
        nameless = sorted((one.at, one.number) for one in logged if one.category in NAMELESS)[-COMPARED:]
        for one in logged:
            before = [other for other in self._once(one.customer) if other.number < one.number]
            if one.category in NAMELESS:
                same = [other for other in before if other.tale == one.tale]
                alike += [(one, same)] if same and (one.at, one.number) in nameless else []
            elif any(other.category == one.category and other.at >= one.at - 90 * DAY for other in before):
                again[one.customer, one.category] += 1
        lines, stands_for = [], []
        for (customer, category), times in sorted(
            again.items(), key=lambda row: (-row[1], self.order[row[0][0]], row[0][1])
        ):
            those = [one.at for one in self._once(customer) if one.category == category]
            lines.append(f"• {customer} · #{category}: {len(those):,} since {self._day(min(those))}")
            stands_for.append(times)
        for one, same in sorted(alike, key=lambda pair: (-pair[0].at, -pair[0].number)):
            since = self._day(min(other.at for other in same))
            lines.append(f"• {one.customer} · {one.words} (#{one.number}): {len(same) + 1:,} like this since {since}")
            stands_for.append(1)
        total = sum(stands_for)
        return self._section(f"{total:,}", lines, stands_for=stands_for, total=total) if total else None

    def _logged(self) -> Any:
        by_day: list[Counter[str]] = [Counter() for _ in range(14)]
        for one in self.raw.issues:
            if self.edges[0] <= one.at < self.end and self.scope.has(one) and one.is_problem:
                by_day[max(n for n in range(14) if self.edges[n] <= one.at)][one.category] += 1
        rows = []
        for name in {name for day in by_day for name in day}:
            week, before = [day[name] for day in by_day[7:]], sum(day[name] for day in by_day[:7])
            rows.append((before - sum(week), -sum(week), not name, name, week, before))
        if not rows:
            return None
        lines = []
        for *_, name, week, before in sorted(rows):
            top = max(5, *week)
            bars = "".join(BARS[ceil(count * 6 / top)] for count in week)
            mark = " · trend" if self._rose(name) else ""
            lines.append(f"• {f'#{name}' if name else 'No category'} {bars} {sum(week):,}, before {before:,}{mark}")
        now, before = (sum(sum(day.values()) for day in part) for part in (by_day[7:], by_day[:7]))
        first, last = local(self.begin, self.zone), local(self.end - 1, self.zone)
        month = "" if first.month == last.month else f" {first:%b}"
        days = f"{first.day}{month} to {last.day} {last:%b}"
        return self._section(f"{now:,}; the seven days before, {before:,} · {days}", lines)

    def _rose(self, name: str) -> bool:
        """Whether anything of this category, or of its like texts, was a trend at any moment of the week."""
        from tests.quarter.trends import group, rises  # noqa: PLC0415 - as above

        those = [one for one in self.raw.issues if one.category == name and self.scope.of_team(one)]
        moments = {(one.team, group(one), one.at) for one in those if self.begin <= one.at < self.end}
        return any(
            rises([one for one in self.raw.issues if (one.team, group(one)) == (team, what)], at)
            for team, what, at in moments
        )

    def _kept(self) -> Any:
        shares = [
            kept_and_missed(self.raw, self.scope.has, begin, end, self.now)
            for begin, end in ((self.begin, self.end), (self.edges[0], self.begin))
        ]
        if not any(map(sum, shares)):
            return None
        now, then = (share(*one) for one in shares)
        return self._section(f"{now}; the seven days before, {then}", [])

    def _at_risk(self) -> Any:
        reasons = at_risk(self.raw, self.now)
        if self.scope.team is not None or self.scope.category is not None:
            there = self._customers_of()
            reasons = {name: why for name, why in reasons.items() if name in there}
        ranked = sorted(reasons, key=lambda name: (-len(reasons[name]), name.casefold()))
        lines = []
        for name in ranked:
            why = "; ".join(reasons[name])
            why = why if len(why) <= 200 else why[:199].rstrip() + "…"
            lines.append(f"• {name} · {why} · nobody to call is known yet")
        return self._section(f"{len(lines):,}", lines) if lines else None

    def _customers_of(self) -> set[str]:
        since = self.now - 90 * DAY
        issues = (one for one in self.raw.issues if self.scope.has(one) and (one.is_problem or self.scope.category))
        promises = (one for one in self.raw.promises if self.scope.has(one))
        return {one.customer for one in issues if one.at >= since or one.is_open} | {
            one.customer for one in promises if one.first_due >= since or one.is_open
        }

    def _thanks(self) -> Any:
        names = {
            one.owner
            for one in self.raw.promises
            if one.ended and one.ended[0] == "kept" and self.begin <= one.ended[1] < self.end and self.scope.has(one)
            and one.kept <= one.due + MINUTE
        }  # fmt: skip
        listed = sorted(names, key=str.casefold)
        said = ", ".join(listed[:-1]) + f" and {listed[-1]}" if len(listed) > 1 else "".join(listed)
        return self._section(said, []) if listed else None


def share(kept: int, missed: int) -> str:
    """So many of so many, from ten on in per cent; neither 0 nor 100 unless it is so."""
    counted = kept + missed
    if not counted:
        return "none was due"
    if counted < 10:
        return f"{kept:,} of {counted:,}"
    percent = 100 * kept // counted if kept in (0, counted) else min(99, max(1, round(100 * kept / counted)))
    return f"{kept:,} of {counted:,} ({percent} %)"


def at_risk(raw: Raw, now: int) -> dict[str, list[str]]:
    """Customers at risk with each reason, by section 8."""
    from tests.quarter.digests import span  # noqa: PLC0415 - as above

    times = {1: "once", 2: "twice"}
    since, quiet = now - 90 * DAY, now - 7 * DAY
    reasons: dict[str, list[str]] = {}

    def add(customer: str, why: str) -> None:
        if customer != UNKNOWN:
            reasons.setdefault(customer, []).append(why)

    unhappy = [one for one in raw.feelings if one.mood == "unhappy" and one.at >= since]
    for customer, many in Counter(one.customer for one in unhappy).items():
        if many >= 2:
            theirs = [one for one in raw.feelings if one.customer == customer and one.mood == "unhappy" and one.reason]
            lately = f", lately: {theirs[-1].reason}" if theirs else ""
            add(customer, f"unhappy {times.get(many, f'{many} times')}{lately}")
    broken = [one.customer for one in raw.promises if one.ended and one.ended[0] == "broken" and one.ended[1] >= since]
    for customer, many in Counter(broken).items():
        add(customer, "a promise broken" if many == 1 else f"{many} promises broken")
    told = [one for one in raw.issues if one.at >= since and one.is_problem and not one.duplicate]
    back = Counter((one.customer, one.category) for one in told if one.category not in NAMELESS)
    for (customer, category), many in sorted(back.items(), key=lambda row: (-row[1], row[0][1])):
        if many >= 2:
            add(customer, f"{category} {times.get(many, f'{many} times')}")
    open_since: dict[str, int] = {}
    for one in [*raw.issues, *raw.promises]:
        if one.is_open and one.at < quiet and getattr(one, "is_problem", True):
            open_since[one.customer] = min(one.at, open_since.get(one.customer, one.at))
    heard = set(raw.contacts(quiet))
    for customer, at in open_since.items():
        if customer not in heard:
            add(customer, f"open for {span(now - at)}, no contact for 7 days or more")
    return reasons
