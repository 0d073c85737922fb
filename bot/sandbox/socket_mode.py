"""Socket Mode: the WebSockets an app opens to us, and payloads sent down one of them."""

import asyncio
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.elements import Json
from bot.sandbox.workspace import Workspace


@dataclass(eq=False)
class Socket:
    """One connection; `waiting` holds who waits for which envelope's acknowledgement."""

    socket: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)
    retired: bool = False


class Sockets:
    """The app's connections, ten at most; a payload goes to any one of them."""

    LIMIT = 10

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._open: list[Socket] = []
        self._changed = asyncio.Condition()
        self._turn = 0
        self.down = False  # while Slack itself is: no connection is taken

    def address(self, host: str) -> str:
        """A WebSocket address good for one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"ws://{host}/link/?ticket={ticket}&app_id={self._workspace.app_id}"

    @property
    def count(self) -> int:
        """How many connections can be given payloads."""
        return sum(not one.retired for one in self._open)

    async def wait_for(self, count: int = 1) -> None:
        """Wait until so many connections stand."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.count >= count)

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """A connection, for as long as it lasts."""
        if self.down:
            return web.Response(status=503)
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.count >= self.LIMIT:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        one = Socket(socket, request)
        self._open.append(one)
        try:
            await socket.send_json(self._hello())
            await self._tell()
            await self._listen(one)
        finally:
            self._forget(one)
            await self._tell()
        return socket

    async def send(self, kind: str, payload: Json, retry: int = 0, reason: str = "") -> Any:
        """Send a payload down one socket; returns what its acknowledgement carried. ConnectionError if none took it."""
        ready = [one for one in self._open if not one.retired]
        if not ready:
            raise ConnectionError("no_socket")
        self._turn += 1
        one = ready[self._turn % len(ready)]
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        one.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await one.socket.send_json(envelope)
            return await one.waiting[envelope_id]
        finally:
            one.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew; after a mere `warning` the old sockets still get payloads."""
        for one in list(self._open):
            one.retired = reason != "warning"
            note = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            if not one.socket.closed:
                await one.socket.send_json(note)
            if reason == "link_disabled":
                await one.socket.close()

    def drop(self, count: int | None = None) -> None:
        """Cut connections (all, or the oldest few) as a broken cable does, without a word."""
        for one in self._open[:count]:
            self._forget(one)
            if one.request.transport:
                one.request.transport.abort()

    async def close(self) -> None:
        """Close every connection in good order."""
        for one in list(self._open):
            await one.socket.close()

    async def _listen(self, one: Socket) -> None:
        async for frame in one.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            note = frame.json()
            future = one.waiting.get(note.get("envelope_id", ""))
            if future and not future.done():
                future.set_result(note.get("payload"))

    def _forget(self, one: Socket) -> None:
        if one in self._open:
            self._open.remove(one)
        for future in one.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("connection_failed"))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "connection_info": {"app_id": self._workspace.app_id},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }
