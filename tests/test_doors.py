"""What Kept promises where slash commands do not run: message shortcuts, mentions, direct messages, threads."""

import pytest

from storage import issues

HOSTILE = "<!channel> <https://evil.example|bank.example> *bold* @here <@U0MAYA>"


async def said(desk, person, text, channel="#support", thread=None, times=1):
    message = await desk.slack.say(person, channel, text, thread.ts if thread else None, times=times)
    await desk.settle()
    return message


def private(desk, person, channel="#support", thread=None):
    """What Kept told this person alone, in a channel or in a thread there."""
    told = desk.slack.thread(thread, person) if thread else desk.slack.messages(channel, person)
    return [message for message in told if message.ephemeral_to]


async def issue(desk, number=1):
    return await desk.bot.store.read(issues.find, number)


async def logged(desk, person="dana", typed="/issue Acme: charged twice for March"):
    await desk.type(person, typed)
    return desk.cards()[-1]


# Shortcuts on a message


@pytest.mark.contract
async def test_the_shortcut_logs_a_message_with_its_card_in_the_messages_thread(desk):
    await desk.type("bob", "/issue Acme Freight: pallet lost")
    first = desk.slack.messages("#support")[0]

    await desk.slack.shortcut("dana", "Log customer issue", first, times=3)
    await desk.submit("dana", {"Impact": "blocked"}, times=3)

    assert "Logged: Acme Freight · called: they were charged twice for March. (#2)" in private(desk, "dana")[-1].text
    [card] = desk.slack.thread(first)
    assert "called: they were charged twice for March. (#2)" in card.text
    assert card.buttons == ["Promise", "Note", "Own it", "Resolve", "More"]
    assert (await desk.type("dana", "/issue list")).text.startswith("2 open issues")


async def test_the_shortcut_gives_the_message_as_people_read_it(desk):
    message = await said(desk, "bob", "Tell @dana: Tom & Co say 1 < 2, see https://status.example/x")

    await desk.slack.shortcut("dana", "Log customer issue", message)

    filled = {block["block_id"]: block["element"] for block in desk.slack.view("dana").blocks}
    assert filled["what"]["initial_value"] == "Tell @Dana: Tom & Co say 1 < 2, see https://status.example/x"


async def test_the_shortcuts_form_says_at_its_field_what_is_missing(desk):
    message = await said(desk, "bob", "the printer of somebody is on fire")
    await desk.slack.shortcut("dana", "Log customer issue", message)

    refused = await desk.submit("dana", {"Customer": "Initech", "What happened": " "})

    assert refused.errors == {"what": "What happened?"}
    await desk.submit("dana", {"What happened": "the printer of somebody is on fire"})
    assert "Initech · the printer of somebody is on fire (#1)" in desk.slack.thread(message)[0].text


@pytest.mark.contract
async def test_a_callback_promised_on_a_card_or_in_an_issues_thread_belongs_to_the_issue(desk):
    card = await logged(desk)
    reply = await said(desk, "bob", "I will call them back", thread=card)

    await desk.slack.shortcut("bob", "Promise a callback", reply)
    refused = await desk.submit("bob", {"By when": "31 June 10am"})
    assert "when" in refused.errors
    await desk.submit("bob", {"By when": "in 2 hours", "What was promised": "call about the refund"})

    assert "Promised: Acme · call about the refund (#2)" in private(desk, "bob", thread=card)[-1].text
    assert "Promised: call about the refund · today at 12 pm EST · Dana (#2)" in desk.cards()[0].text


async def test_a_callback_promised_on_any_other_message_asks_for_the_customer(desk):
    await desk.type("bob", "/issue Globex: late")
    message = desk.slack.messages("#support")[1]  # "Globex say their delivery is late again. …"

    await desk.slack.shortcut("dana", "Promise a callback", message)
    await desk.submit("dana", {"By when": "tomorrow 3pm"})

    assert (
        "Promised: Globex · call about “Globex say their delivery is late again. Third"
        in private(desk, "dana")[-1].text
    )


# Mentions


@pytest.mark.contract
async def test_a_mention_in_a_thread_logs_with_the_card_there_and_answers_the_writer_alone(desk):
    first = desk.slack.messages("#support")[0]

    await said(desk, "dana", "@Kept issue Acme: charged twice for March !blocked #billing @bob", thread=first, times=3)

    [answer] = private(desk, "dana", thread=first)
    assert "Logged: Acme · charged twice for March (#1)" in answer.text
    assert "Owner: Bob · blocked · #billing" in answer.text
    assert [m for m in desk.slack.thread(first) if "(#1)" in m.text and m.buttons]
    assert desk.cards() == []
    await desk.press("dana", answer, "Undo")
    assert await issue(desk) is None


async def test_a_mention_outside_a_thread_logs_with_the_card_in_the_channel(desk):
    await said(desk, "dana", "@Kept issue Acme: charged twice")

    assert "Acme · charged twice (#1)" in desk.cards()[0].text
    assert "Logged: Acme" in private(desk, "dana")[-1].text


@pytest.mark.contract
async def test_a_callback_by_mention_in_an_issues_thread_needs_no_customer(desk):
    card = await logged(desk)

    await said(desk, "bob", "@Kept callback in 2 hours about the refund", thread=card)
    await said(desk, "bob", "@kept callback Acme in 3 hours @dana", thread=card)

    first, second = private(desk, "bob", thread=card)
    assert "Promised: Acme · call about the refund (#2)" in first.text
    assert "Promised: Acme · call (#3)" in second.text
    assert "call about the refund · today at 12 pm EST · Bob (#2)" in desk.cards()[0].text
    assert "call · today at 1 pm EST · Dana (#3)" in desk.cards()[0].text


async def test_a_callback_for_another_customer_in_an_issues_thread_is_that_customers(desk):
    await desk.type("dana", "/issue Globex: late")
    card = await logged(desk)

    await said(desk, "bob", "@Kept callback Globex in 2 hours", thread=card)

    assert "Promised: Globex · call (#3)" in private(desk, "bob", thread=card)[-1].text
    assert "#3" not in card.text


async def test_an_unclear_time_in_a_thread_is_asked_there_and_one_press_settles_it(desk):
    card = await logged(desk)
    await said(desk, "dana", "@Kept callback 9am about the refund", thread=card)

    question = private(desk, "dana", thread=card)[-1]
    await desk.press("dana", question, question.buttons[0], times=2)

    assert "Promised: Acme · call about the refund (#2)" in private(desk, "dana", thread=card)[-1].text
    assert "call about the refund" in desk.cards()[0].text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("issue list", "1 open issue, oldest first:"),
        ("issue 1 note the bank confirms it", "Noted on Acme"),
        ("issue help", "What /issue understands:"),
        ("callback list", "No open promises, yours."),
        ("Issue: Globex: late", "Logged: Globex · late"),
        ("/issue Globex: late", "Logged: Globex · late"),
        ("/kept issue Globex: late", "Logged: Globex · late"),
        ("/kept-issue Globex: late", "Logged: Globex · late"),
        ("issue 1 noet it", "Did you mean: /issue 1 note it"),
        ("isue Globex: late", "Did you mean: issue Globex: late"),
        ("help", "• callback Acme tomorrow 3pm about the refund"),
        ("list", "1 open issue, yours"),
        ("", "Here is what I understand"),
        ("good morning", "You typed: good morning"),
    ],
)
async def test_every_door_reads_what_the_commands_read(desk, typed, told):
    card = await logged(desk)

    await said(desk, "dana", f"@Kept {typed}", thread=card)
    await said(desk, "dana", typed or "@Kept", channel="@kept")

    assert told in private(desk, "dana", thread=card)[-1].text
    assert [answer for answer in desk.dms("dana") if told in answer]


@pytest.mark.contract
async def test_where_no_form_can_open_a_button_opens_it_filled_with_what_was_typed(desk):
    first = desk.slack.messages("#support")[0]
    await said(desk, "dana", "@Kept issue the printer of somebody is on fire", thread=first)

    question = private(desk, "dana", thread=first)[-1]
    assert "Which customer is it, and what happened?" in question.text
    assert "You typed: /issue the printer of somebody is on fire" in question.text
    await desk.press("dana", question, "Open the form")
    refused = await desk.submit("dana", {})
    assert "customer" in refused.errors
    await desk.submit("dana", {"Customer": "Initech"}, times=2)

    answer = private(desk, "dana", thread=first)[-1]
    assert "Logged: Initech · the printer of somebody is on fire (#1)" in answer.text
    assert [m.text for m in desk.slack.thread(first) if m.buttons] != []
    await desk.wait(minutes=11)
    assert desk.dms("dana") == []


@pytest.mark.parametrize(
    ("typed", "title"), [("issue", "Log an issue"), ("issue 1 edit", "Issue #1"), ("callback", "Promise Acme")]
)
async def test_a_command_that_is_a_form_is_a_button_and_keeps_no_draft(desk, typed, title):
    card = await logged(desk)
    await said(desk, "dana", f"@Kept {typed}", thread=card)

    await desk.press("dana", private(desk, "dana", thread=card)[-1], "Open the form")

    assert desk.slack.view("dana").title == title
    await desk.wait(minutes=11)
    assert desk.dms("dana") == []


@pytest.mark.contract
async def test_one_message_told_by_two_events_three_times_each_has_one_effect(desk):
    card = await logged(desk)

    await said(desk, "bob", "@Kept issue Globex: late again", thread=card, times=3)
    again = next(d.payload for d in desk.slack.deliveries if d.payload.get("event", {}).get("type") == "app_mention")
    await desk.slack.deliver("events_api", again | {"event_id": "Ev0ANOTHER"})
    await desk.settle()

    assert (await desk.type("dana", "/issue list")).text.startswith("2 open issues")
    assert len(private(desk, "bob", thread=card)) == 1
    assert (await issue(desk)).first_response_at is None, "speaking to Kept is no response to the customer's problem"


async def test_words_of_others_ping_link_and_format_nothing_through_any_door(desk):
    message = await said(desk, "bob", HOSTILE)
    await desk.slack.shortcut("dana", "Log customer issue", message)
    await desk.submit("dana", {"Customer": HOSTILE[:50]})
    await said(desk, "dana", f"@Kept issue Acme: {HOSTILE}", thread=message)
    await said(desk, "dana", f"@Kept {HOSTILE}", thread=message)
    await said(desk, "dana", HOSTILE, channel="@kept")

    told = [m for m in [*desk.slack.thread(message, "dana"), *desk.slack.dm("dana")] if m.bot_id]
    assert len(told) >= 5
    assert not [m.text for m in told if "<" in m.text]
    desk.slack.nothing_refused()


async def test_people_of_other_companies_are_told_the_one_thing_they_can_do(desk):
    await said(desk, "vera", "@Kept issue list", channel="#acme-shared")

    [told] = private(desk, "vera", channel="#acme-shared")
    assert told.text == "This is for full members of the workspace. To raise an alarm, put 🚨 on a message."
    assert (await desk.type("dana", "/issue list")).text == "No open issues."


async def test_who_cannot_be_answered_in_the_channel_is_answered_directly(desk):
    await desk.slack.say("bob", "#support", "@Kept issue help")
    await desk.slack.leave("#support", "bob")
    await desk.settle()

    assert "What /issue understands:" in desk.dms("bob")[-1]


# Direct messages to Kept


@pytest.mark.contract
async def test_a_direct_message_is_read_as_a_command_once(desk):
    await said(desk, "dana", "issue Acme: charged twice for March @bob", channel="@kept", times=3)
    await said(desk, "dana", "callback Acme in 2 hours about the refund", channel="@kept", times=3)

    answers = desk.dms("dana")
    assert [told for told in answers if "Logged: Acme · charged twice for March (#1)" in told] == [
        told for told in answers if "Logged:" in told
    ]
    assert len([told for told in answers if "Promised: Acme · call about the refund (#2)" in told]) == 1
    assert "Owner: Bob" in answers[0]


@pytest.mark.parametrize(
    ("words", "button", "outcome"),
    [
        ("done", "Kept", "✓ kept, Dana"),
        ("Done!", "Kept", "✓ kept, Dana"),
        ("kept", "Kept", "✓ kept, Dana"),
        ("called them back", "Kept", "✓ kept, Dana"),
        ("no answer", "No answer", "no answer noted (1 attempt)"),
        ("they didn’t pick up", "No answer", "no answer noted (1 attempt)"),
        ("they called us", "They called us", "they called us, Dana"),
        ("tomorrow 10am", "Move to tomorrow at 10 am", "moved to Wednesday 25 November 2026, 10:00 am"),
        ("move it to Friday noon please", "Move to Fri 27 Nov at 12 pm", "moved to Friday 27 November 2026, 12:00 pm"),
    ],
)
@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_reminder_answered_in_words_offers_the_outcome_and_does_nothing_by_itself(
    desk, words, button, outcome, in_thread
):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)
    reminder = desk.slack.last_dm("dana")

    await said(desk, "dana", words, channel="@kept", thread=reminder if in_thread else None)

    offer = desk.slack.last_dm("dana")
    assert "Acme · call (#1)" in offer.text
    assert offer.is_reply == in_thread
    assert (await desk.type("dana", "/callback list")).text.startswith("1 open promise")
    await desk.press("dana", offer, button, times=2)
    assert outcome in next(m.text for m in desk.slack.dm("dana") if m.ts == offer.ts)


async def test_with_several_reminders_open_an_answer_outside_their_threads_asks_which(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.type("dana", "/callback Globex in 1 minute")
    await desk.wait(minutes=1)

    await said(desk, "dana", "done", channel="@kept")

    offer = desk.slack.last_dm("dana")
    assert "Which one?" in offer.text
    assert "Acme · call (#1)" in offer.text
    assert "Globex · call (#2)" in offer.text
    assert offer.buttons == ["Kept", "Kept"]


async def test_under_a_reminder_of_several_the_answer_asks_which_of_them(desk):
    for name in ("Acme", "Globex"):
        await desk.type("dana", f"/callback {name} at 10:30am")
    await desk.type("dana", "/callback Initech at 10:40am")
    await desk.wait(minutes=30)
    both = next(m for m in reversed(desk.slack.dm("dana")) if "Acme" in m.text and "Globex" in m.text)
    await desk.wait(minutes=10)

    await said(desk, "dana", "done", channel="@kept", thread=both)

    offer = desk.slack.last_dm("dana")
    assert "Acme · call (#1)" in offer.text
    assert "Globex · call (#2)" in offer.text
    assert "Initech" not in offer.text


@pytest.mark.parametrize("words", ["done", "tomorrow 3pm", "what do you do?", "the van leaves at 3pm today"])
async def test_anything_else_gets_help_and_its_text_back(desk, words):
    await desk.type("dana", "/callback Acme tomorrow 3pm")

    await said(desk, "dana", words, channel="@kept")

    assert desk.dms("dana")[-1].startswith("Here is what I understand")
    assert f"You typed: {words}" in desk.dms("dana")[-1]


async def test_edits_deletions_and_bots_are_never_answered(desk):
    message = await said(desk, "dana", "help", channel="@kept")
    answered = len(desk.dms("dana"))

    await desk.slack.edit("dana", message, "issue Acme: charged twice")
    await desk.slack.delete("dana", message)
    await desk.settle()

    first = next(d.payload for d in desk.slack.deliveries if d.kind == "events_api")
    robot = await desk.slack.welcome("robo", "Robo", is_bot=True)
    theirs = first["event"] | {"user": robot.id, "text": "issue Acme: charged twice", "ts": "1795532499.000001"}
    await desk.slack.deliver("events_api", first | {"event": theirs, "event_id": "Ev0ROBOT"})
    await desk.settle()

    assert len(desk.dms("dana")) == answered == 1
    assert (await desk.type("dana", "/issue list")).text == "No open issues."


# First response


@pytest.mark.contract
async def test_the_first_reply_of_another_team_member_is_the_first_response(desk):
    card = await logged(desk)
    await desk.wait(minutes=3)
    await said(desk, "dana", "let me see", thread=card)
    assert (await issue(desk)).first_response_at is None

    reply = await said(desk, "bob", "I am on it", thread=card, times=3)
    await desk.wait(minutes=3)
    await said(desk, "priya", "so am I", thread=card)

    assert (await issue(desk)).first_response_at == int(float(reply.ts))


async def test_outsiders_and_other_threads_are_no_first_response(desk):
    await desk.type("dana", "/issue Acme: where is our invoice", channel="#acme-shared")
    first = desk.slack.messages("#acme-shared")[0]
    await said(desk, "dana", "@Kept issue Acme: where is our invoice", channel="#acme-shared", thread=first)

    await said(desk, "vera", "any news?", channel="#acme-shared", thread=first)
    assert (await issue(desk, 2)).first_response_at is None
    await said(desk, "bob", "yes, today", channel="#acme-shared", thread=first)

    assert (await issue(desk, 2)).first_response_at is not None
    assert (await issue(desk, 1)).first_response_at is None


async def test_of_what_people_write_in_channels_nothing_is_stored(desk, tmp_path):
    card = await logged(desk)
    await said(desk, "bob", "a secret in a thread", thread=card)
    await said(desk, "bob", "a secret in the channel")

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("kept.db*"))
    assert b"a secret" not in stored
