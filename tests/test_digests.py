"""What Kept promises about digests: one a day, at its minute, the same text as its preview, readable on a phone."""

import asyncio
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.digests import send, times
from storage import callbacks, customers, forgetting, issues, teams
from storage import digests as kept
from tests.conftest import open_desk

DAY = 86400
NEW_YORK = ZoneInfo("America/New_York")


def at(local: str, zone: ZoneInfo = NEW_YORK) -> int:
    """The Unix second of a local time such as ``2026-11-25T09:00``."""
    return int(datetime.fromisoformat(local).replace(tzinfo=zone).timestamp())


def digests(desk, channel="#escalations"):
    """The digests a channel has got, without what stands in their threads."""
    return [message for message in desk.cards(channel) if not message.is_reply]


async def sleep_until(desk, local: str, zone: ZoneInfo = NEW_YORK) -> None:
    """The machine sleeps, and looks at the clock when it wakes."""
    desk.slack.clock._jump(at(local, zone))
    await desk.settle()


async def wake_at(desk, local: str, zone: ZoneInfo = NEW_YORK) -> None:
    """The clock walks the last minute to this time."""
    await sleep_until(desk, datetime.fromtimestamp(at(local, zone) - 60, zone).strftime("%Y-%m-%dT%H:%M"), zone)
    await desk.wait(minutes=1)


async def team(desk, **changes):
    """#support is set up as a team in New York, with #leads as its manager channel."""
    values = {"zone": "America/New_York", "opens_at": 540, "closes_at": 1020, "weekdays": "01234"}
    values |= {"manager_channel_id": desk.slack.channel("#leads").id, "made_by": "x", "made_at": 0} | changes
    return await desk.bot.store.run(teams.keep, desk.slack.channel("#support").id, **values)


async def busy(desk):
    """An ordinary Tuesday: something of every section."""
    await desk.type("dana", "/issue Globex: portal down for everybody !losing-money #outage")
    await desk.type("bob", "/issue Initech: invoice shows the wrong VAT number")
    await desk.type("dana", "/issue Umbrella Labs: thanks for the quick fix #praise")
    await desk.type("dana", "/callback Acme Freight in 1 minute about the refund")
    await desk.type("bob", "/callback Initech today 4pm send the corrected invoice")
    await desk.bot.store.run(
        lambda db: db.run("UPDATE issues SET owner_id = NULL, escalated_at = created_at WHERE id = 1")
    )
    await desk.wait(minutes=1)
    await desk.type("dana", "/callback 4 tried")
    await desk.wait(minutes=19)


async def many(desk, number, *, due, first=0, name="Customer {}"):
    """So many open promises of Dana's, due so many seconds from now."""
    now, owner = int(desk.slack.clock.now()), desk.slack.person("dana").id

    def write(db):
        for n in range(first, first + number):
            named = name.format(n) + ("" if "{}" in name else f" {n}")
            callbacks.promise(
                db, customer_id=customers.add(db, named, now).id, issue_id=None, kind="call", words="", owner_id=owner,
                subject=f"thing {n}", maker_id=owner, made_in="C1", now=now - 10 * DAY, due_at=now + due + n % 1000,
                zone="America/New_York", by_close=False, next_rung=None, next_at=None, team_id=None,
            )  # fmt: skip

    await desk.bot.store.run(write)


def many_issues(db, number, now):
    """So many open issues with long words; every third is escalated, every second nobody's."""
    for n in range(number):
        made = issues.log(
            db, customer_id=customers.add(db, f"Client <@U1> {n}", now).id, summary="“it's *down*” & <!here> " * 100,
            reporter_id="U1", owner_id="U1" if n % 2 else None, made_in="C1", now=now - n, impact=None, team_id=None,
        )  # fmt: skip
        if n % 3 == 0:
            db.run("UPDATE issues SET escalated_at = :now WHERE id = :id", now=now - n, id=made.id)


def copies(db, table, times, where="1 = 1"):
    """So many copies more of each of these records, made where they are."""
    columns = ", ".join(name for name in db.rows(f"SELECT * FROM {table} LIMIT 1")[0] if name != "id")
    db.run(
        "WITH RECURSIVE times (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < :times)"
        f" INSERT INTO {table} (id, {columns}) SELECT id + n * 100000, {columns} FROM {table}, times WHERE {where}",
        times=times,
    )


# At its minute, once


@pytest.mark.contract
async def test_a_digest_comes_once_at_its_minute_with_the_text_of_its_preview_also_when_restarted_in_that_minute(
    desk, database
):
    await busy(desk)
    answer = await desk.type("dana", "/digest at 10:30 weekdays", channel="#escalations")
    assert "The digest comes to #escalations Monday to Friday at 10:30 am, New York time." in answer.text
    assert "The next one: today, Tuesday 24 November 2026, 10:30 am New York time (EST)" in answer.text

    await desk.wait(minutes=9)
    assert digests(desk) == []
    await desk.wait(minutes=1)
    preview = await desk.type("dana", "/digest", channel="#escalations")
    async with open_desk(desk.slack, database, desk.transport) as restarted:
        await restarted.settle()
        await restarted.wait(minutes=3)

        [digest] = digests(restarted)
        assert digest.text == preview.text
        assert [b["elements"] for b in digest.blocks] == [b["elements"] for b in preview.blocks]
        assert digest.text.startswith("1 promise overdue · 1 due today · 1 escalated · 1 unowned · 2 open · Tue 24 Nov")


@pytest.mark.contract
async def test_two_replicas_at_work_in_the_same_minute_post_one(desk, database):
    await desk.type("dana", "/digest at 10:05 daily")
    async with open_desk(desk.slack, database, desk.transport) as second:
        desk.slack.clock._jump(at("2026-11-24T10:05"))
        now = int(desk.slack.clock.now())
        await asyncio.gather(desk.bot.worker.work(now), second.bot.worker.work(now))
        await desk.wait(minutes=2)

    assert len(digests(desk, "#support")) == 1


async def test_it_comes_again_the_next_day_and_not_on_a_day_that_was_not_chosen(desk):
    await desk.type("dana", "/digest at 9:00 wed fri", channel="#escalations")
    for day, so_far in ((25, 1), (26, 1), (27, 2), (28, 2), (30, 2)):
        await wake_at(desk, f"2026-11-{day}T09:00")
        assert len(digests(desk)) == so_far


async def test_a_new_time_on_a_day_that_had_its_digest_begins_tomorrow(desk):
    await desk.type("dana", "/digest at 10:05 daily")
    await desk.wait(minutes=6)

    answer = await desk.type("dana", "/digest at 10:10 daily")

    assert "The next one: tomorrow, Wednesday 25 November 2026, 10:10 am" in answer.text
    await desk.wait(minutes=20)
    assert len(digests(desk, "#support")) == 1


async def test_holidays_of_the_team_are_left_out(desk):
    await team(desk, country="US")

    answer = await desk.type("maya", "/digest at 9:00 thu fri", channel="#leads")

    assert "The next one: Friday 27 November 2026" in answer.text  # Thursday is Thanksgiving


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_every_local_date_has_one_moment_at_its_time_or_right_after_the_gap(zone):
    there = ZoneInfo(zone)
    for minute in (0, 90, 105, 120, 150, 165, 180, 540):
        now, before = at("2026-01-01T12:00", there), date(2026, 1, 1)
        for _ in range(400):
            now = times.next_at(now, "0123456", minute, zone, last_on=before, is_holiday=lambda _: False)
            wall = datetime.fromtimestamp(now, there)
            assert (wall.date() - before).days == 1
            late = wall.hour * 60 + wall.minute - minute
            assert wall.fold == 0 or late > 0
            assert late == 0 or (
                late > 0
                and datetime.fromtimestamp(now - 1, there).replace(tzinfo=None)
                < wall.replace(tzinfo=None, hour=minute // 60, minute=minute % 60)
            )
            before = wall.date()


def test_a_day_an_island_skipped_has_no_digest():
    assert times.instant(date(2011, 12, 30), 540, "Pacific/Apia") is None
    assert times.instant(date(2011, 12, 31), 540, "Pacific/Apia") == at("2011-12-31T09:00", ZoneInfo("Pacific/Apia"))


async def test_when_the_clocks_go_forward_over_it_the_digest_comes_right_after_the_gap(desk):
    await sleep_until(desk, "2027-03-13T12:00")
    await desk.type("dana", "/digest at 02:30 daily")

    await sleep_until(desk, "2027-03-14T01:59")
    assert digests(desk, "#support") == []
    await desk.wait(minutes=1)
    assert datetime.fromtimestamp(desk.slack.clock.now(), NEW_YORK).hour == 3
    assert len(digests(desk, "#support")) == 1
    await desk.wait(hours=3)
    assert len(digests(desk, "#support")) == 1


async def test_when_the_clocks_go_back_the_repeated_hour_has_one_digest(desk, database):
    await sleep_until(desk, "2027-11-06T12:00")
    await desk.type("dana", "/digest at 1:30 am daily")

    await wake_at(desk, "2027-11-07T01:30")
    assert len(digests(desk, "#support")) == 1
    async with open_desk(desk.slack, database, "http") as restarted:
        await restarted.wait(hours=2)
    assert len(digests(desk, "#support")) == 1


# Asleep, and Slack away


@pytest.mark.contract
async def test_asleep_over_nine_it_comes_on_return_before_the_end_of_hours(desk):
    await team(desk)
    await desk.type("maya", "/digest at 9:00 weekdays", channel="#leads")

    await sleep_until(desk, "2026-11-25T16:59")
    assert len(digests(desk, "#leads")) == 1
    await wake_at(desk, "2026-11-26T09:00")
    assert [("Not sent" in digest.text) for digest in digests(desk, "#leads")] == [False, False]


@pytest.mark.contract
async def test_asleep_until_after_hours_it_is_left_out_and_the_next_one_says_so_once(desk):
    await team(desk)
    await desk.type("maya", "/digest at 9:00 weekdays", channel="#leads")

    await sleep_until(desk, "2026-11-25T17:01")
    assert digests(desk, "#leads") == []
    await wake_at(desk, "2026-11-26T09:00")
    told = (
        "Not sent: the digest of Wed 25 Nov. I was not running, or could not reach Slack, until the end of its hours."
    )
    assert digests(desk, "#leads")[0].text.splitlines()[-1] == told
    await wake_at(desk, "2026-11-27T09:00")
    assert "Not sent" not in digests(desk, "#leads")[1].text


async def test_after_days_asleep_there_is_one_digest_that_says_how_many_were_not_sent(desk):
    await desk.type("maya", "/digest at 9:00 weekdays", channel="#leads")

    await sleep_until(desk, "2026-12-01T16:00", ZoneInfo("Europe/Stockholm"))

    [digest] = digests(desk, "#leads")
    assert "Not sent: 4 digests since Wed 25 Nov." in digest.text


async def test_a_digest_after_the_end_of_hours_still_comes_if_it_is_not_an_hour_late(desk):
    await team(desk)
    await desk.type("maya", "/digest at 18:00 daily", channel="#leads")

    await sleep_until(desk, "2026-11-24T18:45")

    assert len(digests(desk, "#leads")) == 1


async def test_while_slack_is_away_it_waits_and_comes_once(desk):
    await desk.type("dana", "/digest at 10:05 daily")
    with desk.slack.faults.outage():
        await desk.wait(hours=3)

    await desk.wait(minutes=6)

    assert len(digests(desk, "#support")) == 1


async def test_where_slack_stays_away_until_after_hours_the_next_one_says_so(desk):
    await desk.type("dana", "/digest at 15:50 daily")
    await sleep_until(desk, "2026-11-24T15:49")
    with desk.slack.faults.outage():
        await desk.wait(hours=2)
    await desk.wait(minutes=10)
    assert digests(desk, "#support") == []

    await wake_at(desk, "2026-11-25T15:50")

    assert "Not sent: the digest of Tue 24 Nov." in digests(desk, "#support")[0].text


async def test_an_answer_of_slacks_that_was_lost_does_not_bring_it_twice(desk):
    await desk.type("dana", "/digest at 10:05 daily")
    desk.slack.faults.answer_lost("chat.postMessage")

    await desk.wait(minutes=10)

    assert len(digests(desk, "#support")) == 1


# Off, empty, quiet


async def test_off_stops_it_and_on_brings_it_back_as_it_was(desk):
    await desk.type("dana", "/digest at 10:05 mon tue wed")

    assert "No more digests" in (await desk.type("dana", "/digest off")).text
    await desk.wait(minutes=10)
    assert digests(desk, "#support") == []
    assert "There is no digest in this channel" in (await desk.type("dana", "/digest off")).text
    assert "Monday to Wednesday at 10:05 am" in (await desk.type("dana", "/digest on")).text


async def test_off_also_stops_one_that_is_waiting_to_be_sent(desk):
    await desk.type("dana", "/digest at 10:05 daily")
    await desk.bot.store.run(send.take_due, at("2026-11-24T10:05"))

    await desk.type("dana", "/digest off")
    await desk.wait(minutes=10)

    assert digests(desk, "#support") == []


async def test_with_nothing_to_tell_it_is_one_short_line_without_a_thread(desk):
    await desk.type("dana", "/issue Acme: thanks for the quick fix #praise")
    await desk.type("dana", "/issue Acme: a dark mode would be nice #idea")
    await desk.type("dana", "/digest at 10:05 daily", channel="#escalations")

    await desk.wait(minutes=6)

    [digest] = digests(desk)
    assert digest.text == "All is well: nothing overdue, due today or open · Tue 24 Nov"
    assert desk.slack.thread(digest) == []


async def test_quiet_when_empty_sends_nothing_until_there_is_something(desk):
    await desk.type("dana", "/digest settings", channel="#escalations")
    await desk.submit("dana", {"Time": "10:05", "Days": "daily", "When there is nothing to tell": "Nothing"})
    assert "When there is nothing to tell, nothing is sent." in desk.shown("dana", "#escalations")[-1]

    await desk.wait(minutes=10)
    assert digests(desk) == []
    assert "would stay quiet" in (await desk.type("dana", "/digest", channel="#escalations")).text
    await desk.type("dana", "/issue Acme: charged twice")
    await wake_at(desk, "2026-11-25T10:05")
    [digest] = digests(desk)
    assert digest.text.startswith("1 open · Wed 25 Nov")


# What it says


async def test_a_manager_reads_what_is_late_first_and_each_record_by_name(desk):
    await busy(desk)

    told = (await desk.type("dana", "/digest", channel="#escalations")).text.splitlines()

    assert [line for line in told if line and not line.startswith("• ")] == [
        "1 promise overdue · 1 due today · 1 escalated · 1 unowned · 2 open · Tue 24 Nov",
        "Overdue · 1",
        "Due today · 1",
        "Escalated · 1",
        "Unowned · 1 (above)",
        "Oldest open · 2 (1 above)",
    ]
    assert [line for line in told if line.startswith("• ")] == [
        "• Acme Freight · call about the refund (#4): 19 minutes overdue · Dana, reminded 19 minutes ago, tried once",
        "• Initech · send the corrected invoice (#5): by 11 am EST · Bob",
        "• Globex · portal down for everybody (#1): escalated 20 minutes ago · losing money · nobody owns it",
        "• Initech · invoice shows the wrong VAT number (#2): waiting 20 minutes · Bob",
    ]


async def test_the_details_stand_in_its_thread(desk):
    await busy(desk)
    await desk.type("dana", "/digest at 10:25 daily", channel="#escalations")
    await desk.wait(minutes=5)

    [digest] = digests(desk)
    [details] = desk.slack.thread(digest)

    assert (
        "#4): 24 minutes overdue · Dana, reminded 24 minutes ago, tried once · for today at 10:01 am EST"
        in details.text
    )
    assert "losing money · nobody owns it · since today at 10 am · #outage" in details.text
    assert details.text.count("portal down for everybody") == 3  # in full lists it stands wherever it belongs


async def test_what_is_overdue_for_over_seven_days_is_one_line(desk):
    await many(desk, 3, due=-9 * DAY)
    await many(desk, 2, due=-2 * DAY - 60, first=50)

    told = (await desk.type("dana", "/digest")).text.splitlines()

    assert told[0].startswith("5 promises overdue")
    assert [line for line in told if "50" in line or "51" in line] == [
        "• Customer 50 · call about thing 50 (#4): 2 days overdue · Dana",
        "• Customer 51 · call about thing 51 (#5): 2 days overdue · Dana",
    ]
    assert "• +3 overdue for over seven days, first of all: Customer 0 · call about thing 0 (#1), 9 days · Dana" in told


async def test_of_what_is_overdue_for_over_seven_days_the_one_with_the_highest_impact_is_named(desk):
    await many(desk, 3, due=-9 * DAY)
    await desk.type("bob", "/issue Globex: portal down !losing-money #outage callback in 1 minute")
    await sleep_until(desk, "2026-12-03T10:00")

    told = (await desk.type("dana", "/digest")).text

    assert "+4 overdue for over seven days, first of all: Globex · call about portal down" in told


async def test_the_highest_impact_comes_first_and_the_rest_is_counted(desk):
    for number, mark in enumerate(["", "", "!annoyed", "", "!losing-money", "!blocked", ""]):
        await desk.type("dana", f"/issue Customer {number}: trouble {mark}")
        await desk.wait(minutes=1)

    told = (await desk.type("dana", "/digest")).text.splitlines()

    assert [line.split(" · ")[0] for line in told[3:]] == [
        *(f"• Customer {number}" for number in (4, 5, 2, 0, 1)),
        "+2 more",
    ]


@pytest.mark.contract
async def test_with_thousands_of_everything_it_is_one_message_that_slack_takes(desk):
    await many(desk, 50, due=-3600, name="<!channel> & *Söhne* " + "x" * 36)
    await desk.bot.store.run(copies, "promises", 99)
    await many(desk, 30, due=3600, first=60)
    await desk.bot.store.run(copies, "promises", 9, f"due_at > {int(desk.slack.clock.now())}")
    await desk.bot.store.run(many_issues, 30, int(desk.slack.clock.now()) - 2 * DAY)
    await desk.bot.store.run(copies, "issues", 99)
    await desk.type("dana", "/digest at 10:05 daily", channel="#escalations")

    await desk.wait(minutes=12)

    [digest] = digests(desk)
    assert digest.text.startswith(
        "5,000 promises overdue · 300 due today · 1,000 escalated · 1,500 unowned · 3,000 open"
    )
    assert len(digest.text) <= 4000
    assert "<!channel>" not in digest.text
    more = [line for line in digest.text.splitlines() if line.startswith("+")]
    assert len(more) == 5
    thread = desk.slack.thread(digest)
    assert 5 < len(thread) < 30
    assert all(len(message.text) <= 4000 for message in thread)
    assert any("+4,950 more" in message.text for message in thread)
    desk.slack.nothing_refused()


async def test_a_category_can_be_chosen(desk):
    await desk.type("dana", "/issue Acme: charged twice #billing callback in 1 minute")
    await desk.type("dana", "/issue Globex: portal down #outage callback in 1 minute")
    await desk.type("dana", "/digest settings")
    await desk.submit("dana", {"Only this category": "#billing"})
    await desk.wait(minutes=5)

    told = (await desk.type("dana", "/digest")).text

    assert told.startswith("1 promise overdue · 1 open · Tue 24 Nov · #billing only")
    assert "Globex" not in told


async def test_a_customer_can_be_chosen_and_the_schedule_obeys_as_the_preview_does(desk):
    await desk.type("dana", "/issue Acme: charged twice #billing callback in 1 minute")
    await desk.type("dana", "/issue Globex: portal down #outage callback in 1 minute")
    await desk.type("dana", "/digest settings", channel="#escalations")
    acme = await desk.slack.suggest("dana", desk.slack.view("dana"), "customer", "Acme")
    await desk.submit("dana", {"Only this customer": acme[0], "Time": "10:05", "Days": "daily"})
    assert ", about Acme only." in desk.shown("dana", "#escalations")[-1]
    await desk.wait(minutes=5)

    told = (await desk.type("dana", "/digest", channel="#escalations")).text

    assert told.startswith("1 promise overdue · 1 open · Tue 24 Nov · Acme only")
    assert "Globex" not in told
    assert [digest.text for digest in digests(desk)] == [told]
    await desk.type("dana", "/digest settings", channel="#escalations")
    await desk.submit("dana", {"Only this customer": None})
    assert "Globex" in (await desk.type("dana", "/digest", channel="#escalations")).text


async def test_a_customer_nobody_knows_is_no_filter(desk):
    await desk.type("dana", "/digest settings")
    new = await desk.slack.suggest("dana", desk.slack.view("dana"), "customer", "Nobody Ltd")

    refused = await desk.submit("dana", {"Only this customer": new[-1]})

    assert list(refused.errors) == ["customer"]
    assert "There is no digest in this channel" in (await desk.type("dana", "/digest off")).text


async def test_only_the_sections_that_were_ticked_are_shown(desk):
    await busy(desk)
    await desk.type("dana", "/digest settings", channel="#escalations")
    await desk.submit("dana", {"What it shows": ["Due today", "Escalated"]})
    assert "It shows: due today and escalated." in desk.shown("dana", "#escalations")[-1]

    told = (await desk.type("dana", "/digest", channel="#escalations")).text.splitlines()

    assert [line for line in told if line and not line.startswith("• ")] == [
        "1 due today · 1 escalated · Tue 24 Nov",
        "Due today · 1",
        "Escalated · 1",
    ]
    await desk.type("dana", "/digest settings", channel="#escalations")
    await desk.submit("dana", {"What it shows": ["Thanks, weekly"]})
    assert (await desk.type("dana", "/digest", channel="#escalations")).text == "Nothing to tell · Tue 24 Nov"


async def test_managers_can_have_the_digest_of_one_team(desk):
    await team(desk)
    other = {"zone": "Europe/London", "opens_at": 540, "closes_at": 1020, "weekdays": "01234", "made_by": "x"}
    await desk.bot.store.run(teams.keep, desk.slack.channel("#escalations").id, **other, made_at=0)
    await desk.type("maya", "/issue Acme: of the first team")
    await desk.type("maya", "/issue Globex: of the second team", channel="#escalations")

    await desk.type("maya", "/digest settings", channel="#leads")
    await desk.submit("maya", {"Only this team": "#escalations"})

    told = (await desk.type("maya", "/digest", channel="#leads")).text
    assert told.startswith("1 open · Tue 24 Nov · #escalations only")
    assert [name in told for name in ("Acme", "Globex")] == [False, True]


async def test_a_digest_of_one_customer_follows_it_into_a_merge_and_is_forgotten_with_it(desk):
    await team(desk)
    here = desk.slack.channel("#support").id
    gone = await desk.bot.store.run(customers.add, "Zenith", 0)
    into = await desk.bot.store.run(customers.add, "Acme", 0)
    await desk.type("maya", "/digest on")
    await desk.bot.store.run(kept.keep, here, customer_id=gone.id)
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.press("maya", asked.message, "Merge into Acme")
    assert (await desk.bot.store.read(kept.find, here)).customer_id == into.id

    await desk.bot.store.run(forgetting.erase, into, 0)

    assert await desk.bot.store.read(kept.find, here) is None


async def test_a_team_reads_of_its_own_and_the_managers_of_all(desk):
    await desk.type("dana", "/issue Oldtimer: logged before there was a team")
    await team(desk)
    other = {"zone": "Europe/London", "opens_at": 540, "closes_at": 1020, "weekdays": "01234", "made_by": "x"}
    await desk.bot.store.run(teams.keep, desk.slack.channel("#escalations").id, **other, made_at=0)
    for person in ("dana", "bob", "maya"):
        for channel in ("#support", "#escalations"):
            await desk.bot.store.run(teams.joined, desk.slack.channel(channel).id, desk.slack.person(person).id)
    await desk.type("dana", "/issue Acme: of the first team")
    await desk.type("bob", "/issue Globex: of the second team", channel="#escalations")

    first = (await desk.type("dana", "/digest")).text
    second = (await desk.type("bob", "/digest", channel="#escalations")).text
    managers = (await desk.type("maya", "/digest", channel="#leads")).text

    assert [name in first for name in ("Oldtimer", "Acme", "Globex")] == [True, True, False]
    assert [name in second for name in ("Oldtimer", "Acme", "Globex")] == [False, False, True]
    assert [name in managers for name in ("Oldtimer", "Acme", "Globex")] == [True, True, True]


# Who may, and where


async def test_agents_preview_managers_schedule_and_others_neither(desk):
    await team(desk)
    await desk.bot.store.run(teams.joined, desk.slack.channel("#support").id, desk.slack.person("dana").id)

    assert "All is well" in (await desk.type("dana", "/digest")).text
    assert "This is for managers" in (await desk.type("dana", "/digest at 9:00 weekdays")).text
    assert "This is for managers" in (await desk.type("dana", "/digest off")).text
    assert "This is for the team" in (await desk.type("bob", "/digest")).text
    assert "The digest comes" in (await desk.type("maya", "/digest at 9:00 weekdays")).text


async def test_a_channel_shared_with_another_company_gets_none(desk):
    for typed in ("/digest", "/digest at 9:00 weekdays", "/digest settings"):
        assert "shared with another company" in (await desk.type("dana", typed, channel="#acme-shared")).text


async def test_where_kept_is_not_in_the_channel_the_answer_says_how_to_invite_it(desk):
    answer = await desk.type("dana", "/digest at 10:05 daily", channel="#payroll")

    assert "Type: /invite @Kept" in answer.text
    await desk.slack.command("dana", "#payroll", "/invite @kept")
    await desk.wait(minutes=6)
    assert len(digests(desk, "#payroll")) == 1


async def test_where_kept_was_removed_who_switched_it_on_hears_one_clear_word(desk):
    await desk.type("maya", "/digest at 9:00 daily", channel="#leads")
    await desk.slack.leave("#leads", desk.slack.bot_user_id)

    for day in (25, 26, 27):
        await wake_at(desk, f"2026-11-{day}T09:00", ZoneInfo("Europe/Stockholm"))

    [word] = desk.dms("maya")
    assert word.startswith("I could not post the digest of #leads: I am not in that channel, or it is archived.")
    assert "type there: /invite @Kept, then /digest on" in word


@pytest.mark.contract
async def test_every_manager_hears_once_that_a_digest_cannot_be_sent(desk):
    await team(desk)
    for person in ("maya", "priya"):
        await desk.bot.store.run(teams.joined, desk.slack.channel("#leads").id, desk.slack.person(person).id)
    await desk.type("maya", "/digest at 9:00 daily", channel="#leads")
    await desk.slack.leave("#leads", desk.slack.bot_user_id)

    for day in (25, 26, 27):
        await wake_at(desk, f"2026-11-{day}T09:00")

    for person in ("maya", "priya"):
        [word] = desk.dms(person)
        assert word.startswith("I could not post the digest of #leads: I am not in that channel, or it is archived.")
    assert desk.dms("dana") == []


async def test_where_who_switched_it_on_is_gone_the_managers_hear(desk):
    await team(desk)
    await desk.bot.store.run(teams.joined, desk.slack.channel("#leads").id, desk.slack.person("priya").id)
    await desk.type("maya", "/digest at 9:00 daily", channel="#leads")
    await desk.bot.store.run(lambda db: db.run("UPDATE people SET is_deactivated = 1 WHERE handle = 'maya'"))
    await desk.slack.leave("#leads", desk.slack.bot_user_id)

    await wake_at(desk, "2026-11-25T09:00")

    assert len(desk.dms("priya")) == 1
    assert desk.dms("maya") == []


async def test_a_channel_that_is_shared_by_now_gets_none_and_who_switched_it_on_hears_so_once(desk):
    await desk.type("dana", "/digest at 9:00 daily")
    await desk.bot.store.run(lambda db: db.run("UPDATE channels SET is_shared = 1 WHERE name = 'support'"))

    await sleep_until(desk, "2026-11-28T10:00")
    await wake_at(desk, "2026-11-29T09:00")

    assert digests(desk, "#support") == []
    assert desk.dms("dana") == ["#support is shared with another company now, so its digest is switched off."]


# The line and the form


@pytest.mark.parametrize(
    ("typed", "minute", "days"),
    [
        ("9:00 weekdays", 540, "01234"),
        ("9 weekdays", 540, "01234"),
        ("8:30 mon wed fri", 510, "024"),
        ("8.30 Mon, Wed and Fri", 510, "024"),
        ("17:00 daily", 1020, "0123456"),
        ("5 pm every day", 1020, "0123456"),
        ("5 p.m. on Tuesdays and Thursdays", 1020, "13"),
        ("mon-thu 07:15", 435, "0123"),
        ("Sunday to Thursday 9am", 540, "01236"),
        ("noon on working days", 720, "01234"),
        ("06:30 weekends", 390, "56"),
        ("12:30", 750, None),
        ("weekdays", None, "01234"),
    ],
)
def test_a_time_and_its_days_are_read_as_people_type_them(typed, minute, days):
    assert times.read(typed) == (minute, days)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/digest at 25:00 weekdays", "There is no time “25:00”."),
        ("/digest at 9:00 wekdays", "I don't understand “wekdays”."),
        ("/digest at 5:30 daily", "In the morning or in the evening? 5:30 am or 5:30 pm."),
        ("/digest at", "At what time?"),
        ("/digest at weekdays", "At what time?"),
        ("/digest setings", "Did you mean: /digest settings"),
    ],
)
async def test_what_is_not_understood_gets_the_line_to_type_and_the_words_back(desk, typed, told):
    answer = await desk.type("dana", typed)

    assert told in answer.text
    assert f"You typed: {typed}" in answer.text
    assert "There is no digest in this channel" in (await desk.type("dana", "/digest off")).text


@pytest.mark.contract
async def test_the_form_sets_days_time_and_zone_and_shows_errors_at_their_field(desk):
    await desk.type("dana", "/digest settings")
    refused = await desk.submit("dana", {"Days": "sometimes", "Time": "5:00", "Time zone": "Atlantis"})
    assert set(refused.errors) == {"days", "time", "zone"}

    await desk.submit("dana", {"Days": "mon-thu", "Time": "4:05 pm", "Time zone": "London"})

    told = "The digest comes to #support Monday to Thursday at 4:05 pm, London time."
    assert told in desk.shown("dana")[-1]
    await wake_at(desk, "2026-11-24T16:05", ZoneInfo("Europe/London"))
    assert len(digests(desk, "#support")) == 1


async def test_the_zone_is_the_teams_and_says_so(desk):
    await team(desk)

    answer = await desk.type("maya", "/digest on", channel="#leads")

    assert "Monday to Friday at 9:00 am, New York time." in answer.text
