"""Methods that show forms and the Home."""

from typing import TYPE_CHECKING

from bot.sandbox import limits, shapes
from bot.sandbox.calls import Arguments, RefusalError, answers
from bot.sandbox.elements import Json
from bot.sandbox.methods import reach
from bot.sandbox.world import View

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack


@answers("views.open")
def open_modal(slack: "Slack", arguments: Arguments) -> Json:
    """Open a form for whoever gave the trigger."""
    payload = _payload(arguments, "modal")
    _check_external_id(slack, payload)
    user = slack.triggers.exchange(arguments.needed("trigger_id"))
    view = slack.workspace.new_view(payload, user)
    slack.workspace.views[user] = [view]
    return _shown(slack, view)


@answers("views.push")
def push(slack: "Slack", arguments: Arguments) -> Json:
    """Put a form on top of the one that is open; three at most."""
    payload = _payload(arguments, "modal")
    _check_external_id(slack, payload)
    user = slack.triggers.exchange(arguments.needed("trigger_id"))
    stack = slack.workspace.views.setdefault(user, [])
    if not stack:
        raise RefusalError("not_found")
    if len(stack) >= limits.views.STACK:
        raise RefusalError("push_limit_reached")
    stack.append(slack.workspace.new_view(payload, user, stack[-1]))
    return _shown(slack, stack[-1])


@answers("views.update")
def update(slack: "Slack", arguments: Arguments) -> Json:
    """Change a form that is open, or a Home."""
    view = _wanted(slack, arguments)
    payload = _payload(arguments, view.kind)
    _check_hash(arguments, view)
    _check_external_id(slack, payload, view)
    slack.workspace.change_view(view, payload)
    return _shown(slack, view)


@answers("views.publish")
def publish(slack: "Slack", arguments: Arguments) -> Json:
    """Show somebody their Home."""
    payload = _payload(arguments, "home")
    person = reach.person(slack, arguments, "user_id")
    view = slack.workspace.homes.get(person.id)
    if view:
        _check_hash(arguments, view)
        slack.workspace.change_view(view, payload)
    else:
        view = slack.workspace.homes[person.id] = slack.workspace.new_view(payload, person.id)
    return _shown(slack, view)


def _payload(arguments: Arguments, kind: str) -> Json:
    payload = arguments.parsed("view")
    limits.views.check(payload, kind)
    view: Json = payload
    return view


def _wanted(slack: "Slack", arguments: Arguments) -> View:
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    for view in (*slack.workspace.open_views(), *slack.workspace.homes.values()):
        if view.id == view_id or (external_id and view.get("external_id") == external_id):
            return view
    raise RefusalError("not_found")


def _check_hash(arguments: Arguments, view: View) -> None:
    if arguments.text("hash") not in ("", view.hash):
        raise RefusalError("hash_conflict")


def _check_external_id(slack: "Slack", payload: Json, mine: View | None = None) -> None:
    wanted = payload.get("external_id")
    others = (view for view in slack.workspace.open_views() if view is not mine)
    if wanted and any(view.get("external_id") == wanted for view in others):
        raise RefusalError("duplicate_external_id")


def _shown(slack: "Slack", view: View) -> Json:
    slack.workspace.touch()
    return {"view": shapes.view(slack.workspace, view)}
