"""What Kept promises about setup, roles and what is shown where."""

import pytest

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"


@pytest.fixture
async def team(desk):
    """A desk whose first setup is finished, by Maya, a workspace owner."""
    await desk.type("maya", f"{LINE} hours 8:30-17:00 holidays US-CA zone America/New_York")
    return desk


@pytest.mark.contract
async def test_a_team_is_set_up_in_one_line_and_ends_with_a_sample_promise(desk):
    answer = await desk.type("maya", f"{LINE} hours 8:30-17:00 holidays US-CA")

    assert "Kept is set up for #support." in answer.text
    assert "Escalations go to #escalations" in answer.text
    assert "#leads gets a digest each working day at 9" in answer.text
    assert "Managers: #leads" in answer.text
    assert "Lead: Priya · backup: Bob" in answer.text
    assert "Hours: 8:30–17:00, Mon, Tue, Wed, Thu and Fri, Europe/Stockholm · holidays: US-CA" in answer.text
    await desk.wait(minutes=2)
    assert "Example customer · sample call is due now" in desk.dms("maya")[-1]


async def test_the_sample_reminds_its_owner_alone_and_counts_in_nothing_however_long_it_is_open(desk):
    await desk.type("maya", f"{LINE} hours 8:30-17:00 zone America/New_York")
    before = len(desk.dms("maya"))
    await desk.wait(minutes=2)
    assert "Example customer · sample call is due now" in desk.dms("maya")[-1]
    for hours in (1, 24, 48, 24 * 8):
        desk.slack.clock._jump(desk.slack.clock.now() + hours * 3600)
        await desk.settle()

    digests = [told for told in desk.shown("maya", "#leads") if "Example" in told]
    assert (len(desk.dms("maya")) - before, desk.dms("bob"), desk.dms("priya"), digests) == (1, [], [], [])
    assert desk.cards("#escalations") == []
    for line in ("/digest", "/kept report open", "/callback list overdue", "/customer list at-risk"):
        assert "Example" not in (await desk.type("maya", line, channel="#leads")).text, line
    await desk.type("maya", "/kept report week", channel="#leads")
    assert not any("1 promise" in told or "Example" in told for told in desk.dms("maya")[before + 1 :])
    await desk.type("maya", "/kept away until Friday")
    assert desk.dms("bob") == []
    assert "1 open promise, yours" in (await desk.type("maya", "/callback list")).text  # nothing closes by itself
    await desk.type("maya", "/callback 1 kept")
    await desk.type("maya", "/kept report month", channel="#leads")
    assert "kept in time" not in desk.dms("maya")[-1]


async def test_the_form_sets_up_the_same(desk):
    await desk.type("maya", "/kept setup")

    await desk.submit(
        "maya",
        {"Team channel": "support", "Manager channel (private)": "leads", "Lead": "priya", "Holidays": "DE"},
    )

    told = desk.shown("maya")[-1]
    assert "Kept is set up for #support." in told
    assert "holidays: DE" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lead @priya", "Which channel is the team's?"),
        ("team #acme-shared", "#acme-shared is shared with another company"),
        ("team #support managers #general", "#general is public, so anybody could become a manager by joining."),
        ("team #payroll", "If it is private, type /invite @Kept in it first"),
        ("team #support hours nine to five", "I can't read the hours “nine to five”."),
        ("team #support holidays XX", "I know no holidays for “XX”."),
        ("team #support zone Atlantis", "I know no zone “Atlantis”."),
        ("team #support days someday", "I can't read the days “someday”."),
        ("team #support lead somebody", "Who is the lead?"),
        ("please team #support", "I don't know what “please” is for."),
    ],
)
async def test_a_wrong_setup_says_what_to_type_and_changes_nothing(desk, line, told):
    answer = await desk.type("maya", f"/kept setup {line}")

    assert told in answer.text
    assert "Not set up yet." in answer.text
    assert "You typed: /kept setup" in answer.text
    again = await desk.type("tom", "/issue list")
    assert "full members" in again.text


async def test_the_form_says_at_its_field_what_is_wrong(desk):
    await desk.type("maya", "/kept setup")

    refused = await desk.submit("maya", {"Team channel": "support", "Manager channel (private)": "general"})

    assert "#general is public" in refused.errors["managers"]


async def test_kept_joins_a_public_channel_named_in_setup(desk):
    await desk.slack.create_channel("maya", "frontline")

    answer = await desk.type("maya", "/kept setup team #frontline")

    assert "I am joining #frontline." in answer.text
    assert "Logged" in (await desk.type("maya", "/issue Acme: it broke", channel="#frontline")).text
    assert len(desk.cards("#frontline")) == 1


async def test_what_is_left_out_of_a_later_setup_stays(team):
    answer = await team.type("maya", "/kept setup team #support backup @dana")

    assert "Lead: Priya · backup: Dana" in answer.text
    assert "Hours: 8:30–17:00" in answer.text
    assert "sample promise" not in answer.text


async def test_after_setup_only_managers_set_up_again(team):
    assert "This is for managers." in (await team.type("dana", "/kept setup team #general")).text
    assert "Kept is set up" in (await team.type("priya", "/kept setup team #support")).text  # she is in #leads


async def test_before_setup_any_member_may_and_a_guest_may_not(desk):
    assert "open issue" in (await desk.type("bob", "/issue list")).text
    for line in ("/issue Acme: let me in", "/issue list", "/callback Acme tomorrow 3pm", "/kept setup team #support"):
        assert "This is for full members of the workspace." in (await desk.type("tom", line)).text


async def test_after_setup_a_member_outside_the_team_acts_on_their_own_only(team):
    await team.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await team.slack.join("#general", "nina")
    await team.type("dana", "/issue Acme: charged twice")

    assert "Logged" in (await team.type("nina", "/issue Globex: late again", channel="#general")).text
    assert "This is for the team." in (await team.type("nina", "/issue list", channel="#general")).text
    assert "late again" in (await team.type("nina", "/issue list mine", channel="#general")).text
    assert "This is for the team." in (await team.type("nina", "/issue 2 note mine now", channel="#general")).text
    assert "Noted" in (await team.type("nina", "/issue 3 note still late", channel="#general")).text


async def test_who_joins_the_team_channel_is_an_agent_from_then_on(team):
    await team.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await team.slack.join("#general", "nina")
    assert "This is for the team." in (await team.type("nina", "/issue list", channel="#general")).text

    await team.slack.join("#support", "nina")

    assert "open issue" in (await team.type("nina", "/issue list")).text


async def test_outside_the_teams_channels_a_card_shows_name_number_and_summary_only(team):
    await team.slack.invite("#general", "kept", by="maya")
    await team.type("dana", "/issue Acme: charged twice !losing-money", channel="#general")
    await team.type("dana", "/issue 2 note they lose 4000 a day")

    [card] = team.cards("#general")
    assert card.text == "Acme · charged twice (#2)\nOpen"


async def test_a_manager_makes_a_channel_the_teams_own_by_giving_it_a_digest(team):
    await team.slack.invite("#general", "kept", by="maya")
    await team.type("maya", "/digest on", channel="#general")

    await team.type("dana", "/issue Acme: charged twice !losing-money", channel="#general")

    assert "Owner: Dana · losing money" in team.cards("#general")[-1].text


async def test_where_kept_may_not_post_the_card_goes_to_the_team_channel(team):
    answer = await team.type("dana", "/issue Acme: wrong payslip", channel="#payroll")

    assert "the card went to #support. To have it here: /invite @Kept" in answer.text
    assert "wrong payslip (#2)" in team.cards()[-1].text


async def test_times_are_read_by_the_teams_hours_and_holidays(team):
    # Thursday is Thanksgiving, and California keeps the day after it too.
    answer = await team.type("dana", "/callback Acme send the price list within 2 business days")

    assert "Monday 30 November 2026, 5:00 pm" in answer.text


async def test_a_person_without_a_zone_is_read_in_the_teams(team):
    await team.slack.welcome("nina", "Nina Newcomer", tz=None, locale=None)
    await team.slack.join("#support", "nina")

    answer = await team.type("nina", "/callback Acme in 2 hours")

    assert "so I read it in America/New_York" in answer.text


async def test_every_command_also_works_behind_kept(desk):
    assert "Logged: Acme" in (await desk.type("dana", "/kept issue Acme: charged twice")).text
    assert "Promised: Acme" in (await desk.type("dana", "/kept callback Acme in 2 hours")).text
    assert "Did you mean: /kept setup" in (await desk.type("dana", "/kept stup")).text
