"""A small plain model against the real bot: whatever is done in whatever order, the bot holds what the model holds.

Hypothesis chooses what is done, and names each step on the way to what went wrong.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from storage.database import Row
from tests.rig import checker
from tests.rig._replicas import Simulated
from tests.rig._virtual import InProcess, Loop, dispatched
from tests.rig.clocks import LINE, MINUTE, PEOPLE, Nights
from tests.rig.days import opened
from tests.rig.outcome import Outcome

LONG = 40  # of EXAMPLES times STEPS each: 20,000
EXAMPLES, STEPS = 10, 50

AT_ONCE = 60  # seconds in which somebody who takes an issue after another is asked first

people = st.sampled_from(PEOPLE)
which = st.integers(0, 50)
minutes = st.sampled_from((1, 4, 20, 45, 130, 600))
times = st.sampled_from((1, 1, 1, 2, 3))  # how often Slack delivers the very same input


@dataclass
class Issue:
    """What is known of an issue."""

    owner: str
    words: str
    is_open: bool = True
    notes: int = 0
    escalated_by: set[str] = field(default_factory=set)
    given: tuple[str, int] = ("", 0)  # who last said whose it is, and when


@dataclass
class Promise:
    """What is known of a promise; an ``answer`` is one that an escalation made."""

    owner: str
    due: int
    first_due: int
    issue: int | None = None
    outcome: str | None = None
    attempts: int = 0
    moves: int = 0
    is_answer: bool = False


class Machine(RuleBasedStateMachine):
    """People at work with the bot, and beside it what should have come of it."""

    engine_name = "sqlite"
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.runner = self.held.enter_context(asyncio.Runner(loop_factory=Loop))
        self.db = self.held.enter_context(opened(self.engine_name))
        self.place = Nights(8, self.db)
        self.slack = self.place.slack
        self.issues: dict[int, Issue] = {}
        self.promises: dict[int, Promise] = {}
        self.count = 0
        self.runner.run(self._begin())
        self.first = self._last()

    async def _begin(self) -> None:
        async def step() -> None:
            await asyncio.sleep(0)

        self.place.bot = Simulated(self.slack, self.db, step, self.place.clock)
        await self.place.bot.start()
        self.slack.delivery = InProcess(self.slack, lambda *given: dispatched(self.place.bot.app, *given))
        await self.slack.command("maya", "#support", f"{LINE} zone {self.place.zone.key}")
        await self.place.work()

    def teardown(self) -> None:
        """Everything that is due comes, once."""
        self.runner.run(self.place.until(self.place.clock() + 10 * MINUTE))
        wrong = [*checker.doubled(self.place.log), *checker.early(self.db, self.place.log)]
        wrong += checker.after_closing(self.db, self.place.log)
        wrong += checker.lost(self.db, self.place.log, int(self.place.clock()))
        wrong += checker.stuck(self.db, int(self.place.clock()))
        self.runner.run(self.place.bot.stop())
        self.held.close()
        assert wrong == []

    # What is done

    @rule(person=people, repeated=times)
    def log(self, person: str, repeated: int) -> None:
        """Somebody logs an issue."""
        words = self._words("case")
        answer = self._type(person, f"/issue Acme: {words}", repeated)
        assert answer.startswith("Logged"), answer
        self.issues[self._last()] = Issue(self._id(person), words)

    @rule(person=people, ahead=minutes, repeated=times)
    def promise(self, person: str, ahead: int, repeated: int) -> None:
        """Somebody promises a call."""
        answer = self._type(person, f"/callback Acme in {ahead} minutes about {self._words('thing')}", repeated)
        assert answer.startswith("Promised"), answer
        due = self._now() + ahead * MINUTE
        self.promises[self._last()] = Promise(self._id(person), due, due)

    @precondition(lambda self: self._open_issues())
    @rule(person=people, n=which, ahead=minutes, repeated=times)
    def promise_on_issue(self, person: str, n: int, ahead: int, repeated: int) -> None:
        """Somebody promises a call about an issue."""
        issue = self._pick(self._open_issues(), n)
        answer = self._type(
            person, f"/issue {issue} callback in {ahead} minutes about {self._words('thing')}", repeated
        )
        assert answer.startswith("Promised"), answer
        due = self._now() + ahead * MINUTE
        self.promises[self._last()] = Promise(self._id(person), due, due, issue)

    @precondition(lambda self: self.promises)
    @rule(person=people, n=which, ahead=minutes, repeated=times)
    def move(self, person: str, n: int, ahead: int, repeated: int) -> None:
        """Somebody moves a promise; one that is closed stays as it is."""
        number = self._pick(self.promises, n)
        self._type(person, f"/callback {number} move in {ahead} minutes", repeated)
        one = self.promises[number]
        if one.outcome is None:
            one.due, one.moves = self._now() + ahead * MINUTE, one.moves + 1

    @precondition(lambda self: self.promises)
    @rule(person=people, n=which, repeated=times)
    def kept(self, person: str, n: int, repeated: int) -> None:
        """Somebody keeps a promise."""
        number = self._pick(self.promises, n)
        self._type(person, f"/callback {number} kept", repeated)
        self.promises[number].outcome = self.promises[number].outcome or "kept"

    @precondition(lambda self: self.promises)
    @rule(person=people, n=which, repeated=times)
    def no_answer(self, person: str, n: int, repeated: int) -> None:
        """Somebody rang in vain."""
        number = self._pick(self.promises, n)
        self._type(person, f"/callback {number} tried", repeated)
        self.promises[number].attempts += self.promises[number].outcome is None

    @precondition(lambda self: self.promises)
    @rule(person=people, n=which, to=people, repeated=times)
    def hand(self, person: str, n: int, to: str, repeated: int) -> None:
        """Somebody hands a promise over."""
        number = self._pick(self.promises, n)
        self._type(person, f"/callback {number} hand @{to}", repeated)
        if self.promises[number].outcome is None:
            self.promises[number].owner = self._id(to)

    @precondition(lambda self: self._open_issues())
    @rule(person=people, n=which, to=people, repeated=times)
    def assign(self, person: str, n: int, to: str, repeated: int) -> None:
        """Somebody gives an issue to somebody; of two who do at once the second is told who was first."""
        number = self._pick(self._open_issues(), n)
        self._type(person, f"/issue {number} own @{to}", repeated)
        one, (giver, at) = self.issues[number], self.issues[number].given
        if one.owner != self._id(to) and (giver in ("", person) or self._now() - at >= AT_ONCE):
            one.owner, one.given = self._id(to), (person, self._now())

    @precondition(lambda self: self.issues)
    @rule(person=people, n=which, repeated=times)
    def note(self, person: str, n: int, repeated: int) -> None:
        """Somebody adds a note."""
        number = self._pick(self.issues, n)
        self._type(person, f"/issue {number} note {self._words('they wrote')}", repeated)
        self.issues[number].notes += 1

    @precondition(lambda self: self.issues)
    @rule(person=people, n=which, repeated=times)
    def resolve(self, person: str, n: int, repeated: int) -> None:
        """Somebody resolves an issue; with promises open it is asked first what became of them."""
        number = self._pick(self.issues, n)
        self._type(person, f"/issue {number} resolve fixed", repeated)
        if not any(one.issue == number and one.outcome is None for one in self.promises.values()):
            self.issues[number].is_open = False

    @precondition(lambda self: self.issues)
    @rule(person=people, n=which, repeated=times)
    def reopen(self, person: str, n: int, repeated: int) -> None:
        """Somebody reopens an issue."""
        number = self._pick(self.issues, n)
        self._type(person, f"/issue {number} reopen it is back", repeated)
        self.issues[number].is_open = True

    @precondition(lambda self: self._open_issues())
    @rule(person=people, n=which, repeated=times)
    def escalate(self, person: str, n: int, repeated: int) -> None:
        """Somebody puts a siren on an issue's card: one answer is promised, however many want it."""
        number = self._pick(self._open_issues(), n)
        issue, before = self.issues[number], self._last()
        row = self.db.row("SELECT card_channel, card_ts FROM issues WHERE id = :id", id=number) or {}
        card = self.slack.workspace.message(row["card_channel"], row["card_ts"])
        assert card, f"the card of #{number} is not there"
        self._run(self.slack.react(person, card, "rotating_light", times=repeated))
        if not issue.escalated_by:  # on the same message whoever comes later is a "+1"
            [made] = self.db.rows("SELECT * FROM promises WHERE id > :before", before=before)
            assert (made["issue_id"], made["kind"]) == (number, "answer")
            due = made["due_at"]
            self.promises[made["id"]] = Promise(made["owner_id"], due, due, number, is_answer=True)
        issue.escalated_by.add(person)

    @rule(ahead=minutes)
    def wait(self, ahead: int) -> None:
        """Time passes, and what falls due comes."""
        self._run(self.place.until(self.place.clock() + ahead * MINUTE))

    @rule()
    def restart(self) -> None:
        """The bot is stopped and started again."""
        self._run(self.place.restart())

    # What must be so

    @invariant()
    def the_bot_holds_what_the_model_holds(self) -> None:
        """Number by number."""
        kept = {row["id"]: row for row in self._rows("promises") if row["kind"] != "sample"}
        same(
            "promises",
            {number: _promise(one) for number, one in kept.items()},
            {n: (one.owner, one.due, one.first_due, one.issue, one.outcome) for n, one in self.promises.items()},
        )
        same(
            "issues",
            {row["id"]: (row["owner_id"], row["resolved_at"] is None) for row in self._rows("issues")},
            {number: (one.owner, one.is_open) for number, one in self.issues.items()},
        )
        for deed, counted in (("tried", "attempts"), ("moved", "moves")):
            wanted = {number: getattr(one, counted) for number, one in self.promises.items() if getattr(one, counted)}
            same(counted, self._entries(deed), wanted)
        same("notes", self._entries("noted"), {number: one.notes for number, one in self.issues.items() if one.notes})

    # How

    def _run(self, doing: Any) -> Any:
        async def and_what_follows() -> Any:
            done = await doing
            for _ in range(2):
                await self.place.work()
            return done

        type(self).done["steps"] += 1
        return self.runner.run(and_what_follows())

    def _type(self, person: str, typed: str, repeated: int) -> str:
        answer = self._run(self.slack.command(person, "#support", typed, times=repeated))
        assert answer.ok, answer
        return str(answer.text)

    def _words(self, what: str) -> str:
        self.count += 1
        return f"{what} {self.count}x"

    def _now(self) -> int:
        return int(self.place.clock())

    def _id(self, person: str) -> str:
        return self.slack.person(person).id

    def _last(self) -> int:
        """The latest number; issues and promises share theirs."""
        return max((row["id"] for table in ("issues", "promises") for row in self._rows(table)), default=0)

    def _rows(self, table: str) -> list[Row]:
        return self.db.rows(f"SELECT * FROM {table}")

    def _entries(self, deed: str) -> dict[int, int]:
        sql = "SELECT record_id AS id, COUNT(*) AS n FROM audit WHERE deed = :deed GROUP BY record_id"
        return {row["id"]: row["n"] for row in self.db.rows(sql, deed=deed)}

    def _open_issues(self) -> list[int]:
        return [number for number, one in self.issues.items() if one.is_open]

    @staticmethod
    def _pick(numbers: Any, n: int) -> int:
        there: list[int] = sorted(numbers)
        return there[n % len(there)]


def _promise(row: Row) -> tuple[Any, ...]:
    return row["owner_id"], row["due_at"], row["first_due_at"], row["issue_id"], row["outcome"]


def same(what: str, bot: dict[int, Any], model: dict[int, Any]) -> None:
    """Raise AssertionError with what differs."""
    differ = {number for number in bot.keys() | model.keys() if bot.get(number) != model.get(number)}
    told = [f"#{number}: {bot.get(number)}, and should be {model.get(number)}" for number in sorted(differ)]
    assert not differ, f"{what}: {'; '.join(told)}"


def machine(engine: str) -> type[Machine]:
    """The machine on a database, counting its own steps."""
    return type("Machine", (Machine,), {"engine_name": engine, "done": Counter()})


def tried(made: Callable[[], Machine], **how: Any) -> None:
    """Look for a way to a state the model does not know; raises what is wrong there, the way told beside it."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        made, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
                                phases=[Phase.generate], suppress_health_check=quiet, **how),
    )  # fmt: skip


def go(seed: int, engine: str) -> Outcome:
    """Some five hundred steps."""
    made = machine(engine)
    try:
        tried(seeded(seed)(made))
    except Exception as error:  # noqa: BLE001 - whatever it was, the way there is worth telling
        way = "\n".join(getattr(error, "__notes__", []))
        return Outcome(made.done, [f"{type(error).__name__}: {error}\n{way}"])
    return Outcome(made.done)
