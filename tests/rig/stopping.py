"""Asked to stop under load (SIGTERM), again and again: it ends by itself, and nothing is acknowledged and unwritten."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from storage.engines import Place
from tests.rig.day import Day, finish, time_passes
from tests.rig.outcome import Outcome
from tests.rig.places import place
from tests.rig.process import office

LONG = 100
SET_UP = 0.1  # seconds after which it surely listens to the signal; before, it ends at once, as by kill -9
ENDS_WITHIN = 10  # seconds, most of them a busy machine's; a supervisor kills after about as many


def go(seed: int, engine: str) -> Outcome:
    """One day with three stops; by seed over HTTP or in Socket Mode."""
    with place(engine) as where, tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
        return asyncio.run(_day(seed, where, Path(folder)))


async def _day(seed: int, where: Place, folder: Path) -> Outcome:
    dice, wrong, loop = Random(seed), [], asyncio.get_running_loop()
    async with office(where, folder, dice.choice(("http", "socket"))) as (slack, bot):
        assert await bot.start(), bot.log
        day = Day(slack, seed, ready=bot.up.wait, breath=0.02, deeds=30)
        time = asyncio.create_task(time_passes(slack))
        people = asyncio.create_task(day.go())
        for stop in range(3):
            await asyncio.sleep(SET_UP)
            await asyncio.wait([people], timeout=dice.random() * 0.5)
            begun = loop.time()
            try:
                if status := await bot.stop():
                    wrong.append(f"asked to stop, it ended with status {status}")
            except TimeoutError:
                await bot.kill()
            if loop.time() - begun > ENDS_WITHIN:
                wrong.append(f"asked to stop, it took {loop.time() - begun:.1f} s")
            if stop < 2:
                assert await bot.start(), bot.log
        people.cancel()
        time.cancel()
        await asyncio.gather(people, time, return_exceptions=True)
        if "Traceback" in bot.log:
            wrong.append(f"it stumbled: {bot.log.partition('Traceback')[2][-300:]}")
        outcome = await finish(seed, slack, where, day, Counter({"stops": 3}))
        return Outcome(outcome.seen, wrong + outcome.wrong)
