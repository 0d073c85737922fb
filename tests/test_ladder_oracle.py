"""The whole ladder in virtual time against a slow and obvious oracle: each step at its minute, and no other."""

import random
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers import listeners
from storage import outbox
from tests.conftest import open_desk
from tests.ladder_oracle import MINUTE, Oracle, Place, Told

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
BEGIN = int(datetime(2026, 10, 29, 9, 30, tzinfo=NEW_YORK).timestamp())  # a Thursday; New York's clocks change on Sunday
DAYS, PROMISES = 5, 50
END = BEGIN + DAYS * 86400
AWAY = int(datetime(2026, 10, 30, 10, 0, tzinfo=LONDON).timestamp())
BACK = int(datetime(2026, 11, 2, 9, 0, tzinfo=LONDON).timestamp())
PLACES = {
    "dana": Place("America/New_York"),
    "bob": Place("Europe/London"),
    "priya": Place("Asia/Kolkata", 0, 23 * 60, "0123456"),
    "#support": Place("America/New_York"),
    "#urgent": Place("America/New_York"),
}
SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"


def a_promise(rng: random.Random) -> Told:
    made = BEGIN + 30 * MINUTE + rng.randrange((DAYS - 1) * 1440) * MINUTE
    due = made + MINUTE * rng.choice([rng.randrange(3, 30), rng.randrange(30, 600), rng.randrange(600, 3000)])
    owner = rng.choice(["dana", "bob"])
    promise = Told(0, owner, made, due, thread=rng.random() < 0.4)
    promise.high = promise.thread and rng.random() < 0.5
    here = datetime.fromtimestamp(made, UTC).astimezone(ZoneInfo(PLACES[owner].zone))
    if here.weekday() < 5 and 9 <= here.hour < 15 and rng.random() < 0.4:
        promise.by_close, promise.due = True, int(here.replace(hour=17, minute=0).timestamp())
    if rng.random() < 0.6:
        promise.closed = made + MINUTE * rng.randrange(2, (promise.due - made) // MINUTE + 2000)
    if rng.random() < 0.25:
        promise.on_it = promise.due + MINUTE * rng.randrange(-20, 55)
    if rng.random() < 0.2:
        promise.handed = made + MINUTE * rng.randrange(2, (promise.due - made) // MINUTE + 120)
        promise.to = "dana" if owner == "bob" else "bob"
    return promise


def script(promises: list[Told]) -> list[tuple[int, int, str, Told | None]]:
    """What people do, in its order; what would come after closing is left out."""
    deeds: list[tuple[int, int, str, Told | None]] = [(AWAY, 0, "away", None)]
    for n, promise in enumerate(promises):
        deeds.append((promise.made, n, "make", promise))
        for name in ("on_it", "handed", "closed"):
            at = getattr(promise, name)
            if at is not None and (at <= promise.made or (promise.closed is not None and at > promise.closed)):
                setattr(promise, name, None)
            elif at is not None and not (name != "closed" and at == promise.closed):
                deeds.append((at, n, name, promise))
            elif at is not None:
                setattr(promise, name, None)
        if promise.handed is None:
            promise.to = ""
    return sorted((deed for deed in deeds if deed[0] < END), key=lambda deed: deed[:3])


async def walk(desk, until: int) -> None:
    """Look at every minute at which anything wants to be looked at."""
    while True:
        wanted = [await desk.bot.store.read(next_at) for next_at, _ in listeners.CLOCKS]
        wanted.append(await desk.bot.store.read(outbox.next_due))
        now = int(desk.slack.clock.now())
        at = max(min((one for one in wanted if one is not None), default=until), now + 1)
        at = min(-(-at // MINUTE) * MINUTE, until)
        desk.slack.clock._jump(at)
        await desk.settle()
        if at >= until:
            return


async def do(desk, deed: str, promise: Told | None) -> None:
    if promise is None:
        await desk.type("bob", "/kept away until Monday")
        return
    n = promise.number
    if deed == "make":
        when = "end of day" if promise.by_close else f"in {(promise.due - promise.made) // MINUTE} minutes"
        name = f"Customer{chr(65 + promise.made // 60 % 26)}{promise.made % 9973}"
        if promise.thread:
            mark = " !losing-money" if promise.high else ""
            logged = await desk.type(promise.owner, f"/issue {name}: late{mark}")
            number = re.search(r"#(\d+)", logged.text)[1]
            answer = await desk.type(promise.owner, f"/issue {number} callback {when}")
        else:
            answer = await desk.type(promise.owner, f"/callback {name}: {when}")
        assert "Promised" in answer.text, answer.text
        promise.number = int(re.search(r"\(#(\d+)\)", answer.text)[1])
    else:
        typed = {"closed": "kept", "on_it": "on it", "handed": f"hand @{promise.to}"}[deed]
        answer = await desk.type("maya", f"/callback {n} {typed}")


def heard(db, names: dict[str, str]):
    """What reached whom at which minute: the ladder's own steps."""
    rows = db.rows(
        "SELECT promise_id, rung, target, sent_at FROM nudges WHERE sent_at IS NOT NULL AND target IS NOT NULL"
        " AND rung <> 'handed' AND rung NOT LIKE '%@%'"
    )
    found: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault((row["sent_at"], names[row["target"]]), set()).add((row["promise_id"], row["rung"]))
    return {key: frozenset(those) for key, those in found.items()}


@pytest.mark.parametrize("seed", [2026])
async def test_every_step_comes_at_its_minute_to_whom_it_is_for_and_no_other(slack, tmp_path, transport, seed):
    rng = random.Random(seed)
    promises = [a_promise(rng) for _ in range(PROMISES)]
    deeds = script(promises)
    slack.clock._jump(BEGIN)
    restarts = [END * n // 3 + BEGIN * (3 - n) // 3 for n in (1, 2)]
    owners = {id(promise): promise.owner for promise in promises}
    for begin, end in zip([BEGIN, *restarts], [*restarts, END], strict=True):
        async with open_desk(slack, tmp_path / "kept.db", transport) as desk:
            if begin == BEGIN:
                await desk.type("maya", f"{SETUP} hours 9:00-17:00 zone America/New_York")
                await desk.type("maya", "/callback 1 kept")
                await desk.type("priya", "/kept hours 0:00-23:00 sun-sat")
            for at, _, deed, promise in deeds:
                if begin <= at < end:
                    await walk(desk, at)
                    await do(desk, deed, promise)
            await walk(desk, end - end % MINUTE)
            names = {slack.person(name).id: name for name in ("dana", "bob", "priya", "maya")}
            names |= {slack.channel("#support").id: "#support", slack.channel("#escalations").id: "#urgent"}
            actual = await desk.bot.store.read(heard, names)
    for promise in promises:
        promise.owner = owners[id(promise)]
    made = [promise for promise in promises if promise.number]
    expected = Oracle(PLACES, ("bob", AWAY, BACK)).run(made, BEGIN, END)
    differ = {
        (str(datetime.fromtimestamp(at, NEW_YORK)), place): (expected.get((at, place)), actual.get((at, place)))
        for at, place in sorted(expected.keys() | actual.keys())
        if expected.get((at, place)) != actual.get((at, place))
    }
    assert differ == {}
    assert sum(map(len, actual.values())) > 150
