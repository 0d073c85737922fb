"""What makes issues one problem, and what takes them out again: an alert's button, by hand, Undo.

Nothing is linked by itself. Who is second is told who was first.
"""

import json
import re

from handlers import names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.issues import card as issue_card
from handlers.line import readable
from handlers.problems import alert, card, shown
from handlers.said import ConflictError, Reply, Said, record, record_each, tell
from storage import audit, issues, outbox, problems, trends
from storage.database import Database
from storage.models import Issue, Problem, Trend

UNDO_FOR = 600  # seconds (brief, section 2)
MOST_CARDS = 200  # open cards drawn anew at once; the others say it when they change
LONGEST_TITLE = 150  # characters


def show(db: Database, said: Said, problem: Problem) -> Reply:
    """The card, to the one who asked."""
    told = card.lines(db, problem, zone=said.zone, now=said.now)
    if problem.how and len(problem.how) > card.HOW:
        told.append(["In full: ", problem.how])
    return tell(*told, *card.buttons(problem))


def link(db: Database, said: Said) -> Reply:
    """**Link as one problem**: the alert becomes the problem's card; pressed twice, or by two, there is one problem."""
    trend = trends.find(db, int(said.value))
    if trend is None:
        return tell("This alert is gone, and nothing was changed. What is open: /issue list")
    before = problems.find(db, trend.problem_id) if trend.problem_id else None
    if before:
        who, when = names.person(db, before.opened_by), text.moment(before.opened_at, said.zone, said.now)
        return tell(f"{who} linked it {when} already: {shown.named(before)}", *_below(db, said, before))
    team = alert.team_of(db, trend)
    until = said.now if said.now - trend.at < trends.DAY else trend.at
    since = trend.at - trends.DAY
    found = alert.rising(db, alert.scope_of(db, team), trend.category, trend.issue_id, until, since)
    if not found.issues:
        return tell("Nothing of it is left to link: it is part of a problem, or was taken back.")
    title, after = _title(db, said, trend, team.zone if team else said.zone)
    problem = problems.open_new(
        db, team_id=trend.team_id, category=trend.category, title=title, titled_after=after, person_id=said.person.id,
        now=said.now,
    )  # fmt: skip
    record(db, said, "opened", problem.id)
    linked = _linked(db, said, problem, found.issues)
    _takes_over(db, said, trend, problem, linked)
    return tell(*_echo(db, problem), undo_row(problem))


def _below(db: Database, said: Said, problem: Problem) -> list[Item]:
    return [*card.lines(db, problem, zone=said.zone, now=said.now), *card.buttons(problem)]


def _title(db: Database, said: Said, trend: Trend, zone: str) -> tuple[str, int | None]:
    """What a problem is called to begin with: after its category and day, or in the words of its newest issue.

    With the words comes whose they are.
    """
    day = text.local(said.now, zone)
    on = f"{day.day} {day:%b}"
    issue = issues.find(db, trend.issue_id)
    if trend.category or issue is None:
        return f"{trend.category.capitalize()} problem of {on}" if trend.category else f"Problem of {on}", None
    return text.clip(issue.summary, shown.TITLE), issue.id


def _linked(db: Database, said: Said, problem: Problem, numbers: list[int]) -> list[int]:
    linked = problems.link(db, problem.id, numbers)
    record_each(db, said, "linked", linked, str(problem.id))
    card.redraw_issues(db, linked[-MOST_CARDS:], said.now)
    shown.refresh(db, problem.id, said.now)
    return linked


def _takes_over(db: Database, said: Said, trend: Trend, problem: Problem, linked: list[int]) -> None:
    """The alert's message becomes the card; other alerts of the same say that it was linked."""
    same = trends.told(db, trend.team_id, trend.category, linked, trend.at - alert.SINCE)
    same = [one for one in same if one.problem_id is None and one.id != trend.id]
    trends.linked(db, [trend.id, *(one.id for one in same)], problem.id)
    sent = outbox.posted(db, kind="trend", subject_id=trend.id)
    if sent:
        problems.card_is_at(db, problem.id, sent[0].sent_channel, sent[0].sent_ts)
        shown.refresh(db, problem.id, said.now)
    else:
        card.create(db, problem, said.now)
    for one in same:
        for other in outbox.posted(db, kind="trend", subject_id=one.id):
            shown.redraw(db, other, said.now)


def _echo(db: Database, problem: Problem) -> list[Item]:
    counted = problems.counts(db, problem.id)
    how_many = f"{text.count(counted.issues, 'issue')} of {text.count(counted.customers, 'customer')}"
    return [["Linked: ", Bold(text.clip(problem.title, shown.TITLE)), f" (#{problem.id}), {how_many}."],
            "Another name, or more issues? Press Add on its card."]  # fmt: skip


def undo_row(problem: Problem) -> Row:
    """Undo, as every echo has it."""
    return Row(Button("Undo", "problem.undo", str(problem.id)))


def undo(db: Database, said: Said) -> Reply:
    """Take a problem back within ten minutes, as if it had not been made, unless somebody else acted on it."""
    problem = problems.find(db, int(said.value))
    if problem is None:
        return tell("That is undone already.", replaces=True)
    if problem.opened_by != said.person.id:
        return tell(f"Only {names.person(db, problem.opened_by)}, who linked it, can undo it.")
    touched = audit.touched_by_others(db, problem.id, said.person.id)
    if touched or not problem.is_open or said.now - problem.opened_at > UNDO_FOR:
        why = f"{names.person(db, touched['person_id'])} has acted on it since" if touched else "Too late to undo"
        return tell(f"{why}. One by one: /issue 42 problem none", *_below(db, said, problem))
    linked = problems.newest(db, problem.id, MOST_CARDS)
    alerts = trends.of_problem(db, problem.id)
    trends.linked(db, [one.id for one in alerts], None)
    problems.erase(db, problem.id)
    _back_to_alerts(db, said, problem, alerts)
    card.redraw_issues(db, [issue.id for issue in linked], said.now)
    record(db, said, "undone", problem.id)
    return tell(f"Undone, its issues stay as they are: {shown.named(problem)}", replaces=True)


def _back_to_alerts(db: Database, said: Said, problem: Problem, alerts: list[Trend]) -> None:
    """The alerts are alerts again; a card that was none goes."""
    outbox.cancel(db, kind="problem", subject_id=problem.id)
    sent = [one for trend in alerts for one in outbox.posted(db, kind="trend", subject_id=trend.id)]
    for one in sent:
        shown.redraw(db, one, said.now)
    if problem.card_ts and problem.card_channel and problem.card_ts not in {one.sent_ts for one in sent}:
        issue_card.remove(db, problem.id, problem.card_channel, problem.card_ts, said.now)


def part(db: Database, said: Said, issue: Issue, problem: Problem) -> Reply:
    """Make one issue part of a problem, out of another one if it is in one."""
    if issue.problem_id == problem.id:
        return tell([*issue_card.title(db, issue), f" is part of {shown.named(problem)} already."])
    if not problem.is_open:
        who, when = names.person(db, problem.solved_by), text.moment(problem.solved_at or 0, said.zone, said.now)
        new = f"Is it back? /issue {issue.id} problem new, and what it is"
        return tell(f"{shown.named(problem)} was solved by {who} {when}. {new}")
    _out(db, said, issue)
    _linked(db, said, problem, [issue.id])
    row = Row(Button("Not part of it", "problem.apart", f"{issue.id}:{problem.id}"))
    return tell([f"Part of {shown.named(problem)}: ", *issue_card.title(db, issue)], row)


def apart(db: Database, said: Said, issue: Issue) -> Reply:
    """Make an issue part of no problem."""
    problem = problems.find(db, issue.problem_id) if issue.problem_id else None
    if problem is None:
        return tell([*issue_card.title(db, issue), " is part of no problem."])
    _out(db, said, issue)
    told = [f"Not part of {shown.named(problem)}: ", *issue_card.title(db, issue)]
    return tell(told, replaces=said.surface == "button")


def _out(db: Database, said: Said, issue: Issue) -> None:
    if issue.problem_id and problems.unlink(db, issue.id):
        record(db, said, "unlinked", issue.id, str(issue.problem_id))
        shown.refresh(db, issue.problem_id, said.now)
        card.redraw_issues(db, [issue.id], said.now)


def open_by_hand(db: Database, said: Said, issue: Issue, title: str) -> Reply:
    """`/issue 42 problem new the lift is stuck`: a problem of which nobody was alerted, with its first issue."""
    words = readable(db, title)
    if not words:
        return tell(f"What is the problem? Type: /issue {issue.id} problem new the lift is stuck")
    if len(words) > LONGEST_TITLE:
        return tell(f"At most {LONGEST_TITLE} characters for its name, please. You typed: {words}")
    problem = problems.open_new(  # of no category: it is one thing, and its category may rise by another
        db, team_id=issue.team_id, category=None, title=words, titled_after=None, person_id=said.person.id,
        now=said.now,
    )  # fmt: skip
    record(db, said, "opened", problem.id)
    _out(db, said, issue)
    card.create(db, problem, said.now)
    _linked(db, said, problem, [issue.id])
    return tell(*_echo(db, problem), undo_row(problem))


def edited(db: Database, said: Said, problem: Problem, title: str, numbers: str) -> Reply:
    """The form **Add**, filled in: a name, and the numbers of further issues; all of them or none."""
    found, errors = _meant(db, said, problem, numbers)
    words = " ".join(title.split())
    if not words or len(words) > LONGEST_TITLE:
        errors["title"] = f"A name of at most {LONGEST_TITLE} characters, please." if words else "What is it called?"
    if errors:
        return Reply(errors=errors)
    if words != problem.title:
        changed = problems.change(db, problem, title=words, titled_after=None)
        if changed is None:
            raise ConflictError
        record(db, said, "renamed", problem.id)
        shown.refresh_lists(db, problem.id, said.now)
    linked = _linked(db, said, problem, found)
    if linked:
        record(db, said, "added to", problem.id, json.dumps(linked[:100]))
    known = problems.find(db, problem.id) or problem
    told = f"{text.count(len(linked), 'issue')} added to " if linked else "Saved: "
    return tell([told, Bold(text.clip(known.title, shown.TITLE)), f" (#{known.id})."])


def _meant(db: Database, said: Said, problem: Problem, typed: str) -> tuple[list[int], dict[str, str]]:
    """The issues whose numbers were typed, and what is wrong with them."""
    found: list[int] = []
    for word in dict.fromkeys(re.split(r"[\s,;]+", typed.strip())) if typed.strip() else ():
        number = word.removeprefix("#")
        issue = issues.find(db, int(number)) if number.isdecimal() and len(number) < 12 else None
        if issue is None:
            return [], {"numbers": f"There is no issue {word}. Type numbers with spaces between: #42 #43"}
        other = problems.find(db, issue.problem_id) if issue.problem_id not in (None, problem.id) else None
        if other:
            return [], {"numbers": f"#{number} is part of {shown.named(other)}. First: /issue {number} problem none"}
        if roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id):
            return [], {"numbers": f"#{number} is not yours to link."}
        found.append(issue.id)
    return found, {}
