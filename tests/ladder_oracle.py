"""A slow and obvious reading of section 4 of the brief: minute after minute, promise after promise.

It shares nothing with the code it judges: no plan, no next step, no queue; it looks at every minute anew.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = 60
ORDER = ["day", "evening", "before", "due", "thread", "backup", "escalation", "morning", "lead"]


@dataclass
class Told:
    """A promise as the script of the test has it; times in Unix seconds."""

    number: int
    owner: str
    made: int
    due: int
    by_close: bool = False
    thread: bool = False
    high: bool = False
    closed: int | None = None
    on_it: int | None = None
    handed: int | None = None
    to: str = ""
    said: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    zone: str
    opens: int = 9 * 60
    closes: int = 17 * 60
    days: str = "01234"


class Oracle:
    """Says who hears what at which minute: ``{(minute, place): {(number, step), …}}``."""

    def __init__(self, places: dict[str, Place], away: tuple[str, int, int]) -> None:
        self.places = places
        self.away = away
        self.works = cache(self._works)
        self.fit = cache(self._fit)
        self.opening = cache(self._opening)
        self.start_of_day = cache(self._start_of_day)
        self.end_before = cache(self._end_before)

    def _works(self, place: str, at: int) -> bool:
        clock = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.places[place].zone))
        its = self.places[place]
        return str(clock.weekday()) in its.days and its.opens <= clock.hour * 60 + clock.minute <= its.closes

    def _fit(self, place: str, at: int) -> int:
        if any(self.works(place, at - after * MINUTE) for after in range(91)):
            return at
        while not self.works(place, at):
            at += MINUTE
        return at

    def _start_of_day(self, place: str, due: int) -> int | None:
        at = due
        while self.date(place, at) == self.date(place, due):
            if self.works(place, at) and not self.works(place, at - MINUTE):
                return at
            at -= MINUTE
        return None

    def _end_before(self, place: str, due: int) -> int | None:
        at = due
        while not self.works(place, at):
            at -= MINUTE
        return at if at < due else None

    def _opening(self, place: str, after: int) -> int:
        at = after + MINUTE
        while not self.works(place, at) or self.works(place, at - MINUTE):
            at += MINUTE
        return at

    def date(self, place: str, at: int) -> object:
        return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.places[place].zone)).date()

    def run(self, promises: list[Told], begin: int, end: int) -> dict[tuple[int, str], frozenset[tuple[int, str]]]:
        heard: dict[tuple[int, str], frozenset[tuple[int, str]]] = {}
        waiting: dict[str, dict[int, str]] = {}
        recent: dict[str, list[int]] = {}
        for now in range(begin, end, MINUTE):
            for promise in promises:
                for place, step in self.due_at(promise, now).items():
                    waiting.setdefault(place, {})[promise.number] = step
            for place, those in list(waiting.items()):
                live = {n: s for n, s in those.items() if self.is_open(promises, n, s, now)}
                last = [at for at in recent.get(place, []) if now - at < 600]
                if not live:
                    del waiting[place]
                elif place.startswith("#") or len(last) < 3:
                    del waiting[place]
                    recent[place] = [*last, now]
                    for group in self.apart(live):
                        heard[now, place] = heard.get((now, place), frozenset()) | group
        return heard

    @staticmethod
    def apart(live: dict[int, str]) -> list[frozenset[tuple[int, str]]]:
        return [frozenset(live.items())]

    @staticmethod
    def is_open(promises: list[Told], number: int, step: str, now: int) -> bool:
        promise = next(one for one in promises if one.number == number)
        handed_since = promise.handed is not None and promise.said.get(f"first {step}", now) < promise.handed <= now
        return (promise.closed is None or now < promise.closed) and not handed_since

    def due_at(self, promise: Told, now: int) -> dict[str, str]:
        if now < promise.made or (promise.closed is not None and now >= promise.closed):
            return {}
        if promise.handed == now:
            promise.owner, promise.said = promise.to, {}
        begun = promise.handed if promise.handed is not None and promise.handed <= now else promise.made
        moments = self.moments(promise, begun, now)
        found: dict[str, str] = {}
        for step, (place, at) in sorted(moments.items(), key=lambda item: ORDER.index(item[0].rstrip("123"))):
            more = [s for s, (p, a) in moments.items() if p == place and a <= at and self.later(s, step)]
            before = any(s in promise.said and self.later(s, step) for s in ORDER[:4]) and step in ORDER[:4]
            if step not in promise.said and begun <= at <= now and not more and not before:
                found[place] = step
                promise.said[step] = now
                promise.said[f"first {step}"] = now
        return found

    @staticmethod
    def later(one: str, other: str) -> bool:
        return ORDER.index(one.rstrip("123")) > ORDER.index(other.rstrip("123"))

    def moments(self, promise: Told, begun: int, now: int) -> dict[str, tuple[str, int]]:
        """Each step with whom it goes to and its minute, as things stand now."""
        gone, since, until = self.away
        is_gone = since <= now < until
        covered = promise.owner == gone and is_gone and promise.due < until
        owner = "priya" if covered else promise.owner
        backup = "priya" if is_gone or promise.owner == "bob" else "bob"
        due, found = promise.due, {}
        any_time = not covered and not self.works(owner, due)
        day, evening = self.start_of_day(owner, due), self.end_before(owner, due)
        if self.date(owner, promise.made) < self.date(owner, due) and day and day > begun:
            found["day"] = (owner, day)
        if evening and evening > begun:
            found["evening"] = (owner, evening)
        early = due - (60 if promise.by_close else 15) * MINUTE
        if due - begun >= 30 * MINUTE and len(found) < 2:
            found["before"] = (owner, early if any_time else self.fit(owner, early))
        found["due"] = (owner, due if any_time else self.fit(owner, due))
        pace = 2 if promise.high else 1
        hold = 30 * MINUTE if promise.on_it is not None and promise.on_it <= now and promise.on_it >= begun else 0
        for step, place, wait in (("thread", "#support", 10), ("backup", backup, 30), ("escalation", "#urgent", 60)):
            if step != "thread" or promise.thread:
                found[step] = (place, self.fit(place, due + wait * MINUTE // pace + hold))
        last = due + 60 * MINUTE // pace + hold
        for name, place in (("morning", owner), ("lead", "priya")):
            if covered and name == "morning":
                continue
            told = [at for step, at in promise.said.items() if step.startswith(name)]
            if len(told) < 3 and not (name == "lead" and owner == "priya" and not covered):
                found[f"{name}{len(told) + 1}"] = (place, self.opening(place, max([last, begun - MINUTE, *told])))
        return found
