"""Solving a problem: how, said once; what ends with it, what stays open, and who has to be told by whom."""

from handlers import forms, names, text
from handlers.blocks import Bold, Button, Item, Line, Row
from handlers.callbacks import nudges
from handlers.issues import card as issue_card
from handlers.line import readable
from handlers.problems import card, shown, tell
from handlers.said import ConflictError, Reply, Said, record, record_each
from handlers.said import tell as answer
from storage import callbacks, issues, outbox, problems
from storage.database import Database
from storage.models import Issue, Problem

MOST = 5  # issues, or owners, named one by one
UNDO_FOR = 600  # seconds (brief, section 2)


def solved_already(db: Database, said: Said, problem: Problem) -> Reply:
    """Tell who solved it, and when, with the card as it is now."""
    who, when = names.person(db, problem.solved_by), text.moment(problem.solved_at or 0, said.zone, said.now)
    return answer(f"{who} solved it {when} already.", *card.lines(db, problem, zone=said.zone, now=said.now))


def open_form(db: Database, said: Said, problem: Problem, how: str = "") -> Reply:
    """The form **Solved**: what it will do, with counts, and how it was solved."""
    if not problem.is_open:
        return solved_already(db, said, problem)
    beforehand = forms.lines("beforehand", *_beforehand(db, said, problem))
    field = forms.text_field("words", "How was it solved?", initial=readable(db, how), lines=True)
    meta = forms.heard(said) | {"record": problem.id}
    return Reply(form=forms.form("problem.solve", f"Solved: #{problem.id}", "Solved", [*beforehand, field], meta))


def _beforehand(db: Database, said: Said, problem: Problem) -> list[Item]:
    ends, stay = len(problems.resolvable(db, problem.id)), problems.staying(db, problem.id)
    told_by = {owner_id: len(them) for owner_id, them in tell.owners(db, problem, said.person.id).items()}
    told: list[Item] = [[Bold(text.clip(problem.title, shown.TITLE)), f" (#{problem.id})"]]
    told.append(f"{text.count(ends, 'open issue')} will be resolved with your words." if ends else
                "None of its issues is resolved by this.")  # fmt: skip
    return [*told, *_staying(db, stay, "will stay open"), _telling(db, said, told_by, "will get")]


def _staying(db: Database, stay: list[Issue], what: str) -> list[Item]:
    if not stay:
        return []
    why = "as something is promised on it" if len(stay) == 1 else "as something is promised on them"
    told: list[Item] = [f"{text.count(len(stay), 'issue')} {what if len(stay) > 1 else _one(what)}, {why}:"]
    told += [["• ", *_named(db, issue)] for issue in stay[:MOST]]
    return told + ([f"+{len(stay) - MOST:,} more"] if len(stay) > MOST else [])


def _one(what: str) -> str:
    return what.replace("stay open", "stays open") if what.startswith("stay") else what


def _named(db: Database, issue: Issue) -> Line:
    return [Bold(names.customer(db, issue.customer_id)), f" · {text.clip(issue.summary, 80)} (#{issue.id})"]


def _telling(db: Database, said: Said, told_by: dict[str, int], gets: str) -> str:
    """Who gets a list of how many customers to tell, most first: ``Bob gets a list of 4 customers to tell``."""
    if not told_by:
        return "No customer is known who has to be told."
    ranked = sorted(told_by, key=lambda one: (-told_by[one], names.person(db, one).casefold()))
    each = [f"{'you' if one == said.person.id else names.person(db, one)} ({told_by[one]:,})" for one in ranked[:MOST]]
    more = [f"{len(ranked) - MOST:,} others"] if len(ranked) > MOST else []
    many = text.count(sum(told_by.values()), "customer")
    return f"{many} to be told, by the end of the next working day: {text.listed([*each, *more])} {gets} one list."


def submitted(db: Database, said: Said, problem: Problem) -> Reply:
    """The form, filled in."""
    if not problem.is_open:
        return forms.given_back(said, solved_already(db, said, problem))
    how = readable(db, text.escape(said.fields.get("words", "")))
    if not how.strip():
        return Reply(errors={"words": "In a few words: each issue and each list says it."})
    return solved(db, said, problem, how)


def solved(db: Database, said: Said, problem: Problem, how: str) -> Reply:
    """Solve it: in one transaction, what ends is resolved and every affected customer is promised a word."""
    known = problems.change(db, problem, solved_at=said.now, solved_by=said.person.id, how=how)
    if known is None:
        raise ConflictError
    record(db, said, "solved", problem.id)
    ends, stay = problems.resolvable(db, problem.id), problems.staying(db, problem.id)
    told_by = tell.promise_all(db, said, known)
    record_each(db, said, "resolved", [issue.id for issue in ends])
    for issue in ends:
        if issue.card_ts:
            issue_card.refresh(db, issue, said.now)
    for issue in ends:  # last, as it is the most: what is written behind it takes far longer (storage/audit.py)
        if issues.change(db, issue, resolved_at=said.now, resolved_by=said.person.id, resolution=how) is None:
            raise ConflictError
    shown.refresh(db, problem.id, said.now)
    done = f", {text.count(len(ends), 'issue')} resolved" if ends else ""
    solved_line: Line = ["Solved: ", Bold(text.clip(problem.title, shown.TITLE)), f" (#{problem.id}){done}."]
    gets = "has" if len(told_by) == 1 and said.person.id not in told_by else "have"
    row = Row(Button("Undo", "problem.unsolve", str(problem.id)))
    return answer(solved_line, *_staying(db, stay, "stay open"), _telling(db, said, told_by, gets), row)


def undo(db: Database, said: Said) -> Reply:
    """Open a problem again within ten minutes, as if it had not been solved, unless somebody was told by then."""
    problem = problems.find(db, int(said.value))
    if problem is None or problem.is_open:
        return answer("That is undone already.", replaces=True)
    if problem.solved_by != said.person.id:
        return answer(f"Only {names.person(db, problem.solved_by)}, who solved it, can undo it.")
    promised = problems.to_tell(db, problem.id)
    if said.now - (problem.solved_at or 0) > UNDO_FOR or any(one.version > 1 for one in promised):
        why = "Somebody has acted on it since" if promised else "Ten minutes are over"
        return answer(f"Too late to undo. {why}: /issue 42 reopen why", *card.lines(db, problem, zone=said.zone,
                      now=said.now))  # fmt: skip
    for promise in promised:
        nudges.stop(db, promise, said.now)
        callbacks.erase(db, promise.id)
    for sent in outbox.posted(db, kind="telling", subject_id=problem.id):
        issue_card.remove(db, problem.id, sent.sent_channel or "", sent.sent_ts or "", said.now)
    outbox.drop(db, kind="telling", subject_id=problem.id)
    for issue in problems.ended_with(db, problem):
        changed = issues.change(db, issue, resolved_at=None, resolved_by=None, resolution=None)
        if changed and changed.card_ts:
            issue_card.refresh(db, changed, said.now)
    if problems.change(db, problem, solved_at=None, solved_by=None, how=None) is None:
        raise ConflictError
    record(db, said, "not solved", problem.id)
    shown.refresh(db, problem.id, said.now)
    return answer(
        f"Undone, it is open as before: {shown.named(problem)}", f"You had typed: {problem.how}", replaces=True
    )
