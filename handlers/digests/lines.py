"""One line of a digest for each kind of record: names first, waiting time in words, and what is being done."""

from collections.abc import Iterable
from dataclasses import dataclass

from handlers import names, text
from handlers.blocks import Bold, Line, Moment, Part
from handlers.callbacks.words import deed
from storage import callbacks, issues, nudges
from storage.database import Database
from storage.models import Issue, Promise
from storage.scope import Scope

SUMMARY, PERSON, CUSTOMER = 80, 40, 60  # characters


@dataclass(frozen=True, slots=True)
class Look:
    """What one digest looks at: whose records, in which zone, when, until when it is today, and which sections."""

    db: Database
    scope: Scope
    zone: str
    now: int
    day_ends: int
    shown: frozenset[str]


def overdue(look: Look, promise: Promise) -> Line:
    """An overdue promise: how late, whose, and on which step it is."""
    late = text.waited(look.now - promise.due_at)
    doing = ", ".join([_whose(look, promise), *_being_done(look, promise)])
    return ["• ", *_promise(look, promise), f": {late} overdue · {doing}"]


def _being_done(look: Look, promise: Promise) -> Iterable[str]:
    reminders = nudges.posted(look.db, promise.id)
    if reminders:
        last = reminders[-1]
        ago = f"{text.waited(look.now - (last.sent_at or look.now))} ago"
        if last.target == promise.owner_id:
            yield f"reminded {ago}"
        elif last.target.startswith(("U", "W")):
            yield f"{text.clip(names.person(look.db, last.target), PERSON)} asked {ago}"
        else:
            yield f"said in #{names.channel(look.db, last.target)} {ago}"
    tried, moved = callbacks.counts(look.db, promise.id)
    if tried:
        yield f"tried {_times(tried)}"
    if moved:
        yield f"moved {_times(moved)}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def due(look: Look, promise: Promise) -> Line:
    """A promise due later today."""
    at = f"{text.clock(promise.due_at, look.zone)} {text.zone_name(promise.due_at, look.zone)}"
    by = Moment(promise.due_at, at, form="{time}")
    return ["• ", *_promise(look, promise), ": by ", by, f" · {_whose(look, promise)}"]


def given_up(look: Look, promise: Promise) -> Line:
    """A promise nobody owns: by when, and who is asked to take it."""
    by = f"{text.moment(promise.due_at, look.zone, look.now)} {text.zone_name(promise.due_at, look.zone)}"
    owner, asked = (text.clip(names.person(look.db, one), PERSON) for one in (promise.owner_id, promise.asked_id))
    why = f"{owner} is away" if promise.asked_why == "away" else f"{owner} gave it up"
    return ["• ", *_promise(look, promise), f": by {by} · {why}, {asked} is asked to take it"]


def folded(look: Look, promise: Promise, number: int) -> Line:
    """All that is overdue for over seven days, in one line with what to do first: by impact, then the longest."""
    which = f"+{number:,} overdue for over seven days, first of all: " if number > 1 else "For over seven days: "
    late = text.waited(look.now - promise.due_at)
    return [f"• {which}", *_promise(look, promise), f", {late} · {_whose(look, promise)}"]


def escalated(look: Look, issue: Issue) -> Line:
    """An escalated issue: since when, and who has it."""
    ago = text.waited(look.now - (issue.escalated_at or look.now))
    return ["• ", *_issue(look, issue), f": escalated {ago} ago{_impact(issue)} · {_who(look, issue.owner_id)}"]


def unowned(look: Look, issue: Issue) -> Line:
    """An issue nobody owns: how long it waits, and who would know of it."""
    reporter = text.clip(names.person(look.db, issue.reporter_id), PERSON)
    return ["• ", *_issue(look, issue), f": waiting {_waiting(look, issue)}{_impact(issue)} · reported by {reporter}"]


def waiting(look: Look, issue: Issue) -> Line:
    """An open issue: how long it waits, and whose it is."""
    return [
        "• ",
        *_issue(look, issue),
        f": waiting {_waiting(look, issue)}{_impact(issue)} · {_who(look, issue.owner_id)}",
    ]


def behind(look: Look, promise: Promise) -> Iterable[Part]:
    """What stands behind a promise: for when it was made, at first, and about which issue."""
    if promise.due_at < look.now:
        yield f" · for {text.moment(promise.due_at, look.zone, look.now)} {text.zone_name(promise.due_at, look.zone)}"
    if promise.first_due_at != promise.due_at:
        yield f" · at first for {text.moment(promise.first_due_at, look.zone, look.now)}"
    issue = issues.find(look.db, promise.issue_id) if promise.issue_id else None
    if issue:
        yield f" · about: {text.clip(issue.summary, SUMMARY)} (#{issue.id})"


def about(look: Look, issue: Issue) -> Iterable[Part]:
    """What stands behind an issue: since when it is known, and its category."""
    yield f" · since {text.moment(issue.created_at, look.zone, look.now)}"
    if issue.category:
        yield f" · #{issue.category}"


def _promise(look: Look, promise: Promise) -> list[Part]:
    name = text.clip(names.customer(look.db, promise.customer_id), CUSTOMER)
    issue = issues.find(look.db, promise.issue_id) if promise.issue_id and not promise.subject else None
    what = f"{deed(promise)} about {issue.summary}" if issue else deed(promise)
    return [Bold(name), f" · {text.clip(what, SUMMARY)} (#{promise.id})"]


def _issue(look: Look, issue: Issue) -> list[Part]:
    name = text.clip(names.customer(look.db, issue.customer_id), CUSTOMER)
    return [Bold(name), f" · {text.clip(issue.summary, SUMMARY)} (#{issue.id})"]


def _waiting(look: Look, issue: Issue) -> str:
    return text.waited(look.now - issue.created_at)


def _impact(issue: Issue) -> str:
    return f" · {issue.impact.replace('-', ' ')}" if issue.impact else ""


def _whose(look: Look, promise: Promise) -> str:
    return _who(look, None if promise.asked_id else promise.owner_id)


def _who(look: Look, person_id: str | None) -> str:
    return text.clip(names.person(look.db, person_id), PERSON) if person_id else "nobody owns it"
