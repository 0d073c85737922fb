"""What Kept promises about how long it keeps people's words."""

import json

import pytest

from bot.config import SettingsError, from_environment
from tests.conftest import open_desk
from tests.inside import everything
from tests.test_import import bot

DAY = 86400  # seconds
CLOSED = "the meter was swapped"


async def closed_records(desk):
    """An issue with a note and a promise, both closed."""
    await desk.type("dana", "/issue Acme: charged twice for March")
    await desk.type("dana", "/issue 1 note the plumber saw it himself")
    await desk.type("dana", "/issue 1 callback in 20 minutes about the giraffe refund")
    await desk.type("dana", "/callback 2 kept she laughed about it")
    await desk.type("dana", f"/issue 1 resolve {CLOSED}")


async def test_words_go_400_days_after_closing_and_what_was_solved_stays(slack, database, transport):
    async with open_desk(slack, database, transport) as desk:
        await closed_records(desk)
    slack.clock._jump(slack.clock.now() + 400 * DAY - 3600)
    async with open_desk(slack, database, transport) as desk:
        await desk.settle()
        assert "the plumber saw it himself" in everything(database)

        await desk.wait(hours=2)
        left = everything(database)
        for words in ("plumber", "callback in 20 minutes", "laughed"):
            assert words not in left, words
        shown = (await desk.type("dana", "/issue 1")).text
        assert shown.startswith("Acme · charged twice for March (#1)")
        assert f"Tue 24 Nov 2026 at 10 am EST: {CLOSED}" in shown
        assert "No issue holds" in (await desk.type("dana", "/issue find plumber")).text
        assert "giraffe refund" in (await desk.type("dana", "/callback 2")).text


async def test_words_of_history_that_was_imported_go_at_the_same_age(slack, tmp_path, database, transport):
    async with open_desk(slack, database, transport) as desk:
        await closed_records(desk)
    slack.clock._jump(slack.clock.now() + 500 * DAY)
    async with open_desk(slack, database, transport) as desk:
        await desk.settle()
        assert "plumber" not in everything(database)
        old = {"customer": "Acme", "summary": "late", "created": "2020-01-01T09:00Z", "resolved": "2020-01-02T09:00Z"}
        note = {"at": "2020-01-01T10:00Z", "by": "dana", "words": "the welder saw it himself"}
        (tmp_path / "issues.json").write_text(json.dumps([{**old, "notes": [note]}]))
        status, told = bot(tmp_path, "import", "issues.json", "--apply")
        assert status == 0, told
        assert "welder" in everything(database)

        await desk.wait(hours=2)

        assert "welder" not in everything(database)
        assert "No issue holds" in (await desk.type("dana", "/issue find welder")).text


async def test_what_nobody_reads_again_leaves_the_outbox_after_two_days(desk):
    await desk.type("maya", "/kept export customers")
    [message] = [one for one in desk.slack.messages("#support") if "charged twice" in one.text]
    await desk.slack.react("dana", message, "rotating_light")
    await desk.settle()
    kinds = "SELECT DISTINCT kind FROM outbox WHERE created_at < :at"
    at = int(desk.slack.clock.now()) + 1
    there = {row["kind"] for row in await desk.bot.store.read(lambda db: db.rows(kinds, at=at))}
    assert {"export", "export-file", "mark", "escalation"} <= there

    desk.slack.clock._jump(desk.slack.clock.now() + 3 * DAY)
    await desk.settle()

    left = {row["kind"] for row in await desk.bot.store.read(lambda db: db.rows(kinds, at=at))}
    assert "escalation" in left
    assert not left & {"export", "export-file", "mark", "nudge-edit"}


async def test_words_of_what_is_open_are_kept_however_old_it_is(slack, database, transport):
    async with open_desk(slack, database, transport) as desk:
        await desk.type("dana", "/issue Acme: charged twice for March")
        await desk.type("dana", "/issue 1 note the plumber saw it himself")
    slack.clock._jump(slack.clock.now() + 900 * DAY)
    async with open_desk(slack, database, transport) as desk:
        await desk.wait(hours=2)
        assert "Dana: the plumber saw it himself" in (await desk.type("dana", "/issue 1")).text


@pytest.mark.parametrize("days", ["29", "2001", "a year"])
def test_a_time_to_keep_words_beyond_what_is_allowed_stops_the_start(days):
    with pytest.raises(SettingsError, match=f"RETENTION_DAYS is “{days}”. Write a number of days from 30 to 2000"):
        from_environment({"RETENTION_DAYS": days})
