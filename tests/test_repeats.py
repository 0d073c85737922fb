"""What Kept promises about repeats: like issues are offered in a line while one is logged, and never merged unasked."""

import pytest

from handlers.customers import risk
from handlers.issues import like
from handlers.said import Said
from storage import alike, customers, history, issues, measures, people
from storage.database import SQLite
from storage.models import Person
from storage.scope import Scope
from tests.alike_pairs import LIKE, LIKE_LATER, UNLIKE, UNLIKE_LATER

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya"
NOW = 1_795_000_000  # 18 November 2026
DAY = 86400
DANA = Person("U1", "dana", "Dana", zone="UTC")


@pytest.fixture
def db(tmp_path):
    opened = SQLite(tmp_path / "repeats.db")
    opened.migrate()
    people.keep(opened, DANA)
    yield opened
    opened.close()


def logged(db, summary, customer="Acme", days_ago=0, **more):
    at = NOW - days_ago * DAY
    known = customers.by_name(db, customer) or customers.add(db, customer, at)
    who = {"reporter_id": "U1", "owner_id": "U1", "made_in": "C1"} | more
    return issues.log(db, customer_id=known.id, summary=summary, now=at, **who)


def offered(db, issue):
    """The line that is offered, or nothing."""
    items = like.offer(db, Said("key", NOW, DANA, "command", "C1"), issue, sees_all=True)
    assert len(items) <= 2  # a line, a row of buttons
    line = items[0] if items else ""
    return line if isinstance(line, str) else "".join(part if isinstance(part, str) else part.words for part in line)


# While logging


@pytest.mark.contract
async def test_an_issue_that_reads_like_an_earlier_one_of_its_customer_is_told_in_a_line(desk):
    await desk.type("dana", "/issue Acme: late delivery of the second pallet")

    answer = await desk.type("bob", "/issue Acme: second pallet delivered late")

    assert "Second like this for Acme today." in answer.text
    assert answer.message.buttons[:2] == ["Same as late delivery of the second pallet (#1)", "Not the same"]
    assert "2 open issues" in (await desk.type("dana", "/issue list")).text


async def test_nothing_is_said_where_nothing_is_alike(desk):
    plain = await desk.type("dana", "/issue Acme: late delivery")
    answer = await desk.type("dana", "/issue Acme: wrong VAT number on invoice")

    assert "since" not in answer.text
    assert plain.message.buttons == answer.message.buttons == ["Fix", "Undo"]
    assert answer.text.count("\n") == 1


async def test_words_that_are_nothing_but_again_are_told_apart_like_all_others(desk):
    await desk.type("dana", "/issue Acmeco: ... again")

    answer = await desk.type("bob", "/issue Acmeco: ... again")

    assert "Second like this for Acmeco today." in answer.text


async def test_the_same_report_told_twice_is_no_repeat_anywhere(desk):
    await desk.type("dana", "/issue Acme: late delivery #delivery")
    answer = await desk.type("bob", "/issue Acme: delivery late #delivery")
    at = int(desk.slack.clock.now())

    async def counted():
        return await desk.bot.store.read(
            lambda db: (
                risk.found(db, at, 5)[1],
                len(history.comes_back(db, 1, at - DAY)),
                measures.repeats(db, Scope(), at - DAY, at + DAY, 5)[1],
            )
        )

    assert await counted() == (1, 1, 1)
    await desk.press("bob", answer.message, "Same as late delivery (#1)")

    assert await counted() == (0, 0, 0)


async def test_same_as_closes_it_as_a_duplicate_and_not_before_it_is_pressed(desk):
    await desk.type("dana", "/issue Acme: late delivery")
    answer = await desk.type("bob", "/issue Acme: delivery late")

    await desk.press("bob", answer.message, "Same as late delivery (#1)", times=2)

    assert "duplicate of Acme · late delivery (#1)" in (await desk.type("bob", "/issue 2")).text
    assert "1 open issue, " in (await desk.type("dana", "/issue list")).text


async def test_a_promise_made_with_it_is_asked_about_before_it_is_the_same(desk):
    await desk.type("dana", "/issue Acme: late delivery")
    answer = await desk.type("bob", "/issue Acme: delivery late callback tomorrow 3pm")

    await desk.press("bob", answer.message, "Same as late delivery (#1)")

    assert any("what became of its promises?" in shown for shown in desk.shown("bob"))
    assert "2 open issues" in (await desk.type("dana", "/issue list")).text


async def test_not_the_same_is_remembered_and_the_echo_stands_without_the_offer(desk):
    await desk.type("dana", "/issue Acme: late delivery")
    answer = await desk.type("bob", "/issue Acme: delivery late")

    await desk.press("bob", answer.message, "Not the same")

    [echo] = [
        m for m in desk.slack.messages("#support", "bob") if m.text.startswith("Logged: Acme · delivery late (#2)")
    ]
    assert "Not the same as #1: noted." in echo.text
    assert echo.buttons == ["Fix", "Undo"]
    second = await desk.bot.store.read(issues.find, 2)
    assert await desk.bot.store.read(alike.like, second, 5) == []


async def test_the_offer_comes_with_the_form_too(desk):
    await desk.type("dana", "/issue Acme: late delivery")
    await desk.type("bob", "/issue the delivery of somebody is late")
    await desk.submit("bob", {"Customer": "Acme", "What happened": "Delivery late!"})

    assert any("Second Delivery late for Acme today." in shown for shown in desk.shown("bob"))


async def test_outside_the_team_nothing_of_others_is_offered(desk):
    await desk.type("maya", LINE)
    await desk.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await desk.slack.join("#general", "nina")
    await desk.type("dana", "/issue Acme: late delivery")

    first = await desk.type("nina", "/issue Acme: late delivery", channel="#general")
    second = await desk.type("nina", "/issue Acme: delivery late", channel="#general")

    assert "Second" not in first.text
    assert "Second delivery late for Acme today." in second.text


async def test_one_undone_meanwhile_is_said_and_nothing_is_closed(desk):
    first = await desk.type("dana", "/issue Acme: late delivery")
    answer = await desk.type("bob", "/issue Acme: delivery late")
    await desk.press("dana", first.message, "Undo")

    await desk.press("bob", answer.message, "Same as late delivery (#1)")

    assert "undone meanwhile; nothing was changed" in desk.shown("bob")[-1]
    assert "1 open issue, " in (await desk.type("dana", "/issue list")).text


# What it says


@pytest.mark.parametrize(
    ("days_ago", "since"),
    [
        ([0], "today"),
        ([1], "since yesterday"),
        ([3], "since Sunday"),
        ([9], "since 9 November"),
        ([40, 3], "since October"),
        ([75, 40], "since September"),
        ([330], "since December 2025"),
    ],
)
def test_it_is_counted_in_words_and_dated_as_one_says_it(db, days_ago, since):
    for days in days_ago:
        logged(db, "late delivery", days_ago=days)

    count = {1: "Second", 2: "Third"}[len(days_ago)]
    assert offered(db, logged(db, "late delivery again")) == f"{count} late delivery for Acme {since}."


@pytest.mark.parametrize(("before", "said"), [(9, "Tenth"), (10, "11th"), (20, "21st"), (21, "22nd"), (59, "60th")])
def test_what_comes_back_often_is_numbered(db, before, said):
    for _ in range(before):
        logged(db, "late delivery", days_ago=2)

    assert offered(db, logged(db, "late delivery")).startswith(f"{said} late delivery")


@pytest.mark.parametrize("summary", ["🚨🚨", "!!!", "again", "東京", "a" * 3000, "second pallet late"])
def test_whatever_was_typed_can_come_back(db, summary):
    logged(db, summary, days_ago=2)

    line = offered(db, logged(db, summary))

    assert line == "" or line.endswith(" for Acme since Monday.")
    assert len(line) < 100


def test_an_old_one_is_not_told(db):
    logged(db, "late delivery", days_ago=366)

    assert offered(db, logged(db, "late delivery")) == ""


def test_a_duplicate_is_the_same_report_and_not_counted(db):
    logged(db, "late delivery", days_ago=5)
    again = logged(db, "late delivery", days_ago=4)
    issues.change(db, again, resolved_at=NOW, resolution="duplicate of #1 (late delivery)")

    assert offered(db, logged(db, "late delivery")).startswith("Second late delivery")


def test_praise_is_never_a_repeat(db):
    logged(db, "lovely driver", category="praise", days_ago=2)

    assert offered(db, logged(db, "lovely driver", category="praise")) == ""
    assert offered(db, logged(db, "lovely driver")) == ""
    assert offered(db, logged(db, "lovely driver", category="praise")) == ""


def test_the_same_customer_comes_before_others(db):
    logged(db, "late delivery", "Globex", days_ago=1)
    mine = logged(db, "delivery late again", days_ago=30)
    issue = logged(db, "late delivery")

    assert offered(db, issue).startswith("Second late delivery for Acme")
    assert [one.id for one in alike.like(db, issue, 5)] == [mine.id, 1]


def test_the_same_at_others_is_told_and_not_offered_as_the_same(db):
    logged(db, "login page shows error 500", "Globex", days_ago=3)
    logged(db, "error 500 on the login page", "Initech", days_ago=2)
    issue = logged(db, "login page: error 500")

    assert offered(db, issue).endswith(
        "and 1 other customer had the like since Sunday: error 500 on the login page (#2)."
    )
    assert len(like.offer(db, Said("key", NOW, DANA, "command", "C1"), issue, sees_all=True)) == 1


def test_a_category_that_comes_back_is_told_from_the_third_on_within_ninety_days(db):
    logged(db, "pallet damaged", category="delivery", days_ago=96)
    logged(db, "box wet", category="delivery", days_ago=60)
    assert offered(db, logged(db, "nobody at the ramp", category="delivery", days_ago=5)) == ""

    assert (
        offered(db, logged(db, "came too early", category="delivery"))
        == "Third #delivery issue for Acme since September."
    )


def test_a_rare_like_one_is_found_behind_thousands_that_share_the_common_words(db):
    db.begin(writing=True)
    rare = logged(db, "late delivery damaged xylophone", "Globex", days_ago=200)
    for number in range(1000):
        logged(db, f"late delivery damaged {number}", f"Customer {number % 50}", days_ago=100)
    found = alike.like(db, logged(db, "xylophone damaged, late delivery"), 50)
    db.commit()

    assert found[0].id == rare.id


# How well it tells them apart


def judged(pairs):
    return [bool(alike.near(alike.telling(left), {0: alike.telling(right)})) for left, right in pairs]


def test_like_pairs_are_told_from_unlike_ones():
    assert len(LIKE) + len(UNLIKE) >= 60
    right, wrong = sum(judged(LIKE)), sum(judged(UNLIKE))
    assert right / (right + wrong) == 1.0
    assert right / len(LIKE) >= 0.8  # the rest says the same in other words


def test_and_pairs_it_was_not_measured_by_as_well():
    right, wrong = sum(judged(LIKE_LATER)), sum(judged(UNLIKE_LATER))
    assert right / (right + wrong) >= 0.9
    assert right / len(LIKE_LATER) >= 0.7
