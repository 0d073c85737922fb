"""Payloads on their way to the app, by signed HTTP or by socket; events again when they were not taken."""

import asyncio
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.clock import Clock
from bot.sandbox.elements import Json
from bot.sandbox.shapes import without
from bot.sandbox.socket_mode import Sockets


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app took a payload: an HTTP status, `acked`, `timeout` or `connection_failed`; and what it said."""

    status: int | str
    body: Any = None
    seconds: float = 0.0
    final: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged."""
        return self.status == "acked" or (isinstance(self.status, int) and 200 <= self.status < 300)

    @property
    def reason(self) -> str:
        """Slack's word for what went wrong."""
        return {"timeout": "http_timeout", "connection_failed": "connection_failed"}.get(str(self.status), "http_error")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt to deliver a payload."""

    at: float
    kind: str
    payload: Json
    attempt: int
    result: int | str
    seconds: float
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Retry:
    """An event to be sent again at `due`, as attempt number `attempt`."""

    due: float
    payload: Json
    attempt: int
    reason: str
    began: float


class Delivery:
    """Sends payloads of the kinds `events_api`, `slash_commands` and `interactive`."""

    PATIENCE = 3.0  # real seconds an app has to acknowledge
    LATEST = 2 * 3600.0  # seconds: an event over two hours late is not delivered any more (slack-facts 1.1)
    RETRY_AFTER = (0, 60, 300)  # seconds on the clock after the first attempt

    def __init__(self, clock: Clock, sockets: Sockets, leave_out: frozenset[str]) -> None:
        self.clock = clock
        self.sockets = sockets
        self.request_url: str | None = None
        self.signing_secret = secrets.token_hex(16)
        self.record: deque[Delivered] = deque(maxlen=10_000)
        self.retries: list[Retry] = []
        self.down = False  # while Slack itself is: nothing is sent
        self._kept: list[Json] = []
        self._leave_out = leave_out
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Get ready to send."""
        # A connection for each request: one kept alive may be closed by the app just as we write to it.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def close(self) -> None:
        """Send no more."""
        self.retries.clear()
        if self._session:
            await self._session.close()
            self._session = None

    async def event(self, envelope: Json) -> Ack:
        """Send an event; if it is not taken, again at once, after one minute and after five."""
        if self.down:
            self._kept.append(envelope)
            return Ack("connection_failed")
        return await self._attempt(Retry(0, envelope, 0, "", self.clock.now()))

    async def flush(self, now: float) -> None:
        """Send every retry that is due by now."""
        if self.down:
            return
        due = sorted((retry for retry in self.retries if retry.due <= now), key=lambda retry: retry.due)
        self.retries = [retry for retry in self.retries if retry.due > now]
        for retry in due:
            await self._attempt(retry)

    def after_outage(self, *, replay: bool) -> list[Json]:
        """The events that came about meanwhile and are still to be sent; without `replay` none is, nor a retry."""
        kept, self._kept = self._kept, []
        now = self.clock.now()
        if not replay:
            self.retries = [retry for retry in self.retries if retry.due > now]
            return []
        return [envelope for envelope in kept if now - envelope["event_time"] <= self.LATEST]

    async def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Send a payload once, and keep a record of it. Whatever goes wrong is in the answer, never raised."""
        if self.down:
            return Ack("connection_failed")
        payload = without(self._leave_out, payload)
        at, started = self.clock.now(), time.perf_counter()
        final, body = False, None
        status: int | str
        try:
            async with asyncio.timeout(self.PATIENCE):
                if self.request_url:
                    status, body, final = await self._post(kind, payload, attempt, reason)
                else:
                    body = await self.sockets.send(kind, payload, attempt, reason.removeprefix("http_"))
                    status = "acked"
        except TimeoutError:
            status = "timeout"
        except (aiohttp.ClientError, OSError):
            status = "connection_failed"
        seconds = time.perf_counter() - started
        self.record.append(Delivered(at, kind, payload, attempt, status, seconds, body))
        return Ack(status, body, seconds, final)

    async def _attempt(self, retry: Retry) -> Ack:
        ack = await self.send("events_api", retry.payload, retry.attempt, retry.reason)
        if ack.ok or ack.final or retry.attempt == len(self.RETRY_AFTER):
            return ack
        due = retry.began + self.RETRY_AFTER[retry.attempt]
        following = Retry(due, retry.payload, retry.attempt + 1, ack.reason, retry.began)
        if due <= self.clock.now():
            return await self._attempt(following)
        self.retries.append(following)
        return ack

    async def _post(self, kind: str, payload: Json, attempt: int, reason: str) -> tuple[int, Any, bool]:
        if self._session is None or self.request_url is None:
            raise ConnectionError("closed")
        content_type, raw = _encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= self.signature(raw)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        url = self.request_url
        async with self._session.post(url, data=raw, headers=headers, allow_redirects=False) as response:
            final = response.headers.get("X-Slack-No-Retry") == "1"
            return response.status, _decoded(await response.text()), final

    def signature(self, raw: bytes) -> dict[str, str]:
        """The headers that prove a body comes from here."""
        timestamp = str(int(self.clock.now()))
        signature = SignatureVerifier(self.signing_secret).generate_signature(timestamp=timestamp, body=raw)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def _encoded(kind: str, payload: Json) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload, separators=(",", ":")).encode()
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload, separators=(",", ":"))}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
