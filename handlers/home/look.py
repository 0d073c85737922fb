"""Who looks at a Home, when, and the ways in which records are said there: names first, times as each reader's own."""

from dataclasses import dataclass

from handlers import names, text
from handlers.blocks import Bold, Item, Moment, Part
from handlers.callbacks.words import deed
from handlers.roles import Role
from storage import callbacks, issues
from storage.database import Database
from storage.models import Person, Promise, Team

NAME, WHAT = 80, 100  # characters of a customer's name and of what was promised


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a Home: whose it is, in which zone, when, until when it is today, and the teams around them."""

    db: Database
    person: Person
    role: Role
    zone: str
    now: int
    day_ends: int
    teams: tuple[Team, ...]
    first_team: int | None


def at(look: Look, when: int) -> Moment | str:
    """A time that stays true as days pass: near today Slack says it, farther off its weekday and date do."""
    away = text.local(when, look.zone).date() - text.local(look.now, look.zone).date()
    words, zone = text.moment(when, look.zone, look.now), text.zone_name(when, look.zone)
    if abs(away.days) <= 1:
        return Moment(when, f"{words} {zone}")
    return words if look.person.zone else f"{words} {zone}"


def name(look: Look, customer_id: int) -> str:
    """A customer by name."""
    return text.clip(names.customer(look.db, customer_id), NAME)


def promised(look: Look, promise: Promise) -> list[Part]:
    """A promise: to whom, what, for when, and what of it one has to know first."""
    issue = issues.find(look.db, promise.issue_id) if promise.issue_id else None
    what = f"{deed(promise)} about {issue.summary}" if issue and not promise.subject else deed(promise)
    parts = [f" · {issue.impact.replace('-', ' ')}"] if issue and issue.impact else []
    tried, moved = callbacks.counts(look.db, promise.id)
    parts += [f" · tried {_times(tried)}"] if tried else []
    parts += [f" · moved {_times(moved)}"] if moved else []
    if promise.asked_id and promise.asked_id != look.person.id:
        parts.append(f" · {names.person(look.db, promise.asked_id)} is asked to take it")
    who = Bold(name(look, promise.customer_id))
    return [who, f" · {text.clip(what, WHAT)} (#{promise.id}) · ", at(look, promise.due_at), *parts]


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def heading(words: str, total: int) -> Item:
    """The name of a part, with how many there are."""
    return [Bold(words), f" · {total:,}"]


def more(number: int, where: str) -> list[Item]:
    """How many are not shown, and what to type for them."""
    return [f"+{number:,} more: {where}"] if number > 0 else []
