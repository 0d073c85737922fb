"""What Kept promises about trends: the rule of section 9, counted from the rows; one alert a day, and no nagging."""

import random
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.digests import weekly
from handlers.digests.lines import Look
from handlers.problems import alert
from handlers.reports import figures
from storage import alike, audit, channels, clocks, customers, facts, issues, people, problems, teams, trends
from storage.engines import open_engine
from storage.models import Channel, Outgoing, Person, one
from storage.scope import Scope

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya"
NOW = 1_795_000_000  # 18 November 2026
DAY = 86400


@pytest.fixture
def db(database):
    opened = open_engine(database)
    opened.begin(writing=True)
    people.keep(opened, Person("U1", "dana", "Dana", zone="UTC"))
    yield opened
    opened.rollback()
    opened.close()


def logged(db, customer, category="delivery", at=NOW, summary="late delivery", **more):
    known = customers.by_name(db, customer) or customers.add(db, customer, at)
    who = {"reporter_id": "U1", "owner_id": "U1", "made_in": "C1", "category": category} | more
    return issues.log(db, customer_id=known.id, summary=summary, now=at, **who)


# The rule


def slow_rule(customers_, issues_, before, is_new):
    """The same in whole numbers: issues >= 1 + m + 4 * sqrt(m), m being ``before`` / 28."""
    if is_new:
        return customers_ >= 5
    left = issues_ - 1 - Fraction(before, 28)
    return customers_ >= 3 and left >= 0 and left * left >= 16 * Fraction(before, 28)


@pytest.mark.parametrize(
    ("customers_", "issues_", "before", "is_new", "is_one"),
    [
        (3, 3, 0, False, True),
        (2, 9, 0, False, False),
        (3, 6, 28, False, True),  # 1 + 1 + 4
        (3, 5, 28, False, False),
        (9, 13, 112, False, True),  # 1 + 4 + 8
        (9, 12, 112, False, False),
        (4, 99, 0, True, False),
        (5, 5, 0, True, True),
        (5, 5, 2800, True, True),
    ],
)
def test_the_rule_at_its_edges(customers_, issues_, before, is_new, is_one):
    assert trends.is_trend(customers_, issues_, before / 28, is_new=is_new) is is_one


@given(st.integers(0, 9), st.integers(0, 200), st.integers(0, 3000), st.booleans())
def test_the_rule_is_exact_for_whatever_was_logged(customers_, issues_, before, is_new):
    expected = slow_rule(customers_, issues_, before, is_new)

    assert trends.is_trend(customers_, issues_, before / 28, is_new=is_new) is expected


def slow_rising(db, category, team_id, at):
    """Every issue read and weighed one by one."""
    known = [row for row in db.rows("SELECT * FROM issues ORDER BY created_at, id") if row["category"] == category]
    known = [row for row in known if row["created_at"] <= at and row["team_id"] in (team_id, None)]
    once = [row for row in known if not (row["resolution"] or "").startswith("duplicate of #")]
    window = [row for row in once if at - row["created_at"] < DAY and row["problem_id"] is None]
    before = sum(1 for row in once if DAY <= at - row["created_at"] < 29 * DAY)
    is_new = all(at - row["created_at"] < 14 * DAY for row in known)
    stand_in = customers.by_name(db, customers.UNKNOWN)
    who = dict.fromkeys(row["customer_id"] for row in window if not stand_in or row["customer_id"] != stand_in.id)
    days = [sum(1 for r in once if back * DAY <= at - r["created_at"] < (back + 1) * DAY) for back in range(13, -1, -1)]
    rule = slow_rule(len(who), len(window), before, is_new)
    return [row["id"] for row in window], list(who), days, before / 28, is_new, rule


@pytest.mark.contract
@pytest.mark.parametrize("seed", range(3))
def test_what_the_queries_say_is_what_a_slow_count_says(db, seed):
    dice = random.Random(seed)
    edges = [0, 1, DAY - 1, DAY, 14 * DAY - 1, 14 * DAY, 29 * DAY - 1, 29 * DAY]
    for _ in range(250):
        ago = dice.choice([dice.choice(edges), dice.randrange(DAY), dice.randrange(40 * DAY)])
        about = {"category": dice.choice(["delivery", "billing", "praise", None]), "team_id": dice.choice([1, 2, None])}
        issue = logged(db, dice.choice(["Acme", "Bolt", "Cora", "Dyne", customers.UNKNOWN]), at=NOW - ago, **about)
        if dice.random() < 0.2:
            issues.change(db, issue, resolved_at=NOW, resolution=dice.choice(["duplicate of #1", "sent again"]))
        if dice.random() < 0.05:
            db.run("UPDATE issues SET problem_id = 1 WHERE id = :id", id=issue.id)

    for at in (NOW, NOW - 1, NOW - DAY, NOW - 13 * DAY):
        for category in ("delivery", "billing"):
            found = trends.of_category(db, Scope(team_id=1, with_teamless=True), category, at)
            told = (found.issues, found.customers, found.days, found.mean, found.is_new, found.is_trend)
            assert told == slow_rising(db, category, 1, at)


@pytest.mark.parametrize(("ago", "is_new"), [(14 * DAY - 1, True), (14 * DAY, False), (900 * DAY, False)])
def test_a_category_is_new_for_fourteen_days_from_its_first_issue(db, ago, is_new):
    logged(db, "Acme", at=NOW - ago)

    assert trends.of_category(db, Scope(), "delivery", NOW).is_new is is_new


@pytest.mark.contract
def test_texts_are_one_group_through_each_other_and_the_mean_is_of_what_reads_like_the_newest(db):
    texts = ["portal login fails", "login to portal fails again", "portal login keeps failing here", "wrong VAT number"]
    for back in (20, 16, 3):
        logged(db, "Zeta", None, NOW - back * DAY, "portal login fails")
    made = [logged(db, f"C{n}", None, NOW - 60 + n, text) for n, text in enumerate(texts + texts[:1])]

    found = trends.Likes(db, Scope(), NOW).of(made[-1].id)

    assert made[3].id not in found.issues
    assert {made[0].id, made[1].id, made[4].id} <= set(found.issues)
    assert (found.mean, found.is_new) == (3 / 28, False)
    one_by_one = {one.id: alike.telling(one.summary) for one in made}
    assert set(found.issues) == trends.connected(made[-1].id, one_by_one)


def test_a_chain_of_likes_is_one_group_and_what_is_like_nothing_stands_alone():
    texts = {1: "alpha beta gamma delta", 2: "alpha beta gamma delta epsilon", 3: "else entirely something"}

    assert trends.connected(1, texts) == {1, 2}
    assert trends.connected(3, texts) == {3}
    texts |= {4: "gamma delta epsilon zeta", 2: "alpha beta gamma delta epsilon zeta"}
    assert not alike.near(texts[1], {4: texts[4]})
    assert trends.connected(1, texts) == trends.connected(4, texts) == {1, 2, 4}
    assert trends.connected(9, texts) == set()


# One alert


def team_of(db, **changes):
    channels.keep(db, Channel("C1", "support", has_kept=True))
    values = {"zone": "UTC", "opens_at": 540, "closes_at": 1020, "weekdays": "01234", "lead_id": "U9"}
    return teams.keep(db, "C1", **values | {"made_by": "U1", "made_at": 0} | changes)


def at(local):
    return int(datetime.fromisoformat(f"{local}+00:00").timestamp())


def alerts(db):
    """Every alert on its way: its key without the beginning, and how often it was queued or drawn again."""
    return {row["key"].removeprefix("trend:"): row["version"] for row in db.rows("SELECT * FROM outbox ORDER BY id")}


def told(db, key, now=NOW):
    outgoing = one(Outgoing, db.row("SELECT * FROM outbox WHERE key = :key", key=f"trend:{key}"))
    call = alert.compose(db, outgoing, now)
    return call["channel"], call["text"].split("\n")


def is_new(db):
    return clocks.next_at(db)["trends"] is not None


def look(db, now):
    """What the worker does at every tick."""
    if is_new(db):
        alert.take_due(db, now)


def usual(db, category="delivery", days=20, customer="Zeta"):
    """A category that is not new any more."""
    logged(db, customer, category, NOW - days * DAY)


def test_the_alert_says_what_rises_whose_it_is_since_when_and_what_is_usual(db):
    team_of(db)
    usual(db)
    for n, name in enumerate(["Acme", "Bolt", "Acme", "Cora"]):
        logged(db, name, at=NOW - 3600 + n * 60, summary=f"pallet {n} late")
    look(db, NOW)

    channel, lines = told(db, "1:delivery:2026-11-18")

    assert channel == "C1"
    assert lines == [
        "Delivery is rising: 4 issues from 3 customers in 24 hours, usually 1 in four weeks",
        "Acme, Bolt and Cora",
        "▁▁▁▁▁▁▁▁▁▁▁▁▁▆ in 14 days · first today at 10:06 am UTC, latest today at 10:09 am UTC",
        "• Cora · pallet 3 late (#5)",
        "• Acme · pallet 2 late (#4)",
        "• Bolt · pallet 1 late (#3)",
        "+1 more: /issue list #delivery",
    ]


def test_as_more_come_the_one_alert_is_drawn_again_and_no_second_one_is_sent(db):
    team_of(db)
    usual(db)
    for n in range(6):
        logged(db, f"C{n}", at=NOW + n)
        look(db, NOW + n)

    assert alerts(db) == {"1:delivery:2026-11-18": 3}
    assert told(db, "1:delivery:2026-11-18")[1][0].startswith("Delivery is rising: 6 issues from 6 customers")


@pytest.mark.parametrize("category", ["praise", "idea"])
def test_praise_and_ideas_never_rise(db, category):
    team_of(db)
    for n in range(9):
        logged(db, f"C{n}", category)
    look(db, NOW)

    assert alerts(db) == {}


def test_a_report_told_twice_counts_once_and_who_is_unknown_is_no_customer(db):
    team_of(db)
    usual(db)
    for name in ("Acme", "Bolt", customers.UNKNOWN):
        logged(db, name)
    twice = logged(db, "Cora")
    issues.change(db, twice, resolved_at=NOW, resolution="duplicate of #2")
    look(db, NOW)
    assert alerts(db) == {}

    logged(db, "Dyne")
    look(db, NOW)
    assert told(db, "1:delivery:2026-11-18")[1][:2] == [
        "Delivery is rising: 4 issues from 3 customers in 24 hours, usually 1 in four weeks",
        "Acme, Bolt and Dyne",
    ]


def test_other_is_no_category_so_its_texts_decide(db):
    team_of(db)
    different = ["wrong VAT number", "portal login fails", "pallet is late", "no answer on the phone", "rude driver"]
    for n, text in enumerate(different):
        logged(db, f"C{n}", "other", summary=text)
    look(db, NOW)
    assert alerts(db) == {}

    for n in range(5):
        logged(db, f"D{n}", "other" if n % 2 else None, summary="cannot print labels")
    look(db, NOW)
    [key] = alerts(db)
    what, much = told(db, key)[1][0].split(": ")
    assert what == "The same from many · “cannot print labels”"
    assert much == "5 issues from 5 customers in 24 hours, none in the four weeks before"


@pytest.mark.contract
def test_an_issue_that_became_of_the_category_or_of_a_customer_later_counts_from_then_on(db):
    team_of(db)
    usual(db)
    made = [
        logged(db, name, category) for name, category in (("Acme", "delivery"), ("Bolt", "delivery"), ("Cora", None))
    ]
    look(db, NOW)
    said = {"at": NOW, "person_id": "U1", "surface": "form", "record_id": made[-1].id}
    audit.write(db, deed="noted", **said)
    assert not is_new(db)

    issues.change(db, made[-1], category="delivery")
    audit.write(db, deed="edited", detail='["category"]', **said)
    look(db, NOW)

    assert list(alerts(db)) == ["1:delivery:2026-11-18"]


def test_across_midnight_only_something_new_makes_another_alert(db):
    team_of(db)
    usual(db)
    for n in range(3):
        logged(db, f"C{n}", at=at("2026-11-18T23:0" + str(n)))
    look(db, at("2026-11-18T23:30"))
    assert list(alerts(db)) == ["1:delivery:2026-11-18"]

    logged(db, "Dyne", "billing", at=at("2026-11-19T08:00"))
    look(db, at("2026-11-19T08:00"))
    assert len(alerts(db)) == 1

    for n in range(2):
        logged(db, f"E{n}", at=at(f"2026-11-19T0{8 + n}:30"))
        look(db, at(f"2026-11-19T0{8 + n}:30"))
    assert alerts(db) == {"1:delivery:2026-11-18": 0, "1:delivery:2026-11-19": 1}


def test_each_team_has_its_own_and_the_days_are_those_of_its_zone(db):
    first = team_of(db, zone="Pacific/Auckland")
    second = teams.keep(db, "C2", zone="UTC", opens_at=0, closes_at=0, weekdays="01234", made_by="U1", made_at=0)
    for team in (first, second):
        logged(db, "Zeta", at=NOW - 20 * DAY, team_id=team.id)
        for n in range(2):
            logged(db, f"C{n}", at=at("2026-11-18T20:00"), team_id=team.id)
    look(db, at("2026-11-18T20:00"))
    assert alerts(db) == {}

    logged(db, "C2", at=at("2026-11-18T20:00"), team_id=None)  # made before there was a team: the first one's
    look(db, at("2026-11-18T20:00"))
    assert list(alerts(db)) == ["1:delivery:2026-11-19"]


def test_where_kept_may_not_post_the_lead_hears_and_before_setup_kepts_admin(db):
    people.keep(db, Person("U7", "maya", "Maya", zone="UTC", is_admin=True))
    for n in range(5):
        logged(db, f"C{n}")
    look(db, NOW)
    assert told(db, "0:delivery:2026-11-18")[0] == "U7"

    team_of(db)
    channels.keep(db, Channel("C1", "support", has_kept=False))
    logged(db, "C9", team_id=1)
    look(db, NOW)
    assert told(db, "1:delivery:2026-11-18")[0] == "U9"


def test_the_week_s_digest_marks_what_was_a_trend(db):
    team_of(db)
    usual(db)
    for n in range(3):
        logged(db, f"C{n}", at=NOW, team_id=1)
    logged(db, "Acme", "billing", at=NOW, team_id=1)
    look(db, NOW)
    look_at = Look(db, Scope(team_id=1), "UTC", NOW + DAY, NOW + 2 * DAY, frozenset())
    week = weekly.Week(look_at, look_at.scope, figures.period("week", "UTC", NOW + DAY))

    told = [line for line, _ in weekly._trends(week, 3).told]

    assert [line.endswith(" · trend") for line in told if "#delivery" in line] == [True]
    assert [line.endswith(" · trend") for line in told if "#billing" in line] == [False]


# No nagging


def problem_of(db, numbers, now=NOW, category="delivery"):
    made = problems.open_new(
        db, team_id=1, category=category, title="Lorry broken", titled_after=None, person_id="U1", now=now
    )
    problems.link(db, made.id, numbers)
    return made


def test_while_a_category_has_an_open_problem_its_card_grows_and_nobody_is_alerted(db):
    team_of(db)
    usual(db)
    made = problem_of(db, [logged(db, f"C{n}").id for n in range(3)])
    for n in range(9):
        logged(db, f"D{n}", at=NOW + 1)
    look(db, NOW + 1)

    assert list(alerts(db)) == [f"problem:{made.id}"]


def test_what_reads_like_an_open_problem_alerts_nobody_and_what_does_not_is_not_hidden_by_it(db):
    team_of(db)
    problem_of(db, [logged(db, "Acme", None, summary="portal login fails").id], category=None)
    for n in range(6):
        logged(db, f"C{n}", None, summary="portal login fails again")
    look(db, NOW)
    assert list(alerts(db)) == ["problem:2"]

    for n in range(6):
        logged(db, f"D{n}", None, summary="wrong VAT number on the invoice")
    look(db, NOW)
    assert [key for key in alerts(db) if not key.startswith("problem")] == ["1:like 1:2026-11-18"]


def test_after_it_was_solved_what_was_part_of_it_alerts_nobody_again_but_as_many_new_ones_do(db):
    team_of(db)
    usual(db)
    made = problem_of(db, [logged(db, f"C{n}").id for n in range(9)])
    problems.change(db, made, solved_at=NOW, solved_by="U1", how="new lorry")
    for n in range(2):
        logged(db, f"D{n}", at=NOW + 1)
    look(db, NOW + 1)
    assert alerts(db) == {}

    logged(db, "D2", at=NOW + 2)
    look(db, NOW + 2)
    assert told(db, "1:delivery:2026-11-18")[1][0].startswith("Delivery is rising: 3 issues from 3 customers")


def test_a_problem_nobody_closed_for_a_week_hides_nothing(db):
    team_of(db)
    usual(db)
    problem_of(db, [logged(db, "Cora", at=NOW - 8 * DAY).id], now=NOW - 8 * DAY)
    for n in range(4):
        logged(db, f"D{n}")
    look(db, NOW)

    assert list(alerts(db)) == ["1:delivery:2026-11-18"]


# What it costs


def test_a_log_writes_nothing_for_it_and_a_look_that_found_nothing_new_is_not_repeated(db):
    team_of(db)
    logged(db, "Acme")
    assert facts.fact(db, trends.LOOKED["issues"]) is None

    look(db, NOW)

    assert not is_new(db)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("look_at", "index"),
    [
        (
            lambda db: trends.of_category(db, Scope(team_id=1, with_teamless=True), "delivery", NOW),
            "issues_by_category",
        ),
        (lambda db: trends.take_new(db, NOW), "issues_by_time"),
        (lambda db: problems.going_on(db, Scope(), "delivery", NOW), "problems_open"),
        (lambda db: problems.counts(db, 1), "issues_by_problem"),
        (lambda db: problems.promised(db, 1, "U1"), "promises_by_problem"),
    ],
)
def test_every_look_finds_its_rows_by_an_index(db, look_at, index):
    asked = []

    class Asking:
        def rows(self, sql, **values):
            asked.extend(db.rows(f"EXPLAIN QUERY PLAN {sql}", **values))
            return db.rows(sql, **values)

        def row(self, sql, **values):
            return next(iter(self.rows(sql, **values)), None)

        run = db.run

    look_at(Asking())

    plans = [row["detail"] for row in asked]
    assert any(index in plan for plan in plans)
    assert not [plan for plan in plans if plan in ("SCAN issues", "SCAN promises", "SCAN audit")]
