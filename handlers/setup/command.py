"""`/kept`: setting up, help, and a door to every other command under one name."""

from collections.abc import Callable
from typing import Any

from slack_sdk.models.blocks import ConversationFilter, ConversationSelectElement, InputBlock

from handlers import audit, roles, text
from handlers.callbacks import cover
from handlers.forms import form, heard, text_field, user_field
from handlers.reports import command as reports
from handlers.said import Handler, Reply, Said, tell
from handlers.setup import plan as plans
from handlers.setup import reminders, suggestions
from handlers.setup.away_emoji import away_emoji
from handlers.setup.finish import finish
from handlers.setup.plan import EXAMPLE
from handlers.subcommands import nearly
from handlers.transfer import command as exports
from storage import teams
from storage.database import Database
from storage.models import Team

HELP = {
    "": "every other command also works here: /kept issue Acme: charged twice, /kept callback Acme tomorrow 3pm",
    "setup": f"set a team up: /kept setup opens the form; in one line: {EXAMPLE}",
    "reminders": "when Kept reminds whom: /kept reminders; to change it: /kept reminders backup 45 min",
    "hours": "your own working hours: /kept hours 8:00-16:00 mon-thu, /kept hours team",
    "away": "your backup is asked to take over: /kept away until Monday, /kept away off, /kept away emoji",
    "handover": "all that somebody owns: /kept handover @dana to @bob until Monday",
    "suggest": "ask who writes “I'll call back by 3pm” here whether to keep it: /kept suggest on, /kept suggest off",
    "audit": "who did what (managers): /kept audit, /kept audit #42, /kept audit Acme, /kept audit @dana since monday",
    "report": reports.HELP,
    "export": exports.HELP,
    "help": "this help: /kept help",
}


def _away(db: Database, said: Said, words: str) -> Reply:
    first, _, rest = words.partition(" ")
    if first.lower() == "emoji":
        return away_emoji(db, said, rest.strip())
    return roles.refusal(db, said, "help") or cover.away(db, said, words)


ON_WORDS: dict[str, Callable[[Database, Said, str], Reply]] = {
    "reminders": reminders.reminders,
    "hours": reminders.hours,
    "away": _away,
    "handover": cover.handover,
    "suggest": suggestions.switch,
    "report": reports.report,
    "export": exports.ask,
    "audit": lambda db, said, words: roles.refusal(db, said, "audit") or audit.show(db, said, words),
}

VERBS = frozenset({"setup", "help"}) | frozenset(ON_WORDS)


def help_text() -> Reply:
    """Everything `/kept` understands, with an example of each."""
    return tell("What /kept understands:", *[f"• {words}" for words in HELP.values()])


def kept(db: Database, said: Said) -> Reply:
    """`/kept …`; the other commands are looked up by the app before it comes here."""
    verb, _, rest = said.words.strip().partition(" ")
    if verb.lower() in ("", "help"):
        return help_text()
    if verb.lower() in ON_WORDS:
        return ON_WORDS[verb.lower()](db, said, rest.strip())
    if verb.lower() != "setup":
        meant = nearly(said.words, VERBS)
        return tell(
            f"Did you mean: /kept {meant}" if meant else "I don't know that one. /kept help shows what I understand.",
            f"You typed: {said.command} {text.unescape(said.words)}",
        )
    if refused := roles.refusal(db, said, "set up"):
        return refused
    return finish(db, said, plans.from_line(db, rest.strip())) if rest.strip() else open_form(db, said)


def open_form(db: Database, said: Said) -> Reply:
    """The setup form, filled with what the team has now."""
    team = teams.owning(db, said.channel_id) or next(iter(teams.every_team(db)), None)
    fields = [
        _channel_field("team", "Team channel", team.channel_id if team else None, optional=False),
        _channel_field("escalations", "Escalation channel", team.escalation_channel_id if team else None),
        _channel_field("managers", "Manager channel (private)", team.manager_channel_id if team else None),
        user_field("lead", "Lead", initial=team.lead_id if team else None),
        user_field("backup", "Backup", initial=team.backup_id if team else None),
        text_field("hours", "Working hours", initial=_hours(team), hint="For example: 9:00-17:00"),
        text_field("holidays", "Holidays", initial=_holidays(team), hint="For example: US-CA, DE, none", optional=True),
        text_field("zone", "Time zone", initial=team.zone if team else said.zone, hint="For example: Europe/Berlin"),
    ]
    return Reply(form=form("setup.form", "Set up Kept", "Set up", fields, heard(said)))


def _channel_field(name: str, label: str, initial: str | None, *, optional: bool = True) -> dict[str, Any]:
    only = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    element = ConversationSelectElement(action_id=name, initial_conversation=initial, placeholder="Choose", filter=only)
    made: dict[str, Any] = InputBlock(block_id=name, label=label, element=element, optional=optional).to_dict()
    return made


def _hours(team: Team | None) -> str:
    if team is None:
        return "9:00-17:00"
    return f"{team.opens_at // 60}:{team.opens_at % 60:02}-{team.closes_at // 60}:{team.closes_at % 60:02}"


def _holidays(team: Team | None) -> str:
    return "-".join(filter(None, (team.country, team.region))) if team else ""


def submitted(db: Database, said: Said) -> Reply:
    """The setup form, filled in."""
    if refused := roles.refusal(db, said, "set up"):
        return refused
    plan = plans.from_fields(db, said.fields)
    return Reply(errors=plan.problems) if plan.problems else finish(db, said, plan)


COMMANDS: dict[str, Handler] = {"kept": kept}

ACTIONS: dict[str, Handler] = {**audit.ACTIONS}

VIEWS: dict[str, Handler] = {"setup.form": submitted}
