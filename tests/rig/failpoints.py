"""The bot dies at every moment between two things that must both happen or neither (dying.py), and is started again.

Seeds go round the moments: the first round dies at an early call of each, later ones anywhere.
"""

import asyncio
import contextlib
import os
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

from bot.sandbox import Sandbox
from storage.engines import Place, open_engine
from tests.rig.checker import acknowledged
from tests.rig.day import Day, finish, time_passes
from tests.rig.dying import DIED, MOMENTS
from tests.rig.outcome import Outcome
from tests.rig.places import place, url_of
from tests.rig.process import ROOT, Process, office

LONG = 5 * len(MOMENTS)
COPIES = ("backup", "restore")  # moments of SQLite alone: PostgreSQL has tools of its own
RARE = 3  # moments that a day may reach so often, or less
DAYS = 15  # after so many without a death, it does not come to that moment
TOO_RARE = "moments no day came to so often"
TOGETHER = 6  # moments of the quick tier that one day goes through


def go(seed: int, engine: str) -> Outcome:
    """One moment, one death; by seed over HTTP or in Socket Mode."""
    moment = list(MOMENTS)[(seed - 1) % len(MOMENTS)]
    outcome = through(seed, engine, [moment], rare=RARE if seed <= len(MOMENTS) else 4 * RARE)
    if not outcome.seen[TOO_RARE]:
        return outcome
    return outcome + through(seed, engine, [moment])  # so often no day came to it, but each comes to it once


def rounds(engine: str) -> list[list[str]]:
    """All moments, those of one kind together: as many as one day can go through."""
    found = []
    for need in dict.fromkeys(need for _, _, need in MOMENTS.values()):
        those = [moment for moment, (_, _, kind) in MOMENTS.items() if kind == need]
        if engine == "sqlite" or need not in COPIES:
            found += [those[n : n + TOGETHER] for n in range(0, len(those), TOGETHER)]
    return found


def through(seed: int, engine: str, moments: list[str], rare: int = 1) -> Outcome:
    """One day with a death at each of these moments, which are of one kind, one after the other."""
    need = MOMENTS[moments[0]][2]
    with place(engine, empty=need == "start") as where, tempfile.TemporaryDirectory(prefix="kept-rig-") as folder:
        if need not in COPIES:
            return asyncio.run(_day(seed, moments, rare, where, Path(folder)))
        if engine == "sqlite":
            return asyncio.run(_copied(seed, moments, where, Path(folder)))
    return Outcome(Counter({"moments of SQLite alone": 1}))


async def _day(seed: int, moments: list[str], rare: int, where: Place, folder: Path) -> Outcome:
    dice, need = Random(seed), MOMENTS[moments[0]][2]
    dies = [f"{moment}:{1 if need else dice.randint(1, rare)}" for moment in moments]
    async with office(where, folder, dice.choice(("http", "socket"))) as (slack, bot):
        seen: Counter[str] = Counter()
        await _start(bot, slack, need, dies, seen)
        nurse = asyncio.create_task(_nurse(bot, slack, need, dies, seen))
        day = Day(slack, seed, ready=bot.up.wait, deeds=8)
        time = asyncio.create_task(time_passes(slack))
        for _ in range(DAYS):
            await day.go()
            if need == "stop":
                await bot.ask_to_stop()
                await asyncio.sleep(0.5)
            if seen["died"] == len(moments):
                break
            await asyncio.sleep(0.2)
        slack.faults.lift()
        for task in (time, nurse):
            task.cancel()
        await asyncio.gather(time, nurse, return_exceptions=True)
        await bot.kill()
        missed = len(moments) - seen["died"]
        outcome = await finish(seed, slack, where, day, seen)
        if missed and rare > 1:
            outcome.seen[TOO_RARE] += missed
        elif missed:
            outcome.wrong.append(f"{missed} of these moments did not come: {', '.join(dies)}")
        return outcome


async def _start(bot: Process, slack: Sandbox, need: str, dies: list[str], seen: Counter[str]) -> None:
    """Start it so that it dies at the next moment; where that is while it starts, start it again."""
    while True:
        slack.faults.lift()
        _trouble(slack, need)
        if await bot.start(dies[seen["died"]] if seen["died"] < len(dies) else ""):
            return
        assert bot.status == DIED, bot.log
        seen["died"] += 1


async def _nurse(bot: Process, slack: Sandbox, need: str, dies: list[str], seen: Counter[str]) -> None:
    """Start it again when it died."""
    while True:
        seen["died"] += await bot.ended() == DIED
        await _start(bot, slack, need, dies, seen)


def _trouble(slack: Sandbox, need: str) -> None:
    """What Slack does so that the moment comes at all."""
    posts = ("chat.postMessage",)
    if need == "slow":
        slack.faults.slow(*posts, times=1)
    elif need == "answer_lost":
        slack.faults.answer_lost(*posts, times=3)
    elif need == "server_error":
        slack.faults.server_error(*posts, times=3)
    elif need == "elsewhere":
        slack.faults.error("channel_not_found", *posts, times=30)  # the cards of the day come before its reminders


async def _copied(seed: int, moments: list[str], where: Place, folder: Path) -> Outcome:
    """A day, copies taken or put back that die on the way, the same words typed again, and the rest of the day."""
    assert isinstance(where, Path)
    need, copy = MOMENTS[moments[0]][2], folder / "copy.db"
    async with office(where, folder, "http") as (slack, bot):
        assert await bot.start(), bot.log
        day = Day(slack, seed, ready=bot.up.wait, deeds=8)
        time = asyncio.create_task(time_passes(slack))
        await day.go()
        if need == "restore":  # the desk has gone home: nothing is said between the copy and its way back
            wrong = [] if await _typed("backup", copy, where) == 0 else ["the backup did not work"]
            await asyncio.sleep(0.5)  # what is sent meanwhile is not sent again
        else:
            wrong = []
        seen: Counter[str] = Counter()
        for moment in moments:
            seen["died"] += await _typed(need, copy, where, dies=f"{moment}:1") == DIED
            wrong += _half(copy, need)
            if await _typed(need, copy, where):
                wrong.append(f"{need} did not work after it had died as {moment}")
        time.cancel()
        await bot.kill()
        if need == "backup":
            with closing(open_engine(copy)) as db:
                wrong += acknowledged(db, day.told)
        outcome = await finish(seed, slack, where, day, seen)
        return Outcome(outcome.seen, wrong + outcome.wrong)


def _half(copy: Path, need: str) -> list[str]:
    """A copy is whole or not there."""
    if copy.exists() and need == "backup":
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as reading:
            if reading.execute("PRAGMA quick_check").fetchall() == [("ok",)]:
                return []
        return ["half a backup stood where a whole one should be"]
    return []


async def _typed(command: str, copy: Path, where: Place, dies: str = "") -> int:
    """``python -m bot backup FILE``, or ``restore``; returns the exit status."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": url_of(where), "RIG_DIES": dies}
    words = [command, str(copy), *(["--yes"] if command == "restore" else [])]
    with (copy.parent / "typed.log").open("ab") as log:
        typed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.rig.typed", *words, env=given, cwd=copy.parent, stdout=log, stderr=log
        )
        return await typed.wait()
