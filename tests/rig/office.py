"""A database that knows the people of the sample workspace: made once, copied for each run."""

import asyncio
import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.manifest import manifest
from bot.sandbox import Sandbox, sample
from bot.sandbox.clock import Clock
from tests.conftest import MORNING, open_desk

WORKING = ("dana", "bob", "priya")


@cache
def template() -> tuple[Path, list[str], str]:
    """The file, the ids of three people who may do anything, and the channel they work in."""
    folder = Path(tempfile.mkdtemp(prefix="kept-rig-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    async def fill() -> tuple[list[str], str]:
        async with Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False))) as slack:
            async with open_desk(slack, folder / "kept.db", "http") as desk:
                await desk.type("dana", "/issue list")
            return [slack.person(one).id for one in WORKING], slack.channel("#support").id

    return folder / "kept.db", *asyncio.run(fill())
