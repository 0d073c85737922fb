"""What the rig's checker sees: of each thing that must not be, once it is made so by hand."""

import pytest

from tests.conftest import Desk
from tests.rig import checker
from tests.rig.checker import Told


@pytest.fixture
async def day(desk: Desk):
    """A desk at which a promise was kept, another is overdue, and an issue is logged."""
    kept = await desk.type("dana", "/callback Acme in 1 minute about lemon1z")
    await desk.type("dana", "/callback Globex in 2 minutes about lemon2z")
    await desk.wait(minutes=1)
    await desk.type("dana", "/callback 1 kept")
    await desk.type("dana", "/issue Acme: charged for lemon3z")
    await desk.wait(minutes=8)
    told = [Told.of("dana", "promised", "lemon1z", kept), Told("dana", "kept", "lemon1z", is_acknowledged=True),
            Told("dana", "logged", "lemon3z", is_acknowledged=True)]  # fmt: skip

    async def broken(*changes: str) -> list[str]:
        for sql in changes:
            await desk.bot.store.run(lambda db, sql=sql: db.run(sql))
        return await desk.bot.store.read(lambda db: checker.check(db, desk.slack, told))

    desk.broken = broken
    return desk


async def test_it_finds_nothing_wrong_with_a_good_day(day):
    assert await day.broken() == []


@pytest.mark.parametrize(
    ("made_so", "found"),
    [
        (["DELETE FROM issues"], "dana was told “logged” (lemon3z), and it is not there"),
        (["UPDATE promises SET outcome = NULL"], "dana was told “kept” (lemon1z), and it is not there"),
        (["UPDATE promises SET subject = 'lemon1z'"], "what dana promised once (lemon1z) is there 2 times"),
        (["UPDATE promises SET due_at = due_at + 60 WHERE id = 2"], "promise #2 was said to be due 60 s early"),
        (["DELETE FROM nudges WHERE promise_id = 2"], "nobody was told that promise #2 (about lemon2z) was due"),
        (
            ["UPDATE promises SET closed_at = made_at + 60 WHERE id = 2"],
            "promise #2 was reminded of 60 s after it was closed",
        ),
        (["UPDATE outbox SET sent_ts = '1.2' WHERE kind = 'card'"], "and Slack does not have it"),
        (["UPDATE outbox SET state = 'queued', wanted_at = 1 WHERE kind = 'card'"], "have waited for a quarter of an"),
    ],
)
async def test_it_sees_what_must_not_be(day, made_so, found):
    assert any(found in one for one in await day.broken(*made_so))


async def test_it_sees_a_reminder_that_came_twice_and_allows_for_those_counted(day):
    [reminder] = [one for one in checker.posted(day.slack) if one.key.startswith("nudge") and "lemon2z" in one.text]
    again = day.slack.workspace.messages[reminder.channel][reminder.ts]
    day.slack.workspace.post_as_bot(
        day.slack.workspace.channels[again.channel], {"text": again.text}, metadata=again.metadata
    )

    assert any("was posted 2 times" in one for one in await day.broken())
    assert await day.bot.store.read(lambda db: checker.check(db, day.slack, [], ambiguous=1)) == []
