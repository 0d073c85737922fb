"""Who may do what, and what is shown where: one table, default deny.

Who acts is read from Slack's payload. Before the first setup any member may do the daily work, so that a team can try
Kept at once; export, forget and merge are for workspace admins until then (brief, section 11).
"""

from enum import IntEnum

from handlers import text
from handlers.said import Reply, Said, tell
from storage import channels, digests, people, teams
from storage.database import Database
from storage.models import Person


class Role(IntEnum):
    """What a person is to us; each may do all that the ones before it may."""

    OUTSIDER = 0  # a guest, or somebody of another company
    MEMBER = 1  # a full member of our workspace, in no team channel
    AGENT = 2
    MANAGER = 3


# The least role for each action. An action that is not here is nobody's.
LEAST: dict[str, Role] = {
    "escalate": Role.OUTSIDER,
    "help": Role.MEMBER,
    "log": Role.MEMBER,
    "promise": Role.MEMBER,
    "act on own": Role.MEMBER,
    "act on any": Role.AGENT,
    "list": Role.AGENT,
    "customers": Role.AGENT,
    "digest": Role.AGENT,
    "set up": Role.MANAGER,
    "schedule digest": Role.MANAGER,
}

# What any member may do until the first setup is finished.
BEFORE_SETUP = frozenset({"act on any", "list", "customers", "digest", "schedule digest", "set up"})


def role(db: Database, person: Person) -> Role:
    """What a person is to us, over all teams."""
    if person.is_outsider or person.is_bot or person.is_deactivated:
        return Role.OUTSIDER
    all_teams = teams.every_team(db)
    if person.is_admin or any(teams.is_in(db, team.manager_channel_id, person.id) for team in all_teams):
        return Role.MANAGER
    return Role.AGENT if any(teams.is_in(db, team.channel_id, person.id) for team in all_teams) else Role.MEMBER


def may(db: Database, person: Person, action: str) -> bool:
    """Whether a person may do something."""
    least = LEAST.get(action)
    if least is None:
        return False
    own = role(db, person)
    if action in BEFORE_SETUP and own is Role.MEMBER and not teams.every_team(db):
        return True
    return own >= least


def refusal(db: Database, said: Said, action: str, *theirs: str | None) -> Reply | None:
    """The answer to somebody who may not do this, or None; ``theirs`` are the people a record belongs to."""
    if may(db, said.person, action) or (said.person.id in theirs and may(db, said.person, "act on own")):
        return None
    if role(db, said.person) is Role.OUTSIDER:
        return tell("This is for full members of the workspace. To raise an alarm, put 🚨 on a message.")
    who = "managers" if LEAST.get(action) is Role.MANAGER else "the team"
    return tell(
        f"This is for {who}. You can log issues, promise callbacks, and act on what is yours.",
        *([f"You typed: {said.command} {text.unescape(said.words)}"] if said.words and said.command else []),
    )


def shows_all(db: Database, channel_id: str) -> bool:
    """Whether a full card may stand in this place: a direct message, or a team's own channel.

    Before the first setup every channel that is not shared with another company is taken for the team's own.
    """
    if channel_id.startswith("D"):
        return True
    channel = channels.find(db, channel_id)
    if channel and channel.is_shared:
        return False
    return not teams.every_team(db) or teams.owning(db, channel_id) is not None or _given_a_digest(db, channel_id)


def _given_a_digest(db: Database, channel_id: str) -> bool:
    """Whether a manager had a digest sent to this channel, and so made it the team's own."""
    digest = digests.find(db, channel_id)
    giver = people.find(db, digest.set_by) if digest and digest.next_at is not None else None
    return giver is not None and role(db, giver) is Role.MANAGER
