"""A bot that is a process of its own, and may be killed; its Slack stays here, and so does the clock of both."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from storage.engines import Place
from tests.rig.child import AHEAD
from tests.rig.places import url_of

ROOT = Path(__file__).parent.parent.parent
MORNING = datetime.fromisoformat("2026-11-24T10:00:00-05:00").timestamp()  # a Tuesday, in Dana's New York
START_WITHIN = 60  # seconds
STOP_WITHIN = 20  # seconds
ENDS_WITHIN = 300  # seconds for all that is done with it, or something hangs


class Shared(Clock):
    """A clock that walks with real time, and that processes read too, from a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(MORNING)

    def _jump(self, to: float) -> None:
        super()._jump(to)
        with self.file.open("r+b" if self.file.exists() else "wb") as shared:
            shared.write(AHEAD.pack(self._offset))

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass at once; whoever listens is not told."""
        self._jump(self.now() + seconds)


class Process:
    """The bot of this Slack on this database: started, killed, started again."""

    def __init__(self, slack: Sandbox, where: Place, folder: Path, transport: str) -> None:
        self._slack, self._where, self._folder, self._transport = slack, where, folder, transport
        self._running: asyncio.subprocess.Process | None = None
        self.up = asyncio.Event()
        self.status = 0  # how its last life ended

    async def start(self, dies: str = "") -> bool:
        """Start it and wait until it takes input; False if it died before. ``dies``: see dying.py."""
        transport = {"SLACK_APP_TOKEN": self._slack.app_token}
        if self._transport == "http":
            transport = {"SLACK_SIGNING_SECRET": self._slack.signing_secret}
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_API_URL": self._slack.api_url,
            "PORT": "0",
            "DATABASE_URL": url_of(self._where),
            "RIG_CLOCK": str(self._slack.clock.file),  # type: ignore[attr-defined]
            "RIG_DIES": dies,
        }
        with (self._folder / "bot.log").open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.rig.child", cwd=self._folder, env=given | transport,
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._running.stdout
        async with asyncio.timeout(START_WITHIN):
            port = await self._running.stdout.readline()
        if not port:
            await self.ended()
            return False
        self._slack.request_url = None
        if self._transport == "http":
            self._slack.request_url = f"http://127.0.0.1:{int(port)}/slack/events"
        self.up.set()
        return True

    async def kill(self) -> None:
        """End it at once, wherever it is."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to stop, and wait; returns its exit status."""
        return await self._end(signal.SIGTERM)

    async def ask_to_stop(self) -> None:
        """Ask it to stop, without waiting for it."""
        if self._running and self._running.returncode is None:
            self._running.terminate()

    async def ended(self) -> int:
        """Wait for its end, whatever ends it; returns its exit status."""
        assert self._running
        self.status = await self._running.wait()
        self.up.clear()
        self._running._transport.close()  # type: ignore[attr-defined]
        self._running = None
        return self.status

    async def _end(self, how: signal.Signals) -> int:
        if self._running is None:
            return 0
        if self._running.returncode is None:
            self._running.send_signal(how)
        async with asyncio.timeout(STOP_WITHIN):
            return await self.ended()

    @property
    def log(self) -> str:
        """What it wrote to its log, over all its lives."""
        return (self._folder / "bot.log").read_text(errors="replace")


@asynccontextmanager
async def office(where: Place, folder: Path, transport: str) -> AsyncIterator[tuple[Sandbox, Process]]:
    """A Slack with people in it, and the bot's process, not started yet; it does not outlive this."""
    there = sample(Shared(folder / "clock"))
    async with asyncio.timeout(ENDS_WITHIN), Sandbox(manifest=manifest(), workspace=there) as slack:
        process = Process(slack, where, folder, transport)
        try:
            yield slack, process
        finally:
            await process.kill()
