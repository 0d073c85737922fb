"""Methods about people."""

from typing import TYPE_CHECKING

from bot.sandbox import shapes
from bot.sandbox.calls import Arguments, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack


@answers("users.info", "users:read")
def info(slack: "Slack", arguments: Arguments) -> Json:
    """One person."""
    person = reach.person(slack, arguments)
    return {"user": shapes.user(slack.workspace, person, locale=arguments.flag("include_locale"))}


@answers("users.list", "users:read")
def list_all(slack: "Slack", arguments: Arguments) -> Json:
    """Everybody."""
    everybody = list(slack.workspace.people.values())
    page, metadata = arguments.page(everybody, len(everybody))
    locale = arguments.flag("include_locale")
    shown = [shapes.user(slack.workspace, person, locale=locale) for person in page]
    return {"members": shown, "cache_ts": int(slack.clock.now()), "response_metadata": metadata}
