"""What Kept promises when a customer is forgotten: no word, name or link is left, and the figures stand."""

import pytest

from tests.inside import bytes_of, rows

PLANTED = ("Zanzibarco", "Quagga", "Ocelot", "Narwhal", "Pangolin", "Axolotl", "+1 555 0199", "Capybara", "Tapir")
SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob hours 9:00-17:00"


async def known_everywhere(desk):
    """A customer whose words stand in every table and every kind of message; returns the number of a closed issue."""
    await desk.type("maya", f"{SETUP} zone America/New_York")
    await desk.type("dana", "/issue Zanzibarco: the Quagga was charged twice !blocked #billing")
    card = desk.cards()[-1]
    await desk.type("dana", "/issue 2 note the Ocelot called")
    await desk.type("dana", "/customer Zanzibarco contact Tapir Smith, +1 555 0199")
    await desk.type("dana", "/customer Zanzibarco depends on Narwhal delivery")
    await desk.type("dana", "/feedback Zanzibarco unhappy Pangolin too slow")
    await desk.type("dana", "/callback Zanzibarco in 40 minutes about the Axolotl")
    await desk.type("dana", "/callback Zanzibarco Friday 3pm about the Axolotl again")
    await desk.slack.react("bob", card, "rotating_light")
    await desk.settle()
    await desk.type("dana", "/issue Other Ltd: nothing to see")
    await desk.type("dana", "/callback Other Ltd in 40 minutes about their own thing")
    await desk.type("dana", "/issue Zanzibarco: the Capybara was late #delivery")
    await desk.wait(minutes=41)
    number = int(desk.cards()[-1].text.split("(#")[1].split(")")[0])
    await desk.type("bob", f"/issue {number} resolve brought the Capybara back")
    return number


async def forgotten(desk, person="maya"):
    asked = await desk.type(person, "/customer forget Zanzibarco", channel="#leads")
    return await desk.press(person, asked.message, "Forget Zanzibarco")


def everything_of_kept(desk):
    """All lasting messages of the bot, wherever they stand."""
    places = ["#support", "#escalations", "#leads"]
    shown = [message for place in places for message in desk.cards(place)]
    people = ("dana", "bob", "priya", "maya")
    shown += [m for who in people for m in desk.slack.dm(who) if m.user == desk.slack.bot_user_id]
    return [message for message in shown if message.ephemeral_to is None]


@pytest.mark.contract
async def test_after_forgetting_no_byte_of_the_customer_is_left_in_the_files_nor_in_our_messages(desk, database):
    await known_everywhere(desk)
    await desk.type("priya", "/digest at 11:00 weekdays", channel="#support")
    await desk.wait(hours=24)
    await desk.type("dana", "/callback Zanzibarco 5 about Axolotl soon")  # asked: a draft, asked again in ten minutes
    await desk.wait(minutes=11)
    before = bytes_of(database)
    for word in PLANTED:
        assert word.encode() in before, word
    assert sum("Zanzibarco" in message.text for message in everything_of_kept(desk)) > 5

    await forgotten(desk)
    await desk.wait(minutes=3)

    after = bytes_of(database).lower()
    for word in PLANTED:
        assert word.lower().encode() not in after, word
    for message in everything_of_kept(desk):
        for word in PLANTED:
            assert word not in str(message.text) + str(message.blocks), message.text
    assert "Other Ltd · nothing to see" in "".join(card.text for card in desk.cards())
    assert "Other Ltd still waits: call about their own thing" in "".join(desk.dms("dana"))


async def test_figures_stand_after_forgetting(desk, database):
    number = await known_everywhere(desk)
    figures = (
        f"SELECT category, impact, created_at, first_response_at, resolved_at, team_id FROM issues WHERE id = {number}",
        "SELECT kind, made_at, due_at, first_due_at, team_id FROM promises ORDER BY id",
        "SELECT mood, at FROM feedback",
        "SELECT COUNT(*) FROM notes",
    )
    before = [rows(database, sql) for sql in figures]
    await forgotten(desk)
    assert [rows(database, sql) for sql in figures] == before


async def test_what_was_open_with_a_forgotten_customer_reminds_nobody(desk):
    await known_everywhere(desk)
    await forgotten(desk)
    before = {who: len(desk.slack.dm(who)) for who in ("dana", "bob", "priya")}
    await desk.wait(hours=24)
    said = [m.text for who, n in before.items() for m in desk.slack.dm(who)[n:]]
    assert not [words for words in said if "Axolotl" in words or "forgotten" in words]


async def test_forgetting_is_for_managers_asks_first_and_happens_once(desk, database):
    await known_everywhere(desk)
    refused = await desk.type("dana", "/customer forget Zanzibarco")
    assert refused.text.startswith("This is for managers.")
    asked = await desk.type("maya", "/customer forget Zanzibarco", channel="#leads")
    assert asked.text.startswith("Forget Zanzibarco for ever?")
    assert "3 open promises and 1 open issue" in asked.text  # an escalation is a promise too
    await desk.press("maya", asked.message, "Never mind")
    assert rows(database, "SELECT COUNT(*) FROM contacts") == [(1,)]

    asked = await desk.type("maya", "/customer forget Zanzibarco", channel="#leads")
    await desk.press("maya", asked.message, "Forget Zanzibarco", times=2)
    assert rows(database, "SELECT COUNT(*) FROM audit WHERE deed = 'customer forgotten'") == [(1,)]
    assert "no customer called “Zanzibarco”" in (await desk.type("dana", "/customer Zanzibarco")).text


async def test_a_message_that_cannot_be_rewritten_is_named_to_who_asked(desk):
    await known_everywhere(desk)
    asked = await desk.type("maya", "/customer forget Zanzibarco", channel="#leads")
    desk.slack.faults.error("restricted_action", "chat.update", times=None)
    await desk.press("maya", asked.message, "Forget Zanzibarco")
    await desk.wait(minutes=2)
    [told] = [words for words in desk.dms("maya") if words.startswith("I could not rewrite")]
    assert "• #support, today at 3" in told


async def test_what_was_open_on_a_screen_cannot_bring_a_forgotten_customer_back(desk, database):
    await desk.type("dana", "/issue Zanzibarco: the Quagga")
    await desk.type("dana", "/feedback Zanzibarco unhappy slow Ocelot")
    await desk.type("dana", "/feedback Zanzibarco unhappy still slow")
    card = (await desk.type("dana", "/customer Zanzibarco")).message
    await desk.type("dana", "/customer Zanzibarco edit")
    await forgotten(desk)

    await desk.submit("dana", {"notes": "the Quagga again"})
    await desk.press("dana", card, "Log issue")
    await desk.wait(minutes=2)

    assert rows(database, "SELECT name, notes FROM customers") == [("", None)]
    for table in ("customer_names", "contacts", "issue_words"):
        assert rows(database, f"SELECT * FROM {table}") == [], table
    assert "No customer is at risk" in (await desk.type("dana", "/customer list at-risk")).text
    await desk.type("dana", "/issue")
    offered = await desk.slack.suggest("dana", desk.slack.view("dana"), "customer", "")
    assert all(option["text"]["text"] for option in offered)


async def test_words_about_others_are_left_alone_however_like_the_name(desk):
    await desk.type("dana", "/issue Text: the Quagga")
    draft = await desk.type("bob", "/callback Acme sometime about the texture, in this context")
    assert "Nothing is saved yet" in draft.text
    asked = await desk.type("maya", "/customer forget Text", channel="#leads")
    await desk.press("maya", asked.message, "Forget Text")
    await desk.wait(minutes=11)

    assert "texture, in this context" in desk.dms("bob")[-1]


async def test_an_issue_closed_as_a_duplicate_of_theirs_says_only_the_number(desk, database):
    await desk.type("dana", "/issue Zanzibarco: the Quagga broke")
    await desk.type("dana", "/issue Acme: the same thing")
    await desk.type("dana", "/issue 2 duplicate 1")
    assert "duplicate of Zanzibarco · the Quagga broke (#1)" in (await desk.type("dana", "/issue 2")).text
    await forgotten(desk)
    await desk.wait(minutes=2)

    assert b"quagga" not in bytes_of(database).lower()
    assert "duplicate of #1" in (await desk.type("dana", "/issue 2")).text


async def test_answers_in_conversations_that_name_them_are_rewritten(desk):
    await desk.slack.say("dana", "@Kept", "customer new Zanzibarco")
    await desk.type("dana", "/customer new Zanzibarco")
    await desk.slack.say("dana", "@Kept", "customer Zanzibarco contact Tapir Smith, +1 555 0199")
    await desk.settle()
    assert "Tapir Smith" in desk.dms("dana")[-1]
    await forgotten(desk)
    await desk.wait(minutes=2)

    assert not [words for words in desk.dms("dana") if "Tapir" in words or "Zanzibarco" in words]


async def test_after_a_merge_and_forgetting_nothing_of_either_is_left(desk, database):
    await desk.type("dana", "/customer new Quagga Ltd")
    await desk.type("dana", "/customer Quagga Ltd contact Tapir Smith, +1 555 0199")
    await desk.type("dana", "/customer new Zanzibarco")
    asked = await desk.type("maya", "/customer merge Quagga Ltd into Zanzibarco", channel="#leads")
    await desk.press("maya", asked.message, "Merge into Zanzibarco")
    await forgotten(desk)
    await desk.wait(minutes=2)

    for word in ("zanzibarco", "quagga", "tapir", "555 0199"):
        assert word.encode() not in bytes_of(database).lower(), word
