"""What Kept promises about promises overheard in channels: /kept suggest."""

import pytest

from bot.sandbox import events
from storage import callbacks, customers, suggestions
from tests.inside import dump

SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
QUESTION = "Keep this promise? Tuesday 24 November 2026, 3:00 pm New York time (EST)"


@pytest.fixture
async def on(desk):
    """A desk whose channel #support has asked for suggestions."""
    await desk.type("maya", "/kept suggest on")
    return desk


async def say(desk, person, text, channel="#support", thread=None, times=1):
    message = await desk.slack.say(person, channel, text, thread.ts if thread else None, times=times)
    await desk.settle()
    return message


def asked(desk, person, channel="#support", thread=None):
    """The offers and answers this person alone sees."""
    told = desk.slack.thread(thread, person) if thread else desk.slack.messages(channel, person)
    return [message for message in told if message.ephemeral_to and "Suggestions are" not in message.text]


async def offers(desk):
    return await desk.bot.store.read(lambda db: db.rows("SELECT * FROM suggestions"))


async def known(desk, name):
    """A customer Kept knows already."""
    await desk.bot.store.run(customers.add, name, 0)


async def promise(desk, number=1):
    return await desk.bot.store.read(callbacks.find, number)


async def everything_stored(desk):
    """All that the database holds of anything, as one text."""
    return await desk.bot.store.read(dump)


# Offered and kept


@pytest.mark.contract
async def test_a_promise_overheard_is_offered_to_its_author_alone_and_kept_in_its_exact_words(on):
    await known(on, "Acme")

    await say(on, "dana", "I’ll call *Acme* back by 3pm about the refund & the rest", times=3)

    [offer] = asked(on, "dana")
    assert QUESTION in offer.text
    assert offer.buttons == ["Keep it", "No"]
    assert asked(on, "bob") == []
    assert await offers(on) != []
    await on.press("dana", offer, "Keep it", times=3)

    kept = await promise(on)
    assert kept.words == "I’ll call *Acme* back by 3pm about the refund & the rest"
    assert (kept.kind, kept.owner_id) == ("call", on.slack.person("dana").id)
    told = asked(on, "dana")[-1]
    assert "Promised: Acme · call about the refund &amp; the rest (#1)" in told.text
    assert "Due Tuesday 24 November 2026, 3:00 pm New York time (EST)" in told.text
    assert told.buttons == ["Fix", "Undo"]
    assert await promise(on, 2) is None
    assert await offers(on) == []


async def test_in_the_thread_of_an_issue_it_belongs_to_the_issue(on):
    await on.type("dana", "/issue Acme: charged twice")
    card = on.cards()[-1]

    await say(on, "bob", "We will send you the corrected invoice tomorrow at 10am", thread=card)

    [offer] = asked(on, "bob", thread=card)
    assert "Acme · charged twice (#1)" in offer.text
    assert "Wednesday 25 November 2026, 10:00 am London time (GMT)" in offer.text
    await on.press("bob", offer, "Keep it")
    assert "Promised: Acme · send them the corrected invoice (#2)" in asked(on, "bob", thread=card)[-1].text
    assert (await promise(on, 2)).issue_id == 1
    assert "Promised: send them the corrected invoice" in on.cards()[0].text


async def test_the_channels_own_customer_is_meant_where_the_words_name_none(on):
    await known(on, "Globex")
    await on.bot.store.run(lambda db: db.run("UPDATE channels SET customer_id = 1 WHERE name = 'support'"))

    await say(on, "dana", "will get back to you by Friday noon")
    await on.press("dana", asked(on, "dana")[-1], "Keep it")

    told = asked(on, "dana")[-1].text
    assert "Promised: Globex · update them (#1)" in told
    assert "Due Friday 27 November 2026, 12:00 pm New York time (EST)" in told


async def test_where_no_customer_is_known_the_form_asks_for_it_with_the_time_and_the_words_filled_in(on):
    await say(on, "dana", "I'll call you back by 3pm")
    await on.press("dana", asked(on, "dana")[-1], "Keep it")

    question = asked(on, "dana")[-1]
    assert "Which customer is that for?" in question.text
    assert "I'll call you back by 3pm" in question.text
    await on.press("dana", question, "Open the form")
    filled = {block["block_id"]: block["element"] for block in on.slack.view("dana").blocks if "element" in block}
    assert filled["when"]["initial_value"] == "Tuesday 24 November 2026, 3:00 pm New York time (EST)"
    assert filled["what"]["initial_value"] == "call them back"
    await on.submit("dana", {"Customer": "New customer: Initech"})

    made = await promise(on)
    assert made.words == "I'll call you back by 3pm"
    assert "Initech · call them back (#1)" in on.shown("dana")[-1]
    assert "Due Tuesday 24 November 2026, 3:00 pm" in on.shown("dana")[-1]


async def test_a_message_slack_no_longer_shows_opens_the_form_with_the_time_and_asks_for_the_rest(on):
    await known(on, "Acme")
    message = await say(on, "dana", "I'll call Acme back by 3pm")
    await on.slack.delete("dana", message)

    await on.press("dana", asked(on, "dana")[-1], "Keep it")

    told = asked(on, "dana")[-1]
    assert "I could not read your message again. Nothing is saved yet" in told.text
    await on.press("dana", told, "Open the form")
    filled = {block["block_id"]: block["element"] for block in on.slack.view("dana").blocks if "element" in block}
    assert filled["when"]["initial_value"] == "Tuesday 24 November 2026, 3:00 pm New York time (EST)"


async def test_a_message_that_says_something_else_by_now_is_asked_about_rather_than_kept(on):
    await known(on, "Acme")
    message = await say(on, "dana", "I'll call Acme back by 3pm")
    await on.slack.edit("dana", message, "I'll call Acme back by 4pm")
    await on.settle()

    assert len(asked(on, "dana")) == 1
    await on.press("dana", asked(on, "dana")[-1], "Keep it")

    assert "Your message says something else by now" in asked(on, "dana")[-1].text
    assert await promise(on) is None


async def test_in_an_issues_thread_the_form_is_the_issues_too(on):
    await on.type("dana", "/issue Acme: charged twice")
    card = on.cards()[-1]
    message = await say(on, "dana", "I'll call you back by 3pm", thread=card)
    await on.slack.edit("dana", message, "I'll call you back by 4pm")
    await on.press("dana", asked(on, "dana", thread=card)[-1], "Keep it")

    await on.press("dana", asked(on, "dana", thread=card)[-1], "Open the form")
    await on.submit("dana", {"By when": "4pm"})

    made = await promise(on, 2)
    assert (made.issue_id, made.words) == (1, "I'll call you back by 4pm")


async def test_no_lets_it_go_and_nothing_of_it_stays(on):
    await say(on, "dana", "I'll call you back by 3pm about the zanzibar refund")

    await on.press("dana", asked(on, "dana")[-1], "No", times=2)

    assert asked(on, "dana")[-1].text == "Let go. Nothing was kept."
    assert await offers(on) == []
    assert await promise(on) is None


async def test_until_the_button_is_pressed_nothing_of_the_words_is_stored(on):
    await say(on, "dana", "I'll call you back by 3pm about the zanzibar refund")
    await say(on, "dana", "I'll call nobody about the zanzibar refund")

    assert len(asked(on, "dana")) == 1
    assert "zanzibar" not in await everything_stored(on)
    [offer] = await offers(on)
    assert set(offer) == {"id", "channel_id", "message_ts", "person_id", "due_at", "at"}


async def test_an_offer_nobody_answered_is_gone_after_a_day(on):
    await known(on, "Acme")
    await say(on, "dana", "I'll call Acme back in 2 days")
    await say(on, "dana", "I'll call Acme back in 3 days")
    offer = asked(on, "dana")[-1]

    await on.wait(hours=24.4)
    await on.press("dana", offer, "Keep it")

    assert "That offer is gone. To promise it: /callback" in asked(on, "dana")[-1].text
    assert await promise(on) is None
    await on.wait(hours=1)
    assert await offers(on) == []


async def test_one_message_is_offered_once_whatever_slack_repeats(on):
    message = await say(on, "dana", "I'll call you back by 3pm", times=3)
    await on.press("dana", asked(on, "dana")[-1], "No")

    await on.slack.emit(*events.message_posted(on.slack.workspace, message))
    await on.settle()

    assert [told.text for told in asked(on, "dana")] == ["Let go. Nothing was kept."]
    well = "acked" if on.transport == "socket" else 200
    assert {delivered.result for delivered in on.slack.deliveries if delivered.kind == "events_api"} == {well}


async def test_only_its_author_can_keep_it(on):
    await known(on, "Acme")
    await say(on, "dana", "I'll call Acme back by 3pm")

    with pytest.raises((LookupError, ValueError, AssertionError)):
        await on.press("bob", asked(on, "dana")[-1], "Keep it")
    assert await on.bot.store.run(suggestions.take, 1, on.slack.person("bob").id) is None
    assert len(await offers(on)) == 1


async def test_the_time_is_read_in_the_zone_and_as_of_the_moment_it_was_written(on):
    await say(on, "bob", "I'll call you back in 20 minutes")
    assert "Tuesday 24 November 2026, 3:20 pm London time (GMT)" in asked(on, "bob")[-1].text

    await say(on, "priya", "we will send the quote tomorrow morning")
    assert "Wednesday 25 November 2026, 12:00 pm" in asked(on, "priya")[-1].text
    assert "IST" in asked(on, "priya")[-1].text


# Silent


SILENT = (
    "I won't call you by 3pm",
    "I can't call you before 3pm",
    "I will not send it tomorrow",
    "If it arrives today, I'll call you at 3pm",
    "I'll call you at 3pm if it arrives",
    "he said he'd call back by 3pm",
    "She said I'll call you back by 3pm",
    "Bob will call you back by 3pm",
    "Bob, our engineer, will call you by 3pm",
    "they said we'll call by 3pm",
    "I'll have lunch at 3pm",
    "I'll be in a call at 3pm",
    "I'll get back to work at 3pm",
    "I'll call my wife at 3pm",
    "I'll call in sick tomorrow at 7am",
    "I'll call in at 3pm",
    "I'll fix dinner at 7pm",
    "I'll fix the build by 5pm",
    "I'll send the team the invite at 3pm",
    "I'll send the invite to our team at 3pm",
    "I'll update you at standup tomorrow 10am",
    "> I'll call you back by 3pm",
    ">>> they wrote\nI'll call you back by 3pm",
    "`I'll call you back by 3pm`",
    "```\nI'll call you back by 3pm\n```",
    "~I'll call you back by 3pm~",
    'she wrote "I\'ll call you back by 3pm"',
    "shall I call you at 3pm?",
    "I'll call you at 3pm?",
    "I'll call you at 3pm. Does that work for you?",
    "I called them at 3pm yesterday",
    "I was going to call you at 3pm",
    "I'll try to call you by 3pm",
    "maybe I'll call you at 3pm",
    "will you call me at 3pm",
    "I'll call you soon",
    "I'll call you back",
    "I'll call you some time next week",
    "I'll call you at 9am",  # past
    "I'll call you by 3pm. Actually, let's say 4pm.",
    "The driver comes tomorrow. I'll call you by 3pm.",
    "I'll call you by 3pm or 4pm",
    "let them know we'll call at 3pm",
    "@bob I'll send you the notes by 3pm",
    "@Kept I'll call you back by 3pm",
    "Please send them the quote by 3pm",
    "I'll call them every day at 3pm",
    "see `x` " + "I'll call you back by 3pm " * 100,
)


@pytest.mark.parametrize("words", SILENT)
async def test_it_is_silent_when_it_is_not_sure(on, words):
    await say(on, "dana", words)

    assert await offers(on) == []


@pytest.mark.parametrize(
    "words",
    [
        "I'll call you back by 3pm",
        "we will send the quote today at 3pm",
        "will get back to you by 3pm",
        "Thanks Vera, will get back to you by 3pm.",
        "Don't worry, I'll call you back by 3pm. Anything else?",
        "I'm going to visit them today at 3pm",
        "let me check the invoice and get back to you by 3 p.m.",
        "I looked at it yesterday. I'll let you know by 3pm.",
        "By 3pm I'll call you back",
        "*I'll also give you a quick call at 3pm*",
        "Ok ill ring you at 3pm",
        "I told them we'll fix it by 3pm",
        "I'll check with the team and call you by 3pm",
        "I'll call in 5 hours",
        "I'll send your team the invite at 3pm",
    ],
)
async def test_it_hears_the_ways_in_which_people_promise(on, words):
    await say(on, "dana", words)

    assert QUESTION in asked(on, "dana")[-1].text


async def test_guests_and_other_companies_bots_and_edits_get_none(on):
    await say(on, "tom", "I'll call you back in 2 hours")
    slack = on.slack.workspace
    mine = slack.post(slack.channel("support"), slack.bot.id, "I'll call you back by 3pm")
    await on.slack.emit(*events.message_posted(slack, mine))
    message = await say(on, "dana", "good morning")
    await on.slack.edit("dana", message, "I'll call you back by 3pm")
    await on.settle()

    assert await offers(on) == []


async def test_after_setup_only_the_team_is_asked(desk):
    await desk.type("maya", SETUP)
    await desk.type("maya", "/kept suggest on", channel="#escalations")
    await desk.slack.leave("#support", "bob")
    await desk.settle()

    await say(desk, "bob", "I'll call you back in 2 hours", channel="#escalations")
    await say(desk, "dana", "I'll call you back by 3pm", channel="#escalations")

    assert asked(desk, "bob", "#escalations") == []
    assert QUESTION in asked(desk, "dana", "#escalations")[-1].text


async def test_without_being_switched_on_nothing_is_looked_at(desk):
    await say(desk, "dana", "I'll call you back by 3pm")

    assert asked(desk, "dana") == []
    assert await offers(desk) == []


async def test_a_channel_shared_since_it_was_switched_on_gets_none(on):
    await on.bot.store.run(lambda db: db.run("UPDATE channels SET is_shared = 1 WHERE name = 'support'"))

    await say(on, "dana", "I'll call you back by 3pm")

    assert asked(on, "dana") == []


# Switching


@pytest.mark.contract
async def test_it_is_switched_on_and_off_for_one_channel_and_says_how_it_stands(desk):
    assert "Suggestions are off in #support" in (await desk.type("dana", "/kept suggest")).text
    assert "Suggestions are on in #support" in (await desk.type("dana", "/kept suggest on", times=2)).text
    assert "Suggestions are off in #escalations" in (await desk.type("dana", "/kept suggest", "#escalations")).text
    assert "Suggestions are on in #support" in (await desk.type("dana", "/kept suggest")).text
    assert "Suggestions are off in #support" in (await desk.type("dana", "/kept suggest off")).text

    told = await desk.bot.store.read(lambda db: db.rows("SELECT deed FROM audit ORDER BY id"))
    assert [row["deed"] for row in told] == ["suggest on", "suggest off"]


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("#acme-shared", "This channel is shared with another company, so nothing said here is looked at."),
        ("#payroll", "I am not in this channel, so I hear nothing here. First: /invite @Kept"),
        ("@kept", "Suggestions belong to a channel. Type it in the channel that shall have them."),
    ],
)
async def test_where_it_has_no_place_it_is_refused_with_a_sentence_and_the_text_given_back(desk, channel, told):
    answer = await desk.type("dana", "/kept suggest on", channel=channel)

    assert told in answer.text
    assert "You typed: /kept suggest on" in answer.text
    assert await desk.bot.store.read(lambda db: db.rows("SELECT id FROM channels WHERE suggests = 1")) == []


async def test_after_setup_managers_switch_it_and_others_read_how_it_stands(desk):
    await desk.type("maya", SETUP)

    refused = await desk.type("dana", "/kept suggest on")

    assert "This is for managers." in refused.text
    assert "Suggestions are off in #support" in (await desk.type("dana", "/kept suggest")).text
    assert "Suggestions are on in #support" in (await desk.type("priya", "/kept suggest on")).text


async def test_a_slip_says_what_to_type(desk):
    answer = await desk.type("dana", "/kept suggest please")

    assert "Type: /kept suggest on, or /kept suggest off" in answer.text
    assert "You typed: /kept suggest please" in answer.text
