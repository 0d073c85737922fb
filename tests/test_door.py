"""What the door promises: a forged, stale or broken request gets a 4xx, runs nothing and leaves no byte in a log."""

import asyncio
import gzip
import hashlib
import hmac
import io
import json
import logging
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import logs
from bot.manifest import EVENTS
from handlers import listeners

pytestmark = pytest.mark.http

MARK = "leaked-words"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HUGE = MARK.encode() * 200_000
DEEP = b'{"type":"event_callback","event":{"type":"team_join","a":' + b'[{"a":' * 200 + b"1" + b"}]" * 200 + b"}}"
FORGED = "v0=" + "0" * 64


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


async def post(desk, body, kind=FORM, *, timestamp=None, secret=None, chunked=False, twice="", **headers):
    """The status of a request, signed unless said otherwise; a header of None is left out."""
    at = str(int(desk.slack.clock.now())) if timestamp is None else timestamp
    signed = signature(secret or desk.slack.signing_secret, at, body)
    sent = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed, "Content-Type": kind} | headers
    pairs = [(name, value) for name, value in sent.items() if value is not None]
    pairs += [(twice, sent[twice])] if twice else []
    url = f"http://127.0.0.1:{desk.bot.port}/slack/events"
    data = _in_pieces(body) if chunked else io.BytesIO(body)
    async with (
        aiohttp.ClientSession() as anybody,
        anybody.post(url, data=data, headers=pairs) as answer,
    ):
        return answer.status


async def _in_pieces(body):
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


def command(**fields):
    given_fields = {"command": "/issue", "text": f"Acme: {MARK}", "user_id": "U0DANA", "channel_id": "C0SUPPORT"}
    return urlencode({**given_fields, "trigger_id": "1.2.3", **fields}).encode()


def event(**fields):
    return json.dumps({"type": "event_callback", "event": {"type": "team_join", "user": MARK}, **fields}).encode()


COMMAND = command()


@pytest.fixture
def written(request):
    """All that is logged, at every level, by everybody: as the log shows it, and each message as it was made."""
    stream = io.StringIO()
    handler = logs.write_to(stream)
    logging.getLogger().addHandler(handler)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)


REFUSED = {
    "forged": (COMMAND, FORM, {"secret": "forged"}, 401),
    "forged, as long as a real one": (COMMAND, FORM, {"X-Slack-Signature": FORGED}, 401),
    "signature not ASCII": (COMMAND, FORM, {"X-Slack-Signature": "v0=é"}, 401),
    "old": (COMMAND, FORM, {"timestamp": "1000000000"}, 401),
    "of the future": (COMMAND, FORM, {"timestamp": "4000000000"}, 401),
    "timestamp no number": (COMMAND, FORM, {"timestamp": "not a number"}, 401),
    "timestamp below zero": (COMMAND, FORM, {"timestamp": "-1"}, 401),
    "timestamp too long": (COMMAND, FORM, {"timestamp": "9" * 40}, 401),
    "timestamp empty": (COMMAND, FORM, {"X-Slack-Request-Timestamp": ""}, 401),
    "no timestamp": (COMMAND, FORM, {"X-Slack-Request-Timestamp": None}, 401),
    "no signature": (COMMAND, FORM, {"X-Slack-Signature": None}, 401),
    "no header at all": (COMMAND, FORM, {"X-Slack-Request-Timestamp": None, "X-Slack-Signature": None}, 401),
    "two signatures": (COMMAND, FORM, {"twice": "X-Slack-Signature"}, 401),
    "two timestamps": (COMMAND, FORM, {"twice": "X-Slack-Request-Timestamp"}, 401),
    "too large": (HUGE, FORM, {}, 413),
    "too large, forged": (HUGE, FORM, {"secret": "forged"}, 413),
    "too large, in pieces": (HUGE, FORM, {"chunked": True}, 413),
    "too large, in pieces, no signature": (HUGE, FORM, {"chunked": True, "X-Slack-Signature": None}, 413),
    "not UTF-8": (b"\xff\xfe" + MARK.encode(), FORM, {}, 400),
    "not UTF-8, forged": (b"\xff\xfe" + MARK.encode(), FORM, {"secret": "forged"}, 401),
    "not UTF-8 once unquoted": (COMMAND + b"&more=%ff%fe", FORM, {}, 400),
    "squeezed": (gzip.compress(COMMAND), FORM, {"Content-Encoding": "gzip"}, 400),
    "not JSON": (f"{{{MARK}".encode(), JSON, {}, 400),
    "not JSON, forged": (f"{{{MARK}".encode(), JSON, {"secret": "forged"}, 401),
    "JSON, no object": (f'["{MARK}"]'.encode(), JSON, {}, 400),
    "empty": (b"", JSON, {}, 400),
    "empty form": (b"", FORM, {}, 400),
    "too deep to read": (b"[" * 100_000, JSON, {}, 400),
    "deep": (DEEP, JSON, {}, 400),
    "deep, forged": (DEEP, JSON, {"secret": "forged"}, 401),
    "deep, in a form": (b"payload=" + DEEP, FORM, {}, 400),
    "half a character": (event(event={"type": "message", "text": "\ud800"}), JSON, {}, 400),
    "payload not JSON": (f"payload={MARK}".encode(), FORM, {}, 400),
    "an unknown kind": (json.dumps({"type": MARK}).encode(), JSON, {}, 400),
    "no kind": (json.dumps({MARK: 1}).encode(), JSON, {}, 400),
    "a button without a button": (
        urlencode({"payload": json.dumps({"type": "block_actions"})}).encode(),
        FORM,
        {},
        400,
    ),
    "another content type": (COMMAND, "text/plain", {}, 415),
    "JSON said to be a form": (event(), FORM, {}, 400),
    "no content type": (COMMAND, "", {}, 415),
    "another workspace's command": (command(team_id="T0OTHER"), FORM, {}, 403),
    "another workspace's event": (event(team_id="T0OTHER"), JSON, {}, 403),
    "another workspace's button": (
        urlencode(
            {
                "payload": json.dumps(
                    {
                        "type": "block_actions",
                        "team": {"id": "T0OTHER"},
                        "user": {"id": "U0", "team_id": "T0OTHER"},
                        "actions": [{"action_id": "issue.own", "value": MARK}],
                    }
                )
            }
        ).encode(),
        FORM,
        {},
        403,
    ),
}


@pytest.mark.parametrize(("body", "kind", "how", "status"), REFUSED.values(), ids=REFUSED)
async def test_a_broken_or_forged_request_is_refused_and_leaves_nothing(desk, caplog, written, body, kind, how, status):
    caplog.set_level(logging.DEBUG)

    assert await post(desk, body, kind, **how) == status

    assert desk.bot._desk.answered == 0
    shown = written.getvalue() + "".join(f"{record.getMessage()} {record.exc_info}" for record in caplog.records)
    assert MARK not in shown
    assert 'File "' not in shown
    assert not [record for record in caplog.records if record.exc_info]


async def test_what_is_no_http_at_all_is_turned_away_without_a_trace_of_it(desk, written):
    for garbage in (
        f"{MARK}\r\n\r\n",
        f"POST /slack/events HTTP/1.1\r\n{MARK}\r\n\r\n",
        f"GET /{MARK} HTTP/1.1\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", desk.bot.port)
        writer.write(garbage.encode())
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))

    assert MARK not in written.getvalue()
    assert 'File "' not in written.getvalue()


async def test_an_event_of_a_channel_shared_with_us_is_ours_wherever_it_was_said(desk):
    ours = [{"team_id": desk.slack.workspace.id, "enterprise_id": None}]

    assert await post(desk, event(team_id="T0OTHER", authorizations=ours), JSON) == 200


async def test_a_replayed_request_has_one_effect(desk):
    assert [await post(desk, COMMAND) for _ in range(3)] == [200, 200, 200]

    assert (await desk.type("dana", "/issue list")).text.startswith("1 open issue,")


@pytest.mark.contract
async def test_words_that_mean_something_to_a_library_are_words(desk):
    logged = await desk.type("dana", "/issue Acme: the payload was broken, payload=none")

    assert "the payload was broken, payload=none (#1)" in logged.text


async def test_slacks_first_knock_is_answered(desk):
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()

    assert await post(desk, body, JSON) == 200


NAMES = [
    *("type", "event", "user", "team", "team_id", "authorizations", "enterprise", "view", "actions", "channel"),
    *("container", "message", "item", "state", "command", "text", "user_id", "callback_id", "private_metadata"),
]
OURS = [*listeners.ACTIONS, *listeners.VIEWS, *listeners.EVENTS, *(f"/{name}" for name in listeners.COMMANDS)]
HEARD = [*EVENTS, *OURS, "U0DANA", "1.2"]
KINDS = [*("event_callback", "block_actions", "view_submission", "view_closed", "shortcut", "message_action")]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([*KINDS, *HEARD, MARK, "{}"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
SOUND = {name: st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4) | st.none() for name in NAMES}
EVENT = {"type": st.sampled_from([*EVENTS, *OURS])}
VIEW = {"callback_id": st.sampled_from(OURS), "type": st.just("modal")}
KIND = {"type": st.sampled_from(KINDS)}
ANY = dict.fromkeys(NAMES, VALUES)
LIKELY = {  # what Slack's kinds have in their places, and beside it anything
    "event": st.fixed_dictionaries(EVENT, optional={name: SOUND[name] for name in NAMES if name not in EVENT}),
    "user": st.just({"id": "U0DANA"}),
    "view": st.fixed_dictionaries(VIEW, optional={name: SOUND[name] for name in NAMES if name not in VIEW}),
    "actions": st.lists(st.fixed_dictionaries({"action_id": st.sampled_from(OURS), "value": VALUES}), min_size=1),
    "callback_id": st.sampled_from(OURS),
}
PAYLOADS = st.one_of(
    st.fixed_dictionaries(KIND, optional={name: ANY[name] for name in NAMES if name not in KIND}),
    st.fixed_dictionaries(
        KIND | LIKELY, optional={name: SOUND[name] for name in NAMES if name not in {*KIND, *LIKELY, "command"}}
    ),
)
BODIES = st.one_of(
    st.tuples(st.binary(max_size=200), st.sampled_from([JSON, FORM, "text/plain", "multipart/form-data"])),
    st.tuples(VALUES.map(lambda value: json.dumps(value).encode()), st.just(JSON)),
    *[st.tuples(PAYLOADS.map(lambda value: json.dumps(value).encode()), st.just(JSON))] * 2,
    st.tuples(PAYLOADS.map(lambda value: urlencode({"payload": json.dumps(value)}).encode()), st.just(FORM)),
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), st.text(max_size=9)).map(lambda fields: urlencode(fields).encode()),
        st.just(FORM),
    ),
)


async def test_whatever_comes_signed_or_not_nothing_breaks(desk, written):
    """Three hundred requests: random bytes, random JSON, and Slack's kinds with random things in their places."""
    requests = []

    @settings(max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BODIES, st.sampled_from([True, True, False]))
    def draw(body_and_kind, signed):
        requests.append((*body_and_kind, signed))

    draw()
    for body, kind, signed in requests:
        before = written.tell(), desk.bot._desk.answered
        status = await post(desk, body, kind, secret=None if signed else "forged")
        assert status < 500, (status, kind, body)
        assert signed or status >= 400
        assert status < 400 or (written.tell(), desk.bot._desk.answered) == before, body
    assert MARK not in written.getvalue()
