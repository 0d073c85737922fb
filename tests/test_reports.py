"""What Kept promises of its reports: figures of what happened, in words a manager reads at nine, then in pictures."""

import asyncio
import random
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.manifest import manifest
from bot.sandbox import Sandbox, sample
from handlers.reports import figures, words
from handlers.reports.worktime import at_work
from handlers.when import Hours
from storage import customers, outbox
from storage.measures import Promised
from storage.scope import Scope
from tests import report_oracle as oracle
from tests.conftest import open_desk

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
NEW_YORK = "America/New_York"


@pytest.fixture
async def team(desk):
    """A desk after its first setup, its sample promise out of the way."""
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone {NEW_YORK} holidays US")
    await desk.bot.store.run(lambda db: db.run("DELETE FROM promises"))
    return desk


def number(answer):
    """The number an answer gives to what was typed."""
    return int(re.findall(r"#(\d+)", answer.text)[-1])


async def report(desk, person="maya", typed="", channel="#leads"):
    """The report as it arrives by direct message."""
    answer = await desk.type(person, f"/kept report {typed}".strip(), channel)
    assert "is on its way by direct message" in answer.text
    return next(m for m in reversed(desk.slack.dm(person)) if not m.is_reply and "Times in working hours" in m.text)


async def measured(desk, scope=None, span="week"):
    now = int(desk.slack.clock.now())
    period = figures.period(span, NEW_YORK, now)
    return await desk.bot.store.read(figures.measure, scope or Scope(), period)


# Working time


HOLIDAYS = frozenset({date(2026, 11, 26), date(2026, 3, 10), date(2027, 3, 31)})


@cache
def in_minutes(zone, opens, closes, days, begin, end):
    return oracle.minutes_at_work(oracle.Desk(zone, opens, closes, days, set(HOLIDAYS)), begin, end)


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(
        [NEW_YORK, "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"]
    ),
    # Around every change of the clocks there is, and around the holidays.
    near=st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-11-01", "2026-11-26"]),
    opens=st.integers(0, 23 * 60),
    length=st.integers(1, 23 * 60),
    days=st.sampled_from(["01234", "0123456", "56", "6"]),
    begin=st.integers(-3 * 1440, 3 * 1440),
    lasts=st.integers(0, 4 * 1440),
)
def test_time_at_work_is_what_somebody_counts_minute_by_minute(zone, near, opens, length, days, begin, lasts):
    closes = min(opens + length, 23 * 60 + 59)
    first = int(datetime.fromisoformat(f"{near}T00:00+00:00").timestamp()) + begin * 60
    hours = Hours(time(*divmod(opens, 60)), time(*divmod(closes, 60)), frozenset(map(int, days)), HOLIDAYS.__contains__)

    assert (
        worked(first, first + lasts * 60, hours, zone)
        == in_minutes(zone, opens, closes, days, first, first + lasts * 60) * 60
    )


def worked(begin, end, hours, zone):
    return at_work(begin, end, hours, zone).between(begin, end)


def test_a_night_a_weekend_and_a_holiday_cost_nothing_and_an_hour_the_clocks_take_is_not_worked():
    def at(words, zone=NEW_YORK):
        return int(datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).timestamp())

    thanksgiving = Hours(is_holiday=lambda day: day == date(2026, 11, 26))
    assert worked(at("2026-11-25 16:00"), at("2026-11-27 10:00"), thanksgiving, NEW_YORK) == 2 * 3600
    assert worked(at("2026-11-27 16:00"), at("2026-11-30 09:30"), Hours(), NEW_YORK) == 5400
    nights = Hours(time(0), time(8), frozenset(range(7)))
    assert worked(at("2026-03-08 00:00"), at("2026-03-08 08:00"), nights, NEW_YORK) == 7 * 3600
    assert worked(at("2026-11-01 00:00"), at("2026-11-01 08:00"), nights, NEW_YORK) == 9 * 3600
    assert worked(at("2026-11-25 16:00"), at("2026-11-25 15:00"), nights, NEW_YORK) == 0


def test_ten_years_of_working_time_take_no_longer_to_ask_than_a_day():
    from handlers.reports.worktime import at_work  # noqa: PLC0415

    end = 1_800_000_000
    table = at_work(end - 10 * 365 * 86400, end, Hours(), NEW_YORK)

    assert table.between(end - 9 * 365 * 86400, end) > 2300 * 8 * 3600
    assert len(table.begins) < 10 * 366  # one entry a day: no hours, no minutes


def test_half_and_nine_in_ten_are_times_that_did_happen():
    for length in range(1, 40):
        times = [random.Random(length + n).randrange(10_000) for n in range(length)]
        found = figures.took(times)
        assert (found.half, found.most) == (oracle.rank(times, 0.5), oracle.rank(times, 0.9))
        assert (found.count, found.slowest) == (length, max(times))


# Kept or missed: every outcome at every time


DUE_IN = 30  # minutes
CELLS = {  # what is typed, when (minutes after it was promised), and what the promise then is
    ("kept", 10): "on_time",
    ("kept", 30): "on_time",
    ("kept", 50): "late",
    ("kept and said to be on time", 50): "on_time",
    ("kept and said to be late", 50): "late",
    ("kept at 10:20 am", 50): "on_time",
    ("kept at 10:45 am", 50): "late",
    ("called", 10): "neither",
    ("called", 30): "neither",
    ("called", 50): "other",
    ("withdrawn", 10): "neither",
    ("withdrawn", 30): "neither",
    ("withdrawn", 50): "other",
    ("broken", 10): "broken",
    ("broken", 30): "broken",
    ("broken", 50): "broken",
    ("mistake typed twice", 10): None,
    ("mistake typed twice", 30): None,
    ("mistake typed twice", 50): None,
    ("tried", 10): "waiting",
    ("tried", 50): "waiting",
    ("", 0): "waiting",
    ("move in 3 hours", 10): "waiting",
    ("move in 3 hours, then kept", 10): "late",
    ("move in 3 hours, then called", 10): "other",
    ("move in 3 hours, then withdrawn", 10): "other",
    ("move in 3 hours, then broken", 10): "broken",
    ("hand @bob", 10): "waiting",
}


async def test_every_outcome_at_every_time_counts_by_the_first_promised_time(team):
    numbers = {}
    for cell in CELLS:
        numbers[cell] = number(await team.type("dana", f"/callback Customer {len(numbers)}: in {DUE_IN} minutes"))
    for minutes in (10, 30, 50, 120):
        await team.wait(minutes=minutes - (int(team.slack.clock.now()) - 1795532400) / 60)
        for (typed, at), promise in numbers.items():
            first, _, then = typed.partition(", then ")
            if minutes == 120 and then:
                await team.type("dana", f"/callback {promise} {then}")
            if at != minutes or not typed:
                continue
            first, _, said = first.partition(" and said to be ")
            answer = await team.type("dana", f"/callback {promise} {first}")
            if said:
                await team.press("dana", answer.message, said.capitalize())
    await team.wait(hours=30)

    found = {}
    for cell, customer in zip(CELLS, await ids(team, len(CELLS)), strict=True):
        counted = asdict((await measured(team, Scope(customer_id=customer))).past.promised)
        found[cell] = next((name for name, count in counted.items() if count), None)
        assert sum(counted.values()) <= 1
    assert found == CELLS


async def test_what_was_entered_by_mistake_counts_in_no_figure(team):
    made = number(await team.type("dana", "/callback Acme: in 20 minutes"))
    moved = await team.type("dana", f"/callback {made} move in 3 hours")
    await team.press("dana", moved.message, "No, not yet")
    await team.type("dana", f"/callback {made} mistake typed twice")
    await team.wait(hours=30)

    assert "Nothing happened in these 7 days" in (await report(team)).text


async def ids(desk, many):
    def look(db):
        return [customers.by_name(db, f"Customer {n}").id for n in range(many)]

    return await desk.bot.store.read(look)


# Every figure, from what people typed


class Story:
    """A team at work for weeks: what is typed, and the same told to the oracle."""

    CUSTOMERS = ("Acme", "Globex", "Initech", "Umbrella", "Hooli")
    CATEGORIES = ("billing", "delivery", "outage", "praise", "idea", "other", "")
    PEOPLE = ("dana", "bob", "priya")

    def __init__(self, desk, seed):
        self.desk, self.chance = desk, random.Random(seed)
        self.issues, self.promises, self.feedback = [], [], []

    @property
    def now(self):
        return int(self.desk.slack.clock.now())

    def pick(self, those):
        return self.chance.choice(those) if those else None

    async def live(self, days):
        end = self.now + days * 86400
        while self.now < end:
            await self.deed()
            local = datetime.fromtimestamp(self.now, UTC).astimezone(ZoneInfo(NEW_YORK))
            away = self.chance.randrange(240, 900) if local.hour >= 17 else self.chance.randrange(5, 200)
            # In one leap, as a machine that slept: what is reminded of in between changes no figure.
            self.desk.slack.clock._jump(self.now + away * 60)
            await self.desk.settle()

    async def deed(self):
        deeds = (self.log, self.log, self.promise, self.promise, self.promise, self.end, self.end, self.end, self.move)
        await self.pick((*deeds, self.reply, self.reply, self.solve, self.solve, self.reopen, self.undo, self.feel))()

    async def log(self):
        who, customer, category = (self.pick(those) for those in (self.PEOPLE, self.CUSTOMERS, self.CATEGORIES))
        owner = self.pick(("", "dana", "bob"))
        marks = f"{f' #{category}' if category else ''}{f' @{owner}' if owner else ''}"
        words = f"problem {self.chance.randrange(10**6)}"
        answer = await self.desk.type(who, f"/issue {customer}: {words}{marks}")
        [made] = [int(n) for n in re.findall(rf"{words} \(#(\d+)\)", answer.text)]
        told = oracle.Told(made, customer, category, owner or who, self.now)
        self.issues.append(told)
        self.last = (answer.message, who, told)

    async def undo(self):
        await self.log()
        logged, who, told = self.last
        await self.desk.press(who, logged, "Undo")
        self.issues.remove(told)

    async def promise(self):
        who, issue = self.pick(self.PEOPLE), self.pick([one for one in self.issues if one.solved is None])
        minutes = self.pick((20, 45, 90, 240, 1440, 2880))
        if issue and self.chance.random() < 0.5:
            answer = await self.desk.type(who, f"/issue {issue.number} callback in {minutes} minutes")
            customer = issue.customer
        else:
            issue, customer = None, self.pick(self.CUSTOMERS)
            answer = await self.desk.type(who, f"/callback {customer}: in {minutes} minutes about the matter")
        made = await self.newest()
        assert f"#{made}" in answer.text
        due = self.now + minutes * 60
        owner = await self.owner(made)
        self.promises.append(oracle.Given(made, customer, owner, self.now, due, issue, now_due=due))

    async def newest(self):
        return (await self.desk.bot.store.read(lambda db: db.row("SELECT MAX(id) AS id FROM promises")))["id"]

    async def owner(self, made):
        sql = "SELECT owner_id FROM promises WHERE id = :id"
        found = (await self.desk.bot.store.read(lambda db: db.row(sql, id=made)))["owner_id"]
        return next(handle for handle in self.PEOPLE if self.desk.slack.person(handle).id == found)

    def open_promises(self):
        return [one for one in self.promises if one.ended is None]

    async def end(self):
        one, who = self.pick(self.open_promises()), self.pick(self.PEOPLE)
        how = self.chance.choices(
            ("kept", "tried", "called", "withdrawn", "broken", "mistake twice"), (8, 3, 1, 1, 1, 1)
        )[0]
        if one is None:
            return
        answer = await self.desk.type(who, f"/callback {one.number} {how}")
        if how in ("kept", "tried") and one.issue and one.issue.answered is None:
            one.issue.answered = self.now
        if how == "tried":
            return
        one.ended, one.kept = (how.split()[0], self.now), self.now
        if how == "kept" and self.now > one.now_due + 60 and self.chance.random() < 0.5:
            await self.desk.press(who, answer.message, "On time")
            one.kept = one.now_due

    async def move(self):
        one, who, hours = self.pick(self.open_promises()), self.pick(self.PEOPLE), self.chance.randrange(1, 30)
        if one is None:
            return
        answer = await self.desk.type(who, f"/callback {one.number} move in {hours} hours")
        one.now_due, told = self.now + hours * 3600, self.pick((None, True, False))
        one.moves.append((self.now, told))
        if told is not None:
            await self.desk.press(who, answer.message, "Yes, they know" if told else "No, not yet")

    async def reply(self):
        issue, who = self.pick(self.issues), self.pick(self.PEOPLE)
        if issue is None:
            return
        sql = "SELECT card_ts, reporter_id FROM issues WHERE id = :id"
        row = await self.desk.bot.store.read(lambda db: db.row(sql, id=issue.number))
        await self.desk.slack.say(who, "#support", "I am looking at it", thread_ts=row["card_ts"])
        await self.desk.settle()
        if issue.answered is None and self.desk.slack.person(who).id != row["reporter_id"]:
            issue.answered = self.now

    async def solve(self):
        busy = [one.issue for one in self.open_promises()]
        issue = self.pick([one for one in self.issues if one.solved is None and one not in busy])
        if issue:
            await self.desk.type(self.pick(self.PEOPLE), f"/issue {issue.number} resolve put right")
            issue.solved = self.now

    async def reopen(self):
        issue = self.pick([one for one in self.issues if one.solved is not None])
        if issue and self.chance.random() < 0.4:
            await self.desk.type(self.pick(self.PEOPLE), f"/issue {issue.number} reopen it is back")
            issue.solved = None

    async def feel(self):
        issue, mood = self.pick(self.issues), self.pick(("happy", "unsure", "unhappy"))
        why = self.pick(("slow delivery", "quick answer", ""))
        if issue is None:
            return
        await self.desk.type(self.pick(self.PEOPLE), f"/feedback {issue.customer} {mood} {why}".strip())
        self.feedback.append((self.now, mood, why))


def like_the_oracle(story, found, keep=bool, category=None, *, with_feedback=True):
    """Every figure of a report beside the oracle's own."""
    desk = oracle.Desk(NEW_YORK, 9 * 60, 17 * 60, "01234", {date(2026, 11, 26), date(2026, 12, 25)})
    issues = [one for one in story.issues if keep(one) and category in (None, one.category)]
    promises = [one for one in story.promises if keep(one)]
    if category:
        promises = [one for one in promises if one.issue and one.issue.category == category]
    days, now = found.period.days, found.period.now
    edges = [oracle.midnight(NEW_YORK, now, back * days) for back in (2, 1, 0)]
    assert edges == [found.period.before, found.period.begin, found.period.end]
    for figured, begin, end in ((found.before, edges[0], edges[1]), (found.past, edges[1], edges[2])):
        said = story.feedback if with_feedback else []
        expected = oracle.past(desk, issues, story.issues, promises, said, begin, end)
        assert {
            "promised": asdict(figured.promised),
            **{name: getattr(figured, name) for name in ("moved", "untold", "broken", "logged", "repeats")},
            **{name: tuple(asdict(getattr(figured, name)).values()) for name in ("answered", "resolved")},
            "feedback": {(row["mood"], row["reason"]): row["n"] for row in figured.feedback},
        } == expected
    then = now - days * 86400
    for name, at, unanswered in (
        ("open", now, False), ("open_then", then, False), ("unanswered", now, True), ("unanswered_then", then, True),
    ):  # fmt: skip
        counted = tuple(asdict(getattr(found.now, name)).values())
        # Somebody who answered, or solved, or reopened since then cannot be seen from a figure of then; the oracle
        # has the same memory: what stands now.
        assert counted == oracle.waiting(issues, at, unanswered=unanswered)
    assert found.now.overdue == sum(one.ended is None and one.now_due + 60 < now for one in promises)


@pytest.mark.parametrize("seed", [1, *[pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4)]])
async def test_every_figure_is_what_somebody_counts_from_all_that_was_typed(team, seed):
    story = Story(team, seed)
    for days in (9, 9, 4):
        await story.live(days)
        for span in figures.DAYS:
            like_the_oracle(story, await measured(team, span=span))
            dana = team.slack.person("dana").id
            found = await measured(team, Scope(person_id=dana), span)
            like_the_oracle(story, found, lambda one: one.owner == "dana", with_feedback=False)
            found = await measured(team, Scope(category="billing"), span)
            like_the_oracle(story, found, category="billing", with_feedback=False)

    assert len(story.issues) > 20
    assert len(story.promises) > 20


# The words


async def put(desk, sql, **values):
    await desk.bot.store.run(lambda db: db.run(sql, **values))


async def kept(desk, many, of, days_ago):
    """So many of these promises kept in time, first due so many days ago; the others late."""
    at = int(desk.slack.clock.now()) - days_ago * 86400
    for n in range(of):
        number_ = days_ago * 1000 + n
        await put(
            desk,
            "INSERT INTO promises (id, customer_id, kind, words, subject, owner_id, maker_id, made_at, made_in, due_at,"
            " zone, by_close, first_due_at, outcome, closed_at, kept_at, generation, version, late_by)"
            " VALUES (:id, 1, 'call', '', '', 'U', 'U', :at, 'C', :at, 'UTC', 0, :at, 'kept', :kept, :kept, 1, 1, 0)",
            id=number_,
            at=at,
            kept=at if n < many else at + 7200,
        )


async def said_of(desk, *times):
    """The line about kept promises, with so many kept of so many in the days before and in these."""
    await desk.bot.store.run(customers.add, "Acme", 0)
    for (many, of), days_ago in zip(times, (10, 3), strict=True):
        await kept(desk, many, of, days_ago)
    told = (await report(desk)).text
    return next((line for line in told.splitlines() if "first promised time" in line), None)


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ((17, 24), (45, 52), "45 of 52 (87 %), up from 71 %"),
        ((45, 52), (17, 24), "17 of 24 (71 %), down from 87 %"),
        ((10, 20), (20, 40), "20 of 40 (50 %), as before"),
        ((3, 4), (2, 3), "2 of 3; before, 3 of 4"),
        ((20, 20), (2, 3), "2 of 3; before, 20 of 20 (100 %)"),
        ((1, 2), (199, 200), "199 of 200 (99 %); before, 1 of 2"),
        ((0, 0), (9, 10), "9 of 10 (90 %); none was due before"),
        ((9, 10), (0, 0), "none was due; before, 9 of 10 (90 %)"),
    ],
)
async def test_a_rate_is_said_beside_the_one_before_and_of_few_without_per_cent(team, before, now, line):
    assert await said_of(team, before, now) == f"• Kept by the first promised time: {line}"


async def test_a_manager_reads_how_the_week_went_names_first(team):
    logged = await team.type("dana", "/issue Acme: charged twice for March #billing @dana")
    await team.type("dana", "/issue Acme: they love the new portal #praise")
    await team.wait(minutes=25)
    call = number(await team.type("bob", "/callback Globex: in 20 minutes about the refund"))
    await team.slack.say("bob", "#support", "I am on it", thread_ts=team.cards()[0].ts)
    await team.settle()
    await team.wait(hours=1)
    await team.type("dana", f"/callback {call} kept at 10:50 am")
    await team.type("bob", f"/issue {number(logged)} resolve refunded")
    await team.type("dana", "/issue Acme: charged twice again #billing @dana")
    await team.type("dana", "/feedback Acme unhappy slow delivery")
    late = number(await team.type("dana", "/callback Acme: in 20 minutes about the invoice"))
    await team.wait(hours=48)

    told = (await report(team)).text.splitlines()

    assert told[:2] == [
        "#support · 19 to 25 Nov",
        "7 days, beside the 7 before, 12 to 18 Nov. Times in working hours.",
    ]
    assert told[2:] == [
        "",
        "Promises",
        "• Kept by the first promised time: 0 of 2; none was due before",
        "• Missed 2: 1 kept late, 1 still open",
        "",
        "Issues",
        "• Logged: 2, up from none · and 1 praise",
        "• First response: 1, in 25 minutes; none before",
        "• Solved: 1, in 1 h 25 min; none before",
        "• Came back within 90 days: 1, up from none: Acme #billing",
        "",
        "Now",
        "• Open: 1, up from none a week ago, the longest: Acme · charged twice again (#5), 2 days",
        "• No first response yet: 1, up from none a week ago",
        f"• Overdue: 1 promise, the longest: Acme · call about the invoice (#{late}), 47 hours",
        "",
        "Customers say",
        "• Unhappy: 1, up from none: slow delivery (1)",
        "",
        "Open work by owner: /kept report open",
    ]


async def test_a_report_about_nothing_says_so_in_one_line_and_brings_no_pictures(team):
    told = await report(team)

    assert "Nothing happened in these 7 days, nor in those before, and nothing is open." in told.text
    assert team.slack.thread(told) == []


async def test_a_report_is_about_what_was_asked_for_alone(team):
    await team.type("dana", "/issue Acme: charged twice #billing")
    await team.type("dana", "/issue Globex: late again #delivery")
    await team.wait(hours=48)

    for typed, whom, logged in (
        ("", "#support", 2),
        ("month", "#support", 2),
        ("#billing", "#billing · #support", 1),
        ("Acme", "Acme", 1),
        ("Acme month", "Acme", 1),
        ("month #delivery Globex", "Globex · #delivery", 1),
        ("week Acme #billing", "Acme · #billing", 1),
        ("#support", "#support", 2),
    ):
        told = (await report(team, typed=typed)).text
        assert told.startswith(f"{whom} · "), typed
        assert f"• Logged: {logged}, " in told
        assert told.splitlines()[1].startswith("30 days" if "month" in typed else "7 days")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Acmy", "I know no customer called “Acmy”."),
        ("#biling", "I don't know #biling: did you mean #billing?"),
        ("@dana", "What Dana did in the past is shown to Dana alone, by /kept report mine."),
        ("monthly", "I know no customer called “monthly”."),
    ],
)
async def test_what_cannot_be_read_is_said_with_the_text_and_what_to_type(team, typed, said):
    answer = await team.type("maya", f"/kept report {typed}", "#leads")

    assert answer.text.startswith(said)
    assert "Type for example: /kept report month #billing Acme" in answer.text
    assert "You typed: /kept report" in answer.text
    assert not [m for m in team.slack.dm("maya") if "working hours" in m.text]


async def test_one_typing_slip_in_a_name_is_taken_for_the_customer(team):
    await team.type("dana", "/issue Globex: late again")

    assert (await report(team, typed="Globx")).text.startswith("Globex · ")


# Who may see what


async def test_an_agent_sees_their_own_past_and_the_teams_open_work_but_no_report_on_the_team(team):
    await team.type("dana", "/issue Acme: charged twice")
    await team.type("bob", "/issue Globex: late again @bob")
    await team.type("bob", "/issue Globex: late a third time @bob")
    await team.type("bob", "/callback Globex: in 20 minutes")
    await team.wait(hours=48)

    refused = await team.type("dana", "/kept report")
    assert refused.text.startswith("Reports on the team are for managers. Your own figures: /kept report mine")
    assert not [m for m in team.slack.dm("dana") if "working hours" in m.text]

    own = await report(team, "dana", "mine", "#support")
    assert own.text.startswith("Your own work · ")
    assert "• Logged: 1, " in own.text
    assert "Globex" not in own.text

    shown = await team.type("dana", "/kept report open")
    assert shown.text.splitlines()[1:] == ["• Bob: 1 promise (1 overdue), 2 issues", "• Dana: 1 issue"]


async def test_what_nobody_owns_stands_first_in_the_open_work(team):
    message = await team.slack.say("dana", "#support", "the portal is down")
    await team.slack.react("bob", message, "ticket")
    await team.settle()
    await team.type("dana", "/issue Acme: charged twice")

    shown = (await team.type("bob", "/kept report open")).text.splitlines()

    assert [line.partition(":")[0] for line in shown[1:]] == ["• Nobody", "• Dana"]


async def test_a_guest_hears_nothing_of_reports(team):
    answer = await team.type("tom", "/kept report mine")

    assert "This is for full members" in answer.text


async def test_the_report_comes_to_the_one_who_asked_and_to_nobody_else(team):
    await team.type("dana", "/issue Acme: charged twice")
    before = {place: len(team.cards(place)) for place in ("#support", "#leads", "#escalations")}

    await report(team)

    assert {place: len(team.cards(place)) for place in before} == before
    assert not [m for m in team.slack.dm("dana") if "working hours" in m.text]


@pytest.mark.contract
async def test_the_same_line_delivered_three_times_brings_one_report(team):
    await team.slack.command("maya", "#leads", "/kept report", times=3)
    await team.settle()

    assert len([m for m in team.slack.dm("maya") if "working hours" in m.text]) == 1


# The pictures


async def busy(desk):
    """A week with something in every picture."""
    for customer in ("Acme", "Globex"):
        await desk.type("dana", f"/issue {customer}: charged twice")
    await desk.type("dana", "/callback Acme: in 20 minutes")
    desk.slack.clock._jump(int(desk.slack.clock.now()) + 7 * 86400)
    await desk.settle()


def pictures_of(desk, told):
    return [file for message in desk.slack.thread(told) for file in message.files]


async def test_three_pictures_follow_in_the_reports_thread_each_with_its_figures_in_words(team):
    await busy(team)

    told = await report(team)

    files = pictures_of(team, told)
    assert [file["title"] for file in files] == [
        "Problems logged per day (grey: the week before)",
        "Kept by the first promised time, per week",
        "Problems open at the end of each week",
    ]
    assert "Tue 24 Nov 2, Wed 25 Nov 0," in files[0]["alt_txt"]
    assert files[1]["alt_txt"].endswith("week of 16 Nov none due, week of 23 Nov 0 of 1.")
    assert files[2]["alt_txt"].endswith("week of 16 Nov 0, week of 23 Nov 2.")
    for file in files:
        picture = Image.open(BytesIO(team.slack.files.find(file["id"]).content))
        assert (picture.format, picture.size) == ("PNG", (720, 400))


def contrast(one, other):
    """How far apart two colours are, as WCAG counts it."""

    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_what_is_drawn_stands_out_from_the_card_it_is_drawn_on():
    from handlers.reports import pictures  # noqa: PLC0415

    assert min(contrast(pictures.GROUND, ink) for ink in (pictures.INK, pictures.FAINT)) > 4.5
    assert min(contrast(pictures.GROUND, ink) for ink in (pictures.NOW, pictures.BEFORE)) > 3


async def without_files(clock, tmp_path):
    """A workspace where whoever installed Kept left the optional scope out."""
    given = manifest()
    scopes = given["oauth_config"]["scopes"]
    scopes["bot"].remove("files:write")
    scopes["bot_optional"].remove("files:write")
    return Sandbox(manifest=given, workspace=sample(clock))


async def test_without_leave_to_send_files_the_words_come_and_what_is_missing_is_said_once(clock, tmp_path, database):
    async with await without_files(clock, tmp_path) as slack, open_desk(slack, database, "http") as desk:
        await desk.type("maya", f"{LINE} zone {NEW_YORK}")
        await busy(desk)

        first = await report(desk)
        second = await report(desk)

    assert "• Logged: 2, up from none" in first.text
    assert [m.text for m in slack.thread(first)] == [
        "Pictures of these figures would stand here, but Kept may not send files. To have them, add the scope"
        " files:write in the app's settings on api.slack.com, and install it again."
    ]
    assert slack.thread(second) == []


async def test_a_picture_slack_is_silent_about_is_not_sent_twice_and_the_others_come(team):
    await busy(team)
    team.slack.faults.answer_lost("files.completeUploadExternal", times=1)

    told = await report(team)
    await team.wait(minutes=10)

    assert len(pictures_of(team, told)) == 3
    assert len([call for call in team.slack.calls if call.method == "files.completeUploadExternal"]) == 3


async def test_a_picture_slack_cannot_take_now_comes_later(team):
    await busy(team)
    fault = team.slack.faults.server_error("files.getUploadURLExternal", times=None)

    told = await report(team)
    assert pictures_of(team, told) == []
    fault.lift()
    await team.wait(minutes=2)

    assert len(pictures_of(team, told)) == 3


async def test_a_picture_that_cannot_be_drawn_holds_nothing_back(team, monkeypatch):
    import sys  # noqa: PLC0415

    await busy(team)
    monkeypatch.setitem(sys.modules, "PIL", None)  # as where Pillow could not be installed

    told = await report(team)

    assert "• Logged: 2, up from none" in told.text
    assert team.slack.thread(told) == []
    assert (await team.type("dana", "/issue Acme: and again")).text.startswith("Logged")


# Beside everything else


async def test_a_report_that_takes_long_keeps_nobody_waiting(team):
    """The worker goes on, and so does every command, while a report is being written."""
    await busy(team)
    began, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    measure = figures.measure

    def slowly(db, scope, asked):
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return measure(db, scope, asked)

    figures.measure = slowly
    try:
        asking = asyncio.create_task(team.type("maya", "/kept report", "#leads"))
        await began.wait()
        answer = await team.slack.command("dana", "#support", "/issue Initech: it is slow")
        await team.bot.worker._look(int(team.slack.clock.now()), paced=False)
        assert "Initech" in answer.text
        async with asyncio.timeout(5):
            while not any("Initech" in card.text for card in team.cards()):
                await team.bot.store.read(outbox.next_due)  # something of the bot's own, so that it gets its turn
        assert not [m for m in team.slack.dm("maya") if "working hours" in m.text]
    finally:
        figures.measure = measure
        go_on.set()
        await asking
    assert [m for m in team.slack.dm("maya") if "working hours" in m.text]


def test_a_stretch_of_days_is_said_as_people_do():
    assert words.dates(date(2026, 11, 17), date(2026, 11, 23)) == "17 to 23 Nov"
    assert words.dates(date(2026, 10, 25), date(2026, 11, 23)) == "25 Oct to 23 Nov"
    assert words.dates(date(2026, 12, 20), date(2027, 1, 18)) == "20 Dec 2026 to 18 Jan 2027"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under a minute"),
        (59, "under a minute"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (6000, "1 h 40 min"),
        (14 * 3600 + 1800, "14 hours"),
        (16 * 3600, "2 working days"),
        (30 * 3600, "4 working days"),
    ],
)
def test_working_time_is_said_in_words(seconds, said):
    assert words.worked(seconds, 8 * 3600) == said


def test_a_rate_is_nought_or_a_hundred_only_where_it_is_so():
    def rate(kept_, of):
        return words.percent(Promised(kept_, of - kept_, 0, 0, 0, 0))

    assert [rate(0, 300), rate(1, 300), rate(299, 300), rate(300, 300)] == [0, 1, 99, 100]


def test_weeks_begin_on_monday_and_days_at_the_teams_midnight_also_when_the_clocks_change():
    now = int(datetime(2026, 11, 4, 12, tzinfo=ZoneInfo(NEW_YORK)).timestamp())
    found = figures.period("week", NEW_YORK, now)

    local = [datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(NEW_YORK)) for at in (found.begin, found.end)]
    assert [(at.date(), at.hour) for at in local] == [(date(2026, 10, 28), 0), (date(2026, 11, 4), 0)]
    assert found.end - found.begin == 7 * 86400 + 3600
    assert timedelta(seconds=found.begin - found.before) == timedelta(days=7)


async def test_reasons_that_read_alike_are_one_reason(team):
    await team.type("dana", "/issue Acme: charged twice")
    for line in ("unhappy slow delivery", "unhappy the deliveries are slow", "unhappy rude driver", "happy quick"):
        await team.type("dana", f"/feedback Acme {line}")
    await team.wait(hours=24)

    told = (await report(team)).text

    assert re.search(r"• Unhappy: 3, up from none: [\w ]+ \(2\), rude driver \(1\)", told)
    assert "• Happy: 1, up from none: quick (1)" in told
