"""Slack is down, from a minute to 17 hours, while promises fall due: then each is said once, and nobody is gone over.

What fell due meanwhile comes in one message per promise, and nobody else hears of it before its owner could.
"""

import asyncio
from collections import Counter
from contextlib import closing
from math import exp, log
from random import Random

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from storage import facts
from storage.database import Database
from storage.engines import Place, open_engine
from tests.conftest import MORNING, Desk, open_desk
from tests.rig.checker import Told, check, given_up, posted
from tests.rig.outcome import Outcome
from tests.rig.places import place

LONG = 200
SHORTEST, LONGEST = 60, 17 * 3600  # seconds
TEAM = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
HOURS = " hours 9:00-17:00 zone America/New_York"
STEPS = 9 * 60  # seconds: the shortest way between two steps of a ladder is ten minutes
HEARS = 230  # seconds an owner has at least: what is late by less than five minutes shifts no later step
STEP, LONG_STEP = 60, 600  # seconds between two looks of the worker, of which the longer one is told that it looked
OWNERS = ("dana", "bob")


def go(seed: int, engine: str) -> Outcome:
    """One outage; by seed how long, whether Slack brings events after it, and what falls due when."""
    with place(engine) as where:
        return asyncio.run(_outage(seed, where))


async def _outage(seed: int, where: Place) -> Outcome:
    dice = Random(seed)
    lasts = int(exp(dice.uniform(log(SHORTEST), log(LONGEST)))) // 60 * 60
    async with (
        Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False))) as slack,
        open_desk(slack, where, "http") as desk,
    ):
        await _team(desk)
        begins = desk.slack.clock.now() + 60 * dice.randint(3, 12)
        told = [await _promise(desk, n, dice, begins, lasts) for n in range(dice.randint(2, 7))]
        await _walk(desk, begins - slack.clock.now(), STEP)
        slack.faults.begin_outage(replay=dice.random() < 0.5)
        await _walk(desk, lasts, STEP if lasts < 2 * 3600 else LONG_STEP)
        slack.faults.end_outage()
        ended = slack.clock.now()
        await _walk(desk, 45 * 60, STEP)
        await _walk(desk, 17 * 3600, LONG_STEP)  # until everybody's hours have begun again
        with closing(open_engine(where)) as db:
            heard = _heard(db, slack)
            wrong = [*check(db, slack, told), *given_up(db), *_judged(heard, begins, ended)]
    fell_due = sum(begins <= one["due"] <= ended for one in heard.values())
    held = sum(one["is_held"] for one in heard.values())
    seen = Counter(
        {
            "held back, more than three in ten minutes": held,
            "outages": 1,
            "minutes of them": lasts // 60,
            "promises that fell due in them": fell_due,
        }
    )
    return Outcome(seen, [f"down for {lasts // 60} minutes: {one}" for one in wrong])


async def _team(desk: Desk) -> None:
    await desk.type("maya", TEAM + HOURS)
    await desk.wait(minutes=3)
    await desk.press("maya", desk.slack.last_dm("maya"), "Kept")
    for person in ("bob", "priya"):
        await desk.type(person, "/kept hours 0:00-23:59 sun-sat")


async def _promise(desk: Desk, n: int, dice: Random, begins: float, lasts: int) -> Told:
    """A promise, on an issue or not, that falls due about the outage."""
    who, words = dice.choice(OWNERS), f"lemon{n}z"
    ahead = int((begins - desk.slack.clock.now() + dice.uniform(-0.1, 1.1) * lasts) / 60)
    where = "/callback Acme"
    if dice.random() < 0.5:
        read = (await desk.type(who, f"/issue Globex: charged for matter{n}z")).text
        where = f"/issue {read.partition('(#')[2].partition(')')[0]} callback"
    return Told.of(who, "promised", words, await desk.type(who, f"{where} in {max(1, ahead)} minutes about {words}"))


async def _walk(desk: Desk, seconds: float, step: float) -> None:
    """Let so many seconds pass; a worker that does not look for two minutes would think that the machine slept."""
    desk.slack.clock.STEP = step  # type: ignore[misc]
    while seconds > 0:
        await desk.bot.store.run(facts.remember, "ticked at", str(int(desk.slack.clock.now() + min(step, seconds))))
        await desk.slack.clock.advance(min(step, seconds))
        seconds -= step
    await desk.settle()


def _heard(db: Database, slack: Sandbox) -> dict[int, dict]:
    """By promise: its owner, when it was due, and what was read of it then and later: when, by whom."""
    found = {
        row["id"]: {"owner": row["owner_id"], "due": row["due_at"], "read": [], "is_held": False}
        for row in db.rows("SELECT id, owner_id, due_at FROM promises WHERE subject LIKE '%lemon%'")
    }
    parts = db.rows("SELECT promise_id, target, message_key FROM nudges WHERE message_key IS NOT NULL ORDER BY id")
    for message in posted(slack):
        for one in {(part["promise_id"], part["target"]) for part in parts if part["message_key"] == message.key}:
            if one[0] in found and message.at >= found[one[0]]["due"]:
                found[one[0]]["read"].append((message.at, one[1]))
    # No more than three in ten minutes go to one person: the later steps of one held back so wait with it.
    for row in db.rows("SELECT promise_id FROM nudges WHERE rung = 'due' AND is_late = 0 AND due_at > taken_at"):
        if row["promise_id"] in found:
            found[row["promise_id"]]["is_held"] = True
    return found


def _judged(heard: dict[int, dict], begins: float, ended: float) -> list[str]:
    wrong = []
    for number, one in heard.items():
        owners = [at for at, who in one["read"] if who == one["owner"]]
        others = [at for at, who in one["read"] if who != one["owner"]]
        caught_up = [at for at, _ in one["read"] if ended <= at < ended + STEPS]
        if begins <= one["due"] < ended and len(caught_up) > 1:
            wrong.append(f"promise #{number} was said {len(caught_up)} times as Slack came back")
        if not owners:
            wrong.append(f"the owner of promise #{number} never heard that it was due")
        elif others and min(others) < min(owners) + HEARS:
            wrong.append(f"promise #{number} went to somebody else {min(others) - min(owners):.0f} s after its owner")
    return wrong
