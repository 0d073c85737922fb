"""The Web API: reads a call however it comes, checks its token, answers it and keeps a record."""

import json
import secrets
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.calls import METHODS, Arguments, Call, RefusalError
from bot.sandbox.elements import Json
from bot.sandbox.faults import Attempt, limited
from bot.sandbox.methods import app, chat, conversations, files, reactions, users, views
from bot.sandbox.shapes import without

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

# To import a module of methods is to enter them into the table.
MODULES = (app, chat, conversations, files, reactions, users, views)
FOR_APP_TOKEN = "apps.connections.open"  # noqa: S105 - a method's name
OPEN_TO_ALL = "api.test"


async def receive(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """One call of a method."""
    method = request.match_info["method"]
    given: Json = {}
    try:
        given = await _read(request)
    except RefusalError as refusal:
        return _refused(slack, method, given, refusal)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or str(given.get("token", ""))
    given.pop("token", None)

    def note(answer: Json) -> None:
        slack.calls.append(Call(slack.clock.now(), method, given, answer))

    attempt = Attempt(method, request, lambda: _called(slack, method, token, given), note)
    return await slack.faults.pass_through(attempt)


def _called(slack: "Slack", method: str, token: str, given: Json) -> web.Response:
    wait = slack.rates.wait(method, _channel(slack, given)) if slack.limits_on else 0
    if wait:
        slack.calls.append(Call(slack.clock.now(), method, given, {"ok": False, "error": "ratelimited"}))
        return limited(wait)
    try:
        answer: Json = {"ok": True, **_answer(slack, method, token, given)}
    except RefusalError as refusal:
        return _refused(slack, method, given, refusal)
    if answer.get("warning") == "message_truncated":
        slack.note_refused(method, RefusalError("message_truncated"), given)
    return _told(slack, method, given, answer)


def _refused(slack: "Slack", method: str, given: Json, refusal: RefusalError) -> web.Response:
    slack.note_refused(method, refusal, given)
    return _told(slack, method, given, {"ok": False, "error": refusal.error, **refusal.details})


def _told(slack: "Slack", method: str, given: Json, answer: Json) -> web.Response:
    answer = without(slack.leave_out, answer)
    slack.calls.append(Call(slack.clock.now(), method, given, answer))
    headers = {"x-oauth-scopes": ",".join(slack.manifest.scopes), "x-slack-req-id": secrets.token_hex(16)}
    return web.json_response(answer, headers=headers)


def _channel(slack: "Slack", given: Json) -> str:
    """The channel a call is about by its id, however it is named there."""
    named = str(given.get("channel", ""))
    found = next((one for one in slack.workspace.channels.values() if one.name and one.name == named.strip("#")), None)
    return found.id if found else named


def _answer(slack: "Slack", method: str, token: str, given: Json) -> Json:
    if method not in METHODS or method in slack.lacking:
        raise RefusalError("unknown_method", req_method=method)
    if method != OPEN_TO_ALL:
        _check(slack, method, token)
    return METHODS[method](slack, Arguments(given))


def _check(slack: "Slack", method: str, token: str) -> None:
    if not token:
        raise RefusalError("not_authed")
    if token not in (slack.bot_token, slack.app_token):
        raise RefusalError("invalid_auth")
    if (token == slack.app_token) != (method == FOR_APP_TOKEN):
        raise RefusalError("not_allowed_token_type")


async def _read(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.method != "POST":
        return given
    if request.content_type != "application/json":
        return given | dict(await request.post())
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        raise RefusalError("invalid_json") from None
    if not isinstance(body, dict):
        raise RefusalError("json_not_object")
    return given | body
