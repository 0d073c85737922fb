"""The promise's forms: a new one, Fix, Move, and the outcomes behind More."""

from typing import Any

from handlers import customer_field, forms, meanwhile, names
from handlers.callbacks.words import in_full
from handlers.forms import choices, form, heard, text_field, user_field
from handlers.issues import card
from handlers.line import Marks, Named
from handlers.meanwhile import Now
from handlers.said import Reply, Said
from handlers.when import say
from storage import customers
from storage.database import Database
from storage.models import Issue, Promise

FIXED = ("fixed",)  # the deed, as the audit trail calls it
WHEN_HINT = "For example: tomorrow 3pm, Friday by noon, in 2 hours"

MORE = [
    ("on it", "Not yet: I am on it, wait 30 minutes"),
    ("called", "They called us"),
    ("withdrawn", "Withdrawn by the customer"),
    ("broken", "Broken: it was not kept"),
    ("mistake", "Entered by mistake"),
]


def open_new(db: Database, said: Said, marks: Marks | None = None, named: Named | None = None, when: str = "") -> Reply:
    """The form for a new promise, prefilled with what was typed, else with the channel's customer."""
    owner = marks.owner.id if marks and marks.owner else said.person.id
    fields = [
        *customer_field.field(db, said, named),
        text_field("what", "What was promised", initial=marks.words if marks else "", optional=True),
        text_field("when", "By when", initial=when, hint=WHEN_HINT, optional=True),
        user_field("owner", "Owner", initial=owner),
    ]
    return Reply(form=form("promise.new", "Promise a callback", "Promise it", fields, heard(said)))


def open_on_issue(db: Database, said: Said, issue: Issue, what: str = "call", when: str = "") -> Reply:
    """The form for a promise that belongs to an issue."""
    fields = [
        *forms.lines("issue", ["For ", *card.title(db, issue)]),
        *customer_field.beneath(db, said, str(issue.customer_id)),
        text_field("what", "What was promised", initial=what, optional=True),
        text_field("when", "By when", initial=when, hint=WHEN_HINT, optional=True),
        user_field("owner", "Owner", initial=issue.owner_id or said.person.id),
    ]
    title = f"Promise {names.customer(db, issue.customer_id)}"
    return Reply(form=form("promise.on_issue", title, "Promise it", fields, heard(said) | {"record": issue.id}))


def open_fix(db: Database, said: Said, promise: Promise) -> Reply:
    """The form that corrects what was understood."""
    fields = [
        *customer_field.field(db, said, Named("", customers.find(db, promise.customer_id))),
        text_field("what", "What was promised", initial=in_full(promise)),
        text_field("when", "By when", initial=say(promise.due_at, promise.zone), hint=WHEN_HINT),
        user_field("owner", "Owner", initial=promise.owner_id),
    ]
    opened = meanwhile.opened_at(db, promise.id)
    return _about(said, promise, "promise.fix", f"Fix #{promise.id}", "Save", fields, opened)


def as_it_is(db: Database, promise: Promise) -> dict[str, Now]:
    """The fields of a promise as its form would show them now, and in words."""
    what, when, owner = in_full(promise), say(promise.due_at, promise.zone), promise.owner_id
    return {
        "customer": Now(str(promise.customer_id), names.customer(db, promise.customer_id), "customer", FIXED),
        "what": Now(what[:3000], f"“{what}”", "promise", FIXED),
        "when": Now(when, when, "time", (*FIXED, "moved")),
        "owner": Now(owner, names.person(db, owner), "owner", (*FIXED, "handed over", "took")),
    }


def open_move(db: Database, said: Said, promise: Promise) -> Reply:
    """The form that moves a promise to another time."""
    told = [("yes", "Yes, they know"), ("no", "No, not yet")]
    fields = [
        text_field("when", "New time", hint=WHEN_HINT),
        choices("told", "Was the customer told?", told, initial=None),
    ]
    return _about(said, promise, "promise.move", f"Move: {names.customer(db, promise.customer_id)}", "Move", fields)


def open_more(db: Database, said: Said, promise: Promise) -> Reply:
    """The form with the rarer outcomes, and handing over."""
    fields = [
        choices("outcome", "How did it end?", MORE, initial=None),
        user_field("owner", "Or hand it over to", initial=None),
        text_field("note", "In a word", hint="Needed when it was entered by mistake.", optional=True),
    ]
    return _about(said, promise, "promise.more", names.customer(db, promise.customer_id), "Save", fields)


def _about(
    said: Said,
    promise: Promise,
    callback_id: str,
    title: str,
    submit: str,
    fields: list[dict[str, Any]],
    opened: dict[str, int] | None = None,
) -> Reply:
    meta = heard(said) | {"record": promise.id} | (opened or {})
    return Reply(form=form(callback_id, title, submit, fields, meta))
