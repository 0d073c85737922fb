"""The Bolt app: one listener for all kinds of payload, which hands each to the desk.

``process_before_response`` makes the answer leave only when the work is done: what a person reads is on disk.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk

log = logging.getLogger(__name__)

Payload = dict[str, Any]


def build(client: AsyncWebClient, desk: Desk, who_we_are: Callable[[], AuthorizeResult]) -> AsyncApp:
    """Make the app. The door has verified the signature already, and who we are was asked once, at the start."""

    async def authorize() -> AuthorizeResult:
        return who_we_are()

    app = AsyncApp(
        name="kept",
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        ssl_check_enabled=True,
    )
    app.use(_listener(desk))
    app.error(_failed)
    return app


def _listener(desk: Desk) -> Callable[..., Awaitable[BoltResponse | None]]:
    """The one listener of the app, which hands each payload on by its type.

    As a middleware it is asked straight away; of listeners Bolt asks each in turn whether it is the one, and a form's,
    behind four others, costs nearly twice what it would cost alone.
    """
    kinds: dict[str | None, Callable[[AsyncAck, Payload], Awaitable[None]]] = {
        None: desk.command,  # alone has no type
        "event_callback": desk.event,
        "block_suggestion": desk.suggest,
        "block_actions": desk.action,
        "view_submission": desk.submission,
        "view_closed": _acknowledge,
        "shortcut": desk.shortcut,
        "message_action": desk.shortcut,
    }

    async def listen(ack: AsyncAck, body: Payload, next: Callable[[], Awaitable[None]]) -> BoltResponse | None:  # noqa: A002 - Bolt's name
        if hear := kinds.get(body.get("type")):
            await hear(ack, body)
        else:
            await next()
        return ack.response

    return listen


async def _acknowledge(ack: AsyncAck, _: Payload) -> None:
    await ack()


async def _failed(error: Exception) -> BoltResponse:
    """The one error handler: an event is delivered again by Slack after a 500, a person is told by the listener."""
    log.error("an input failed: %s", type(error).__name__, exc_info=error)
    return BoltResponse(status=500, body="")
