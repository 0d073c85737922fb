"""An office for the oracle's tests: what its people do, by chance, and the bot that hears of it in virtual time."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot import sending, worker
from bot.slack import Outcome, Slack
from handlers import listeners
from handlers.answer import answer
from handlers.said import Said
from storage import channels, clocks, outbox, people, teams, turns
from storage.database import SQLite
from storage.models import Channel, Outgoing, Person
from tests.ladder_oracle import MINUTE, Deed, Heard, Place, Told

NEW_YORK = ZoneInfo("America/New_York")
PLACES = {
    "dana": Place("America/New_York"),
    "bob": Place("Europe/London"),
    "priya": Place("Asia/Kolkata", 0, 23 * 60, "0123456"),
    "maya": Place("Europe/Stockholm"),
    "#support": Place("America/New_York"),
    "#urgent": Place("America/New_York"),
}
OWNERS = ("dana", "bob")
OTHER = {"dana": "bob", "bob": "dana"}
NUMBER = r"\(#(\d+)\)"
GONE_EMOJI = (":palm_tree:", ":face_with_thermometer:", ":airplane:")


@dataclass(frozen=True)
class Window:
    """The days a simulation goes over, and the holidays of the team's country in them, as its government says."""

    begin: int
    days: int
    country: str
    holidays: frozenset[date]

    @property
    def end(self) -> int:
        return self.begin + self.days * 86400


def window(begin: str, days: int, country: str, *holidays: str) -> Window:
    first = datetime.fromisoformat(begin).replace(tzinfo=NEW_YORK)
    return Window(int(first.timestamp()), days, country, frozenset(map(date.fromisoformat, holidays)))


class Chance:
    """What people do in a window, by chance: each thing at a minute of its own, so that no order matters."""

    def __init__(self, rng: random.Random, within: Window) -> None:
        self.rng = rng
        self.within = within
        self.deeds: list[Deed] = []
        self.promises: list[Told] = []
        self.minutes: set[int] = set()

    def at(self, minute: int) -> int:
        """This minute, or the next at which nobody does anything."""
        while minute in self.minutes:
            minute += MINUTE
        self.minutes.add(minute)
        return minute

    def do(self, at: int, what: str, who: str = "", promise: int = -1, until: int | None = None) -> int:
        at = self.at(at)
        self.deeds.append(Deed(at, what, who, promise, until))
        return at

    def minute(self, *, before: int = 0) -> int:
        return self.within.begin + self.rng.randrange(30, (self.within.days * 86400 - before) // MINUTE) * MINUTE

    def absence(self, person: str, longest: int) -> None:
        """Away by word (until a minute, or until back), by the emoji of a status, or by the end of an account."""
        rng, since = self.rng, self.minute()
        until = self.at(since + rng.randrange(60, longest) * MINUTE)
        how = rng.choice(["away until", "away", "status", "deactivate"])
        if how == "away until":
            self.do(since, "away", person, until=until)
        else:
            self.do(since, how, person)
            self.minutes.discard(until)
            back = {"away": "back", "status": "no status", "deactivate": "reactivate"}[how]
            self.do(until, back, person)

    def handover(self) -> None:
        giver = self.rng.choice(OWNERS)
        at = self.do(self.minute(), "handover", f"{giver} {OTHER[giver]}")
        if self.rng.random() < 0.5:
            self.do(at + self.rng.randrange(1, 300) * MINUTE, "take all", f"{giver} {OTHER[giver]}")

    def promise(self) -> None:
        rng, n = self.rng, len(self.promises)
        made = self.at(self.promises[-1].made if n % 10 > 5 else self.minute(before=86400))  # some in a rush
        self.minutes.discard(made)
        owner = self.promises[-1].owner if n % 10 > 5 else rng.choice(OWNERS)
        ahead = (
            rng.randrange(3, 9)
            if n % 10 > 5
            else rng.choice([rng.randrange(3, 30), rng.randrange(30, 600), rng.randrange(600, 3000)])
        )
        promise = Told(0, owner, made, made + ahead * MINUTE, thread=rng.random() < 0.4)
        promise.high = promise.thread and rng.random() < 0.5
        here = datetime.fromtimestamp(made, UTC).astimezone(ZoneInfo(PLACES[owner].zone))
        works = here.weekday() < 5 and here.date() not in self.within.holidays
        if works and 9 <= here.hour < 15 and rng.random() < 0.4:
            promise.by_close, promise.due = True, int(here.replace(hour=17, minute=0).timestamp())
        self.promises.append(promise)
        self.do(made, "make", promise=n)
        self._clicks(promise, n)

    def _clicks(self, promise: Told, n: int) -> None:
        """What is pressed and typed about a promise, some of it long after it was closed."""
        rng, made, wait = self.rng, promise.made, (promise.due - promise.made) // MINUTE
        if rng.random() < 0.6:
            self.do(made + MINUTE * rng.randrange(2, wait + 2000), "kept", "maya", n)
        if rng.random() < 0.25:
            self.do(max(made + MINUTE, promise.due + MINUTE * rng.randrange(-20, 55)), "on it", "maya", n)
        if rng.random() < 0.2:
            self.do(made + MINUTE * rng.randrange(2, wait + 120), "hand", rng.choice(OWNERS), n)
        if rng.random() < 0.3:
            self.do(made + MINUTE * rng.randrange(2, wait + 700), "take", rng.choice(["bob", "priya", "dana"]), n)
        if rng.random() < 0.15:
            at = self.at(made + MINUTE * rng.randrange(2, wait + 300))
            self.minutes.discard(at)
            self.do(at, "move", "maya", n, until=at + MINUTE * rng.randrange(5, 2500))


def by_chance(seed: int, within: Window, promises: int, absences: int) -> tuple[list[Told], list[Deed]]:
    """The promises and deeds of a window."""
    chance = Chance(random.Random(seed), within)
    for _ in range(absences):
        chance.absence(chance.rng.choice(["dana", "bob", "bob", "priya"]), longest=3000)
    for _ in range(max(1, absences // 4)):
        chance.handover()
    for _ in range(promises):
        chance.promise()
    deeds = sorted((deed for deed in chance.deeds if deed.at < within.end), key=lambda deed: deed.at)
    return chance.promises, list(possible(deeds, chance.promises))


def possible(deeds: list[Deed], promises: list[Told]) -> Iterator[Deed]:
    """Without what somebody would do, or be given, whose account is gone; and of promises never made for that."""
    gone: set[str] = set()
    made = {-1}
    for deed in deeds:
        if deed.what in ("deactivate", "reactivate"):
            (gone.add if deed.what == "deactivate" else gone.discard)(deed.who)
            yield deed
        elif deed.what == "make" and promises[deed.promise].owner not in gone:
            made.add(deed.promise)
            yield deed
        elif deed.what != "make" and deed.promise in made and not gone & set(deed.who.split()):
            yield deed


class Office:
    """The bot without its wires: handlers, the worker's steps and the database, and a Slack that takes everything."""

    def __init__(self, database: Path, within: Window) -> None:
        self.now = within.begin
        self.inputs = 0
        self.channel = "CSUPPORT"
        self.refusals: dict[str, str] = {}  # what Slack says of a post, by person, channel or "thread"
        self.database = database
        self.open()
        self.db.migrate()
        for name, place in PLACES.items():
            if name[0] != "#":
                id_, is_admin = f"U{name.upper()}", name == "maya"
                people.keep(self.db, Person(id_, name, name.title(), place.zone, "en-US", is_admin=is_admin))
                teams.joined(self.db, "CSUPPORT", id_)
        for id_ in ("CSUPPORT", "CURGENT", "CDEALS"):
            channels.keep(self.db, Channel(id_, id_[1:].lower(), has_kept=True))
        country, _, region = within.country.partition("-")
        teams.keep(
            self.db, "CSUPPORT", escalation_channel_id="CURGENT", lead_id="UPRIYA", backup_id="UBOB", opens_at=540,
            closes_at=1020, weekdays="01234", zone="America/New_York", country=country or None, region=region or None,
            made_by="UMAYA", made_at=within.begin,
        )  # fmt: skip
        people.keep_hours(self.db, "UPRIYA", 0, 23 * 60, "0123456")

    @classmethod
    def again(cls, database: Path, now: int) -> "Office":
        """An office as a file has it, at some minute."""
        office = cls.__new__(cls)
        office.now, office.inputs, office.database = now, 1_000_000, database
        office.channel, office.refusals = "CSUPPORT", {}
        office.open()
        return office

    def open(self) -> None:
        """Begin as after a restart: with the file and nothing else."""
        self.db = SQLite(self.database)
        self.db.connection.execute("PRAGMA synchronous=OFF")

    def restart(self) -> None:
        self.db.close()
        self.open()

    def say(self, person: str, handler: Any, **what: Any) -> str:
        self.inputs += 1
        whose = people.find(self.db, f"U{person.upper()}")
        said = Said(key=f"input:{self.inputs}", now=self.now, person=whose, channel_id=self.channel, **what)
        told = self.together(lambda: answer(self.db, handler, said).text)
        self.work()
        return told

    def type(self, person: str, typed: str) -> str:
        name, _, words = typed[1:].partition(" ")
        handler, name, words = listeners.command(name, words)
        return self.say(person, handler, surface="command", words=words, command=f"/{name}")

    def press(self, person: str, action: str, value: str) -> str:
        return self.say(person, listeners.action(action), surface="action", value=value)

    def together(self, change: Callable[[], Any]) -> Any:
        self.db.begin(writing=True)
        result = change()
        self.db.commit()
        return result

    def work(self) -> None:
        """What the worker does at one look, where Slack takes everything at once."""
        while due := worker._clocks_due(self.db, self.now):
            for take_due in due:
                self.together(partial(take_due, self.db, self.now))
        while (due := outbox.next_due(self.db)) is not None and due <= self.now:
            self.together(self.deliver)

    def deliver(self) -> None:
        due = [head.id for head in turns.heads(self.db, self.now, 100)]
        for message, call, _ in sending.claim(self.db, self.now, due):
            if call is not None:
                sending.settle(self.db, message, call, self.outcome(message, call), self.now)

    def outcome(self, message: Outgoing, call: dict[str, Any]) -> Outcome:
        """What Slack makes of a call."""
        threaded = self.refusals.get("thread", "") if "thread_ts" in call else ""
        if problem := threaded or self.refusals.get(message.target, ""):
            answer = SimpleNamespace(status_code=200, headers={}, data={"ok": False, "error": problem})
            return Slack._refused(SimpleNamespace(token_problem=""), SlackApiError(problem, answer))
        return Outcome("sent", message.target, call.get("ts") or f"{self.now}.{message.id:06}")

    def walk(self, until: int) -> None:
        """Look at every minute before ``until`` at which anything wants to be looked at."""
        while self.now < until:
            wanted = (clocks.soonest(self.db), outbox.next_due(self.db))
            soonest = max(min((one for one in wanted if one is not None), default=until), self.now + 1)
            self.now = min(-(-soonest // MINUTE) * MINUTE, until)
            if self.now < until:
                self.work()

    def do(self, deed: Deed, promises: list[Told]) -> None:
        promise = promises[deed.promise]
        if deed.what == "make":
            self.make(promise)
        elif deed.what in ("away", "back"):
            until = f"until in {(deed.until - self.now) // MINUTE} minutes" if deed.until else ""
            told = self.type(deed.who, f"/kept away {until if deed.what == 'away' else 'off'}".strip())
            assert told.startswith(("You are away", "Welcome back")), told
        elif deed.what in ("status", "no status", "deactivate", "reactivate"):
            self.changes(deed)
        elif deed.what == "handover":
            self.type("maya", "/kept handover @{} to @{}".format(*deed.who.split()))
        elif deed.what == "take all":
            giver, taker = deed.who.split()
            self.press(taker, "promise.takeall", f"U{giver.upper()}")
        elif deed.what == "take":
            turn = self.db.row("SELECT generation FROM promises WHERE id = :id", id=promise.number)
            self.press(deed.who, "promise.take", f"{promise.number}:{turn['generation']}")
        else:
            minutes = ((deed.until or self.now) - self.now) // MINUTE
            typed = {"hand": f"hand @{deed.who}", "move": f"move in {minutes} minutes"}.get(deed.what, deed.what)
            told = self.type("maya", f"/callback {promise.number} {typed}")
            assert "promise" not in told.lower() or "#" in told, told

    def changes(self, deed: Deed) -> None:
        """Slack tells of somebody's status or account."""
        was = people.find(self.db, f"U{deed.who.upper()}")
        if deed.what.endswith("status"):
            emoji = GONE_EMOJI[self.now // MINUTE % 3] if deed.what == "status" else None
            became = replace(was, status_emoji=emoji)
        else:
            became = replace(was, is_deactivated=deed.what == "deactivate")
        plain = Person(*astuple(became)[:10])
        self.together(lambda: people.keep(self.db, plain))
        self.work()

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


def place(target: str) -> str:
    """A place as the oracle names it."""
    return f"#{target[1:].lower()}" if target[0] == "C" else target[1:].lower()


def heard(db: Any) -> Heard:
    """What reached whom at which minute: the ladder's steps, and who was asked or handed what."""
    rows = db.rows(
        "SELECT promise_id, rung, target, sent_at FROM nudges WHERE sent_at IS NOT NULL AND target IS NOT NULL"
        " AND rung NOT LIKE 'moved@%'"
    )
    found: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for row in rows:
        rung = row["rung"].partition("@")[0]
        found.setdefault((row["sent_at"], place(row["target"])), set()).add((row["promise_id"], rung))
    return {key: frozenset(those) for key, those in found.items()}
