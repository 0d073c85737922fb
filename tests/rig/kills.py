"""kill -9 over a busy day: at a random moment, several times, also while it starts; what was acknowledged is there.

The bot is a process of its own and people go on while it is away. In the end it is killed once more, and another takes
over its database.
"""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from storage.engines import Place
from tests.rig.day import Day, finish, time_passes
from tests.rig.outcome import Outcome
from tests.rig.places import place
from tests.rig.process import Process, office

LONG = 200
IN_FLIGHT = 0.015  # real seconds that an input is under way


def go(seed: int, engine: str) -> Outcome:
    """One day with one to four kills; by seed over HTTP or in Socket Mode."""
    with place(engine) as where, tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
        return asyncio.run(_day(seed, where, Path(folder)))


async def _day(seed: int, where: Place, folder: Path) -> Outcome:
    dice = Random(seed)
    transport = dice.choice(("http", "socket"))
    async with office(where, folder, transport) as (slack, bot):
        assert await bot.start(), bot.log
        day = Day(slack, seed, ready=bot.up.wait)
        time = asyncio.create_task(time_passes(slack))
        people = asyncio.create_task(day.go())
        kills = 0
        for _ in range(dice.randint(1, 4)):
            await asyncio.wait([people], timeout=dice.random() * 0.8)
            if dice.random() < 0.5 and not people.done():  # while somebody waits for an answer
                await asyncio.wait([people, asyncio.create_task(day.busy.wait())], return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(dice.random() * IN_FLIGHT)
            await bot.kill()
            kills += 1
            if dice.random() < 0.25:  # and again while it starts
                kills += 1
                await killed_while_starting(bot, dice.random())
            assert await bot.start(), bot.log
        await people
        await asyncio.sleep(dice.random() * 0.5)
        time.cancel()
        await bot.kill()
        return await finish(seed, slack, where, day, Counter({"kills": kills + 1}))


async def killed_while_starting(bot: Process, seconds: float) -> None:
    """Start it, and kill it so many seconds later if it is not there by then."""
    starting = asyncio.create_task(bot.start())
    await asyncio.wait([starting], timeout=seconds)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await bot.kill()
