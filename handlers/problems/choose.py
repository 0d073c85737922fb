"""The problem an issue is part of, as a field of the form behind **More**."""

from typing import Any

from handlers import forms, roles, text
from handlers.blocks import Item
from handlers.meanwhile import Now
from handlers.problems import alert, change, shown
from handlers.said import Said
from storage import problems
from storage.database import Database
from storage.models import Issue

NONE = "none"  # Slack has no empty choice
MOST = 20  # open problems to choose from
DEEDS = ("linked", "unlinked")  # of the audit trail


def field(db: Database, said: Said, issue: Issue) -> list[dict[str, Any]]:
    """The field, where there is a problem to choose, or to be taken out of."""
    found = problems.open_ones(db, alert.scope_of(db, alert.team_of(db, issue)), MOST)
    own = problems.find(db, issue.problem_id) if issue.problem_id else None
    found += [own] if own and own not in found else []
    if not found or not roles.may(db, said.person, "act on any"):
        return []
    options = [*((str(one.id), text.clip(shown.named(one), 75)) for one in found), (NONE, "Not part of a problem")]
    return [forms.choices("problem", "Part of the problem", options, initial=str(own.id) if own else None)]


def as_it_is(db: Database, issue: Issue) -> Now:
    """The field as the form would show it now, and in words."""
    problem = problems.find(db, issue.problem_id) if issue.problem_id else None
    named = shown.named(problem) if problem else "none"
    return Now(str(problem.id) if problem else "", named, "problem", DEEDS)


def as_asked(said: Said, now: dict[str, Now]) -> dict[str, Now]:
    """The fields of a form, without this one where it was not in it."""
    was_asked = any(block.get("block_id") == "problem" for block in said.view.get("blocks") or [])
    return {name: one for name, one in now.items() if name != "problem" or was_asked}


def chosen(db: Database, said: Said, issue: Issue, value: str) -> list[Item]:
    """Make it so, if the choice is another one than before; returns what is to be said of it."""
    wanted = int(value) if value.isdecimal() else None
    if wanted == issue.problem_id or not roles.may(db, said.person, "act on any"):
        return []
    problem = problems.find(db, wanted) if wanted else None
    reply = change.part(db, said, issue, problem) if problem else change.apart(db, said, issue)
    return [reply.text.partition("\n")[0].partition(":")[0] + "."]
