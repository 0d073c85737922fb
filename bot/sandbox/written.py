"""What a person types, as Slack passes it on: escaped, with mentions, channels and links marked."""

import re

from bot.sandbox.workspace import Workspace
from bot.sandbox.world import Person

_MARKS = re.compile(
    r"(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w&/@])@(?P<handle>\w[\w.-]*)"
    r"|(?<![\w&/#])#(?P<channel>[\w-]+)"
)
_EVERYBODY = ("here", "channel", "everyone")


def escaped(text: str) -> str:
    """The three characters Slack escapes, in its order."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_message(workspace: Workspace, text: str) -> str:
    """The text of a message event: `<@U…>`, `<#C…|name>`, `<https://…>`."""
    return _marked(workspace, escaped(text), named=False)


def as_command(workspace: Workspace, text: str, *, should_escape: bool) -> str:
    """The text of a command: with should_escape `<@U…|handle>` and `<#C…|name>`, else as it was typed."""
    text = escaped(text.strip())
    return _marked(workspace, text, named=True) if should_escape else text


def _marked(workspace: Workspace, text: str, *, named: bool) -> str:
    def mark(match: re.Match[str]) -> str:
        if match["url"]:
            return f"<{match['url']}>"
        if match["mail"]:
            return f"<mailto:{match['mail']}|{match['mail']}>"
        if match["channel"]:
            return _channel(workspace, match["channel"]) or match[0]
        return _mention(workspace, match["handle"], named=named)

    return _MARKS.sub(mark, text)


def _channel(workspace: Workspace, name: str) -> str:
    for channel in workspace.channels.values():
        if channel.name == name.lower() and not channel.is_im:
            return f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
    return ""


def _mention(workspace: Workspace, typed: str, *, named: bool) -> str:
    handle = typed.rstrip(".-")
    rest = typed[len(handle) :]
    if handle in _EVERYBODY:
        return f"<!{handle}>{rest}"
    person = _called(workspace, handle.lower())
    if person is None:
        return f"@{typed}"
    return f"<@{person.id}|{person.name}>{rest}" if named else f"<@{person.id}>{rest}"


def _called(workspace: Workspace, handle: str) -> Person | None:
    people = workspace.people.values()
    return next((p for p in people if handle in (p.name.lower(), p.display_name.lower()) and not p.deleted), None)
