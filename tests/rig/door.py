"""Request fuzz at the HTTP door: random bytes, random JSON, Slack's own kinds with random things in their places.

Some come as Slack would send them, most with something wrong: no signature, a forged, stale or doubled one, a byte
changed after it was signed, a body too large or in pieces, or no HTTP at all. What is refused runs no handler and
leaves not one byte in a log, at any level; nothing is answered with a 5xx; and the memory it takes is given back.
"""

import asyncio
import gc
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from bot import logs
from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from tests.conftest import MORNING, Desk, open_desk
from tests.rig import places
from tests.rig.outcome import Outcome
from tests.test_door import BODIES, FORGED, FORM, HUGE, JSON, MARK, command, event, post, signature

LONG = 100
ENGINES = ("sqlite",)  # the door stands before the database
REQUESTS = 1000
WAYS = 4  # in which each body comes: as Slack would send it, and with something wrong
MOST_KEPT = 8_000  # bytes a request may leave behind on average, all of this process counted: the sandbox and the rows

SOUND = "signed"
HOWS: dict[str, dict[str, Any]] = {
    SOUND: {},
    "forged": {"secret": "forged"},
    "forged, of the right length": {"X-Slack-Signature": FORGED},
    "stale": {"timestamp": str(int(MORNING) - 3600)},
    "of the future": {"timestamp": str(int(MORNING) + 3600)},
    "timestamp no number": {"timestamp": "١٢٣"},
    "no signature": {"X-Slack-Signature": None},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "two signatures": {"twice": "X-Slack-Signature"},
    "two timestamps": {"twice": "X-Slack-Request-Timestamp"},
}
ODD = ("a byte changed", "too large", "in pieces, forged", "no HTTP")


def go(number: int, engine: str = "sqlite", requests: int = REQUESTS) -> Outcome:
    """So many requests at one door."""
    with places.place(engine) as where, _written() as written:
        return asyncio.run(_knock(number, where, written, requests))


@contextmanager
def _written() -> Iterator[io.StringIO]:
    """All that is logged, at every level, by everybody."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logs.write_to(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


async def _knock(number: int, where: Any, written: io.StringIO, requests: int) -> Outcome:
    outcome, chance = Outcome(), Random(number)
    bodies = _drawn(number, requests // WAYS)
    async with (
        Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False))) as slack,
        open_desk(slack, where, "http") as desk,
    ):
        memory = 0
        for at, (body, kind) in enumerate(bodies):
            if at == len(bodies) // 3:  # the bot has all it keeps
                memory = _taken()
            for how in (SOUND, *chance.sample([*HOWS, *ODD], WAYS - 1)):
                before = written.tell(), desk.bot._desk.answered
                status = await _request(desk, body, kind, how, chance)
                ran, logged = desk.bot._desk.answered - before[1], written.tell() - before[0]
                outcome.seen["requests"] += 1
                outcome.seen["refused" if status >= 400 else "taken"] += 1
                outcome.wrong += [f"seed {number}, {how}: {one}" for one in _amiss(how, status, ran, logged)]
        more = _taken() - memory
    outcome.seen["bytes more at the end"] += max(more, 0)
    if requests >= REQUESTS and more > MOST_KEPT * requests:
        outcome.wrong.append(f"seed {number}: {more:,} bytes more were taken at the end")
    if MARK in written.getvalue():
        outcome.wrong.append(f"seed {number}: words of a request are in the log")
    return outcome


def _amiss(how: str, status: int, ran: int, logged: int) -> Iterator[str]:
    if status >= 500:
        yield f"it was answered with {status}"
    if how != SOUND and status < 400:
        yield f"it was taken ({status})"
    if status >= 400 and ran:
        yield "it was refused, and a handler ran"
    if status >= 400 and logged:
        yield f"it was refused, and {logged} bytes were logged"


def _drawn(number: int, most: int) -> list[tuple[bytes, str]]:
    """The bodies of this seed, each with its content type."""
    bodies: list[tuple[bytes, str]] = []

    @seed(number)
    @settings(max_examples=most - most // 4, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BODIES)
    def draw(body_and_kind: tuple[bytes, str]) -> None:
        bodies.append(body_and_kind)

    draw()
    for n in range(most // 8):  # what would be taken, if everything else were right
        bodies += [(command(trigger_id=f"{number}.{n}"), FORM), (event(event_id=f"Ev{n}"), JSON)]
    return bodies


async def _request(desk: Desk, body: bytes, kind: str, how: str, chance: Random) -> int:
    """The status of what was answered; 400 if nothing was."""
    if how in HOWS:
        return await post(desk, body, kind, **HOWS[how])
    if how == "no HTTP":
        return await _garbage(desk, chance.choice([body, b"POST /slack/events HTTP/1.1\r\n" + body, b"GET /" + body]))
    if how == "too large":
        return await post(desk, HUGE, kind, chunked=chance.random() < 0.5)
    if how == "in pieces, forged":
        return await post(desk, body or b"x", kind, chunked=True, secret="forged")
    other = bytes([*body[:-1], (body or b"x")[-1] ^ 1 << chance.randrange(8)])
    at = str(int(desk.slack.clock.now()))
    return await post(desk, other, kind, **{"X-Slack-Signature": signature(desk.slack.signing_secret, at, body)})


async def _garbage(desk: Desk, said: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.bot.port)
    try:
        writer.write(said + b"\r\n\r\n")
        writer.write_eof()
        answer = await reader.read()
    except ConnectionError:
        return 400
    finally:
        writer.close()
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 400


def _taken() -> int:
    """Bytes of memory this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
