"""What Kept promises at its extremes: whatever there is, Slack takes every message, and what is cut is counted."""

import json
import re

import pytest

from storage import callbacks, customers, issues, teams

SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
NAME = "<!channel> & *Söhne* @here Handels-, Bau- und Transportgesellschaft Ost mbH Nr. {:02}"  # 80 characters
SUMMARY = ("“it's *down*” & <!here> <https://evil.example|bank> " * 60)[:3000]
SOME = 60  # customers and issues, among whom the promises are spread
NOTHING = "Nothing is overdue or due today."


def copies(db, table, first, number, **varied):
    """So many more rows like the first of a table, with other values (SQL, by ``n``) in some columns."""
    row = db.row(f"SELECT * FROM {table} WHERE id = :id", id=first)
    columns = ", ".join(row)
    values = ", ".join(varied.get(name, name) for name in row)
    db.run(
        f"WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {number})"
        f" INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, counted WHERE id = :id",
        id=first,
    )


def fill(db, *, owner, now, promises, due, apart):
    """So many open promises of one person, each of an issue, with the longest of everything; returns the customers."""
    team = teams.every_team(db)[0]
    known = [customers.add(db, NAME.format(n), now) for n in range(SOME)]
    db.run("UPDATE customers SET depends_on = :words, cost = :words, notes = :words", words=SUMMARY)
    logged = [
        issues.log(
            db, customer_id=one.id, summary=SUMMARY, reporter_id=owner, owner_id=owner, made_in=team.channel_id,
            now=now - 30 * 86400, impact="losing-money", category="outage", team_id=team.id,
        )
        for one in known
    ]  # fmt: skip
    first = callbacks.promise(
        db, customer_id=known[0].id, issue_id=logged[0].id, kind="call", words=SUMMARY, subject=SUMMARY,
        owner_id=owner, maker_id=owner, made_in=team.channel_id, now=now - 30 * 86400, due_at=now + due,
        zone="America/New_York", by_close=False, next_rung=None, next_at=None, team_id=team.id,
    )  # fmt: skip
    copies(
        db, "promises", first.id, promises - 1, id="100000 + n", due_at=f"due_at - {apart} * (n % {SOME})",
        customer_id=f"customer_id + n % {SOME}", issue_id=f"issue_id + n % {SOME}",
    )  # fmt: skip
    return known


@pytest.fixture
async def team(desk):
    await desk.type("maya", f"{SETUP} hours 9:00-17:00 zone America/New_York")
    await desk.bot.store.run(lambda db: db.run("DELETE FROM promises"))
    return desk


async def filled(desk, promises, due, apart=60):
    owner, now = desk.slack.person("dana").id, int(desk.slack.clock.now())
    return await desk.bot.store.run(fill, owner=owner, now=now, promises=promises, due=due, apart=apart)


def drawn(view):
    return json.dumps(view.blocks, ensure_ascii=False)


def readable(text):
    """Whether a text pings nobody and fits an edit."""
    return len(text) <= 4000 and "<!" not in text and "<https://evil" not in text


async def test_with_five_thousand_overdue_every_home_list_digest_and_report_is_taken_and_counts_them(team):
    known = await filled(team, 5000, -86400)
    for person in ("dana", "priya"):
        await team.slack.open_home(person)
    await team.settle()

    mine, leads = team.slack.home("dana"), team.slack.home("priya")
    assert len(mine.blocks) <= 100
    assert mine.buttons.count("Kept") == 12
    assert "5,000 overdue" in drawn(mine)
    assert "+4,988 more: /callback list" in drawn(mine)
    assert "Overdue · 5,000: " in drawn(leads)
    for line in ("/callback list", "/callback list team", "/callback list overdue", f"/callback list {known[7].name}"):
        told = (await team.type("dana", line)).text
        assert readable(told), line
        assert re.search(r"\+[\d,]+ more", told), line
    for line in ("/issue list", "/issue list mine", "/issue list #outage", f"/customer {known[7].name}", "/digest"):
        assert readable((await team.type("dana", line)).text), line
    await team.type("maya", "/kept report open", channel="#leads")
    await team.type("maya", "/kept report month", channel="#leads")
    report = next(m for m in reversed(team.slack.dm("maya")) if not m.is_reply)
    assert readable(report.text)
    assert team.slack.thread(report) != []


async def test_sixty_reminders_with_the_longest_words_are_one_message_each_time_and_taken(team):
    await filled(team, SOME, 3600, apart=0)
    await team.bot.store.run(callbacks.plan_anew)
    began = team.slack.clock.now()
    for minutes in (0, 45, 60, 75, 90, 23 * 60):  # before, due, backup, escalation, the next morning
        team.slack.clock._jump(began + minutes * 60)
        await team.settle()

    assert len(team.dms("dana")) == 3
    assert all(map(readable, team.dms("dana")))
    for person in ("dana", "bob"):
        last = team.slack.dm(person)[-1]
        assert "60 promises, the first 15 of them:" in last.text
        assert "+45 more" in drawn(last)
    assert team.cards("#escalations") != []


async def test_with_nothing_at_all_everything_says_so(team):
    for person in ("dana", "priya"):
        await team.slack.open_home(person)
    await team.settle()
    assert all(NOTHING in drawn(team.slack.home(person)) for person in ("dana", "priya"))
    for line in ("/callback list", "/callback list overdue", "/issue list", "/customer list", "/digest"):
        assert (await team.type("dana", line)).text != "", line
    await team.type("maya", "/kept report week", channel="#leads")
    report = next(m for m in reversed(team.slack.dm("maya")) if not m.is_reply)
    assert team.slack.thread(report) == []


async def test_an_answer_that_one_person_sees_is_short_enough_in_any_letters(team):
    await filled(team, SOME, -86400)
    japanese = "株式会社お客様" * 12
    for change in ("UPDATE customers SET name = :name || id", "UPDATE promises SET subject = :name"):
        await team.bot.store.run(lambda db, sql=change: db.run(sql, name=japanese))

    await team.slack.say("dana", "#support", "@Kept callback list")
    await team.settle()

    assert team.shown("dana")[-1].startswith("60 open promises, yours, soonest first:")
    assert len(team.shown("dana")[-1].encode()) <= 4000
