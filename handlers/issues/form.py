"""The issue's forms: a new one, an edit, a note, how it was solved, why it is open again."""

from collections.abc import Sequence
from typing import Any

from handlers import customer_field, line, meanwhile, names
from handlers.forms import choices, form, heard, text_field, user_field
from handlers.line import Marks, Named
from handlers.meanwhile import Now
from handlers.problems import choose
from handlers.said import Reply, Said
from storage import customers
from storage.database import Database
from storage.models import Issue

# What people do that changes these, as the audit trail calls it (handlers/meanwhile.py).
SET, OWNED = ("edited:customer_id", "customer set"), ("edited:owner_id", "owned", "took")


def open_new(
    db: Database, said: Said, *, what: str = "", named: Named | None = None, marks: Marks | None = None
) -> Reply:
    """The form for a new issue, prefilled with what was typed, else with the channel's customer."""
    marks = marks or Marks("")
    owner = marks.owner.id if marks.owner else said.person.id
    *fields, owned = _fields(what, marks.category, marks.impact, owner)
    promise = text_field("promise", "Promise", hint="For example: callback tomorrow 3pm", optional=True)
    customer = customer_field.field(db, said, named)
    return Reply(form=form("issue.new", "Log an issue", "Log it", [*customer, *fields, promise, owned], heard(said)))


def open_edit(db: Database, said: Said, issue: Issue) -> Reply:
    """The form that changes an issue."""
    customer = customer_field.field(db, said, Named("", customers.find(db, issue.customer_id)))
    fields = [*_fields(issue.summary, issue.category, issue.impact, issue.owner_id), *choose.field(db, said, issue)]
    meta = heard(said) | meanwhile.opened_at(db, issue.id)
    return Reply(form=form("issue.edit", f"Issue #{issue.id}", "Save", [*customer, *fields], meta))


def as_it_is(db: Database, issue: Issue) -> dict[str, Now]:
    """The fields of an issue as its form would show them now, and in words."""
    category = f"#{issue.category}" if issue.category else ""
    impact = (issue.impact or "").replace("-", " ")
    owner = names.person(db, issue.owner_id)
    return {
        "customer": Now(str(issue.customer_id), names.customer(db, issue.customer_id), "customer", SET),
        "what": Now(issue.summary[:3000], f"“{issue.summary}”", "text", ("edited:summary",)),
        "category": Now(issue.category or "", category, "category", ("edited:category",)),
        "impact": Now(issue.impact or "", impact, "impact", ("edited:impact",)),
        "owner": Now(issue.owner_id or "", owner, "owner", OWNED),
        "problem": choose.as_it_is(db, issue),
    }


def open_line(
    said: Said, issue: Issue, callback_id: str, title: str, label: str, submit: str, more: Sequence[dict[str, Any]] = ()
) -> Reply:
    """A form of a single line about an issue, and what may stand beneath."""
    field = text_field("words", label, lines=True, optional=callback_id == "issue.resolve")
    meta = heard(said) | {"record": issue.id, "version": issue.version}
    return Reply(form=form(callback_id, title, submit, [field, *more], meta))


def _fields(what: str, category: str | None, impact: str | None, owner: str | None) -> list[dict[str, Any]]:
    return [
        text_field("what", "What happened", initial=what, lines=True),
        choices("category", "Category", [(name, f"#{name}") for name in line.CATEGORIES], initial=category),
        choices("impact", "Impact", [(name, name.replace("-", " ")) for name in line.IMPACTS], initial=impact),
        user_field("owner", "Owner", initial=owner),
    ]
