"""What Kept promises about emoji: 🚨 escalates, 🎫 logs, 📞 promises, 👀 owns, ✅ resolves."""

import pytest

from bot.manifest import manifest
from bot.sandbox import Sandbox, events, sample
from handlers.escalations import emoji
from handlers.escalations.due import answer_by
from handlers.when import Hours
from tests.conftest import open_desk

SIREN = "rotating_light"
MARK = emoji.MARK
LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"


async def react(desk, person, message, name=SIREN, times=1):
    await desk.slack.react(person, message, name, times=times)
    await desk.settle()
    await desk.settle()  # what was begun by Slack's answer waits for the worker's next look


async def unreact(desk, person, message, name=SIREN):
    await desk.slack.unreact(person, message, name)
    await desk.settle()


def chatter(desk, words, channel="#support"):
    """A message somebody wrote before Kept heard anything."""
    return next(message for message in desk.slack.messages(channel) if words in message.text)


def posts(desk, channel="#escalations"):
    return [message for message in desk.cards(channel) if "🚨" in message.text]


def whispers(desk, person, channel="#support"):
    """What Kept shows this person alone, the latest last."""
    there = desk.slack.workspace.timeline(desk.slack.channel(channel), desk.slack.person(person).id)
    return [message for message in there if message.ephemeral_to]


async def rows(desk, sql):
    return await desk.bot.store.read(lambda db: db.rows(sql))


async def promises(desk):
    return await rows(desk, "SELECT * FROM promises WHERE kind = 'answer'")


async def issues(desk):
    return await rows(desk, "SELECT * FROM issues")


@pytest.fixture
async def team(desk):
    """A desk after its first setup, its sample promise out of the way."""
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")
    await desk.bot.store.run(lambda db: db.run("DELETE FROM promises"))
    return desk


# Escalating


@pytest.mark.contract
async def test_an_escalation_delivered_three_times_is_one_post_and_one_promise_to_who_escalated(team):
    message = chatter(team, "charged twice for March")

    await react(team, "dana", message, times=3)

    [post] = posts(team)
    assert post.text.startswith("🚨 Customer unknown · Acme Freight called: they were charged twice for March. (#")
    assert "Escalated by Dana in #support · see the message" in post.text
    assert "Priya answers by today at 10:30 am EST" in post.text
    assert message.ts.replace(".", "") in str(post.blocks)
    assert post.buttons == ["I take it"]
    [promise] = await promises(team)
    assert promise["maker_id"] == team.slack.person("dana").id
    assert promise["owner_id"] == team.slack.person("priya").id
    assert promise["due_at"] == int(team.slack.clock.now()) + 1800
    assert len(await issues(team)) == 1
    assert team.slack.bot_user_id in message.reactions[MARK]


@pytest.mark.contract
async def test_before_setup_the_post_stands_in_the_channel_it_came_from(desk):
    message = chatter(desk, "delivery is late again")

    await react(desk, "bob", message)

    [post] = posts(desk, "#support")
    assert "Escalated by Bob in #support" in post.text
    assert "Maya answers by today at 4:30 pm" in post.text  # her Stockholm, until a team has a zone of its own
    [card] = desk.slack.thread(message)
    assert "Escalated by Bob" in card.text
    assert "Owner: nobody yet" in card.text
    assert "Set customer" in card.buttons
    assert posts(desk) == []


async def test_the_thread_s_issue_is_escalated_and_its_owner_answers(team):
    await team.type("bob", "/issue Acme: charged twice for March")
    [card] = team.cards()
    reply = await team.slack.say("dana", "#support", "They are furious", thread_ts=card.ts)

    await react(team, "dana", reply)

    [post] = posts(team)
    assert post.text.startswith("🚨 Acme · charged twice for March (#")
    assert "Bob answers by" in post.text
    assert len(await issues(team)) == 1
    assert "Escalated by Dana" in team.cards()[0].text
    assert "answer Dana's escalation" in team.cards()[0].text
    assert "Dana escalated this, and you are to answer:" in team.dms("bob")[-1]


async def test_who_escalates_an_issue_of_their_own_gets_somebody_else_to_answer(team):
    await team.type("dana", "/issue Acme: charged twice for March")

    await react(team, "dana", team.cards()[0])

    assert "Priya answers by" in posts(team)[0].text


async def test_who_escalated_is_told_and_may_add_a_reason(team):
    await react(team, "dana", chatter(team, "charged twice"))
    told = whispers(team, "dana")[-1]
    assert told.text.startswith("Escalated: Customer unknown · Acme Freight called")

    await team.press("dana", told, "Add reason")
    await team.submit("dana", {"Why is it urgent?": "their payday is tomorrow"})

    assert "Reason: their payday is tomorrow" in posts(team)[0].text
    assert "Escalated because: their payday is tomorrow" in team.slack.thread(chatter(team, "charged twice"))[0].text


async def test_what_was_felt_about_an_issue_goes_with_it_to_the_customer_that_is_set(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    [card] = team.slack.thread(message)
    await team.bot.store.run(
        lambda db: db.run(
            "INSERT INTO feedback (customer_id, issue_id, person_id, at, mood)"
            " SELECT customer_id, id, 'U', 0, 'unhappy' FROM issues"
        )
    )

    await team.press("bob", card, "Set customer")
    await team.submit("bob", {"Customer": "Acme Freight"})

    felt = "SELECT customers.name FROM feedback JOIN customers ON customers.id = feedback.customer_id"
    assert await rows(team, felt) == [{"name": "Acme Freight"}]


async def test_the_customer_can_be_set_where_nobody_knew_it(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    [card] = team.slack.thread(message)

    await team.press("bob", card, "Set customer")
    await team.submit("bob", {"Customer": "Acme Freight"})

    [card] = team.slack.thread(message)
    assert card.text.startswith("Acme Freight · Acme Freight called")
    assert "Set customer" not in card.buttons
    assert posts(team)[0].text.startswith("🚨 Acme Freight · ")
    assert len(await rows(team, "SELECT * FROM customers WHERE name = 'Customer unknown'")) == 0


async def test_the_channel_s_customer_is_taken_where_it_has_one(team):
    await team.type("bob", "/issue Globex: late delivery")
    support = team.slack.channel("#support").id
    await team.bot.store.run(lambda db: db.run("UPDATE channels SET customer_id = 2 WHERE id = :id", id=support))
    customer = (await rows(team, "SELECT id FROM customers WHERE name = 'Globex'"))[0]["id"]
    await team.bot.store.run(
        lambda db: db.run("UPDATE channels SET customer_id = :customer WHERE id = :id", id=support, customer=customer)
    )

    await react(team, "dana", chatter(team, "delivery is late again"))

    assert posts(team)[0].text.startswith("🚨 Globex · ")


async def test_words_on_the_post_ping_link_and_format_nothing(team):
    hostile = "<!channel> *bold* <https://evil.example|bank> down @bob"
    message = await team.slack.say("dana", "#support", hostile)

    await react(team, "dana", message)

    [post] = posts(team)
    assert "<!channel>" not in post.text
    leaves = post.blocks[0]["elements"][0]["elements"]
    assert {leaf["type"] for leaf in leaves} <= {"text", "date", "link"}
    assert [leaf["text"] for leaf in leaves if leaf["type"] == "link"] == ["see the message"]
    team.slack.nothing_refused()


async def test_where_kept_is_not_in_the_escalation_channel_the_team_channel_has_the_post(team):
    await team.slack.leave("#escalations", "kept")

    await react(team, "dana", chatter(team, "charged twice"))

    assert len(posts(team, "#support")) == 1


# Joined by others


@pytest.mark.contract
async def test_a_second_person_is_a_plus_one_on_the_same_post(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)

    await react(team, "bob", message, times=3)

    [post] = posts(team)
    assert "Escalated by Dana (+1 from Bob) in #support" in post.text
    assert len(await promises(team)) == 1


async def test_a_siren_elsewhere_in_the_thread_or_on_the_post_itself_is_a_plus_one_too(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    reply = await team.slack.say("bob", "#support", "Again!", thread_ts=message.ts)

    await react(team, "bob", reply)
    await react(team, "maya", posts(team)[0])

    [post] = posts(team)
    assert "(+1 from Bob and Maya)" in post.text
    assert len(await issues(team)) == 1


async def test_on_a_message_whose_escalation_was_answered_it_is_still_a_plus_one(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    await team.press("priya", team.slack.last_dm("priya"), "Kept")

    await react(team, "bob", message)

    [post] = posts(team)
    assert "(+1 from Bob)" in post.text
    assert "✓ kept, Priya" in post.text
    assert len(await promises(team)) == 1


async def test_after_its_escalation_was_answered_an_issue_can_be_escalated_anew(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    await team.press("priya", team.slack.last_dm("priya"), "Kept")
    reply = await team.slack.say("bob", "#support", "And again!", thread_ts=message.ts)

    await react(team, "bob", reply)

    assert len(posts(team)) == 2
    assert len(await issues(team)) == 1


@pytest.mark.parametrize("name", ["rotating_light::skin-tone-3", "police_car_light", ":rotating_light:"])
async def test_skin_tones_and_aliases_count(team, name):
    await react(team, "dana", chatter(team, "charged twice"), name)

    assert len(posts(team)) == 1


async def test_other_emoji_leave_no_trace(team):
    before = await rows(team, "SELECT COUNT(*) AS n FROM inbox")

    await react(team, "dana", chatter(team, "charged twice"), "tada")

    assert await rows(team, "SELECT COUNT(*) AS n FROM inbox") == before
    assert await issues(team) == []


# Taken


@pytest.mark.contract
async def test_i_take_it_moves_the_promise_and_kept_closes_it(team):
    await react(team, "dana", chatter(team, "charged twice"))
    [post] = posts(team)

    await team.press("bob", post, "I take it", times=2)

    [post] = posts(team)
    assert "Bob is on it and answers by" in post.text
    assert post.buttons == ["Kept", "I take it"]
    assert (await promises(team))[0]["owner_id"] == team.slack.person("bob").id
    assert (await issues(team))[0]["owner_id"] == team.slack.person("bob").id
    assert "You took this:" in team.dms("bob")[-1]
    await team.press("bob", team.slack.last_dm("bob"), "Kept")
    [post] = posts(team)
    assert "✓ kept, Bob, today at 10 am" in post.text
    assert post.buttons == []


async def test_of_two_who_take_it_at_once_the_second_is_told_who_was_first(team):
    await react(team, "dana", chatter(team, "charged twice"))
    stale = posts(team)[0]
    value = stale.blocks[-1]["elements"][0]["value"]

    await team.press("bob", stale, "I take it")
    stale.blocks[-1]["elements"][-1]["value"] = value  # as Priya's screen still shows it
    await team.press("maya", stale, "I take it")

    assert "Bob was first and has it." in whispers(team, "maya", "#escalations")[-1].text
    assert (await promises(team))[0]["owner_id"] == team.slack.person("bob").id
    await team.press("maya", whispers(team, "maya", "#escalations")[-1], "I take it")
    assert (await promises(team))[0]["owner_id"] == team.slack.person("maya").id


async def test_the_answer_is_reminded_of_as_any_promise_is_and_posted_no_second_time(team):
    await react(team, "dana", chatter(team, "charged twice"))

    await team.wait(minutes=15)
    assert "answer Dana's escalation, due" in team.dms("priya")[-1]
    await team.wait(minutes=15)
    assert "answer Dana's escalation is due now" in team.dms("priya")[-1]
    await team.wait(minutes=90)

    assert len(posts(team)) == 1
    assert len(team.cards("#escalations")) == 1


# Taken back


@pytest.mark.contract
async def test_taken_off_within_ten_minutes_it_is_as_if_it_had_not_been(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message, times=3)
    await team.wait(minutes=9)

    await unreact(team, "dana", message)

    assert posts(team) == []
    assert team.slack.thread(message) == []
    assert message.reactions == {}
    assert await issues(team) == []
    assert await promises(team) == []
    assert await rows(team, "SELECT * FROM customers WHERE name = 'Customer unknown'") == []
    reminded = len(team.dms("priya"))
    await team.wait(hours=2)
    assert len(team.dms("priya")) == reminded
    assert "undone" in team.dms("priya")[-1]


async def test_an_issue_that_was_there_before_stays_when_its_escalation_is_undone(team):
    await team.type("bob", "/issue Acme: charged twice for March")
    await team.type("bob", "/issue 2 note the bank confirms it")
    [card] = team.cards()
    await react(team, "dana", card)

    await unreact(team, "dana", card)

    [card] = team.cards()
    assert "Escalated" not in card.text
    assert "the bank confirms it" in card.text
    assert posts(team) == []
    assert (await issues(team))[0]["escalated_at"] is None
    assert await promises(team) == []


async def test_taken_off_before_slack_was_even_asked_nothing_ever_begins(team):
    message = chatter(team, "charged twice")

    await team.slack.react("dana", message, SIREN)
    await team.slack.unreact("dana", message, SIREN)
    await team.settle()

    assert posts(team) == []
    assert await issues(team) == []
    assert "reactions.get" not in [call.method for call in team.slack.calls]


async def test_once_somebody_acted_the_post_says_that_it_was_withdrawn(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    await team.press("bob", posts(team)[0], "I take it")

    await unreact(team, "dana", message)

    [post] = posts(team)
    assert "Withdrawn by Dana" in post.text
    assert post.buttons == []
    assert (await promises(team))[0]["outcome"] == "withdrawn"
    assert len(await issues(team)) == 1
    assert MARK not in message.reactions
    card = team.slack.thread(message)[0]
    assert "Withdrawn by Dana" in card.text


async def test_taken_off_later_it_is_only_written_down(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    await team.wait(minutes=11)

    await unreact(team, "dana", message)

    [post] = posts(team)
    assert "Withdrawn by Dana · today at 10:11 am EST" in post.text
    assert "Priya answers by" in post.text
    assert (await promises(team))[0]["closed_at"] is None
    assert team.slack.bot_user_id in message.reactions[MARK]


async def test_when_the_first_takes_it_back_the_others_still_want_it(team):
    message = chatter(team, "charged twice")
    await react(team, "dana", message)
    await react(team, "bob", message)

    await unreact(team, "dana", message)

    assert "Escalated by Bob in #support" in posts(team)[0].text
    assert (await promises(team))[0]["maker_id"] == team.slack.person("bob").id
    await unreact(team, "bob", message)
    assert posts(team) == []


async def test_put_on_again_after_it_was_undone_it_escalates_again(team):
    message = chatter(team, "charged twice")
    for _ in range(3):
        await react(team, "dana", message)
        await unreact(team, "dana", message)
    await react(team, "dana", message)

    assert len(posts(team)) == 1
    assert len(await promises(team)) == 1
    assert team.slack.bot_user_id in message.reactions[MARK]


@pytest.mark.contract
async def test_removed_told_before_added_and_all_of_it_three_times_has_one_effect(team):
    message, dana = chatter(team, "charged twice"), team.slack.person("dana").id
    told = [
        events.reaction(team.slack.workspace, kind, message, dana, SIREN)[0]
        for kind in ("reaction_added", "reaction_removed", "reaction_added", "reaction_removed")
    ]

    for event in (told[3], told[0], told[1], told[3], told[2], told[0]):
        await team.slack.emit(event, times=3)
    await team.settle()
    assert posts(team) == []
    assert await issues(team) == []

    await team.slack.emit(events.reaction(team.slack.workspace, "reaction_added", message, dana, SIREN)[0], times=3)
    await team.slack.emit(told[1], told[0])
    await team.settle()
    assert len(posts(team)) == 1


async def test_an_issue_undone_by_who_logged_it_takes_its_escalation_along(team):
    answer = await team.type("dana", "/issue Acme: charged twice for March")
    await react(team, "dana", team.cards()[0])
    assert len(posts(team)) == 1

    await team.press("dana", answer.message, "Undo")

    assert posts(team) == []
    assert await promises(team) == []


# Guests and other companies


@pytest.mark.contract
async def test_a_guest_may_escalate_and_sees_nothing_of_ours(team):
    message = chatter(team, "charged twice")

    await react(team, "tom", message)

    [post] = posts(team)
    assert "Escalated by Tom" in post.text
    assert (await promises(team))[0]["maker_id"] == team.slack.person("tom").id
    assert whispers(team, "tom") == []
    assert team.dms("tom") == []


@pytest.mark.contract
async def test_in_a_channel_shared_with_another_company_visible_posts_say_only_received(team):
    message = chatter(team, "any news about our invoice", "#acme-shared")

    await react(team, "vera", message, times=3)

    [post] = posts(team)
    assert "any news about our invoice" in post.text
    assert "Escalated by Vera in #acme-shared" in post.text
    assert [reply.text for reply in team.slack.thread(message)] == ["Received."]
    assert team.cards("#acme-shared") == []
    assert any("any news about our invoice" in card.text for card in team.cards("#support"))
    assert team.dms("vera") == []
    assert whispers(team, "vera", "#acme-shared") == []
    await unreact(team, "vera", message)
    assert team.slack.thread(message) == []
    assert posts(team) == []


async def test_before_setup_what_is_escalated_before_strangers_goes_to_kepts_admin(desk):
    message = chatter(desk, "any news about our invoice", "#acme-shared")

    await react(desk, "vera", message)

    assert [m.text for m in desk.slack.thread(message)] == ["Received."]
    assert desk.cards("#acme-shared") == []
    told = desk.dms("maya")
    assert len(told) == 2
    assert any("🚨" in words and "Escalated by Vera in #acme-shared" in words for words in told)
    assert any("Reported by Vera" in words for words in told)
    assert desk.dms("vera") == []


@pytest.mark.parametrize("name", ["ticket", "telephone_receiver", "eyes", "white_check_mark"])
@pytest.mark.parametrize("person", ["tom", "vera"])
async def test_for_guests_and_strangers_every_other_emoji_is_just_an_emoji(desk, person, name):
    channel = "#support" if person == "tom" else "#acme-shared"
    await desk.type("dana", "/issue Acme: charged twice for March", channel=channel)
    message = desk.slack.messages(channel)[0]

    await react(desk, person, message, name)
    if person == "tom":
        await react(desk, person, desk.cards()[0], name)

    assert len(await issues(desk)) == 1
    assert (await issues(desk))[0]["owner_id"] == desk.slack.person("dana").id
    assert whispers(desk, person, channel) == []
    assert desk.dms(person) == []


async def test_a_guest_who_presses_the_post_s_button_is_refused(desk):
    await react(desk, "dana", chatter(desk, "charged twice"))
    [post] = posts(desk, "#support")

    await desk.press("tom", post, "I take it")

    assert "for full members" in whispers(desk, "tom")[-1].text
    assert (await promises(desk))[0]["owner_id"] == desk.slack.person("maya").id


# The other emoji


@pytest.mark.contract
async def test_a_ticket_logs_the_message_as_an_issue_nobody_owns(team):
    message = chatter(team, "delivery is late again")

    await react(team, "dana", message, "ticket", times=3)

    [card] = team.slack.thread(message)
    assert "Customer unknown · Globex say their delivery is late again. Third time since September?" in card.text
    assert "Owner: nobody yet" in card.text
    assert "Reported by Dana" in card.text
    assert "Logged: Customer unknown" in whispers(team, "dana")[-1].text
    assert posts(team) == []
    await react(team, "bob", message, "ticket")
    assert "It is logged already" in whispers(team, "bob")[-1].text
    assert len(await issues(team)) == 1


async def test_a_ticket_taken_off_within_ten_minutes_undoes_the_issue(team):
    message = chatter(team, "delivery is late again")
    await react(team, "dana", message, "ticket")

    await unreact(team, "dana", message, "ticket")

    assert await issues(team) == []
    assert team.slack.thread(message) == []


async def test_a_ticket_taken_off_after_somebody_touched_the_issue_changes_nothing(team):
    message = chatter(team, "delivery is late again")
    await react(team, "dana", message, "ticket")
    await react(team, "bob", message, "eyes")

    await unreact(team, "dana", message, "ticket")

    assert len(await issues(team)) == 1


@pytest.mark.contract
async def test_a_telephone_asks_when_and_promises_nothing_until_told(team):
    message = chatter(team, "charged twice")

    await react(team, "dana", message, "telephone_receiver", times=3)

    asked = whispers(team, "dana")[-1]
    assert "By when? Nothing is saved yet." in asked.text
    assert await rows(team, "SELECT * FROM promises") == []
    await team.press("dana", asked, "Another time")
    await team.submit("dana", {"Customer": "Acme Freight", "By when": "tomorrow 3pm"})
    [promise] = await rows(team, "SELECT * FROM promises")
    assert "charged twice" in promise["subject"]
    assert "tomorrow" in whispers(team, "dana")[-1].text or "Wed" in whispers(team, "dana")[-1].text


async def test_a_telephone_in_an_issue_s_thread_promises_with_it_in_one_press(team):
    await team.type("bob", "/issue Acme: charged twice for March")
    [card] = team.cards()

    await react(team, "dana", card, "telephone_receiver")
    await team.press("dana", whispers(team, "dana")[-1], "In 2 hours")

    [promise] = await rows(team, "SELECT * FROM promises")
    assert promise["due_at"] == int(team.slack.clock.now()) + 7200
    assert promise["owner_id"] == team.slack.person("dana").id
    assert promise["issue_id"] == (await issues(team))[0]["id"]


@pytest.mark.contract
async def test_eyes_on_the_card_or_the_first_message_own_the_issue(team):
    message = chatter(team, "delivery is late again")
    await react(team, "dana", message, "ticket")
    reply = await team.slack.say("dana", "#support", "on it", thread_ts=message.ts)

    await react(team, "bob", reply, "eyes")
    assert (await issues(team))[0]["owner_id"] is None
    await react(team, "bob", message, "eyes")
    assert (await issues(team))[0]["owner_id"] == team.slack.person("bob").id
    await team.wait(minutes=2)
    await react(team, "maya", team.slack.thread(message)[0], "eyes", times=3)
    assert "Owner: Maya" in team.slack.thread(message)[0].text


async def test_eyes_anywhere_else_are_just_eyes(team):
    await react(team, "bob", chatter(team, "charged twice"), "eyes")

    assert await issues(team) == []
    assert await rows(team, "SELECT * FROM reactions") == []


@pytest.mark.contract
async def test_a_check_mark_asks_how_it_was_solved_and_closes_nothing_until_told(team):
    await team.type("bob", "/issue Acme: charged twice for March")
    [card] = team.cards()

    await react(team, "bob", card, "white_check_mark", times=3)

    asked = whispers(team, "bob")[-1]
    assert asked.text.startswith("How was it solved? Acme · charged twice for March")
    assert (await issues(team))[0]["resolved_at"] is None
    await team.press("bob", asked, "Resolve")
    await team.submit("bob", {"How was it solved?": "refunded"})
    assert "Resolved by Bob" in team.cards()[0].text


async def test_a_check_mark_asks_first_what_became_of_the_promises(team):
    await team.type("bob", "/issue Acme: charged twice for March callback in 2 hours")

    await react(team, "bob", team.cards()[0], "white_check_mark")

    asked = whispers(team, "bob")[-1]
    assert "what became of its promises?" in asked.text
    assert "Kept" in asked.buttons
    assert (await issues(team))[0]["resolved_at"] is None


async def test_after_setup_members_of_no_team_act_by_emoji_on_what_is_theirs_alone(team):
    nina = await team.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await team.slack.create_channel("nina", "sales")
    await team.slack.invite("#sales", "kept", by="nina")
    message = await team.slack.say("nina", "#sales", "Hooli want a discount")
    await react(team, "nina", message, "ticket")
    assert len(await issues(team)) == 1
    await team.slack.join("#sales", "bob")
    await team.type("bob", "/issue Acme: charged twice", channel="#sales")

    await react(team, "nina", team.cards("#sales")[-1], "eyes")
    await react(team, "nina", message, "eyes")

    owners = {issue["summary"]: issue["owner_id"] for issue in await issues(team)}
    assert owners == {"Hooli want a discount": nina.id, "charged twice": team.slack.person("bob").id}


# What may be missing, and what may die


@pytest.mark.contract
@pytest.mark.parametrize(
    ("lacking", "summary"),
    [
        ({"reactions.get"}, "They called again"),
        ({"reactions.get", "conversations.replies"}, "a message"),  # history alone knows no replies
        ({"reactions.get", "conversations.replies", "conversations.history"}, "a message"),
        ({"users.conversations", "conversations.list", "users.list", "reactions.add"}, "They called again"),
    ],
    ids=["no reactions.get", "history alone", "a link alone", "no directory"],
)
async def test_it_works_where_slack_lacks_what_we_would_like(database, clock, transport, lacking, summary):
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking=lacking) as slack,
        open_desk(slack, database, transport) as desk,
    ):
        message = chatter(desk, "charged twice")
        reply = await slack.say("bob", "#support", "They called again", thread_ts=message.ts)

        await react(desk, "dana", reply)

        [post] = posts(desk, "#support")
        assert summary in post.text
        assert "see the message" in post.text
        assert summary in slack.thread(message)[-1].text
        [issue] = await issues(desk)
        assert issue["thread_ts"] == message.ts  # from the link, where nothing else tells
        assert len(await promises(desk)) == 1
        await unreact(desk, "dana", reply)
        assert posts(desk, "#support") == []


async def test_where_slack_tells_nothing_at_all_of_the_message_it_is_escalated_all_the_same(database, clock):
    lacking = {"reactions.get", "conversations.replies", "conversations.history", "chat.getPermalink"}
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking=lacking) as slack,
        open_desk(slack, database, "http") as desk,
    ):
        await react(desk, "dana", chatter(desk, "charged twice"))

        [post] = posts(desk, "#support")
        assert "Customer unknown · a message (#1)\nEscalated by Dana in #support\n" in post.text


async def test_where_history_alone_answers_the_words_are_found(database, clock):
    lacking = {"reactions.get", "conversations.replies"}
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking=lacking) as slack,
        open_desk(slack, database, "http") as desk,
    ):
        await react(desk, "dana", chatter(desk, "charged twice"))

        assert "charged twice" in posts(desk, "#support")[0].text


async def test_where_slack_lists_no_channels_its_event_tells_which_are_shared(database, clock):
    lacking = {"users.conversations", "conversations.list", "conversations.info"}
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking=lacking) as slack,
        open_desk(slack, database, "http") as desk,
    ):
        message = chatter(desk, "any news about our invoice", "#acme-shared")

        await react(desk, "vera", message)

        assert [m.text for m in slack.thread(message)] == ["Received."]
        assert desk.cards("#acme-shared") == []
        assert any("🚨" in words for words in desk.dms("maya"))


@pytest.mark.contract
async def test_killed_between_the_event_and_the_look_up_nothing_is_lost(slack, database, transport):
    async with open_desk(slack, database, transport) as desk:
        await slack.react("dana", chatter(desk, "charged twice"), SIREN)
        assert posts(desk, "#support") == []

    async with open_desk(slack, database, transport) as desk:
        await desk.settle()

        assert len(posts(desk, "#support")) == 1
        assert len(await promises(desk)) == 1


async def test_a_message_deleted_meanwhile_is_escalated_without_its_words(team):
    message = chatter(team, "charged twice")

    await team.slack.react("dana", message, SIREN)
    await team.slack.delete("dana", message)
    await team.settle()

    assert "Customer unknown · a message" in posts(team)[0].text


# Pure rules


def test_no_emoji_stands_for_two_deeds():
    assert emoji.by_name(emoji.DEEDS)[SIREN] == emoji.ESCALATE
    assert emoji.by_name({emoji.LOG: []}) == {}
    with pytest.raises(emoji.OverlapError, match=":ticket: stands for both log and promise"):
        emoji.by_name({emoji.LOG: ["ticket"], emoji.PROMISE: [":ticket::skin-tone-2:"]})
    assert emoji.deed(emoji.MARK) is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24T10:00:00-05:00", "2026-11-24T10:30:00-05:00"),
        ("2026-11-24T16:30:00-05:00", "2026-11-24T17:00:00-05:00"),
        ("2026-11-24T16:45:00-05:00", "2026-11-25T09:15:00-05:00"),
        ("2026-11-24T03:00:00-05:00", "2026-11-24T09:30:00-05:00"),
        ("2026-11-24T22:00:00-05:00", "2026-11-25T09:30:00-05:00"),
        ("2026-11-27T16:50:00-05:00", "2026-11-30T09:20:00-05:00"),  # over a weekend
        ("2026-10-30T16:50:00-04:00", "2026-11-02T09:20:00-05:00"),  # and a change of clocks
    ],
)
def test_an_answer_is_due_after_thirty_working_minutes(now, due):
    from datetime import datetime  # noqa: PLC0415

    at = int(datetime.fromisoformat(now).timestamp())
    assert answer_by(at, "America/New_York", Hours()) == int(datetime.fromisoformat(due).timestamp())


def test_a_team_that_never_works_is_taken_to_work_always():
    assert answer_by(1000, "UTC", Hours(weekdays=frozenset())) == 2800
