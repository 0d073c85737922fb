"""The HTTP front: size, then the signature over the raw bytes, then age, and only then is anything read.

A request that fails is answered with a 4xx; nothing of it is run or logged.
"""

import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock, SignatureVerifier

LARGEST_REQUEST = 1024 * 1024  # bytes; Slack's own largest payload, a view, is a quarter of that
EVENTS_PATH = "/slack/events"

Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Now(Clock):
    """Slack's verifier asks a clock for the time; this one asks ours."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock()


def slack_events(app: AsyncApp, signing_secret: str, clock: Callable[[], float]) -> Route:
    """The route Slack's requests come to."""
    verifier = SignatureVerifier(signing_secret, _Now(clock))

    async def receive(request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if not _signed(verifier, raw, request):
            return web.Response(status=401)
        body = _readable(raw, request.content_type)
        if body is None:
            return web.Response(status=400)
        headers = dict(request.headers)
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, query=request.query_string, headers=headers))  # type: ignore[arg-type]
        return await to_aiohttp_response(answer)

    return receive


def _signed(verifier: SignatureVerifier, raw: bytes, request: web.Request) -> bool:
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 13 and signature.isascii()):
        return False
    try:
        return verifier.is_valid(raw, timestamp, signature)
    except UnicodeDecodeError:  # the verifier reads the bytes as text
        return False


def _readable(raw: bytes, content_type: str) -> str | None:
    """The body as text if it is what its type says, else None."""
    try:
        body = raw.decode()
        payload = parse_qs(body).get("payload", [""])[0] if "form" in content_type else body
        if payload and not isinstance(json.loads(payload), dict):
            return None
    except (ValueError, RecursionError):
        return None
    return body


def application(healthy: Callable[[], bool], events: Route | None) -> web.Application:
    """The HTTP application: health in both transports, Slack's requests in one."""

    async def healthz(_request: web.Request) -> web.Response:
        well = healthy()
        return web.json_response({"ok": well}, status=200 if well else 503)

    front = web.Application(client_max_size=LARGEST_REQUEST)
    front.router.add_get("/healthz", healthz)
    if events:
        front.router.add_post(EVENTS_PATH, events)
    return front
