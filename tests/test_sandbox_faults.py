"""Trouble on demand: what an app sees when Slack is slow, in a hurry, forgetful or not there at all."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Clock, Sandbox
from bot.sandbox.calls import METHODS
from bot.sandbox.rates import PER_MINUTE

NOON = 1_764_590_400.0  # Monday, 1 December 2025, 12:00 UTC


@pytest.fixture
async def slack():
    async with Sandbox(Clock(NOON, running=False)) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def front(slack):
    """An app that takes everything, and keeps what came."""
    came = []

    async def receive(request):
        came.append((request.headers.get("X-Slack-Retry-Num"), await request.text(), await request.post()))
        return web.Response()

    async with served(slack, receive):
        yield came


@asynccontextmanager
async def served(slack, receive):
    application = web.Application()
    application.router.add_post("/", receive)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield
    finally:
        await runner.cleanup()


async def failed(call):
    """Status, error and headers of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response = caught.value.response
    return response.status_code, response.data.get("error"), response.headers


def post(client, text="hello", channel="#support"):
    return client.chat_postMessage(channel=channel, text=text)


def texts(slack, channel="support"):
    return [message.text for message in slack.messages(channel) if message.user == slack.bot_user_id]


# Faults


async def test_a_method_can_be_limited_for_a_number_of_times(slack, client):
    slack.faults.rate_limited("chat.postMessage", times=2, retry_after=7)
    for _ in range(2):
        status, error, headers = await failed(post(client))
        assert (status, error, headers["Retry-After"]) == (429, "ratelimited", "7")
    await client.auth_test()
    await post(client, "at last")
    assert texts(slack) == ["at last"]
    assert [c.answer["ok"] for c in slack.calls if c.method == "chat.postMessage"] == [False, False, True]


async def test_a_gateway_answers_without_json(slack, client):
    slack.faults.server_error("chat.postMessage", status=502)
    assert (await failed(post(client)))[0] == 502
    await post(client)
    assert texts(slack) == ["hello"]


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "token_revoked"])
async def test_slack_can_answer_any_error_of_its_own(slack, client, error):
    slack.faults.error(error, "chat.postMessage", "chat.update")
    assert (await failed(post(client)))[:2] == (200, error)
    assert texts(slack) == []


async def test_a_call_can_be_dropped_before_it_is_accepted(slack, client):
    slack.faults.dropped("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert texts(slack) == []


async def test_a_post_can_land_while_its_answer_is_lost(slack, client):
    slack.faults.answer_lost("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(client, "there all the same")
    assert texts(slack) == ["there all the same"]
    assert slack.calls[-1].answer["ok"]


async def test_an_answer_is_held_until_it_is_released(slack, client):
    held = slack.faults.slow("chat.postMessage")
    posting = asyncio.create_task(post(client, "slowly"))
    await held.until_met()
    assert texts(slack) == ["slowly"]
    assert not posting.done()
    held.release()
    assert (await posting)["ok"]


async def test_a_post_can_land_later_than_its_answer_failed(slack, client):
    slack.faults.late("chat.postMessage", after=90)
    assert (await failed(post(client, "late")))[0] == 504
    await slack.clock.advance(60)
    assert texts(slack) == []
    await slack.clock.advance(60)
    assert texts(slack) == ["late"]
    assert float(slack.messages("support")[-1].ts) >= NOON + 90


async def test_trouble_without_a_name_is_for_everything_and_lasts_until_it_is_lifted(slack, client, front):
    fault = slack.faults.server_error(times=None)
    await slack.command("dana", "support", "/issue x")
    hook = AsyncWebhookClient(front[0][2]["response_url"])
    assert (await hook.send(text="hello")).status_code == 503
    assert (await failed(client.auth_test()))[0] == 503
    assert fault.met == 2
    fault.lift()
    await client.auth_test()
    assert (await hook.send(text="hello")).status_code == 200


async def test_a_response_url_has_troubles_of_its_own(slack, client, front):
    await slack.command("dana", "support", "/issue x")
    hook = AsyncWebhookClient(front[0][2]["response_url"], retry_handlers=[])
    slack.faults.answer_lost("response_url")
    await client.auth_test()
    with pytest.raises(aiohttp.ClientError):
        await hook.send(text="there all the same")
    assert slack.messages("support", "dana")[-1].text == "there all the same"
    slack.faults.rate_limited("response_url", retry_after=3)
    limited = await hook.send(text="again")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "3")


async def test_of_two_troubles_the_first_comes_first_and_lifting_ends_them_all(slack, client):
    slack.faults.error("internal_error", "chat.postMessage")
    slack.faults.rate_limited("chat.postMessage", times=None)
    assert [(await failed(post(client)))[1] for _ in range(3)] == ["internal_error", "ratelimited", "ratelimited"]
    slack.faults.lift()
    await post(client)


def test_trouble_with_a_method_nobody_knows_is_a_mistake_of_the_test():
    with pytest.raises(ValueError, match=r"chat\.shout"):
        Sandbox(Clock(NOON, running=False)).faults.dropped("chat.shout")


async def open_socket(slack, client, session):
    answer = await client.apps_connections_open(app_token=slack.app_token)
    socket = await session.ws_connect(answer["url"])
    return socket, await socket.receive_json()


async def test_sockets_are_cut_or_asked_to_come_anew(slack, client):
    async with aiohttp.ClientSession() as session:
        first, _ = await open_socket(slack, client, session)
        await slack.faults.disconnect("warning")
        assert (await first.receive_json())["reason"] == "warning"
        slack.faults.cut_sockets()
        assert (await first.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert slack.sockets.count == 0


# An outage


async def test_in_an_outage_nothing_is_answered_and_no_socket_stands(slack, client, front):
    await slack.command("dana", "support", "/issue x")
    hook = AsyncWebhookClient(front[0][2]["response_url"])
    async with aiohttp.ClientSession() as session:
        address = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        socket, _ = await open_socket(slack, client, session)
        with slack.faults.outage():
            assert (await failed(post(client)))[:2] == (503, "service_unavailable")
            assert (await hook.send(text="hello")).status_code == 503
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(address)
        await post(client, "back")
    assert texts(slack) == ["back"]


async def test_a_command_in_an_outage_fails_before_the_persons_eyes_and_is_never_sent(slack, front):
    with slack.faults.outage():
        answer = await slack.command("dana", "support", "/issue x")
    assert (answer.ok, "dispatch_failed" in answer.text) == (False, True)
    await slack.settle()
    assert front == []


async def test_events_of_an_outage_are_lost_and_so_are_retries_due_in_it(slack):
    came = []

    async def fail(request):
        came.append((slack.clock.now() - NOON, request.headers.get("X-Slack-Retry-Num")))
        return web.Response(status=500)

    async with served(slack, fail):
        await slack.say("dana", "support", "before")
        with slack.faults.outage():
            await slack.say("dana", "support", "meanwhile")
            await slack.clock.advance(120)
        await slack.settle()
        assert came == [(0, None), (0, "1")]


async def test_events_of_an_outage_can_be_replayed_unless_they_are_too_old(slack, front):
    with slack.faults.outage(replay=True):
        await slack.say("dana", "support", "too old")
        await slack.clock.advance(3600)
        await slack.say("dana", "support", "still new")
        await slack.clock.advance(3601)
        assert front == []
    await slack.settle()
    assert ["still new" in body for _, body, _ in front] == [True]


async def test_the_page_can_take_slack_away_and_bring_it_back(slack, client):
    async with aiohttp.ClientSession() as session:

        async def trouble(down):
            async with session.post(f"{slack.url}/sandbox/trouble", json={"down": down}) as response:
                return await response.json()

        async def state():
            async with session.get(f"{slack.url}/sandbox/state", params={"as": "dana"}) as response:
                return (await response.json())["down"]

        assert await state() is False
        assert await trouble(True) == {"down": True}
        assert await state() is True
        assert (await failed(post(client)))[0] == 503
        assert await trouble(False) == {"down": False}
        await post(client)


# Rate limits: slack-facts 1.4


def test_every_method_has_its_rate():
    assert set(PER_MINUTE) == set(METHODS)


async def test_without_being_asked_nothing_is_limited(slack, client):
    for _ in range(10):
        await post(client)
    assert len(texts(slack)) == 10


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [  # slack-facts 1.4: "Tier1 1+/min · Tier2 20+ · Tier3 50+ · Tier4 100+"
        ("apps.connections.open", 1),
        ("users.list", 20),
        ("team.info", 50),
        ("users.info", 100),
    ],
)
async def test_a_method_takes_as_many_calls_in_a_minute_as_its_tier_says(slack, client, method, a_minute):
    slack.limits_on = True
    token = slack.app_token if method == "apps.connections.open" else slack.bot_token

    def call():
        return client.api_call(method, params={"user": slack.bot_user_id, "token": token})

    await call()
    await slack.clock.advance(20)
    for _ in range(a_minute - 1):
        await call()
    status, error, headers = await failed(call())
    assert (status, error, headers["Retry-After"]) == (429, "ratelimited", "40")
    await client.auth_test()
    await slack.clock.advance(40)
    await call()


async def test_a_channel_takes_a_short_burst_of_posts_and_then_one_a_second(slack, client):
    # slack-facts 1.4: "chat.postMessage ~1/s per channel (bursts ok)"
    slack.limits_on = True
    for _ in range(5):
        await post(client)
    status, _, headers = await failed(post(client, channel=slack.channel("support").id))
    assert (status, headers["Retry-After"]) == (429, "1")
    await post(client, channel="#escalations")
    await slack.clock.advance(1)
    await post(client)
    assert (await failed(post(client)))[0] == 429
    assert (len(texts(slack)), len(texts(slack, "escalations"))) == (6, 1)


async def test_posts_to_a_response_url_count_like_others(slack, client, front):
    # slack-facts 1.4: "webhooks / response_url posts count as message posting: 1/s, short bursts"
    slack.limits_on = True
    await slack.command("dana", "support", "/issue x")
    hook = AsyncWebhookClient(front[0][2]["response_url"], retry_handlers=[])
    for _ in range(3):
        await post(client)
    assert [(await hook.send(text="hello")).status_code for _ in range(3)] == [200, 200, 429]
    await slack.clock.advance(1)
    assert (await hook.send(text="hello")).status_code == 200
