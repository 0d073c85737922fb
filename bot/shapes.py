"""What a payload must look like before any of our code sees it: Slack's kinds, each with what we read of it."""

import json
from typing import Any

Payload = dict[str, Any]

DEEPEST = 40  # levels; a view with rich text in it has fifteen

# By the payload's type, what must be there (a path, a number stands for a place in a list) and be words.
NEEDED: dict[str, tuple[str, ...]] = {
    "url_verification": ("challenge",),
    "event_callback": ("event.type",),
    "block_actions": ("user.id", "actions.0.action_id"),
    "block_suggestion": ("user.id", "action_id"),
    "view_submission": ("user.id", "view.type", "view.callback_id"),
    "view_closed": ("user.id", "view.type", "view.callback_id"),
    "message_action": ("user.id", "callback_id"),
    "shortcut": ("user.id", "callback_id"),
    "app_rate_limited": (),
}
COMMAND = ("command", "user_id", "channel_id", "text")
# By the beginning of an event's type: whose coming and going, and which channel's, must be said.
EVENT_NEEDED = {"member_": ("user", "channel"), "channel_": ("channel",), "group_": ("channel",)}
# What is an object, or in events a plain id, and what is words, wherever they stand on the outside.
OBJECTS = ("user", "channel", "container", "message", "view", "state", "item", "team", "enterprise")
WORDS = (
    *("id", "type", "text", "ts", "thread_ts", "message_ts", "channel_id", "user_id", "bot_id", "team_id", "event_id"),
    *("trigger_id", "response_url", "private_metadata", "reaction", "subtype"),
)
TEAMS = ("team_id", "context_team_id", "enterprise_id", "context_enterprise_id", "app_installed_team_id")


def is_slacks(payload: Payload) -> bool:
    """Whether Slack could have sent this."""
    return not _too_deep(payload) and _is_text(payload) and _is_known(payload)


def is_for(home: set[str], payload: Payload) -> bool:
    """Whether it is meant for us; ``home`` are the ids of our workspace and organisation, as far as we know them."""
    named = _workspaces(payload)
    return bool(named & home) or not (named and home)


def _is_known(payload: Payload) -> bool:
    """Whether it is of a kind Slack sends, with what we rely on."""
    if payload.get("ssl_check"):
        return True
    kind = payload.get("type")
    needed = COMMAND if "command" in payload else NEEDED.get(kind) if isinstance(kind, str) else None
    if needed is None or not all(isinstance(_at(payload, path), str) for path in needed):
        return False
    return _is_sound(payload) and (kind != "event_callback" or _is_event(payload["event"]))


def _is_event(event: Payload) -> bool:
    needed = [name for start, names in EVENT_NEEDED.items() if event["type"].startswith(start) for name in names]
    return _is_sound(event) and all(isinstance(_id(event.get(name)), str) for name in needed)


def _id(one: Any) -> Any:
    return one.get("id") if isinstance(one, dict) else one


def _is_sound(part: Any) -> bool:
    """Whether objects are objects there and words are words, as far as our code reads them."""
    if not isinstance(part, dict):
        return False
    inner = [part[name] for name in OBJECTS if part.get(name) is not None]
    objects = [part, *(one for one in inner if not isinstance(one, str))]
    return all(isinstance(one, dict) and _has_words(one) for one in objects)


def _has_words(part: Payload) -> bool:
    return all(part.get(name) is None or isinstance(part[name], str) for name in WORDS)


def _at(payload: Any, path: str) -> Any:
    for step in path.split("."):
        if step.isdecimal():
            payload = payload[int(step)] if isinstance(payload, list) and len(payload) > int(step) else None
        else:
            payload = payload.get(step) if isinstance(payload, dict) else None
    return payload


def _workspaces(payload: Payload) -> set[str]:
    """Every workspace and organisation the outside of a payload names: in shared channels there are several."""
    installed = payload.get("authorizations")
    parts = [payload, payload.get("user"), payload.get("view"), payload.get("message")]
    parts += installed if isinstance(installed, list) else []
    parts += [{"team_id": payload.get(name)} for name in ("team", "enterprise")]
    parts += [{"team_id": _at(payload, path)} for path in ("team.id", "enterprise.id", "message.team")]
    found = [part.get(name) for part in parts if isinstance(part, dict) for name in TEAMS]
    return {one for one in found if isinstance(one, str) and one}


def _is_text(payload: Payload) -> bool:
    """Whether all its text can be written down: JSON can spell half a character, which no database takes."""
    try:
        json.dumps(payload, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _too_deep(payload: Payload) -> bool:
    level: list[Any] = [payload]
    for _ in range(DEEPEST):
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
        level = [part for part in level if isinstance(part, dict | list)]
        if not level:
            return False
    return True
