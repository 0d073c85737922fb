"""One quarter from its first setup to its end, with every digest judged as it arrives."""

import heapq
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

from bot.sandbox.world import Message
from handlers.reports import send
from storage import customers, issues, scope
from storage.database import Database
from tests.quarter import reports, trends
from tests.quarter.digests import HEAD, Page, Wanted
from tests.quarter.life import Life
from tests.quarter.office import NUMBER, Office
from tests.quarter.plan import Arrival, arrivals, stamp
from tests.quarter.raw import Issue, Raw, Scope
from tests.quarter.weeks import kept_and_missed
from tests.quarter.world import BEGIN, DAY, END, GRID, HOUR, SLEEPS, SUNDAY, TEAMS, TENTH, WHOLE, Company

WEEKDAYS, DAILY = "01234", "0123456"
ARCHIVED, REMOVED = stamp("03-31", 5), stamp("02-25", 15)
REPORTS = (stamp("03-09", 16), stamp("04-07", 12), stamp("05-01", 15))
# When each team's digest is on: round the changes of its clocks, its holidays and the nights of the machine.
SINCE = (SUNDAY, stamp("03-02", 12), stamp("02-19", 3), stamp("02-20", 3))
OFF = (END, stamp("04-24", 12), stamp("03-27", 3), stamp("04-17", 3))
ENOUGH = stamp("04-16", 9)  # nine weeks, in which everything that is planted or befalls the bot has come
RESTARTS = (stamp("02-18", 14), stamp("03-09", 13), stamp("04-07", 0))  # the later two in the minute of a digest


class Quarter:
    """Lives it, and keeps what was found wrong."""

    def __init__(self, seed: int, folder: Path, *, whole: bool = False, wire: bool = False, until: int = END) -> None:
        self.began, self.until = time.perf_counter(), until
        self.company = Company(WHOLE if whole else TENTH, random.Random(seed))
        self.office = Office(self.company, folder, wire=wire)
        self.raw = Raw()
        self.life = Life(self.company, self.office, self.raw)
        self.planned = arrivals(self.company)
        self.wrong: list[str] = []
        self.checked = self.figures = self.quiet = self.late = self.reports = self.cards = 0
        self.alerts: dict[trends.Alert, trends.Seen] = {}
        self.rising: dict[trends.Alert, trends.Seen] = {}
        self.wanted: list[Wanted] = []
        self.then: Callable[[Quarter], Awaitable[None]] | None = None  # what to do there at the end

    async def live(self) -> "Quarter":
        """All of it."""
        async with self.office:
            await self.office.bot.store.run(self._brought_along, self.planned)
            await self._set_up()
            self.office.heard = self.judge
            self.life.begin(self.planned, self.company.size.promises)
            self._happens()
            await self._days()
            self.judge()
            if self.then:
                await self.then(self)
            self._words_to_managers()
            self._trends()
        self.took = time.perf_counter() - self.began
        return self

    async def _days(self) -> None:
        while self.life.heap and self.life.heap[0][0] < self.until:
            at, _, deed, about = heapq.heappop(self.life.heap)
            if at > self.office.now:
                await self._until(at)
            await deed(*about)
            if not self.life.heap or self.life.heap[0][0] > at:
                await self.office.work()
        await self._until(self.until)

    async def _until(self, moment: int) -> None:
        """The clock goes on, and stands still for the bot while the machine sleeps."""
        for begin, end in SLEEPS:
            if self.office.now < begin < moment:
                await self.office.walk(begin)
                await self.office.at(end)
                await self.office.work(slept=True)
        await self.office.walk(moment)
        await self.office.at(moment)

    # What there is at the beginning

    def _brought_along(self, db: Database, planned: list[Arrival]) -> None:
        """The customers, and the issues of four weeks before, all solved, as an import leaves them."""
        known = {name: customers.add(db, name, BEGIN - 40 * DAY).id for name in self.company.customers}
        # Teams are numbered as they are set up, in the order of TEAMS.
        for one in planned:
            if one.at < BEGIN:
                who = self.company.people[one.team][0]
                id_ = self.office.slack.person(who.lower()).id
                made = issues.log(
                    db, customer_id=known[one.customer], summary=one.words, reporter_id=id_, owner_id=id_,
                    made_in="import", now=one.at, impact=None, team_id=one.team + 1, category=one.category or None,
                )  # fmt: skip
                solved = one.at + 5 * HOUR
                issues.change(db, made, resolved_at=solved, resolution="put right before")
                self.raw.issues.append(Issue(made.id, one.team, one.customer, one.category, one.words, who, who, "",
                                             one.at, one.tale, solved=solved))  # fmt: skip

    async def _set_up(self) -> None:
        """Each team by its lead, in one line; then the digests."""
        office = self.office
        for team, those in zip(TEAMS, self.company.people, strict=True):
            lead, backup = those[0], those[1]
            hours = f"{team.opens // 60}:{team.opens % 60:02}-{team.closes // 60}:{team.closes % 60:02}"
            typed = (
                f"/kept setup team {team.channel} escalations #{team.name}-urgent managers #leads lead @{lead.lower()}"
                f" backup @{backup.lower()} hours {hours} zone {team.zone} holidays {team.country}"
            )
            told = await office.type(lead, team.channel, typed)
            await office.work()
            await office.type(lead, team.channel, f"/callback {NUMBER.findall(told)[-1]} mistake a sample")
        york, london, tokyo, sydney = TEAMS
        self.wanted = [Wanted("#leads", york, WEEKDAYS, 540)]
        for number, (team, since, off) in enumerate(zip(TEAMS, SINCE, OFF, strict=True)):
            self.wanted.append(Wanted(team.channel, team, WEEKDAYS, 540, Scope(number), since=since, off=off))
        self.wanted += [
            Wanted("#night-watch", york, DAILY, 150, Scope(0), since=stamp("03-05", 12), off=stamp("03-11", 12)),
            Wanted("#sydney-nights", sydney, DAILY, 150, Scope(3), since=stamp("04-02", 2), off=stamp("04-08", 2)),
            Wanted("#old-desk", tokyo, WEEKDAYS, 540, Scope(2), since=stamp("03-25", 3), until=ARCHIVED),
            Wanted("#left-desk", london, WEEKDAYS, 540, Scope(1), since=stamp("02-18", 12), until=REMOVED),
            Wanted("#delivery-watch", london, WEEKDAYS, 540, Scope(1, "delivery"), only="#delivery", quiet=True),
        ]
        for one in self.wanted[1:-1]:
            self.life.later(one.since, self._switch_on, one)
            if one.off < END:
                self.life.later(one.off, self._switch_off, one)
        lead = self._lead("london").lower()
        await office.slack.command(lead, "#delivery-watch", "/digest settings")
        await office.slack.submit(
            lead, {"Time": "9:00", "Only this category": "#delivery", "When there is nothing to tell": "Nothing"}
        )
        await office.work()

    async def _switch_on(self, one: Wanted) -> None:
        days = "2:30am daily" if one.days == DAILY else "9:00 weekdays"
        told = await self.office.type(self._lead(one.team.name), one.channel, f"/digest at {days}")
        assert "The digest comes to" in told, told

    async def _switch_off(self, one: Wanted) -> None:
        await self.office.type(self._lead(one.team.name), one.channel, "/digest off")

    def _lead(self, name: str) -> str:
        return next(those[0] for team, those in zip(TEAMS, self.company.people, strict=True) if team.name == name)

    def _happens(self) -> None:
        """What befalls the bot itself."""
        slack = self.office.slack

        async def archive() -> None:
            await slack.archive(self._lead("tokyo").lower(), "#old-desk")

        async def remove() -> None:
            await slack.leave("#left-desk", slack.workspace.bot.id)

        async def restart() -> None:
            await self.office.stop()
            await self.office.start()

        self.life.later(ARCHIVED, archive)
        self.life.later(REMOVED, remove)
        for at in RESTARTS:
            self.life.later(at, restart)
        for at in REPORTS:
            self.life.later(at, self._report)

    # Judging

    def judge(self) -> None:
        """Hold what came against what had to come."""
        for wanted in self.wanted:
            if wanted.ahead and wanted.ahead[0][0] > self.office.now and not self.office.any_fresh(wanted.channel):
                continue
            here = [one for one in self.office.fresh(wanted.channel) if HEAD.search(one.text.split("\n")[0])]
            here = [one for one in here if one.user == self.office.slack.workspace.bot.id]
            was_due = wanted.ahead[0][0] if wanted.ahead else 0
            day = wanted.take(self.office.now)
            if self.office.now >= wanted.until:
                self.wrong += [f"{wanted.channel}: a digest where none can be"] * bool(here)
            elif day is None:
                self.wrong += [f"{wanted.channel}: a digest at {self.office.now} that nobody wants"] * bool(here)
            else:
                self.late += was_due < self.office.now - GRID
                self.wrong += self._judged(wanted, [one.text for one in here])

    def _judged(self, wanted: Wanted, told: list[str]) -> Iterator[str]:
        page = Page(self.raw, wanted, self.office.now, self.company.customers)
        where = f"{wanted.channel} on {page.day}"
        if wanted.quiet and page.is_empty:
            self.quiet += 1
            if told:
                yield f"{where}: not quiet: {told}"
            return
        if len(told) != 1:
            yield f"{where}: {len(told)} digests"
            return
        self.checked += 1
        self.figures += figures_in(told[0])
        yield from (f"{where}: {one}" for one in page.differences(told[0]))
        wanted.missed.clear()

    async def _report(self) -> None:
        """Ask for reports of everything there is; one of them as a manager does, the others as the bot writes them."""
        await self.office.work()  # what is due at this minute comes before
        order = {name: n for n, name in enumerate(self.company.customers)}
        lead = self._lead("york")
        some = [*self.company.customers[:2], *self.company.chance.sample(self.company.customers, 2)]
        for length in reports.DAYS:
            for words, about in reports.scopes(some):
                zone = TEAMS[about.team or 0].zone
                if words == "#london-desk" and length == "week":
                    await self.office.type(lead, "#leads", f"/kept report {length} {words}")
                    await self.office.work()
                    told = self._told(lead, "Times in working hours")[-1]
                else:
                    told = await self.office.bot.store.read(self._written, about, length, zone, order)
                expected = reports.Report(self.raw, about, length, zone, self.office.now, order)
                where = f"report {length} {words} at {self.office.now}"
                self.wrong += [f"{where}: {one}" for one in expected.differences(told)]
                self.reports += 1
                self.figures += figures_in(told)
        for name in some:
            await self._card(lead, name)

    def _written(self, db: Database, about: Scope, length: str, zone: str, order: dict[str, int]) -> str:
        """A report as the bot writes it."""
        theirs = None if about.team is None else about.team + 1
        customer = None if about.customer is None else order[about.customer] + 1
        whose = scope.Scope(theirs, about.team == 0, about.category, customer)
        asked = json.dumps({"scope": asdict(whose), "span": length, "zone": zone})
        outgoing = SimpleNamespace(payload=asked, target="D")
        return str(send.compose(db, outgoing, self.office.now)["text"])  # type: ignore[arg-type]

    async def _card(self, lead: str, name: str) -> None:
        """What a customer's card says was kept and missed."""
        told = await self.office.type(lead, "#leads", f"/customer {name}")
        now = self.office.now
        kept, missed = kept_and_missed(self.raw, Scope(customer=name).has, now - 90 * DAY, END + 90 * DAY, now)
        line = f"What we promised: {kept} kept in time, {missed} missed, in the last 90 days"
        if (line if kept or missed else "What we promised") not in told and (kept or missed):
            self.wrong.append(f"card of {name}: no {line!r} in {told!r}")
        self.cards += 1
        self.figures += 2

    def _trends(self) -> None:
        """The alerts that came, beside those that had to."""
        here = self.office.slack
        of_teams = {}
        for number, team in enumerate(TEAMS):
            everything = here.workspace.timeline(here.channel(team.channel))
            of_teams[number] = [one for one in everything if _key(one).startswith("trend:")]
        self.alerts, wrong = trends.posted(self.raw, of_teams)
        self.rising = trends.expected(self.raw, BEGIN)
        self.wrong += wrong
        for alert in sorted(self.alerts.keys() | self.rising.keys()):
            if self.alerts.get(alert) != self.rising.get(alert):
                self.wrong.append(f"{alert}: expected {self.rising.get(alert)}, was {self.alerts.get(alert)}")

    def _told(self, person: str, words: str) -> list[str]:
        """What somebody was told directly that has these words in it."""
        return [one.text for one in self.office.slack.dm(person.lower()) if words in one.text]

    def _words_to_managers(self) -> None:
        """One clear word to each manager about the channel that was archived and the one Kept was taken out of."""
        for channel in ("old-desk", "left-desk"):
            for those in self.company.people:
                told = self._told(those[0], f"digest of #{channel}")
                if len(told) != 1:
                    self.wrong.append(f"{those[0]} heard {len(told)} words about #{channel}")


def figures_in(text: str) -> int:
    """How many numbers a text says."""
    return len(re.findall(r"\d[\d,]*", text))


def _key(message: Message) -> str:
    """Under which key the bot sent a message."""
    return str(((message.metadata or {}).get("event_payload") or {}).get("key", ""))
