"""`/callback`: every sub-command, button and form of a promise, each listed once."""

import re
from collections.abc import Callable

from handlers import line, roles, text
from handlers.callbacks import cover, filled, form, lists, make, outcomes
from handlers.drafts import Settled
from handlers.said import Handler, Reply, Said, tell
from handlers.subcommands import Subcommand, nearly, read_first
from handlers.when import Due
from storage import callbacks
from storage.database import Database
from storage.models import Promise

HELP = {
    "": "promise it: /callback Acme tomorrow 3pm about the refund @dana, /callback Acme send the price list by Friday",
    "form": "/callback alone opens the form",
    "show": "a promise with its history: /callback 17",
    "kept": "it was kept: /callback 17 kept, /callback 17 kept at 14:55",
    "tried": "nobody answered: /callback 17 tried",
    "move": "another time: /callback 17 move Friday 10am",
    "hand": "somebody else's now: /callback 17 hand @dana",
    "on it": "I am on it, call nobody else for 30 minutes: /callback 17 on it",
    "called": "they called us first: /callback 17 called",
    "withdrawn": "the customer no longer wants it: /callback 17 withdrawn",
    "broken": "it was not kept: /callback 17 broken",
    "mistake": "it was entered by mistake: /callback 17 mistake logged twice",
    "list": "what is promised: /callback list, list team, list overdue, list Acme",
    "help": "this help: /callback help",
}

OnPromise = Callable[[Database, Said, Promise, str], Reply]


def _ended(outcome: str) -> OnPromise:
    return lambda db, said, promise, words: outcomes.ended(db, said, promise, outcome, words)


ON_PROMISE: dict[str, OnPromise] = {
    "show": lambda db, said, promise, _: outcomes.show(db, said, promise),
    "kept": outcomes.kept,
    "tried": outcomes.tried,
    "move": outcomes.move,
    "hand": outcomes.hand,
    "on it": cover.on_it,
    "called": _ended("called"),
    "withdrawn": _ended("withdrawn"),
    "broken": _ended("broken"),
    "mistake": _ended("mistake"),
}

ON_WORDS: dict[str, Callable[[Database, Said, str], Reply]] = {
    "list": lists.open_promises,
    "help": lambda _db, _said, _words: help_text(),
}

VERBS = frozenset(ON_PROMISE) | frozenset(ON_WORDS)
ON_IT = re.compile(r"\s*#?(\d{1,12})\s+on it[.!]?\s*$", re.IGNORECASE)  # two words; a line may well begin with "on"


def help_text() -> Reply:
    """Everything `/callback` understands, with an example of each."""
    return tell("What /callback understands:", *[f"• {words}" for words in HELP.values()])


def callback(db: Database, said: Said) -> Reply:
    """`/callback …`."""
    words = said.words.strip()
    if not words:
        return form.open_new(db, said)
    holds = ON_IT.match(words)
    asked = Subcommand("on it", int(holds[1])) if holds else read_first(words, VERBS)
    if asked.slip:
        return tell(f"Did you mean: /callback {asked.slip}", f"You typed: /callback {text.unescape(words)}")
    if asked.verb in ON_WORDS:
        return _on_words(db, said, asked.verb, asked.words)
    if asked.number is not None:
        return _on_number(db, said, asked.number, asked.verb or "show", asked.rest)
    if asked.verb:
        typed = f"You typed: /callback {text.unescape(words)}"
        return tell(
            f"Which promise? Type its number first: /callback 17 {asked.verb} {text.unescape(asked.rest)}", typed
        )
    meant = nearly(words, VERBS)
    if meant and line.at_start(db, words) is None:
        return tell(f"Did you mean: /callback {meant}", f"You typed: /callback {text.unescape(words)}")
    return make.promise(db, said, words)


def _on_words(db: Database, said: Said, verb: str, words: str) -> Reply:
    if verb == "help":
        return help_text()
    mine = said.person.id if words.lower() in ("", "mine") else None
    return roles.refusal(db, said, "list", mine) or ON_WORDS[verb](db, said, words)


def _on_number(db: Database, said: Said, number: int, verb: str, rest: str) -> Reply:
    found = callbacks.find(db, number)
    if found is None:
        given_back = f" You typed: /callback {text.unescape(said.words)}" if rest else ""
        return tell(f"There is no promise #{number}. What is open: /callback list team.{given_back}")
    return outcomes.may_act(db, said, found) or ON_PROMISE[verb](db, said, found, rest)


def _pressed(act: Callable[[Database, Said, Promise], Reply]) -> Handler:
    """A button about a promise: its value is ``number:generation`` as it was drawn."""

    def pressed(db: Database, said: Said) -> Reply:
        found = callbacks.find(db, int(said.value.partition(":")[0]))
        if found is None:
            return tell("This promise was undone; nothing is left of it.")
        return outcomes.may_act(db, said, found) or act(db, said, found)

    return pressed


def _open_if_open(open_form: Callable[[Database, Said, Promise], Reply]) -> Handler:
    return _pressed(
        lambda db, said, found: (
            open_form(db, said, found) if found.is_open else outcomes.closed_already(db, said, found)
        )
    )


def carry_on(db: Database, said: Said, words: str, settled: Settled) -> Reply:
    """Carry on with a line after its question was answered."""
    asked = read_first(words, VERBS)
    if asked.verb != "move" or asked.number is None:
        return make.promise(db, said, words, settled)
    promise = callbacks.find(db, asked.number)
    if promise is None:
        return tell(f"This promise was undone meanwhile. You typed: /callback {text.unescape(words)}")
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    due = Due(at=int(settled["due_at"]), zone=settled["zone"], words="", span=(0, 0), by_close=False)
    return outcomes.moved_to(db, said, promise, due)


COMMANDS: dict[str, Handler] = {"callback": callback}

ACTIONS: dict[str, Handler] = {
    "promise.kept": _pressed(outcomes.kept),
    "promise.ontime": _pressed(outcomes.on_time),
    "promise.late": _pressed(outcomes.late),
    "promise.tried": _pressed(outcomes.tried),
    "promise.again": outcomes.again,
    "promise.move": _open_if_open(form.open_move),
    "promise.more": _open_if_open(form.open_more),
    "promise.told": _pressed(lambda db, said, found: outcomes.told(db, said, found, customer_told=True)),
    "promise.untold": _pressed(lambda db, said, found: outcomes.told(db, said, found, customer_told=False)),
    "promise.take": _pressed(cover.take),
    "promise.takeall": cover.take_all,
    "promise.keep": _pressed(cover.keep),
    "promise.hand": _open_if_open(cover.open_hand),
    "promise.broken": _pressed(lambda db, said, found: outcomes.ended(db, said, found, "broken", "")),
    "promise.free": _pressed(filled.take_free),
    "promise.fix": _open_if_open(form.open_fix),
    "promise.undo": lambda db, said: outcomes.undo(db, said, callbacks.find(db, int(said.value.partition(":")[0]))),
}

VIEWS: dict[str, Handler] = {
    "promise.new": filled.new,
    "promise.on_issue": filled.on_issue,
    "promise.fix": filled.about(filled.fixed),
    "promise.move": filled.about(filled.moved),
    "promise.more": filled.about(filled.more),
}
