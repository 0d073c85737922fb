"""The team today, what went out by itself, and for managers the doors to settings and reports.

Open work by owner is for the whole team to see; nothing of the past is, and nobody is ranked: names stand in the
order of the alphabet. It is as it was when its reader opened Home or last changed something of their own: to keep it
true at every minute, each change of anybody's would draw everybody's Home anew.
"""

from handlers import names, roles, text
from handlers.blocks import Bold, Button, Item, Line, Part, Row
from handlers.callbacks import cast
from handlers.callbacks.words import deed
from handlers.doors import form_button
from handlers.home.look import NAME, WHAT, Look, at, name
from handlers.roles import Role
from storage import digests, teams
from storage import today as work
from storage.database import Row as Counted
from storage.models import Digest, Team
from storage.scope import Scope

MOST_TEAMS = 3
MOST_AWAY = 12  # people named
MOST_OWNERS = 30  # people named in a line


def today(look: Look) -> list[Item]:
    """What is overdue and due today in the teams around somebody, by owner; and who is away."""
    told: list[Item] = []
    for team in look.teams:
        told += [*([""] if told else []), *_team(look, team)]
    return told


def _team(look: Look, team: Team) -> list[Item]:
    scope = Scope(team.id, with_teamless=team.id == look.first_team)
    rows = work.by_owner(look.db, scope, look.now, look.day_ends)
    told: list[Item] = [
        [Bold("Your team today"), f" · #{names.channel(look.db, team.channel_id)} · when you opened this"],
        *_owners(look, rows, "overdue", "Overdue"),
        *_longest(look, scope),
        *_owners(look, rows, "today", "Due today"),
    ]
    if len(told) == 1:
        told.append("Nothing is overdue or due today.")
    return [*told, *_away(look, team)]


def _owners(look: Look, rows: list[Counted], what: str, words: str) -> list[Item]:
    """One line of names with numbers, alphabetical; what nobody owns stands first, for it is everybody's."""
    known = [(_called(look, row["owner"]), row[what]) for row in rows if row[what]]
    told = [f"{who or 'nobody'} {number:,}" for who, number in sorted(known, key=lambda one: one[0].casefold())]
    total = sum(number for _, number in known)
    rest = [f"+{len(told) - MOST_OWNERS:,} more: /kept report open"] if len(told) > MOST_OWNERS else []
    return [f"{words} · {total:,}: {', '.join([*told[:MOST_OWNERS], *rest])}"] if told else []


def _called(look: Look, owner_id: str | None) -> str:
    return text.clip(names.person(look.db, owner_id), NAME) if owner_id else ""


def _longest(look: Look, scope: Scope) -> list[Item]:
    """Whoever has waited longest of all."""
    found = digests.promised(look.db, scope, 0, look.now + 1, 1)
    if not found or (promise := found[0]).owner_id == look.person.id:
        return []
    who: list[Part] = ["Waits longest: ", Bold(name(look, promise.customer_id))]
    owner = "nobody owns it" if promise.asked_id else names.person(look.db, promise.owner_id)
    what = f" · {text.clip(deed(promise), WHAT)} (#{promise.id}) · {owner}, since "
    return [[*who, what, at(look, promise.due_at)]]


def _away(look: Look, team: Team) -> list[Item]:
    """Who is away, and until when as far as they said."""
    there = [one for one in work.perhaps_away(look.db, team.channel_id) if cast.is_away(look.db, one, look.now)]
    told: list[Part] = []
    for one in sorted(there, key=lambda one: one.name.casefold())[:MOST_AWAY]:
        told += [", " if told else "Away: ", text.clip(one.name, NAME)]
        told += [" until ", at(look, one.away_until)] if one.away_until else []
    rest = len(there) - MOST_AWAY
    return [[*told, *([f", +{rest} more"] if rest > 0 else [])]] if told else []


def buttons(look: Look) -> list[Item]:
    """Settings and reports, for managers; before the first setup, the way to it."""
    if look.role is Role.MANAGER and look.teams:
        return [item for team in look.teams for item in _of_team(look, team)]
    if look.first_team is None and roles.may(look.db, look.person, "set up"):
        return [Row(form_button("Set up Kept", "kept setup"))]
    return []


def _of_team(look: Look, team: Team) -> list[Item]:
    own, place = names.channel(look.db, team.channel_id), team.channel_id
    digest = next((one.channel_id for one in _digests(look, team)), team.manager_channel_id or place)
    pressed: list[Button] = [
        form_button("Report", "kept report week", place),
        form_button("Digest", "digest settings", digest),
        form_button("Reminders", "kept reminders", place),
        form_button("Settings", "kept setup", place),
    ]
    heading = f"For managers of #{own}" if len(look.teams) > 1 else "For managers"
    return [[Bold(heading)], Row(*pressed)]


def sent(look: Look) -> list[Item]:
    """When the last digest and the last reminder went out, and when the next digest comes."""
    told: list[Item] = [_digest(look, one) for team in look.teams for one in _digests(look, team)]
    reminded = work.last_reminder(look.db, look.person.id)
    return [*told, *([["Your last reminder: ", at(look, reminded)]] if reminded else [])]


def _digests(look: Look, team: Team) -> list[Digest]:
    """The digests of a team's own channels; that of the managers' for those who are there."""
    seen = [team.manager_channel_id, team.channel_id, team.escalation_channel_id]
    if look.role is not Role.MANAGER and not teams.is_in(look.db, team.manager_channel_id, look.person.id):
        seen = seen[1:]
    found = [digests.find(look.db, place) for place in dict.fromkeys(seen) if place]
    return [one for one in found if one and one.next_at is not None]


def _digest(look: Look, digest: Digest) -> Line:
    posted = work.digest_posted(look.db, digest.channel_id, digest.last_on) if digest.last_on else None
    last: list[Part] = ["last ", at(look, posted), ", "] if posted else []
    return [f"Digest of #{names.channel(look.db, digest.channel_id)}: ", *last, "next ", at(look, digest.next_at or 0)]
