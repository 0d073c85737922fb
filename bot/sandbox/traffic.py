"""What went over the wire lately, both ways in one list: calls of the app and deliveries to it."""

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.calls import Call
from bot.sandbox.delivery import Delivered
from bot.sandbox.elements import Json

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

PAGE = 30  # entries


async def see(slack: "Slack", request: web.Request) -> web.Response:
    """A page of the list, newest first; `before` is the `next` of the page above it."""
    both: list[Call | Delivered] = [*slack.calls, *slack.deliveries]
    everything = sorted(both, key=lambda one: one.at)
    end = min(int(request.query.get("before") or len(everything)), len(everything))
    start = max(0, end - PAGE)
    entries = [{"number": start + index, **_shown(one)} for index, one in enumerate(everything[start:end])]
    return web.json_response({"entries": entries[::-1], "next": start})


def _shown(one: Call | Delivered) -> Json:
    if isinstance(one, Call):
        how = "ok" if one.answer.get("ok") else str(one.answer.get("error", "refused"))
        said = {"what": one.method, "payload": one.arguments, "answer": one.answer}
        return {"at": one.at, "way": "call", "ok": how == "ok", "how": how, **said}
    ok = one.result == "acked" or (isinstance(one.result, int) and 200 <= one.result < 300)
    how = f"{one.result}, attempt {one.attempt + 1}" if one.attempt else str(one.result)
    said = {"what": _name(one), "payload": one.payload, "answer": one.answer}
    return {"at": one.at, "way": "delivery", "ok": ok, "how": how, **said}


def _name(one: Delivered) -> str:
    """What it is about: the event, the command, the button or the form."""
    payload = one.payload
    if one.kind == "events_api":
        return str(payload["event"]["type"])
    if one.kind == "slash_commands":
        return str(payload["command"])
    actions = payload.get("actions") or [{}]
    about = actions[0].get("action_id") or payload.get("callback_id") or payload.get("view", {}).get("callback_id")
    return " ".join(filter(None, [str(payload["type"]), about]))
