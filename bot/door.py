"""The HTTP front: size, headers, signature over the raw bytes, age, and only then is anything decoded or parsed.

A request that fails is answered with a 4xx; nothing of it is run or logged. A request that is sent again within
Slack's five minutes gets the first answer again: its key is known (handlers/answer.py).
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt import BoltResponse
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot import shapes
from bot.health import Health

log = logging.getLogger(__name__)

LARGEST_REQUEST = 1024 * 1024  # bytes; Slack's own largest payload, a view, is a quarter of that
OLDEST_REQUEST = 5 * 60  # seconds either way (docs.slack.dev, "Verifying requests from Slack")
EVENTS_PATH = "/slack/events"
# Not to be sent again: it would be refused again (slack-facts.md 1.1).
FINAL = {"X-Slack-No-Retry": "1"}

Route = Callable[[web.Request], Awaitable[web.StreamResponse]]
Payload = dict[str, Any]


class RefusedError(Exception):
    """The request is refused with this status, and with not a word of it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def slack_events(app: AsyncApp, signing_secret: str, clock: Callable[[], float], home: Callable[[], set[str]]) -> Route:
    """The route Slack's requests come to; ``home`` names the workspace and organisation we belong to."""

    async def receive(request: web.Request) -> web.StreamResponse:
        try:
            raw = await _read(request)
            _check_signature(request, raw, signing_secret, clock())
            payload = _parsed(request.content_type, raw)
            _check_shape(payload, home())
            answer = await _dispatch(app, request, payload)
        except RefusedError as refused:
            return web.Response(status=refused.status, headers=FINAL)
        return await to_aiohttp_response(answer)

    return receive


async def _read(request: web.Request) -> bytes:
    """The whole body, if it is no larger than anything of Slack's; aiohttp counts one that names no length."""
    try:
        if (request.content_length or 0) <= LARGEST_REQUEST:
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        pass
    raise RefusedError(413)


def _check_signature(request: web.Request, raw: bytes, signing_secret: str, now: float) -> None:
    """Raise RefusedError unless Slack signed these very bytes within the last minutes."""
    timestamp = _only(request, "X-Slack-Request-Timestamp")
    signature = _only(request, "X-Slack-Signature")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 13):
        raise RefusedError(401)
    signed = hmac.new(signing_secret.encode(), b"v0:" + timestamp.encode() + b":" + raw, hashlib.sha256)
    if not hmac.compare_digest(b"v0=" + signed.hexdigest().encode(), signature.encode("utf-8", "surrogateescape")):
        raise RefusedError(401)
    if abs(now - int(timestamp)) > OLDEST_REQUEST:
        raise RefusedError(401)


def _only(request: web.Request, name: str) -> str:
    """A header that must be there, and once: of two, nobody knows which was meant."""
    values = request.headers.getall(name, [])
    if len(values) != 1:
        raise RefusedError(401)
    return values[0]


def _parsed(content_type: str, raw: bytes) -> Payload:
    """What the body holds: JSON, a form with JSON in its ``payload``, or a command's form."""
    try:
        if content_type == "application/json":
            payload = json.loads(raw.decode())
        elif content_type == "application/x-www-form-urlencoded":
            fields = dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))
            payload = json.loads(fields["payload"]) if "payload" in fields else fields
        else:
            raise RefusedError(415)
    except (ValueError, RecursionError):
        raise RefusedError(400) from None
    if not isinstance(payload, dict):
        raise RefusedError(400)
    return payload


def _check_shape(payload: Payload, home: set[str]) -> None:
    """Raise RefusedError unless it is something Slack sends, and to us."""
    if not shapes.is_slacks(payload):
        raise RefusedError(400)
    if not shapes.is_for(home, payload):
        raise RefusedError(403)


async def _dispatch(app: AsyncApp, request: web.Request, payload: Payload) -> BoltResponse:
    """Hand the payload to Bolt, as JSON whatever it was; it looks for ids first, and may find something else there.

    Bolt 1.30 takes a form with the word "payload" anywhere in it, a command's text for instance, for an empty one.
    """
    headers: dict[str, Any] = {"content-type": "application/json"}
    headers |= {name: request.headers[name] for name in RETRIES if name in request.headers}
    try:
        return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(payload), headers=headers))
    except (TypeError, AttributeError, KeyError):  # what a handler raises, Bolt has turned into an answer already
        raise RefusedError(400) from None


def _is_about_http(record: logging.LogRecord) -> bool:
    """Whether a record of the server's is worth a line: of what is no HTTP at all, anybody could fill the log."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


RETRIES = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")


def application(health: Health, events: Route | None) -> web.Application:
    """The HTTP application: health in both transports, Slack's requests in one."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": health.alive}, status=200 if health.alive else 503)

    async def readyz(_request: web.Request) -> web.Response:
        reasons = await health.reasons()
        return web.json_response({"ok": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text=await health.metrics(), content_type="text/plain", charset="utf-8")

    logging.getLogger("aiohttp.server").addFilter(_is_about_http)
    front = web.Application(client_max_size=LARGEST_REQUEST)
    front.router.add_get("/healthz", healthz)
    front.router.add_get("/readyz", readyz)
    front.router.add_get("/metrics", metrics)
    if events:
        front.router.add_post(EVENTS_PATH, events)
    return front
