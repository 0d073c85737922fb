"""`/callback list`: what is promised, soonest first."""

from handlers import line, names, text
from handlers.blocks import Bold, Item
from handlers.callbacks.words import deed
from handlers.said import Reply, Said, tell
from storage import callbacks
from storage.database import Database
from storage.models import Promise

MOST = 10
MOST_OF_EACH = 80  # characters of what was promised: ten fit into what a screen reader reads


def open_promises(db: Database, said: Said, words: str) -> Reply:
    """Open promises: mine (when nothing is said), the team's, the overdue ones, or a customer's."""
    asked = line.take_marks(db, words)
    name = asked.words.strip().lower()
    if name == "team":
        return _told(said, db, *callbacks.list_open(db, most=MOST), "the team's")
    if name == "overdue":
        return _told(said, db, *callbacks.list_open(db, most=MOST, due_before=said.now), "overdue")
    if name in ("", "mine"):
        owner = asked.owner or said.person
        whose = "yours" if owner.id == said.person.id else f"{owner.name}'s"
        return _told(said, db, *callbacks.list_open(db, most=MOST, owner_id=owner.id), whose)
    named = line.spelled(db, asked.words.rstrip(":"), "")
    if named.customer is None:
        near = f" Did you mean {text.listed([c.name for c in named.rivals], 'or')}?" if named.rivals else ""
        return tell(
            f"I know no customer called “{asked.words}”.{near}",
            "Type: /callback list, /callback list team, /callback list overdue or /callback list Acme",
        )
    found = callbacks.list_open(db, most=MOST, customer_id=named.customer.id)
    return _told(said, db, *found, named.customer.name)


def _told(said: Said, db: Database, found: list[Promise], all_in_all: int, whose: str) -> Reply:
    if not found:
        return tell(f"No open promises, {whose}.")
    told: list[Item] = [f"{text.count(all_in_all, 'open promise')}, {whose}, soonest first:"]
    told += [_line(db, said, promise) for promise in found]
    if all_in_all > len(found):
        told.append(f"+{all_in_all - len(found)} more")
    return tell(*told)


def _line(db: Database, said: Said, promise: Promise) -> Item:
    due = text.moment(promise.due_at, said.zone, said.now)
    over = f" · overdue {text.waited(said.now - promise.due_at)}" if promise.due_at < said.now else ""
    what = f" · {text.clip(deed(promise), MOST_OF_EACH)} (#{promise.id})"
    return ["• ", Bold(names.customer(db, promise.customer_id)), what, f" · {due}{over} · {_whose(db, promise)}"]


def _whose(db: Database, promise: Promise) -> str:
    owner = names.person(db, promise.owner_id)
    if promise.asked_id is None:
        return owner
    why = "is away" if promise.asked_why == "away" else "gave it up"
    return f"nobody owns it: {owner} {why}, {names.person(db, promise.asked_id)} is asked to take it"
