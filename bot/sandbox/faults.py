"""Trouble on demand: what happens to a call between the app and Slack, and a Slack that is not there at all.

A fault is for the named methods (`response_url` stands for posts there; no name at all for everything the app sends),
so many `times` or, with None, until it is lifted. Of several that fit, the one made first happens.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.calls import METHODS
from bot.sandbox.elements import Json

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

RESPONSE_URL = "response_url"
HTML = "<html><body><h1>Bad gateway</h1></body></html>"  # what stands before Slack's servers speaks no JSON


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something the app sends: `accept` does it and answers, `note` records an answer that did nothing."""

    name: str
    request: web.Request
    accept: Callable[[], web.Response]
    note: Callable[[Json], None]


Deed = Callable[[Attempt], Awaitable[web.StreamResponse]]


@dataclass(eq=False)
class Fault:
    """One kind of trouble; `met` counts what it happened to."""

    names: tuple[str, ...]
    left: int | None
    deed: Deed
    met: int = 0
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def fits(self, name: str) -> bool:
        """Whether it happens to the next attempt of that name."""
        return self.left != 0 and (not self.names or name in self.names)

    async def happen(self, attempt: Attempt) -> web.StreamResponse:
        """Let it happen."""
        self.left = None if self.left is None else self.left - 1
        self.met += 1
        async with self._changed:
            self._changed.notify_all()
        return await self.deed(attempt)

    async def until_met(self, times: int = 1) -> None:
        """Wait until it has happened so often."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.met >= times)

    async def until_released(self) -> None:
        """Wait for `release`."""
        await self._released.wait()

    def release(self) -> None:
        """Let the answers go that it holds back (see `Faults.slow`)."""
        self._released.set()

    def lift(self) -> None:
        """Let it happen no more."""
        self.left = 0
        self.release()


class Faults:
    """All the trouble there is at the moment."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack
        self._faults: list[Fault] = []
        self._late: list[tuple[float, Callable[[], web.Response]]] = []
        self._replay = False
        self.down = False

    # Kinds of trouble

    def rate_limited(self, *names: str, times: int | None = 1, retry_after: int = 30) -> Fault:
        """Answer 429 with Retry-After in seconds; nothing is done."""
        return self._add(names, times, lambda attempt: _refused(attempt, limited(retry_after), "ratelimited"))

    def server_error(self, *names: str, times: int | None = 1, status: int = 503, text: str = HTML) -> Fault:
        """Answer a 5xx without JSON, as a gateway does, in HTML or (any other `text`) plain; nothing is done."""
        return self._add(names, times, lambda attempt: _refused(attempt, gateway(status, text), str(status)))

    def error(self, error: str, *names: str, times: int | None = 1) -> Fault:
        """Answer one of Slack's errors (`internal_error`, `token_revoked`, …) with status 200; nothing is done."""

        def refusal() -> web.Response:
            return web.json_response({"ok": False, "error": error})

        return self._add(names, times, lambda attempt: _refused(attempt, refusal(), error))

    def dropped(self, *names: str, times: int | None = 1) -> Fault:
        """Cut the connection before anything is done."""

        async def drop(attempt: Attempt) -> web.StreamResponse:
            attempt.note({"ok": False, "error": "dropped"})
            return _cut(attempt)

        return self._add(names, times, drop)

    def answer_lost(self, *names: str, times: int | None = 1) -> Fault:
        """Do what is asked, then cut the connection: the post is there, and the app cannot know."""

        async def lose(attempt: Attempt) -> web.StreamResponse:
            attempt.accept()
            return _cut(attempt)

        return self._add(names, times, lose)

    def slow(self, *names: str, times: int | None = 1) -> Fault:
        """Do what is asked at once, but hold the answer until the fault's `release`."""

        async def wait(attempt: Attempt) -> web.StreamResponse:
            answer = attempt.accept()
            await fault.until_released()
            return answer

        fault = self._add(names, times, wait)
        return fault

    def held(self, *names: str, times: int | None = 1) -> Fault:
        """Hold what is asked back until the fault's `release`, and do it only then, after all that came meanwhile."""

        async def wait(attempt: Attempt) -> web.StreamResponse:
            await fault.until_released()
            return attempt.accept()

        fault = self._add(names, times, wait)
        return fault

    def late(self, *names: str, after: float, times: int | None = 1, status: int = 504) -> Fault:
        """Answer a gateway's 5xx now, and do what was asked so many seconds later, at the clock's first step by then.

        Not with an error of Slack's own: `service_unavailable` would mean that nothing was accepted.
        """

        async def postpone(attempt: Attempt) -> web.StreamResponse:
            self._late.append((self._slack.clock.now() + after, attempt.accept))
            return await _refused(attempt, gateway(status), str(status))

        return self._add(names, times, postpone)

    def cut_sockets(self, count: int | None = None) -> None:
        """Cut the app's sockets (all, or the oldest few) without a word."""
        self._slack.sockets.drop(count)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew: `warning`, `refresh_requested` or `link_disabled`."""
        await self._slack.sockets.disconnect(reason)

    # No Slack at all

    @contextmanager
    def outage(self, *, replay: bool = False) -> Iterator[None]:
        """Slack is gone for the length of a `with` block; see `begin_outage`."""
        self.begin_outage(replay=replay)
        try:
            yield
        finally:
            self.end_outage()

    def begin_outage(self, *, replay: bool = False) -> None:
        """Refuse everything: calls and sockets; commands and clicks fail; events are lost, as on 2025-02-26.

        With `replay` they are kept, and sent when it ends if they are not over two hours late (slack-facts 1.1).
        """
        self.down = self._slack.sockets.down = self._slack.delivery.down = True
        self._replay = replay
        self._slack.sockets.drop()
        self._slack.workspace.touch()

    def end_outage(self) -> None:
        """Slack is there again; what it kept is on its way."""
        if not self.down:
            return
        self.down = self._slack.sockets.down = self._slack.delivery.down = False
        for envelope in self._slack.delivery.after_outage(replay=self._replay):
            self._slack.begin(self._slack.deliver("events_api", envelope))
        self._slack.workspace.touch()

    # The way of a call

    async def pass_through(self, attempt: Attempt) -> web.StreamResponse:
        """Answer an attempt, or let happen to it what is to happen."""
        if self.down:
            attempt.note({"ok": False, "error": "service_unavailable"})
            return web.json_response({"ok": False, "error": "service_unavailable"}, status=503)
        fault = next((one for one in self._faults if one.fits(attempt.name)), None)
        return await fault.happen(attempt) if fault else attempt.accept()

    def land(self, now: float) -> None:
        """Do what was to be done late and is due."""
        due = [accept for at, accept in self._late if at <= now]
        self._late = [(at, accept) for at, accept in self._late if at > now]
        for accept in due:
            accept()

    def lift(self) -> None:
        """No trouble any more: faults and outage end, what is held is let go; what is late still comes."""
        for fault in self._faults:
            fault.lift()
        self._faults.clear()
        self.end_outage()

    def _add(self, names: tuple[str, ...], times: int | None, deed: Deed) -> Fault:
        unknown = set(names) - set(METHODS) - {RESPONSE_URL}
        if unknown:
            raise ValueError(f"There is no method {', '.join(sorted(unknown))} to have trouble with.")
        fault = Fault(names, times, deed)
        self._faults.append(fault)
        return fault


def gateway(status: int, text: str = HTML) -> web.Response:
    """What a gateway before Slack answers where Slack does not."""
    kind = "text/html" if text.startswith("<") else "text/plain"
    return web.Response(status=status, text=text, content_type=kind)


def limited(retry_after: int) -> web.Response:
    """A 429 as Slack answers it."""
    headers = {"Retry-After": str(retry_after)}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


async def _refused(attempt: Attempt, answer: web.Response, error: str) -> web.StreamResponse:
    attempt.note({"ok": False, "error": error})
    return answer


def _cut(attempt: Attempt) -> web.StreamResponse:
    if attempt.request.transport:
        attempt.request.transport.abort()
    return web.Response()
