"""`/issue`: every sub-command, button and form of an issue, each listed once."""

from collections.abc import Callable

from handlers import forms, line, roles, text
from handlers.callbacks import form as promise_form
from handlers.callbacks import make
from handlers.drafts import Settled
from handlers.feedback import note as feelings
from handlers.issues import change, find, form, like, lists, log
from handlers.problems import command as problem_command
from handlers.said import Handler, Reply, Said, tell
from handlers.subcommands import nearly, read_first
from storage import issues
from storage.database import Database
from storage.models import Issue

HELP = {
    "": "log a problem: /issue Acme: charged twice for March @dana !blocked #billing callback tomorrow 3pm",
    "form": "/issue alone opens the form",
    "show": "a card: /issue 42",
    "note": "add a line: /issue 42 note they called again",
    "own": "take it, or give it: /issue 42 own, /issue 42 own @dana",
    "edit": "change it in a form: /issue 42 edit",
    "callback": "promise a callback with it: /issue 42 callback tomorrow 3pm",
    "resolve": "say how it was solved: /issue 42 resolve refunded the second charge",
    "reopen": "say why it is open again: /issue 42 reopen it happened again",
    "duplicate": "close it as another one's duplicate: /issue 42 duplicate 41",
    "problem": problem_command.HELP,
    "list": "what is open: /issue list, list mine, list unowned, list Acme, list #billing",
    "find": "search: /issue find late delivery",
    "help": "this help: /issue help",
}

OnIssue = Callable[[Database, Said, Issue, str], Reply]


def _own(db: Database, said: Said, issue: Issue, rest: str) -> Reply:
    asked = line.take_marks(db, rest)
    if asked.words:
        return tell(f"Whose is it? Type: /issue {issue.id} own @dana. You typed: {text.unescape(rest)}")
    return change.own(db, said, issue, asked.owner)


def _duplicate(db: Database, said: Said, issue: Issue, rest: str) -> Reply:
    number = rest.strip().lstrip("#")
    other = issues.find(db, int(number)) if number.isdecimal() and len(number) < 12 else None
    if other is None:
        return tell(f"A duplicate of which issue? Type its number: /issue {issue.id} duplicate 41")
    return _may_act(db, said, other) or change.duplicate(db, said, issue, other)


def _callback(db: Database, said: Said, issue: Issue, rest: str) -> Reply:
    return make.on_issue(db, said, issue, rest) if rest.strip() else promise_form.open_on_issue(db, said, issue)


ON_ISSUE: dict[str, OnIssue] = {
    "show": lambda db, said, issue, _: change.show(db, said, issue),
    "note": change.note,
    "own": _own,
    "edit": lambda db, said, issue, _: form.open_edit(db, said, issue),
    "callback": _callback,
    "resolve": change.resolve,
    "reopen": change.reopen,
    "duplicate": _duplicate,
    "problem": problem_command.on_issue,
}

ON_WORDS: dict[str, Callable[[Database, Said, str], Reply]] = {
    "list": lists.open_issues,
    "find": find.find,
    "help": lambda _db, _said, _words: help_text(),
}

VERBS = frozenset(ON_ISSUE) | frozenset(ON_WORDS)


def help_text() -> Reply:
    """Everything `/issue` understands, with an example of each."""
    return tell("What /issue understands:", *[f"• {words}" for words in HELP.values()])


def issue(db: Database, said: Said) -> Reply:
    """`/issue …`."""
    words = said.words.strip()
    if not words:
        return form.open_new(db, said)
    asked = read_first(words, VERBS)
    if asked.slip:
        return tell(f"Did you mean: /issue {asked.slip}", f"You typed: /issue {text.unescape(words)}")
    if asked.verb in ON_WORDS:
        return _on_words(db, said, asked.verb, asked.words)
    if asked.number is not None:
        return _on_number(db, said, asked.number, asked.verb or "show", asked.rest)
    if asked.verb:
        typed = f"You typed: /issue {text.unescape(words)}"
        return tell(f"Which issue? Type its number first: /issue 42 {asked.verb} {text.unescape(asked.rest)}", typed)
    meant = nearly(words, VERBS)
    if meant and line.at_start(db, words) is None:
        return tell(
            f"Did you mean: /issue {meant}", f"To log it, name the customer: /issue Acme: {text.unescape(words)}"
        )
    return log.log(db, said, words)


def _on_words(db: Database, said: Said, verb: str, words: str) -> Reply:
    if verb == "help":
        return help_text()
    if verb == "find":  # shows each person what is theirs to see
        return find.find(db, said, words)
    mine = said.person.id if verb == "list" and words.lower() == "mine" else None
    return roles.refusal(db, said, "list", mine) or ON_WORDS[verb](db, said, words)


def _may_act(db: Database, said: Said, found: Issue) -> Reply | None:
    return roles.refusal(db, said, "act on any", found.owner_id, found.reporter_id)


def _on_number(db: Database, said: Said, number: int, verb: str, rest: str) -> Reply:
    found = issues.find(db, number)
    if found is None and (reply := problem_command.on_number(db, said, number, verb, rest)):
        return reply
    if found is None:
        given_back = f" You typed: /issue {text.unescape(said.words)}" if rest else ""
        return tell(f"There is no issue #{number}. What is open: /issue list.{given_back}")
    return _may_act(db, said, found) or ON_ISSUE[verb](db, said, found, rest)


def carry_on(db: Database, said: Said, words: str, settled: Settled) -> Reply:
    """Carry on with a line after its question was answered."""
    asked = read_first(words, VERBS)
    if asked.verb != "callback" or asked.number is None:
        return log.log(db, said, words, settled)
    found = issues.find(db, asked.number)
    if found is None:
        return tell(f"This issue was undone meanwhile. You typed: /issue {text.unescape(words)}")
    return make.on_issue(db, said, found, asked.rest, settled)


def _pressed(act: Callable[[Database, Said, Issue], Reply]) -> Handler:
    """A button on a card: its value is ``number:version`` as the card was drawn."""

    def pressed(db: Database, said: Said) -> Reply:
        found = issues.find(db, int(said.value.partition(":")[0]))
        if found is None:
            return tell("This issue was undone; nothing is left of it.")
        return _may_act(db, said, found) or act(db, said, found)

    return pressed


def _press_resolve(db: Database, said: Said, found: Issue) -> Reply:
    if not found.is_open:
        return change.already_resolved(db, said, found)
    felt = feelings.fields(db, found)
    return form.open_line(said, found, "issue.resolve", f"Resolve #{found.id}", "How was it solved?", "Resolve", felt)


def _press_own(db: Database, said: Said, found: Issue) -> Reply:
    reply = change.own(db, said, found)
    # The card is redrawn and says it all: only a surprise is worth a message of its own.
    return Reply() if reply.text.startswith("You own it now") else reply


def _submitted(act: OnIssue) -> Handler:
    def submitted(db: Database, said: Said) -> Reply:
        found = issues.find(db, int(forms.meta(said)["record"]))
        if found is None:
            return forms.given_back(said, tell("This issue was undone meanwhile."))
        return _may_act(db, said, found) or act(db, said, found, text.escape(said.fields.get("words", "")))

    return submitted


def _resolved(db: Database, said: Said, found: Issue, how: str) -> Reply:
    asked = bool(said.fields.keys() & {"mood", "reason"})
    reply = change.resolve(db, said, found, how, felt=feelings.filled_in if asked else feelings.question)
    now = issues.find(db, found.id)
    is_said = found.is_open and (not asked or (now is not None and not now.is_open))
    return reply if is_said else forms.given_back(said, reply)


def _reopened(db: Database, said: Said, found: Issue, why: str) -> Reply:
    reply = change.reopen(db, said, found, why)
    return forms.given_back(said, reply) if found.is_open else reply


COMMANDS: dict[str, Handler] = {"issue": issue}

ACTIONS: dict[str, Handler] = {
    "issue.own": _pressed(_press_own),
    "issue.takeover": _pressed(lambda db, said, found: change.own(db, said, found, knowing=True)),
    "issue.resolve": _pressed(_press_resolve),
    "issue.reopen": _pressed(
        lambda _db, said, found: form.open_line(
            said, found, "issue.reopen", "Reopen", "Why is it open again?", "Reopen"
        )
    ),
    "issue.note": _pressed(lambda _db, said, found: form.open_line(said, found, "issue.note", "Note", "Note", "Add")),
    "issue.promise": _pressed(promise_form.open_on_issue),
    "issue.more": _pressed(form.open_edit),
    **find.ACTIONS,
    **like.ACTIONS,
    **problem_command.ACTIONS,
    "issue.undo": lambda db, said: change.undo(db, said, issues.find(db, int(said.value))),
}

VIEWS: dict[str, Handler] = {
    "issue.new": log.submitted,
    "issue.edit": _submitted(lambda db, said, found, _: log.edited(db, said, found)),
    "issue.note": _submitted(change.note),
    "issue.resolve": _submitted(_resolved),
    "issue.reopen": _submitted(_reopened),
    **problem_command.VIEWS,
}
