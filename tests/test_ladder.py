"""What Kept promises about reminders: each step at its minute, to who can act, never too many, never to nobody."""

from copy import deepcopy

import pytest

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
ALL_DAY = "0:00-23:59 sun-sat"


@pytest.fixture
async def team(desk):
    """A team in New York whose backup and lead work around the clock, so that only the steps themselves count."""
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")
    await desk.wait(minutes=3)
    await desk.press("maya", desk.slack.last_dm("maya"), "Kept")
    for person in ("bob", "priya"):
        await desk.type(person, f"/kept hours {ALL_DAY}")
    return desk


def new(desk, person, before):
    return desk.dms(person)[before:]


def posts(desk):
    return [message.text for message in desk.cards("#escalations")]


@pytest.mark.contract
async def test_after_half_an_hour_the_backup_hears_after_an_hour_the_channel_then_the_morning(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")

    await desk.wait(hours=1, minutes=26)
    assert desk.dms("bob") == []
    await desk.wait(minutes=1)
    [asked] = desk.dms("bob")
    assert asked == (
        "Acme still waits: call about the refund, due today at 4 pm GMT, 30 minutes ago. Dana has it. (#2)"
    )
    assert desk.slack.last_dm("bob").buttons == ["I take it"]
    assert posts(desk) == []
    await desk.wait(minutes=30)
    assert posts(desk) == [
        "Acme still waits for the call about the refund promised for 11 am. Who can ring now?\nDana has it. (#2)"
    ]
    before = len(desk.dms("dana"))
    await desk.wait(hours=21)
    assert desk.dms("dana")[before:] == [
        "Overdue:\nAcme still waits: call about the refund, due yesterday at 11 am EST, 22 hours ago (#2)"
    ]
    assert desk.slack.last_dm("dana").buttons == ["Kept", "No answer", "Move", "Close as broken", "More"]
    assert "Overdue:\nAcme still waits" in desk.dms("priya")[-1]
    assert desk.slack.last_dm("priya").buttons == ["I take it", "Close as broken"]


async def test_after_three_mornings_it_is_quiet(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")
    await desk.wait(hours=22)
    before = len(desk.dms("dana"))
    await desk.wait(hours=24 * 6)
    assert len(desk.dms("dana")) == before + 3
    assert len(desk.dms("bob")) == 1
    assert len(posts(desk)) == 1


async def test_i_take_it_makes_it_theirs_once_and_whoever_presses_later_is_told(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")
    await desk.wait(hours=2)
    post = deepcopy(desk.cards("#escalations")[0])  # as it stands on a screen that has not been drawn again

    await desk.press("bob", desk.slack.last_dm("bob"), "I take it", times=2)
    await desk.press("maya", post, "I take it")

    assert desk.dms("bob")[-1].startswith("You took this:\nAcme still waits: call about the refund")
    assert "Bob has it now" in desk.shown("maya", "#escalations")[-1]
    assert "now with Bob, due today at 11 am." in posts(desk)[-1]
    assert "now with Bob" in desk.dms("dana")[-1]


async def test_high_impact_halves_the_waits_after_due(team):
    desk = team
    await desk.type("dana", "/issue Acme: charged twice !losing-money")
    await desk.type("dana", "/issue 2 callback 11am")
    [card] = desk.cards()

    await desk.wait(hours=1, minutes=2)
    assert len(desk.slack.thread(card)) == 1
    await desk.wait(minutes=10)
    assert len(desk.dms("bob")) == 1
    await desk.wait(minutes=15)
    assert len(posts(desk)) == 1


async def test_on_it_holds_the_later_steps_for_half_an_hour_once(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.wait(hours=1)
    await desk.press("dana", desk.slack.last_dm("dana"), "More")
    await desk.submit("dana", {"How did it end?": "Not yet: I am on it, wait 30 minutes"})

    assert "works once" in (await desk.type("dana", "/callback 2 on it")).text
    await desk.wait(minutes=56)
    assert desk.dms("bob") == []
    await desk.wait(minutes=1)
    assert len(desk.dms("bob")) == 1


async def test_due_at_the_end_of_the_day_the_reminder_comes_an_hour_before(team):
    desk = team
    await desk.type("dana", "/callback Acme send the offer by end of day")

    await desk.wait(hours=5, minutes=56)
    assert desk.dms("dana") == []
    await desk.wait(minutes=1)
    assert "in 1 hour" in desk.dms("dana")[0]


async def test_the_day_begins_with_one_message_of_what_is_due_and_was_promised_before(team):
    desk = team
    await desk.type("dana", "/callback Acme tomorrow 3pm about the refund")
    await desk.type("dana", "/callback Globex tomorrow 4pm")
    await desk.wait(hours=22, minutes=56)
    assert desk.dms("dana") == []

    await desk.wait(minutes=1)

    assert desk.dms("dana") == [
        "Due today:\n"
        "Acme · call about the refund, due today at 3 pm EST: in 6 hours (#2)\n"
        "Globex · call, due today at 4 pm EST: in 7 hours (#3)"
    ]


async def test_the_day_ends_with_what_is_due_before_the_next_to_keep_or_hand_over(team):
    desk = team
    await desk.type("dana", "/callback Acme today 8pm about the refund")
    await desk.wait(hours=7)
    [asked] = desk.dms("dana")
    assert asked == (
        "Due before you are back. Do you keep it, or hand it over?\n"
        "Acme · call about the refund, due today at 8 pm EST: in 3 hours (#2)"
    )

    await desk.press("dana", desk.slack.last_dm("dana"), "Keep it")

    assert "Dana keeps it." in desk.dms("dana")[0]
    assert desk.slack.last_dm("dana").buttons == ["Hand over", "Move"]
    await desk.press("dana", desk.slack.last_dm("dana"), "Hand over")
    await desk.submit("dana", {"To whom?": "bob"})
    assert "Dana handed this over to you:" in desk.dms("bob")[-1]


async def test_due_outside_hours_only_the_owner_hears_at_that_hour(team):
    desk = team
    await desk.type("bob", "/kept hours 9:00-17:00 mon-fri")
    await desk.type("dana", "/callback Acme today 8pm about the refund")

    await desk.wait(hours=12)
    assert "is due now, today at 8 pm EST" in desk.dms("dana")[-1]
    assert desk.dms("bob") == []
    assert posts(desk) == []
    await desk.wait(hours=5, minutes=56)
    assert desk.dms("bob") == []
    await desk.wait(minutes=1)
    assert "Acme still waits" in desk.dms("bob")[-1]
    assert posts(desk) == []
    await desk.wait(hours=5)
    assert "promised for yesterday at 8 pm. Who can ring now?" in posts(desk)[-1]


async def test_several_due_together_are_one_message_and_each_can_be_kept_in_it(team):
    desk = team
    for name in ("Acme", "Globex", "Initech"):
        await desk.type("dana", f"/callback {name} 11am")

    await desk.wait(hours=1)

    assert len(desk.dms("dana")) == 2
    together = desk.slack.last_dm("dana")
    assert together.text == "\n".join(
        f"{name} · call is due now, today at 11 am EST (#{n})"
        for n, name in enumerate(("Acme", "Globex", "Initech"), 2)
    )
    await desk.press("dana", together, "Kept")
    lines = desk.dms("dana")[-1].splitlines()
    assert "✓ kept, Dana" in lines[0]
    assert "Globex still waits" in lines[1]
    [left] = [message for message in desk.slack.dm("dana") if message.text == "\n".join(lines)]
    assert left.buttons == ["Kept", "No answer", "Move", "More"] * 2


async def test_a_fourth_reminder_in_ten_minutes_waits_and_all_that_waits_is_one_message(team):
    desk = team
    for minute in range(1, 8):
        await desk.type("dana", f"/callback Customer{minute}: in {minute} minutes")

    await desk.wait(minutes=10)
    assert len(desk.dms("dana")) == 3
    await desk.wait(minutes=1)

    assert len(desk.dms("dana")) == 4
    assert [line.partition(" ")[0] for line in desk.dms("dana")[-1].splitlines()] == [
        f"Customer{n}" for n in range(4, 8)
    ]


async def test_after_downtime_each_promise_sends_one_step_and_many_are_one_message(team):
    desk = team
    for n in range(7):
        await desk.type("dana", f"/callback Customer{n}: in {20 + n} minutes")

    desk.slack.clock._jump(desk.slack.clock.now() + 3 * 3600)
    await desk.settle()

    [late] = desk.dms("dana")
    assert late.startswith("This reminder is late")
    assert late.count("still waits") == 7
    assert desk.dms("bob") == []
    await desk.wait(minutes=29)
    assert desk.dms("bob") == []
    await desk.wait(minutes=1)
    assert len(desk.dms("bob")) == 1
    await desk.wait(minutes=30)
    assert len(posts(desk)) == 1


async def test_while_slack_is_gone_the_steps_wait_for_the_first_and_keep_their_distance(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.wait(minutes=40)
    with desk.slack.faults.outage():
        await desk.wait(hours=3)
    await desk.wait(minutes=6)

    assert [text.splitlines()[0][:21] for text in desk.dms("dana")] == ["This reminder is late"]
    assert desk.dms("bob") == []
    assert posts(desk) == []
    await desk.wait(minutes=33)
    assert len(desk.dms("bob")) == 1
    assert posts(desk) == []


async def test_what_cannot_be_delivered_goes_to_the_next_until_somebody_hears(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    desk.slack.faults.error("cannot_dm_bot", "chat.postMessage", times=2)

    await desk.wait(minutes=43)

    assert desk.dms("dana") == []
    assert desk.dms("bob") == []
    assert desk.cards()[-1].text.startswith("Acme still waits for the call promised for 11 am. Who can ring now?")


async def test_what_nobody_can_hear_is_an_alarm_that_can_be_counted(team, caplog):
    from storage import nudges  # noqa: PLC0415

    desk = team
    await desk.type("dana", "/callback Acme in 20 minutes")
    desk.slack.faults.error("cannot_dm_bot", "chat.postMessage", times=None)

    await desk.wait(minutes=26)

    assert await desk.bot.store.read(nudges.unheard) == 1
    assert any("reached nobody" in record.message for record in caplog.records if record.levelname == "ERROR")


async def test_reminders_are_shown_and_changed_in_words(team):
    desk = team
    shown = (await desk.type("maya", "/kept reminders")).text
    assert "• backup: 30 minutes after: the backup, else the lead" in shown
    await desk.type("dana", "/callback Acme 11am")
    await desk.type("maya", "/kept reminders backup 45 min")
    assert "• escalation: off" in (await desk.type("maya", "/kept reminders off escalation")).text
    assert "This is for managers." in (await desk.type("dana", "/kept reminders before 10 min")).text

    await desk.wait(hours=1, minutes=41)
    assert desk.dms("bob") == []
    await desk.wait(minutes=1)
    assert len(desk.dms("bob")) == 1
    await desk.wait(hours=3)
    assert posts(desk) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("brefore 10 min", "There is no step “brefore”"),
        ("off due", "When it is due, the owner is always reminded."),
        ("backup 5 min", "each later than the one before"),
        ("backup 2000 min", "From a minute to a day"),
        ("later please", "I don't understand that."),
    ],
)
async def test_a_wrong_change_of_reminders_says_what_to_type(team, typed, told):
    answer = await team.type("maya", f"/kept reminders {typed}")

    assert told in answer.text
    assert f"You typed: /kept reminders {typed}" in answer.text


async def test_moved_twice_or_without_a_word_to_the_customer_the_backup_hears_at_once(team):
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    moved = await desk.type("dana", "/callback 2 move 12pm")
    assert desk.dms("bob") == []
    await desk.press("dana", moved.message, "No, not yet")
    assert desk.dms("bob")[-1].startswith("Dana moved this, once, and the customer was not told:")

    await desk.type("dana", "/callback 2 move 1pm")

    assert desk.dms("bob")[-1].startswith("Dana moved this, twice now:")


async def test_at_capture_a_time_hard_to_keep_is_said_and_the_next_free_one_offered(team):
    desk = team
    answer = await desk.type("dana", "/callback Acme today 7pm")
    assert "That is outside your working hours." in answer.text

    await desk.press("dana", answer.message, "Make it tomorrow at 9 am")

    assert "Wednesday 25 November 2026, 9:00 am" in desk.shown("dana")[-1]
    for name in ("Globex", "Initech", "Umbrella"):
        assert "due in that hour" not in (await desk.type("dana", f"/callback {name} 2pm")).text
    busy = await desk.type("dana", "/callback Hooli 2:30pm")
    assert "You have 3 others due in that hour already." in busy.text
    assert "Make it today at 3 pm" in busy.message.buttons
