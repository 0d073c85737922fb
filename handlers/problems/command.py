"""Every door to a problem: its number behind `/issue`, the word "problem" on an issue, buttons and forms."""

from collections.abc import Callable

from handlers import forms, names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.issues import card as issue_card
from handlers.problems import alert, card, change, offer, shown, solve, tell
from handlers.said import Handler, Reply, Said
from handlers.said import tell as answer
from storage import issues, problems
from storage.database import Database
from storage.models import Issue, Problem

HELP = (
    "part of a problem, or not: /issue 42 problem 57, /issue 42 problem none; or of a new one: /issue 42 problem new …"
)
NONE = frozenset({"none", "no", "off", "0"})
MOST = 5  # open problems offered
MOST_ADDED, LISTED = 100, 10  # numbers a form is filled with, and issues told there word by word


def on_issue(db: Database, said: Said, issue: Issue, rest: str) -> Reply:
    """`/issue 42 problem …`."""
    if refused := roles.refusal(db, said, "act on any"):
        return refused
    word, _, behind = rest.strip().partition(" ")
    number = word.removeprefix("#")
    if not word:
        return _which(db, issue)
    if word.lower() in NONE and not behind:
        return change.apart(db, said, issue)
    if word.lower() == "new":
        return change.open_by_hand(db, said, issue, behind)
    problem = problems.find(db, int(number)) if number.isdecimal() and len(number) < 12 and not behind else None
    if problem is None:
        typed = f"You typed: /issue {issue.id} problem {text.unescape(rest)}"
        missing = f"There is no problem #{number}." if number.isdecimal() else "Which problem? Type its number."
        new = f"A new one: /issue {issue.id} problem new {text.unescape(rest)}"
        return answer(missing, *_open(db, issue), new if not number.isdecimal() else typed)
    return change.part(db, said, issue, problem)


def _which(db: Database, issue: Issue) -> Reply:
    problem = problems.find(db, issue.problem_id) if issue.problem_id else None
    told: list[Item] = [[*issue_card.title(db, issue), f" is part of {shown.named(problem)}." if problem else
                         " is part of no problem."]]  # fmt: skip
    if problem:
        return answer(*told, Row(Button("Not part of it", "problem.apart", f"{issue.id}:{problem.id}")))
    return answer(*told, *_open(db, issue), f"A new one: /issue {issue.id} problem new the lift is stuck")


def _open(db: Database, issue: Issue) -> list[Item]:
    """The open problems it may be part of, the newest first, each with a button."""
    found = problems.open_ones(db, alert.scope_of(db, alert.team_of(db, issue)), MOST)
    if not found:
        return ["No problem is open."]
    row = [Button(f"Part of {text.clip(one.title, 50)} (#{one.id})", f"problem.part.{n}", f"{issue.id}:{one.id}")
           for n, one in enumerate(found)]  # fmt: skip
    return ["Open problems:", *[f"• {shown.named(one)}" for one in found], Row(*row)]


def on_number(db: Database, said: Said, number: int, verb: str, rest: str) -> Reply | None:
    """`/issue 57 …` where 57 is a problem's number; None where it is not."""
    problem = problems.find(db, number)
    if problem is None:
        return None
    if refused := roles.refusal(db, said, "act on any"):
        return refused
    if verb == "show":
        return change.show(db, said, problem)
    if verb == "resolve":
        return solve.open_form(db, said, problem, rest)
    if verb == "edit":
        return open_edit(db, said, problem)
    can = f"A problem can be shown, edited and resolved: /issue {number}, /issue {number} resolve how it was solved"
    return answer(f"{shown.named(problem)} is a problem of several issues.", can,
                  f"You typed: /issue {text.unescape(said.words)}")  # fmt: skip


def open_edit(db: Database, said: Said, problem: Problem) -> Reply:
    """The form **Add**: its name, and the numbers of further issues, filled with those that are like it."""
    if not problem.is_open:
        return solve.solved_already(db, said, problem)
    waiting = card.like_it(db, problem, said.now)[-MOST_ADDED:]
    told: list[Item] = [_named(db, number) for number in reversed(waiting[-LISTED:])]
    heading = [f"Like it, and not part of it yet ({len(waiting)}):"] if waiting else []
    listed = forms.lines("like", *heading, *told) if waiting else []
    title = forms.text_field("title", "What is it called?", initial=problem.title)
    hint = "Numbers with spaces between: #42 #43. What should not be part of it, take out here."
    numbers = forms.text_field("numbers", "Issues to add", initial=" ".join(f"#{one}" for one in waiting), hint=hint,
                               optional=True)  # fmt: skip
    meta = forms.heard(said) | {"record": problem.id}
    return Reply(form=forms.form("problem.edit", f"Problem #{problem.id}", "Save", [title, *listed, numbers], meta))


def _named(db: Database, number: int) -> Item:
    issue = issues.find(db, number)
    if issue is None:
        return f"• (#{number})"
    return ["• ", Bold(names.customer(db, issue.customer_id)), f" · {text.clip(issue.summary, 80)} (#{issue.id})"]


OnProblem = Callable[[Database, Said, Problem], Reply]


def _pressed(act: OnProblem) -> Handler:
    """A button on a problem's card: its value is ``number:version`` as the card was drawn."""

    def pressed(db: Database, said: Said) -> Reply:
        problem = problems.find(db, int(said.value.partition(":")[0]))
        return act(db, said, problem) if problem else answer("This problem was undone; its issues stand as they were.")

    return pressed


def _submitted(act: OnProblem) -> Handler:
    def submitted(db: Database, said: Said) -> Reply:
        problem = problems.find(db, int(forms.meta(said)["record"]))
        if problem is None:
            return forms.given_back(said, answer("This problem was undone meanwhile."))
        return act(db, said, problem)

    return submitted


def _edited(db: Database, said: Said, problem: Problem) -> Reply:
    if not problem.is_open:
        return forms.given_back(said, solve.solved_already(db, said, problem))
    return change.edited(db, said, problem, said.fields.get("title", ""), said.fields.get("numbers", ""))


def _part(db: Database, said: Said) -> Reply:
    """**Part of …**: the echo it stands in, or the answer, says it instead."""
    number, _, other = said.value.partition(":")
    issue, problem = issues.find(db, int(number)), problems.find(db, int(other))
    if issue is None or problem is None:
        return answer("One of the two was undone meanwhile; nothing was changed.")
    reply = change.part(db, said, issue, problem)
    linked = issues.find(db, issue.id)
    if linked is None or linked.problem_id != problem.id or issue.problem_id == problem.id:
        return reply
    out = Row(Button("Not part of it", "problem.apart", f"{issue.id}:{problem.id}"))
    return answer(*offer.noted(db, linked), out, replaces=True)


def _apart(db: Database, said: Said) -> Reply:
    issue = issues.find(db, int(said.value.partition(":")[0]))
    return change.apart(db, said, issue) if issue else answer("This issue was undone; nothing is left of it.")


ACTIONS: dict[str, Handler] = {
    "problem.link": change.link,
    "problem.undo": change.undo,
    "problem.solve": _pressed(solve.open_form),
    "problem.unsolve": solve.undo,
    "problem.edit": _pressed(open_edit),
    "problem.part": _part,
    "problem.apart": _apart,
    "problem.told": tell.told_all,
    "problem.ontime": tell.on_time,
    "problem.late": tell.late,
}

VIEWS: dict[str, Handler] = {
    "problem.solve": _submitted(solve.submitted),
    "problem.edit": _submitted(_edited),
}
