"""The auditor: looks once a minute, at the rows alone, whether what is promised holds; independent of the worker.

What it finds twice in a row stands in ``/readyz`` and ``/metrics`` and is told to Kept's admin. While all is well it
says so to an address outside, if one was set: an alarm is raised there once it falls silent, whatever befell us.
"""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from handlers import alarms
from storage import alarms as alarms_kept
from storage.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 60  # seconds
HEARTBEAT_WITHIN = 10  # seconds for the address outside to answer


class Auditor:
    """Keeps what was found, and when it last looked (Unix seconds; 0 before the first look)."""

    def __init__(
        self,
        store: Store,
        session: aiohttp.ClientSession,
        clock: Callable[[], float],
        wake: Callable[[], None],
        heartbeat: str,
    ) -> None:
        """``heartbeat`` is the address outside, empty for none; ``wake`` has the worker send what is to be told."""
        self._store = store
        self._session = session
        self._clock = clock
        self._wake = wake
        self._heartbeat = heartbeat
        self._noticed: frozenset[str] = frozenset()  # the kinds of the last look
        self.found: list[alarms.Finding] = []
        self.looked_at = 0

    async def run(self) -> None:
        """Look until cancelled; what goes wrong is logged, and the age of the last look tells."""
        while True:
            await asyncio.sleep(LOOK_EVERY)  # at first too: what fell due while we were away gets its moment
            try:
                await self.look(int(self._clock()))
            except Exception:
                log.exception("the auditor stumbled and goes on")

    async def look(self, now: int) -> None:
        """Look now (Unix seconds), tell what has been so for two looks, and beat outside if nothing is wrong."""
        noticed = await self._store.read(alarms.look, now)
        self.found = [finding for finding in noticed if finding.kind in self._noticed]
        self._noticed = frozenset(finding.kind for finding in noticed)
        self.looked_at = now
        told = await self._store.read(alarms_kept.open_ones)
        if self.found or told:
            await self._store.run(alarms.keep, self.found, now)
            self._wake()
        if self._heartbeat and not noticed:
            await self._beat()

    async def _beat(self) -> None:
        try:
            timeout = aiohttp.ClientTimeout(total=HEARTBEAT_WITHIN)
            async with self._session.get(self._heartbeat, timeout=timeout, allow_redirects=False) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("the heartbeat address did not take it (%s)", type(error).__name__)
