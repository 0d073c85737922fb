"""What Kept promises about cover: what somebody away has promised is never nobody's in silence."""

import pytest

from tests.test_home import home, words
from tests.test_ladder import new, posts, team  # noqa: F401 - the fixture


async def take(desk, person):
    await desk.press(person, desk.slack.last_dm(person), "I take it")


@pytest.mark.contract
async def test_the_backup_of_somebody_away_is_asked_at_once_and_until_then_the_lead_hears(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")

    answer = await desk.type("dana", "/kept away until Monday")

    assert "You are away until Mon 30 Nov at 9 am." in answer.text
    assert "Acme · call about the refund (#2) · today at 11 am: Bob is asked to take it." in answer.text
    assert desk.dms("bob") == [
        "Dana is away until Mon 30 Nov at 9 am. Nobody owns this until you take it:\n"
        "Acme · call about the refund, due today at 4 pm GMT: in 57 minutes. Nobody has it while Dana is away. (#2)"
    ]
    assert "Nobody owns this until Bob or you take it:" in desk.dms("priya")[-1]
    await desk.wait(hours=1)
    assert desk.dms("dana") == []
    assert "Nobody has it while Dana is away; Bob is asked." in desk.dms("priya")[-1]
    heard = len(desk.dms("priya"))
    await take(desk, "bob")
    assert desk.dms("bob")[-1].startswith("You took this:")
    assert all("now with Bob" in text for text in desk.dms("priya")[1:heard])
    await desk.wait(minutes=40)
    assert len(desk.dms("priya")) == heard + 1


async def test_back_again_what_nobody_took_is_theirs(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.type("dana", "/kept away until tomorrow")

    await desk.type("dana", "/kept away off")

    assert "Dana has it again." in desk.dms("bob")[-1]
    await desk.wait(minutes=57)
    assert "is due now" in desk.dms("dana")[-1]


@pytest.mark.parametrize("gone", [{"status_emoji": ":palm_tree:"}, {"deleted": True}])
async def test_a_status_on_the_list_and_a_deactivated_account_mean_away(team, gone):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.type("dana", "/callback Globex tomorrow 3pm")

    await desk.slack.change_person("dana", **gone)
    await desk.settle()

    assert len(desk.dms("bob")) == 1
    assert desk.slack.last_dm("bob").buttons == ["I take it", "I take it", "I take all of it"]
    await desk.press("bob", desk.slack.last_dm("bob"), "I take all of it")
    assert "2 open promises, yours" in (await desk.type("bob", "/callback list")).text


async def test_another_status_is_no_absence(team):  # noqa: F811
    await team.type("dana", "/callback Acme 11am")

    await team.slack.change_person("dana", status_emoji=":coffee:")
    await team.settle()

    assert team.dms("bob") == []


async def test_what_is_given_to_somebody_away_is_said_and_the_backup_asked(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/kept away until Monday")

    answer = await desk.type("priya", "/callback Acme in 2 hours @dana")

    assert "Dana is away then; the backup is asked to take it." in answer.text
    assert "Nobody owns this until you take it" in desk.dms("bob")[-1]


async def test_a_handover_moves_all_of_it_once_it_is_accepted(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.type("dana", "/callback Globex 2pm")
    await desk.type("dana", "/issue Acme: charged twice")

    answer = await desk.type("maya", "/kept handover @dana to @bob")

    assert "Bob is asked to take 2 promises." in answer.text
    assert (await desk.type("bob", "/callback list")).text.startswith("No open promises")
    await desk.press("bob", desk.slack.last_dm("bob"), "I take all of it")
    assert "2 open promises, yours" in (await desk.type("bob", "/callback list")).text
    assert "Owner: Bob" in desk.cards()[-1].text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("away until sometime", "Type: /kept away until Monday"),
        ("handover", "From whom, and to whom?"),
        ("handover @dana to @tom", "can't take it"),
        ("hours nine to five", "I can't read the hours"),
    ],
)
async def test_bad_input_gets_the_line_to_type_and_loses_nothing(team, typed, told):  # noqa: F811
    answer = await team.type("dana", f"/kept {typed}")

    assert told in answer.text
    assert f"You typed: /kept {typed}" in answer.text


async def test_own_hours_are_shown_changed_and_given_back(team):  # noqa: F811
    assert "9:00–17:00" in (await team.type("dana", "/kept hours")).text.replace("09:00", "9:00")
    assert "07:00–15:00, Mon, Tue, Wed and Thu (your own)" in (await team.type("dana", "/kept hours 7-15 mon-thu")).text
    assert "(the team's)" in (await team.type("dana", "/kept hours team")).text


async def test_what_nobody_owns_stands_first_in_the_digest_and_the_list_says_so(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")
    await desk.type("dana", "/callback Globex 1pm")
    assert "Nobody owns" not in (await desk.type("maya", "/digest")).text

    await desk.type("priya", "/kept handover @dana to @bob")

    digest = (await desk.type("maya", "/digest")).text.splitlines()
    assert digest[0].startswith("2 due today · 2 unowned")
    assert digest[2:5] == [
        "Nobody owns these promises · 2",
        "• Acme · call about the refund (#2): by today at 11 am EST · Dana gave it up, Bob is asked to take it",
        "• Globex · call (#3): by today at 1 pm EST · Dana gave it up, Bob is asked to take it",
    ]
    assert [line.rpartition("· ")[2] for line in digest if "by 11 am EST" in line] == ["nobody owns it"]
    listed = (await desk.type("maya", "/callback list team")).text
    assert listed.count("nobody owns it: Dana gave it up, Bob is asked to take it") == 2
    await desk.press("bob", desk.slack.last_dm("bob"), "I take all of it")
    assert "Nobody owns" not in (await desk.type("maya", "/digest")).text


async def test_home_shows_first_what_waits_for_somebody_to_accept_until_it_is_taken(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am about the refund")
    assert "Waits for you" not in words(await home(desk, "bob"))

    await desk.type("dana", "/kept away until Monday")
    await desk.settle()

    view = desk.slack.home("bob")
    shown = words(view)
    assert shown.index("Waits for you to accept: nobody owns it until then") < shown.index("Your team today")
    assert "today at 4 pm GMT · from Dana" in shown
    await desk.press("bob", view, "I take it")
    shown = words(desk.slack.home("bob"))
    assert "Waits for you" not in shown
    assert "Acme · call about the refund" in shown


async def test_if_who_was_asked_goes_away_too_the_next_is_asked(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.type("dana", "/kept away until Monday")
    before = len(desk.dms("priya"))
    await desk.wait(minutes=1)

    await desk.type("bob", "/kept away until Monday")

    assert desk.dms("priya")[before].startswith("Bob, who was asked to take this, is away. Nobody owns this until")
    await take(desk, "priya")
    assert "1 open promise, yours" in (await desk.type("priya", "/callback list")).text


async def test_which_status_says_away_is_the_teams_to_choose(team):  # noqa: F811
    desk = team
    await desk.type("dana", "/callback Acme 11am")
    await desk.slack.change_person("dana", status_emoji=":house::skin-tone-3:")
    await desk.settle()
    assert desk.dms("bob") == []

    answer = await desk.type("maya", "/kept away emoji 🌴 :house: ✈️")

    assert "a status with one of these says away: :palm_tree: :house: :airplane:" in answer.text
    assert "Nobody owns this until you take it" in desk.dms("bob")[-1]
    assert "This is for managers." in (await desk.type("dana", "/kept away emoji 🌴")).text
    assert ":house:" in (await desk.type("dana", "/kept away emoji")).text
    wrong = await desk.type("maya", "/kept away emoji 🦄")
    assert "You typed: /kept away emoji 🦄" in wrong.text
    await desk.type("maya", "/kept away emoji usual")
    assert "Dana has it again." in desk.dms("bob")[-1]
