"""Writing a team down: its row, Kept's place in its channels, who is in them, and a first promise to try."""

import json
from dataclasses import replace

from handlers import names, text
from handlers.blocks import Bold, Item
from handlers.callbacks import nudges
from handlers.callbacks.words import SAMPLE
from handlers.digests import command
from handlers.said import Reply, Said, record, tell
from handlers.setup.plan import DAYS, EXAMPLE, Plan
from storage import callbacks, channels, customers, digests, facts, outbox, people, teams
from storage.database import Database
from storage.models import Outgoing, Team

SAMPLE_AFTER = 120  # seconds: a sample promise due in two minutes (brief, section 10)
SAMPLE_CUSTOMER = "Example customer"


def finish(db: Database, said: Said, plan: Plan) -> Reply:
    """Make or change the team; what was left out stays, or takes its default."""
    if "channel_id" not in plan.values and "team" not in plan.problems:
        plan.problems["team"] = "Which channel is the team's?"
    if plan.problems:
        typed = f"You typed: {said.command} {text.unescape(said.words)}" if said.words else ""
        return tell("Not set up yet.", *plan.problems.values(), f"For example: {EXAMPLE}", *([typed] if typed else []))
    values = dict(plan.values)
    channel_id = str(values.pop("channel_id"))
    before = teams.of_channel(db, channel_id)
    first = not teams.every_team(db)
    team = teams.keep(db, channel_id, **(values if before else _defaults(said) | values))
    record(db, said, "set up", None, json.dumps(plan.values))
    if first:
        facts.remember(db, people.FIRST_SETUP, said.person.id)
    joining = _enter(db, team, said.now)
    told = [*_summary(db, team), *joining, *_digest(db, said, team)]
    return tell(*told, *([] if before else [_sample(db, said, team)]))


def _defaults(said: Said) -> dict[str, str | int | None]:
    hours: dict[str, str | int | None] = {"opens_at": 9 * 60, "closes_at": 17 * 60, "weekdays": "01234"}
    return {"zone": said.zone, "made_by": said.person.id, "made_at": said.now, **hours}


def _enter(db: Database, team: Team, now: int) -> list[str]:
    """Join the public channels Kept is not in yet, and read who is in the team's and the managers' channel."""
    joining = []
    for channel_id in dict.fromkeys(team.channels):
        channel = channels.find(db, channel_id)
        if channel and not channel.has_kept:
            joining.append(f"#{channel.name}")
            _call(db, "join", "conversations.join", channel_id, now)
    for channel_id in filter(None, (team.channel_id, team.manager_channel_id)):
        _call(db, "members", "conversations.members", channel_id, now)
    return [f"I am joining {text.listed(joining)}."] if joining else []


def _digest(db: Database, said: Said, team: Team) -> list[str]:
    """Switch a digest on for the managers, unless they have chosen theirs already."""
    channel_id = team.manager_channel_id
    if channel_id is None or digests.find(db, channel_id):
        return []
    theirs = replace(said, channel_id=channel_id, team=team)
    command.switch_on(db, theirs, command.usual(db, theirs))
    return [f"#{names.channel(db, channel_id)} gets a digest each working day at 9: /digest settings there changes it."]


def _call(db: Database, kind: str, method: str, channel_id: str, now: int, cursor: str = "") -> None:
    asked = {"method": method, "channel": channel_id} | ({"limit": 200, "cursor": cursor} if kind == "members" else {})
    key = f"{kind}:{channel_id}:{now}:{cursor}"
    outbox.put(db, key=key, kind=kind, target=channel_id, payload=json.dumps(asked), now=now)


def joined(db: Database, outgoing: Outgoing, _answer: dict[str, object], _now: int) -> None:
    """Kept is in a channel it asked to join."""
    channels.joined(db, outgoing.target, has_kept=True)


def members_heard(db: Database, outgoing: Outgoing, answer: dict[str, object], now: int) -> None:
    """A page of a channel's members; the first one replaces what was known."""
    found = [str(person) for person in _listed(answer.get("members"))]
    cursor = json.loads(outgoing.payload or "{}").get("cursor")
    if cursor:
        for person_id in found:
            teams.joined(db, outgoing.target, person_id)
    else:
        teams.members_are(db, outgoing.target, found)
    following = answer.get("response_metadata")
    further = following.get("next_cursor") if isinstance(following, dict) else ""
    if further:
        _call(db, "members", "conversations.members", outgoing.target, now, str(further))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _summary(db: Database, team: Team) -> list[Item]:
    """The team as it is now, in words."""
    told: list[Item] = [[Bold(f"Kept is set up for #{names.channel(db, team.channel_id)}.")]]
    for words, channel_id in (
        ("Escalations go to", team.escalation_channel_id),
        ("Managers:", team.manager_channel_id),
    ):
        told.append(f"{words} #{names.channel(db, channel_id)}" if channel_id else f"{words} no channel yet")
    told.append(f"Lead: {names.person(db, team.lead_id)} · backup: {names.person(db, team.backup_id)}")
    days = text.listed([DAYS[int(day)].capitalize() for day in team.weekdays])
    hours = f"{team.opens_at // 60}:{team.opens_at % 60:02}–{team.closes_at // 60}:{team.closes_at % 60:02}"
    holidays = "-".join(filter(None, (team.country, team.region))) or "none"
    told.append(f"Hours: {hours}, {days}, {team.zone} · holidays: {holidays}")
    return told


def _sample(db: Database, said: Said, team: Team) -> str:
    """A first promise, due in two minutes, so that a reminder is seen at once.

    It is made to nobody: only its owner hears of it, however long it stays open, and it counts in nothing.
    """
    customer = customers.by_name(db, SAMPLE_CUSTOMER) or customers.add(db, SAMPLE_CUSTOMER, said.now)
    due = said.now + SAMPLE_AFTER
    rung, at = nudges.first_step(said.now, due, by_close=False)
    made = callbacks.promise(
        db, customer_id=customer.id, issue_id=None, kind=SAMPLE, words="a sample from setup", subject="call",
        owner_id=said.person.id, maker_id=said.person.id, made_in=said.channel_id, now=said.now, due_at=due,
        zone=said.zone, by_close=False, next_rung=rung, next_at=at, team_id=team.id,
    )  # fmt: skip
    record(db, said, "promised", made.id, json.dumps({"due_at": due, "zone": said.zone}))
    return (
        f"A sample promise (#{made.id}) is due in two minutes: I will remind you, and nobody else. Press Kept on it,"
        " when you like: it counts in no figure."
    )
