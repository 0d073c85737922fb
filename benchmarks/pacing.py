"""The outbox at its pace: two thousand messages to two hundred channels, one a second to each (issue 9).

Our own Slack takes them, and refuses what comes too fast as Slack does; both work in this process. The theoretical
minimum is one second less than a channel has messages.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Figure, Plan
from bot.config import Settings
from bot.manifest import manifest
from bot.run import Bot
from bot.sandbox import Clock, Sandbox, sample
from storage import outbox
from storage.database import Database

CHANNELS, EACH = 200, 10
QUIET_AFTER = 4.0  # seconds
PATIENCE = 120  # seconds
LEAST = EACH - 1.0  # seconds


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    took, quiet, refused = asyncio.run(_measured(plan.fresh))
    yield Figure(f"{CHANNELS * EACH:,} messages to {CHANNELS} channels", took, "s", None, f"{refused} refused")
    yield Figure("the same to the theoretical minimum", took / LEAST, "x", 1.1)
    yield Figure("a quiet channel's message meanwhile", quiet, "s", 1.0)
    yield Figure("refused as too fast", refused, "", 0)


async def _measured(folder: Path) -> tuple[float, float, int]:
    """Seconds for all of them, seconds the one to a quiet channel took, and how many were refused as too fast."""
    clock = Clock(time.time(), running=True)
    place = sample(clock)
    channels = [place.add_channel(f"busy-{number}", [place.bot.id]).id for number in range(CHANNELS)]
    quiet = place.add_channel("quiet", [place.bot.id]).id
    async with Sandbox(manifest=manifest(), workspace=place) as slack:
        settings = Settings(
            bot_token=slack.bot_token, signing_secret=slack.signing_secret, api_url=slack.api_url, port=0,
            database=folder / "pacing.db", posts_per_minute=0,
        )  # fmt: skip
        async with Bot(settings) as bot:
            began = time.time()
            await bot.store.run(_queue, channels, EACH)
            bot.worker.wake()
            await asyncio.sleep(QUIET_AFTER)
            asked = time.time()
            await bot.store.run(_queue, [quiet], 1)
            bot.worker.wake()
            await _sent(slack, CHANNELS * EACH + 1)
        posts = [call for call in slack.calls if call.method == "chat.postMessage"]
        taken = [call for call in posts if call.answer["ok"] and call.arguments["channel"] in {*channels, quiet}]
        last = max(call.at for call in taken)
        there = next(call.at for call in taken if call.arguments["channel"] == quiet)
        wrong = Counter(call.arguments["channel"] for call in taken)
        if sorted(set(wrong.values())) != [1, EACH]:
            raise RuntimeError("not every message came once")
        return last - began, there - asked, len(posts) - len(taken)


def _queue(db: Database, channels: list[str], each: int) -> None:
    now = int(time.time())
    for number in range(each):
        for channel in channels:
            payload = json.dumps({"method": "chat.postMessage", "channel": channel, "text": f"message {number}"})
            outbox.put(db, key=f"pace:{channel}:{number}", kind="post", target=channel, payload=payload, now=now)


async def _sent(slack: Sandbox, many: int) -> None:
    until = time.monotonic() + PATIENCE
    while sum(call.method == "chat.postMessage" and call.answer["ok"] for call in slack.calls) < many:
        if time.monotonic() > until:
            raise RuntimeError("the messages did not all come")
        await asyncio.sleep(0.2)
