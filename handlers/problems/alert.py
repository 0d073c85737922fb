"""What rises, told once: the clock that looks when something was logged, and its alert, which becomes a problem's card.

The rule itself is in storage/trends.py. One alert for each category, or group of like texts, and local date of the
team; only something new that day makes one. While the category has an open problem its card grows instead.
"""

from typing import Any

from handlers import charts, names, roles, text
from handlers.blocks import Bold, Button, Item, Line, Moment, Row, message
from handlers.issues import card
from handlers.problems import shown
from handlers.said import FALLBACK_ZONE
from storage import customers, issues, outbox, people, problems, teams, trends
from storage.database import Database
from storage.models import Issue, Outgoing, Problem, Team, Trend
from storage.scope import Scope
from storage.trends import Rising

MOST, NAMES, NAME = 60, 300, 40  # customers named; characters of all their names, and of one
NEWEST = 3  # issues told word by word
PROBLEMS = 10  # newest open problems compared
SUMMARY = 100  # characters of one
SINCE = 2 * trends.DAY  # seconds back in which another alert may be of the same

Call = dict[str, Any]


def take_due(db: Database, now: int) -> int:
    """Look at what is new, and tell of what rises; returns how many new issues were looked at."""
    new = trends.take_new(db, now)
    categories: set[tuple[int | None, str]] = set()
    grouped: set[int] = set()
    likes: dict[int | None, trends.Likes] = {}
    left = trends.RECENT
    for issue in reversed(new):
        team = team_of(db, issue)
        category, key = kind(issue), team.id if team else None
        if category and (key, category) not in categories:
            categories.add((key, category))
            _look(db, team, issue, trends.of_category(db, scope_of(db, team), category, now), now)
        elif not category and issue.id not in grouped and left > 0:
            left -= 1
            likes[key] = likes.get(key) or trends.Likes(db, scope_of(db, team), now)
            found = likes[key].of(issue.id)
            grouped |= set(found.issues)
            _look(db, team, issue, found, now)
    return len(new)


def kind(issue: Issue) -> str | None:
    """The category an issue rises in; None where its words alone tell."""
    return None if issue.category in (None, "other") else issue.category


def team_of(db: Database, record: Issue | Trend | Problem) -> Team | None:
    """The team a record belongs to; one made before there was a team is the first one's."""
    return teams.find(db, record.team_id) or next(iter(teams.every_team(db)), None)


def scope_of(db: Database, team: Team | None) -> Scope:
    """A team's records; those made before there was a team are the first one's."""
    first = next(iter(teams.every_team(db)), None)
    return Scope(team_id=team.id, with_teamless=first is not None and first.id == team.id) if team else Scope()


def rising(
    db: Database, scope: Scope, category: str | None, issue_id: int, at: int, since: int | None = None
) -> Rising:
    """What rises in a category, else in what reads like an issue."""
    if category:
        return trends.of_category(db, scope, category, at, since)
    return trends.Likes(db, scope, at, since).of(issue_id)


def _look(db: Database, team: Team | None, issue: Issue, found: Rising, now: int) -> None:
    """Have the card of the problem by which this rises drawn again; where there is none, tell of a trend."""
    going_on = _going_on(db, scope_of(db, team), issue, now)
    if going_on:
        shown.refresh(db, going_on.id, now)
    elif found.is_trend:
        _tell(db, team, kind(issue), found, now)


def _going_on(db: Database, scope: Scope, issue: Issue, now: int) -> Problem | None:
    """The open problem by which this rises: the category's, else one that reads like the issue; not a stale one."""
    if category := kind(issue):
        return problems.going_on(db, scope, category, now)
    for one in problems.open_ones(db, scope, PROBLEMS):
        if one.category is None and problems.is_fresh(db, one, now) and problems.reads_like(db, issue.summary, one):
            return one
    return None


def _tell(db: Database, team: Team | None, category: str | None, found: Rising, now: int) -> None:
    """Queue the alert of a local date, or have the one there is drawn again."""
    team_id, today = team.id if team else None, text.local(now, zone_of(db, team)).date().isoformat()
    before = trends.told(db, team_id, category, found.issues, now - SINCE)
    known = next((one for one in before if one.local_date == today), None)
    if known is None:
        newest = found.issues[-1]
        known = trends.tell(db, team_id=team_id, category=category, issue_id=newest, local_date=today, at=now)
    trends.seen_to(db, known.id, found.issues[-1], now)
    refresh(db, team, known, now)


def refresh(db: Database, team: Team | None, trend: Trend, now: int) -> None:
    """Queue an alert once under its key; have it drawn again after that."""
    key = f"trend:{trend.team_id or 0}:{trend.category or f'like {trend.id}'}:{trend.local_date}"
    to, else_to = place(db, team)
    if not outbox.put(
        db, key=key, kind="trend", target=to, person_id=else_to, subject_id=trend.id, priority=outbox.DIGEST, now=now
    ):
        outbox.refresh(db, key=key, kind="trend", target=to, person_id=else_to, subject_id=trend.id, now=now)


def place(db: Database, team: Team | None) -> tuple[str, str | None]:
    """The team channel, else the lead, else Kept's admin, who hears before the first setup; and who is told directly.

    To nobody at all: Slack refuses that, which is an alarm.
    """
    directly = (team and team.lead_id) or people.admin(db)
    own = team.channel_id if team else None
    if own and card.home(db, own) and roles.shows_all(db, own):
        return own, directly
    return directly or "", None


def zone_of(db: Database, team: Team | None) -> str:
    """The zone of a team's days; before the first setup that of Kept's admin."""
    admin = people.find(db, people.admin(db) or "") if team is None else None
    return team.zone if team else (admin and admin.zone) or FALLBACK_ZONE


def compose(db: Database, outgoing: Outgoing, now: int) -> Call | None:
    """The call that draws the alert of what rose; once it was linked its message is the problem's, or points there."""
    trend = trends.find(db, outgoing.subject_id or 0)
    if trend is None:
        return None
    problem = problems.find(db, trend.problem_id) if trend.problem_id else None
    if problem and (outgoing.sent_ts is None or outgoing.sent_ts == problem.card_ts):
        return None
    where = outgoing.sent_channel or outgoing.target
    if not card.shows_all(db, where) and outgoing.sent_ts is None:
        where = outgoing.person_id or where  # the channel came to be shared with another company meanwhile
    told: list[Item] = [card.RECEIVED]
    if card.shows_all(db, where):
        told = [f"Linked as one problem: {shown.named(problem)}"] if problem else lines(db, trend, now)
    if outgoing.sent_ts:
        return {"method": "chat.update", "channel": where, "ts": outgoing.sent_ts, **message(told)}
    return {"method": "chat.postMessage", "channel": where, **message(told)}


def lines(db: Database, trend: Trend, now: int) -> list[Item]:
    """The alert: what rises and by how much, whose, since when, the newest, and the button that links it."""
    team = team_of(db, trend)
    found = rising(db, scope_of(db, team), trend.category, trend.issue_id, trend.at)
    if not found.issues:
        return ["Nothing is left to tell of what rose here: it is part of a problem, taken back or forgotten."]
    zone = zone_of(db, team)
    known = [text.clip(one.name, NAME) for number in found.customers[:MOST] if (one := customers.find(db, number))]
    told: list[Item] = [_heading(db, trend, found)]
    told.append([Bold(shown.few(known, len(found.customers), NAMES))])
    told.append([f"{charts.bars(found.days)} in {trends.CHART} days · first ", _at(found.first_at, zone, now),
                 ", latest ", _at(found.last_at, zone, now)])  # fmt: skip
    told += [_issue(db, number) for number in reversed(found.issues[-NEWEST:])]
    more = len(found.issues) - NEWEST
    listed = f": /issue list #{trend.category}" if trend.category else ""
    told += [f"+{more:,} more{listed}"] if more > 0 else []
    return [*told, Row(Button("Link as one problem", "problem.link", str(trend.id), style="primary"))]


def _heading(db: Database, trend: Trend, found: Rising) -> Line:
    how_many = f"{text.count(len(found.issues), 'issue')} from {text.count(len(found.customers), 'customer')}"
    told = f": {how_many} in 24 hours, {_usual(found)}"
    if trend.category:
        return [Bold(f"{trend.category.capitalize()} is rising"), told]
    issue = issues.find(db, trend.issue_id)
    return [Bold("The same from many"), f" · “{text.clip(issue.summary if issue else '', SUMMARY)}”{told}"]


def _usual(found: Rising) -> str:
    """What is usual, in figures one can picture: ``usually 3 a day``, ``usually 2 a week``."""
    per = ((1, "a day"), (7, "a week"), (28, "in four weeks"))
    for days, words in per:
        if round(found.mean * days) >= (2 if days < 28 else 1):
            return f"usually {round(found.mean * days):,} {words}"
    return "none in the four weeks before"


def _issue(db: Database, number: int) -> Line:
    issue = issues.find(db, number)
    if issue is None:
        return f"• of a forgotten customer (#{number})"
    name = text.clip(names.customer(db, issue.customer_id), NAME)
    return ["• ", Bold(name), f" · {text.clip(issue.summary, SUMMARY)} (#{issue.id})"]


def _at(at: int, zone: str, now: int) -> Moment:
    return Moment(at, f"{text.moment(at, zone, now)} {text.zone_name(at, zone)}")
