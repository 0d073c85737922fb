"""The form of a channel's digest: when it comes, whom and what it is about, what it shows."""

from typing import Any

from handlers import customer_field, line, names
from handlers.digests import times
from handlers.forms import choices, form, heard, lookup, option, text_field, ticks
from handlers.said import Said
from handlers.when import zones
from storage import customers, teams
from storage.database import Database
from storage.models import Digest

CATEGORIES = [name for name in line.CATEGORIES if name not in ("praise", "idea")]

# What a digest may show, in the order it does, each with its words in the form; a form takes ten of them.
SECTIONS = {
    "overdue": "Overdue",
    "today": "Due today",
    "escalated": "Escalated",
    "unowned": "Unowned",
    "oldest": "Oldest open",
    "back": "What came back, weekly",
    "trends": "Trends, weekly",
    "kept": "Kept rate, weekly",
    "risk": "Customers at risk, weekly",
    "thanks": "Thanks, weekly",
}
ALL = frozenset(SECTIONS)

MISSING = {
    "time": "A time of day, please: 9:00 or 4:30 pm",
    "days": "Days of the week, please: weekdays, daily, or Mon Wed Fri",
    "zone": "I don't know that zone. A city, or a name such as Europe/London, please.",
}
UNKNOWN = "Nobody is called that yet. Choose somebody you have logged, or leave it empty for everybody."


def of(sections: str | None) -> frozenset[str]:
    """What a digest shows; everything where nothing was chosen."""
    return frozenset(sections.split()) & ALL if sections else ALL


def said(sections: str | None) -> list[str]:
    """What a digest shows, in words."""
    return [words.lower() for name, words in SECTIONS.items() if name in of(sections)]


def shown(db: Database, said: Said, asked: Digest) -> dict[str, Any]:
    """The form, filled with how a digest is set."""
    empty = [("no", "One short line that all is well"), ("yes", "Nothing")]
    fields = [
        text_field("days", "Days", initial=times.say_days(asked.weekdays), hint="Weekdays, daily, or Mon Wed Fri"),
        text_field("time", "Time", initial=times.say_clock(asked.at_minute), hint="For example: 9:00 or 4:30 pm"),
        text_field(
            "zone", "Time zone", initial=zones.spoken(asked.zone), hint="For example: New York, or Europe/London"
        ),
        *_team(db, asked),
        choices("category", "Only this category", [(one, f"#{one}") for one in CATEGORIES], initial=asked.category),
        *_customer(db, said, asked),
        ticks("sections", "What it shows", list(SECTIONS.items()), initial=set(of(asked.sections))),
        choices("quiet", "When there is nothing to tell", empty, initial="yes" if asked.quiet_when_empty else "no"),
    ]
    return form("digest.settings", "Digest", "Save", fields, heard(said))


def _team(db: Database, asked: Digest) -> list[dict[str, Any]]:
    """Which team, where there are several."""
    everyone = [(str(one.id), f"#{names.channel(db, one.channel_id)}") for one in teams.every_team(db)][:100]
    if len(everyone) < 2:
        return []
    return [choices("team", "Only this team", everyone, initial=str(asked.team_id))]


def _customer(db: Database, said: Said, asked: Digest) -> list[dict[str, Any]]:
    """Which customer, looked up as one types."""
    chosen = customers.find(db, asked.customer_id) if asked.customer_id else None
    initial = option(chosen.name, str(chosen.id)) if chosen else None
    field = lookup(customer_field.NAME, "Only this customer", initial=initial, placeholder=customer_field.TYPE_A_NAME)
    beneath = customer_field.beneath(db, said, str(chosen.id)) if chosen else []
    return [field | {"optional": True}, *beneath]


def read(db: Database, said: Said) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the digest's columns, and a sentence at each field that cannot be read."""
    fields = said.fields
    ticked, team = of(fields.get("sections")), fields.get("team", "")
    values: dict[str, Any] = {
        "category": fields.get("category"),
        "quiet_when_empty": fields.get("quiet") == "yes",
        "team_id": int(team) if team.isdecimal() else None,
        "sections": None if ticked == ALL else " ".join(name for name in SECTIONS if name in ticked),
        "customer_id": None,
    }
    errors = _times(fields, values)
    if fields.get(customer_field.NAME):
        customer = customer_field.meant(db, said, "").customer
        values["customer_id"] = customer.id if customer else None
        errors |= {} if customer else {customer_field.NAME: UNKNOWN}
    return values, errors


def _times(fields: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    """Read the days, the time and the zone into the values; returns what is wrong at each."""
    errors: dict[str, str] = {}
    for name, column in (("time", "at_minute"), ("days", "weekdays")):
        try:
            minute, days = times.read(fields.get(name, ""))
            values[column] = minute if name == "time" else days
        except times.UnreadError as error:
            values[column], errors[name] = None, str(error)
    values["zone"] = times.zone_named(fields.get("zone", ""))
    for name, column in (("time", "at_minute"), ("days", "weekdays"), ("zone", "zone")):
        if values[column] is None:
            errors.setdefault(name, MISSING[name])
    return errors
