"""What Kept promises about the week's end: what came back, what rises, what was kept, who is at risk, and thanks."""

from datetime import date

import pytest

from handlers.digests import times, weekly
from storage import callbacks, issues, people, teams
from storage import customers as kept_customers
from storage.models import Person
from tests.test_digests import DAY, copies, digests, many, many_issues, sleep_until, team, wake_at

FRIDAY = "2026-11-27T09:00"


async def week(desk):
    """A week of care: a delivery that comes back, a printer told twice, promises kept in time and late."""
    await desk.type("dana", "/issue Acme: parcel came late #delivery")
    await desk.type("bob", "/issue Globex: the label printer is broken")
    await desk.type("dana", "/issue Initech: wrong VAT number #billing")
    await desk.type("dana", "/callback Acme in 1 hour about the parcel")
    await desk.type("bob", "/callback Globex in 1 hour about the printer")
    await desk.type("dana", "/callback 4 kept")
    await sleep_until(desk, "2026-11-25T10:00")
    await desk.type("bob", "/callback 5 kept at 9:55")
    await desk.type("dana", "/issue Acme: nothing delivered #delivery")
    await desk.type("bob", "/issue Globex: label printer broken again")
    await desk.type("bob", "/issue Umbrella Labs: lovely people #praise")
    await desk.type("maya", "/customer Acme contact Jane Doe, procurement, +1 555 0100")


def said(told, heading):
    """The lines of one section, its heading first."""
    lines = told.splitlines()
    begun = next(number for number, line in enumerate(lines) if line.startswith(f"{heading} · "))
    end = next((number for number in range(begun, len(lines)) if not lines[number]), len(lines))
    return lines[begun:end]


@pytest.mark.contract
async def test_on_the_weeks_last_working_day_the_digest_also_tells_of_the_week(desk):
    await team(desk)
    await desk.type("maya", "/digest at 9:00 weekdays", channel="#leads")
    await week(desk)

    await wake_at(desk, "2026-11-26T09:00")
    assert "Came back" not in digests(desk, "#leads")[-1].text
    await wake_at(desk, FRIDAY)

    digest = digests(desk, "#leads")[-1]
    assert digest.text.splitlines() == [
        "5 open · Fri 27 Nov",
        "",
        "Oldest open · 5",
        "• Acme · parcel came late (#1): waiting 2 days · Dana",
        "• Globex · the label printer is broken (#2): waiting 2 days · Bob",
        "• Initech · wrong VAT number (#3): waiting 2 days · Dana",
        "• Acme · nothing delivered (#6): waiting 47 hours · Dana",
        "• Globex · label printer broken again (#7): waiting 47 hours · Bob",
        "",
        "Came back · 2",
        "• Acme · #delivery: 2 since 24 Nov",
        "• Globex · label printer broken again (#7): 2 like this since 24 Nov",
        "",
        "Logged each day · 5; the seven days before, 0 · 20 to 26 Nov",
        "• #delivery ▁▁▁▁▃▃▁ 2, before 0",
        "• No category ▁▁▁▁▃▃▁ 2, before 0",
        "• #billing ▁▁▁▁▃▁▁ 1, before 0",
        "",
        "Kept by the first promised time · 1 of 2; the seven days before, none was due",
        "",
        "At risk · 1",
        "• Acme · delivery twice · call Jane Doe (procurement), +1 555 0100",
        "",
        "Thanks for promises kept · Dana",
    ]
    assert (await desk.type("maya", "/digest", channel="#leads")).text == digest.text


async def test_each_part_of_the_week_is_left_out_where_there_is_nothing_in_it(desk):
    await desk.type("dana", "/issue Acme: lovely people #praise")
    await sleep_until(desk, FRIDAY)

    answer = await desk.type("dana", "/digest")

    assert answer.text == "All is well: nothing overdue, due today or open · Fri 27 Nov"


async def test_a_week_with_thanks_alone_is_not_kept_quiet(desk):
    await desk.type("dana", "/digest settings")
    await desk.submit("dana", {"Time": "9:00", "When there is nothing to tell": "Nothing"})
    await desk.type("dana", "/callback Acme in 1 hour about the parcel")
    await desk.type("dana", "/callback 1 kept")

    for day in (25, 26):
        await wake_at(desk, f"2026-11-{day}T09:00")
    assert digests(desk, "#support") == []
    await wake_at(desk, FRIDAY)

    [digest] = digests(desk, "#support")
    assert digest.text.splitlines() == [
        "All is well: nothing overdue, due today or open · Fri 27 Nov",
        "",
        "Kept by the first promised time · 1 of 1; the seven days before, none was due",
        "",
        "Thanks for promises kept · Dana",
    ]


async def test_thanks_are_alphabetical_once_each_and_without_counts(desk):
    for person in ("priya", "dana", "bob", "dana", "dana"):
        await desk.type(person, "/callback Acme in 1 hour about the parcel")
    for number, person in enumerate(("priya", "dana", "bob", "dana", "dana"), start=1):
        await desk.type(person, f"/callback {number} kept")
    await sleep_until(desk, FRIDAY)

    told = (await desk.type("dana", "/digest")).text

    assert said(told, "Thanks for promises kept") == ["Thanks for promises kept · Bob, Dana and Priya"]


async def test_the_kept_rate_stands_beside_the_week_before_and_few_are_no_percentage(desk):
    for _ in range(3):
        await desk.type("dana", "/callback Acme in 1 hour about the parcel")
    await desk.type("dana", "/callback 1 kept")
    await desk.type("dana", "/callback 2 kept")
    await sleep_until(desk, "2026-12-02T10:00")
    await desk.type("dana", "/callback Acme in 1 hour about the parcel")
    await desk.type("dana", "/callback 4 kept")
    await sleep_until(desk, "2026-12-04T09:00")

    told = (await desk.type("dana", "/digest")).text

    assert "Kept by the first promised time · 1 of 1; the seven days before, 2 of 3" in told
    assert "%" not in told


async def test_what_rises_stands_first_and_the_rest_of_it_in_the_thread(desk):
    await desk.type("dana", "/digest at 9:00 weekdays")
    for _ in range(3):
        await desk.type("dana", "/issue Acme: invoice is wrong #billing")
    await sleep_until(desk, "2026-12-02T10:00")
    for category in ("outage", "product", "service", "delivery", "delivery", "delivery", "billing"):
        await desk.type("dana", f"/issue Acme: trouble with {category} #{category}")
    await wake_at(desk, "2026-12-04T09:00")

    digest = digests(desk, "#support")[-1]
    [details] = desk.slack.thread(digest)
    assert said(digest.text, "Logged each day") == [
        "Logged each day · 7; the seven days before, 3 · 27 Nov to 3 Dec",
        "• #delivery ▁▁▁▁▁▅▁ 3, before 0",
        "• #outage ▁▁▁▁▁▃▁ 1, before 0",
        "• #product ▁▁▁▁▁▃▁ 1, before 0",
        "+2 more",
    ]
    told = said(details.text, "Logged each day")
    assert "• #billing ▁▁▁▁▁▃▁ 1, before 3" in told
    assert "• #billing ▁▁▁▁▁▁▅▃ in 8 weeks" in told


async def test_customers_at_risk_are_capped_and_the_rest_is_in_the_thread(desk):
    await desk.type("dana", "/digest at 9:00 weekdays")
    for number in range(5):
        await desk.bot.store.run(kept_customers.add, f"Customer {number}", 0)
        await desk.type("dana", f"/feedback Customer {number} unhappy slow answers")
        await desk.type("dana", f"/feedback Customer {number} unhappy slow answers")
    await wake_at(desk, FRIDAY)

    digest = digests(desk, "#support")[-1]
    [details] = desk.slack.thread(digest)
    assert said(digest.text, "At risk") == [
        "At risk · 5",
        *(
            f"• Customer {number} · unhappy twice, lately: slow answers · nobody to call is known yet"
            for number in range(3)
        ),
        "+2 more",
    ]
    assert len(said(details.text, "At risk")) == 6


async def test_what_somebody_said_to_differ_did_not_come_back(desk):
    await desk.type("bob", "/issue Globex: the label printer is broken")
    logged = await desk.type("bob", "/issue Globex: label printer broken again")
    await desk.press("bob", logged.message, "Not the same")
    await sleep_until(desk, FRIDAY)

    assert "Came back" not in (await desk.type("dana", "/digest")).text


async def test_a_team_reads_of_its_own_week_alone(desk):
    await team(desk)
    other = {"zone": "Europe/London", "opens_at": 540, "closes_at": 1020, "weekdays": "01234", "made_by": "x"}
    await desk.bot.store.run(teams.keep, desk.slack.channel("#escalations").id, **other, made_at=0)
    for person in ("dana", "bob"):
        for channel in ("#support", "#escalations"):
            await desk.bot.store.run(teams.joined, desk.slack.channel(channel).id, desk.slack.person(person).id)
    for person, customer, channel in (("dana", "Acme", "#support"), ("bob", "Globex", "#escalations")):
        await desk.type(person, f"/issue {customer}: parcel late #delivery", channel=channel)
        await desk.type(person, f"/issue {customer}: parcel lost #delivery", channel=channel)
        await desk.type(person, f"/callback {customer} in 1 hour about the parcel", channel=channel)
    await desk.type("dana", "/callback 3 kept")
    await desk.type("bob", "/callback 6 kept", channel="#escalations")
    await sleep_until(desk, FRIDAY)

    first = (await desk.type("dana", "/digest")).text
    second = (await desk.type("bob", "/digest", channel="#escalations")).text

    assert [name in first for name in ("Acme · delivery twice", "Globex", "kept · Dana")] == [True, False, True]
    assert [name in second for name in ("Globex · delivery twice", "Acme", "kept · Bob")] == [True, False, True]


async def test_a_digest_of_one_customer_and_some_sections_obeys_at_the_weeks_end_too(desk):
    for person, customer in (("dana", "Acme"), ("bob", "Globex")):
        await desk.type(person, f"/issue {customer}: parcel late #delivery")
        await desk.type(person, f"/issue {customer}: parcel lost #delivery")
        await desk.type(person, f"/callback {customer} in 1 hour about the parcel")
    await desk.type("dana", "/callback 3 kept")
    await desk.type("bob", "/callback 6 kept")
    await desk.type("dana", "/digest settings")
    acme = await desk.slack.suggest("dana", desk.slack.view("dana"), "customer", "Acme")
    shown = ["What came back, weekly", "Customers at risk, weekly", "Thanks, weekly"]
    await desk.submit("dana", {"Only this customer": acme[0], "What it shows": shown})
    await sleep_until(desk, FRIDAY)

    told = (await desk.type("dana", "/digest")).text.splitlines()

    assert told == [
        "How the week went · Fri 27 Nov · Acme only",
        "",
        "Came back · 1",
        "• Acme · #delivery: 2 since 24 Nov",
        "",
        "At risk · 1",
        "• Acme · delivery twice · nobody to call is known yet",
        "",
        "Thanks for promises kept · Dana",
    ]


async def test_a_holiday_on_friday_brings_the_week_on_thursday(desk):
    await team(desk, country="US")
    await desk.type("dana", "/callback Acme in 1 hour about the parcel")
    await desk.type("dana", "/callback 1 kept")
    for _ in range(2):
        await desk.type("dana", "/issue Acme: late again #delivery")

    await sleep_until(desk, "2026-12-24T09:00")  # Friday 25 December is Christmas Day

    assert "At risk · 1" in (await desk.type("maya", "/digest", channel="#leads")).text


@pytest.mark.parametrize(
    ("days", "working", "holidays", "last"),
    [
        ("01234", "01234", (), 27),
        ("01234", "01234", (27,), 26),
        ("01234", "01234", (26, 27), 25),
        ("0123456", "01234", (), 27),
        ("024", "01234", (), 27),
        ("012", "01234", (), 25),  # the last working day that has a digest
        ("5", "01234", (), 28),
        ("01236", "01236", (), 26),  # Sunday to Thursday
        ("0123456", "0123456", (), 29),
        ("12345", "12345", (), 28),
    ],
)
def test_a_week_has_one_last_day(days, working, holidays, last):
    found = [
        day
        for day in range(22 if "6" in working and "4" not in working else 23, 30)
        if times.closes_week(date(2026, 11, day), days, working, lambda one: one.day in holidays)
    ]

    assert found == [last]


def test_one_issue_is_no_mountain_in_a_chart_and_none_is_no_hill():
    assert weekly.bars([0, 1]) == "▁▃"
    assert weekly.bars([0, 1, 2, 3, 4, 5]) == "▁▃▄▅▆▇"
    assert weekly.bars([0, 1, 300, 600]) == "▁▂▄▇"


# At its extremes


def bad_week(db, now):
    """600 issues of 150 customers, half of them without a category, and 300 people who kept a promise."""
    firms = [kept_customers.add(db, f"Firm <@U1> & {n} " + "y" * 30, now).id for n in range(150)]
    for n in range(600):
        issues.log(
            db, customer_id=firms[n % 150], summary="“it's *down*” & <!here> " * 125, reporter_id="U1", owner_id="U1",
            made_in="C1", now=now - 2 * DAY, impact=None, team_id=None, category=("outage", None)[n % 2],
        )  # fmt: skip
    for n in range(300):
        people.keep(db, Person(f"U{n}", f"u{n}", f"& {n} " + "z" * 60))
        made = callbacks.promise(
            db, customer_id=firms[n % 150], issue_id=None, kind="call", words="", owner_id=f"U{n}", subject="x" * 3000,
            maker_id=f"U{n}", made_in="C1", now=now, due_at=now + 60, zone="UTC", by_close=False, next_rung=None,
            next_at=None, team_id=None,
        )  # fmt: skip
        db.run("UPDATE promises SET outcome = 'kept', closed_at = due_at, kept_at = due_at WHERE id = :id", id=made.id)


@pytest.mark.contract
async def test_a_bad_week_of_thousands_is_one_message_that_slack_takes(desk):
    now = int(desk.slack.clock.now())
    await many(desk, 50, due=-3600, name="<!channel> & *Söhne* " + "x" * 36)
    await desk.bot.store.run(copies, "promises", 99)
    await desk.bot.store.run(many_issues, 60, now - 2 * DAY)
    await desk.bot.store.run(copies, "issues", 9)

    await desk.bot.store.run(bad_week, now)
    await desk.type("dana", "/digest at 9:00 weekdays", channel="#escalations")
    await wake_at(desk, FRIDAY)

    digest = digests(desk)[-1]
    assert len(digest.text) <= 4000
    assert not digest.text.endswith("…")
    assert "<!" not in digest.text
    for heading in ("Came back", "Logged each day", "Kept by the first promised time", "At risk"):
        assert said(digest.text, heading)
    assert "more" in said(digest.text, "Thanks for promises kept")[0]
    assert all(len(message.text) <= 4000 for message in desk.slack.thread(digest))
    desk.slack.nothing_refused()


async def test_who_was_away_for_a_week_reads_on_one_screen_what_to_do_first(desk):
    await week(desk)
    await desk.type("bob", "/issue Globex: portal down for everybody !losing-money #outage callback in 1 minute")
    await many(desk, 40, due=-9 * DAY, name="Quiet")
    await sleep_until(desk, "2026-11-27T10:00")

    told = (await desk.type("dana", "/digest")).text.splitlines()

    assert told[0].startswith("41 promises overdue · 6 open · Fri 27 Nov")
    assert told[3].startswith("• Globex · call about portal down for everybody")
    assert told[4].startswith("• +40 overdue for over seven days, first of all: Quiet 0")
    assert told[7].startswith("• Globex · portal down for everybody")
    assert len(told) < 35
