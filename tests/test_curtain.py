"""What Kept promises about the curtain: words planted in every field never show where section 11 forbids it."""

import json

import pytest

from storage import channels

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
SECRET = (
    "555 0199",
    "jane@acme.example",
    "ZQDEPENDS",
    "ZQCOST",
    "ZQNOTES",
    "ZQTIER",
    "ZQNOTE",
    "ZQHOW",
    "ZQWHY",
    "ZQREASON",
)
MONEY = "losing money"


async def planted(desk):
    """A team, its customer with every field filled, and places that are not the team's own."""
    await desk.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await desk.slack.join("#general", "nina")
    await desk.slack.invite("#general", "kept", by="maya")
    await desk.slack.create_channel("maya", "elsewhere", is_private=True)
    for who in ("kept", "dana", "nina"):
        await desk.slack.invite("#elsewhere", who, by="maya")
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")
    await desk.bot.store.run(lambda db: db.run("DELETE FROM promises"))
    for line in (
        "new Acme", "Acme contact Jane Doe, procurement, +1 555 0199, jane@acme.example", "Acme depends on ZQDEPENDS",
        "Acme costs ZQCOST", "Acme note ZQNOTES", "Acme tier ZQTIER",
    ):  # fmt: skip
        await desk.type("dana", f"/customer {line}")
    card = (await desk.type("dana", "/customer Acme")).text
    assert [words for words in SECRET[:6] if words not in card] == []


def visible(desk, channel):
    """All that Kept put into a channel for everybody to read: threads too, every version that stands now."""
    place = desk.slack.channel(channel)
    there = desk.slack.workspace.timeline(place, None)
    return [one for one in there if one.user == desk.slack.bot_user_id and one.ephemeral_to is None]


def shown(messages):
    return "\n".join(f"{one.text}\n{json.dumps(one.blocks, ensure_ascii=False)}" for one in messages)


async def lived_through(desk, channel):
    """An issue with everything that can happen to it, ending overdue for a day."""
    answer = await desk.type("dana", "/issue Acme: charged twice !losing-money callback in 20 minutes", channel=channel)
    number = int(answer.text.partition("(#")[2].partition(")")[0])
    await desk.type("dana", f"/issue {number} note ZQNOTE", channel=channel)
    message = await desk.slack.say("dana", channel, "They are on the phone again", thread_ts=thread(desk, channel))
    await desk.slack.react("dana", message, "rotating_light")
    await desk.settle()
    await desk.settle()
    await desk.press("dana", whispers(desk, "dana", channel)[-1], "Add reason")
    await desk.submit("dana", {"Why is it urgent?": "ZQREASON"})
    for minutes in (20, 10, 30, 60, 60 * 24):
        await desk.wait(minutes=minutes)
    await desk.type("dana", f"/callback {number + 1} kept", channel=channel)
    for row in await desk.bot.store.read(lambda db: db.rows("SELECT id FROM promises WHERE closed_at IS NULL")):
        await desk.type("dana", f"/callback {row['id']} kept", channel=channel)
    await desk.type("dana", f"/issue {number} resolve ZQHOW", channel=channel)
    await desk.type("dana", f"/issue {number} reopen ZQWHY", channel=channel)
    await desk.settle()
    return number


def thread(desk, channel):
    cards = [one for one in visible(desk, channel) if not one.is_reply]
    return cards[-1].ts if cards else None


def whispers(desk, person, channel):
    there = desk.slack.workspace.timeline(desk.slack.channel(channel), desk.slack.person(person).id)
    return [message for message in there if message.ephemeral_to]


async def test_the_teams_own_channel_shows_all_of_it(desk):
    await planted(desk)
    number = await lived_through(desk, "#support")

    there = shown(visible(desk, "#support"))
    assert all(words in there for words in (f"charged twice (#{number})", MONEY, "ZQNOTE", "ZQWHY"))


@pytest.mark.parametrize("channel", ["#general", "#elsewhere"])
async def test_elsewhere_stand_name_number_and_summary_and_nothing_else(desk, channel):
    await planted(desk)
    number = await lived_through(desk, channel)

    there = shown(visible(desk, channel))
    assert f"Acme · charged twice (#{number})" in there
    assert "Reopened by Dana." in there
    for words in (*SECRET, MONEY):
        assert words not in there, words
    for words in SECRET:
        assert words not in shown(whispers(desk, "nina", channel)), words


async def test_where_another_company_reads_along_stands_one_word(desk):
    await planted(desk)
    await lived_through(desk, "#acme-shared")

    assert {one.text for one in visible(desk, "#acme-shared")} == {"Received."}


async def test_a_channel_that_came_to_be_shared_tells_no_more_than_that_from_then_on(desk):
    await planted(desk)
    await desk.type("dana", "/issue Acme: charged twice", channel="#general")
    general = desk.slack.channel("#general").id
    await desk.bot.store.run(lambda db: channels.is_shared(db, general))

    await desk.type("dana", "/issue 2 note ZQNOTE", channel="#general")
    await desk.type("dana", "/issue 2 resolve ZQHOW", channel="#general")
    await desk.type("dana", "/issue 2 reopen ZQWHY", channel="#general")

    assert {one.text for one in visible(desk, "#general")} == {"Received."}
    assert all(one.buttons == [] for one in visible(desk, "#general"))


async def test_nobody_is_called_for_help_in_an_escalation_channel_that_came_to_be_shared(desk):
    await planted(desk)
    there = desk.slack.channel("#escalations").id
    await desk.bot.store.run(lambda db: channels.is_shared(db, there))
    await desk.type("dana", "/callback Acme in 5 minutes about the refund")

    await desk.wait(minutes=5)
    await desk.wait(minutes=70)

    assert visible(desk, "#escalations") == []
    assert any("still waits" in one.text for one in visible(desk, "#support"))


async def test_who_may_not_see_a_record_is_told_nothing_of_it(desk):
    await planted(desk)
    number = await lived_through(desk, "#general")
    for line in (
        *(f"/issue {number}", f"/callback {number + 1}", "/customer Acme", "/customer list at-risk", "/issue list"),
        *("/issue list Acme", "/callback list team", "/issue find charged", "/digest", "/kept audit", "/kept report"),
    ):
        told = (await desk.type("nina", line, channel="#general")).text
        for words in (*SECRET, MONEY, "charged twice"):
            assert words not in told.replace(f"You typed: {line}", ""), (line, words)


async def test_anothers_issue_is_not_read_by_calling_ones_own_its_duplicate(desk):
    await planted(desk)
    await desk.type("dana", "/issue Globex: the boiler leaks")
    own = await desk.type("nina", "/issue Acme: it broke", channel="#general")
    number = own.text.partition("(#")[2].partition(")")[0]
    other = (await desk.bot.store.read(lambda db: db.row("SELECT id FROM issues WHERE summary LIKE '%boiler%'")))["id"]

    told = (await desk.type("nina", f"/issue {number} duplicate {other}", channel="#general")).text

    assert "This is for the team." in told
    assert "boiler" not in told


async def test_a_ticket_on_anothers_issue_does_not_tell_what_it_costs_them(desk):
    await planted(desk)
    await desk.type("dana", "/issue Acme: charged twice !losing-money", channel="#general")
    await desk.slack.react("nina", visible(desk, "#general")[-1], "ticket")
    await desk.settle()
    await desk.settle()

    told = shown(whispers(desk, "nina", "#general"))
    assert "It is logged already" in told
    assert MONEY not in told


async def test_a_digest_somebody_set_before_setup_stops_where_the_channel_is_not_the_teams_own(desk):
    await desk.slack.invite("#general", "kept", by="maya")
    await desk.type("dana", "/digest at 11:00 daily", channel="#general")
    await planted(desk)
    await desk.type("dana", "/issue Acme: charged twice !losing-money")

    await desk.wait(hours=2)

    assert visible(desk, "#general") == []
    assert any("#general is not the team's own" in words for words in desk.dms("dana"))


async def test_a_manager_channel_that_became_public_makes_nobody_a_manager(desk):
    await planted(desk)
    leads = desk.slack.channel("#leads").id
    assert "Reminders now" in (await desk.type("priya", "/kept reminders backup 45 min")).text
    await desk.bot.store.run(lambda db: db.run("UPDATE channels SET is_private = 0 WHERE id = :id", id=leads))

    assert "This is for managers." in (await desk.type("priya", "/kept reminders backup 50 min")).text
