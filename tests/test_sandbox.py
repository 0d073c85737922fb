"""The sandbox behaves as Slack does: seen from a real Bolt app, over HTTP and over Socket Mode."""

import asyncio
import re
import time
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Clock, Sandbox

NOON = 1_764_590_400.0  # Monday, 1 December 2025, 12:00 UTC

BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Acme waits"}},
    {
        "type": "actions",
        "block_id": "doors",
        "elements": [
            {
                "type": "button",
                "action_id": "resolve",
                "text": {"type": "plain_text", "text": "Resolve"},
                "value": "7",
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": {"type": "plain_text", "text": "Hand over"}, "value": "hand"}],
            },
            {
                "type": "static_select",
                "action_id": "impact",
                "placeholder": {"type": "plain_text", "text": "Impact"},
                "options": [{"text": {"type": "plain_text", "text": "Blocked"}, "value": "2"}],
            },
        ],
    },
]


def plain(text):
    return {"type": "plain_text", "text": text}


def text_input(block_id, label, **more):
    element = {"type": "plain_text_input", "action_id": "typed", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("New issue"),
    "submit": plain("Log"),
    "notify_on_close": True,
    "blocks": [
        text_input("what", "What happened"),
        {
            "type": "input",
            "block_id": "customer",
            "label": plain("Customer"),
            "optional": True,
            "element": {"type": "external_select", "action_id": "who", "min_query_length": 1},
        },
        {
            "type": "input",
            "block_id": "owner",
            "label": plain("Owner"),
            "optional": True,
            "element": {"type": "users_select", "action_id": "owner"},
        },
        {
            "type": "input",
            "block_id": "day",
            "label": plain("Day"),
            "optional": True,
            "element": {"type": "datepicker", "action_id": "day", "initial_date": "2025-12-02"},
        },
    ],
}


def tiny_app(slack):
    """An app with one of everything; what reaches it is kept in `app.seen`, by kind."""
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, request_verification_enabled=False, process_before_response=True)
    app.seen = []
    app.form_answer = {}
    add_commands(app)
    add_form(app)

    async def note(ack, body):
        app.seen.append(body)
        await ack()

    for action in ("resolve", "more", "impact"):
        app.action(action)(note)
    app.shortcut("log")(note)
    app.event(re.compile(".*"))(note)
    return app


def add_commands(app):
    @app.command("/issue")
    async def issue(ack, body):
        app.seen.append(body)
        await ack(f"Logged: {body['text']}")

    @app.command("/tell")
    async def tell(ack, body):
        app.seen.append(body)
        await ack(text="Told everybody", response_type="in_channel")

    @app.command("/form")
    async def form(ack, body, client):
        app.seen.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()


def add_form(app):
    @app.view("form")
    async def submitted(ack, body):
        app.seen.append(body)
        await ack(**app.form_answer)

    @app.view_closed("form")
    async def closed(ack, body):
        app.seen.append(body)
        await ack()

    @app.options("who")
    async def suggest(ack, body):
        app.seen.append(body)
        await ack(options=[{"text": plain(body["value"].title()), "value": "c1"}])


@asynccontextmanager
async def served(slack, answer):
    """An HTTP front that checks our signature by our clock, then lets `answer(request, body)` speak."""

    async def receive(request):
        body = (await request.read()).decode()
        verifier = SignatureVerifier(slack.signing_secret, slack.clock)
        if not verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        return await answer(request, body)

    application = web.Application()
    application.router.add_post("/slack/events", receive)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def by_http(slack, app):
    async def answer(request, body):
        response = await app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(request.headers)))
        return web.Response(
            status=response.status,
            text=response.body,
            content_type=response.first_headers()["content-type"].split(";")[0],
        )

    async with served(slack, answer):
        yield


@asynccontextmanager
async def by_socket(slack, app):
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
    await handler.connect_async()
    await slack.connected()
    try:
        yield
    finally:
        await handler.close_async()


@pytest.fixture
async def slack():
    async with Sandbox(Clock(NOON, running=False)) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture(params=["http", "socket"])
async def app(request, slack):
    tiny = tiny_app(slack)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context((by_http if request.param == "http" else by_socket)(slack, tiny))
        yield tiny


@pytest.fixture
async def web_page():
    async with aiohttp.ClientSession() as session:
        yield session


async def refusal(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


def events(app):
    return [body["event"] for body in app.seen if "event" in body]


# The clock


async def test_a_standing_clock_moves_only_when_it_is_moved():
    clock = Clock(NOON, running=False)
    assert clock.now() == NOON
    await clock.advance(90)
    await clock.advance_to(NOON + 100)
    assert clock.now() == NOON + 100


async def test_a_running_clock_goes_on_from_where_it_was_moved_to():
    clock = Clock(NOON)
    before = clock.now()
    await clock.advance(3600)
    assert NOON + 3600 <= before + 3600 <= clock.now() < NOON + 3700


async def test_what_is_due_on_the_way_sees_its_own_minute():
    clock, minutes = Clock(NOON, running=False), []

    async def listen(now):
        minutes.append(now - NOON)

    stop = clock.on_step(listen)
    await clock.advance(150)
    stop()
    await clock.advance(60)
    assert minutes == [60, 120, 150]


async def test_the_clock_never_goes_back():
    clock = Clock(NOON, running=False)
    with pytest.raises(ValueError, match="only moves forward"):
        await clock.advance(-1)
    with pytest.raises(ValueError, match="only moves forward"):
        await clock.advance_to(NOON - 1)


async def test_two_advances_at_once_walk_one_after_the_other():
    clock, steps = Clock(NOON, running=False), []

    async def listen(now):
        await asyncio.sleep(0)
        steps.append(now - NOON)

    clock.on_step(listen)
    await asyncio.gather(clock.advance(90), clock.advance(90))
    assert steps == [60, 90, 150, 180]


# Who may call what


async def test_a_call_without_a_token_or_with_a_wrong_one_is_refused(slack, client):
    stranger = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    assert await refusal(stranger.auth_test()) == "not_authed"
    assert await refusal(client.auth_test(token="xoxb-of-somebody-else")) == "invalid_auth"


async def test_sockets_are_opened_with_the_app_token_and_nothing_else_is(slack, client):
    assert await refusal(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await refusal(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"


async def test_a_method_nobody_knows_is_unknown(client):
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"


async def test_auth_test_says_who_the_bot_is_and_which_scopes_it_has(slack, client):
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (slack.bot_user_id, slack.workspace.bot_id)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_arguments_come_as_json_as_a_form_or_in_the_address(slack, web_page):
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    channel, url = slack.channel("support").id, f"{slack.api_url}chat.postMessage"
    said = {"channel": channel, "text": "hello"}
    for body in ({"json": said}, {"data": said}, {"params": said}):
        async with web_page.post(url, headers=headers, **body) as response:
            assert (await response.json())["message"]["text"] == "hello"
    async with web_page.get(url, params={**said, "token": slack.bot_token}) as response:
        assert (await response.json())["ok"]
    assert len(slack.calls) == 4
    assert slack.calls[-1].arguments == said


async def test_methods_and_fields_a_server_lacks_are_not_there():
    lacking = Sandbox(Clock(NOON, running=False), lacking={"reactions.get"}, without_fields={"tz_offset", "locale"})
    async with lacking as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        assert await refusal(client.reactions_get(channel="C1", timestamp="1.1")) == "unknown_method"
        user = (await client.users_info(user=slack.person("dana").id, include_locale=True))["user"]
        assert user["tz"] == "America/New_York"
        assert not {"tz_offset", "locale"} & user.keys()


async def test_a_scope_the_manifest_leaves_out_is_missing():
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}}}
    async with Sandbox(Clock(NOON, running=False), manifest=manifest) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError) as caught:
            await client.users_list()
        assert caught.value.response.data["needed"] == "users:read"
        await client.conversations_history(channel=slack.channel("support").id)
        assert await refusal(client.conversations_history(channel=slack.channel("leads").id)) == "missing_scope"


# Writing and reading


async def test_the_bot_writes_only_where_it_is_a_member(slack, client):
    assert await refusal(client.chat_postMessage(channel="#general", text="hi")) == "not_in_channel"
    payroll = slack.channel("payroll").id
    assert await refusal(client.chat_postMessage(channel=payroll, text="hi")) == "channel_not_found"
    await client.conversations_join(channel=slack.channel("general").id)
    await client.chat_postMessage(channel="#general", text="hi")
    await slack.archive("maya", "general")
    assert await refusal(client.chat_postMessage(channel="#general", text="hi")) == "is_archived"
    assert await refusal(client.api_call("chat.postMessage", json={"channel": "#support"})) == "no_text"


async def test_a_message_to_a_user_id_lands_in_their_direct_messages(slack, client):
    dana = slack.person("dana")
    answer = await client.chat_postMessage(channel=dana.id, text="Acme waits", blocks=BUTTONS)
    assert answer["channel"].startswith("D")
    assert slack.last_dm("dana").ts == answer["ts"]
    assert slack.last_dm("dana").buttons == ["Resolve"]
    assert all(block["block_id"] for block in answer["message"]["blocks"])
    assert (await client.conversations_open(users=dana.id))["channel"]["id"] == answer["channel"]


async def test_those_who_left_cannot_be_written_to(slack, client):
    await slack.change_person("bob", deleted=True)
    assert await refusal(client.chat_postMessage(channel=slack.person("bob").id, text="hi")) == "user_disabled"


async def test_a_reply_to_a_message_that_is_gone_is_posted_outside_any_thread(slack, client):
    parent = await slack.say("dana", "support", "charged twice")
    reply = await client.chat_postMessage(channel=parent.channel, text="noted", thread_ts=parent.ts)
    assert reply["message"]["thread_ts"] == parent.ts
    assert [message.text for message in slack.thread(parent)] == ["noted"]
    lonely = await client.chat_postMessage(channel=parent.channel, text="late", thread_ts="1.000001")
    assert "thread_ts" not in lonely["message"]


async def test_the_bot_changes_its_own_messages_and_no_others(slack, client):
    said = await slack.say("dana", "support", "mine")
    assert await refusal(client.chat_update(channel=said.channel, ts=said.ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=said.channel, ts=said.ts)) == "cant_delete_message"
    own = await client.chat_postMessage(channel=said.channel, text="card", blocks=BUTTONS)
    await client.chat_update(channel=said.channel, ts=own["ts"], text="card, solved")
    card = slack.messages("support")[-1]
    assert (card.text, card.blocks) == ("card, solved", [])
    await client.chat_delete(channel=said.channel, ts=own["ts"])
    assert await refusal(client.chat_update(channel=said.channel, ts=own["ts"], text="x")) == "message_not_found"


async def test_an_ephemeral_message_is_seen_by_one_person_and_in_no_history(slack, client):
    channel = slack.channel("support").id
    await client.chat_postEphemeral(channel=channel, user=slack.person("dana").id, text="psst")
    assert slack.messages("support", "dana")[-1].text == "psst"
    assert slack.messages("support", "bob")[-1].text != "psst"
    history = await client.conversations_history(channel=channel)
    assert "psst" not in [message["text"] for message in history["messages"]]
    nobody = client.chat_postEphemeral(channel=channel, user=slack.person("vera").id, text="psst")
    assert await refusal(nobody) == "user_not_in_channel"


async def test_metadata_is_shown_in_full_only_when_asked_for(client):
    metadata = {"event_type": "nudge", "event_payload": {"key": "n:1"}}
    posted = await client.chat_postMessage(channel="#support", text="x", metadata=metadata)
    ask = {"channel": posted["channel"], "latest": posted["ts"], "inclusive": True, "limit": 1}
    assert (await client.conversations_history(**ask))["messages"][0]["metadata"] == {"event_type": "nudge"}
    full = await client.conversations_history(**ask, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


async def test_history_is_newest_first_without_replies_and_between_its_edges(slack, client):
    first = await slack.say("dana", "escalations", "one")
    await slack.say("bob", "escalations", "below", thread_ts=first.ts)
    second = await slack.say("dana", "escalations", "two")
    await slack.say("dana", "escalations", "three")
    texts = [m["text"] for m in (await client.conversations_history(channel=first.channel))["messages"]]
    assert texts == ["three", "two", "one"]
    between = await client.conversations_history(channel=first.channel, oldest=first.ts, latest=second.ts)
    assert between["messages"] == []
    thread = await client.conversations_replies(channel=first.channel, ts=first.ts)
    assert [m["text"] for m in thread["messages"]] == ["one", "below"]
    assert thread["messages"][0]["reply_count"] == 1


async def test_long_lists_come_in_pages(slack, client):
    names, cursor = [], ""
    while True:
        page = await client.users_list(limit=2, cursor=cursor)
        names += [member["name"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == [person.name for person in slack.workspace.people.values()]
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert "payroll" not in [channel["name"] for channel in listed["channels"]]
    mine = await client.users_conversations(types="public_channel,private_channel")
    assert [c["name"] for c in mine["channels"]] == ["support", "escalations", "leads", "acme-shared"]


async def test_a_profile_says_where_somebody_is_and_whose_they_are(slack, client):
    dana = (await client.users_info(user=slack.person("dana").id, include_locale=True))["user"]
    assert (dana["tz"], dana["tz_offset"], dana["locale"]) == ("America/New_York", -5 * 3600, "en-US")
    vera = (await client.users_info(user=slack.person("vera").id, include_locale=True))["user"]
    assert vera["is_stranger"]
    assert vera["team_id"] != dana["team_id"]
    assert "locale" not in vera
    assert await refusal(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_reactions_of_the_bot_are_put_on_once(slack, client):
    message = await slack.say("dana", "support", "help")
    place = {"channel": message.channel, "timestamp": message.ts}
    await client.reactions_add(**place, name="eyes")
    assert await refusal(client.reactions_add(**place, name="eyes")) == "already_reacted"
    shown = (await client.reactions_get(**place))["message"]
    assert shown["reactions"] == [{"name": "eyes", "users": [slack.bot_user_id], "count": 1}]
    assert (
        shown["permalink"]
        == (await client.chat_getPermalink(channel=message.channel, message_ts=message.ts))["permalink"]
    )
    await client.reactions_remove(**place, name="eyes")
    assert await refusal(client.reactions_remove(**place, name="eyes")) == "no_reaction"


# Commands, and answers to them


async def test_a_command_is_answered_in_the_body_of_the_same_request(slack, app):
    answer = await slack.command("dana", "support", "/issue Acme: charged twice & angry")
    assert answer.ok
    assert answer.text == "Logged: Acme: charged twice &amp; angry"
    assert answer.message.ephemeral_to == slack.person("dana").id
    assert slack.messages("support", "dana")[-1] is answer.message
    assert not slack.calls or {call.method for call in slack.calls} <= {"auth.test", "apps.connections.open"}
    assert app.seen[0]["channel_name"] == "support"


async def test_an_answer_to_the_channel_shows_the_command_too(slack, app):
    await slack.command("dana", "support", "/tell all")
    assert [message.text for message in slack.messages("support")[-2:]] == ["/tell all", "Told everybody"]


async def test_the_same_command_can_come_twice(slack, app):
    await slack.command("dana", "support", "/issue Acme: x", times=2)
    assert len(app.seen) == 2
    assert app.seen[0] == app.seen[1]


async def test_a_command_nobody_answers_ends_in_a_notice(slack, app):
    slack.delivery.PATIENCE = 0.05

    @app.command("/mute")
    async def mute():
        await asyncio.Event().wait()

    answer = await slack.command("dana", "support", "/mute")
    assert answer.status == "timeout"
    assert answer.text == '/mute failed with the error "operation_timeout"'
    assert slack.messages("support", "dana")[-1] is answer.message


async def test_should_escape_turns_names_into_ids():
    manifest = {"features": {"slash_commands": [{"command": "/issue", "description": "x", "should_escape": True}]}}
    async with Sandbox(Clock(NOON, running=False), manifest=manifest) as slack, by_http(slack, app := tiny_app(slack)):
        await slack.command("dana", "support", "/issue Acme: @bob. see #general, #payroll and dana@acme.example")
        bob, general, payroll = slack.person("bob").id, slack.channel("general").id, slack.channel("payroll").id
        assert app.seen[0]["text"] == (
            f"Acme: <@{bob}|bob>. see <#{general}|general>, <#{payroll}|> and "
            "<mailto:dana@acme.example|dana@acme.example>"
        )
        with pytest.raises(LookupError, match="/tell is not a command"):
            await slack.command("dana", "support", "/tell me")


async def test_a_response_url_works_five_times_and_without_membership(slack, app):
    await slack.command("dana", "payroll", "/issue Acme: x")
    hook = AsyncWebhookClient(app.seen[0]["response_url"])
    for number in range(5):
        assert (await hook.send(text=f"answer {number}")).status_code == 200
    last = await hook.send(text="one too many")
    assert (last.status_code, "used_url" in last.body) == (404, True)
    texts = [message.text for message in slack.messages("payroll", "dana")]
    assert texts == ["Logged: Acme: x", *(f"answer {number}" for number in range(5))]
    assert slack.messages("payroll", "maya") == []


async def test_a_response_url_lives_for_half_an_hour(slack, app):
    await slack.command("dana", "support", "/issue Acme: x")
    hook = AsyncWebhookClient(app.seen[0]["response_url"])
    await slack.clock.advance(30 * 60 + 1)
    assert (await hook.send(text="late")).status_code == 404


async def test_a_response_url_replaces_and_deletes_what_was_pressed(slack, client, app):
    await client.chat_postEphemeral(
        channel=slack.channel("support").id, user=slack.person("dana").id, text="keep it?", blocks=BUTTONS
    )
    offer = slack.messages("support", "dana")[-1]
    await slack.press("dana", offer, "Resolve")
    pressed = app.seen[-1]
    assert pressed["container"]["is_ephemeral"]
    assert "message" not in pressed
    hook = AsyncWebhookClient(pressed["response_url"])
    await hook.send(text="kept", replace_original=True)
    assert offer.text == "kept"
    await hook.send(delete_original=True)
    assert offer not in slack.messages("support", "dana")
    await hook.send(text="said aloud", response_type="in_channel")
    assert slack.messages("support")[-1].text == "said aloud"


# Buttons, menus, shortcuts


async def test_a_button_tells_who_pressed_what_where(slack, client, app):
    posted = await client.chat_postMessage(channel="#support", text="card", blocks=BUTTONS)
    card = slack.messages("support")[-1]
    assert (await slack.press("bob", card, "Resolve")).ok
    body = app.seen[-1]
    assert body["user"]["id"] == slack.person("bob").id
    assert body["message"]["ts"] == body["container"]["message_ts"] == posted["ts"]
    assert (body["actions"][0]["action_id"], body["actions"][0]["value"]) == ("resolve", "7")
    assert body["state"]["values"]["doors"]["impact"] == {"type": "static_select", "selected_option": None}
    with pytest.raises(LookupError, match="there is 'Resolve'"):
        await slack.press("bob", card, "Reslove")


async def test_a_menu_tells_what_was_chosen(slack, client, app):
    await client.chat_postMessage(channel="#support", text="card", blocks=BUTTONS)
    card = slack.messages("support")[-1]
    await slack.choose("bob", card, "more", "Hand over")
    assert app.seen[-1]["actions"][0]["selected_option"]["value"] == "hand"
    await slack.choose("bob", card, "Impact", "Blocked")
    assert app.seen[-1]["actions"][0]["selected_option"]["value"] == "2"
    assert app.seen[-1]["state"]["values"]["doors"]["impact"]["selected_option"]["value"] == "2"


async def test_a_shortcut_carries_the_message_and_its_thread(slack, app):
    parent = await slack.say("dana", "support", "charged twice")
    reply = await slack.say("bob", "support", "I will call back", thread_ts=parent.ts)
    assert (await slack.shortcut("bob", "log", reply)).ok
    assert app.seen[-1]["type"] == "message_action"
    assert (app.seen[-1]["message"]["ts"], app.seen[-1]["message"]["thread_ts"]) == (reply.ts, parent.ts)
    assert (await slack.shortcut("bob", "log")).ok
    assert app.seen[-1]["type"] == "shortcut"


async def test_people_of_another_company_press_buttons_but_have_no_commands(slack, client, app):
    await client.chat_postMessage(channel="#acme-shared", text="received", blocks=BUTTONS)
    await slack.press("vera", slack.messages("acme-shared")[-1], "Resolve")
    assert app.seen[-1]["user"]["team_id"] != app.seen[-1]["team"]["id"]
    with pytest.raises(ValueError, match="another company"):
        await slack.command("vera", "acme-shared", "/issue Acme: x")


# Forms and the Home


async def test_a_trigger_opens_one_form_within_three_seconds(slack, client, app):
    await slack.command("dana", "support", "/form")
    assert slack.view("dana").title == "New issue"
    used = app.seen[0]["trigger_id"]
    assert await refusal(client.views_open(trigger_id=used, view=FORM)) == "exchanged_trigger_id"
    await slack.command("dana", "support", "/issue x")
    await slack.clock.advance(4)
    late = client.views_open(trigger_id=app.seen[-1]["trigger_id"], view=FORM)
    assert await refusal(late) == "expired_trigger_id"
    assert await refusal(client.views_open(trigger_id="1.2.3", view=FORM)) == "invalid_trigger_id"


async def test_a_form_is_filled_in_by_labels_and_submitted(slack, app):
    await slack.command("dana", "support", "/form")
    answer = await slack.submit("dana", {"What happened": "late", "customer": "Acme", "owner": "@bob"})
    assert answer.ok
    assert slack.view("dana") is None
    values = app.seen[-1]["view"]["state"]["values"]
    assert values["what"]["typed"] == {"type": "plain_text_input", "value": "late"}
    assert values["customer"]["who"]["selected_option"]["value"] == "c1"
    assert values["owner"]["owner"]["selected_user"] == slack.person("bob").id
    assert values["day"]["day"]["selected_date"] == "2025-12-02"


async def test_a_form_with_a_gap_is_not_sent(slack, app):
    await slack.command("dana", "support", "/form")
    answer = await slack.submit("dana", {})
    assert answer.errors == {"what": "Please complete this required field."}
    assert "view" not in app.seen[-1]


async def test_errors_stay_on_the_form_with_what_was_typed(slack, app):
    app.form_answer = {"response_action": "errors", "errors": {"what": "Say more."}}
    await slack.command("dana", "support", "/form")
    await slack.submit("dana", {"what": "late"})
    assert slack.view("dana").errors == {"what": "Say more."}
    app.form_answer = {}
    await slack.submit("dana")
    assert app.seen[-1]["view"]["state"]["values"]["what"]["typed"]["value"] == "late"
    assert slack.view("dana") is None


async def test_an_answer_can_change_the_form_or_put_another_on_top(slack, app):
    second = {**FORM, "title": plain("Second")}
    await slack.command("dana", "support", "/form")
    app.form_answer = {"response_action": "push", "view": second}
    await slack.submit("dana", {"what": "late"})
    top = slack.view("dana")
    assert (top.title, top.previous_id) == ("Second", top.root_id)
    app.form_answer = {"response_action": "update", "view": {**FORM, "title": plain("Third")}}
    await slack.submit("dana", {"what": "later"})
    assert slack.view("dana").title == "Third"
    app.form_answer = {"response_action": "clear"}
    await slack.submit("dana")
    assert slack.view("dana") is None


async def test_closing_a_form_is_told_to_those_who_asked(slack, app):
    await slack.command("dana", "support", "/form")
    await slack.close("dana")
    assert (app.seen[-1]["type"], app.seen[-1]["is_cleared"]) == ("view_closed", False)
    assert slack.view("dana") is None


async def test_options_are_asked_for_as_somebody_types(slack, app):
    await slack.command("dana", "support", "/form")
    options = await slack.suggest("dana", slack.view("dana"), "who", "acme")
    assert [option["text"]["text"] for option in options] == ["Acme"]


async def test_a_view_is_changed_only_as_it_is_now(slack, client, app):
    await slack.command("dana", "support", "/form")
    view = slack.view("dana")
    old = view.hash
    await client.views_update(view_id=view.id, hash=old, view={**FORM, "title": plain("Changed")})
    assert view.title == "Changed"
    assert await refusal(client.views_update(view_id=view.id, hash=old, view=FORM)) == "hash_conflict"
    assert await refusal(client.views_update(view_id="V0NONE", view=FORM)) == "not_found"


async def test_the_home_is_published_and_its_buttons_work(slack, client, app):
    assert await slack.open_home("dana") is None
    assert events(app)[-1]["tab"] == "home"
    await client.views_publish(user_id=slack.person("dana").id, view={"type": "home", "blocks": BUTTONS})
    await slack.press("dana", slack.home("dana"), "Resolve")
    assert app.seen[-1]["container"] == {"type": "view", "view_id": slack.home("dana").id}


# Events


async def test_a_mention_is_told_twice_with_ids_of_their_own(slack, app):
    message = await slack.say("dana", "support", "@Kept issue Acme: <b>")
    told = app.seen[-2:]
    assert [body["event"]["type"] for body in told] == ["message", "app_mention"]
    assert told[0]["event"]["ts"] == told[1]["event"]["ts"] == message.ts
    assert told[0]["event_id"] != told[1]["event_id"]
    assert told[0]["event"]["text"] == f"<@{slack.bot_user_id}> issue Acme: &lt;b&gt;"
    assert told[0]["event"]["channel_type"] == "channel"


async def test_the_bot_hears_nothing_from_where_it_is_not(slack, app):
    message = await slack.say("maya", "general", "hello @kept")
    await slack.react("dana", message, "eyes")
    assert app.seen == []
    await slack.invite("general", "kept", by="maya")
    await slack.react("bob", message, "eyes")
    assert [event["type"] for event in events(app)] == ["member_joined_channel", "reaction_added"]


async def test_edits_and_deletions_are_told_with_what_was_there_before(slack, app):
    message = await slack.say("dana", "support", "one")
    await slack.edit("dana", message, "two")
    changed = events(app)[-1]
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "two")
    assert changed["previous_message"]["text"] == "one"
    await slack.delete("dana", message)
    assert (events(app)[-1]["subtype"], events(app)[-1]["deleted_ts"]) == ("message_deleted", message.ts)


async def test_a_deleted_message_with_replies_leaves_a_tombstone(slack, client, app):
    message = await slack.say("dana", "support", "one")
    await slack.say("bob", "support", "reply", thread_ts=message.ts)
    await slack.delete("dana", message)
    assert events(app)[-1]["message"]["subtype"] == "tombstone"
    thread = await client.conversations_replies(channel=message.channel, ts=message.ts)
    assert [m["text"] for m in thread["messages"]] == ["This message was deleted.", "reply"]


async def test_direct_messages_people_and_channels_have_events_too(slack, app):
    await slack.say("dana", "@kept", "issue Acme: x")
    assert events(app)[-1]["channel_type"] == "im"
    assert slack.dm("dana")[-1].text == "issue Acme: x"
    await slack.change_person("dana", tz="Asia/Tokyo")
    assert events(app)[-1]["user"]["tz"] == "Asia/Tokyo"
    await slack.welcome("nia", "Nia Mensah")
    assert events(app)[-1]["type"] == "team_join"
    await slack.rename("maya", "support", "help")
    assert events(app)[-1]["channel"]["name"] == "help"
    await slack.leave("help", "kept")
    assert (events(app)[-1]["type"], events(app)[-1]["user"]) == ("member_left_channel", slack.bot_user_id)


async def test_events_the_app_did_not_subscribe_to_are_not_sent():
    manifest = {"settings": {"event_subscriptions": {"bot_events": ["reaction_added"]}}}
    async with Sandbox(Clock(NOON, running=False), manifest=manifest) as slack, by_http(slack, app := tiny_app(slack)):
        await slack.react("bob", await slack.say("dana", "support", "hello"), "rotating_light")
        assert [event["type"] for event in events(app)] == ["reaction_added"]


async def test_the_bot_is_told_of_its_own_messages_while_nobody_waits(slack, client, app):
    await client.chat_postMessage(channel="#support", text="hello")
    await slack.settle()
    own = slack.deliveries[-1].payload["event"]
    assert (own["type"], own["bot_id"], own["user"]) == ("message", slack.workspace.bot_id, slack.bot_user_id)


async def test_an_event_not_taken_comes_again_at_once_after_a_minute_and_after_five(slack):
    came = []

    async def fail(request, body):
        came.append((slack.clock.now() - NOON, request.headers.get("X-Slack-Retry-Num"), body))
        return web.Response(status=500)

    async with served(slack, fail):
        await slack.say("dana", "support", "hello")
        await slack.clock.advance(600)
    assert [(at, number) for at, number, _ in came] == [(0, None), (0, "1"), (60, "2"), (300, "3")]
    assert len({body for _, _, body in came}) == 1


async def test_an_app_can_ask_for_no_retry(slack):
    async def refuse(request, body):
        return web.Response(status=404, headers={"X-Slack-No-Retry": "1"})

    async with served(slack, refuse):
        await slack.say("dana", "support", "hello")
    assert [delivered.result for delivered in slack.deliveries] == [404]
    assert slack.delivery.retries == []


async def test_commands_are_never_sent_again(slack):
    async def fail(request, body):
        return web.Response(status=500)

    async with served(slack, fail):
        answer = await slack.command("dana", "support", "/issue x")
        await slack.clock.advance(600)
    assert (answer.status, len(slack.deliveries)) == (500, 1)
    assert "dispatch_failed" in answer.text


async def test_without_an_app_people_go_on_talking(slack):
    await slack.say("dana", "support", "hello?")
    assert slack.messages("support")[-1].text == "hello?"
    assert {delivered.result for delivered in slack.deliveries} == {"connection_failed"}


async def test_a_running_clock_sends_what_is_due_by_itself(monkeypatch):
    monkeypatch.setattr(Sandbox, "RETRY_EVERY", 0)
    again = asyncio.Event()

    async def fail(request, body):
        if request.headers.get("X-Slack-Retry-Num") == "2":
            again.set()
        return web.Response(status=500)

    slack = Sandbox(Clock(NOON))
    slack.delivery.RETRY_AFTER = (0, 0.01, 300)
    async with slack, served(slack, fail), asyncio.timeout(5):
        await slack.say("dana", "support", "hello")
        await again.wait()


# Sockets


async def open_socket(slack, client, session):
    answer = await client.apps_connections_open(app_token=slack.app_token)
    socket = await session.ws_connect(answer["url"])
    return socket, await socket.receive_json()


async def test_a_socket_says_hello_and_its_ticket_works_once(slack, client, web_page):
    address = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with web_page.ws_connect(address) as socket:
        assert (await socket.receive_json())["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await web_page.ws_connect(address)


async def test_the_eleventh_socket_is_turned_away(slack, client, web_page):
    opened = [await open_socket(slack, client, web_page) for _ in range(11)]
    assert [hello["type"] for _, hello in opened] == ["hello"] * 10 + ["disconnect"]
    assert opened[-1][1]["reason"] == "too_many_websockets"


async def test_an_event_on_a_socket_that_breaks_goes_down_another(slack, client, web_page):
    first, _ = await open_socket(slack, client, web_page)
    saying = asyncio.create_task(slack.say("dana", "support", "hello"))
    lost = await first.receive_json()
    second, _ = await open_socket(slack, client, web_page)
    await slack.drop_sockets(1)
    again = await second.receive_json()
    await second.send_json({"envelope_id": again["envelope_id"]})
    await saying
    assert (lost["retry_attempt"], again["retry_attempt"], again["retry_reason"]) == (0, 1, "connection_failed")
    assert lost["payload"] == again["payload"]
    assert lost["envelope_id"] != again["envelope_id"]


async def test_sockets_can_be_cut_without_a_word(slack, client, web_page):
    socket, _ = await open_socket(slack, client, web_page)
    await slack.drop_sockets()
    assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)
    assert slack.sockets.count == 0


async def test_an_app_asked_to_connect_anew_does(slack):
    app = tiny_app(slack)
    async with by_socket(slack, app):
        await slack.disconnect_sockets("refresh_requested")
        await slack.connected()
        await slack.say("dana", "support", "hello")
    assert [event["text"] for event in events(app)] == ["hello"]


async def test_an_ack_that_comes_too_late_counts_as_none(slack, client, web_page):
    slack.delivery.PATIENCE = 0.02
    socket, _ = await open_socket(slack, client, web_page)
    began = time.perf_counter()
    answer = await slack.command("dana", "support", "/issue x")
    envelope = await socket.receive_json()
    assert envelope["accepts_response_payload"]
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "late"}})
    assert answer.status == "timeout"
    assert time.perf_counter() - began < 2


# The page's own doors


async def test_the_page_sees_what_the_person_sees(slack, web_page):
    async with web_page.get(f"{slack.url}/sandbox/state", params={"as": "dana"}) as response:
        state = await response.json()
    assert state["now"] == NOON
    names = {channel.get("name") for channel in state["channels"]}
    assert {"support", "payroll"} <= names
    assert "leads" not in names
    support = next(channel for channel in state["channels"] if channel.get("name") == "support")
    assert support["unread"] == 3
    params = {"as": "dana", "id": support["id"]}
    async with web_page.get(f"{slack.url}/sandbox/channel", params=params) as response:
        assert (await response.json())["messages"][0]["text"].startswith("Acme ")
    async with web_page.get(f"{slack.url}/sandbox/state", params={"as": "dana"}) as response:
        assert {c["unread"] for c in (await response.json())["channels"] if c["id"] == support["id"]} == {0}


async def test_the_page_acts_for_the_person(slack, client, app, web_page):
    async def do(deed, **body):
        async with web_page.post(f"{slack.url}/sandbox/{deed}", json={"as": "dana", **body}) as response:
            return response.status, await response.json()

    assert (await do("command", channel="support", text="/issue x"))[1]["text"] == "Logged: x"
    _, said = await do("say", channel="support", text="hello")
    place = {"channel": "support", "ts": said["message"]["ts"]}
    await do("react", **place, emoji="eyes")
    assert events(app)[-1]["reaction"] == "eyes"
    await do("unreact", **place, emoji="eyes")
    await do("shortcut", **place, callback_id="log")
    await do("command", channel="support", text="/form")
    view = slack.view("dana").id
    _, offered = await do("suggest", view=view, action="customer/who", typed="acme")
    values = {"what/typed": "late", "customer/who": offered["options"][0]}
    assert (await do("submit", values=values))[1]["ok"]
    posted = await client.chat_postMessage(channel="#support", text="card", blocks=BUTTONS)
    await do("press", channel="support", ts=posted["ts"], action="doors/more", option="hand")
    assert app.seen[-1]["actions"][0]["selected_option"]["value"] == "hand"
    assert (await do("clock", seconds=60))[1]["now"] == NOON + 60
    assert await do("say", channel="leads", text="let me in") == (400, {"error": "Dana Brooks is not in #leads."})
    assert (await do("say", text="where?"))[0] == 400
    assert (await do("command", channel="payroll", text="/invite @kept"))[1]["ok"]
    assert slack.bot_user_id in slack.channel("payroll").members


async def test_the_page_is_told_when_something_changes(slack, web_page):
    async with web_page.ws_connect(f"{slack.url}/sandbox/live") as live:
        await slack.say("dana", "support", "hello")
        assert await live.receive_json() == {"changed": True}


async def test_other_sites_and_other_names_are_turned_away(slack, web_page):
    state = f"{slack.url}/sandbox/state?as=dana"
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with web_page.get(state, headers=headers) as response:
            assert response.status == 403
    async with web_page.post(f"{slack.url}/sandbox/clock", data='{"seconds": 1}') as response:
        assert response.status == 415
    async with web_page.get(state, headers={"Origin": slack.url}) as response:
        assert response.status == 200
    async with web_page.get(f"{slack.url}/") as response:
        assert "text/html" in response.headers["Content-Type"]
