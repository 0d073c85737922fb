"""A problem's card: one living message that says what it is, whose it is, what is open and who was told."""

from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Moment, Row, message
from handlers.issues import card
from handlers.problems import alert, shown
from storage import issues, outbox, problems, trends
from storage.database import Database
from storage.models import Issue, Outgoing, Problem

NAMES, NAME = 300, 40  # characters of all customers' names, and of one
MOST_NAMED = 60  # customers looked up for them
OPEN_SHOWN, SUMMARY = 5, 100  # open issues told word by word, and characters of one
HOW = 300  # characters of how it was solved on the card; `/issue 57` shows all

Call = dict[str, Any]


def lines(db: Database, problem: Problem, *, zone: str, now: int) -> list[Item]:
    """The card's lines; times in words are in ``zone``, and Slack shows each reader their own."""
    counted = problems.counts(db, problem.id)
    found = problems.affected(db, problem.id, MOST_NAMED)
    known = [text.clip(row["name"], NAME) for row in found]
    category = f"#{problem.category} · " if problem.category else ""
    opened = f"opened by {names.person(db, problem.opened_by)} "
    told: list[Item] = [[Bold(text.clip(problem.title, 200)), f" (#{problem.id})"]]
    told.append([Bold(shown.few(known, counted.customers, NAMES))])
    how_many = f"{text.count(counted.customers, 'customer')}, {text.count(counted.issues, 'issue')}"
    told.append(f"{how_many}, {counted.open:,} open")
    told.append([f"{category}{opened}", at(problem.opened_at, zone, now)])
    told += [_issue(db, issue) for issue in problems.open_issues(db, problem.id, OPEN_SHOWN)]
    told += [f"+{counted.open - OPEN_SHOWN:,} more open"] if counted.open > OPEN_SHOWN else []
    if problem.solved_at is not None:
        return [*told, *_solved(db, problem, zone, now)]
    waiting = len(like_it(db, problem, now))
    return told + ([f"{text.count(waiting, 'issue')} like it since, not part of it: press Add"] if waiting else [])


def _solved(db: Database, problem: Problem, zone: str, now: int) -> list[Item]:
    told, to_tell = problems.told_of(db, problem.id)
    how = f": {text.clip(problem.how, HOW)}" if problem.how else ""
    by = f" by {names.person(db, problem.solved_by)} · "
    done: list[Item] = [[Bold("Solved"), by, at(problem.solved_at or now, zone, now), how]]
    if to_tell == 0:
        return done
    all_of_them = f"All {text.count(to_tell, 'customer')} told." if to_tell > 1 else "The customer is told."
    return [*done, all_of_them if told == to_tell else f"{told:,} of {text.count(to_tell, 'customer')} told so far."]


def _issue(db: Database, issue: Issue) -> Line:
    name = text.clip(names.customer(db, issue.customer_id), NAME)
    what = f" · {text.clip(issue.summary, SUMMARY)} (#{issue.id}) · {names.person(db, issue.owner_id)}"
    return ["• ", Bold(name), what]


def at(when: int, zone: str, now: int) -> Moment:
    """A time each reader sees in their own zone."""
    return Moment(when, f"{text.moment(when, zone, now)} {text.zone_name(when, zone)}")


def like_it(db: Database, problem: Problem, now: int) -> list[int]:
    """Issues of a problem's category, or that read like its newest, logged since it rose and part of no problem."""
    team = alert.team_of(db, problem)
    newest = problems.newest(db, problem.id, 1)
    if not problem.is_open or not (problem.category or newest):
        return []
    since = max(problem.opened_at - trends.DAY, now - problems.FRESH_FOR)
    about = newest[0].id if newest else 0
    if problem.category:
        return alert.rising(db, alert.scope_of(db, team), problem.category, about, now, since).issues
    return trends.like_issue(db, alert.scope_of(db, team), newest[0], now, since)


def buttons(problem: Problem) -> list[Item]:
    """What one does from the card; each button carries the version it was drawn from."""
    value = f"{problem.id}:{problem.version}"
    if not problem.is_open:
        return []
    return [Row(Button("Solved", "problem.solve", value, style="primary"), Button("Add", "problem.edit", value))]


def create(db: Database, problem: Problem, now: int) -> None:
    """Queue the first card of a problem that came of no alert."""
    to, else_to = alert.place(db, alert.team_of(db, problem))
    key = f"problem:{problem.id}"
    outbox.refresh(db, key=key, kind="problem", target=to, person_id=else_to, subject_id=problem.id, now=now)


def compose(db: Database, outgoing: Outgoing, now: int) -> Call | None:
    """The call that draws the card as things are now: a post the first time, an edit from then on."""
    problem = problems.find(db, outgoing.subject_id or 0)
    if problem is None:
        return None
    where = problem.card_channel or outgoing.target
    zone = alert.zone_of(db, alert.team_of(db, problem))
    told: list[Item] = [card.RECEIVED if card.is_shared(db, where) else f"A problem (#{problem.id})"]
    if card.shows_all(db, where):
        told = [*lines(db, problem, zone=zone, now=now), *buttons(problem)]
    if problem.card_ts:
        return {"method": "chat.update", "channel": where, "ts": problem.card_ts, **message(told)}
    return {"method": "chat.postMessage", "channel": where, **message(told)}


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, now: int) -> None:
    """Remember where the card is; if the problem was undone while it was on its way, take it away again."""
    if problems.find(db, outgoing.subject_id or 0) is None:
        card.remove(db, outgoing.subject_id or 0, channel, ts, now)
    else:
        problems.card_is_at(db, outgoing.subject_id or 0, channel, ts)


def lost(db: Database, outgoing: Outgoing, now: int) -> None:
    """The card's message is gone from Slack, deleted by a person perhaps: it is posted once more, where it belongs."""
    problem = problems.find(db, outgoing.subject_id or 0)
    if problem:
        problems.card_is_at(db, problem.id, None, None)
        to, _ = alert.place(db, alert.team_of(db, problem))
        outbox.redirect(db, outgoing, target=to, now=now, problem="its message was gone")


def redraw_issues(db: Database, numbers: list[int], now: int) -> None:
    """Have the cards of these issues drawn again, where they have one."""
    for number in numbers:
        known = issues.find(db, number)
        if known and known.card_ts:
            card.refresh(db, known, now)
