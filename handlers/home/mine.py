"""What is somebody's own, in the order in which to see to it."""

from dataclasses import dataclass
from itertools import groupby

from handlers import drafts, names, text
from handlers.blocks import Bold, Button, Item, Line, Part, Row
from handlers.callbacks import nudges
from handlers.callbacks.words import OUTCOMES
from handlers.home.look import Look, at, heading, more, name, promised
from handlers.issues import card
from storage import callbacks, digests, people, today
from storage import drafts as drafts_kept
from storage.models import Draft, Promise
from storage.scope import Scope

# Two blocks each, of the hundred a Home may have (slack-facts.md 1.5); the rest is for what stands between them.
MOST_ASKED, MOST_OVERDUE, MOST_TODAY, MOST_DRAFTS, MOST_LATER, MOST_ISSUES = 5, 12, 8, 4, 6, 6
FOR_EVER = 2**40  # seconds since 1970: later than anything
TOLD_FOR = 24 * 3600  # seconds after coming back in which it is told what happened meanwhile
MOST_TAKEN = 6  # promises named that others took meanwhile


@dataclass(frozen=True, slots=True)
class Some:
    """The first promises of a part, and how many there are in all."""

    shown: list[Promise]
    total: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for somebody, by how soon to see to it; ``longest`` has been overdue the longest."""

    asked: list[Promise]
    overdue: Some
    longest: Promise | None
    today: Some
    later: Some
    drafts: list[Draft]
    drafts_in_all: int


def desk(look: Look) -> Desk:
    """All promises and questions of somebody, as they are now."""
    db, me, now = look.db, look.person.id, look.now
    longest, _ = callbacks.list_open(db, most=1, owner_id=me, due_before=now + 1)
    return Desk(
        callbacks.asked_of(db, me),
        Some(*today.promised_by(db, me, 0, now + 1, MOST_OVERDUE, by_impact=True)),
        longest[0] if longest else None,
        Some(*today.promised_by(db, me, now + 1, look.day_ends, MOST_TODAY)),
        Some(*today.promised_by(db, me, look.day_ends, FOR_EVER, MOST_LATER)),
        *drafts_kept.waiting(db, me, since=now - drafts_kept.KEEP_FOR, most=MOST_DRAFTS),
    )


def headline(look: Look, desk: Desk) -> Line:
    """What there is to do first, in one sentence."""
    figures = (
        (len(desk.asked), "to accept"),
        (desk.overdue.total, "overdue"),
        (desk.today.total, "due today"),
        (desk.drafts_in_all, "not saved yet"),
    )
    counted = [f"{number:,} {words}" for number, words in figures if number]
    if counted and desk.longest:
        who = name(look, desk.longest.customer_id)
        waited = " has waited longest: since " if desk.overdue.total > 1 else " has waited since "
        return [Bold(", ".join(counted)), f"; {who}{waited}", at(look, desk.longest.due_at)]
    following = next(iter([*desk.today.shown, *desk.later.shown]), None)
    if following:
        head = ", ".join(counted) if counted else "Nothing is overdue or due today"
        return [Bold(head), f"; next is {name(look, following.customer_id)}: ", at(look, following.due_at)]
    if counted:
        return [Bold(", ".join(counted))]
    return [Bold("You have no open promises."), " /callback Acme tomorrow 3pm promises a call."]


def away(look: Look) -> list[Item]:
    """Being away by one's own word."""
    if look.person.away_from is None:
        return []
    until = look.person.away_until
    back: list[Part] = [" until ", at(look, until)] if until else []
    return [["You are away", *back, ". /kept away off when you are back."]]


def meanwhile(look: Look) -> list[Item]:
    """What others took while one was away, for a day."""
    span = people.was_away(look.db, look.person.id)
    if span is None or look.now - span[1] > TOLD_FOR:
        return []
    rows = today.taken_from(look.db, look.person.id, *span)
    took = [(row["person_id"], callbacks.find(look.db, row["record_id"])) for row in rows]
    live = [(who, promise) for who, promise in took if promise]
    return [["While you were away, since ", at(look, span[0]), f", {_told(look, live)}"]] if live else []


def _told(look: Look, took: list[tuple[str, Promise]]) -> str:
    """Who took what, and how it ended: ``Bob took Acme (#12, kept) and Globex (#14)``."""
    told = []
    for who, theirs in groupby(took[:MOST_TAKEN], key=lambda one: one[0]):
        told.append(f"{names.person(look.db, who)} took {text.listed([_ended(look, one) for _, one in theirs])}")
    rest = len(took) - MOST_TAKEN
    return "; ".join([*told, *([f"{rest} more were taken"] if rest > 0 else [])]) + "."


def _ended(look: Look, promise: Promise) -> str:
    how = f", {OUTCOMES[promise.outcome]}" if promise.outcome else ""
    return f"{name(look, promise.customer_id)} (#{promise.id}{how})"


def to_accept(look: Look, desk: Desk) -> list[Item]:
    """What this person is asked to take over: until then nobody owns it, so it stands above all else."""
    told: list[Item] = [[Bold("Waits for you to accept: nobody owns it until then")]] if desk.asked else []
    for promise in desk.asked[:MOST_ASKED]:
        button = Button("I take it", "promise.take", f"{promise.id}:{promise.generation}", style="primary")
        from_whom = f" · from {names.person(look.db, promise.owner_id)}"
        told += [[*promised(look, promise), from_whom], Row(button)]
    return [*told, *more(len(desk.asked) - MOST_ASKED, "they show as these are taken")]


def overdue(look: Look, desk: Desk) -> list[Item]:
    """What is late: the highest impact first, then who waits longest."""
    return _part(look, "Overdue", desk.overdue)


def due_today(look: Look, desk: Desk) -> list[Item]:
    """What is due later today, the soonest first."""
    return _part(look, "Due today", desk.today)


def later(look: Look, desk: Desk) -> list[Item]:
    """What is due on another day."""
    return _part(look, "Later", desk.later)


def _part(look: Look, words: str, some: Some) -> list[Item]:
    told: list[Item] = [heading(words, some.total)] if some.total else []
    for promise in some.shown:
        told += [promised(look, promise), nudges.buttons(promise)]
    return [*told, *more(some.total - len(some.shown), "/callback list")]


def unsaved(_look: Look, desk: Desk) -> list[Item]:
    """Words that got a question: nothing of them is kept until it is answered."""
    told: list[Item] = [[Bold("Not saved yet: waiting for your answer")]] if desk.drafts else []
    for draft in desk.drafts:
        told += drafts.lines(draft)
    return [*told, *more(desk.drafts_in_all - len(desk.drafts), "they show as these are answered")]


def open_issues(look: Look) -> list[Item]:
    """Open issues of one's own: the highest impact first, then who waits longest."""
    scope = Scope(person_id=look.person.id)
    total = digests.counts(look.db, scope).open
    told: list[Item] = [heading("Your open issues", total)] if total else []
    shown = digests.oldest(look.db, scope, MOST_ISSUES) if total else []
    for issue in shown:
        value = f"{issue.id}:{issue.version}"
        impact = f" · {issue.impact.replace('-', ' ')}" if issue.impact else ""
        told.append([*card.title(look.db, issue), " · since ", at(look, issue.created_at), impact])
        told.append(Row(Button("Promise", "issue.promise", value), Button("Resolve", "issue.resolve", value)))
    return [*told, *more(total - len(shown), "/issue list mine")]
