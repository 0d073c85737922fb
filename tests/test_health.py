"""What health promises: ready or plainly why not, figures without a customer's word, and logs that tell no secret."""

import io
import logging
import re

import aiohttp
import pytest

from bot import logs
from bot.config import Settings
from bot.run import Bot
from storage import facts, invariants
from tests.conftest import Desk, open_desk, settings_for


async def ask(desk: Desk, path: str):
    url = f"http://127.0.0.1:{desk.bot.port}/{path}"
    async with aiohttp.ClientSession() as anybody, anybody.get(url) as answer:
        return answer.status, (
            await answer.json() if answer.content_type == "application/json" else await answer.text()
        )


async def reasons(desk):
    status, answer = await ask(desk, "readyz")
    assert (status, answer["ok"]) == ((503, False) if answer["reasons"] else (200, True))
    return answer["reasons"]


@pytest.mark.contract
async def test_a_bot_at_work_is_ready(desk):
    assert await reasons(desk) == ["The worker has not looked yet."]

    await desk.settle()

    assert await reasons(desk) == []


async def test_a_worker_that_stands_still_is_said_after_half_a_minute(desk):
    await desk.settle()
    desk.slack.clock._offset += 31

    assert await reasons(desk) == ["The worker has not looked for 31 seconds. Start Kept again."]


async def test_a_store_that_takes_no_changes_is_said_and_is_no_longer_alive(desk):
    await desk.settle()
    desk.bot.store._queue.put(None)
    desk.bot.store._thread.join()

    assert await reasons(desk) == ["The database takes no changes any more. Start Kept again."]
    assert (await ask(desk, "healthz"))[0] == 503


async def test_a_token_slack_takes_back_is_noticed_within_a_minute_though_nothing_is_sent(desk):
    await desk.settle()
    assert await reasons(desk) == []
    desk.slack.bot_token, good = "xoxb-another", desk.slack.bot_token

    await desk.wait(minutes=1)
    assert await reasons(desk) == ["Slack refuses the bot token (invalid_auth). Run: python -m bot doctor"]

    desk.slack.bot_token = good
    await desk.wait(minutes=1)
    assert await reasons(desk) == []


async def test_a_socket_that_is_gone_is_said(slack, tmp_path):
    async with open_desk(slack, tmp_path / "kept.db", "socket") as desk:
        await desk.settle()
        assert await reasons(desk) == []
        await desk.bot._socket.client.disconnect()

        assert [reason.split(".")[0] for reason in await reasons(desk)] == ["No socket to Slack is open"]


async def test_a_card_posted_long_ago_and_changed_now_waits_since_now(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.wait(hours=1)
    desk.slack.bot_token = "xoxb-another"
    await desk.type("dana", "/issue 1 note they called again")
    await desk.wait(minutes=1)

    assert await desk.bot.store.read(invariants.waiting, int(desk.slack.clock.now())) == 0


@pytest.mark.contract
async def test_the_figures_are_prometheus_text_and_hold_no_word_of_a_customer(desk):
    await desk.type("dana", "/callback Zanzibar Traders in 1 minute about the refund")
    await desk.type("dana", "/callback Zanzibar Traders in 2 hours")
    await desk.wait(minutes=5)

    status, text = await ask(desk, "metrics")

    assert status == 200
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert figures["kept_promises_open"] == "2"
    assert figures["kept_promises_overdue"] == "1"
    assert figures["kept_inputs_answered_total"] == "2"
    assert figures["kept_last_tick_age_seconds"] == "0"
    assert figures["kept_oldest_waiting_seconds"] == "0"
    assert int(figures['kept_sends_total{outcome="sent"}']) > 0
    assert figures['kept_outbox_messages{state="queued"}'] == "0"
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) kept_\w+ .+|kept_\w+(\{\w+="\w+"\})? \d+', line)
    assert "Zanzibar" not in text


async def test_the_worker_notes_that_it_is_at_work_once_a_minute(desk):
    first = int(desk.slack.clock.now())
    await desk.settle()
    desk.slack.clock._offset += 59
    await desk.settle()
    assert await desk.bot.store.read(facts.fact, "ticked at") == str(first)

    desk.slack.clock._offset += 1
    await desk.settle()
    assert await desk.bot.store.read(facts.fact, "ticked at") == str(first + 60)


@pytest.fixture
def written():
    """The log as it is written, of everybody and at every level."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logs.write_to(stream), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.contract
@pytest.mark.sqlite  # it takes a table away, which the worker notices too
async def test_a_busy_day_leaves_no_customers_word_and_no_secret_in_the_log(slack, database, transport, written):
    async with open_desk(slack, database, transport) as desk:
        await desk.type("dana", "/issue Zanzibar: the piccolo is broken")
        await desk.type("dana", "/issue Zanzibar: twice callback in 1 minute")
        await desk.type("dana", "/callback Zanzibar around piccolo o'clock")
        await desk.type("dana", "/issue 1 note piccolo again")
        await desk.type("dana", "/issue")
        await desk.slack.say("dana", "#support", "the piccolo of Zanzibar")
        await desk.slack.say("dana", "@kept", "hello, piccolo")
        await desk.press("dana", desk.cards()[0], "Own it")
        await desk.wait(minutes=2)
        await desk.press("dana", desk.slack.last_dm("dana"), "Kept")
        slack.bot_token = "xoxb-another"
        await desk.type("dana", "/issue Zanzibar: the piccolo again")
        await desk.bot.store.run(lambda db: db.run("ALTER TABLE issues RENAME TO gone"))
        answer = await desk.slack.command("dana", "#support", "/issue Zanzibar: a last piccolo")
        assert "went wrong" in answer.text

    log = written.getvalue()
    assert "bot.desk: a command failed: /issue\n  File " in log
    assert len(log.splitlines()) > 50  # the libraries did have much to say
    secrets = [slack.signing_secret, slack.app_token, desk.bot._settings.bot_token, slack.verification_token]
    for word in ("Zanzibar", "piccolo", "ticket=", "response/", "xoxb-", "xapp-", *secrets):
        assert word not in log


async def test_an_error_is_logged_by_its_place_and_type_and_never_by_what_it_quotes(written):
    try:
        try:
            {}["Zanzibar"]
        except KeyError as error:
            raise ValueError("piccolo") from error
    except ValueError:
        logging.getLogger("bot.desk").exception("a command failed")
        logging.getLogger("slack_sdk").exception("could not parse piccolo")

    log = written.getvalue()
    assert "bot.desk: a command failed\n" in log
    assert "ValueError\nbecause of:\n" in log
    assert "in test_an_error_is_logged_by_its_place" in log
    assert "piccolo" not in re.sub(r"^    .*$", "", log, flags=re.MULTILINE)  # lines of code are ours


async def test_a_refused_app_token_stops_the_start_with_where_to_make_one(slack, tmp_path):
    good = settings_for(slack, tmp_path / "kept.db", "socket")
    values = {name: getattr(good, name) for name in Settings.__slots__} | {"app_token": "xapp-no"}

    with pytest.raises(Exception, match=r"Slack refuses SLACK_APP_TOKEN \(invalid_auth\)\. Make one"):
        async with Bot(Settings(**values), slack.clock.now, working=False):
            pass
