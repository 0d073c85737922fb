"""The payloads of commands, clicks, shortcuts and forms, as Slack sends them."""

from typing import TYPE_CHECKING

from bot.sandbox import shapes
from bot.sandbox.elements import STATELESS, VALUE_KEY, Json, option, state_of, values
from bot.sandbox.world import Channel, Message, Person, View

if TYPE_CHECKING:
    from typing import Any

    from bot.sandbox.slack import Slack


def command(slack: "Slack", person: Person, channel: Channel, name: str, text: str) -> Json:
    """A slash command; its response_url is added by whoever sends it."""
    return {
        "token": slack.verification_token,
        "team_id": slack.workspace.id,
        "team_domain": slack.workspace.domain,
        "channel_id": channel.id,
        "channel_name": shapes.shown_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": slack.workspace.app_id,
        "is_enterprise_install": "false",
        "trigger_id": slack.triggers.new(person.id),
    }


def interaction(slack: "Slack", kind: str, person: Person) -> Json:
    """What every interactive payload begins with."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": slack.workspace.app_id,
        "token": slack.verification_token,
        "team": {"id": slack.workspace.id, "domain": slack.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def where(slack: "Slack", place: Message | View) -> Json:
    """Container, channel, message or view, and state: what surrounds the thing that was pressed."""
    state = {"values": values(place.blocks, place.typed)}
    if isinstance(place, View):
        return {"container": {"type": "view", "view_id": place.id}, "view": shapes.view(slack.workspace, place)}
    ephemeral = place.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": place.ts,
        "channel_id": place.channel,
        "is_ephemeral": ephemeral,
        **({"thread_ts": place.thread_ts} if place.is_reply else {}),
    }
    shown = {} if ephemeral else {"message": shapes.message(slack.workspace, place)}
    return {"container": container, "channel": _channel(slack, place.channel), **shown, "state": state}


def action(block: Json, element: Json, chosen: "Any", ts: str) -> Json:
    """One entry of `actions`: the button pressed, or the element with what was chosen in it."""
    body: Json = {key: element[key] for key in ("type", "action_id", "placeholder", "style", "value") if key in element}
    if element["type"] == "overflow":
        body["selected_option"] = option(element, chosen)
    elif element["type"] not in STATELESS:
        body |= state_of(element, chosen)
        initial = VALUE_KEY[element["type"]].replace("selected_", "initial_")
        body |= {initial: element[initial]} if initial in element else {}
    elif "text" in element:
        body["text"] = {"emoji": True, **element["text"]}
    return {**body, "block_id": block["block_id"], "action_ts": ts}


def message_shortcut(slack: "Slack", message: Message) -> Json:
    """What a shortcut on a message says beyond every interaction."""
    return {
        "channel": _channel(slack, message.channel),
        "message_ts": message.ts,
        "message": shapes.message(slack.workspace, message),
    }


def _channel(slack: "Slack", channel_id: str) -> Json:
    return {"id": channel_id, "name": shapes.shown_name(slack.workspace.channels[channel_id])}
