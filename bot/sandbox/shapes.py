"""Slack's JSON of a person, a channel, a message and a view."""

from typing import Any

from bot.sandbox.elements import Json, values
from bot.sandbox.workspace import Workspace
from bot.sandbox.world import Channel, Message, Person, View


def without(names: frozenset[str], thing: Any) -> Any:
    """`thing` with the keys of these names left out, however deep."""
    if not names:
        return thing
    if isinstance(thing, dict):
        return {key: without(names, value) for key, value in thing.items() if key not in names}
    if isinstance(thing, list):
        return [without(names, one) for one in thing]
    return thing


def user(workspace: Workspace, person: Person, *, locale: bool = False) -> Json:
    """A user object; those who left have no zone any more, those of other companies no locale."""
    shape: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": _profile(workspace, person),
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    if person.is_stranger:
        shape["is_stranger"] = True
    if person.deleted:
        return shape
    shape["real_name"] = person.real_name
    if person.tz:
        offset = person.tz_offset(workspace.clock.now())
        shape |= {"tz": person.tz, "tz_label": person.tz.rpartition("/")[2].replace("_", " "), "tz_offset": offset}
    for flag in ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted"):
        shape[flag] = getattr(person, flag)
    if locale and person.locale and not person.is_stranger:
        shape["locale"] = person.locale
    return shape


def _profile(workspace: Workspace, person: Person) -> Json:
    profile: Json = {
        "title": person.title,
        "avatar_hash": "g0123456789a",  # as of those who gave no picture
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.display_name,
        "display_name_normalized": person.display_name,
        "status_text": person.status_text,
        "status_emoji": person.status_emoji,
        "status_expiration": 0,
        "team": person.team_id,
    }
    if person is workspace.bot:
        profile |= {"api_app_id": workspace.app_id, "bot_id": workspace.bot_id, "always_active": True}
    return profile


def channel(workspace: Workspace, channel: Channel, *, count: bool = False) -> Json:
    """A conversation object, as the bot sees it."""
    shape: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_org_shared": False,
        "context_team_id": workspace.id,
        "updated": channel.created * 1000,
    }
    if channel.is_im:
        other = next((member for member in channel.members if member != workspace.bot.id), workspace.bot.id)
        return {**shape, "user": other, "is_user_deleted": workspace.people[other].deleted}
    shape |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": workspace.knows(channel),
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "shared_team_ids": sorted({workspace.people[m].team_id for m in channel.members} | {workspace.id}),
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    if count:
        shape["num_members"] = len(channel.members)
    return shape


def shown_name(channel: Channel) -> str:
    """The channel's name in commands and clicks, where Slack hides the names of private ones."""
    return "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name


def bot_profile(workspace: Workspace) -> Json:
    """The bot as its messages and `bots.info` show it."""
    return {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "user_id": workspace.bot.id,
        "name": workspace.bot.real_name,
        "deleted": False,
        "updated": workspace.bot.updated,
        "icons": {},
        "team_id": workspace.id,
    }


def message(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message object; only `metadata=True` shows more of the metadata than its type."""
    author = workspace.people.get(message.user)
    shape: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shape["team"] = author.team_id if author else workspace.id
    if message.bot_id:
        shape |= {"bot_id": message.bot_id, "app_id": workspace.app_id, "bot_profile": bot_profile(workspace)}
    names = ("subtype", "client_msg_id", "blocks", "attachments", "files", "edited")
    optional = {key: getattr(message, key) for key in names}
    shape |= {key: value for key, value in optional.items() if value}
    if message.subtype == "tombstone":
        shape["hidden"] = True
    if message.reactions:
        shape["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
    if message.metadata:
        shape["metadata"] = message.metadata if metadata else {"event_type": message.metadata.get("event_type")}
    return shape | _thread(workspace, message)


def _thread(workspace: Workspace, message: Message) -> Json:
    if message.is_reply:
        parent = workspace.message(message.channel, message.thread_ts or "")
        by = {"parent_user_id": parent.user} if parent else {}
        return {"thread_ts": message.thread_ts, **by}
    replies = workspace.replies(message)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
    }


def permalink(address: str, message: Message) -> str:
    """The address of a message, made as Slack makes them."""
    plain = f"{address}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{plain}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else plain


def view(workspace: Workspace, view: View) -> Json:
    """A view object, with what was typed in it so far."""
    defaults: Json = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "close": None,
        "submit": None,
    }
    return {
        **defaults,
        **view.payload,
        "id": view.id,
        "team_id": workspace.id,
        "state": {"values": values(view.blocks, view.typed)},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.id,
        "bot_id": workspace.bot_id,
    }
