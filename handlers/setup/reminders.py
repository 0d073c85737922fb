"""`/kept reminders`: a team's steps of reminding, said in words and changed in words; and `/kept hours`."""

import json
import re
from dataclasses import asdict

from handlers import names, roles, text
from handlers.blocks import Item
from handlers.callbacks import cast
from handlers.callbacks.ladder import Settings
from handlers.said import Reply, Said, record, tell
from handlers.setup import plan as plans
from handlers.setup.plan import DAYS
from storage import callbacks, people, teams
from storage.database import Database
from storage.models import Person, Team

USUAL = Settings()
STEPS = ("before", "closing", "thread", "backup", "escalation")  # with a number of minutes
SWITCHES = ("day", "evening", "mornings")
CHANGE = re.compile(
    r"(?:(?P<switch>on|off)\s+(?P<switched>\w+)|(?P<step>\w+)\s+(?P<n>\d{1,4})\s*(?P<unit>m|min|mins|minutes?|h|hours?|times?)?"
    r"|(?P<after>\w+)\s+(?P<way>on|off))\s*$",
    re.IGNORECASE,
)
HOW = (
    "To change a step: /kept reminders before 10 min, /kept reminders backup 45 min, /kept reminders off escalation,"
    " /kept reminders mornings 2, /kept reminders usual"
)
LONGEST = 24 * 60  # minutes


def reminders(db: Database, said: Said, words: str) -> Reply:
    """`/kept reminders`: shows the steps, or changes one."""
    team = teams.owning(db, said.channel_id) or said.team
    if refused := roles.refusal(db, said, "set up" if words else "list"):
        return refused
    if team is None:
        if words:
            return tell("There is no team yet. First: /kept setup", f"You typed: /kept reminders {words}")
        return tell("Reminders, as they are before a team is set up:", *said_in_words(USUAL), "Then: /kept setup")
    if not words:
        return tell(f"Reminders of #{names.channel(db, team.channel_id)}:", *said_in_words(cast.settings(team)), HOW)
    changed = _changed(cast.settings(team), words)
    if isinstance(changed, str):
        return tell(changed, HOW, f"You typed: /kept reminders {text.unescape(words)}")
    kept = {name: value for name, value in asdict(changed).items() if value != getattr(USUAL, name)}
    teams.keep(db, team.channel_id, ladder=json.dumps(kept) if kept else None)
    record(db, said, "reminders", None, words)
    return tell("Changed, for promises already made too. Reminders now:", *said_in_words(changed))


def said_in_words(settings: Settings) -> list[Item]:
    """Each step in words, in its order; those that are switched off too."""
    told = [
        ("day", "start of the owner's day: one message with all that is due today", settings.day),
        ("evening", "end of the owner's day: what is due before the next, to keep or hand over", settings.evening),
        ("before", f"{_minutes(settings.before)} before: the owner", settings.before),
        ("closing", f"{_minutes(settings.closing)} before, if due at the end of the day: the owner", settings.closing),
        ("due", "when it is due: the owner", True),
        ("thread", f"{_minutes(settings.thread)} after: the issue's thread", settings.thread),
        ("backup", f"{_minutes(settings.backup)} after: the backup, else the lead", settings.backup),
        ("escalation", f"{_minutes(settings.escalation)} after: the escalation channel", settings.escalation),
        ("mornings", f"then on {text.count(settings.mornings, 'working morning')}: owner and lead", settings.mornings),
    ]  # fmt: skip
    lines = [f"• {name}: {words if on else 'off'}" for name, words, on in told]
    return [*lines, "The waits after due are halved where the customer is losing money."]


def _minutes(seconds: int | None) -> str:
    return text.count((seconds or 0) // 60, "minute")


def _changed(settings: Settings, words: str) -> Settings | str:
    """The steps with one of them changed, or a sentence on what was not understood."""
    if words.lower() in ("usual", "default", "defaults", "reset"):
        return USUAL
    found = CHANGE.match(words.strip())
    if found is None:
        return "I don't understand that."
    name = (found["switched"] or found["step"] or found["after"]).lower()
    name = {"morning": "mornings", "escalations": "escalation", "close": "closing"}.get(name, name)
    if name == "due":
        return "When it is due, the owner is always reminded."
    if name not in (*STEPS, *SWITCHES):
        return f"There is no step “{name}”. The steps are {text.listed([*STEPS, *SWITCHES])}."
    if found["n"]:
        return _timed(settings, name, int(found["n"]), (found["unit"] or "").lower())
    on = (found["switch"] or found["way"]).lower() == "on"
    off = {"mornings": 0, "day": False, "evening": False}.get(name)
    return _with(settings, name, getattr(USUAL, name) if on else off)


def _with(settings: Settings, name: str, value: int | None) -> Settings:
    return Settings(**(asdict(settings) | {name: value}))


def _timed(settings: Settings, name: str, number: int, unit: str) -> Settings | str:
    if name == "mornings":
        return _with(settings, name, number) if number <= 10 else "At most 10 mornings."
    if name in SWITCHES:
        return f"That one is on or off: /kept reminders off {name}"
    minutes = number * (60 if unit.startswith("h") else 1)
    if not 0 < minutes <= LONGEST:
        return "From a minute to a day, please."
    changed = _with(settings, name, minutes * 60)
    waits = [wait for wait in (changed.thread, changed.backup, changed.escalation) if wait is not None]
    if waits != sorted(set(waits)):
        return "Thread, backup and escalation come in this order, each later than the one before."
    return changed


def hours(db: Database, said: Said, words: str) -> Reply:
    """`/kept hours`: one's own working hours, in which one is reminded and by which one's words are read."""
    if refused := roles.refusal(db, said, "help"):
        return refused
    if not words:
        return tell(
            f"Your working hours: {_own(said.person, said.team)}", "To change them: /kept hours 8:00-16:00 mon-thu"
        )
    if words.lower() in ("team", "off", "usual", "default"):
        people.keep_hours(db, said.person.id, None, None, None)
    else:
        clocks, _, days = re.sub(r"\s*[-–]\s*", "-", words).partition(" ")
        plan = plans.from_fields(db, {"hours": clocks} | ({"days": days} if days else {}))
        if plan.problems:
            return tell(*plan.problems.values(), f"You typed: /kept hours {text.unescape(words)}")
        weekdays = plan.values.get("weekdays")
        opens, closes = plan.values["opens_at"], plan.values["closes_at"]
        people.keep_hours(db, said.person.id, int(opens or 0), int(closes or 0), str(weekdays) if weekdays else None)
    callbacks.plan_anew(db, owner_id=said.person.id)
    record(db, said, "hours", None, words)
    person = people.find(db, said.person.id) or said.person
    return tell(f"Your working hours are now: {_own(person, said.team)}")


def _own(person: Person, team: Team | None) -> str:
    own = cast.hours_of(person, team)
    whose = "your own" if person.opens_at is not None else "the team's"
    days = text.listed([DAYS[day].capitalize() for day in sorted(own.weekdays)])
    return f"{own.opens:%H:%M}–{own.closes:%H:%M}, {days} ({whose})"
