"""Who hears of a promise: its owner, the backup, the lead, the channels, and in which hours each of them.

The chain until somebody hears: owner, the issue's thread, backup, team channel, lead, Kept's admin (brief, section 4).
"""

import json
from datetime import time
from functools import cache

from handlers import hours
from handlers.callbacks.ladder import Cast, Listener, Settings
from handlers.escalations import emoji
from handlers.said import FALLBACK_ZONE
from handlers.when import Hours
from storage import channels, customers, issues, people, teams
from storage.database import Database
from storage.models import Issue, Person, Promise, Team

AWAY = ("palm_tree", "face_with_thermometer", "airplane")  # 🌴 🤒 ✈️ as a status, until a team has its own list


def away_emoji(team: Team | None) -> tuple[str, ...]:
    """The names of the emoji that say, as somebody's status, that they are away; without colons or skin tone."""
    return tuple(team.away_emoji.split()) if team and team.away_emoji else AWAY


def is_away(db: Database, person: Person, now: int) -> bool:
    """Whether somebody is away: gone for good, by their own word, or by the emoji of their status."""
    by_word = person.away_from is not None and (person.away_until is None or now < person.away_until)
    return person.is_deactivated or by_word or (person.status_emoji is not None and _says_away(db, person))


def _says_away(db: Database, person: Person) -> bool:
    team = teams.of_person(db, person.id) or next(iter(teams.every_team(db)), None)
    return emoji.plain(person.status_emoji or "") in away_emoji(team)


def team_of(db: Database, promise: Promise) -> Team | None:
    """The team a promise belongs to; one made before the first setup is its owner's, else the first one's."""
    return teams.find(db, promise.team_id) or teams.for_record(db, promise.made_in, promise.owner_id)


def settings(team: Team | None) -> Settings:
    """A team's steps; the usual ones where it has none of its own."""
    return _settings(team.ladder) if team and team.ladder else Settings()


@cache
def _settings(ladder: str) -> Settings:
    return Settings(**json.loads(ladder))


def hours_of(person: Person, team: Team | None) -> Hours:
    """Somebody's working hours: their own, else the team's; holidays are always the team's."""
    common = hours.of(team)
    if person.opens_at is None or person.closes_at is None:
        return common
    days = frozenset(int(day) for day in person.weekdays) if person.weekdays else common.weekdays
    own = [time(*divmod(min(minute, 24 * 60 - 1), 60)) for minute in (person.opens_at, person.closes_at)]
    return Hours(own[0], own[1], days, common.is_holiday)


def listener(db: Database, place: str, team: Team | None, fallback: str = FALLBACK_ZONE) -> Listener:
    """A person on the clock of their own zone, or a channel on its team's."""
    zone = team.zone if team else fallback
    known = people.find(db, place) if is_person(place) else None
    if known is None:
        return Listener(place, zone, hours.of(team))
    return Listener(place, known.zone or zone, hours_of(known, team))


def is_person(place: str) -> bool:
    """Whether a place is somebody's direct messages, named by the person."""
    return place.startswith(("U", "W"))


def backups(db: Database, promise: Promise, team: Team | None) -> list[str | None]:
    """Who stands in for the owner, the first who can: the customer's backup, the team's, the lead."""
    customer = customers.find(db, promise.customer_id)
    own = [team.backup_id, team.lead_id, people.admin(db)] if team else []
    return [customer.backup_id if customer else None, *own]


def leads(db: Database, team: Team | None) -> list[str | None]:
    """Who is told first of what nobody owns: the lead, else the team's backup, else Kept's admin."""
    return [team.lead_id, team.backup_id, people.admin(db)] if team else [people.admin(db)]


def first_there(db: Database, wanted: list[str | None], now: int, *, but: str = "") -> str | None:
    """The first of these who is there: known, one of us, not away, and nobody of ``but``."""
    for one in dict.fromkeys(wanted):
        known = people.find(db, one) if one and one not in but.split() else None
        if known and not known.is_outsider and not known.is_bot and not is_away(db, known, now):
            return known.id
    return None


def backup_of(db: Database, promise: Promise, now: int) -> str | None:
    """The backup who is there: nobody before the first setup, unless the customer has one."""
    return first_there(db, backups(db, promise, team_of(db, promise)), now, but=promise.owner_id)


def of(db: Database, promise: Promise, now: int) -> tuple[Cast, Settings, bool]:
    """Who hears of a promise as things are now, its team's steps, and whether its issue is of high impact."""
    team = team_of(db, promise)
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    giver = promise.owner_id if promise.asked_id else ""  # who gave it up is not told instead of the owner
    lead = first_there(db, leads(db, team), now, but=giver) if team or promise.asked_id else None
    backup = promise.asked_id or first_there(db, backups(db, promise, team), now, but=promise.owner_id)
    covered = promise.asked_id is not None and lead is not None
    owner = lead if covered and lead else promise.owner_id

    def heard(place: str | None) -> Listener | None:
        return listener(db, place, team, promise.zone) if place else None

    cast = Cast(
        owner=heard(owner), thread=heard(thread_of(db, issue)), backup=heard(backup), lead=heard(lead),
        escalation=heard(_posting(db, team)), is_covered=covered,
    )  # fmt: skip
    return cast, settings(team), issue is not None and issue.impact == "losing-money"


def _posting(db: Database, team: Team | None) -> str | None:
    """Where the team is called for help; a channel that came to be shared with another company is passed over."""
    own = (team.escalation_channel_id, team.channel_id) if team else ()
    return next((one for one in own if one and _is_ours(db, one)), None)


def thread_of(db: Database, issue: Issue | None) -> str | None:
    """The channel in which an issue has a thread to answer in; never one shared with another company."""
    if issue is None or not issue.card_ts or not issue.card_channel or is_person(issue.card_channel):
        return None
    return issue.card_channel if _is_ours(db, issue.card_channel) else None


def _is_ours(db: Database, channel_id: str) -> bool:
    channel = channels.find(db, channel_id)
    return channel is None or not channel.is_shared


def chain(db: Database, promise: Promise, now: int, behind: str | None) -> list[str]:
    """Whom to try after a place that could not be reached, until a reminder reaches somebody."""
    team = team_of(db, promise)
    issue = issues.find(db, promise.issue_id) if promise.issue_id else None
    near = [promise.owner_id, thread_of(db, issue), backup_of(db, promise, now)]
    far = [
        team.channel_id if team and _is_ours(db, team.channel_id) else None,
        first_there(db, [team.lead_id], now) if team else None,
        people.admin(db),
    ]
    if behind in near:
        near = near[near.index(behind) + 1 :]
    elif behind in far:
        near, far = [], far[far.index(behind) + 1 :]
    elif behind and not is_person(behind):  # the escalation channel: those near have been told
        near = []
    return [place for place in dict.fromkeys([*near, *far]) if place and place != behind]
