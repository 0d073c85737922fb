"""What Kept promises about issues."""

import pytest


@pytest.mark.contract
async def test_an_issue_is_logged_in_one_line_and_its_card_stands_in_the_channel(desk):
    answer = await desk.type("dana", "/issue Acme: charged twice for March !blocked #billing @bob")

    assert "Logged: Acme · charged twice for March (#1)" in answer.text
    assert "Owner: Bob · blocked · #billing" in answer.text
    assert "Acme is a new customer." in answer.text
    [card] = desk.cards()
    assert "Acme · charged twice for March (#1)" in card.text
    assert card.buttons == ["Promise", "Note", "Own it", "Resolve", "More"]


async def test_the_answer_is_there_before_any_further_call_to_slack(desk):
    calls = len(desk.slack.calls)

    answer = await desk.slack.command("dana", "#support", "/issue Acme: charged twice for March")

    assert "Logged" in answer.text
    assert len(desk.slack.calls) == calls


@pytest.mark.contract
async def test_the_same_command_delivered_three_times_logs_once(desk):
    await desk.type("dana", "/issue Acme: charged twice for March", times=3)

    answers = [str(delivered.answer) for delivered in desk.slack.deliveries if delivered.kind == "slash_commands"]
    assert len(answers) == 3
    assert "Logged" in answers[0]
    assert set(answers) == {answers[0]}
    listed = await desk.type("dana", "/issue list")
    assert listed.text.startswith("1 open issue,")
    assert len(desk.cards()) == 1


@pytest.mark.parametrize("written", ["Acme", "ACME Inc.", "acme ", "Ácme"])
async def test_a_customer_is_one_however_the_name_is_written(desk, written):
    await desk.type("dana", "/issue Acme: charged twice for March")

    answer = await desk.type("bob", f"/issue {written}: charged again")

    assert "Acme · charged again (#2)" in answer.text
    assert "new customer" not in answer.text


async def test_a_stored_customer_needs_no_colon(desk):
    await desk.type("dana", "/issue Sunrise Bakery: oven sensor offline")

    answer = await desk.type("dana", "/issue sunrise bakery oven sensor offline again")

    assert "Sunrise Bakery · oven sensor offline again (#2)" in answer.text


async def test_a_near_spelling_with_no_rival_is_taken_and_said(desk):
    await desk.type("dana", "/issue Globex: late delivery")

    answer = await desk.type("dana", "/issue Glboex: late again")

    assert "Globex · late again (#2)" in answer.text
    assert "I took “Glboex” for Globex." in answer.text


async def test_two_near_names_are_asked_and_one_press_carries_on(desk):
    await desk.type("dana", "/issue Marta Ltd: one")
    await desk.type("dana", "/issue Malia Ltd: two")

    asked = await desk.type("dana", "/issue Malta Ltd: three")

    assert "Which customer do you mean?" in asked.text
    assert "You typed: /issue Malta Ltd: three" in asked.text
    await desk.press("dana", asked.message, "Malia Ltd")
    assert "Malia Ltd · three (#3)" in desk.shown("dana")[-1]


async def test_a_time_with_a_colon_does_not_end_the_name(desk):
    answer = await desk.type("dana", "/issue Acme: down since 9:15, see https://status.example/x")

    assert "Acme · down since 9:15, see https://status.example/x (#1)" in answer.text


async def test_a_line_without_a_customer_opens_the_form_with_what_was_typed(desk):
    await desk.type("dana", "/issue the printer of somebody is on fire")

    form = desk.slack.view("dana")
    assert form.title == "Log an issue"
    await desk.submit("dana", {"Customer": "Initech"})
    assert "Initech · the printer of somebody is on fire (#1)" in desk.shown("dana")[-1]


async def test_the_form_says_at_its_field_what_is_missing(desk):
    await desk.type("dana", "/issue")

    refused = await desk.submit("dana", {"Customer": "Initech", "What happened": " "})

    assert refused.errors == {"what": "What happened?"}
    await desk.submit("dana", {"What happened": "it broke"})
    assert "Initech · it broke (#1)" in desk.shown("dana")[-1]


async def test_an_unknown_mark_stays_in_the_text_and_the_nearest_is_offered(desk):
    answer = await desk.type("dana", "/issue Acme: charged twice #biling")

    assert "charged twice #biling" in answer.text
    assert "I don't know #biling: did you mean #billing?" in answer.text


@pytest.mark.contract
async def test_the_card_lives_it_is_edited_and_never_posted_again(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("bob", "/issue 1 note the bank confirms it")
    await desk.type("bob", "/issue 1 own")
    await desk.type("bob", "/issue 1 resolve refunded the second charge")

    [card] = desk.cards()
    assert "Bob: the bank confirms it" in card.text
    assert "Owner: Bob" in card.text
    assert "Resolved by Bob · today at 10 am EST: refunded the second charge" in card.text
    assert card.buttons == ["Reopen", "Note"]


async def test_every_button_of_the_card_does_what_it_says(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    [card] = desk.cards()

    await desk.press("bob", card, "Own it")
    await desk.press("bob", card, "Note")
    await desk.submit("bob", {"Note": "called the bank"})
    await desk.press("bob", card, "More")
    await desk.submit("bob", {"Impact": "blocked"})
    await desk.press("bob", card, "Resolve")
    await desk.submit("bob", {"How was it solved?": "refunded"})

    [card] = desk.cards()
    assert "Owner: Bob · blocked" in card.text
    assert "Bob: called the bank" in card.text
    assert "Resolved by Bob" in card.text
    await desk.press("dana", card, "Reopen")
    await desk.submit("dana", {"Why is it open again?": "charged a third time"})
    assert "Resolved" not in desk.cards()[0].text
    assert "Reopened by Dana: charged a third time" in desk.slack.thread(card)[-1].text


@pytest.mark.contract
async def test_of_two_people_who_take_it_at_once_the_second_is_told_who_was_first(desk):
    await desk.type("priya", "/issue Acme: charged twice for March")
    [card] = desk.cards()

    await desk.press("dana", card, "Own it")
    await desk.press("bob", card, "Own it")

    told = desk.shown("bob")[-1]
    assert "Dana was first: Dana owns it since under a minute ago." in told
    assert "Owner: Dana" in told
    assert "Owner: Dana" in desk.cards()[0].text
    mine = [message for message in desk.slack.messages("#support", "bob") if message.ephemeral_to][-1]
    await desk.press("bob", mine, "Take it over")
    assert "Owner: Bob" in desk.cards()[0].text


async def test_who_resolves_second_is_told_who_did_and_sees_the_card(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("dana", "/issue 1 resolve refunded")

    told = await desk.type("bob", "/issue 1 resolve refunded too")

    assert "Dana resolved it today at 3 pm already." in told.text  # Bob reads London time
    assert "refunded too" not in desk.cards()[0].text


async def test_undo_within_ten_minutes_leaves_nothing(desk):
    answer = await desk.type("dana", "/issue Acme: charged twice for March callback in 2 hours")

    await desk.press("dana", answer.message, "Undo")

    assert "Undone, nothing is kept of it" in desk.shown("dana")[-1]
    assert desk.cards() == []
    assert "No open issues" in (await desk.type("dana", "/issue list")).text
    assert "No open promises" in (await desk.type("dana", "/callback list team")).text
    assert "I know no customer called “Acme”." in (await desk.type("dana", "/issue list Acme")).text


async def test_undo_is_refused_kindly_once_somebody_else_acted(desk):
    answer = await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("bob", "/issue 1 note I know about this one")

    await desk.press("dana", answer.message, "Undo")

    assert "Bob has acted on it since" in desk.shown("dana")[-1]
    assert len(desk.cards()) == 1


async def test_resolving_asks_first_what_became_of_the_promises(desk):
    await desk.type("dana", "/issue Acme: charged twice for March callback in 2 hours")

    asked = await desk.type("dana", "/issue 1 resolve refunded")

    assert "what became of its promises?" in asked.text
    await desk.press("dana", asked.message, "Kept")
    resolved = await desk.type("dana", "/issue 1 resolve refunded")
    assert "Resolved: Acme" in resolved.text


async def test_lists_are_names_first_and_can_be_narrowed(desk):
    await desk.type("dana", "/issue Acme: charged twice #billing")
    await desk.type("bob", "/issue Globex: late delivery #delivery @dana")
    await desk.type("bob", "/issue Globex: thanked us #praise")

    assert (await desk.type("dana", "/issue list")).text.startswith("2 open issues")
    assert (await desk.type("dana", "/issue list mine")).text.startswith("2 open issues")
    assert "• Globex · late delivery (#2)" in (await desk.type("dana", "/issue list #delivery")).text
    assert "late delivery" in (await desk.type("dana", "/issue list globex")).text
    assert (await desk.type("dana", "/issue list unowned")).text.startswith("No open issues")
    assert "late delivery (#2)" in (await desk.type("dana", "/issue find DELIVERY late")).text
    unknown = await desk.type("dana", "/issue list Hooli")
    assert "I know no customer called “Hooli”." in unknown.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/issue 99", "There is no issue #99."),
        ("/issue 99 note it rang", "You typed: /issue 99 note it rang"),
        ("/issue 1 reslove done", "Did you mean: /issue 1 resolve done"),
        ("/issue lsit mine", "Did you mean: /issue list mine"),
        ("/issue resolve", "Type its number first: /issue 42 resolve"),
        ("/issue 1 resolve", "How was it solved? Type: /issue 1 resolve"),
        ("/issue 1 note", "What is the note?"),
        ("/issue 1 duplicate 1", "can't be a duplicate of itself"),
        ("/issue 1 own her", "Whose is it?"),
        ("/issue 1 reopen why", "It is open"),
    ],
)
async def test_bad_input_gets_the_line_to_type_and_loses_nothing(desk, typed, told):
    await desk.type("dana", "/issue Acme: charged twice for March")

    assert told in (await desk.type("dana", typed)).text


async def test_a_number_before_other_words_is_a_customer(desk):
    answer = await desk.type("dana", "/issue 42: no cream in the pie")

    assert "42 · no cream in the pie (#1)" in answer.text


async def test_where_kept_cannot_post_the_card_goes_to_the_reporter_who_is_told(desk):
    answer = await desk.type("dana", "/issue Acme: wrong payslip", channel="#payroll")

    assert "/invite @Kept" in answer.text
    assert "Acme · wrong payslip (#1)" in desk.dms("dana")[-1]


async def test_a_channel_shared_with_another_company_never_sees_the_card(desk):
    answer = await desk.type("dana", "/issue Acme: wants a discount", channel="#acme-shared")

    assert "shared with another company" in answer.text
    assert desk.cards("#acme-shared") == []
    assert "wants a discount" in desk.dms("dana")[-1]


async def test_a_card_deleted_by_somebody_is_posted_once_more(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    [card] = desk.cards()
    desk.slack.workspace.remove(card)

    await desk.type("dana", "/issue 1 note still true")

    [again] = desk.cards()
    assert "still true" in again.text


async def test_a_card_that_slack_lets_be_neither_edited_nor_posted_ends_as_an_alarm(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    refused = desk.slack.faults.error("cant_update_message", "chat.update", "chat.postMessage", times=20)

    await desk.type("dana", "/issue 1 note still true")

    assert refused.met == 3  # the edit, a post in its place, and a direct message
    refused.left = 0
    await desk.bot.auditor.look(int(desk.slack.clock.now()))
    await desk.bot.auditor.look(int(desk.slack.clock.now()))
    await desk.settle()
    assert "• card: posting: cant_update_message" in desk.dms("maya")[-1]


async def test_words_of_people_ping_link_and_format_nothing(desk):
    hostile = "<!channel> @here *bold* <https://evil.example|bank> & `code`"

    await desk.type("dana", f"/issue Acme: {hostile}")

    [card] = desk.cards()
    assert "<!channel>" not in card.text
    assert "&lt;!channel&gt; @here *bold*" in card.text
    [paragraph] = [block for block in card.blocks if block["type"] == "rich_text"]
    kinds = {leaf["type"] for leaf in paragraph["elements"][0]["elements"]}
    assert kinds <= {"text", "date"}


async def test_a_person_slack_has_not_named_yet_is_looked_up_once(desk):
    stranger = await desk.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await desk.slack.join("#support", stranger)

    answer = await desk.type("nina", "/issue Acme: charged twice")

    assert "Owner: Nina" in answer.text


async def test_an_unknown_command_says_which_are_known(desk):
    desk.slack.manifest.commands = ()
    payload = {"command": "/nonsense", "text": "x", "user_id": "U0DANA", "channel_id": "C0SUPPORT", "trigger_id": "1.1"}

    ack = await desk.slack.deliver("slash_commands", payload)

    assert "I don't know /nonsense. I know /issue, /callback" in str(ack.body)
