"""Who may do what, and what is shown where: one table, default deny.

Who acts is read from Slack's payload. Before the first setup any member may do the daily work, so that a team can try
Kept at once; export, forget and merge are for workspace admins until then (brief, section 11). The same rows count on
every surface: typed, mentioned, pressed, filled in, by emoji. handlers/guard.py asks here before any listener is run.
"""

from enum import IntEnum
from typing import NamedTuple

from handlers import forms, text
from handlers.said import Reply, Said, tell
from storage import channels, digests, people, teams
from storage.database import Database
from storage.models import Person


class Role(IntEnum):
    """What a person is to us; each may do all that the ones before it may."""

    NOBODY = -1  # a bot, or somebody who is gone
    OUTSIDER = 0  # a guest, or somebody of another company
    MEMBER = 1  # a full member of our workspace, in no team channel
    AGENT = 2
    MANAGER = 3


# The least role for each action. An action that is not here is nobody's.
LEAST: dict[str, Role] = {
    "be heard": Role.OUTSIDER,
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
    "merge": Role.MANAGER,
    "forget": Role.MANAGER,
    "schedule digest": Role.MANAGER,
    "suggest": Role.MANAGER,
    "audit": Role.MANAGER,
    "export": Role.MANAGER,
    "own report": Role.AGENT,
    "report": Role.MANAGER,
}

# What any member may do until the first setup is finished.
BEFORE_SETUP = frozenset({"act on any", "list", "customers", "digest", "schedule digest", "set up", "suggest"})


class Row(NamedTuple):
    """What a listener does; whose record decides, where it is about one."""

    action: str
    about: str = ""


# Every listener by the action it is; one that is not here is nobody's. A verb stands behind its command, an emoji's
# deed between colons; a button and the form it opens share a name. On a record (issue, promise) "act on own" is enough
# for those it belongs to. A * is for the reader alone: that handler knows more and asks again, as `list mine` does, or
# who gives and takes, or a draft.
LISTENERS: tuple[tuple[str, str, str], ...] = (
    ("be heard", "", "message*, app_mention*, app_home_opened*, reaction_added*, reaction_removed*"),
    ("escalate", "", ":escalate:"),
    ("help", "", "/issue help, /callback help, /customer help, /digest help, /kept help, /kept"),
    ("log", "", "/issue, :log:, log_issue, issue.new, customer"),
    ("promise", "", "/callback, :promise:, promise_callback*, promise.new, escalation.take, escalation.when*"),
    ("promise", "", "suggest.keep*, suggest.no*, suggest.form*, suggest.blank"),
    ("help", "", "/feedback help"),
    ("act on own", "", "/feedback*, feedback.new*, feedback.edit*, feedback.undo*"),
    ("act on any", "issue", "feedback.mood"),
    ("list", "", "/feedback list"),
    ("act on own", "", "/kept hours, /kept away, /kept handover*, :own:*, :resolve:*, escalation.reason*"),
    ("act on own", "", "draft.choose*, draft.dismiss*, door.form*, promise.takeall*"),
    ("act on own", "", "/issue list*, /issue find*, issue.older*, /callback list*, /kept reminders*, /kept suggest*"),
    ("act on any", "issue", "/issue show, /issue note, /issue own, /issue edit, /issue callback, /issue resolve"),
    ("act on any", "issue", "/issue reopen, /issue duplicate*, issue.own, issue.takeover, issue.resolve, issue.reopen"),
    ("act on any", "issue", "issue.note, issue.promise, promise.on_issue, issue.more, issue.edit, issue.customer"),
    ("act on any", "issue", "issue.undo*, issue.same*, issue.differs"),
    ("act on any", "", "/issue problem, problem.link, problem.undo, problem.solve, problem.edit, problem.part"),
    ("act on any", "", "problem.apart, problem.unsolve"),
    ("act on own", "", "problem.told*, problem.ontime*, problem.late*"),
    ("act on any", "promise", "/callback show, /callback kept, /callback tried, /callback move, /callback hand"),
    ("act on any", "promise", "/callback on it*, /callback called, /callback withdrawn, /callback broken"),
    ("act on any", "promise", "/callback mistake, promise.kept, promise.ontime, promise.late, promise.tried"),
    ("act on any", "promise", "promise.again, promise.move, promise.more, promise.told, promise.untold, promise.take"),
    ("act on any", "promise", "promise.keep, promise.hand, promise.broken, promise.free, promise.fix, promise.undo*"),
    ("act on any", "promise", "offer.kept, offer.tried, offer.called, offer.move"),
    ("customers", "", "/customer*, /customer list, /customer new, /customer edit, /customer history"),
    ("customers", "", "/customer owner, /customer backup, /customer zone, /customer tier, /customer alias"),
    ("customers", "", "/customer contact, /customer depends, /customer costs, /customer note"),
    ("customers", "", "customer.show, customer.new, customer.edit, customer.issue, customer.promise, customer.history"),
    ("customers", "", "customer.latest, customer.older, customer.undo, customer.letgo"),
    ("merge", "", "/customer merge, customer.merge"),
    ("forget", "", "/customer forget, customer.forget"),
    ("digest", "", "/digest*"),
    ("schedule digest", "", "/digest at, /digest on, /digest off, /digest settings, digest.settings"),
    ("set up", "", "/kept setup, setup.form"),
    ("own report", "", "/kept report*"),
    ("audit", "", "/kept audit, audit.older"),
    ("export", "", "/kept export"),
)

ROWS: dict[str, Row] = {
    name.rstrip("*"): Row(action, about) for action, about, names in LISTENERS for name in names.split(", ")
}


def role(db: Database, person: Person) -> Role:
    """What a person is to us, over all teams."""
    if person.is_bot or person.is_deactivated:
        return Role.NOBODY
    if person.is_outsider:
        return Role.OUTSIDER
    all_teams = teams.every_team(db)
    if person.is_admin or any(_manages(db, team.manager_channel_id, person.id) for team in all_teams):
        return Role.MANAGER
    return Role.AGENT if any(teams.is_in(db, team.channel_id, person.id) for team in all_teams) else Role.MEMBER


def _manages(db: Database, channel_id: str | None, person_id: str) -> bool:
    """Whether somebody is in a manager channel; one that became public makes nobody a manager."""
    channel = channels.find(db, channel_id) if channel_id else None
    return (channel is None or channel.is_private) and teams.is_in(db, channel_id, person_id)


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
    """The answer to somebody who may not do this, or None; ``theirs`` are the people a record belongs to.

    What they typed is given back, that of a form too.
    """
    if may(db, said.person, action) or (said.person.id in theirs and may(db, said.person, "act on own")):
        return None
    typed = f"You typed: {said.command} {text.unescape(said.words)}" if said.words and said.command else ""
    return forms.given_back(said, tell(_why(db, said, action), *([typed] if typed else [])))


def _why(db: Database, said: Said, action: str) -> str:
    if people.find(db, said.person.id) is None:
        return "I could not ask Slack who you are, so I don't know what is yours to do. Please try again in a minute."
    if role(db, said.person) < Role.MEMBER:
        return "This is for full members of the workspace. To raise an alarm, put 🚨 on a message."
    who = "managers" if LEAST.get(action) is Role.MANAGER else "the team"
    return f"This is for {who}. You can log issues, promise callbacks, and act on what is yours."


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
    return giver is not None and (giver.is_deactivated or role(db, giver) is Role.MANAGER)
