"""The JSON behind the page: what a person sees, what they do, and the clock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiohttp import web

from bot.sandbox import shapes, traffic
from bot.sandbox.elements import Json
from bot.sandbox.forms import Forms
from bot.sandbox.interactions import Answer
from bot.sandbox.world import Channel, Message, Person, View

PAGE = Path(__file__).with_name("page")
# These have secrets of their own; all else is for this machine's browser alone.
OPEN = ("/api/", "/link/", "/response/", "/upload/")


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse other sites, and other names for this machine, which a browser could be tricked into using."""
    if request.path.startswith(OPEN):
        return await handler(request)
    if request.host.partition(":")[0] not in ("127.0.0.1", "localhost"):
        return web.json_response({"error": "The sandbox answers to 127.0.0.1 and localhost only."}, status=403)
    if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
        return web.json_response({"error": "The sandbox answers to its own page only."}, status=403)
    if request.method == "POST" and request.content_type != "application/json":
        return web.json_response({"error": "Please send JSON."}, status=415)
    try:
        return await handler(request)
    except (LookupError, ValueError) as trouble:
        said = trouble.args[0] if trouble.args else "That did not work."
        missing = isinstance(trouble, KeyError)
        return web.json_response({"error": f"{said!r} is missing." if missing else str(said)}, status=400)


def mount(application: web.Application, slack: Forms) -> None:
    """Put the page and its JSON into the application."""
    control = Control(slack)
    application.middlewares.append(guard)
    application.on_response_prepare.append(_fresh)
    application.on_shutdown.append(control.close)
    reads = {name: getattr(control, f"see_{name}") for name in ("state", "channel", "view", "home")}
    application.add_routes([web.get(f"/sandbox/{name}", function) for name, function in reads.items()])
    application.add_routes(
        [
            web.post("/sandbox/{deed}", control.do),
            web.get("/sandbox/live", control.live),
            web.get("/sandbox/traffic", partial(traffic.see, slack)),
            web.get("/", _page),
            web.get("/archives/{path:.*}", _page),
            web.static("/static", PAGE),
        ]
    )


async def _fresh(request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser ask whether the page's files changed, or it would mix old ones with new after an update."""
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-cache"


async def _page(request: web.Request) -> web.FileResponse:  # noqa: ARG001 - it is the same page everywhere
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})


class Control:
    """Reads and deeds of the page, one person acting at a time."""

    DEEDS = (
        *("say", "command", "press", "react", "unreact", "shortcut", "submit", "close", "suggest"),
        *("home", "clock", "edit", "delete", "join", "leave", "trouble"),
    )

    def __init__(self, slack: Forms) -> None:
        self.slack = slack
        self._watching: WeakSet[web.WebSocketResponse] = WeakSet()

    # What a person sees

    async def see_state(self, request: web.Request) -> web.Response:
        """People, channels with what is unread, commands, shortcuts, and the time; `as` nobody yet: the first."""
        slack, workspace = self.slack, self.slack.workspace
        first = next(one.id for one in workspace.people.values() if not one.is_bot)
        me = slack.person(request.query.get("as", first))
        workspace.open_dm(me, workspace.bot)
        channels = [self._channel(me, one) for one in workspace.channels.values() if _visible(me, one)]
        people = [shapes.user(workspace, one, locale=True) for one in workspace.people.values()]
        return web.json_response(
            {
                "now": slack.clock.now(),
                "running": slack.clock.running,
                "next_due": slack.next_due and await slack.next_due(),
                "down": slack.faults.down,
                "team": {"id": workspace.id, "name": workspace.name},
                "me": me.id,
                "bot": {**shapes.bot_profile(workspace), "connected": bool(slack.request_url or slack.sockets.count)},
                "people": people,
                "channels": channels,
                "commands": [asdict(one) for one in slack.manifest.commands],
                "shortcuts": [asdict(one) for one in slack.manifest.shortcuts],
            }
        )

    async def see_channel(self, request: web.Request) -> web.Response:
        """The messages of a channel with their threads; what is seen counts as read."""
        workspace = self.slack.workspace
        me = self.slack.person(request.query["as"])
        channel = self.slack.channel(request.query["id"], me)
        if not _visible(me, channel):
            raise LookupError(f"{me.real_name} does not see that channel.")
        top = self.slack.messages(channel, me)
        everything = workspace.timeline(channel, me.id)
        if everything:
            workspace.read[me.id, channel.id] = everything[-1].ts
        messages = [self._message(one) | {"replies": self._replies(one, me)} for one in top]
        return web.json_response({"channel": self._channel(me, channel), "messages": messages})

    async def see_view(self, request: web.Request) -> web.Response:
        """The form on top."""
        return self._view(self.slack.view(request.query["as"]))

    async def see_home(self, request: web.Request) -> web.Response:
        """The bot's Home as it was last published."""
        return self._view(self.slack.home(request.query["as"]))

    async def live(self, request: web.Request) -> web.StreamResponse:
        """A note whenever something changed; several changes at once are one note."""
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._watching.add(socket)
        changed = asyncio.Event()
        forget = self.slack.workspace.on_change(changed.set)
        telling = asyncio.create_task(_tell(socket, changed))
        try:
            async for _ in socket:
                pass
        finally:
            forget()
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return socket

    async def close(self, _: web.Application) -> None:
        """Let the pages go."""
        for socket in tuple(self._watching):
            await socket.close()

    # What a person does

    async def do(self, request: web.Request) -> web.Response:
        """One deed; `as` says who does it."""
        deed = request.match_info["deed"]
        if deed not in self.DEEDS:
            raise web.HTTPNotFound
        body = await request.json()
        if not isinstance(body, dict):
            raise ValueError("Please send an object.")  # noqa: TRY004 - the page reads the sentence, not the type
        return web.json_response(await getattr(self, f"_{deed}")(body))

    async def _say(self, body: Json) -> Json:
        said = await self.slack.say(body["as"], body["channel"], str(body["text"]), body.get("thread_ts"))
        return {"message": self._message(said)}

    async def _command(self, body: Json) -> Json:
        return _answer(await self.slack.command(body["as"], body["channel"], str(body["text"])))

    async def _press(self, body: Json) -> Json:
        place, name = self._place(body), str(body["action"])
        if "option" in body:
            return _answer(await self.slack.choose(body["as"], place, name, body["option"]))
        return _answer(await self.slack.press(body["as"], place, name))

    async def _react(self, body: Json) -> Json:
        await self.slack.react(body["as"], self._found(body), str(body["emoji"]))
        return {}

    async def _unreact(self, body: Json) -> Json:
        await self.slack.unreact(body["as"], self._found(body), str(body["emoji"]))
        return {}

    async def _shortcut(self, body: Json) -> Json:
        message = self._found(body) if body.get("ts") else None
        return _answer(await self.slack.shortcut(body["as"], str(body["callback_id"]), message))

    async def _submit(self, body: Json) -> Json:
        return _answer(await self.slack.submit(body["as"], body.get("values") or {}))

    async def _close(self, body: Json) -> Json:
        return _answer(await self.slack.close(body["as"], everything=bool(body.get("everything"))))

    async def _suggest(self, body: Json) -> Json:
        typed = str(body.get("typed", ""))
        return {"options": await self.slack.suggest(body["as"], self._place(body), str(body["action"]), typed)}

    async def _home(self, body: Json) -> Json:
        view = await self.slack.open_home(body["as"], str(body.get("tab", "home")))
        return {"view": view and shapes.view(self.slack.workspace, view)}

    async def _clock(self, body: Json) -> Json:
        if body.get("to") == "next":
            await self.slack.advance_to_next_due()
        elif "to" in body:
            await self.slack.clock.advance_to(float(body["to"]))
        else:
            await self.slack.clock.advance(float(body["seconds"]))
        return {"now": self.slack.clock.now()}

    async def _trouble(self, body: Json) -> Json:
        if body["down"]:
            self.slack.faults.begin_outage()
        else:
            self.slack.faults.end_outage()
        return {"down": self.slack.faults.down}

    async def _edit(self, body: Json) -> Json:
        return {"message": self._message(await self.slack.edit(body["as"], self._found(body), str(body["text"])))}

    async def _delete(self, body: Json) -> Json:
        await self.slack.delete(body["as"], self._found(body))
        return {}

    async def _join(self, body: Json) -> Json:
        me = self.slack.person(body["as"])
        channel = self.slack.channel(body["channel"])
        if not _visible(me, channel):
            raise LookupError(f"{me.real_name} does not see that channel.")
        await self.slack.join(channel, me)
        return {}

    async def _leave(self, body: Json) -> Json:
        await self.slack.leave(body["channel"], body["as"])
        return {}

    # Finding and showing

    def _found(self, body: Json) -> Message:
        me = self.slack.person(body["as"])
        channel = self.slack.channel(body["channel"], me)
        found = self.slack.workspace.messages[channel.id].get(str(body["ts"]))
        if found is None or not found.seen_by(me.id) or not _visible(me, channel):
            raise LookupError("That message is gone.")
        return found

    def _place(self, body: Json) -> Message | View:
        if "view" not in body:
            return self._found(body)
        me = self.slack.person(body["as"])
        mine = [*self.slack.workspace.views.get(me.id, []), self.slack.home(me)]
        for view in mine:
            if view and view.id == body["view"]:
                return view
        raise LookupError("That form is no longer open.")

    def _channel(self, me: Person, channel: Channel) -> Json:
        workspace = self.slack.workspace
        last = workspace.read.get((me.id, channel.id), "")
        unread = sum(one.ts > last and one.user != me.id for one in workspace.timeline(channel, me.id))
        shape = shapes.channel(workspace, channel) | {"members": channel.members, "unread": unread}
        other = next((one for one in channel.members if one != me.id), me.id)
        mine = {"is_member": me.id in channel.members, "has_bot": workspace.knows(channel)}
        return {**shape, **mine, **({"user": other} if channel.is_im else {})}

    def _message(self, message: Message) -> Json:
        state = {"state": message.typed, "ephemeral": message.ephemeral_to is not None}
        return shapes.message(self.slack.workspace, message) | state

    def _replies(self, message: Message, me: Person) -> list[Json]:
        return [self._message(one) for one in self.slack.thread(message, me)]

    def _view(self, view: View | None) -> web.Response:
        shown = view and {**shapes.view(self.slack.workspace, view), "errors": view.errors, "notice": view.notice}
        return web.json_response({"view": shown})


def _visible(person: Person, channel: Channel) -> bool:
    full_member = not (person.is_restricted or person.is_ultra_restricted or person.is_stranger)
    return person.id in channel.members or (full_member and not channel.is_private and not channel.is_im)


def _answer(answer: Answer) -> Json:
    shown: dict[str, Any] = {"status": answer.status, "ok": answer.ok, "text": answer.text, "errors": answer.errors}
    return shown


async def _tell(socket: web.WebSocketResponse, changed: asyncio.Event) -> None:
    while not socket.closed:
        await changed.wait()
        changed.clear()
        await socket.send_json({"changed": True})
