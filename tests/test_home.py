"""What Kept promises about App Home: what is this person's own, true at every moment, with its buttons."""

import json

import pytest


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

    assert view.buttons == ["Log an issue", "Promise a callback"]
    assert "Nothing is promised." in words(view)
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
    assert "+480 more" in words(view)
    assert view.buttons.count("Kept") == 20
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
    assert "+2 more" in words(view)
    assert '"mrkdwn"' not in json.dumps(view.blocks)
    desk.slack.nothing_refused()


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
