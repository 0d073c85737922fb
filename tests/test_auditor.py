"""What the auditor promises: whatever should hold and does not is told to a person, without the worker's help."""

import pytest
from aiohttp import web

from bot.config import SettingsError, from_environment
from tests.test_health import ask, reasons


async def look(desk, times=2):
    for _ in range(times):
        await desk.bot.auditor.look(int(desk.slack.clock.now()))
        await desk.settle()


async def change(desk, sql, **values):
    await desk.bot.store.run(lambda db: db.run(sql, **values))


async def overdue_and_forgotten(desk, customer="Acme"):
    """A promise whose steps were lost, by whatever fault, so that the worker will never see it again."""
    await desk.type("dana", f"/callback {customer} in 20 minutes about the refund")
    await change(desk, "UPDATE promises SET next_at = NULL, next_rung = NULL")


def alarms(desk):
    return [text for text in desk.dms("maya") if "needs a look" in text or "well again" in text]


@pytest.mark.contract
async def test_a_promise_past_its_time_of_which_nobody_was_told_reaches_the_admin(desk):
    await overdue_and_forgotten(desk)
    await desk.wait(minutes=25)
    await look(desk)
    assert alarms(desk) == []  # five minutes past due is still in time

    await desk.wait(minutes=1)
    await look(desk)

    [alarm] = alarms(desk)
    assert alarm.startswith(
        "⚠️ Kept needs a look: 1 promise is past its time and nobody was told · since today at 4:26 pm"
    )
    assert "• Acme · call about the refund (#1) · promised for today at 4:20 pm CET · Dana" in alarm
    assert alarm.endswith("Tell their owners now. Then start Kept again, and run: python -m bot doctor")
    assert any(one.startswith("1 promise is past its time and nobody was told (#1).") for one in await reasons(desk))
    assert 'kept_audit_findings{kind="unreminded"} 1' in (await ask(desk, "metrics"))[1]


async def test_an_alarm_is_one_message_that_says_when_all_is_well_again(desk):
    await overdue_and_forgotten(desk)
    await desk.wait(minutes=26)
    await look(desk, times=3)
    await overdue_and_forgotten(desk, "Zanzibar")
    await desk.wait(minutes=26)
    await look(desk)
    [alarm] = alarms(desk)
    assert "2 promises are past their time" in alarm

    await desk.type("dana", "/callback 1 kept")
    await desk.type("dana", "/callback 2 mistake typed twice")
    await look(desk)

    [alarm] = alarms(desk)
    assert alarm.startswith("It is well again: 2 promises are past their time and nobody was told")
    assert await reasons(desk) == []


async def test_an_alarm_that_goes_on_is_said_once_more_the_next_day_and_one_that_flickers_is_not(desk):
    await overdue_and_forgotten(desk)
    await desk.wait(minutes=26)
    await look(desk)
    await change(desk, "UPDATE promises SET next_at = :at", at=int(desk.slack.clock.now()) + 3600)
    await look(desk)
    await change(desk, "UPDATE promises SET next_at = NULL")
    await look(desk)
    assert len(alarms(desk)) == 1

    await desk.wait(hours=24)
    await look(desk)

    assert [alarm.split(":")[0] for alarm in alarms(desk)] == ["It is well again", "⚠️ Kept needs a look"]


async def test_an_ordinary_day_raises_no_alarm(desk):
    for customer in ("Acme", "Bolt", "Cove", "Dune", "Elm"):
        await desk.type("dana", f"/callback {customer} in 40 minutes")
    await desk.type("dana", "/callback Fern at 3am")  # asked back
    await desk.type("dana", "/callback Gale tomorrow 11pm")
    await desk.type("dana", "/issue Acme: charged twice")
    for _ in range(16):
        await desk.wait(minutes=5)
        await look(desk, times=1)
    for _ in range(16):
        await desk.wait(hours=1)
        await look(desk, times=1)

    assert alarms(desk) == []
    assert await reasons(desk) == []


async def test_a_promise_whose_owner_was_told_at_its_time_is_no_alarm_though_nothing_more_will_come(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")
    await desk.wait(minutes=26)
    await change(desk, "UPDATE promises SET next_at = NULL")
    await look(desk)

    assert alarms(desk) == []


async def test_a_worker_that_takes_nothing_any_more_is_found_by_what_it_left(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")
    desk.slack.clock._offset += 40 * 60  # and the worker does not look
    now = int(desk.slack.clock.now())
    await desk.bot.auditor.look(now)
    await desk.bot.auditor.look(now + 60)

    assert [one.kind for one in desk.bot.auditor.found] == ["unreminded", "untaken"]


async def test_what_was_so_at_one_look_alone_as_after_a_machine_slept_is_no_alarm(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")
    desk.slack.clock._offset += 40 * 60
    await look(desk, times=3)

    assert alarms(desk) == []


async def test_messages_that_wait_for_more_than_a_quarter_of_an_hour_are_told_once_slack_takes_any(desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    desk.slack.bot_token, good = "xoxb-another", desk.slack.bot_token
    await desk.wait(minutes=15)
    await look(desk)
    assert not any("waiting" in reason for reason in await reasons(desk))

    await desk.wait(minutes=2)
    await look(desk)
    assert any("waiting for over a quarter of an hour" in reason for reason in await reasons(desk))

    desk.slack.bot_token = good
    await desk.wait(minutes=2)
    await look(desk)
    assert await reasons(desk) == []
    [alarm] = alarms(desk)
    assert alarm.startswith("It is well again: 1 message to Slack has been waiting for over a quarter of an hour")


async def test_a_message_given_up_is_told_with_what_slack_said(desk):
    await change(
        desk,
        "INSERT INTO outbox (key, kind, target, payload, priority, state, due_at, attempts, version, created_at)"
        " VALUES ('x', 'post', 'C1', '{}', 2, 'queued', 0, 0, 0, :now)",
        now=int(desk.slack.clock.now()),
    )
    desk.slack.faults.error("team_access_not_granted", "chat.postMessage", times=None)
    await desk.settle()
    desk.slack.faults.lift()
    await look(desk)

    [alarm] = alarms(desk)
    assert "1 message could not be delivered" in alarm
    assert "• post: " in alarm


async def test_a_step_that_went_after_its_promise_was_closed_is_told_and_clocks_that_differ_a_little_are_not(desk):
    await desk.type("dana", "/callback Acme in 20 minutes")
    await desk.wait(minutes=21)
    await desk.type("dana", "/callback 1 kept")
    await change(desk, "UPDATE nudges SET queued_at = (SELECT closed_at FROM promises) + 20")
    await look(desk)
    assert alarms(desk) == []

    await change(desk, "UPDATE nudges SET queued_at = queued_at + 20")
    await look(desk)
    assert len(alarms(desk)) == 1


async def test_the_address_outside_hears_each_minute_that_all_is_well_and_falls_silent_when_it_is_not(desk):
    beats = []

    async def beat(request):
        beats.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/ping", beat)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    desk.bot.auditor._heartbeat = f"http://127.0.0.1:{runner.addresses[0][1]}/ping"
    try:
        await look(desk)
        assert beats == ["/ping", "/ping"]

        await overdue_and_forgotten(desk)
        await desk.wait(minutes=26)
        await look(desk)
        assert len(beats) == 2
    finally:
        await runner.cleanup()


async def test_a_heartbeat_address_that_is_none_stops_the_start_with_what_to_write(tmp_path):
    with pytest.raises(SettingsError, match=r"HEARTBEAT_URL=https://example\.com/ping"):
        from_environment({"HEARTBEAT_URL": "example.com"}, tmp_path / ".env")
