"""What was asked for in a setup, read from one line or from the form, and what is wrong with it."""

import re
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from handlers import hours, line
from storage import channels
from storage.database import Database
from storage.models import Channel

EXAMPLE = (
    "/kept setup team #support escalations #urgent managers #leads lead @dana backup @bob"
    " hours 9:00-17:00 holidays US-CA"
)
WORDS = ("team", "escalations", "managers", "lead", "backup", "hours", "days", "holidays", "zone")
WORD = re.compile(rf"(?<!\S)({'|'.join(WORDS)})\s+", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(am|pm)?", re.IGNORECASE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(slots=True)
class Plan:
    """The values of a team's columns that were asked for, and a sentence for each that is wrong, by field."""

    values: dict[str, str | int | None] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def from_line(db: Database, words: str) -> Plan:
    """Read ``team #support lead @dana …``; each word is followed by its value."""
    parts = WORD.split(words)
    asked = {parts[n].lower(): parts[n + 1].strip() for n in range(1, len(parts), 2)}
    plan = Plan()
    if parts[0].strip():
        plan.problems["team"] = f"I don't know what “{parts[0].strip()}” is for."
    for word, value in asked.items():
        if word in ("team", "escalations", "managers"):
            _channel(db, plan, word, _channel_id(db, value), value)
        elif word in ("lead", "backup"):
            _person(db, plan, word, value)
        else:
            _setting(plan, word, value)
    return plan


def from_fields(db: Database, fields: dict[str, str]) -> Plan:
    """Read the form, whose fields bear the same words."""
    plan = Plan()
    for word in ("team", "escalations", "managers"):
        if word in fields:
            _channel(db, plan, word, fields[word], fields[word])
    for word in ("lead", "backup"):
        if word in fields:
            plan.values[f"{word}_id"] = fields[word]
    for word in ("hours", "days", "holidays", "zone"):
        if word in fields:
            _setting(plan, word, fields[word])
    return plan


def _channel_id(db: Database, value: str) -> str | None:
    entity = re.fullmatch(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>", value)
    if entity:
        return entity[1]
    found = channels.by_name(db, value.lstrip("#").lower())
    return found.id if found else None


def _channel(db: Database, plan: Plan, word: str, channel_id: str | None, typed: str) -> None:
    known = channels.find(db, channel_id) if channel_id else None
    problem = _unfit(known, word, typed)
    if problem:
        plan.problems[word] = problem
    elif known:
        column = {"team": "channel_id", "escalations": "escalation_channel_id", "managers": "manager_channel_id"}[word]
        plan.values[column] = known.id


def _unfit(channel: Channel | None, word: str, typed: str) -> str:
    """Why a channel cannot be the team's own, with what to do; an empty text if it can."""
    if channel is None:
        name = re.sub(r"<#\w+\|?|>", "", typed) or "that channel"
        return f"I can't see {name}. If it is private, type /invite @Kept in it first; then send this again."
    if channel.is_shared:
        return f"#{channel.name} is shared with another company, so it can't be the team's own."
    if word == "managers" and not channel.is_private:
        return f"#{channel.name} is public, so anybody could become a manager by joining. Choose a private channel."
    return ""


def _person(db: Database, plan: Plan, word: str, value: str) -> None:
    marks = line.take_marks(db, value)
    if marks.owner is None or marks.words:
        plan.problems[word] = f"Who is the {word}? Pick the name from Slack's list as you type @."
    else:
        plan.values[f"{word}_id"] = marks.owner.id


def _setting(plan: Plan, word: str, value: str) -> None:
    read = {"hours": _hours, "days": _days, "holidays": _holidays, "zone": _zone}[word](value.strip())
    if isinstance(read, str):
        plan.problems[word] = read
    else:
        plan.values |= read


Read = dict[str, str | int | None] | str


def _hours(value: str) -> Read:
    """``9:00-17:00``, ``9-17``, ``9am-5pm``: minutes since midnight."""
    clocks = [_minutes(found) for found in CLOCK.finditer(value)]
    if len(clocks) != 2 or not 0 <= clocks[0] < clocks[1] <= 24 * 60:
        return f"I can't read the hours “{value}”. For example: hours 9:00-17:00"
    return {"opens_at": clocks[0], "closes_at": clocks[1]}


def _minutes(found: re.Match[str]) -> int:
    hour, half = int(found[1]), (found[3] or "").lower()
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return hour * 60 + int(found[2] or 0)


def _days(value: str) -> Read:
    """``mon-fri``, ``sun-thu``, ``mon tue wed``: digits, Monday 0."""
    named = [word[:3] for word in re.findall(r"[a-z]+", value.lower())]
    if not named or any(day not in DAYS for day in named):
        return f"I can't read the days “{value}”. For example: days mon-fri"
    days = [DAYS.index(day) for day in named]
    if len(days) == 2 and "-" in value:
        days = [(days[0] + step) % 7 for step in range((days[1] - days[0]) % 7 + 1)]
    return {"weekdays": "".join(str(day) for day in sorted(set(days)))}


def _holidays(value: str) -> Read:
    """``US-CA``, ``DE`` or ``none``."""
    if value.lower() in ("none", "no"):
        return {"country": None, "region": None}
    country, _, region = value.upper().partition("-")
    if not hours.known(country, region):
        return f"I know no holidays for “{value}”. For example: holidays US-CA, holidays DE, holidays none"
    return {"country": country, "region": region or None}


def _zone(value: str) -> Read:
    wanted = value.replace(" ", "_").lower()
    found = [
        zone for zone in sorted(available_timezones()) if wanted in (zone.lower(), zone.lower().rpartition("/")[2])
    ]
    return {"zone": found[0]} if found else f"I know no zone “{value}”. For example: zone Europe/Berlin"
