"""The things of a workspace: people, channels, messages and views, as plain data."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.elements import Json, buttons


@dataclass(slots=True)
class Person:
    """A member, a guest, someone of another company, or a bot user."""

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str | None = "Europe/London"
    locale: str | None = "en-GB"
    display_name: str = ""
    title: str = ""
    status_text: str = ""
    status_emoji: str = ""
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    deleted: bool = False
    updated: int = 0

    def tz_offset(self, now: float) -> int:
        """Seconds east of Greenwich at that moment (it changes with the season)."""
        offset = datetime.fromtimestamp(now, ZoneInfo(self.tz or "UTC")).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@dataclass(slots=True)
class Channel:
    """A conversation: a channel, public or private, or the direct messages of two people."""

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    members: list[str] = field(default_factory=list)
    topic: str = ""
    creator: str = ""
    created: int = 0

    @property
    def kind(self) -> str:
        """Slack's word for it in events: channel, group or im."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    @property
    def scope(self) -> str:
        """The prefix of the scopes and of the message events that go with it."""
        return {"im": "im", "group": "groups", "channel": "channels"}[self.kind]


@dataclass(slots=True)
class Message:
    """What somebody wrote; `ephemeral_to` names the only person who sees it."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    bot_id: str = ""
    subtype: str = ""
    thread_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    metadata: Json | None = None
    client_msg_id: str = ""
    ephemeral_to: str | None = None
    deleted: bool = False
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons."""
        return buttons(self.blocks)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def seen_by(self, person_id: str | None) -> bool:
        """Whether that person (None: everybody) sees it."""
        return not self.deleted and (self.ephemeral_to is None or self.ephemeral_to == person_id)


@dataclass(slots=True)
class View:
    """A modal or a Home, for one person."""

    id: str
    hash: str
    payload: Json
    user: str
    root_id: str
    previous_id: str | None = None
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""
    suggested: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, every one with an id."""
        found: list[Json] = self.payload["blocks"]
        return found

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.payload["type"])

    @property
    def title(self) -> str:
        """The words at its top; a Home has none."""
        return str((self.payload.get("title") or {}).get("text", ""))

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons."""
        return buttons(self.blocks)

    def get(self, key: str, default: Any = "") -> Any:
        """A field of the payload the app sent, such as `callback_id` or `private_metadata`."""
        return self.payload.get(key, default)
