"""The whole ladder in virtual time against a slow and obvious oracle: each step at its minute, and no other."""

import random
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import worker
from bot.slack import Outcome
from handlers import listeners
from handlers.answer import answer
from handlers.said import Said
from storage import channels, nudges, outbox, people, teams
from storage.database import SQLite
from storage.models import Channel, Person
from tests.ladder_oracle import MINUTE, Oracle, Place, Told

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
BEGIN = int(
    datetime(2026, 10, 29, 9, 30, tzinfo=NEW_YORK).timestamp()
)  # a Thursday; New York's clocks change on Sunday
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
PEOPLE = {
    **{f"U{name.upper()}": place.zone for name, place in PLACES.items() if name[0] != "#"},
    "UMAYA": "Europe/Stockholm",
}
NUMBER = r"\(#(\d+)\)"


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


class Office:
    """The bot without its wires: handlers, the worker's steps and the database, and a Slack that takes everything."""

    def __init__(self, database: Path) -> None:
        self.now = BEGIN
        self.inputs = 0
        self.open(database)
        self.db.migrate()
        for id_, zone in PEOPLE.items():
            people.keep(self.db, Person(id_, id_[1:].lower(), id_[1:].title(), zone, "en-US", is_admin=id_ == "UMAYA"))
        for id_ in ("CSUPPORT", "CURGENT"):
            channels.keep(self.db, Channel(id_, id_[1:].lower(), has_kept=True))
        teams.keep(
            self.db, "CSUPPORT", escalation_channel_id="CURGENT", lead_id="UPRIYA", backup_id="UBOB", opens_at=540,
            closes_at=1020, weekdays="01234", zone="America/New_York", made_by="UMAYA", made_at=BEGIN,
        )  # fmt: skip
        people.keep_hours(self.db, "UPRIYA", 0, 23 * 60, "0123456")

    def open(self, database: Path) -> None:
        """Begin as after a restart: with the file and nothing else."""
        self.db = SQLite(database)
        self.db.connection.execute("PRAGMA synchronous=OFF")

    def type(self, person: str, typed: str) -> str:
        self.inputs += 1
        name, _, words = typed[1:].partition(" ")
        handler, name, words = listeners.command(name, words)
        whose = people.find(self.db, f"U{person.upper()}")
        said = Said(
            key=f"input:{self.inputs}", now=self.now, person=whose, surface="command", channel_id="CSUPPORT",
            words=words, command=f"/{name}",
        )  # fmt: skip
        told = self.together(lambda: answer(self.db, handler, said).text)
        self.work()
        return told

    def together(self, change):
        self.db.begin(writing=True)
        result = change()
        self.db.commit()
        return result

    def work(self) -> None:
        """What the worker does at one look, where Slack takes everything at once."""
        for next_at, take_due in listeners.CLOCKS:
            while (due := next_at(self.db)) is not None and due <= self.now:
                self.together(partial(take_due, self.db, self.now))
        while (due := outbox.next_due(self.db)) is not None and due <= self.now:
            self.together(self.deliver)

    def deliver(self) -> None:
        for message, call, _ in worker._claim(self.db, self.now):
            if call is not None:
                ts = call.get("ts") or f"{self.now}.{message.id:06}"
                worker._settle(self.db, message, Outcome("sent", message.target, ts), self.now)

    def walk(self, until: int) -> None:
        """Look at every minute before ``until`` at which anything wants to be looked at."""
        while self.now < until:
            wanted = [next_at(self.db) for next_at, _ in listeners.CLOCKS] + [outbox.next_due(self.db)]
            soonest = max(min((one for one in wanted if one is not None), default=until), self.now + 1)
            self.now = min(-(-soonest // MINUTE) * MINUTE, until)
            if self.now < until:
                self.work()

    def do(self, deed: str, promise: Told | None) -> None:
        if promise is None:
            self.type("bob", "/kept away until Monday")
        elif deed == "make":
            self.make(promise)
        else:
            typed = {"closed": "kept", "on_it": "on it", "handed": f"hand @{promise.to}"}[deed]
            self.type("maya", f"/callback {promise.number} {typed}")

    def make(self, promise: Told) -> None:
        when = "end of day" if promise.by_close else f"in {(promise.due - promise.made) // MINUTE} minutes"
        name = f"Customer{promise.made // MINUTE % 9973}"
        told = f"/callback {name}: {when}"
        if promise.thread:
            logged = self.type(promise.owner, f"/issue {name}: late{' !losing-money' if promise.high else ''}")
            told = f"/issue {re.search(NUMBER, logged)[1]} callback {when}"
        echo = self.type(promise.owner, told)
        assert "Promised" in echo, echo
        promise.number = int(re.search(NUMBER, echo)[1])


def heard(db):
    """What reached whom at which minute: the ladder's own steps."""
    rows = db.rows(
        "SELECT promise_id, rung, target, sent_at FROM nudges WHERE sent_at IS NOT NULL AND target IS NOT NULL"
        " AND rung <> 'handed' AND rung NOT LIKE '%@%'"
    )
    found: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for row in rows:
        place = f"#{row['target'][1:].lower()}" if row["target"][0] == "C" else row["target"][1:].lower()
        found.setdefault((row["sent_at"], place), set()).add((row["promise_id"], row["rung"]))
    return {key: frozenset(those) for key, those in found.items()}


@pytest.mark.parametrize("seed", [2026])
def test_every_step_comes_at_its_minute_to_whom_it_is_for_and_no_other(tmp_path, seed):
    rng = random.Random(seed)
    promises = [a_promise(rng) for _ in range(PROMISES)]
    owners = [promise.owner for promise in promises]
    office = Office(tmp_path / "kept.db")
    for n, (at, _, deed, promise) in enumerate(script(promises)):
        office.walk(at)
        if n % 20 == 0:
            office.db.close()
            office.open(tmp_path / "kept.db")
        office.do(deed, promise)
    office.walk(END)
    actual = heard(office.db)
    for promise, owner in zip(promises, owners, strict=True):
        promise.owner = owner
    expected = Oracle(PLACES, ("bob", AWAY, BACK)).run([one for one in promises if one.number], BEGIN, END)

    differ = [
        f"{datetime.fromtimestamp(at, NEW_YORK)} {place}: expected {expected.get((at, place))},"
        f" was {actual.get((at, place))}"
        for at, place in sorted(expected.keys() | actual.keys())
        if expected.get((at, place)) != actual.get((at, place))
    ]
    assert "\n".join(differ) == ""
    assert sum(map(len, actual.values())) > 150


@pytest.mark.parametrize("seed", [7])
def test_after_any_downtime_one_step_comes_late_the_others_keep_their_distance_and_nobody_is_passed_over(
    tmp_path, seed
):
    rng = random.Random(seed)
    promises = [a_promise(rng) for _ in range(PROMISES)]
    for promise in promises:
        promise.on_it = promise.handed = None
        promise.closed = promise.closed if promise.closed and promise.closed < END else None
    downs = sorted(BEGIN + rng.randrange(DAYS * 1440) * MINUTE for _ in range(6))
    back = []
    office = Office(tmp_path / "kept.db")
    for at, _, deed, promise in script(promises):
        while downs and downs[0] < at:
            office.walk(downs.pop(0))
            office.now += rng.randrange(10, 840) * MINUTE  # nobody looks for so long
            back.append(office.now)
            office.work()
        office.walk(max(at, office.now))
        if promise and deed == "make" and office.now != at:
            promise.due += office.now - at
            promise.made, promise.by_close = office.now, False
        if deed == "closed":
            promise.closed = office.now
        if deed != "away":
            office.do(deed, promise)
    office.walk(max(END, office.now) + 7 * 86400)

    oracle = Oracle(PLACES, ("bob", 0, 0))
    known = {promise.number: promise for promise in promises}
    rows = office.db.rows(f"SELECT * FROM nudges WHERE target IS NOT NULL AND sent_at IS NOT NULL AND {nudges.LIMITED}")
    for moment in back:
        at_once = [row["promise_id"] for row in rows if row["sent_at"] == moment and row["is_late"]]
        assert len(at_once) == len(set(at_once))
    for row in rows:
        place = f"#{row['target'][1:].lower()}" if row["target"][0] == "C" else row["target"][1:].lower()
        promise = known[row["promise_id"]]
        assert promise.closed is None or row["sent_at"] <= promise.closed
        its_time = place == promise.owner and not oracle.works(place, promise.due)
        assert its_time or oracle.fit(place, row["sent_at"]) == row["sent_at"], (place, row)
    for person in ("UDANA", "UBOB", "UPRIYA"):
        sent = sorted({(row["sent_at"], row["message_key"]) for row in rows if row["target"] == person})
        assert all(fourth[0] - first[0] >= 600 for first, fourth in zip(sent, sent[3:], strict=False))
    for number, promise in known.items():
        if promise.closed is None:
            told = {row["rung"] for row in rows if row["promise_id"] == number}
            assert {"due", "escalation"} <= told, (number, told)
            # Of Bob's own, Priya is backup and lead in one, and is told once; of everybody else's Bob himself hears.
            assert "backup" in told or (promise.owner == "bob" and "lead1" in told), (number, promise.owner, told)
