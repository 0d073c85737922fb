"""Cases of the ladder that chance seldom meets: who takes whose place while steps wait, and what is left unsaid."""

from datetime import time

import pytest

from handlers.callbacks import ladder
from handlers.callbacks.ladder import Cast, Listener, Settings
from handlers.when import Hours
from storage import callbacks, people
from tests.ladder_office import NUMBER, Office, heard, re, window
from tests.ladder_oracle import MINUTE

HOUR = 60 * MINUTE
WEEK = window("2026-11-10T10:00", 9, "")  # from a Tuesday on, in New York: three in the afternoon in London


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "kept.db", WEEK)


def promised(office, person, when):
    return int(re.search(NUMBER, office.type(person, f"/callback Acme {when}"))[1])


def told(office, person, number):
    """Which steps of a promise this person heard, and how many hours from the beginning."""
    found = sorted((at, step) for (at, who), those in heard(office.db).items() for n, step in those if n == number
                   if who == person)  # fmt: skip
    return [(step, (at - WEEK.begin) / HOUR) for at, step in found]


def test_who_is_backup_and_lead_in_one_hears_once_in_the_morning_not_twice_in_one_message(office):
    people.keep_hours(office.db, "UPRIYA", 0, 60, "0123456")  # from half past one to half past two in New York
    number = promised(office, "bob", "in 90 minutes")

    office.walk(WEEK.begin + 48 * HOUR)

    assert told(office, "priya", number) == [("lead1", 3.5), ("lead2", 27.5)]


def test_a_lead_who_was_away_has_the_mornings_one_a_day_from_when_they_are_back(office):
    office.type("priya", "/kept away")
    number = promised(office, "bob", "in 90 minutes")
    office.walk(WEEK.begin + 60 * HOUR)
    assert told(office, "priya", number) == []

    office.type("priya", "/kept away off")
    office.walk(WEEK.end)

    mornings = [(step, at) for step, at in told(office, "priya", number) if step.startswith("lead")]
    assert mornings == [("lead1", 75.5), ("lead2", 99.5), ("lead3", 123.5)]


def test_who_gave_a_promise_up_is_never_reminded_in_the_place_of_its_owner(office):
    office.type("priya", "/kept away")
    number = promised(office, "bob", "in 90 minutes")
    office.walk(WEEK.begin + MINUTE)
    assert "is asked to take 1 promise" in office.type("maya", "/kept handover @bob to @dana")

    office.walk(WEEK.begin + 3 * HOUR)

    assert [step for step, _ in told(office, "bob", number)] == []
    assert told(office, "maya", number)[0][0] == "unowned"
    assert ("due", 1.5) in told(office, "maya", number)


def test_due_ten_minutes_after_the_end_of_the_day_the_reminder_before_it_stands_for_the_days_last_too(office):
    number = promised(office, "dana", "in 430 minutes")  # ten past five

    office.walk(WEEK.begin + 8 * HOUR)

    assert told(office, "dana", number) == [("before", 415 / 60), ("due", 430 / 60)]


def test_who_covers_late_in_the_day_is_not_sent_what_comes_before_the_reminder_that_was_given_already(office):
    promise = callbacks.find(office.db, promised(office, "dana", "in 1510 minutes"))  # tomorrow, ten past eleven
    lead = Listener("UPRIYA", "America/New_York", Hours(closes=time(11)))
    covered = Cast(owner=lead, lead=lead, is_covered=True)

    def steps(taken):
        planned = ladder.planned(promise, Settings(), covered, is_high=False, taken=taken)
        return [step.rung for step in ladder.left(planned, taken)]

    assert steps({})[:3] == ["day", "evening", "due"]
    assert steps({"before": promise.due_at - HOUR})[0] == "due"


def test_while_a_reminder_waits_since_its_owner_heard_three_in_ten_minutes_nobody_further_up_hears_before_them(office):
    for minute in (1, 2, 3):
        promised(office, "dana", f"in {minute} minutes")
    office.type("dana", "/issue Acme: charged twice !losing-money")
    number = int(re.search(NUMBER, office.type("dana", "/issue 4 callback in 5 minutes"))[1])

    office.walk(WEEK.begin + HOUR)

    assert told(office, "dana", number) == [("due", 11 / 60)]
    assert told(office, "#support", number) == [("thread", 16 / 60)]
    assert told(office, "bob", number) == [("backup", 26 / 60)]
    assert told(office, "#urgent", number) == [("escalation", 41 / 60)]
