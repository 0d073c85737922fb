"""The bot as a process of its own, as ``python -m bot`` runs it, by the clock of the Slack it serves.

That clock is a number in a file: how many seconds it is ahead of this machine's (see process.py).
"""

import asyncio
import mmap
import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot import logs
from bot.config import from_environment
from bot.run import Bot, until_asked_to_stop
from tests.rig import dying

AHEAD = struct.Struct("d")


def clock(file: Path) -> Callable[[], float]:
    """The time there, in Unix seconds, moved by whoever writes into the file."""
    with file.open("rb") as shared:
        seen = mmap.mmap(shared.fileno(), AHEAD.size, access=mmap.ACCESS_READ)
    return lambda: time.time() + float(AHEAD.unpack_from(seen)[0])


async def run() -> None:
    """Run until asked to stop, or until it dies where it was told to; its first line is its port."""
    dying.where_told(os.environ.get("RIG_DIES", ""))
    settings = from_environment()
    logs.to_stderr(settings.log_level)
    async with Bot(settings, clock(Path(os.environ["RIG_CLOCK"]))) as bot:
        print(bot.port, flush=True)  # noqa: T201 - whoever started it reads it
        await until_asked_to_stop()


if __name__ == "__main__":
    asyncio.run(run())
    sys.exit(0)
