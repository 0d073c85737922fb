"""What an app's manifest allows it: its commands, shortcuts, scopes and events. Without a manifest, everything."""

from dataclasses import dataclass

from bot.sandbox.calls import RefusalError
from bot.sandbox.elements import Json

# What a token is said to have where no manifest says otherwise.
SCOPES = (
    *("app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands"),
    *("files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
    *("reactions:read", "reactions:write", "team:read", "users:read"),
)

# What an event needs (slack-facts 1.10); several separated by commas: any one will do. Any other needs nothing.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    **{f"message.{kind}": f"{kind}:history" for kind in ("channels", "groups", "im", "mpim")},
    **dict.fromkeys(("reaction_added", "reaction_removed"), "reactions:read"),
    **dict.fromkeys(("member_joined_channel", "member_left_channel"), "channels:read,groups:read"),
    **{f"channel_{name}": "channels:read" for name in ("created", "rename", "archive", "unarchive", "left", "deleted")},
    **{f"group_{name}": "groups:read" for name in ("rename", "archive", "unarchive", "left", "deleted")},
    **dict.fromkeys(("user_change", "team_join"), "users:read"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the workspace knows it."""

    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut in the menus: `type` is `message` or `global`."""

    name: str
    type: str
    callback_id: str
    description: str = ""


class Manifest:
    """An app manifest, read for what matters here."""

    def __init__(self, source: Json | None = None) -> None:
        self.given = source is not None
        source = source or {}
        features = source.get("features") or {}
        oauth = (source.get("oauth_config") or {}).get("scopes") or {}
        subscriptions = (source.get("settings") or {}).get("event_subscriptions") or {}
        self.bot_name: str | None = (features.get("bot_user") or {}).get("display_name")
        self.commands = tuple(_command(one) for one in features.get("slash_commands") or [])
        self.shortcuts = tuple(_shortcut(one) for one in features.get("shortcuts") or [])
        granted = (*(oauth.get("bot") or []), *(oauth.get("bot_optional") or []))
        self.scopes: tuple[str, ...] = granted if oauth else SCOPES
        self.bot_events: tuple[str, ...] = tuple(subscriptions.get("bot_events") or [])

    def hears(self, event: str) -> bool:
        """Whether the app subscribed to an event such as `message.channels`, and has the scope for it."""
        needed = EVENT_SCOPES.get(event, "").split(",")
        allowed = needed == [""] or any(one in self.scopes for one in needed)
        return not self.given or (event in self.bot_events and allowed)

    def need(self, scope: str) -> None:
        """Refuse as Slack does when a scope is missing; several separated by commas: any one will do."""
        if self.given and scope and not any(one in self.scopes for one in scope.split(",")):
            raise RefusalError("missing_scope", needed=scope, provided=",".join(self.scopes))

    def command(self, name: str) -> Command:
        """The command of that name; without a manifest any name is one."""
        for command in self.commands:
            if command.name == name:
                return command
        if self.given:
            raise LookupError(f"{name} is not a command here.")
        return Command(name)

    def shortcut(self, wanted: str, kind: str) -> Shortcut:
        """The shortcut of that name or callback_id; without a manifest any callback_id is one."""
        for shortcut in self.shortcuts:
            if wanted in (shortcut.name, shortcut.callback_id) and shortcut.type == kind:
                return shortcut
        if self.given:
            raise LookupError(f"There is no {kind} shortcut {wanted!r}.")
        return Shortcut(wanted, kind, wanted)


def _command(source: Json) -> Command:
    hint, escape = source.get("usage_hint", ""), bool(source.get("should_escape"))
    return Command(source["command"], source.get("description", ""), hint, escape)


def _shortcut(source: Json) -> Shortcut:
    return Shortcut(source["name"], source["type"], source["callback_id"], source.get("description", ""))
