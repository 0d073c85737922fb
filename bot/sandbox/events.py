"""The events Slack tells an app when something happens: one function for each kind of happening."""

from dataclasses import dataclass

from bot.sandbox import shapes
from bot.sandbox.elements import Json
from bot.sandbox.workspace import Workspace
from bot.sandbox.world import Channel, Message, Person, View


@dataclass(frozen=True, slots=True)
class Event:
    """What an app may have subscribed to under `name`, and the inner event it is then sent."""

    name: str
    body: Json
    shared: bool = False


def message_posted(workspace: Workspace, message: Message) -> list[Event]:
    """A message was posted; a mention of the bot is told a second time, as an event of its own."""
    channel = workspace.channels[message.channel]
    if message.ephemeral_to or not workspace.knows(channel):
        return []
    body = shapes.message(workspace, message) | {"channel": channel.id, "event_ts": message.ts}
    body.pop("metadata", None)
    if channel.is_ext_shared:
        body |= {"user_team": body["team"], "source_team": body["team"]}
    told = [Event(f"message.{channel.scope}", {**body, "channel_type": channel.kind}, channel.is_ext_shared)]
    mentioned = f"<@{workspace.bot.id}>" in message.text and message.user != workspace.bot.id
    if mentioned and not channel.is_im:
        told.append(Event("app_mention", {**body, "type": "app_mention"}, channel.is_ext_shared))
    return told


def message_changed(workspace: Workspace, message: Message, before: Json) -> list[Event]:
    """A message was edited (or left a tombstone); `before` is its object as it was."""
    now = shapes.message(workspace, message)
    return _hidden(workspace, message, {"subtype": "message_changed", "message": now, "previous_message": before})


def message_deleted(workspace: Workspace, message: Message, before: Json) -> list[Event]:
    """A message was deleted."""
    if not message.deleted:
        return message_changed(workspace, message, before)
    gone = {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before}
    return _hidden(workspace, message, gone)


def _hidden(workspace: Workspace, message: Message, more: Json) -> list[Event]:
    channel = workspace.channels[message.channel]
    if message.ephemeral_to or not workspace.knows(channel):
        return []
    ts = workspace.next_ts()
    body = {"type": "message", "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}
    return [Event(f"message.{channel.scope}", {**body, "channel_type": channel.kind, **more}, channel.is_ext_shared)]


def reaction(workspace: Workspace, kind: str, message: Message, user_id: str, name: str) -> list[Event]:
    """A reaction was put on or taken off: `kind` is `reaction_added` or `reaction_removed`."""
    channel = workspace.channels[message.channel]
    if not workspace.knows(channel):
        return []
    body = {
        "type": kind,
        "user": user_id,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "event_ts": workspace.next_ts(),
    }
    return [Event(kind, body, channel.is_ext_shared)]


def membership(workspace: Workspace, kind: str, channel: Channel, person: Person, inviter: str = "") -> list[Event]:
    """Somebody came or went; the bot hears of its own coming and going too."""
    if person is not workspace.bot and not workspace.knows(channel):
        return []
    body = {
        "type": kind,
        "user": person.id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": person.team_id,
        "event_ts": workspace.next_ts(),
    }
    return [Event(kind, body | ({"inviter": inviter} if inviter else {}), channel.is_ext_shared)]


def home_opened(workspace: Workspace, person: Person, tab: str) -> list[Event]:
    """Somebody opened the bot's Home (or its messages)."""
    body: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": workspace.open_dm(person, workspace.bot).id,
        "tab": tab,
        "event_ts": workspace.next_ts(),
    }
    home: View | None = workspace.homes.get(person.id)
    if tab == "home" and home:
        body["view"] = shapes.view(workspace, home)
    return [Event("app_home_opened", body)]


def user_told(workspace: Workspace, kind: str, person: Person) -> list[Event]:
    """Somebody changed (`user_change`) or is new (`team_join`)."""
    ts = workspace.next_ts()
    body = {"type": kind, "user": shapes.user(workspace, person, locale=True), "cache_ts": person.updated}
    return [Event(kind, {**body, "event_ts": ts})]


def channel_told(workspace: Workspace, happened: str, channel: Channel, actor: Person) -> list[Event]:
    """A channel was created, renamed, archived or unarchived; private ones speak of groups, to members alone."""
    if channel.is_private and not workspace.knows(channel):
        return []
    kind = f"{'group' if channel.is_private else 'channel'}_{happened}"
    ts = workspace.next_ts()
    if happened in ("archive", "unarchive"):
        return [Event(kind, {"type": kind, "channel": channel.id, "user": actor.id, "event_ts": ts})]
    told = {"id": channel.id, "name": channel.name, "created": channel.created, "creator": channel.creator}
    return [Event(kind, {"type": kind, "channel": told, "event_ts": ts})]
