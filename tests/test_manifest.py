"""What the manifest promises: complete for either transport, within Slack's limits, and the same as README and code."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.manifest import COMMANDS, OPTIONAL, SCOPES, manifest
from bot.run import Bot
from bot.sandbox import Sandbox, sample
from handlers import forms, listeners
from handlers.said import Reply
from tests.conftest import Desk, settings_for
from tests.test_running import process

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "https://kept.example.com"


def urls(made):
    """Every address in it, by where it stands."""
    if isinstance(made, dict):
        own = {name: value for name, value in made.items() if name in ("url", "request_url", "redirect_urls")}
        own |= {name: value for name, value in made.items() if name == "message_menu_options_url"}
        return [*own.values(), *(url for value in made.values() for url in urls(value))]
    return [url for one in made for url in urls(one)] if isinstance(made, list) else []


def test_socket_mode_needs_no_address_and_http_gives_one_to_everything_that_calls():
    assert urls(manifest()) == []
    assert manifest()["settings"]["socket_mode_enabled"] is True

    made = manifest(http=f"{ADDRESS}/")

    assert made["settings"]["socket_mode_enabled"] is False
    assert urls(made) == [f"{ADDRESS}/slack/events"] * (len(COMMANDS) + 3)
    assert made["settings"]["interactivity"]["message_menu_options_url"] == f"{ADDRESS}/slack/events"


@pytest.mark.parametrize("made", [manifest(), manifest(ADDRESS), manifest(prefix="a-prefix-of-20-chars")])
def test_every_length_and_number_is_within_slacks_limits(made):
    about, features = made["display_information"], made["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert command["should_escape"] is True
    assert len(features.get("shortcuts", [])) <= 10
    for shortcut in features.get("shortcuts", []):
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_at_most_fourteen_scopes_and_no_user_token():
    scopes = manifest()["oauth_config"]["scopes"]

    assert set(scopes) == {"bot", "bot_optional"}
    assert len(scopes["bot"]) == len(set(scopes["bot"])) <= 14
    assert set(scopes["bot_optional"]) == set(OPTIONAL) < set(scopes["bot"]) == {*SCOPES, *OPTIONAL}


def test_readme_lists_every_scope_with_its_reason_and_no_other():
    reasons = SCOPES | {scope: f"{reason} (optional)" for scope, (reason, _) in OPTIONAL.items()}

    for scope, reason in reasons.items():
        assert f"| `{scope}` | {reason} |" in README
    table = README.split("### Why each permission")[1].split("\n#")[0]
    assert table.count("\n| `") == len(reasons)


def test_every_shortcut_that_is_offered_has_a_handler_and_every_handler_is_offered():
    offered = {one["callback_id"] for one in manifest()["features"].get("shortcuts", [])}

    assert offered == set(listeners.SHORTCUTS)


def test_every_event_with_a_handler_is_subscribed():
    subscribed = {event.split(".")[0] for event in manifest()["settings"]["event_subscriptions"]["bot_events"]}

    assert set(listeners.EVENTS) <= subscribed


@pytest.mark.process
async def test_the_command_line_refuses_what_slack_would_and_says_what_to_write(tmp_path):
    for words, status, told in [
        (["--http", "kept.example.com"], 2, "Write: --http https://kept.example.com"),
        (["--prefix", "Kept "], 2, "Write small letters: --prefix kept-"),
        (["--prefix", "kept-"], 0, "COMMAND_PREFIX=kept- in .env"),
    ]:
        async with process("manifest", *words, cwd=tmp_path) as bot:
            printed, errors = await bot.communicate()
        assert bot.returncode == status
        assert told in errors.decode()
    names = [command["command"] for command in json.loads(printed)["features"]["slash_commands"]]
    assert names == [f"/kept-{name}" for name, _, _ in COMMANDS]


@pytest.fixture
async def prefixed(clock, database, transport):
    """A desk whose commands all begin with kept-."""
    async with Sandbox(manifest=manifest(prefix="kept-"), workspace=sample(clock)) as slack:
        settings = replace(settings_for(slack, database, transport), command_prefix="kept-")
        async with Bot(settings, slack.clock.now, working=False) as bot:
            if transport == "http":
                slack.request_url = f"http://127.0.0.1:{bot.port}/slack/events"
            else:
                await slack.connected()
            forget = slack.clock.on_step(lambda now: bot.worker.work(int(now)))
            yield Desk(slack, bot, transport)
            forget()


@pytest.mark.contract
async def test_with_a_prefix_every_command_answers_to_it_and_help_calls_it_so(prefixed):
    for name in listeners.COMMANDS:
        answer = await prefixed.type("dana", f"/kept-{name} help")
        assert f"/kept-{name}" in answer.text
        for other in listeners.COMMANDS:
            assert f" /{other} " not in answer.text
            assert f"\n/{other} " not in answer.text

    logged = await prefixed.type("dana", "/kept-issue Acme: https://acme.example/issue is down")
    assert "https://acme.example/issue is down (#1)" in logged.text


async def test_with_a_prefix_forms_buttons_and_errors_call_the_commands_so_too(prefixed, monkeypatch):
    asked = forms.form("test", "Test", "Send", [forms.text_field("words", "As after /issue")], {})
    monkeypatch.setitem(listeners.ACTIONS, "issue.note", lambda _db, _said: Reply(form=asked))
    monkeypatch.setitem(listeners.VIEWS, "test", lambda _db, _said: Reply(errors={"words": "Type /issue list"}))
    monkeypatch.delitem(listeners.ACTIONS, "issue.own")
    await prefixed.type("dana", "/kept-issue Acme: charged twice")
    [card] = prefixed.cards()

    await prefixed.press("dana", card, "Own it")
    assert "Please type /kept-issue list or /kept-callback list" in prefixed.shown("dana")[-1]
    await prefixed.press("dana", card, "Note")
    answer = await prefixed.submit("dana", {"As after /kept-issue": "they called again"})
    assert answer.errors == {"words": "Type /kept-issue list"}

    sent = json.dumps([call.arguments for call in prefixed.slack.calls])

    for name in listeners.COMMANDS:
        assert f'"/{name} ' not in sent
        assert f" /{name} " not in sent
