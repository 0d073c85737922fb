"""What the teams do about it, by chance: each deed is done at the bot's desk, and written down beside it."""

import heapq
from collections.abc import Awaitable, Callable
from typing import Any

from tests.quarter.office import Office
from tests.quarter.plan import Arrival, unlike
from tests.quarter.raw import UNKNOWN, Feeling, Issue, Promise, Raw
from tests.quarter.world import BEGIN, DAY, END, GRID, HOUR, MINUTE, SLEEPS, TEAMS, Company, local, moment, works

IMPACTS = ("", "annoyed", "blocked", "losing-money")
MOODS = {
    "happy": ("quick answer", "friendly people", "it just works", ""),
    "unsure": ("new invoice layout", ""),
    "unhappy": ("slow delivery", "nobody called back", "wrong invoice", ""),
}
SUBJECTS = """refund invoice contract delivery upgrade training quote replacement licence audit renewal survey visit
warranty pallet voucher""".split()


class Life:
    """A heap of what is going to happen; each thing may cause others."""

    def __init__(self, company: Company, office: Office, raw: Raw) -> None:
        self.company, self.office, self.raw, self.chance = company, office, raw, company.chance
        self.heap: list[tuple[int, int, Callable[..., Awaitable[None]], tuple[Any, ...]]] = []
        self.away: set[str] = set()
        self.count = 0

    @property
    def now(self) -> int:
        return self.office.now

    def later(self, at: int, deed: Callable[..., Awaitable[None]], *about: Any) -> None:
        """Have something done then; nobody reaches a machine that is asleep, and does it when it is back."""
        at = -(-at // GRID) * GRID
        for begin, end in SLEEPS:
            if begin - GRID <= at < end + GRID:
                at = end + GRID * self.chance.randrange(2, 30)
        if at < END:
            heapq.heappush(self.heap, (at, self.count, deed, about))
            self.count += 1

    def soon(self, least: int, most: int) -> int:
        """Some minutes from now."""
        return self.now + self.chance.randrange(least, most) * MINUTE

    def one_of(self, team: int, but: str = "") -> str:
        return self.chance.choice([one for one in self.company.people[team] if one not in self.away and one != but])

    def chosen(self, likely: float) -> bool:
        return self.chance.random() < likely

    # Issues

    async def arrive(self, arrival: Arrival) -> None:
        """A customer tells of something, and somebody logs it."""
        team, who = TEAMS[arrival.team], self.one_of(arrival.team)
        # Whose it is nobody says, so no two of them may be alike by chance.
        before = (one for one in self.raw.issues if one.customer == UNKNOWN)
        if (
            arrival.category == "" and not arrival.planted and self.chosen(0.03)
            and all(unlike(arrival.words, one.words) for one in before)
        ):  # fmt: skip
            await self.ticket(arrival, who)
            return
        owner = self.one_of(arrival.team) if self.chosen(0.35) else who
        impact = self.chance.choices(IMPACTS, (55, 25, 14, 6) if arrival.planted != "outage" else (5, 15, 50, 30))[0]
        marks = [f"#{arrival.category}"] if arrival.category else []
        marks += [f"@{owner.lower()}"] * (owner != who) + [f"!{impact}"] * bool(impact)
        typed = f"/issue {arrival.customer}: {arrival.words} {' '.join(marks)}".strip()
        number = await self.office.number(who, team.channel, typed)
        self.logged(Issue(number, arrival.team, arrival.customer, arrival.category, arrival.words, who, owner, impact,
                          self.now, arrival.tale, arrival.planted))  # fmt: skip

    async def ticket(self, arrival: Arrival, who: str) -> None:
        """Somebody puts a ticket on what a colleague wrote: nobody owns it, and nobody has said whose it is."""
        slack, team = self.office.slack, TEAMS[arrival.team]
        written = await slack.say(self.one_of(arrival.team).lower(), team.channel, arrival.words)
        await slack.react(who.lower(), written, "ticket")
        await self.office.work(judged=False)
        row = self.office.eye.row("SELECT MAX(id) AS id FROM issues")
        self.logged(Issue(row["id"], arrival.team, UNKNOWN, "", arrival.words, who, None, "", self.now, arrival.tale))

    def logged(self, issue: Issue) -> None:
        """What follows from an issue."""
        self.raw.issues.append(issue)
        usual = not issue.planted
        for likely, least, most, deed in (
            (0.3, 5, 300, self.answer), (0.1, 10, 2000, self.note), (0.05, 60, 900, self.own),
            (0.03, 20, 1500, self.escalate), (0.02, 20, 600, self.double), (0.12, 600, 9000, self.feel),
        ):  # fmt: skip
            if self.chosen(likely if usual or deed is self.answer else likely / 3):
                self.later(self.soon(least, most), deed, issue)
        if issue.owner is None and self.chosen(0.7):
            self.later(self.soon(30, 4000), self.own, issue)
        if issue.is_problem and issue.customer != UNKNOWN and self.chosen(0.7 if usual else 0.2):
            self.later(self.soon(5, 120), self.promise, issue)
        if self.chosen(0.96):
            self.later(self.soon(60, self.chance.choice((600, 3000, 9000, 20000))), self.solve, issue)

    async def answer(self, issue: Issue) -> None:
        """A reply in its thread; the reporter's own is no response."""
        who = self.one_of(issue.team)
        if issue.answered is None and (card := self.card(issue)):
            await self.office.reply(who, card, "I am looking at it")
            if who != issue.reporter:
                issue.answered = self.now

    def card(self, issue: Issue) -> Any:
        sql = "SELECT card_channel, card_ts FROM issues WHERE id = :id"
        row = self.office.eye.row(sql, id=issue.number)
        return row and row["card_ts"] and self.office.slack.workspace.message(row["card_channel"], row["card_ts"])

    async def note(self, issue: Issue) -> None:
        await self.type(self.one_of(issue.team), issue, "note they wrote about it once more")
        self.raw.notes.append((self.now, issue.customer))

    async def own(self, issue: Issue) -> None:
        if not issue.is_open:
            return
        who = self.one_of(issue.team)
        await self.type(self.one_of(issue.team), issue, f"own @{who.lower()}")
        issue.owner = who

    async def double(self, issue: Issue) -> None:
        """The same report, told twice."""
        others = [one for one in self.raw.issues[-40:] if one is not issue and one.team == issue.team]
        if issue.is_open and others and not self.promised(issue):
            await self.type(self.one_of(issue.team), issue, f"duplicate {self.chance.choice(others).number}")
            issue.solved, issue.duplicate = self.now, True

    async def escalate(self, issue: Issue) -> None:
        """Somebody puts a siren on its card; the owner, else the lead, owes them an answer in half a working hour."""
        team, card = TEAMS[issue.team], self.card(issue)
        clock = local(self.now, team.zone)
        minute = clock.hour * 60 + clock.minute
        in_hours = works(team, clock.date()) and team.opens <= minute <= team.closes - 30
        if card is None or not in_hours or not issue.is_open or issue.escalated or issue.owner in self.away:
            return
        lead = self.company.people[issue.team][0]
        who = self.one_of(issue.team, but=issue.owner or lead)
        await self.office.slack.react(who.lower(), card, "rotating_light")
        await self.office.work(judged=False)
        row = self.office.eye.row("SELECT MAX(id) AS id FROM promises")
        issue.escalated, due = self.now, self.now + 30 * MINUTE
        made = Promise(row["id"], issue.team, issue.customer, issue, f"answer {who}'s escalation",
                       issue.owner or lead, self.now, due, due, answer=True)  # fmt: skip
        self.raw.promises.append(made)
        self.later(self.soon(5, self.chance.choice((25, 60, 2000))), self.kept, made)

    def promised(self, issue: Issue) -> list[Promise]:
        return [one for one in self.raw.promises if one.issue is issue and one.is_open]

    async def solve(self, issue: Issue) -> None:
        """Once what was promised about it has its end."""
        if self.promised(issue):
            self.later(self.soon(600, 4000), self.solve, issue)
        elif issue.is_open:
            await self.type(self.one_of(issue.team), issue, "resolve put right and told them")
            issue.solved = self.now
            if self.chosen(0.04):
                self.later(self.soon(300, 9000), self.reopen, issue)

    async def reopen(self, issue: Issue) -> None:
        if not issue.is_open:
            await self.type(self.one_of(issue.team), issue, "reopen it happened again")
            self.raw.notes.append((self.now, issue.customer))  # why it is open again stands there as a note
            issue.solved, issue.duplicate = None, False
            self.later(self.soon(600, 9000), self.solve, issue)

    async def type(self, who: str, issue: Issue, words: str) -> str:
        return await self.office.type(who, TEAMS[issue.team].channel, f"/issue {issue.number} {words}")

    async def feel(self, about: Issue) -> None:
        """A customer says how they feel."""
        if about.customer == UNKNOWN:
            return
        mood = self.chance.choices(tuple(MOODS), (5, 2, 3))[0]
        reason = self.chance.choice(MOODS[mood])
        who, channel = self.one_of(about.team), TEAMS[about.team].channel
        await self.office.type(who, channel, f"/feedback {about.customer} {mood} {reason}".strip())
        self.raw.feelings.append(Feeling(self.now, about.team, about.customer, mood, reason))

    # Promises

    async def promise(self, issue: Issue | None, team: int = 0, customer: str = "") -> None:
        """Something is promised, about an issue or by itself, for a time as people say it."""
        if issue and not issue.is_open:
            return
        team, customer = (issue.team, issue.customer) if issue else (team, customer)
        who = self.one_of(team)
        when, due = self.when(team)
        owner = self.one_of(team) if self.chosen(0.2) else who
        mark = f" @{owner.lower()}" if owner != who else ""
        deed = f"call about {issue.words}" if issue else ""
        if issue:
            typed = f"/issue {issue.number} callback {when}{mark}"
        elif self.chosen(0.8):
            subject = self.chance.choice(SUBJECTS)
            typed, deed = f"/callback {customer}: {when} about the {subject}{mark}", f"call about the {subject}"
        else:
            subject = self.chance.choice(SUBJECTS)
            typed, deed = f"/callback {customer}: send the {subject} {when}{mark}", f"send the {subject}"
        number = await self.office.number(who, TEAMS[team].channel, typed)
        made = Promise(number, team, customer, issue, deed, owner, self.now, due, due)
        self.raw.promises.append(made)
        self.follow(made)

    def when(self, team: int) -> tuple[str, int]:
        """Words for a time, and the second they mean."""
        zone, clock = TEAMS[team].zone, local(self.now, TEAMS[team].zone)
        minute, chance = clock.hour * 60 + clock.minute, self.chance.random()
        if chance < 0.25:
            tomorrow = local(moment(clock.date(), 720, zone) + DAY, zone).date()
            return "tomorrow 3pm", moment(tomorrow, 900, zone)
        if chance < 0.35 and minute < 900:
            return "today at 4:30pm", moment(clock.date(), 990, zone)
        if chance < 0.45 and works(TEAMS[team], clock.date()) and minute < TEAMS[team].closes - 90:
            return "end of day", moment(clock.date(), TEAMS[team].closes, zone)
        minutes = GRID // MINUTE * self.chance.choice((6, 12, 18, 24, 48, 96, 288, 576, 1200))
        return f"in {minutes} minutes", self.now + minutes * MINUTE

    def follow(self, made: Promise) -> None:
        """How it will go on."""
        wait, chance = (made.due - made.at) // MINUTE, self.chance.random()
        # Most is done soon, and little at the last minute.
        before = made.at + round(5 + self.chance.random() ** 5 * max(5, wait - 5)) * MINUTE
        after = made.due + self.chance.choice((5, 5, 10, 10, 20, 200, 1500)) * MINUTE
        if chance < 0.76:
            self.later(before, self.kept, made)
        elif chance < 0.85:
            self.later(after, self.kept, made)
        elif chance < 0.88:
            self.later(before, self.tried, made)
            self.later(after, self.kept, made)
        elif chance < 0.93:
            self.later(before, self.move, made)
        elif chance < 0.99:
            how = self.chance.choices(("called", "withdrawn", "broken", "mistake typed twice"), (4, 3, 4, 1))[0]
            self.later(self.chance.choice((before, after)), self.end, made, how)
        else:  # nobody thinks of it for weeks
            self.later(made.due + self.chance.randrange(3, 30) * DAY, self.kept, made)
        if self.chosen(0.03):
            self.later(before - 5 * MINUTE, self.hand, made)

    async def act(self, made: Promise, words: str) -> str:
        who = self.one_of(made.team)
        return await self.office.type(who, TEAMS[made.team].channel, f"/callback {made.number} {words}")

    async def kept(self, made: Promise) -> None:
        """Kept; what is pressed late was sometimes done in time, and is said to have been."""
        if not made.is_open:
            return
        at, late = self.now, self.now - made.due
        if made.at < made.due and MINUTE < late < 10 * HOUR and self.chosen(0.3):
            at = made.due - GRID if made.due - GRID > made.at else made.due
            zone = TEAMS[made.team].zone
            await self.act(made, f"kept at {local(at, zone):%H:%M}")
        else:
            await self.act(made, "kept")
        made.ended, made.kept = ("kept", self.now), at
        self.responded(made, at)

    def responded(self, made: Promise, at: int) -> None:
        if made.issue and made.issue.answered is None:
            made.issue.answered = at

    async def tried(self, made: Promise) -> None:
        if made.is_open:
            await self.act(made, "tried")
            made.tries.append(self.now)
            self.responded(made, self.now)

    async def end(self, made: Promise, how: str) -> None:
        if made.is_open:
            await self.act(made, how)
            made.ended = (how.partition(" ")[0], self.now)

    async def move(self, made: Promise) -> None:
        """Moved; asked whether the customer knows, somebody says so, or says nothing."""
        if not made.is_open or made.asked:
            return
        hours, told = self.chance.randrange(2, 60), self.chance.choice((None, True, True, False))
        await self.act(made, f"move in {hours} hours")
        made.due = self.now + hours * HOUR
        made.moves.append((self.now, told))
        if told is not None:
            action = "promise.told" if told else "promise.untold"
            await self.office.press(self.one_of(made.team), TEAMS[made.team].channel, action, str(made.number))
        again = self.chosen(0.25)
        self.later(self.soon(30, hours * 60), self.move if again else self.kept, made)

    async def hand(self, made: Promise) -> None:
        if made.is_open and not made.asked:
            who = self.one_of(made.team)
            await self.act(made, f"hand @{who.lower()}")
            made.owner = who

    # Absences

    async def leave(self, who: str, backup: str) -> None:
        """Somebody is away from now on: what they have promised is nobody's until the backup takes it."""
        team = self.company.team_of(who)
        await self.office.type(who, team.channel, "/kept away")
        self.away.add(who)
        for one in self.raw.promises:
            if one.is_open and one.owner == who:
                one.asked = backup

    async def take(self, who: str, backup: str) -> None:
        """The backup takes all of it."""
        id_ = self.office.slack.person(who.lower()).id
        await self.office.press(backup, self.company.team_of(who).channel, "promise.takeall", id_)
        for one in self.raw.promises:
            if one.is_open and one.asked and one.owner == who:
                one.owner, one.asked = backup, ""

    async def back(self, who: str) -> None:
        await self.office.type(who, self.company.team_of(who).channel, "/kept away off")
        self.away.discard(who)
        for one in self.raw.promises:
            if one.owner == who:
                one.asked = ""

    # The whole

    def begin(self, arrivals: list[Arrival], promises: int) -> None:
        """Everything that comes by itself."""
        for arrival in arrivals:
            if arrival.at >= BEGIN:
                self.later(arrival.at, self.arrive, arrival)
        about = 0.62 * self.company.size.issues
        for _ in range(round(promises - about)):
            team = self.chance.choices(range(4), [team.share for team in TEAMS])[0]
            day = local(BEGIN + self.chance.randrange(91) * DAY + 12 * HOUR, TEAMS[team].zone).date()
            if works(TEAMS[team], day) or self.chosen(0.1):
                at = moment(day, self.chance.randrange(540, 1020), TEAMS[team].zone)
            else:
                at = BEGIN + self.chance.randrange(91) * DAY + 10 * HOUR
            self.later(at, self.promise, None, team, self.company.customer())
        who, backup = self.company.people[0][2], self.company.people[0][1]
        self.later(BEGIN + 36 * DAY + 20 * HOUR, self.leave, who, backup)
        self.later(BEGIN + 38 * DAY + 15 * HOUR, self.take, who, backup)
        self.later(BEGIN + 44 * DAY + 15 * HOUR, self.back, who)
