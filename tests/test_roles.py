"""What Kept promises about who may do what: every listener, every kind of person, every surface.

The walk knows the contract by itself (brief, section 11) and asks the real app, so that the table in handlers/roles.py
is held to something. A new listener that is not in the walk fails here.
"""

import json
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import events, payloads
from handlers import guard, listeners, roles
from handlers.callbacks import nudges
from handlers.roles import Role
from handlers.said import NOTHING, Said
from storage import callbacks, catalog, customers, issues, people
from storage.database import SQLite, insert
from storage.models import Person

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"

# Who acts, and what they are by the contract: N nobody, O outsider, M member in no team, A agent, G manager. The second
# letter is what they are before the first setup, when only a workspace admin is more than the others.
ACTORS = {
    "zap": "NN",  # a bot, in the team channel
    "gone": "NN",  # deactivated, and still listed in the team channel
    "tom": "OO",  # a guest, in the team channel
    "vera": "OO",  # of another company
    "U0NOWHERE": "OO",  # somebody Slack knows nothing of
    "nina": "MM",  # in no team
    "dana": "AM",
    "priya": "GM",  # in the manager channel
    "maya": "GG",  # a workspace admin
}
ORDER = "NOMAG"
OWNING = ("nina", "dana")  # whom it makes a difference to that a record is theirs; the long tier walks everybody
FIRST = ("tom", "nina", "priya", "maya")  # one of each kind there is before setup

# The least of them for each listener: on a record of somebody else's, on one's own, before setup on somebody else's.
# What stands behind it is what to type, press or fill in; {issue}, {promise} and {customer} are numbers.
TYPED = {
    "/issue": ("MMM", "Acme: it broke"),
    "/issue show": ("AMM", "{issue}"),
    "/issue note": ("AMM", "{issue} note it broke again"),
    "/issue own": ("AMM", "{issue} own"),
    "/issue edit": ("AMM", "{issue} edit"),
    "/issue callback": ("AMM", "{issue} callback in 2 hours"),
    "/issue resolve": ("AMM", "{issue} resolve mended"),
    "/issue reopen": ("AMM", "{issue} reopen it broke"),
    "/issue duplicate": ("AMM", "{issue} duplicate {issue}"),
    "/issue problem": ("AAM", "{issue} problem"),
    "/issue list": ("AMM", "list{mine}"),
    "/issue find": ("MMM", "find broke"),
    "/issue help": ("MMM", "help"),
    "/callback": ("MMM", "Acme in 2 hours"),
    "/callback show": ("AMM", "{promise}"),
    "/callback kept": ("AMM", "{promise} kept"),
    "/callback tried": ("AMM", "{promise} tried"),
    "/callback move": ("AMM", "{promise} move in 3 hours"),
    "/callback hand": ("AMM", "{promise} hand @bob"),
    "/callback on it": ("AMM", "{promise} on it"),
    "/callback called": ("AMM", "{promise} called"),
    "/callback withdrawn": ("AMM", "{promise} withdrawn"),
    "/callback broken": ("AMM", "{promise} broken"),
    "/callback mistake": ("AMM", "{promise} mistake twice"),
    "/callback list": ("AMM", "list{team}"),
    "/callback help": ("MMM", "help"),
    "/customer": ("AAM", "Acme"),
    "/customer edit": ("AAM", "Acme edit"),
    "/customer history": ("AAM", "Acme history"),
    "/customer owner": ("AAM", "Acme owner @bob"),
    "/customer backup": ("AAM", "Acme backup @bob"),
    "/customer zone": ("AAM", "Acme zone Europe/London"),
    "/customer tier": ("AAM", "Acme tier gold"),
    "/customer alias": ("AAM", "Acme alias ACME Holdings"),
    "/customer contact": ("AAM", "Acme contact Jane Doe"),
    "/customer depends": ("AAM", "Acme depends on delivery"),
    "/customer costs": ("AAM", "Acme costs a stopped line"),
    "/customer note": ("AAM", "Acme note calls before noon"),
    "/customer list": ("AAM", "list"),
    "/customer new": ("AAM", "new Hooli"),
    "/customer merge": ("GGG", "merge Acme into Globex"),
    "/customer forget": ("GGG", "forget Acme"),
    "/customer help": ("MMM", "help"),
    "/feedback": ("AMM", "Acme unhappy slow delivery"),
    "/feedback list": ("AAM", "list"),
    "/feedback help": ("MMM", "help"),
    "/digest": ("AAM", ""),
    "/digest at": ("GGM", "at 9:00 weekdays"),
    "/digest on": ("GGM", "on"),
    "/digest off": ("GGM", "off"),
    "/digest settings": ("GGM", "settings"),
    "/digest help": ("MMM", "help"),
    "/kept": ("MMM", "what"),
    "/kept setup": ("GGM", "setup team #nowhere"),
    "/kept reminders": ("AAM", "reminders"),
    "/kept hours": ("MMM", "hours 8:00-16:00"),
    "/kept away": ("MMM", "away until Monday"),
    "/kept handover": ("AMM", "handover{giver} to @priya"),
    "/kept suggest": ("GGM", "suggest on"),
    "/kept audit": ("GGG", "audit"),
    "/kept report": ("AAA", "report"),
    "/kept export": ("GGG", "export customers"),
    "/kept help": ("MMM", "help"),
}

PRESSED = {
    "issue.own": ("AMM", "{issue}:1"),
    "issue.takeover": ("AMM", "{issue}:1"),
    "issue.resolve": ("AMM", "{issue}:1"),
    "issue.reopen": ("AMM", "{issue}:1"),
    "issue.note": ("AMM", "{issue}:1"),
    "issue.promise": ("AMM", "{issue}:1"),
    "issue.more": ("AMM", "{issue}:1"),
    "issue.customer": ("AMM", "{issue}:1"),
    "issue.undo": ("-M-", "{issue}"),  # only whoever logged it
    "issue.same": ("AMM", "{issue}:{issue}"),
    "issue.differs": ("AMM", "{issue}:{issue}"),
    "issue.older": ("MMM", "99 broke"),
    "problem.link": ("AAM", "1"),
    "problem.undo": ("AAM", "1"),
    "problem.solve": ("AAM", "1:1"),
    "problem.unsolve": ("AAM", "1"),
    "problem.edit": ("AAM", "1:1"),
    "problem.part": ("AAM", "{issue}:1"),
    "problem.apart": ("AAM", "{issue}:1"),
    "problem.told": ("MMM", "1"),  # whom one is to tell oneself, and nobody else
    "problem.ontime": ("MMM", "1:1"),
    "problem.late": ("MMM", "1:1"),
    "promise.kept": ("AMM", "{promise}:1"),
    "promise.ontime": ("AMM", "{promise}"),
    "promise.late": ("AMM", "{promise}"),
    "promise.tried": ("AMM", "{promise}:1"),
    "promise.again": ("AMM", "{promise}:{later}"),
    "promise.move": ("AMM", "{promise}:1"),
    "promise.more": ("AMM", "{promise}:1"),
    "promise.told": ("AMM", "{promise}"),
    "promise.untold": ("AMM", "{promise}"),
    "promise.take": ("AMM", "{promise}:1"),
    "promise.keep": ("AMM", "{promise}:1"),
    "promise.hand": ("AMM", "{promise}:1"),
    "promise.broken": ("AMM", "{promise}:1"),
    "promise.free": ("AMM", "{promise}:1:{later}"),
    "promise.fix": ("AMM", "{promise}:1"),
    "promise.undo": ("-M-", "{promise}:1"),  # only whoever made it
    "promise.takeall": ("MMM", "U0NOWHERE"),  # what one was asked to take oneself, and nothing else
    "offer.kept": ("AMM", "{promise}:1"),
    "offer.tried": ("AMM", "{promise}:1"),
    "offer.called": ("AMM", "{promise}:1"),
    "offer.move": ("AMM", "{promise}:1:{later}:0:Europe/London"),
    "door.form": ("MMM", "issue"),
    "escalation.take": ("MMM", "1:1"),
    "suggest.keep": ("MMM", "1"),
    "suggest.no": ("MMM", "1"),
    "suggest.form": ("MMM", "1:0"),
    "suggest.blank": ("MMM", "{later}"),
    "customer.show": ("AAM", "{customer}"),
    "customer.new": ("AAM", "Hooli"),
    "customer.edit": ("AAM", "{customer}"),
    "customer.issue": ("AAM", "{customer}"),
    "customer.promise": ("AAM", "{customer}"),
    "customer.history": ("AAM", "{customer}"),
    "customer.latest": ("AAM", "{customer}"),
    "customer.older": ("AAM", "{customer}:{later}:logged:1"),
    "customer.undo": ("AAM", "{customer}:1"),
    "customer.merge": ("GGG", "{customer}:1:{other}:1"),
    "customer.forget": ("GGG", "{customer}:1"),
    "customer.letgo": ("AAM", "{customer}:1:{other}:1"),
    "feedback.mood": ("AMM", "{issue}:happy"),
    "feedback.edit": ("AMM", "{feedback}"),
    "feedback.undo": ("-M-", "{feedback}"),  # only whoever noted it
    "audit.older": ("GGG", "1::::"),
}

FILLED: dict[str, tuple[str, dict[str, str]]] = {
    "issue.new": ("MMM", {"customer": "new:Acme Two", "what": "it broke"}),
    "issue.edit": ("AMM", {"customer": "{customer}", "what": "it broke again"}),
    "issue.note": ("AMM", {"words": "it broke again"}),
    "issue.resolve": ("AMM", {"words": "mended"}),
    "issue.reopen": ("AMM", {"words": "it broke again"}),
    "issue.customer": ("AMM", {"customer": "Globex"}),
    "problem.solve": ("AAM", {"words": "mended"}),
    "problem.edit": ("AAM", {"title": "it breaks", "numbers": ""}),
    "promise.new": ("MMM", {"customer": "new:Acme Two", "what": "call", "when": "in 2 hours"}),
    "promise.on_issue": ("AMM", {"what": "call", "when": "in 2 hours"}),
    "promise.fix": ("AMM", {"customer": "{customer}", "what": "call them", "when": "in 3 hours"}),
    "promise.move": ("AMM", {"when": "in 3 hours"}),
    "promise.more": ("AMM", {"outcome": "called"}),
    "suggest.form": ("AMM", {"customer": "new:Acme Two", "what": "call", "when": "in 2 hours"}),
    "customer.edit": ("AAM", {"name": "Acme"}),
    # One who may not see a customer cannot choose them: that is said at the field.
    "feedback.new": ("MMM", {"customer": "{customer}", "mood": "unhappy", "reason": "slow"}),
    "feedback.edit": ("MMM", {"customer": "{customer}", "mood": "unhappy", "reason": "slow"}),
    "digest.settings": ("GGM", {"days": "weekdays", "time": "9:00", "zone": "London"}),
    "setup.form": ("GGM", {"team": "C0NOWHERE"}),
}

SHORTCUTS = {"log_issue": "MMM", "promise_callback": "MMM"}

# What decides by something else than a role alone, and the test here that holds it to that.
ELSEWHERE = {
    "draft.choose": "test_a_question_is_answered_by_whom_it_was_asked_and_nobody_else",
    "draft.dismiss": "test_a_question_is_answered_by_whom_it_was_asked_and_nobody_else",
    "escalation.reason": "test_why_it_is_urgent_is_said_by_those_who_escalated",
    "escalation.when": "test_a_question_is_answered_by_whom_it_was_asked_and_nobody_else",
    "customer": "test_a_field_offers_customers_to_those_who_may_see_them",
    "message": "test_what_is_said_to_kept_goes_through_the_same_rows",
    "app_mention": "test_what_is_said_to_kept_goes_through_the_same_rows",
    "app_home_opened": "test_home_shows_nothing_of_ours_to_outsiders",
    "reaction_added": "test_anybody_may_escalate_and_the_other_emoji_are_for_members",
    "reaction_removed": "test_anybody_may_escalate_and_the_other_emoji_are_for_members",
}

REFUSED = (
    "This is for full members of the workspace.",
    "This is for the team.",
    "This is for managers.",
    "I could not ask Slack who you are",
    "Only Bob, who",
)
PLACES = (
    "#support",
    "#general",
    "#elsewhere",
    "#acme-shared",
    "@kept",
)  # own, foreign, foreign private, shared, direct
WHOLE = os.environ.get("KEPT_LONG") == "1"  # every surface for every cell; else one surface each, in turn
LEFT_ALONE = ("inbox", "outbox", "people", "channels", "memberships", "facts", "homes", "numbers")
MADE_ANEW = (
    *("notes", "nudges", "attempts", "moves", "promises", "issues", "drafts", "digests", "reactions", "escalations"),
    *("audit", "contacts", "feedback", "customer_names", "customers"),
)


def every_listener() -> set[str]:
    verbs = {f"/{name} {verb}" for name, known in listeners.VERBS.items() for verb in known}
    pressed = {*listeners.ACTIONS, *listeners.VIEWS, *listeners.SHORTCUTS, *listeners.EVENTS, *listeners.SUGGESTIONS}
    return verbs | pressed | {f"/{name}" for name in listeners.COMMANDS}


def test_every_listener_has_a_row_and_every_row_a_listener():
    emoji = {name for name in roles.ROWS if name.startswith(":")}

    assert every_listener() - set(roles.ROWS) == set()
    assert set(roles.ROWS) - every_listener() - emoji == set()
    assert {row.action for row in roles.ROWS.values()} <= set(roles.LEAST)
    assert sum(len(names.split(", ")) for *_, names in roles.LISTENERS) == len(roles.ROWS)  # none has two


def test_every_listener_is_in_the_walk():
    assert set(listeners.ACTIONS) - set(PRESSED) - set(ELSEWHERE) == set()
    assert set(listeners.VIEWS) - set(FILLED) - set(ELSEWHERE) == set()
    assert every_listener() - {*TYPED, *PRESSED, *FILLED, *SHORTCUTS, *ELSEWHERE} == set()
    assert all(name in globals() for name in ELSEWHERE.values())


class Walk:
    """One person at every listener, on Bob's records or their own, through the real wire."""

    def __init__(self, desk, name):
        self.desk, self.slack, self.name = desk, desk.slack, name
        self.face = desk.slack.person("dana" if name == "U0NOWHERE" else name)  # Slack names somebody else below
        self.id = name if name == "U0NOWHERE" else self.face.id
        self.values: dict[str, Any] = {}
        self.cells = 0

    async def records(self, *, own):
        """A customer with an issue and a promise, and nothing else beside them."""
        now, owner = int(self.slack.clock.now()), self.id if own else self.slack.person("bob").id

        def make(db):
            for table in reversed(catalog.tables(db)):  # those that refer to others first
                if table in MADE_ANEW:
                    db.run(f"DELETE FROM {table}")
            db.run("UPDATE people SET away_from = NULL, away_until = NULL, opens_at = NULL, closes_at = NULL")
            acme, globex = customers.add(db, "Acme", now), customers.add(db, "Globex", now)
            issue = issues.log(
                db, customer_id=acme.id, summary="it broke", reporter_id=owner, owner_id=owner, now=now,
                made_in=self.slack.channel("#support").id,
            )  # fmt: skip
            rung, at = nudges.first_step(now, now + 7200, by_close=False)
            promise = callbacks.promise(
                db, customer_id=acme.id, issue_id=None, kind="call", words="call", subject="", owner_id=owner,
                maker_id=owner, made_in=issue.made_in, now=now, due_at=now + 7200, zone="Europe/London",
                by_close=False, next_rung=rung, next_at=at, team_id=None,
            )  # fmt: skip
            noted = insert(db, "feedback", customer_id=acme.id, person_id=owner, at=now, mood="unhappy", reason="slow")
            numbers = {"issue": issue.id, "promise": promise.id, "feedback": noted["id"]}
            return numbers | {"customer": acme.id, "other": globex.id}

        self.values = await self.desk.bot.store.run(make) | {
            "mine": " mine" if own else "",
            "team": "" if own else " team",
            "giver": "" if own else " @bob",
            "later": now + 9000,
        }

    async def records_are(self, **values):
        self.values |= {"promise": 0, "issue": 0, "customer": 0, "feedback": 0, "later": 0} | values

    def filled(self, words):
        words = words.format(**self.values)
        for name in ("bob", "priya"):
            words = words.replace(f"@{name}", f"<@{self.slack.person(name).id}|{name}>")
        return words

    async def sent(self, kind, payload):
        """Send a payload in this person's name, and return what they are told."""
        named = {"user_id": self.id} if "user_id" in payload else {"user": payload["user"] | {"id": self.id}}
        ack = await self.slack.deliver(kind, payload | named)
        assert ack.ok, ack
        self.cells += 1
        if ack.body:
            return self.whole(ack.body)
        return await self.told(f"trigger:{payload['trigger_id']}")

    async def told(self, key):
        """What was put beside the key of an input: its answer."""
        row = await self.desk.bot.store.read(lambda db: db.row("SELECT reply FROM inbox WHERE key = :key", key=key))
        assert row, "it failed"
        return self.whole(json.loads(row["reply"] or "{}"))

    def whole(self, answer):
        told = json.dumps(answer, ensure_ascii=False)
        assert "went wrong" not in told
        assert "Nobody may do this yet" not in told
        return told

    def channel(self, place):
        if place == "@kept":
            return self.slack.workspace.open_dm(self.face, self.slack.workspace.bot)
        return self.slack.channel(place)

    async def type(self, listener, words, place):
        channel = self.channel(place)
        command = listener.split()[0]
        payload = payloads.command(self.slack, self.face, channel, command, self.filled(words))
        payload["response_url"] = self.response_url(channel)
        return await self.sent("slash_commands", payload)

    def response_url(self, channel):
        return self.slack.response_url(self.slack.reply_addresses.new(self.face.id, channel.id))

    def interaction(self, kind, place="#support"):
        channel = self.channel(place)
        payload = payloads.interaction(self.slack, kind, self.face)
        payload |= {"trigger_id": self.slack.triggers.new(self.face.id), "response_url": self.response_url(channel)}
        return payload | {"channel": {"id": channel.id, "name": "somewhere"}}

    async def press(self, listener, value, place):
        """A button that was never shown to this person, with a value nobody gave them."""
        payload = self.interaction("block_actions", place)
        container = {"type": "message", "message_ts": "1.1", "channel_id": payload["channel"]["id"]}
        action = {"type": "button", "action_id": listener, "block_id": "b", "action_ts": "1.2"}
        payload |= {"container": container, "actions": [action | {"value": self.filled(value)}]}
        return await self.sent("interactive", payload)

    async def submit(self, listener, fields):
        """A form that was opened by somebody, or when this person was more than they are now."""
        about = "promise" if listener.startswith("promise.") and listener != "promise.on_issue" else "issue"
        record = None if listener == "feedback.new" else self.values[about]
        record = self.values["feedback"] if listener == "feedback.edit" else record
        meta = {
            "channel": self.channel("#support").id,
            "record": record,
            "after": 0,
            "version": 1,
            "generation": 1,
            "draft": 0,
        }
        meta |= {"customer": self.values["customer"]}
        meta |= {"feedback": record} if listener == "feedback.edit" else {}
        values, blocks = {}, []
        for name, words in fields.items():
            value = self.filled(words)
            element = {"type": "plain_text_input", "value": value}
            if name in ("customer", "outcome", "mood") and listener != "issue.customer":
                chosen = {"value": value, "text": {"type": "plain_text", "text": value}}
                element = {"type": "external_select", "selected_option": chosen}
            values[name] = {name: element}
            blocks.append(
                {"type": "input", "block_id": name, "label": {"type": "plain_text", "text": name}}
                | {"element": {"type": element["type"], "action_id": name}}
            )
        view = {"id": f"V{secrets.token_hex(4)}", "type": "modal", "callback_id": listener, "hash": "1"}
        view |= {"private_metadata": json.dumps(meta), "state": {"values": values}, "blocks": blocks}
        payload = payloads.interaction(self.slack, "view_submission", self.face)
        payload |= {"trigger_id": self.slack.triggers.new(self.face.id), "view": view}
        return await self.sent("interactive", payload)

    async def choose(self, listener, place):
        """A shortcut in the menu of somebody else's message."""
        payload = self.interaction("message_action", place)
        message = {"type": "message", "ts": "1.1", "text": "Acme: it broke", "user": self.slack.person("bob").id}
        payload |= {"callback_id": listener, "message_ts": "1.1", "message": message}
        return await self.sent("interactive", payload)

    async def kept(self):
        """All that is remembered, but for the queues and what Slack itself says of people and places."""

        def dump(db):
            own = db.rows("SELECT id, away_from, away_until, opens_at FROM people ORDER BY id")
            names = [name for name in catalog.tables(db) if name not in LEFT_ALONE]
            return [own, *[sorted(db.rows(f"SELECT * FROM {name}"), key=str) for name in names]]

        return await self.desk.bot.store.read(dump)


def cells(letter, *, own, before):
    """Every way to do everything: its name, whether this person may, and how it is done on each surface."""
    nth = 1 if own else 2 if before else 0

    def may(least):
        return least[nth] != "-" and ORDER.index(letter) >= ORDER.index(least[nth])

    def places(number):
        return PLACES if WHOLE else (PLACES[number % len(PLACES)],)

    for number, (name, (least, words)) in enumerate(TYPED.items()):
        for place in places(number + ord(letter)):
            yield f"{name} in {place}", may(least), lambda walk, a=(name, words, place): walk.type(*a)
    for number, (name, (least, value)) in enumerate(PRESSED.items()):
        for place in places(number + ord(letter)):
            yield f"button {name} in {place}", may(least), lambda walk, a=(name, value, place): walk.press(*a)
    for name, (least, fields) in FILLED.items():
        yield f"form {name}", may(least), lambda walk, a=(name, fields): walk.submit(*a)
    for name, least in SHORTCUTS.items():
        for place in PLACES:
            yield f"shortcut {name} in {place}", may(least), lambda walk, a=(name, place): walk.choose(*a)


async def people_of_all_kinds(desk):
    slack = desk.slack
    await slack.welcome("zap", "Zap", is_bot=True)
    await slack.welcome("gone", "Gina Gone")
    await slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    for name in ("zap", "gone"):
        await slack.join("#support", name)
    await slack.change_person("gone", deleted=True)
    await slack.join("#general", "nina")
    await slack.invite("#general", "kept", by="maya")
    await slack.create_channel("maya", "elsewhere", is_private=True)
    await slack.invite("#elsewhere", "kept", by="maya")


async def walked(walk, letter, *, own, before):
    """Go through all cells; returns those that are not as the contract says."""
    wrong, fresh = [], False
    for name, may, do in cells(letter, own=own, before=before):
        if not fresh:
            await walk.records(own=own)
            there = await walk.kept()
        told = await do(walk)
        refused = any(sentence in told for sentence in REFUSED)
        if refused == may:
            wrong.append(f"{name}: {'refused' if refused else 'allowed'}: {told[:200]}")
        fresh = refused
        if refused and await walk.kept() != there:
            wrong.append(f"{name}: refused, and yet something changed")
    return wrong


def of_each(names):
    return [name if name in names else pytest.param(name, marks=pytest.mark.long) for name in ACTORS]


@pytest.mark.parametrize("name", ACTORS)
async def test_after_setup_everybody_may_what_the_contract_says_and_nothing_else(desk, name):
    await people_of_all_kinds(desk)
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")
    walk = Walk(desk, name)

    wrong = await walked(walk, ACTORS[name][0], own=False, before=False)
    assert not wrong, "\n".join(wrong)
    assert walk.cells > 120


@pytest.mark.parametrize("name", of_each(OWNING))
async def test_on_what_is_their_own_every_member_may_act(desk, name):
    await people_of_all_kinds(desk)
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")
    walk = Walk(desk, name)

    wrong = await walked(walk, ACTORS[name][0], own=True, before=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", of_each(FIRST))
async def test_before_setup_any_member_may_the_daily_work(desk, name):
    await people_of_all_kinds(desk)
    walk = Walk(desk, name)

    wrong = await walked(walk, ACTORS[name][1], own=False, before=True)
    assert not wrong, "\n".join(wrong)


def test_a_listener_without_a_row_is_nobodys(desk_free_said):
    db, said = desk_free_said
    ran = []

    def handler(db, said):
        ran.append(said)
        return NOTHING

    pressed = guard.listeners({"customer.explode": handler})["customer.explode"](db, said)
    typed = guard.commands({"issue": handler}, {"issue": frozenset({"explode"})})["issue"](db, said)

    assert pressed.text == "Nobody may do this yet: “customer.explode” has no row in the table of who may do what."
    assert "“/issue explode” has no row" in typed.text
    assert guard.events({"team_explode": handler})["team_explode"](db, said) is NOTHING
    assert guard.suggestions({"explode": lambda *_: [{"text": "Acme"}]})["explode"](db, said.person.id, "A") == []
    assert ran == []
    # Words that merely hold a verb are words, and stand in the row of their command.
    spoken = replace(said, words="Acme: they may explode it")
    assert guard.commands({"issue": handler}, {"issue": frozenset({"explode"})})["issue"](db, spoken) is NOTHING


@pytest.fixture
def desk_free_said(tmp_path):
    """A database of its own, with something an admin said."""
    db = SQLite(tmp_path / "kept.db")
    db.migrate()
    person = Person(id="U1", handle="maya", name="Maya", is_admin=True)
    people.keep(db, person)
    yield db, Said(key="k", now=1, person=person, surface="command", channel_id="C1", words="42 explode it")
    db.close()


async def the_team(desk):
    await people_of_all_kinds(desk)
    await desk.type("maya", f"{LINE} hours 9:00-17:00 zone America/New_York")


def whispers(desk, person, channel):
    """What Kept shows this person alone."""
    there = desk.slack.workspace.timeline(desk.slack.channel(channel), desk.slack.person(person).id)
    return [message for message in there if message.ephemeral_to]


def answered_events(db):
    """What was answered to events, by their keys."""
    rows = db.rows("SELECT key, reply FROM inbox WHERE key LIKE 'event:%' AND COALESCE(reply, '') NOT IN ('', '{}')")
    return {row["key"]: row["reply"] for row in rows}


@pytest.mark.parametrize(("name", "letter"), [("nina", "M"), ("dana", "A"), ("tom", "O")])
async def test_what_is_said_to_kept_goes_through_the_same_rows(desk, name, letter):
    await the_team(desk)
    walk = Walk(desk, name)
    wrong, answers = [], await desk.bot.store.read(answered_events)
    for number, (listener, (least, words)) in enumerate(TYPED.items()):
        await walk.records(own=False)
        there = await walk.kept()
        line = f"{listener.split()[0][1:]} {words.format(**walk.values)}"
        if number % 2 and letter != "M":
            message = await desk.slack.say(name, "@kept", line)
        else:
            place = "#general" if letter == "M" else "#support"
            message = await desk.slack.say(name, place, f"@Kept {line}")
        await desk.slack.settle()
        answers, before = await desk.bot.store.read(answered_events), answers
        [told] = [walk.whole(json.loads(answers[key])) for key in answers.keys() - before.keys()] or [""]
        may = ORDER.index(letter) >= ORDER.index(least[0])
        refused = any(sentence in told for sentence in REFUSED)
        if refused == may or (refused and await walk.kept() != there):
            wrong.append(f"{listener} ({message.text}): {told[:160]}")

    assert not wrong, "\n".join(wrong)


async def test_who_loses_the_role_while_a_form_is_open_is_refused_and_gets_the_words_back(desk):
    await the_team(desk)
    await desk.type("bob", "/issue Acme: charged twice")
    await desk.press("dana", desk.cards()[-1], "Note")
    await desk.slack.leave("#support", "dana")
    await desk.slack.join("#general", "dana")

    await desk.submit("dana", {"Note": "they called again"})

    told = whispers(desk, "dana", "#support")[-1].text
    assert "This is for the team." in told
    assert "Note: they called again" in told
    assert await desk.bot.store.read(lambda db: db.rows("SELECT * FROM notes")) == []


async def test_a_question_is_answered_by_whom_it_was_asked_and_nobody_else(desk):
    await the_team(desk)
    await desk.type("bob", "/callback Acme at 3pm on 31 November")
    draft = await desk.bot.store.read(lambda db: db.row("SELECT * FROM drafts"))
    for name in ("nina", "priya", "tom", "U0NOWHERE"):
        walk = Walk(desk, name)
        before = await walk.kept()
        for listener, value in (("draft.choose.0", ":0"), ("draft.dismiss", ""), ("escalation.when", ":0")):
            await walk.press(listener, f"{draft['id']}{value}", "#support")
            assert await walk.kept() == before, (name, listener)


async def test_an_offer_on_what_is_no_longer_ones_own_is_refused(desk):
    await the_team(desk)
    await desk.type("nina", "/issue Acme: charged twice", channel="#general")
    issue = await desk.bot.store.read(lambda db: db.row("SELECT * FROM issues"))
    await desk.type("nina", f"/issue {issue['id']} callback today 25 o'clock or so at 4", channel="#general")
    await desk.bot.store.run(lambda db: db.run("UPDATE issues SET owner_id = 'U0BOB', reporter_id = 'U0BOB'"))
    draft = await desk.bot.store.read(lambda db: db.row("SELECT * FROM drafts"))
    assert draft is not None
    walk = Walk(desk, "nina")

    assert "This is for the team." in await walk.press("draft.choose.0", f"{draft['id']}:0", "#general")

    promises = "SELECT * FROM promises WHERE issue_id IS NOT NULL"
    assert await desk.bot.store.read(lambda db: db.rows(promises)) == []


async def test_why_it_is_urgent_is_said_by_those_who_escalated(desk):
    await the_team(desk)
    message = next(one for one in desk.slack.messages("#support") if "charged twice" in one.text)
    await desk.slack.react("dana", message, "rotating_light")
    await desk.settle()
    await desk.settle()
    for name in ("bob", "nina", "tom"):
        walk = Walk(desk, name)
        before = await walk.kept()
        await walk.press("escalation.reason", "1", "#support")
        await walk.records_are(issue=1)
        told = await walk.submit("escalation.reason", {"words": "because"})
        assert "Only those who escalated it" in told or "This is for full members" in told
        assert await walk.kept() == before


async def test_a_field_offers_customers_to_those_who_may_see_them(desk):
    await the_team(desk)
    await desk.type("bob", "/issue Acme: charged twice")
    offered = listeners.SUGGESTIONS["customer"]

    async def seen(name):
        person = Walk(desk, name).id
        options = await desk.bot.store.read(lambda db: offered(db, person, "Acm"))
        return [one["text"]["text"] for one in options]

    assert "Acme" in await seen("dana")
    assert "Acme" not in await seen("nina")
    for name in ("tom", "vera", "zap", "gone", "U0NOWHERE"):
        assert await seen(name) == [], name


async def test_home_shows_nothing_of_ours_to_outsiders(desk):
    await the_team(desk)
    await desk.type("bob", "/issue Acme: charged twice")
    for name in ("tom", "vera"):
        await desk.slack.open_home(name)
        await desk.settle()
        shown = json.dumps(desk.slack.home(name).blocks)
        assert "Kept is for full members" in shown
        assert "actions" not in shown
    await desk.slack.open_home("nina")
    await desk.settle()
    assert "charged twice" not in json.dumps(desk.slack.home("nina").blocks)


@pytest.mark.parametrize("name", ["zap", "gone", "tom", "vera", "U0NOWHERE", "nina", "dana"])
async def test_anybody_may_escalate_and_the_other_emoji_are_for_members(desk, name):
    await the_team(desk)
    await desk.type("bob", "/issue Acme: charged twice")
    card, walk = desk.cards()[-1], Walk(desk, name)
    for emoji, least in (("ticket", "M"), ("telephone_receiver", "M"), ("eyes", "A"), ("rotating_light", "O")):
        before = await walk.kept()
        event = events.reaction(desk.slack.workspace, "reaction_added", card, walk.id, emoji)[0]
        await desk.slack.emit(event)
        await desk.settle()
        await desk.settle()
        letter = ACTORS[name][0]
        # A member may put it there, and nothing comes of it on what is not theirs; see handlers/escalations/asked.py.
        without = [rows for rows in await walk.kept() if not rows or "emoji" not in rows[0]]
        was = [rows for rows in before if not rows or "emoji" not in rows[0]]
        assert (without != was) == (ORDER.index(letter) >= ORDER.index(least)), (emoji, letter)


# How the README calls each action.
IN_WORDS = {
    "escalate": "put 🚨 on a message",
    "help": "ask for help",
    "log": "log an issue, look for their own",
    "promise": "promise a callback, take an escalation",
    "act on own": "see and act on what is theirs; their own hours, away",
    "act on any": "see and act on anybody's issues, promises and problems",
    "list": "lists, reminders as they are, what customers feel",
    "customers": "customer records",
    "digest": "look at the digest",
    "own report": "the report on their own work",
    "set up": "set a team up, change its reminders",
    "schedule digest": "switch digests on and off",
    "suggest": "switch suggestions on and off",
    "report": "the team's report",
    "merge": "merge customers",
    "forget": "forget a customer",
    "audit": "read who did what",
    "export": "export records",
}


def test_the_readme_says_who_may_do_what():
    for action, least in roles.LEAST.items():
        if action == "be heard":  # whoever may be heard may nothing yet
            continue
        may = [" ✓ " if role >= least else " " for role in (Role.OUTSIDER, Role.MEMBER, Role.AGENT, Role.MANAGER)]
        first = "everybody" if least is Role.OUTSIDER else "members" if least is Role.MEMBER else "admins"
        before = "members" if action in roles.BEFORE_SETUP else first
        assert f"| {IN_WORDS[action]} |{'|'.join(may)}| {before} |\n" in README, action
