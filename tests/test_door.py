"""What the door promises: a forged, stale or broken request gets a 4xx, runs nothing and leaves no byte in a log."""

import hashlib
import hmac
import io
import json
import logging
from urllib.parse import urlencode

import aiohttp
import pytest

MARK = "leaked-words"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


async def post(desk, body: bytes, *, timestamp=None, secret=None, content_type="application/x-www-form-urlencoded"):
    at = str(int(desk.slack.clock.now())) if timestamp is None else timestamp
    signed = signature(secret or desk.slack.signing_secret, at, body)
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed, "Content-Type": content_type}
    url = f"http://127.0.0.1:{desk.bot.port}/slack/events"
    async with aiohttp.ClientSession() as anybody, anybody.post(url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status


COMMAND = urlencode(
    {
        "command": "/issue",
        "text": f"Acme: {MARK}",
        "user_id": "U0DANA",
        "channel_id": "C0SUPPORT",
        "trigger_id": "1.2.3",
    }
).encode()


@pytest.mark.parametrize(
    ("body", "how", "status"),
    [
        (COMMAND, {"secret": "forged"}, 401),
        (COMMAND, {"timestamp": "1000000000"}, 401),
        (COMMAND, {"timestamp": "not a number"}, 401),
        (COMMAND, {"timestamp": "-1"}, 401),
        (COMMAND, {"timestamp": "9" * 40}, 401),
        (b"\xff\xfe" + MARK.encode(), {}, 401),
        (f"{{{MARK}".encode(), {"content_type": "application/json"}, 400),
        (f'["{MARK}"]'.encode(), {"content_type": "application/json"}, 400),
        (b"[" * 100_000, {"content_type": "application/json"}, 400),
        (f"payload={MARK}".encode(), {}, 400),
        (MARK.encode() * 200_000, {}, 413),
    ],
)
async def test_a_broken_or_forged_request_is_refused_and_leaves_nothing(desk, caplog, body, how, status):
    caplog.set_level(logging.DEBUG)

    assert await post(desk, body, **how) == status

    assert "No open issues" in (await desk.type("dana", "/issue list")).text
    ours = [record.getMessage() for record in caplog.records if MARK in record.getMessage()]
    assert ours == []


async def test_a_replayed_request_has_one_effect(desk):
    assert [await post(desk, COMMAND) for _ in range(3)] == [200, 200, 200]

    assert (await desk.type("dana", "/issue list")).text.startswith("1 open issue,")


async def test_slacks_first_knock_is_answered(desk):
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()

    assert await post(desk, body, content_type="application/json") == 200
