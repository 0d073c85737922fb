"""The whole history of a customer, one page at a time, newest first: issues, promises, notes and feedback mixed."""

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Row
from handlers.callbacks.words import OUTCOMES, deed
from handlers.customers.card import MOODS, at
from handlers.said import Reply, Said, tell
from storage import callbacks, customers, history
from storage.database import Database
from storage.history import Event
from storage.models import Customer

PAGE = 10  # events
SHOWN = 200  # characters of each


def show(
    db: Database,
    said: Said,
    customer: Customer,
    before: tuple[int, str, int] | None = None,
    *,
    replaces: bool = False,
) -> Reply:
    """A page of the history: the newest, or what was before an event."""
    found = history.page(db, customer.id, before=before, most=PAGE + 1)
    if not found:
        nothing = f"Nothing is known yet. Type: /issue {customer.name}: what happened"
        return tell([Bold(customer.name), f" · {nothing}"])
    shown = found[:PAGE]
    heading = "the latest first" if before is None else "further back"
    told: list[Item] = [[Bold(customer.name), f" · everything between them and us, {heading}"]]
    told += [_line(db, said, event) for event in shown]
    last = shown[-1]
    older = [Button("Older", "customer.older", f"{customer.id}:{last.at}:{last.what}:{last.id}")]
    latest = [Button("Latest", "customer.latest", str(customer.id))]
    row = [*(older if len(found) > PAGE else []), *(latest if before else [])]
    return tell(*told, *([Row(*row)] if row else []), replaces=replaces)


def older(db: Database, said: Said) -> Reply:
    """The button "Older": the page behind the one it stands on, in its place."""
    number, when, what, event_id = said.value.split(":")
    customer = customers.find(db, int(number))
    if customer is None:
        return tell("This customer is gone: merged, perhaps.", replaces=True)
    return show(db, said, customer, (int(when), what, int(event_id)), replaces=True)


def _line(db: Database, said: Said, event: Event) -> Line:
    who = f" · {names.person(db, event.person_id)}" if event.person_id else ""
    return ["• ", at(event.at, said), f" · {_words(db, event)}{who}"]


def _words(db: Database, event: Event) -> str:
    words = text.clip(event.words, SHOWN)
    if event.what == "logged":
        return f"logged: {words} (#{event.id})"
    if event.what == "resolved":
        return f"resolved: {words} (#{event.id})" if words else f"resolved (#{event.id})"
    if event.what == "noted":
        return f"note: {words}"
    if event.what in MOODS or event.what == "said":
        return f"{event.what}: {words}" if words else event.what
    promise = callbacks.find(db, event.id)
    what = f"{deed(promise)} (#{event.id})" if promise else f"(#{event.id})"
    return f"promised: {what}" if event.what == "promised" else f"{OUTCOMES.get(event.what, event.what)}: {what}"
