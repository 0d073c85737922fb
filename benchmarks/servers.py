"""The servers that are measured, started and looked at from outside. Linux alone: figures come from ``/proc``."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from bot.sandbox import Sandbox

TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """One of ``benchmarks.served``, a process of its own; ended by ``end``. ``command`` starts something else."""

    def __init__(self, name: str, slack: Sandbox, database: Path | str, command: Sequence[str] = ()) -> None:
        given = {
            "signing_secret": slack.signing_secret,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "api_url": slack.api_url,
            "database": str(database),
        }
        command = command or [sys.executable, "-m", "benchmarks.served", name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        _pipe(self._process.stdin).write(json.dumps(given) + "\n")
        _pipe(self._process.stdin).flush()

    def ready(self) -> int:
        """Wait until it serves; its port."""
        return int(_pipe(self._process.stdout).readline())

    def spent(self) -> float:
        """Seconds of the processor's time it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """Megabytes it holds."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("the server was started without a pipe")
    return end
