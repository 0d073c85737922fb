"""A slow and obvious reading of section 4 of the brief: minute after minute, promise after promise.

It shares nothing with the code it judges: no plan, no next step, no queue; it looks at every minute anew. That what it
knows of one promise is worked out again only when something about it changed is its one concession to time.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = 60
ORDER = ["day", "evening", "before", "due", "thread", "backup", "escalation", "morning", "lead"]
BEFORE_DUE, MORNINGS = ORDER[:3], ORDER[-2:]
WAITS = {"due": 0, "thread": 10, "backup": 30, "escalation": 60}  # minutes after due
BACKUPS, LEADS = ["bob", "priya", "maya"], ["priya", "bob", "maya"]  # the first who is there
NEVER = 1 << 60
GOING = {"away": "word", "status": "status", "deactivate": "account"}  # why somebody is away from then on
COMING = {"back": "word", "no status": "status", "reactivate": "account"}


@dataclass(frozen=True)
class Place:
    zone: str
    opens: int = 9 * 60
    closes: int = 17 * 60
    days: str = "01234"


@dataclass(frozen=True)
class Deed:
    """Something a person did at a minute; ``at`` and ``until`` in Unix seconds, ``promise`` in the script's order."""

    at: int
    what: str
    who: str = ""
    promise: int = -1
    until: int | None = None


@dataclass
class Told:
    """A promise as it stands: whose, due when, and what was said of it since it came to this owner and time."""

    number: int
    owner: str
    made: int
    due: int
    by_close: bool = False
    thread: bool = False
    high: bool = False
    begun: int = 0
    closed: int = NEVER
    held: bool = False
    late: int = 0
    asked: str = ""
    why: str = ""
    said: dict[str, int] = field(default_factory=dict)
    turn: int = 0
    known: tuple[object, ...] = ()
    moments: dict[str, tuple[str, int]] = field(default_factory=dict)
    soonest: int = 0

    def anew(self, now: int, **to: object) -> None:
        """It comes to another owner or time, and all begins again."""
        for name, value in to.items():
            setattr(self, name, value)
        self.begun, self.held, self.late, self.asked, self.why, self.said = now, False, 0, "", "", {}
        self.turn += 1


Heard = dict[tuple[int, str], frozenset[tuple[int, str]]]


class Oracle:
    """Says who hears what at which minute: ``{(minute, place): {(number, step), …}}``."""

    def __init__(self, places: dict[str, Place], holidays: set[date]) -> None:
        self.places = places
        self.holidays = holidays
        self.gone: dict[str, dict[str, int]] = {name: {} for name in places}  # why somebody is away, and until when
        self.heard: dict[tuple[int, str], set[tuple[int, str]]] = {}
        self.waiting: dict[str, dict[int, tuple[int, str]]] = {}
        self.recent: dict[str, list[int]] = {}
        for name in ("works", "fit", "opening", "start_of_day", "end_before"):
            setattr(self, name, cache(getattr(self, name)))

    def works(self, place: str, at: int) -> bool:
        clock = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.places[place].zone))
        its = self.places[place]
        if str(clock.weekday()) not in its.days or clock.date() in self.holidays:
            return False
        return its.opens <= clock.hour * 60 + clock.minute <= its.closes

    def fit(self, place: str, at: int) -> int:
        if any(self.works(place, at - after * MINUTE) for after in range(91)):
            return at
        while not self.works(place, at):
            at += MINUTE
        return at

    def opening(self, place: str, after: int) -> int:
        at = after + MINUTE
        while not self.works(place, at) or self.works(place, at - MINUTE):
            at += MINUTE
        return at

    def start_of_day(self, place: str, due: int) -> int | None:
        at = due
        while self.date(place, at) == self.date(place, due):
            if self.works(place, at) and not self.works(place, at - MINUTE):
                return at
            at -= MINUTE
        return None

    def end_before(self, place: str, due: int) -> int | None:
        at = due
        while not self.works(place, at):
            at -= MINUTE
        return at if at < due else None

    def date(self, place: str, at: int) -> date:
        return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.places[place].zone)).date()

    def is_away(self, person: str) -> bool:
        return bool(self.gone[person])

    def first_there(self, wanted: list[str], but: str = "") -> str:
        return next((one for one in wanted if one != but and not self.is_away(one)), "")

    def run(self, promises: list[Told], deeds: list[Deed], begin: int, end: int) -> Heard:
        doing = {deed.at: deed for deed in deeds}
        assert len(doing) == len(deeds), "one deed a minute, so that nothing hangs on their order"
        made: list[Told] = []
        for now in range(begin, end, MINUTE):
            for reasons in self.gone.values():
                if reasons.get("word", NEVER) <= now:
                    del reasons["word"]
            if now in doing:
                self.do(doing[now], promises, made, now)
            made = [promise for promise in made if promise.closed > now]
            for promise in made:
                self.cover(promise, now)
                self.step(promise, now)
            if self.waiting:
                self.deliver(promises, now)
        return {key: frozenset(those) for key, those in self.heard.items()}

    def tell(self, now: int, place: str, number: int, step: str) -> None:
        self.heard.setdefault((now, place), set()).add((number, step))

    def do(self, deed: Deed, promises: list[Told], made: list[Told], now: int) -> None:
        promise = promises[deed.promise]
        is_open = deed.promise < 0 or promise in made
        if deed.what == "make":
            made.append(promise)
            promise.begun = now
        elif deed.what in GOING:
            self.gone[deed.who][GOING[deed.what]] = deed.until or NEVER
        elif deed.what in COMING:
            self.gone[deed.who].pop(COMING[deed.what], None)
        elif deed.what == "handover":
            giver, taker = deed.who.split()
            for one in made:
                if one.owner == giver and not self.is_away(taker):
                    self.ask(one, taker, "handover", now)
        elif deed.what == "take all":
            for one in made:
                if f"{one.owner} {one.asked}" == deed.who:
                    self.give(one, one.asked, now)
        elif deed.what == "kept":
            promise.closed = min(promise.closed, now)
        elif is_open:
            self.change(deed, promise, now)

    def change(self, deed: Deed, promise: Told, now: int) -> None:
        if deed.what == "on it":
            promise.held = True
        elif deed.what == "move" and deed.until:
            promise.anew(now, due=deed.until, by_close=False)
        elif (deed.what == "hand" and promise.owner != deed.who) or (
            deed.what == "take" and (promise.owner != deed.who or promise.asked)
        ):
            self.give(promise, deed.who, now)

    def give(self, promise: Told, to: str, now: int) -> None:
        promise.anew(now, owner=to)
        self.tell(now, to, promise.number, "handed")

    def ask(self, promise: Told, taker: str, why: str, now: int) -> None:
        promise.asked, promise.why = taker, why
        self.tell(now, taker, promise.number, "cover")
        lead = self.first_there(LEADS, promise.owner)
        if lead and lead != taker:
            self.tell(now, lead, promise.number, "unowned")

    def cover(self, promise: Told, now: int) -> None:
        """Who owns what somebody away has promised: nobody, and whoever is there is asked."""
        owner_is_away = self.is_away(promise.owner)
        if promise.why == "away" and not owner_is_away:
            promise.asked = promise.why = ""
        until = NEVER if "account" in self.gone[promise.owner] else self.gone[promise.owner].get("word", NEVER)
        wants = not promise.asked and owner_is_away and promise.due < until
        if wants or (promise.asked and self.is_away(promise.asked)):
            taker = self.first_there(BACKUPS, promise.owner)
            if taker:
                self.ask(promise, taker, promise.why or "away", now)

    def step(self, promise: Told, now: int) -> None:
        """What of this promise is to be said at this minute, and to whom."""
        those_there = map(self.is_away, BACKUPS)
        state = (promise.turn, promise.asked, promise.held, promise.late, len(promise.said), *those_there)
        if promise.known != state:
            promise.known, promise.moments = state, self.plan(promise)
            least = max([rank(step) for step in promise.said if rank(step) < 4], default=-1)
            left = [(s, a) for s, (_, a) in promise.moments.items() if s not in promise.said and rank(s) > least]
            promise.soonest = min([at for _, at in left if at >= promise.begun], default=NEVER)
        if now < promise.soonest:
            return
        found: dict[str, str] = {}
        moments = {s: (p, a) for s, (p, a) in promise.moments.items() if a >= promise.begun}
        for step, (place, at) in sorted(moments.items(), key=lambda item: rank(item[0])):
            more = any(p == place and a <= at and rank(s) > rank(step) for s, (p, a) in moments.items())
            before = rank(step) < 4 and any(rank(s) > rank(step) for s in promise.said if rank(s) < 4)
            if step in promise.said or at > now or more or before:
                continue
            if at < now and step in BEFORE_DUE:  # its minute passed while it was another's
                promise.said[step] = now
            elif at == now or self.may_go_now(step, place, at, now):
                promise.said[step] = now
                found[place] = step
        for place, step in found.items():
            self.waiting.setdefault(place, {})[promise.number] = (promise.turn, step)
            for less, (to, at) in moments.items():  # what it would come with says it all
                if to == place and at <= now and rank(less) < rank(step):
                    promise.said.setdefault(less, now)

    def may_go_now(self, step: str, place: str, at: int, now: int) -> bool:
        """Whether what was to be said when it was another's can be said to this one at this minute."""
        if step.rstrip("123") in MORNINGS:
            return self.opening(place, now - MINUTE) == now
        at_any_time = step == "due" and self.fit(place, at) != at and now - at <= 90 * MINUTE
        return at_any_time or self.fit(place, now) == now

    def deliver(self, promises: list[Told], now: int) -> None:
        """Nobody gets more than three messages in ten minutes: a fourth waits, and all that waits is one message.

        Those further up hear of it as long after whoever waits as if nobody had to wait.
        """
        known = {promise.number: promise for promise in promises}
        for place, those in list(self.waiting.items()):
            live = {n: step for n, (turn, step) in those.items() if known[n].turn == turn and known[n].closed > now}
            last = [at for at in self.recent.get(place, []) if now - at < 600]
            if live and not place.startswith("#") and len(last) >= 3:
                for promise, step in [(known[number], step) for number, step in live.items() if step in WAITS]:
                    if promise.said[step] == now:
                        promise.late = last[-3] + 600 - self.meant(promise, step)
                continue
            del self.waiting[place]
            if live:
                self.recent[place] = [*last, now]
            for number, step in live.items():
                self.tell(now, place, number, step)

    def meant(self, promise: Told, step: str) -> int:
        """When a step would come whatever its hearer's hours, had nobody had to wait."""
        hold = 30 * MINUTE if promise.held and step != "due" else 0
        return promise.due + WAITS[step] * MINUTE // (2 if promise.high else 1) + hold

    def plan(self, promise: Told) -> dict[str, tuple[str, int]]:
        """Each step with whom it goes to and its minute, as things stand now."""
        covered, begun, due = bool(promise.asked), promise.begun, promise.due
        lead = self.first_there(LEADS, promise.owner if covered else "")
        owner = lead if covered else promise.owner
        backup = promise.asked or self.first_there(BACKUPS, promise.owner)
        found: dict[str, tuple[str, int]] = {}
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
        for step, place in (("thread", "#support"), ("backup", backup), ("escalation", "#urgent")):
            if place and (step != "thread" or promise.thread):
                found[step] = (place, self.fit(place, self.meant(promise, step) + promise.late))
        last = self.meant(promise, "escalation") + promise.late
        for name, place in (("morning", owner), ("lead", lead)):
            told = [at for step, at in promise.said.items() if step.startswith(name)]
            if len(told) < 3 and place and (covered, name) != (True, "morning"):
                opening = self.opening(place, max([last, begun - MINUTE, *told]))
                found |= (
                    {f"{name}{len(told) + 1}": (place, opening)} if (name, place) != ("lead", promise.owner) else {}
                )
        return found


@cache
def rank(step: str) -> int:
    return ORDER.index(step.rstrip("123"))
