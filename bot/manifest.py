"""The app manifest, one source for both transports: what Slack must know, each scope with its reason."""

from typing import Any

# At most fourteen (brief, section 12). The README lists them with the same words.
SCOPES = {
    "commands": "slash commands and shortcuts",
    "app_mentions:read": "to be spoken to as @Kept in channels and threads",
    "chat:write": "cards, reminders and answers",
    "im:write": "to open the direct message a reminder goes to",
    "im:history": "to read a direct message with Kept, and to see whether a reminder arrived when Slack did not say",
    "channels:read": "to know which public channels it is in",
    "groups:read": "the same for private channels",
    "channels:history": "to notice the first reply to an issue, and whether a card arrived when Slack did not say",
    "channels:join": "to join the public channels named in setup",
    "reactions:read": "to see the emoji that escalate, and the message they were put on",
    "reactions:write": "to mark a message that is escalated",
    "users:read": "names, time zones and locales",
}

# The people who install Kept may leave these out; doctor says what is lost, in the words in brackets.
OPTIONAL = {
    "groups:history": (
        "the same in private channels",
        "in private channels the first reply to an issue goes unnoticed, and what Slack is unsure of may come twice",
    ),
    "files:write": (
        "the pictures of a report, and exports",
        "reports come in words alone, and exports are made on the machine: python -m bot export",
    ),
}

COMMANDS = (
    ("issue", "Log a customer's problem", "Acme: charged twice for March @owner !blocked #billing | list | help"),
    ("kept", "Set Kept up; every other command works here too", "setup | help | issue … | callback …"),
    ("callback", "Promise a customer a callback", "Acme tomorrow 3pm about the refund @owner | list | help"),
    ("customer", "Who a customer is, and all between them and us", "Acme | Acme edit | list | help"),
    ("feedback", "Note how a customer feels, and why", "Acme unhappy slow delivery | list | help"),
    ("digest", "What a manager reads at nine", "at 9:00 weekdays | off | settings | help"),
)

# Where slash commands do not run: the menu of any message, in threads too.
SHORTCUTS = (
    ("log_issue", "Log customer issue", "Log a customer's problem in this message's thread"),
    ("promise_callback", "Promise a callback", "Promise the customer of this message a callback"),
)

EVENTS = (
    "app_mention",
    "app_home_opened",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "user_change",
    "team_join",
    "member_joined_channel",
    "member_left_channel",
    "channel_archive",
    "channel_created",
    "channel_rename",
    "channel_shared",
    "channel_unshared",
    "channel_left",
    "group_left",
)


def manifest(http: str = "", prefix: str = "") -> dict[str, Any]:
    """The manifest as a dictionary; ``http`` is the public address in HTTP mode, empty for Socket Mode.

    ``prefix`` begins the name of every command; the setting COMMAND_PREFIX must say the same.
    """
    url = f"{http.rstrip('/')}/slack/events" if http else ""
    at = {"url": url} if url else {}
    return {
        "display_information": {
            "name": "Kept",
            "description": "A promise made to a customer is never forgotten.",
            "background_color": "#1f4e5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Kept", "always_online": True},
            "shortcuts": [
                {"name": name, "type": "message", "callback_id": callback_id, "description": words}
                for callback_id, name, words in SHORTCUTS
            ],
            "slash_commands": [
                {"command": f"/{prefix}{name}", "description": words, "usage_hint": hint, "should_escape": True, **at}
                for name, words, hint in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": [*SCOPES, *OPTIONAL], "bot_optional": list(OPTIONAL)}},
        "settings": _settings(url),
    }


def _settings(url: str) -> dict[str, Any]:
    requests = {"request_url": url} if url else {}
    # Whom Slack asks what a field of a form offers as one types; without it, nobody.
    options = {"message_menu_options_url": url} if url else {}
    return {
        "event_subscriptions": {"bot_events": list(EVENTS), **requests},
        "interactivity": {"is_enabled": True, **requests, **options},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not url,
        "token_rotation_enabled": False,
    }
