"""The one door every listener stands behind: handlers/roles.py is asked before a handler is run.

A listener without a row there is denied. Whose a record is, is looked up by the number in the button, form or line.
"""

from collections.abc import Callable, Mapping
from typing import Any

from handlers import forms, roles
from handlers.said import NOTHING, Handler, Reply, Said, tell
from handlers.subcommands import read_first
from storage import callbacks, issues, people
from storage.database import Database

Act = Callable[..., Reply]
Look = Callable[[Database, str, str], list[dict[str, Any]]]


def listeners(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """The same buttons, forms and shortcuts, each run only for those who may do what it does."""
    return {name: _listener(name, handler) for name, handler in handlers.items()}


def events(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """The same events; who may not be heard is told nothing, as they may not have spoken to Kept at all."""
    return {name: _event(name, handler) for name, handler in handlers.items()}


def commands(handlers: Mapping[str, Act], verbs: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """The same commands, whichever door they come through; each verb has a row of its own."""
    return {name: _command(name, verbs[name], act) for name, act in handlers.items()}


def suggestions(looks: Mapping[str, Look]) -> dict[str, Look]:
    """The same looks of fields as one types, each with nothing to offer to those who may not do what it does."""
    return {name: _look(name, look) for name, look in looks.items()}


def _look(name: str, look: Look) -> Look:
    def checked(db: Database, person_id: str, typed: str) -> list[dict[str, Any]]:
        row, person = roles.ROWS.get(name), people.find(db, person_id)
        return look(db, person_id, typed) if row and person and roles.may(db, person, row.action) else []

    return checked


def _listener(name: str, handler: Handler) -> Handler:
    return lambda db, said: refusal(db, said, name, _number(said)) or handler(db, said)


def _event(name: str, handler: Handler) -> Handler:
    return lambda db, said: NOTHING if refusal(db, said, name) else handler(db, said)


def _command(name: str, verbs: frozenset[str], act: Act) -> Act:
    """A command with whatever else it is called with, as a line that is carried on has its answers."""

    def checked(db: Database, said: Said, *more: Any) -> Reply:
        asked = read_first(said.words.strip(), verbs)
        verb = asked.verb or ("show" if asked.number is not None and "show" in verbs else "")
        return refusal(db, said, f"/{name} {verb}".rstrip(), asked.number) or act(db, said, *more)

    return checked


def refusal(db: Database, said: Said, listener: str, number: int | None = None) -> Reply | None:
    """The answer to somebody who may not do what this listener does, or None."""
    row = roles.ROWS.get(listener)
    if row is None:
        return tell(f"Nobody may do this yet: “{listener}” has no row in the table of who may do what.")
    return roles.refusal(db, said, row.action, *_theirs(db, said, row.about, number))


def _number(said: Said) -> int | None:
    """The number of the record a button or form is about, as it was drawn with."""
    told = str(forms.meta(said).get("record", "")) if said.surface == "form" else said.value.partition(":")[0]
    return int(told) if told.isdecimal() else None


def _theirs(db: Database, said: Said, about: str, number: int | None) -> tuple[str | None, ...]:
    """The people a record belongs to; of one that is gone the handler says so, to everybody who may have had it."""
    if about == "issue":
        issue = issues.find(db, number or 0)
        return (issue.owner_id, issue.reporter_id) if issue else (said.person.id,)
    if about == "promise":
        promise = callbacks.find(db, number or 0)
        return (promise.owner_id, promise.maker_id, promise.asked_id) if promise else (said.person.id,)
    return ()
