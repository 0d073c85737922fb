"""What Kept promises about how customers feel: /feedback, the line on resolving, and the reasons counted."""

import pytest

from handlers.feedback import moods, why
from storage import customers, feedback

SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"


async def known(desk, *names):
    """Customers Kept knows already."""
    for name in names:
        await desk.bot.store.run(customers.add, name, 0)


async def noted(desk):
    """All that was noted, the first first."""
    return await desk.bot.store.read(lambda db: db.rows("SELECT * FROM feedback ORDER BY id"))


async def felt(desk):
    return [(row["mood"], row["reason"]) for row in await noted(desk)]


async def people(desk):
    return await desk.bot.store.read(lambda db: [row["name"] for row in db.rows("SELECT name FROM customers")])


def whispers(desk, person, channel="#support"):
    return [message for message in desk.slack.messages(channel, person) if message.ephemeral_to]


# One line


@pytest.mark.contract
async def test_one_line_notes_how_a_customer_feels_and_why_once(desk):
    await known(desk, "Acme")

    answer = await desk.type("dana", "/feedback Acme unhappy slow delivery", times=3)

    assert answer.text == "Noted: Acme is unhappy: slow delivery"
    [row] = await noted(desk)
    assert (row["mood"], row["reason"], row["person_id"]) == ("unhappy", "slow delivery", desk.slack.person("dana").id)
    [entry] = await desk.bot.store.read(lambda db: db.rows("SELECT * FROM audit WHERE deed = 'feedback'"))
    assert (entry["surface"], entry["customer_id"], entry["detail"]) == ("command", 1, '{"mood": "unhappy"}')


@pytest.mark.parametrize(
    ("line", "mood", "reason"),
    [
        ("Acme happy quick answer", "happy", "quick answer"),
        ("Acme: happy, quick answer", "happy", "quick answer"),
        ("Acme is very unhappy because of the slow delivery", "unhappy", "the slow delivery"),
        ("Acme is unhappy: slow delivery", "unhappy", "slow delivery"),
        ("Acme angry about 3 wrong invoices", "unhappy", "3 wrong invoices"),
        ("Acme glad", "happy", None),
        ("Acme 🙂 quick answer", "happy", "quick answer"),
        ("Acme :slightly_smiling_face: quick answer", "happy", "quick answer"),
        ("Acme: :+1::skin-tone-3: quick answer", "happy", "quick answer"),
        ("Acme 🙁 slow", "unhappy", "slow"),
        ("Acme 😐", "unsure", None),
        ("Acme :( slow", "unhappy", "slow"),
        ("Acme not happy with the portal", "unhappy", "the portal"),
        ("Acme isn't happy: slow", "unhappy", "slow"),
        ("Acme not sure whether it helped", "unsure", "whether it helped"),
        ("Acme not asked they were in a hurry", None, "they were in a hurry"),
        ("Acme not asked", None, None),
        ("Acme slow delivery, unhappy", "unhappy", "slow delivery"),
        ("Acme unhapy slow delivery", "unhappy", "slow delivery"),
        ("acme inc. unhappy slow delivery", "unhappy", "slow delivery"),
        ("Acme unhappy they said: never again at 9:15", "unhappy", "they said: never again at 9:15"),
    ],
)
async def test_moods_are_understood_forgivingly(desk, line, mood, reason):
    await known(desk, "Acme")

    answer = await desk.type("dana", f"/feedback {line}")

    assert answer.text.startswith("Noted: Acme ")
    assert await felt(desk) == [(mood, reason)]
    assert await people(desk) == ["Acme"]


async def test_a_new_name_before_a_colon_becomes_a_customer_and_undo_takes_both_back(desk):
    answer = await desk.type("dana", "/feedback Initech: unsure the portal is new to them")
    assert "Noted: Initech is unsure: the portal is new to them" in answer.text
    assert "Initech is a new customer." in answer.text

    await desk.press("dana", whispers(desk, "dana")[-1], "Undo", times=2)

    assert "Undone, nothing is kept of it: Initech is unsure" in whispers(desk, "dana")[-1].text
    assert await noted(desk) == []
    assert await people(desk) == []


async def test_undo_is_open_for_ten_minutes_and_a_customer_somebody_needs_stays(desk):
    await desk.type("dana", "/feedback Initech: happy")
    first = whispers(desk, "dana")[-1]
    await desk.type("bob", "/issue Initech: late")
    await desk.press("dana", first, "Undo")
    assert await people(desk) == ["Initech"]

    await desk.type("dana", "/feedback Initech unhappy late")
    await desk.wait(minutes=11)
    await desk.press("dana", whispers(desk, "dana")[-1], "Undo")

    assert "Ten minutes are over" in whispers(desk, "dana")[-1].text
    assert await felt(desk) == [("unhappy", "late")]


async def test_a_customer_made_by_an_undone_issue_stays_if_its_feelings_were_noted(desk):
    await desk.type("dana", "/issue Initech: late")
    echo = whispers(desk, "dana")[-1]
    await desk.type("dana", "/feedback Initech unhappy late")

    await desk.press("dana", echo, "Undo")

    assert await people(desk) == ["Initech"]
    assert await felt(desk) == [("unhappy", "late")]


async def test_two_customers_it_may_mean_are_asked_and_the_line_carries_on(desk):
    await known(desk, "Initech", "Inotech")

    await desk.type("dana", "/feedback Iniotech: unhappy slow delivery")
    question = whispers(desk, "dana")[-1]
    assert "Which customer do you mean?" in question.text
    assert await noted(desk) == []
    await desk.press("dana", question, "Inotech")

    assert whispers(desk, "dana")[-1].text == "Noted: Inotech is unhappy: slow delivery"


async def test_the_channels_customer_is_meant_where_none_is_named(desk):
    await known(desk, "Globex")
    await desk.bot.store.run(lambda db: db.run("UPDATE channels SET customer_id = 1 WHERE name = 'support'"))

    assert (await desk.type("dana", "/feedback happy quick answer")).text == "Noted: Globex is happy: quick answer"


async def test_words_of_others_ping_link_and_format_nothing(desk):
    await known(desk, "Acme")

    answer = await desk.type("dana", "/feedback Acme unhappy <!channel> <https://evil.example|bank.example> *bold*")

    assert "<!channel>" not in answer.text
    assert "<https" not in answer.text


# The form


def fields(desk, person):
    return {block["block_id"]: block["element"] for block in desk.slack.view(person).blocks if "element" in block}


@pytest.mark.contract
async def test_alone_it_opens_the_form(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/feedback")

    refused = await desk.submit("dana", {"Customer": "Acme", "On which issue": "17"})
    assert refused.errors == {
        "mood": "How do they feel?",
        "issue": "There is no such issue. Its number, please, for example 42.",
    }
    await desk.submit(
        "dana", {"How do they feel?": "Unhappy", "Why?": "charged twice again", "On which issue": "#1"}, times=3
    )

    assert whispers(desk, "dana")[-1].text == "Noted: Acme is unhappy: charged twice again · about charged twice (#1)"
    [row] = await noted(desk)
    assert (row["issue_id"], row["mood"], row["reason"]) == (1, "unhappy", "charged twice again")


async def test_an_issue_of_another_customer_is_an_error_at_its_field(desk):
    await known(desk, "Globex")
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/feedback")

    values = {"Customer": "Globex", "How do they feel?": "Happy", "On which issue": "1"}
    assert (await desk.submit("dana", values)).errors == {"issue": "#1 is another customer's."}


async def test_a_line_without_a_mood_or_a_known_name_opens_the_form_with_what_was_typed(desk):
    await known(desk, "Acme")
    await desk.type("dana", "/feedback Acme slow delivery again")
    assert fields(desk, "dana")["customer"]["initial_option"]["text"]["text"] == "Acme"
    assert fields(desk, "dana")["reason"]["initial_value"] == "slow delivery again"

    await desk.type("dana", "/feedback Initech unhappy slow delivery")
    assert fields(desk, "dana")["customer"]["initial_option"]["value"] == "new:Initech"
    assert fields(desk, "dana")["mood"]["initial_option"]["value"] == "unhappy"
    assert fields(desk, "dana")["reason"]["initial_value"] == "slow delivery"
    assert await noted(desk) == []
    await desk.submit("dana", {})

    assert "Noted: Initech is unhappy: slow delivery" in whispers(desk, "dana")[-1].text


async def test_fix_corrects_all_of_it(desk):
    await known(desk, "Acme", "Globex")
    await desk.type("dana", "/feedback Acme unhappy slow delivery")

    await desk.press("dana", whispers(desk, "dana")[-1], "Fix")
    await desk.submit("dana", {"Customer": "Globex", "How do they feel?": "Not asked", "Why?": ""}, times=2)

    assert whispers(desk, "dana")[-1].text == "Saved: Globex was not asked"
    [row] = await noted(desk)
    assert (row["customer_id"], row["mood"], row["reason"]) == (2, None, None)


async def test_who_corrects_it_second_is_shown_what_the_first_made_of_it(desk):
    await known(desk, "Acme")
    await desk.type("dana", "/issue Acme: charged twice")
    answer = await desk.type("dana", "/issue 1 resolve refunded")
    await desk.type("bob", "/issue 1 reopen again")
    second = await desk.type("bob", "/issue 1 resolve refunded twice")
    for person, asked in (("dana", answer), ("bob", second)):
        await desk.press(person, asked.message, "Unhappy")
        await desk.press(person, whispers(desk, person)[-1], "Say why")
    await desk.submit("bob", {"Why?": "slow delivery"})

    refused = await desk.submit("dana", {"Why?": "wrong invoice"})

    told = "Bob changed this to “slow delivery” today at 10 am. Press Save again to put yours in its place."
    assert refused.errors == {"reason": told}
    assert await felt(desk) == [("unhappy", "slow delivery")]
    await desk.submit("dana", {})
    assert await felt(desk) == [("unhappy", "wrong invoice")]


async def test_feedback_goes_with_its_issue_to_another_customer(desk):
    await known(desk, "Acme", "Globex")
    await desk.type("dana", "/issue Acme: charged twice")
    answer = await desk.type("dana", "/issue 1 resolve refunded")
    await desk.press("dana", answer.message, "Unhappy")

    await desk.type("dana", "/issue 1 edit")
    await desk.submit("dana", {"Customer": "Globex"})

    assert [row["customer_id"] for row in await noted(desk)] == [2]


# Other doors


@pytest.mark.contract
async def test_it_works_under_kept_in_mentions_and_in_direct_messages(desk):
    await known(desk, "Acme")

    assert (await desk.type("dana", "/kept feedback Acme happy quick")).text == "Noted: Acme is happy: quick"
    await desk.slack.say("dana", "#support", "@Kept feedback Acme unhappy slow")
    await desk.slack.say("dana", "@kept", "feedback Acme unsure new portal")
    await desk.settle()

    assert await felt(desk) == [("happy", "quick"), ("unhappy", "slow"), ("unsure", "new portal")]
    assert whispers(desk, "dana")[-1].text == "Noted: Acme is unhappy: slow"
    assert desk.dms("dana")[-1] == "Noted: Acme is unsure: new portal"


async def test_where_no_form_can_open_a_button_opens_it(desk):
    await desk.slack.say("dana", "@kept", "feedback Initech unhappy slow")
    await desk.settle()
    question = desk.slack.last_dm("dana")
    assert "Which customer is it, and how do they feel?" in question.text

    await desk.press("dana", question, "Open the form")
    await desk.submit("dana", {})

    assert await felt(desk) == [("unhappy", "slow")]


async def test_a_slip_says_what_to_type(desk):
    answer = await desk.type("dana", "/feedback lst")

    assert "Did you mean: /feedback list" in answer.text
    assert "You typed: /feedback lst" in answer.text


# On resolving


@pytest.mark.contract
async def test_resolving_asks_quietly_and_a_button_answers_once(desk):
    await desk.type("dana", "/issue Acme: charged twice")

    await desk.type("dana", "/issue 1 resolve refunded")
    asked = whispers(desk, "dana")[-1]
    assert "Resolved: Acme · charged twice (#1)" in asked.text
    assert "How does Acme feel about it?" in asked.text
    assert asked.buttons == ["Happy", "Unsure", "Unhappy", "Not asked"]
    assert await noted(desk) == []
    await desk.press("dana", asked, "Unhappy", times=3)

    told = whispers(desk, "dana")[-1]
    assert "Noted: Acme is unhappy" in told.text
    assert "How does Acme feel" not in told.text
    [row] = await noted(desk)
    assert (row["issue_id"], row["mood"], row["customer_id"]) == (1, "unhappy", 1)
    await desk.press("dana", told, "Say why")
    await desk.submit("dana", {"Why?": "it took two weeks"})
    assert await felt(desk) == [("unhappy", "it took two weeks")]


async def test_two_people_answer_the_first_counts_and_it_is_not_asked_again(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/issue 1 resolve refunded")
    asked = whispers(desk, "dana")[-1]
    await desk.press("dana", asked, "Happy")

    await desk.type("bob", "/issue 1 reopen again")
    answer = await desk.type("bob", "/issue 1 resolve refunded again")

    assert "How does Acme feel" not in answer.text
    assert await felt(desk) == [("happy", None)]


async def test_the_same_question_asked_twice_is_answered_once_and_the_second_is_told(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/issue 1 resolve refunded")
    first = whispers(desk, "dana")[-1]
    await desk.type("dana", "/issue 1 reopen again")
    await desk.type("dana", "/issue 1 resolve refunded again")
    second = whispers(desk, "dana")[-1]

    await desk.press("dana", first, "Happy")
    await desk.press("dana", second, "Unhappy")

    assert "Noted already: Acme is happy" in whispers(desk, "dana")[-1].text
    assert await felt(desk) == [("happy", None)]


async def test_not_asked_is_an_answer_too(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/issue 1 resolve refunded")

    await desk.press("dana", whispers(desk, "dana")[-1], "Not asked")

    assert "Noted: Acme was not asked" in whispers(desk, "dana")[-1].text
    assert await felt(desk) == [(None, None)]


async def test_the_form_that_resolves_asks_in_two_fields_and_then_no_more(desk):
    await desk.type("dana", "/issue Acme: charged twice")

    await desk.press("dana", desk.cards()[-1], "Resolve")
    values = {"How was it solved?": "refunded", "How do they feel about it?": "Happy", "Why?": "same day"}
    await desk.submit("dana", values, times=3)

    told = whispers(desk, "dana")[-1]
    assert "Resolved: Acme · charged twice (#1)" in told.text
    assert "Noted: Acme is happy: same day" in told.text
    assert "How does Acme feel" not in told.text
    assert await felt(desk) == [("happy", "same day")]


async def test_the_form_left_empty_there_asks_by_buttons_as_the_line_does(desk):
    await desk.type("dana", "/issue Acme: charged twice")

    await desk.press("dana", desk.cards()[-1], "Resolve")
    await desk.submit("dana", {"How was it solved?": "refunded"})

    assert whispers(desk, "dana")[-1].buttons == ["Happy", "Unsure", "Unhappy", "Not asked"]


async def test_what_could_not_be_resolved_notes_nothing_and_gives_the_words_back(desk):
    await desk.type("dana", "/issue Acme: charged twice callback tomorrow 3pm")

    await desk.press("dana", desk.cards()[-1], "Resolve")
    await desk.submit("dana", {"How was it solved?": "refunded", "Why?": "same day"})

    assert await noted(desk) == []
    assert "same day" in whispers(desk, "dana")[-1].text


async def test_a_duplicate_is_closed_without_asking(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/issue Acme: charged two times")

    assert "How does" not in (await desk.type("dana", "/issue 2 duplicate 1")).text


async def test_undoing_an_issue_takes_what_was_noted_with_it(desk):
    await desk.type("dana", "/issue Initech: late")
    echo = whispers(desk, "dana")[-1]
    await desk.type("dana", "/issue 1 resolve sent")
    await desk.press("dana", whispers(desk, "dana")[-1], "Happy")

    await desk.press("dana", echo, "Undo")

    assert await noted(desk) == []
    assert await people(desk) == []


# Who may


async def test_after_setup_the_team_speaks_for_all_and_others_for_what_is_theirs(desk):
    await known(desk, "Acme", "Globex")
    await desk.type("maya", SETUP)
    await desk.slack.leave("#support", "bob")
    await desk.settle()
    await desk.type("bob", "/issue Acme: charged twice", channel="#escalations")

    refused = await desk.type("bob", "/feedback Globex unhappy slow", channel="#escalations")
    assert "This is for the team." in refused.text
    assert "You typed: /feedback Globex unhappy slow" in refused.text
    assert "This is for the team." in (await desk.type("bob", "/feedback New Co: happy", "#escalations")).text
    assert "New Co" not in await people(desk)
    assert "This is for the team." in (await desk.type("bob", "/feedback list", channel="#escalations")).text
    assert "Noted: Acme" in (await desk.type("bob", "/feedback Acme unhappy slow", channel="#escalations")).text
    assert "Noted: Globex" in (await desk.type("dana", "/feedback Globex happy")).text
    assert len(await noted(desk)) == 2


async def test_guests_and_other_companies_note_and_read_nothing(desk):
    await known(desk, "Acme")
    await desk.type("dana", "/feedback Acme unhappy secret reason")

    assert "for full members" in (await desk.type("tom", "/feedback Acme happy")).text
    answer = await desk.type("tom", "/feedback list")
    assert "secret" not in answer.text
    assert len(await noted(desk)) == 1


async def test_somebody_elses_note_is_not_theirs_to_undo(desk):
    await known(desk, "Acme")
    await desk.type("dana", "/feedback Acme unhappy slow")
    row = (await noted(desk))[0]

    await desk.slack.say("bob", "@kept", "feedback Acme happy quick")
    await desk.settle()
    await desk.bot.store.run(feedback.erase, 2)
    await desk.bot.store.run(lambda db: db.run("UPDATE feedback SET person_id = :id", id=desk.slack.person("maya").id))
    await desk.press("dana", whispers(desk, "dana")[-1], "Undo")

    assert "Only Maya, who noted it, can undo it." in whispers(desk, "dana")[-1].text
    assert (await noted(desk))[0]["id"] == row["id"]


# Why


async def test_the_list_answers_in_one_screen_why_customers_are_happy_or_unhappy(desk):
    await known(desk, "Acme", "Globex", "Initech", "Umbrella", "Hooli")
    for words in (
        "Acme unhappy slow delivery",
        "Globex unhappy the delivery was slow again",
        "Initech unhappy slow deliveries",
        "Umbrella unhappy wrong invoice",
        "Hooli unhappy",
        "Acme happy friendly on the phone",
        "Globex unsure the portal is new",
        "Initech not asked",
    ):
        await desk.type("dana", f"/feedback {words}")

    told = (await desk.type("dana", "/feedback list")).text.splitlines()

    assert told == [
        "Customers, in the last 90 days: 1 happy, 1 unsure, 5 unhappy, 1 not asked",
        "Why unhappy",
        "• slow deliveries · Initech, Globex and Acme (3 times)",
        "• wrong invoice · Umbrella",
        "• no reason noted: 1",
        "Why unsure",
        "• the portal is new · Globex",
        "Why happy",
        "• friendly on the phone · Acme",
        "Reasons are counted together where most of their words are the same; the latest one's are shown.",
    ]


async def test_the_list_of_one_customer_is_of_that_one_alone(desk):
    await known(desk, "Acme", "Globex")
    await desk.type("dana", "/feedback Acme unhappy slow delivery")
    await desk.type("dana", "/feedback Globex unhappy wrong invoice")

    told = (await desk.type("dana", "/feedback list acme")).text

    assert told == "Acme, in the last 90 days: 1 unhappy\nWhy unhappy\n• slow delivery"
    assert "I know no customer called “Nobody”" in (await desk.type("dana", "/feedback list Nobody")).text


async def test_what_is_older_than_ninety_days_is_not_counted(desk):
    await known(desk, "Acme")
    await desk.type("dana", "/feedback Acme unhappy slow delivery")

    await desk.bot.store.run(lambda db: db.run("UPDATE feedback SET at = at - 91 * 86400"))

    told = (await desk.type("dana", "/feedback list")).text
    assert told.startswith("Customers: nobody has noted how they feel in the last 90 days.")


async def test_a_long_list_is_cut_with_a_count(desk):
    reasons = ("invoices", "parking", "portal", "phone", "colour", "manual", "weight")
    await known(desk, "Acme")
    for reason in reasons:
        await desk.type("dana", f"/feedback Acme unhappy {reason}")

    told = (await desk.type("dana", "/feedback list")).text

    assert "+2 more reasons" in told
    assert told.count("\n• ") == 5


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("slow delivery", "Delivery was SLOW again!", True),
        ("slow delivery", "late delivery", False),
        ("slow delivery", "slow support", False),
        ("late deliveries", "late delivery", True),
        ("delivery", "slow delivery", True),
        ("the", "it", True),
        ("", "slow", False),
        ("café closed", "the cafe is closed", True),
    ],
)
def test_reasons_are_alike_by_most_of_their_words(one, other, alike):
    assert why.are_alike(why.significant(one), why.significant(other)) is alike


@pytest.mark.parametrize("words", ["", " ", ":", "happy " * 500, ":(" * 500, "not " * 500, "is " * 1000, "🙂" * 500])
def test_any_line_is_read_without_an_error(words):
    mood, _ = moods.read(moods.in_words(words))

    assert mood in (*moods.MOODS, "")
