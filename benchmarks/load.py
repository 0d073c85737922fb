"""Requests as fast as a server takes them: so many connections, each sending its next once it was answered."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

HEAD = (
    "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={signature}\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass
class Load:
    """How long each request took, in milliseconds, and all of them together, in seconds."""

    each: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0


def signed(fields: dict[str, str], secret: str) -> bytes:
    """A slash command as Slack sends it."""
    body, at = urlencode(fields).encode(), int(time.time())
    signature = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return HEAD.format(at=at, signature=signature, length=len(body)).encode() + body


async def sent(port: int, requests: list[bytes], at_once: int) -> Load:
    """Send them all, ``at_once`` at a time."""
    waiting, load, loop = iter(requests), Load(), asyncio.get_running_loop()
    over = [loop.create_future() for _ in range(at_once)]
    began = time.perf_counter()
    for done in over:
        await loop.create_connection(lambda done=done: _Line(waiting, load, done), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*over)
    load.seconds = time.perf_counter() - began
    return load


class _Line(asyncio.Protocol):
    """One connection; an answer is whole once as much is there as its head says."""

    def __init__(self, waiting: Iterator[bytes], load: Load, done: "asyncio.Future[None]") -> None:
        self._waiting, self._load, self._done = waiting, load, done
        self._answer, self._began = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._next()

    def _next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._answer, self._began = b"", time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head):
            self._load.each.append((time.perf_counter() - self._began) * 1000)
            self._load.refused += b" 200 " not in head[:16]
            self._next()


def _length(head: bytes) -> int:
    named = head.lower().partition(b"content-length:")[2]
    return int(named.split(b"\r\n", 1)[0]) if named else 0
