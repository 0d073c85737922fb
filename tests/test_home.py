"""What Kept promises about App Home: what to do first stands first, it is true, and drawn no more than it must be."""

import json

import pytest

from storage import teams

SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"


async def home(desk, person="dana"):
    await desk.slack.open_home(person)
    await desk.settle()
    return desk.slack.home(person)


def words(view):
    """All that can be read on a Home, in order."""
    found = []

    def read(thing):
        if isinstance(thing, dict):
            found.extend([thing["text"]] if isinstance(thing.get("text"), str) else [])
            found.extend([thing["fallback"]] if thing.get("type") == "date" else [])
            for value in thing.values():
                read(value)
        elif isinstance(thing, list):
            for one in thing:
                read(one)

    read(view.blocks)
    return "".join(one if one.startswith(" ") else f" {one}" for one in found)


@pytest.mark.contract
async def test_an_empty_home_offers_the_two_forms(desk):
    view = await home(desk)

    assert view.buttons == ["Log an issue", "Promise a callback", "Set up Kept"]
    assert "You have no open promises." in words(view)
    await desk.press("dana", view, "Log an issue")
    await desk.submit("dana", {"Customer": "Acme", "What happened": "charged twice"})
    assert "Logged: Acme · charged twice (#1)" in desk.dms("dana")[-1] + desk.dms("dana")[-2]
    await desk.press("dana", desk.slack.home("dana"), "Promise a callback")
    await desk.submit("dana", {"Customer": "Acme", "By when": "in 2 hours"})
    assert "Acme · call" in words(desk.slack.home("dana"))


@pytest.mark.contract
async def test_home_shows_my_promises_by_due_time_and_stays_true(desk):
    await home(desk)
    await desk.type("dana", "/callback Initech tomorrow 3pm")
    await desk.type("dana", "/callback Acme in 1 hour about the refund")
    await desk.type("dana", "/callback Globex in 2 hours")
    await desk.type("bob", "/callback Umbrella in 1 hour")

    told = words(desk.slack.home("dana"))
    assert told.index("Acme") < told.index("Globex") < told.index("Initech")
    assert "call about the refund (#2) · today at 11 am EST" in " ".join(told.split())
    assert "Umbrella" not in told
    assert desk.slack.home("dana").buttons[2:6] == ["Kept", "No answer", "Move", "More"]
    assert lines(desk.slack.home("dana"))[0] == "2 due today; next is Acme: today at 11 am EST"

    await desk.type("dana", "/callback 2 hand @bob")
    assert "refund" not in words(desk.slack.home("dana"))
    await desk.wait(hours=3)
    assert "overdue" in words(desk.slack.home("dana"))


@pytest.mark.contract
async def test_kept_pressed_in_home_redraws_it_and_says_nothing_more(desk):
    await desk.type("dana", "/callback Acme in 2 hours")
    view = await home(desk)

    await desk.press("dana", view, "Kept", times=3)

    assert "Acme · call" not in words(desk.slack.home("dana"))
    assert desk.dms("dana") == []
    assert "✓ kept" in (await desk.type("dana", "/callback 1")).text


async def test_what_has_to_be_asked_is_asked_by_direct_message(desk):
    await desk.type("dana", "/callback Acme in 2 hours")
    view = await home(desk)

    await desk.press("dana", view, "No answer")
    assert "When will you try again?" in desk.dms("dana")[-1]
    await desk.press("dana", view, "Move")
    refused = await desk.submit("dana", {"New time": "31 June 10am"})
    assert "when" in refused.errors
    await desk.submit("dana", {"New time": "tomorrow 10am"})
    assert "Was the customer told?" in desk.dms("dana")[-1]
    assert "tomorrow at 10 am EST" in words(desk.slack.home("dana"))


async def test_my_open_issues_stand_there_with_resolve(desk):
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("bob", "/issue Globex: late")
    view = await home(desk)

    assert "charged twice for March (#1)" in words(view)
    assert "Globex" not in words(view)
    await desk.press("dana", view, "Resolve")
    await desk.submit("dana", {"How was it solved?": "refunded"})
    assert "charged twice" not in words(desk.slack.home("dana"))
    assert "Resolved by Dana" in desk.cards()[0].text


@pytest.mark.contract
async def test_a_draft_stands_in_home_until_it_is_answered(desk):
    await home(desk)
    question = (await desk.type("dana", "/callback Acme 9am about the refund")).message
    view = desk.slack.home("dana")
    assert "You typed: /callback Acme 9am about the refund" in words(view)

    await desk.press("dana", view, question.buttons[0], times=3)

    assert "You typed" not in words(desk.slack.home("dana"))
    assert "call about the refund (#1)" in words(desk.slack.home("dana"))
    assert "Promised: Acme · call about the refund (#1)" in desk.dms("dana")[-1]
    await desk.press("dana", question, question.buttons[0])
    assert desk.shown("dana")[-1] == "That question is answered already."


async def test_five_hundred_promises_are_cut_with_a_count(desk):
    await desk.type("dana", "/callback Acme tomorrow 3pm")
    await desk.bot.store.run(_many, 499)

    view = await home(desk)

    assert len(view.blocks) <= 100
    assert "Later · 500" in lines(view)
    assert "+494 more: /callback list" in lines(view)
    assert view.buttons.count("Kept") == 6
    desk.slack.nothing_refused()


async def test_full_of_everything_and_of_hostile_words_it_is_still_taken(desk):
    hostile = "<!channel> *x* <https://evil.example|bank> " + "long " * 300
    await desk.type("dana", "/callback Acme tomorrow 3pm")
    await desk.bot.store.run(_many, 499)
    for _ in range(17):
        await desk.type("dana", f"/issue Acme: {hostile}")
    for _ in range(7):
        await desk.type("dana", f"/callback Acme 9am about {hostile}")

    view = await home(desk)

    assert len(view.blocks) <= 100
    assert "+3 more: they show as these are answered" in lines(view)
    assert "+11 more: /issue list mine" in lines(view)
    assert '"mrkdwn"' not in json.dumps(view.blocks)
    desk.slack.nothing_refused()


def lines(view):
    """What is read on a Home, line by line, each time as Slack says it where it cannot say more."""
    sections = [block["elements"][0]["elements"] for block in view.blocks if block["type"] == "rich_text"]
    told = ["".join(leaf.get("text") or leaf["fallback"] for leaf in leaves) for leaves in sections]
    return [line for one in told for line in one.split("\n") if line]


def published(desk, person=None):
    """How often a Home was drawn in Slack so far."""
    ids = {desk.slack.person(person).id} if person else {one.id for one in desk.slack.workspace.people.values()}
    calls = [call for call in desk.slack.calls if call.method == "views.publish"]
    return len([call for call in calls if call.arguments["user_id"] in ids])


@pytest.fixture
async def team(desk):
    """#support is set up as a team in New York; Dana and Bob are agents, Maya and Priya managers."""
    await desk.type("maya", f"{SETUP} hours 9:00-17:00 zone America/New_York")
    return desk


async def test_what_to_do_first_stands_first_and_one_sentence_says_so(team):
    await team.type("dana", "/callback Initech tomorrow 3pm")
    await team.type("dana", "/callback Globex in 2 hours")
    await team.type("dana", "/callback Umbrella Labs in 3 minutes about the outage")
    await team.type("dana", "/issue Acme: charged twice !losing-money @dana callback in 5 minutes")
    await team.wait(minutes=6)
    await team.type("bob", "/callback Hooli in 3 hours")
    await team.type("bob", "/kept handover @bob to @dana")

    told = lines(await home(team))

    assert told[0] == (
        "1 to accept, 2 overdue, 1 due today; Umbrella Labs has waited longest: since today at 10:03 am EST"
    )
    assert [line.split(" · ")[0] for line in told[1:10] if not line.startswith(("+", "Your", "Overdue", "Due"))] == [
        *("Waits for you to accept: nobody owns it until then", "Hooli", "Acme", "Umbrella Labs", "Globex"),
    ]
    assert "Acme · call about charged twice (#6) · today at 10:05 am EST · losing money" in told
    assert told.index("Overdue · 2") < told.index("Due today · 1") < told.index("Later · 1")


async def test_the_team_today_is_told_by_owner_and_nobody_is_ranked(team):
    await team.type("priya", "/callback Hooli in 1 minute")
    await team.type("dana", "/callback Acme in 1 minute about the refund")
    await team.type("bob", "/callback Globex in 2 minutes")
    await team.type("bob", "/callback Initech in 3 hours")
    await team.type("dana", "/callback Umbrella Labs tomorrow 3pm")
    await team.wait(minutes=5)
    await team.type("priya", "/kept away until Friday")

    told = lines(await home(team, "dana"))

    at = told.index("Your team today · #support · when you opened this")
    assert told[at + 1 : at + 5] == [
        "Overdue · 3: nobody 1, Bob 1, Dana 1",
        "Waits longest: Hooli · call (#2) · nobody owns it, since today at 10:01 am EST",
        "Due today · 1: Bob 1",
        "Away: Priya until Thu 26 Nov at 10:30 pm",
    ]
    assert told[-1] == "Your last reminder: today at 10:01 am EST"


async def test_a_member_in_no_team_channel_sees_only_what_is_theirs(team):
    await team.type("dana", "/callback Acme in 1 minute")
    await team.bot.store.run(teams.left, team.slack.channel("#support").id, team.slack.person("bob").id)
    await team.type("bob", "/callback Globex in 2 hours")
    await team.wait(minutes=2)

    view = await home(team, "bob")

    assert [line.split(" · ")[0] for line in lines(view)[1:]] == ["Due today", "Globex"]
    assert view.buttons == ["Log an issue", "Promise a callback", "Kept", "No answer", "Move", "More"]


async def test_managers_have_settings_and_report_there_and_agents_have_not(team):
    view = await home(team, "priya")
    doors = ["Report", "Digest", "Reminders", "Settings"]

    assert view.buttons[-4:] == doors
    assert not set(doors) & set((await home(team, "dana")).buttons)
    await team.press("priya", view, "Report")
    assert any("The report is on its way" in told for told in team.dms("priya"))
    assert any(told.startswith("The last 7 days") or "last 7 days" in told for told in team.dms("priya"))
    await team.press("priya", view, "Reminders")
    assert "Reminders of #support:" in team.dms("priya")[-1]
    await team.press("priya", view, "Settings")
    assert team.slack.view("priya").title == "Set up Kept"
    await team.slack.close("priya")
    await team.press("priya", view, "Digest")
    await team.submit("priya", {"Time": "8:15"})
    assert "The digest comes to #leads Monday to Friday at 8:15 am" in team.dms("priya")[-1]
    assert "Digest of #leads: next tomorrow at 6:45 pm IST" in lines(await home(team, "priya"))


async def test_when_the_digest_and_reminders_went_out_is_told_quietly(team):
    await team.type("maya", "/digest at 10:05 daily", channel="#support")
    await team.wait(minutes=6)

    told = lines(await home(team))

    assert "Digest of #support: last today at 10:05 am EST, next tomorrow at 10:05 am EST" in told
    assert not any("#leads" in line for line in told)
    assert not any("reminder" in line for line in told)


async def test_after_being_away_home_says_who_took_what_for_a_day(team):
    await team.type("dana", "/callback Acme in 45 minutes")
    await team.type("dana", "/kept away until 11am")
    assert "You are away until today at 11 am EST. /kept away off when you are back." in lines(await home(team))
    await team.press("bob", team.slack.dm("bob")[-1], "I take it")
    await team.type("bob", "/callback 2 kept")
    await team.wait(minutes=61)

    told = "While you were away, since today at 10 am EST, Bob took Acme (#2, kept)."
    assert told in lines(await home(team))
    team.slack.clock._jump(team.slack.clock.now() + 25 * 3600)
    assert told not in lines(await home(team))


@pytest.mark.contract
async def test_the_same_drawing_is_not_sent_twice(team):
    await team.type("dana", "/callback Acme in 3 hours")
    await home(team)
    assert published(team, "dana") == 1

    for _ in range(3):
        await home(team)
    await team.type("bob", "/callback Globex in 3 hours")
    assert published(team) == 1  # what others do is seen when one looks

    assert "Bob 1" in words(await home(team))
    await team.type("dana", "/callback Initech in 4 hours")
    assert published(team) == 3


async def test_a_home_that_slack_shows_otherwise_is_put_right_when_it_is_opened(team):
    view = await home(team)
    shown = lines(view)
    view.payload["private_metadata"], view.payload["blocks"] = "of another day", view.blocks[:1]

    assert lines(await home(team)) == shown
    del team.slack.workspace.homes[team.slack.person("dana").id]  # as after a new install
    assert lines(await home(team)) == shown


async def test_after_a_try_of_unknown_end_it_is_drawn_again_whatever_it_shows(team):
    await home(team)
    team.slack.faults.answer_lost("views.publish")
    await team.type("dana", "/callback Globex in 3 hours")
    await team.type("dana", "/callback 2 mistake logged twice")
    await team.wait(minutes=2)

    assert "Globex" not in words(team.slack.home("dana"))


async def test_for_those_who_never_opened_it_nothing_is_drawn(desk):
    await desk.type("dana", "/callback Acme in 2 hours")
    await desk.slack.open_home("dana", tab="messages")
    await desk.settle()

    assert desk.slack.home("dana") is None
    assert [call for call in desk.slack.calls if call.method == "views.publish"] == []


async def test_guests_see_nothing_of_ours(desk):
    view = await home(desk, "tom")

    assert view.buttons == []
    assert "Kept is for full members of the workspace." in words(view)


def _many(db, number):
    first = db.row("SELECT * FROM promises")
    for made in range(number):
        row = {**first, "id": 1000 + made, "next_at": None, "next_rung": None}
        names = ", ".join(row)
        db.run(f"INSERT INTO promises ({names}) VALUES ({', '.join(f':{name}' for name in row)})", **row)
