"""What it costs the processor that Bolt knows every listener of Kept, beside Bolt that knows the wanted one alone."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.rows import Figure, Plan
from bot import app

if TYPE_CHECKING:
    from bot.desk import Desk

ROUNDS, REQUESTS = 9, 300
MOST = 1.25  # times
ANYTHING = re.compile(".*", re.DOTALL)
WE_ARE = AuthorizeResult(enterprise_id=None, team_id="T1", bot_id="B1", bot_user_id="U1", bot_token="")

Register = Callable[[AsyncApp], Callable[..., Any]]

# What comes most, each beside itself alone; what is registered last costs most.
ASKED: dict[str, tuple[Register, dict[str, Any]]] = {
    "a command": (
        lambda alone: alone.command(ANYTHING),
        {"command": "/issue", "text": "Acme: late", "user_id": "U2", "team_id": "T1"},
    ),
    "an event": (
        lambda alone: alone.event(ANYTHING),
        {"type": "event_callback", "team_id": "T1", "event": {"type": "reaction_added", "user": "U2"}},
    ),
    "type-ahead": (
        lambda alone: alone.options(ANYTHING),
        {"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U2"}, "action_id": "customer", "value": "a"},
    ),
    "a form": (
        lambda alone: alone.view(ANYTHING),
        {
            "type": "view_submission",
            "team": {"id": "T1"},
            "user": {"id": "U2"},
            "view": {"type": "modal", "callback_id": "issue"},
        },
    ),
}


async def _nothing(ack: AsyncAck, body: dict[str, Any]) -> None:  # noqa: ARG001 - as the desk takes it
    await ack()


def measure(_: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    for what, (register, payload) in ASKED.items():
        alone, everything = asyncio.run(_measured(register, json.dumps(payload)))
        told = f"{everything:.3g} ms, alone {alone:.3g} ms"
        yield Figure(f"{what}, every listener known, to it alone", everything / alone, "x", MOST, told)


async def _measured(register: Register, body: str) -> tuple[float, float]:
    """Milliseconds of the processor's time for a request: where one listener is known, and where all are."""
    apps = [_alone(register), _everything()]
    taken: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for bolt, those in zip(apps, taken, strict=True):
            requests = [
                AsyncBoltRequest(body=body, headers={"content-type": "application/json"}) for _ in range(REQUESTS)
            ]
            before = time.process_time()
            for request in requests:
                answer = await bolt.async_dispatch(request)
            those.append((time.process_time() - before) / REQUESTS * 1000)
            if answer.status != 200:
                raise RuntimeError(f"Bolt answered {answer.status}")
    return median(taken[0]), median(taken[1])


def _everything() -> AsyncApp:
    """Kept's own app, at a desk that does nothing."""
    kinds = ("command", "action", "submission", "event", "shortcut", "suggest")
    idle = cast("Desk", SimpleNamespace(**dict.fromkeys(kinds, _nothing)))
    return app.build(AsyncWebClient(), idle, lambda: WE_ARE)


def _alone(register: Register) -> AsyncApp:
    """An app made as Kept's is, that knows one listener."""
    bolt = AsyncApp(
        client=AsyncWebClient(),
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    register(bolt)(_nothing)
    return bolt


async def _authorize() -> AuthorizeResult:
    return WE_ARE
