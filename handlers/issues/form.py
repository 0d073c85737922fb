"""The issue's forms: a new one, an edit, a note, how it was solved, why it is open again."""

from typing import Any

from handlers import line, names
from handlers.forms import choices, form, heard, text_field, user_field
from handlers.line import Marks, Named
from handlers.said import Reply, Said
from storage.database import Database
from storage.models import Issue


def open_new(said: Said, *, what: str = "", named: Named | None = None, marks: Marks | None = None) -> Reply:
    """The form for a new issue, prefilled with what was typed."""
    customer = ""
    if named:
        customer = named.customer.name if named.customer else named.new_name
    marks = marks or Marks("")
    owner = marks.owner.id if marks.owner else said.person.id
    fields = _fields(customer, what, marks.category, marks.impact, owner)
    fields.insert(4, text_field("promise", "Promise", hint="For example: callback tomorrow 3pm", optional=True))
    return Reply(form=form("issue.new", "Log an issue", "Log it", fields, heard(said)))


def open_edit(db: Database, said: Said, issue: Issue) -> Reply:
    """The form that changes an issue."""
    customer = names.customer(db, issue.customer_id)
    fields = _fields(customer, issue.summary, issue.category, issue.impact, issue.owner_id)
    meta = heard(said) | {"record": issue.id, "version": issue.version}
    return Reply(form=form("issue.edit", f"Issue #{issue.id}", "Save", fields, meta))


def open_line(said: Said, issue: Issue, callback_id: str, title: str, label: str, submit: str) -> Reply:
    """A form of a single line about an issue."""
    field = text_field("words", label, lines=True, optional=callback_id == "issue.resolve")
    meta = heard(said) | {"record": issue.id, "version": issue.version}
    return Reply(form=form(callback_id, title, submit, [field], meta))


def _fields(
    customer: str, what: str, category: str | None, impact: str | None, owner: str | None
) -> list[dict[str, Any]]:
    return [
        text_field("customer", "Customer", initial=customer, hint="A name not known yet becomes a new customer."),
        text_field("what", "What happened", initial=what, lines=True),
        choices("category", "Category", [(name, f"#{name}") for name in line.CATEGORIES], initial=category),
        choices("impact", "Impact", [(name, name.replace("-", " ")) for name in line.IMPACTS], initial=impact),
        user_field("owner", "Owner", initial=owner),
    ]
