"""One workspace: everything in it, and the small verbs that change it. It sends nothing; it only remembers."""

import re
import secrets
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.clock import Clock
from bot.sandbox.elements import Json, with_ids
from bot.sandbox.world import Channel, Message, Person, View


class Workspace:
    """People, channels, messages and views, and the bot's own identity among them."""

    def __init__(self, clock: Clock, name: str = "Northwind Desk", bot_name: str = "Kept") -> None:
        self.clock = clock
        self.name = name
        self.domain = re.sub(r"[^a-z0-9]+", "-", name.lower())
        self.id = "T0" + re.sub(r"[^A-Z0-9]", "", name.upper())
        self.app_id, self.bot_id = "A0SANDBOX", "B0SANDBOX"
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.views: dict[str, list[View]] = {}  # person -> the modals open for them, the topmost last
        self.homes: dict[str, View] = {}
        self.guests_may_command = True  # a setting of the workspace, for guests of several channels
        self.read: dict[tuple[str, str], str] = {}  # (person, channel) -> ts up to which they have read
        self._last_ts = 0
        self._listeners: list[Callable[[], None]] = []
        self.bot = self.add_person(bot_name.lower(), bot_name, is_bot=True, tz="America/Los_Angeles", locale="en-US")

    # Being told of changes

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener()` whenever something changes; returns how to stop listening."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def touch(self) -> None:
        """Say that something changed."""
        for listener in tuple(self._listeners):
            listener()

    # People and channels

    def add_person(self, name: str, real_name: str = "", **fields: Any) -> Person:
        """Add somebody; their id follows from the handle, so that a test reads well."""
        fields.setdefault("team_id", self.id)
        fields.setdefault("updated", int(self.clock.now()))
        person = Person(self._free_id("U0", name, self.people), name, real_name or name.title(), **fields)
        self.people[person.id] = person
        self.touch()
        return person

    def add_channel(self, name: str, members: Sequence[Person | str] = (), **fields: Any) -> Channel:
        """Add a channel with these members."""
        ids = [self.person(member).id for member in members]
        fields.setdefault("created", int(self.clock.now()))
        fields.setdefault("creator", ids[0] if ids else "")
        channel = Channel(self._free_id("C0", name, self.channels), name, members=ids, **fields)
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.touch()
        return channel

    def person(self, ref: Person | str) -> Person:
        """The person meant by an id or a handle, with or without @."""
        if isinstance(ref, Person):
            return ref
        if ref in self.people:
            return self.people[ref]
        handle = ref.removeprefix("@").lower()
        for person in self.people.values():
            if handle in (person.name.lower(), person.display_name.lower()):
                return person
        raise LookupError(f"There is nobody called {ref!r} in {self.name}.")

    def channel(self, ref: Channel | str, asking: Person | None = None) -> Channel:
        """The channel meant by an id, a name with or without #, or (for somebody asking) an @handle's messages."""
        if isinstance(ref, Channel):
            return ref
        if ref in self.channels:
            return self.channels[ref]
        if ref.startswith("@") and asking:
            return self.open_dm(asking, self.person(ref))
        for channel in self.channels.values():
            if channel.name == ref.removeprefix("#") and not channel.is_im:
                return channel
        raise LookupError(f"There is no channel {ref!r} in {self.name}.")

    def open_dm(self, one: Person, other: Person) -> Channel:
        """The direct messages of two people, opened if they are not yet."""
        for channel in self.channels.values():
            if channel.is_im and {one.id, other.id} == set(channel.members):
                return channel
        label = one.name if other is self.bot else other.name if one is self.bot else f"{one.name}{other.name}"
        fields: Json = {"is_im": True, "is_private": True, "members": [one.id, other.id]}
        channel = Channel(self._free_id("D0", label, self.channels), "", created=int(self.clock.now()), **fields)
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        return channel

    def knows(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return self.bot.id in channel.members

    # Messages

    def next_ts(self, at: float | None = None) -> str:
        """A timestamp nobody has had: the clock's, pushed forward where it stands still."""
        if at is not None:
            return _as_ts(int(at * 1_000_000))
        self._last_ts = max(int(self.clock.now() * 1_000_000), self._last_ts + 1)
        return _as_ts(self._last_ts)

    def post(self, channel: Channel, user: str, text: str, *, at: float | None = None, **fields: Any) -> Message:
        """Put a message into a channel."""
        fields["blocks"] = with_ids(fields.get("blocks") or [])
        if not fields.get("bot_id") and not fields.get("subtype"):
            fields.setdefault("client_msg_id", str(uuid.uuid4()))
        message = Message(channel.id, self.next_ts(at), user, text, **fields)
        self.messages[channel.id][message.ts] = message
        self.read[user, channel.id] = message.ts
        self.touch()
        return message

    def post_as_bot(self, channel: Channel, content: Json, **fields: Any) -> Message:
        """Put a message of the bot's into a channel; `content` is as an app sends it."""
        fields |= {key: content.get(key) or [] for key in ("blocks", "attachments")}
        text = content.get("text") or content.get("markdown_text") or ""
        return self.post(channel, self.bot.id, text, bot_id=self.bot_id, **fields)

    def rewrite(self, message: Message, content: Json) -> None:
        """Give a message new text and blocks; blocks go when text comes alone."""
        message.text = content.get("text") or content.get("markdown_text") or ""
        message.blocks = with_ids(content.get("blocks") or [])
        message.attachments = content.get("attachments") or []
        message.edited = {"user": message.user, "ts": self.next_ts()}
        self.touch()

    def remove(self, message: Message) -> None:
        """Delete a message; one with replies leaves a tombstone, so that its thread stays reachable."""
        if self.replies(message):
            message.text, message.blocks, message.subtype = "This message was deleted.", [], "tombstone"
            message.reactions, message.metadata = {}, None
        else:
            message.deleted = True
        self.touch()

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The message everybody can see there, if there is one."""
        found = self.messages.get(channel_id, {}).get(ts)
        return found if found and found.seen_by(None) else None

    def timeline(self, channel: Channel, viewer: str | None = None) -> list[Message]:
        """All that `viewer` (None: everybody) sees in a channel, replies too, the oldest first."""
        seen = [message for message in self.messages[channel.id].values() if message.seen_by(viewer)]
        return sorted(seen, key=lambda message: message.ts)

    def replies(self, parent: Message, viewer: str | None = None) -> list[Message]:
        """The replies in a message's thread, the oldest first."""
        everything = self.timeline(self.channels[parent.channel], viewer)
        return [message for message in everything if message.is_reply and message.thread_ts == parent.ts]

    # Views

    def new_view(self, payload: Json, user: str, previous: View | None = None) -> View:
        """A view with ids of its own, not yet shown."""
        view_id = "V0" + secrets.token_hex(5).upper()
        root = previous.root_id if previous else view_id
        return View(view_id, self.new_hash(), as_view(payload), user, root, previous.id if previous else None)

    def new_hash(self) -> str:
        """What changes whenever a view does."""
        return f"{int(self.clock.now())}.{secrets.token_hex(4)}"

    def change_view(self, view: View, payload: Json) -> None:
        """Give a view new content; what was typed stays where block_id and action_id stay."""
        view.payload, view.hash = as_view(payload), self.new_hash()
        view.errors, view.notice = {}, ""
        self.touch()

    def open_views(self) -> list[View]:
        """Every modal open for anybody."""
        return [view for stack in self.views.values() for view in stack]

    def _free_id(self, prefix: str, name: str, taken: dict[str, Any]) -> str:
        stem = prefix + re.sub(r"[^A-Z0-9]", "", name.upper())
        return next(c for c in (stem, *(f"{stem}{n}" for n in range(2, 10_000))) if c not in taken)


def as_view(payload: Json) -> Json:
    """A copy of a view as an app sends it, with ids on every block."""
    return {**payload, "blocks": with_ids(payload.get("blocks") or [])}


def _as_ts(micros: int) -> str:
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
