"""The servers that are measured, started and looked at from outside. Linux alone: figures come from ``/proc``."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from bot.sandbox import Sandbox

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parent.parent

# How Kept itself is served: what its settings are besides where it lives. Unpaced, it posts as much as it can a minute.
KEPT: dict[str, dict[str, str]] = {
    "kept": {"SLACK_APP_TOKEN": ""},
    "kept-socket": {},
    "kept-unpaced": {"POSTS_PER_MINUTE": "0"},
}


class Server:
    """Kept, or one of ``benchmarks.served``, a process of its own; ended by ``end``. ``command`` starts another one."""

    def __init__(self, name: str, slack: Sandbox, database: Path | str, command: Sequence[str] = ()) -> None:
        given = {
            "signing_secret": slack.signing_secret,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "api_url": slack.api_url,
            "database": str(database),
        }
        environment, module = {"PYTHONPATH": str(ROOT)}, ["benchmarks.served", name]
        if name in KEPT:
            environment, module = environment | _settings(given) | KEPT[name], ["bot"]
        self._process = subprocess.Popen(  # noqa: S603
            command or [sys.executable, "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ({} if command else environment),
            cwd=None if command else tempfile.gettempdir(),  # where no .env of somebody's own stands
        )
        _pipe(self._process.stdin).write(json.dumps(given) + "\n")
        _pipe(self._process.stdin).flush()

    def ready(self) -> int:
        """Wait until it serves; its port."""
        return int(re.findall(r"\d+", _pipe(self._process.stdout).readline())[-1])

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


def _settings(given: dict[str, str]) -> dict[str, str]:
    """The environment in which ``python -m bot`` runs on this Slack and database."""
    where = given["database"]
    return {
        "SLACK_BOT_TOKEN": given["bot_token"],
        "SLACK_APP_TOKEN": given["app_token"],
        "SLACK_SIGNING_SECRET": given["signing_secret"],
        "SLACK_API_URL": given["api_url"],
        "DATABASE_URL": where if "://" in where else f"sqlite:///{where}",
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
    }


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("the server was started without a pipe")
    return end
