"""What Kept promises about words that got a question: kept a day, asked once more, answered once."""

import pytest


async def asked(desk, person="dana"):
    return (await desk.type(person, "/callback Acme 9am about the refund")).message


@pytest.mark.contract
async def test_after_ten_minutes_a_question_is_asked_once_more_and_never_again(desk):
    question = await asked(desk)

    await desk.wait(minutes=9)
    assert desk.dms("dana") == []
    await desk.wait(minutes=1)
    [again] = desk.dms("dana")
    assert question.text.splitlines()[0] in again
    assert "You typed: /callback Acme 9am about the refund" in again
    assert desk.slack.last_dm("dana").buttons == question.buttons
    await desk.wait(hours=12)
    assert len(desk.dms("dana")) == 1


async def test_two_replicas_ask_it_once(desk, database):
    from tests.conftest import open_desk  # noqa: PLC0415

    await asked(desk)
    async with open_desk(desk.slack, database, desk.transport):
        await desk.wait(minutes=11)

    assert len(desk.dms("dana")) == 1


@pytest.mark.contract
async def test_any_copy_answers_once_and_the_others_say_so(desk):
    question = await asked(desk)
    await desk.wait(minutes=10)

    await desk.press("dana", desk.slack.last_dm("dana"), question.buttons[0], times=3)

    assert "Promised: Acme · call about the refund (#1)" in desk.dms("dana")[-1]
    await desk.press("dana", question, question.buttons[0])
    assert desk.shown("dana")[-1] == "That question is answered already."
    assert (await desk.type("dana", "/callback list")).text.startswith("1 open promise")


async def test_answered_where_it_was_asked_the_direct_message_loses_its_buttons(desk):
    question = await asked(desk)
    await desk.wait(minutes=10)

    await desk.press("dana", question, question.buttons[0])

    assert "Promised: Acme · call about the refund" in desk.shown("dana")[-1]
    assert desk.dms("dana") == ["That question is answered already."]
    assert desk.slack.last_dm("dana").buttons == []


@pytest.mark.parametrize("pressed", ["Never mind", 0])
async def test_answered_or_dismissed_within_ten_minutes_it_is_not_asked_again(desk, pressed, tmp_path):
    question = await asked(desk)

    await desk.press("dana", question, pressed or question.buttons[0])
    await desk.wait(minutes=20)

    assert desk.dms("dana") == []


async def test_dismissed_its_words_are_gone_and_no_copy_answers_it(desk):
    question = await asked(desk)
    await desk.wait(minutes=10)

    await desk.press("dana", desk.slack.last_dm("dana"), "Never mind")
    await desk.press("dana", question, question.buttons[0])

    assert "You had typed: /callback Acme 9am about the refund" in desk.dms("dana")[-1]
    assert desk.shown("dana")[-1] == "That question is answered already."
    kept = await desk.bot.store.read(lambda db: db.rows("SELECT words, choices FROM drafts"))
    assert kept == [{"words": "", "choices": "[]"}]


async def test_answered_from_its_direct_message_it_is_done_where_it_was_typed(desk):
    await desk.type("dana", "/issue Marta Ltd: one")
    await desk.type("dana", "/issue Malia Ltd: two")
    await desk.type("dana", "/issue Malta Ltd: three")
    await desk.wait(minutes=10)

    await desk.press("dana", desk.slack.last_dm("dana"), "Malia Ltd")

    assert "Malia Ltd · three (#3)" in desk.cards()[-1].text


async def test_an_offer_grown_old_is_read_anew_rather_than_kept_in_the_past(desk):
    question = await asked(desk)
    assert question.buttons[0].startswith("Tomorrow, Wed 25 Nov, 9:00 am")
    await desk.wait(hours=23)  # it is tomorrow 9 am

    await desk.press("dana", question, question.buttons[0])

    assert "Promised" not in desk.shown("dana")[-1]
    assert (await desk.type("dana", "/callback list")).text == "No open promises, yours."


async def test_after_a_day_a_question_is_gone(desk):
    question = await asked(desk)
    await desk.wait(hours=26)

    await desk.press("dana", question, question.buttons[0])

    assert "more than a day old and gone" in desk.shown("dana")[-1]


async def test_a_question_that_takes_a_form_is_asked_again_with_the_button_that_opens_it(desk):
    first = desk.slack.messages("#support")[0]
    await desk.slack.say("dana", "#support", "@Kept issue the printer of somebody is on fire", first.ts)
    await desk.settle()
    question = desk.slack.thread(first, "dana")[-1]
    await desk.wait(minutes=10)

    await desk.press("dana", desk.slack.last_dm("dana"), "Open the form")
    await desk.submit("dana", {"Customer": "Initech"})

    assert "Logged: Initech · the printer of somebody is on fire (#1)" in desk.dms("dana")[-1]
    assert "the printer of somebody is on fire (#1)" in desk.slack.thread(first)[-1].text
    await desk.press("dana", question, "Open the form")
    assert desk.slack.thread(first, "dana")[-2].text == "That question is answered already."


async def test_a_form_sent_in_after_its_question_was_let_go_saves_nothing_and_gives_the_words_back(desk):
    await desk.slack.say("dana", "#support", "@Kept issue the printer is on fire")
    await desk.settle()
    question = desk.slack.messages("#support", "dana")[-1]
    await desk.press("dana", question, "Open the form")
    await desk.press("dana", question, "Never mind")

    await desk.submit("dana", {"Customer": "Initech"})

    given_back = "You had typed:\nCustomer: New customer: Initech\nWhat happened: the printer is on fire"
    assert given_back in desk.shown("dana")[-1]
    assert (await desk.type("dana", "/issue list")).text == "No open issues."
