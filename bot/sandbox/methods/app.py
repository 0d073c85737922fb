"""Methods about the app itself and the workspace it is in."""

from typing import TYPE_CHECKING

from bot.sandbox import shapes
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack


@answers("api.test")
def test(slack: "Slack", arguments: Arguments) -> Json:  # noqa: ARG001 - every method is called alike
    """Say back what was said."""
    if arguments.text("error"):
        raise RefusalError(arguments.text("error"), args=arguments.given)
    return {"args": arguments.given}


@answers("auth.test")
def who_am_i(slack: "Slack", arguments: Arguments) -> Json:  # noqa: ARG001
    """Say whose the token is."""
    workspace = slack.workspace
    return {
        "url": f"{slack.url}/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@answers("apps.connections.open")
def open_connection(slack: "Slack", arguments: Arguments) -> Json:  # noqa: ARG001
    """An address for one WebSocket."""
    return {"url": slack.sockets.address(slack.host)}


@answers("team.info", "team:read")
def team(slack: "Slack", arguments: Arguments) -> Json:  # noqa: ARG001
    """The workspace."""
    workspace = slack.workspace
    about = {"id": workspace.id, "name": workspace.name, "url": f"{slack.url}/", "domain": workspace.domain}
    return {"team": {**about, "email_domain": "", "icon": {"image_default": True}}}


@answers("bots.info", "users:read")
def bot(slack: "Slack", arguments: Arguments) -> Json:
    """The bot user."""
    if arguments.text("bot", slack.workspace.bot_id) != slack.workspace.bot_id:
        raise RefusalError("bot_not_found")
    return {"bot": shapes.bot_profile(slack.workspace)}
