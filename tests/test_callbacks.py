"""What Kept promises about promises: understood, echoed in full, reminded of, honestly closed."""

import asyncio
from datetime import datetime

import pytest


@pytest.mark.contract
async def test_a_promise_is_echoed_in_full_and_its_owner_reminded_before_and_when_it_is_due(desk):
    answer = await desk.type("dana", "/callback Acme today 3pm about the refund")

    assert "Promised: Acme · call about the refund (#1)" in answer.text
    assert "Tuesday 24 November 2026, 3:00 pm" in answer.text
    assert "You will be reminded today at 2:45 pm." in answer.text
    await desk.wait(hours=4, minutes=44)
    assert desk.dms("dana") == []
    await desk.wait(minutes=1)
    assert desk.dms("dana") == ["Acme · call about the refund, due today at 3 pm EST: in 15 minutes (#1)"]
    await desk.wait(minutes=15)
    assert desk.dms("dana")[-1] == "Acme · call about the refund is due now, today at 3 pm EST (#1)"
    assert desk.dms("dana")[0] == "Acme · call about the refund (#1): reminded; the latest reminder is below."


@pytest.mark.contract
async def test_a_promise_a_minute_ahead_is_reminded_in_time_kept_with_a_button_and_gone_from_the_list(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("dana", "/issue 1 callback in 1 minute")
    assert "Promised: call · today at 10:01 am EST" in desk.cards()[0].text

    await desk.wait(minutes=1)
    reminder = desk.slack.last_dm("dana")
    assert "Acme · call is due now" in reminder.text
    assert reminder.buttons == ["Kept", "No answer", "Move", "More"]
    await desk.press("dana", reminder, "Kept")

    assert desk.dms("dana") == ["Acme · call (#2): ✓ kept, Dana, today at 10:01 am."]
    assert desk.slack.last_dm("dana").buttons == []
    assert "No open promises" in (await desk.type("dana", "/callback list")).text
    assert "Promise kept: call" in desk.cards()[0].text


@pytest.mark.contract
async def test_a_click_delivered_three_times_has_one_effect(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)

    await desk.press("dana", desk.slack.last_dm("dana"), "No answer", times=3)

    assert "(1 attempt)" in desk.slack.last_dm("dana").text
    shown = await desk.type("dana", "/callback 1")
    assert "1 attempt, moved 0 times" in shown.text


async def test_two_replicas_at_work_at_once_remind_once(desk, database):
    from tests.conftest import open_desk  # noqa: PLC0415

    await desk.type("dana", "/callback Acme in 1 minute")
    async with open_desk(desk.slack, database, desk.transport) as second:
        desk.slack.clock._jump(desk.slack.clock.now() + 60)
        now = int(desk.slack.clock.now())
        await asyncio.gather(desk.bot.worker.work(now), second.bot.worker.work(now))

    assert len(desk.dms("dana")) == 1


async def test_after_ten_minutes_the_issues_thread_hears_it_once(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("dana", "/issue 1 callback in 2 hours")

    await desk.wait(hours=3)

    [card] = desk.cards()
    thread = [message.text for message in desk.slack.thread(card) if message.ts != card.ts]
    assert thread == ["Acme still waits for what Dana promised for today at 12 pm EST: call (#2)"]


async def test_after_downtime_one_late_reminder_comes_and_the_later_steps_keep_their_distance(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("dana", "/issue 1 callback in 2 hours")
    [card] = desk.cards()

    desk.slack.clock._jump(desk.slack.clock.now() + 3 * 3600)  # as a machine that slept: nothing ticks on the way
    await desk.settle()

    [late] = desk.dms("dana")
    assert late.startswith("This reminder is late")
    assert "Acme still waits: call, due today at 12 pm EST, 1 hour ago (#2)" in late
    await desk.wait(minutes=9)
    assert desk.slack.thread(card) == []
    await desk.wait(minutes=1)
    assert len(desk.slack.thread(card)) == 1
    assert len(desk.dms("dana")) == 1


async def test_a_promise_kept_in_time_costs_its_owner_two_messages_at_most(desk):
    await desk.type("dana", "/callback Acme in 2 hours")
    await desk.wait(hours=1, minutes=50)

    await desk.press("dana", desk.slack.last_dm("dana"), "Kept")
    await desk.wait(hours=5)

    assert desk.dms("dana") == ["Acme · call (#1): ✓ kept, Dana, today at 11:50 am."]


async def test_promised_less_than_half_an_hour_ahead_there_is_one_reminder(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")

    await desk.wait(hours=2)

    assert len(desk.dms("dana")) == 1


async def test_a_subject_as_long_as_slack_lets_one_type_is_reminded_of_and_loses_nothing(desk):
    long = " ".join(["the pallet that never came"] * 150)
    await desk.type("dana", f"/callback Acme in 1 minute about {long}")

    await desk.wait(minutes=1)
    await desk.press("dana", desk.slack.last_dm("dana"), "Kept")

    assert "✓ kept" in desk.dms("dana")[0]
    shown = await desk.type("dana", "/callback 1")
    leaves = [leaf.get("text", "") for leaf in shown.blocks[0]["elements"][0]["elements"]]
    assert long in "".join(leaves)


async def test_nothing_is_sent_after_it_was_closed(desk):
    await desk.type("dana", "/callback Acme in 2 hours")
    await desk.type("dana", "/callback 1 kept")

    await desk.wait(hours=4)

    assert desk.dms("dana") == []


async def test_what_is_vague_is_asked_back_and_one_press_settles_it(desk):
    asked = await desk.type("dana", "/callback Acme sometime about the refund")

    assert "Nothing is saved yet. You typed: /callback Acme sometime about the refund" in asked.text
    assert "No open promises" in (await desk.type("dana", "/callback list")).text
    again = await desk.type("dana", "/callback Acme 9am about the refund")
    assert again.message.buttons[-1] == "Never mind"
    await desk.press("dana", again.message, again.message.buttons[0])
    told = desk.shown("dana")[-1]
    assert "Promised: Acme · call about the refund" in told
    assert "25 November 2026, 9:00 am" in told


async def test_a_question_is_answered_once_however_often_it_is_pressed(desk):
    asked = await desk.type("dana", "/callback Acme 9am about the refund")

    await desk.press("dana", asked.message, asked.message.buttons[0], times=3)

    assert (await desk.type("dana", "/callback list")).text.startswith("1 open promise,")


async def test_a_dismissed_question_gives_the_words_back(desk):
    asked = await desk.type("dana", "/callback Acme 9am about the refund")

    await desk.press("dana", asked.message, "Never mind")

    assert "You had typed: /callback Acme 9am about the refund" in desk.shown("dana")[-1]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/callback Acme send the price list tomorrow 3pm", "Acme · send the price list (#1)"),
        ("/callback call Dana at Globex tomorrow 3pm about the van", "Globex · call Dana about the van (#1)"),
        ("/callback Sunrise Bakery tomorrow 3pm @bob", "Bob will be reminded"),
        ("/callback Acme: tomorrow 3pm", "Acme · call (#1)"),
        ("/callback Acme Freight tomorrow 3pm about the lost pallet", "Acme Freight · call about the lost pallet (#1)"),
    ],
)
async def test_customer_kind_subject_and_owner_are_read_from_the_line(desk, typed, told):
    await desk.type("dana", "/issue Globex: van late")
    await desk.type("dana", "/issue 1 resolve done")

    answer = await desk.type("dana", typed)

    assert told.replace("#1", "#2") in answer.text


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("/callback Acme about the refund", "24 November 2026, 10:30 am"),
        ("/callback Acme send the price list", "25 November 2026, 5:00 pm"),
    ],
)
async def test_with_no_time_at_all_the_default_is_taken_and_said(desk, typed, due):
    answer = await desk.type("dana", typed)

    assert due in answer.text
    assert "You named no time, so I took this one. Press Fix for another." in answer.text


async def test_fix_corrects_what_was_understood(desk):
    answer = await desk.type("dana", "/callback Acme tomorrow 3pm about the refund")

    await desk.press("dana", answer.message, "Fix")
    refused = await desk.submit("dana", {"By when": "31 June 10am"})
    assert "when" in refused.errors
    await desk.submit("dana", {"By when": "tomorrow 4pm", "Owner": "bob"})

    assert "4:00 pm" in desk.shown("dana")[-1]
    assert "Bob will be reminded" in desk.shown("dana")[-1]
    shown = await desk.type("dana", "/callback 1")
    assert "First promised" not in shown.text


async def test_undo_leaves_nothing_and_no_reminder_comes(desk):
    answer = await desk.type("dana", "/callback Acme in 5 minutes")

    await desk.press("dana", answer.message, "Undo")
    await desk.wait(hours=1)

    assert desk.dms("dana") == []
    assert "There is no promise #1" in (await desk.type("dana", "/callback 1")).text


@pytest.mark.contract
async def test_a_move_keeps_the_first_time_for_ever_and_asks_whether_the_customer_was_told(desk):
    await desk.type("dana", "/callback Acme in 2 hours")

    moved = await desk.type("dana", "/callback 1 move tomorrow 10am")

    assert "Was the customer told?" in moved.text
    await desk.press("dana", moved.message, "Yes, they know")
    assert "noted, the customer knows of the new time." in desk.shown("dana")[-1]
    shown = await desk.type("dana", "/callback 1")
    assert "First promised for Tuesday 24 November 2026, 12:00 pm" in shown.text
    await desk.wait(hours=6)
    assert desk.dms("dana") == []
    await desk.wait(hours=18)
    assert "due now, today at 10 am EST" in desk.dms("dana")[-1]


async def test_a_move_to_the_time_it_is_due_anyway_is_no_move(desk):
    await desk.type("dana", "/callback Acme in 2 hours")

    typed = await desk.type("dana", "/callback 1 move 12pm")

    assert "is due Tuesday 24 November 2026, 12:00 pm" in typed.text
    assert "already; nothing was moved." in typed.text
    shown = await desk.type("dana", "/callback 1")
    assert "First promised for" not in shown.text
    await desk.press("dana", shown.message, "Move")
    refused = await desk.submit("dana", {"New time": "today 12pm"})
    assert refused.errors == {"when": "It is due then already. Type another time."}


async def test_move_from_the_reminder_is_a_form_with_its_question_in_it(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)
    await desk.press("dana", desk.slack.last_dm("dana"), "Move")

    await desk.submit("dana", {"New time": "in 3 hours", "Was the customer told?": "Yes, they know"})

    assert "Acme · call (#1): now with Dana, due today at 1:01 pm." in desk.dms("dana")[0]
    await desk.wait(hours=3)
    assert "due now" in desk.dms("dana")[-1]


async def test_no_answer_asks_for_the_next_time_and_one_press_sets_it(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)
    reminder = desk.slack.last_dm("dana")

    await desk.press("dana", reminder, "No answer")
    question = desk.slack.last_dm("dana")
    assert "no answer noted (1 attempt). When will you try again?" in question.text
    await desk.press("dana", question, "In 30 minutes")

    await desk.wait(minutes=30)
    assert "Acme · call is due now, today at 10:31 am EST (#1)" in desk.dms("dana")[-1]


@pytest.mark.contract
async def test_who_gets_it_handed_over_is_told_at_once_and_reminded_from_then_on(desk):
    await desk.type("dana", "/callback Acme in 2 hours about the refund")

    answer = await desk.type("dana", "/callback 1 hand @bob")

    assert "Bob's now" in answer.text
    assert "Dana handed this over to you:" in desk.dms("bob")[0]
    await desk.wait(hours=2)
    assert "due now, today at 5 pm GMT" in desk.dms("bob")[-1]
    assert desk.dms("dana") == []


async def test_the_rarer_outcomes_stand_behind_more(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)
    await desk.press("dana", desk.slack.last_dm("dana"), "More")

    refused = await desk.submit("dana", {"How did it end?": "Entered by mistake"})
    assert "What was the mistake?" in refused.errors["note"]
    await desk.submit("dana", {"In a word": "logged twice"})

    assert "entered by mistake, Dana" in desk.dms("dana")[0]


async def test_kept_pressed_late_is_closed_at_once_and_asks_whether_it_was_on_time(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=20)

    await desk.press("dana", desk.slack.last_dm("dana"), "Kept")

    question = [message for message in desk.slack.dm("dana") if message.ephemeral_to][-1]
    assert "is closed as kept. It is past its time: was it on time?" in question.text
    assert "No open promises" in (await desk.type("dana", "/callback list team")).text
    await desk.press("dana", question, "On time")
    assert "✓ kept, Dana, today at 10:01 am." in desk.dms("dana")[0]


async def test_kept_at_says_when_it_was(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=30)

    answer = await desk.type("dana", "/callback 1 kept at 10:15am")

    assert "✓ kept, Dana, today at 10:15 am." in answer.text


async def test_of_two_who_close_it_the_second_is_told_how_it_ended(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.type("bob", "/callback 1 called")

    answer = await desk.type("dana", "/callback 1 kept")

    assert "they called us, Bob" in answer.text


async def test_lists_are_soonest_first_and_can_be_narrowed(desk):
    await desk.type("dana", "/callback Acme tomorrow 3pm")
    await desk.type("dana", "/callback Globex in 20 minutes")
    await desk.type("bob", "/callback Initech in 3 hours")
    await desk.wait(minutes=30)

    mine = await desk.type("dana", "/callback list")
    assert mine.text.splitlines()[1].startswith("• Globex · call (#2) · today at 10:20 am · overdue 10 minutes")
    assert "3 open promises, the team's" in (await desk.type("dana", "/callback list team")).text
    assert (await desk.type("bob", "/callback list overdue")).text.startswith("1 open promise, overdue")
    assert "Initech" in (await desk.type("dana", "/callback list initech")).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/callback 99", "There is no promise #99."),
        ("/callback 1 mvoe tomorrow", "Did you mean: /callback 1 move tomorrow"),
        ("/callback kept", "Type its number first: /callback 17 kept"),
        ("/callback 1 move", "To when? Type: /callback 1 move Friday 10am"),
        ("/callback 1 hand", "To whom? Type: /callback 1 hand @dana"),
        ("/callback 1 mistake", "What was the mistake?"),
        ("/callback lsit", "Did you mean: /callback list"),
    ],
)
async def test_bad_input_gets_the_line_to_type_and_loses_nothing(desk, typed, told):
    await desk.type("dana", "/callback Acme tomorrow 3pm")

    assert told in (await desk.type("dana", typed)).text


async def test_the_callback_form_alone_makes_a_promise(desk):
    await desk.type("dana", "/callback")

    await desk.submit(
        "dana", {"Customer": "Acme", "What was promised": "send the price list", "By when": "tomorrow 3pm"}
    )

    assert "Promised: Acme · send the price list (#1)" in desk.shown("dana")[-1]


async def test_a_line_without_a_customer_opens_the_form_with_its_time_where_the_time_stands(desk):
    await desk.type("dana", "/callback tomorrow 3pm about the refund")

    await desk.submit("dana", {"Customer": "Acme"})

    told = desk.shown("dana")[-1]
    assert "Promised: Acme · call about the refund (#1)" in told
    assert "Due Wednesday 25 November 2026, 3:00 pm" in told


async def test_on_time_pressed_for_a_promise_that_is_open_closes_nothing(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")
    await desk.wait(minutes=25)
    await desk.press("dana", desk.slack.last_dm("dana"), "Kept")
    await desk.type("dana", "/callback Globex in 2 hours")
    forged = next(message for message in desk.slack.dm("dana")[::-1] if "On time" in message.buttons)
    for element in [one for block in forged.blocks for one in block["elements"]]:
        if element.get("action_id") == "promise.ontime":
            element["value"] = "2"

    await desk.press("dana", forged, "On time")

    kept = await desk.bot.store.read(lambda db: db.row("SELECT kept_at FROM promises WHERE id = 2"))
    assert kept == {"kept_at": None}


async def test_the_customers_own_zone_is_said_where_it_differs(desk):
    from storage import customers  # noqa: PLC0415

    await desk.bot.store.run(customers.add, "Umbrella Labs", 0, "Asia/Singapore")

    answer = await desk.type("dana", "/callback Umbrella Labs tomorrow 3pm")

    assert "For Umbrella Labs that is Thursday 26 November 2026, 4:00 am" in answer.text


async def test_a_person_without_a_zone_is_told_in_which_it_was_read(desk):
    await desk.slack.welcome("nina", "Nina Newcomer", tz=None, locale=None)
    await desk.slack.join("#support", "nina")

    answer = await desk.type("nina", "/callback Acme in 2 hours")

    assert "I don't know your time zone, so I read it in UTC." in answer.text


async def test_a_time_said_in_another_zone_is_echoed_in_ones_own_too(desk):
    await desk.type("dana", "/customer new Acme")
    await desk.type("dana", "/customer Acme zone London")

    answer = await desk.type("dana", "/callback Acme 4pm their time tomorrow")

    assert "Due Wednesday 25 November 2026, 4:00 pm London time (GMT)" in answer.text
    assert "For you that is Wednesday 25 November 2026, 11:00 am New York time (EST)." in answer.text
    assert "You will be reminded tomorrow at 9 am." in answer.text


async def test_kept_at_a_time_of_the_day_the_clocks_went_forward_is_of_that_day(desk):
    desk.slack.clock._jump(datetime.fromisoformat("2027-03-14T19:30-04:00").timestamp())
    await desk.type("dana", "/callback Acme in 15 minutes")
    await desk.wait(minutes=40)

    answer = await desk.type("dana", "/callback 1 kept at 7:55 pm")

    assert "today at 7:55 pm" in answer.text


async def test_kept_at_an_hour_without_am_or_pm_is_the_latest_such_time(desk):
    await desk.type("dana", "/callback Acme in 40 minutes")
    await desk.wait(minutes=50)

    answer = await desk.type("dana", "/callback 1 kept at 10:45")

    assert "today at 10:45 am" in answer.text
