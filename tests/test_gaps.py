"""What is promised of emoji that nobody told Kept of: after a gap each is found, and has its effect once."""

import json

import pytest

from tests.conftest import open_desk
from tests.test_escalations import SIREN, chatter, issues, posts, react, rows, team  # noqa: F401 - a fixture


def put_unheard(desk, person, message, name=SIREN):
    """An emoji of which no event reaches Kept."""
    message.reactions.setdefault(name, []).append(desk.slack.person(person).id)


def take_off_unheard(message, name=SIREN):
    del message.reactions[name]


async def gap(desk, minutes=3):
    """So long, in which Kept does nothing; then it is there again, until all is read."""
    desk.slack.clock._offset += minutes * 60
    for _ in range(4):
        await desk.settle()


@pytest.mark.contract
async def test_an_emoji_put_on_while_kept_was_away_escalates_once_however_often_it_is_read(team):  # noqa: F811
    put_unheard(team, "bob", chatter(team, "Globex say"))

    await gap(team)
    assert [post.text.count("Globex") > 0 for post in posts(team)] == [True]
    await gap(team)
    assert len(posts(team)) == 1
    assert len(await issues(team)) == 1


async def test_an_emoji_on_a_reply_in_a_thread_is_found(team):  # noqa: F811
    said = chatter(team, "Globex say")
    reply = await team.slack.say("dana", "#support", "it is theirs", said.ts)
    put_unheard(team, "bob", reply)

    await gap(team)

    assert len(posts(team)) == 1


async def test_one_taken_off_meanwhile_is_withdrawn(team):  # noqa: F811
    said = chatter(team, "Globex say")
    await react(team, "bob", said)
    assert len(posts(team)) == 1
    take_off_unheard(said)

    await gap(team)

    assert posts(team) == [] or "ithdrawn" in posts(team)[0].text


async def test_what_kept_heard_before_the_gap_is_not_done_again_and_what_stands_stays(team):  # noqa: F811
    said = chatter(team, "Globex say")
    await react(team, "bob", said)
    before = [post.text for post in posts(team)]

    await gap(team)

    assert [post.text for post in posts(team)] == before
    assert len(await rows(team, "SELECT * FROM reactions")) == 1


async def test_a_gap_while_the_last_one_is_still_to_be_read_asks_for_nothing_twice_and_misses_nothing(team):  # noqa: F811
    said, bob = chatter(team, "Globex say"), team.slack.person("bob").id
    await react(team, "dana", said)
    busy = team.slack.faults.rate_limited("conversations.history", "conversations.replies", times=None, retry_after=600)
    await gap(team)
    await react(team, "bob", said)
    said.reactions[SIREN].remove(bob)

    await gap(team)

    asked = await rows(team, "SELECT target, payload FROM outbox WHERE kind = 'gap'")
    places = {(one["target"], json.loads(one["payload"])["ts"]) for one in asked}
    assert len(asked) == len(places) > 1
    busy.left = 0
    await team.wait(minutes=15)
    assert await rows(team, "SELECT person_id FROM reactions WHERE is_on = 0") == [{"person_id": bob}]


async def test_an_event_that_comes_late_after_all_has_no_second_effect(team):  # noqa: F811
    said = chatter(team, "Globex say")
    put_unheard(team, "bob", said)
    await gap(team)
    said.reactions.pop(SIREN)
    await react(team, "bob", said)  # Slack delivers it in the end

    assert len(posts(team)) == 1
    assert "+1" not in posts(team)[0].text


async def test_a_guest_s_owning_and_emoji_of_no_meaning_are_passed_over(team):  # noqa: F811
    said = chatter(team, "Globex say")
    put_unheard(team, "tom", said, "eyes")
    put_unheard(team, "bob", said, "tada")

    await gap(team)

    assert await rows(team, "SELECT * FROM reactions") == []


async def test_without_a_gap_nothing_is_read(team):  # noqa: F811
    put_unheard(team, "bob", chatter(team, "Globex say"))
    await team.wait(hours=1)

    assert posts(team) == []


async def test_after_the_socket_was_down_what_was_missed_is_read(slack, tmp_path):
    async with open_desk(slack, tmp_path / "kept.db", "socket") as desk:
        await desk.settle()
        put_unheard(desk, "bob", chatter(desk, "Globex say"))
        desk.bot._socket, socket = None, desk.bot._socket  # as if it were gone
        await desk.bot.look_at_socket()
        desk.bot._socket = socket
        await desk.bot.look_at_socket()
        for _ in range(4):
            await desk.settle()
        assert len(posts(desk, "#support")) == 1
