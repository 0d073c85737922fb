"""What Kept promises about running: killed, stopped, started wrongly, told twice, lacking what Slack may lack."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot import sending
from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from bot.slack import Outcome
from handlers.callbacks import nudges
from storage import outbox, turns
from tests.conftest import Desk, open_desk

ROOT = Path(__file__).parent.parent


@asynccontextmanager
async def process(*words, cwd, **environment):
    """``python -m bot`` as a process of its own."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):  # a process that never says what is awaited of it must not hang the tests
            yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()
        started._transport.close()


def tokens(slack):
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "PORT": "0",
    }


@pytest.mark.process
async def test_killed_right_after_the_answer_it_is_all_there_and_what_fell_due_comes_once_marked_late(tmp_path):
    async with Sandbox(manifest=manifest(), workspace=sample(Clock())) as slack:
        async with process(cwd=tmp_path, **tokens(slack)) as bot:
            await slack.connected()
            promised = await slack.command("dana", "#support", "/callback Acme in 1 minute about the refund")
            logged = await slack.command("dana", "#support", "/issue Acme: charged twice for March")
            bot.kill()
            await bot.wait()
        assert "Promised" in promised.text
        assert "Logged" in logged.text
        await slack.clock.advance(25 * 60)

        async with open_desk(slack, tmp_path / "kept.db", "socket") as desk:
            await desk.settle()
            await desk.settle()

            [reminder] = desk.dms("dana")
            assert reminder.startswith("This reminder is late")
            assert "Acme still waits: call about the refund" in reminder
            assert "24 minutes ago" in reminder
            assert len(desk.cards()) == 1
            assert "charged twice for March (#2)" in (await desk.type("dana", "/issue list")).text


@pytest.mark.process
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_asked_to_stop_it_ends_cleanly(tmp_path, how):
    async with (
        Sandbox(manifest=manifest(), workspace=sample(Clock())) as slack,
        process(cwd=tmp_path, **tokens(slack)) as bot,
    ):
        await slack.connected()
        logged = await slack.command("dana", "#support", "/issue Acme: charged twice for March")
        bot.send_signal(how)

        _, errors = await asyncio.wait_for(bot.communicate(), 10)

        assert "Logged" in logged.text
        assert bot.returncode == 0
        assert b"Traceback" not in errors


@pytest.mark.process
async def test_the_demo_says_where_its_page_is_and_serves_it(tmp_path):
    async with process("demo", cwd=tmp_path, PORT="0") as bot:
        lines = [(await bot.stdout.readline()).decode().strip() for _ in range(2)]
        async with aiohttp.ClientSession() as browser, browser.get(lines[1]) as page:
            assert page.status == 200
            assert "<title>" in await page.text()
        bot.send_signal(signal.SIGINT)

        await asyncio.wait_for(bot.communicate(), 10)

        assert bot.returncode == 0
        assert (tmp_path / "demo.db").exists()


@pytest.mark.process
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN alone is not enough. Write SLACK_APP_TOKEN=xapp-…"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is missing."),
        ({"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN holds an app token."),
        ({"PORT": "http"}, "PORT is “http”. Write a number from 0 to 65535"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL is “mysql://x”."),
        ({"DATABASE_URL": "sqlite:///no/such/folder/kept.db"}, "whose folder does not exist"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL is “slack.com”."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is “LOUD”."),
        ({"ADMIN_USER": "@maya"}, "ADMIN_USER is “@maya”. Write a member ID, such as ADMIN_USER=U0123ABCD"),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_its_name_and_what_to_write(tmp_path, environment, told):
    async with process("run", cwd=tmp_path, **environment) as bot:
        _, errors = await asyncio.wait_for(bot.communicate(), 10)

        assert bot.returncode == 2
        assert told in errors.decode()
        assert "Traceback" not in errors.decode()


@pytest.mark.process
async def test_a_refused_token_says_where_to_copy_it_from(tmp_path):
    async with Sandbox(manifest=manifest(), workspace=sample(Clock())) as slack:
        async with process(cwd=tmp_path, **tokens(slack) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}) as bot:
            _, errors = await asyncio.wait_for(bot.communicate(), 10)

        assert bot.returncode == 2
        assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)." in errors.decode()


@pytest.mark.process
async def test_the_demo_and_a_real_workspace_never_share_a_database(tmp_path):
    async with Sandbox(manifest=manifest(), workspace=sample(Clock())) as slack:
        real = tokens(slack) | {"DATABASE_URL": "sqlite:///demo.db"}
        async with process(cwd=tmp_path, **real) as bot:
            await slack.connected()
            bot.send_signal(signal.SIGINT)
            await bot.communicate()
        async with process("demo", cwd=tmp_path, PORT="0") as bot:
            _, errors = await bot.communicate()
        assert b"demo.db holds the records of a real workspace." in errors

        (tmp_path / "demo.db").unlink()
        async with process("demo", cwd=tmp_path, PORT="0") as bot:
            await bot.stdout.readline()
            bot.send_signal(signal.SIGINT)
            await bot.communicate()
        async with process(cwd=tmp_path, **real) as bot:
            _, errors = await bot.communicate()
        assert b"demo.db is the database of a demo workspace." in errors


@pytest.mark.process
async def test_the_manifest_is_printed_as_json_for_either_transport(tmp_path):
    for words, socket in (((), True), (("--http", "https://kept.example"), False)):
        async with process("manifest", *words, cwd=tmp_path) as bot:
            printed, _ = await asyncio.wait_for(bot.communicate(), 10)

        made = json.loads(printed)
        assert made["settings"]["socket_mode_enabled"] is socket
        assert ("https://kept.example/slack/events" in printed.decode()) is not socket


@pytest.mark.contract
async def test_the_main_job_works_where_slack_lacks_what_we_would_like(database, clock, transport):
    lacking = {"reactions.get", "users.list", "users.conversations", "conversations.info"}
    without = {"tz_offset", "locale", "team"}
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking=lacking, without_fields=without) as slack,
        open_desk(slack, database, transport) as desk,
    ):
        logged = await desk.type("dana", "/issue Acme: charged twice for March")
        assert "Logged: Acme · charged twice for March (#1)\nOwner: Dana" in logged.text
        assert "charged twice for March" in desk.cards()[0].text
        await desk.type("dana", "/issue 1 callback in 1 minute")
        await desk.wait(minutes=1)
        await desk.press("dana", desk.slack.last_dm("dana"), "Kept")
        assert "No open promises" in (await desk.type("dana", "/callback list")).text


async def test_a_channel_kept_turns_out_not_to_be_in_gets_no_card_but_the_reporter_does(database, clock):
    async with (
        Sandbox(manifest=manifest(), workspace=sample(clock), lacking={"users.conversations"}) as slack,
        open_desk(slack, database, "http") as desk,
    ):
        await desk.type("dana", "/issue Acme: wrong payslip", channel="#payroll")

        assert "wrong payslip (#1)" in desk.dms("dana")[-1]


@pytest.mark.contract
async def test_health_is_answered_in_both_transports(desk):
    async with aiohttp.ClientSession() as anybody, anybody.get(f"http://127.0.0.1:{desk.bot.port}/healthz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": True}


async def test_an_answer_lost_on_the_way_back_is_looked_up_and_not_posted_twice(desk: Desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    await desk.wait(minutes=1)
    [reminder] = desk.dms("dana")
    # As a crash leaves it: posted, but its sender died before it could write that down.
    await desk.bot.store.run(lambda db: db.run("UPDATE outbox SET state = 'sending' WHERE kind = 'nudge'"))

    await desk.wait(minutes=2)

    assert desk.dms("dana") == [reminder]
    states = await desk.bot.store.read(lambda db: db.rows("SELECT state FROM outbox WHERE kind = 'nudge'"))
    assert states == [{"state": "sent"}]


async def test_a_message_its_sender_never_posted_is_sent_once_its_lease_is_over(desk: Desk):
    await desk.type("dana", "/callback Acme in 1 minute")
    due = int(desk.slack.clock.now()) + 60
    await desk.bot.store.run(nudges.take_due, due)
    heads = await desk.bot.store.read(turns.heads, due, 100)
    await desk.bot.store.run(outbox.claim, due, [one.id for one in heads])  # by a sender that dies here

    await desk.wait(minutes=3)

    assert len(desk.dms("dana")) == 1


@pytest.mark.parametrize("state", ["queued", "unknown", "elsewhere", "gone", "dead"])
async def test_whoever_stood_still_for_longer_than_a_lease_undoes_nothing_of_what_another_sent(desk: Desk, state):
    await desk.type("dana", "/callback Acme in 1 minute")
    due = int(desk.slack.clock.now()) + 60
    await desk.bot.store.run(nudges.take_due, due)
    heads = await desk.bot.store.read(turns.heads, due, 100)
    [(message, call, _)] = await desk.bot.store.run(sending.claim, due, [one.id for one in heads])  # and stands still
    await desk.wait(minutes=3)
    [reminder] = desk.dms("dana")

    await desk.bot.store.run(sending.settle, message, call, Outcome(state, problem="no answer"), due + 1)

    await desk.wait(minutes=3)
    assert desk.dms("dana") == [reminder]
    states = await desk.bot.store.read(lambda db: db.rows("SELECT state FROM outbox WHERE kind = 'nudge'"))
    assert states == [{"state": "sent"}]
