"""The app manifest, one source for both transports: what Slack must know, each scope with its reason."""

from typing import Any

# At most fourteen (brief, section 12). The README lists them with the same words.
SCOPES = {
    "commands": "slash commands and shortcuts",
    "chat:write": "cards, reminders and answers",
    "im:write": "to open the direct message a reminder goes to",
    "im:history": "to read a direct message with Kept, and to see whether a reminder arrived when Slack did not say",
    "channels:read": "to know which public channels it is in",
    "groups:read": "the same for private channels",
    "channels:history": "to see whether a card arrived when Slack did not say",
    "users:read": "names, time zones and locales",
}

COMMANDS = (
    ("issue", "Log a customer's problem", "Acme: charged twice for March @owner !blocked #billing | list | help"),
    ("callback", "Promise a customer a callback", "Acme tomorrow 3pm about the refund @owner | list | help"),
)

EVENTS = (
    "user_change",
    "team_join",
    "member_joined_channel",
    "member_left_channel",
    "channel_archive",
    "channel_left",
    "group_left",
)


def manifest(http: str = "") -> dict[str, Any]:
    """The manifest as a dictionary; ``http`` is the public address in HTTP mode, empty for Socket Mode."""
    url = f"{http.rstrip('/')}/slack/events" if http else ""
    at = {"url": url} if url else {}
    requests = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": "Kept",
            "description": "A promise made to a customer is never forgotten.",
            "background_color": "#1f4e5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Kept", "always_online": True},
            "slash_commands": [
                {"command": f"/{name}", "description": words, "usage_hint": hint, "should_escape": True, **at}
                for name, words, hint in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **requests},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
