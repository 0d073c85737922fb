"""`/digest`: preview it, have it in a channel, change it, stop it."""

from collections.abc import Callable
from typing import Any

from handlers import names, roles, text
from handlers.digests import send, settings, times, write
from handlers.said import Handler, Reply, Said, record, tell
from handlers.subcommands import nearly, read_first
from handlers.when import say, zones
from storage import channels, digests
from storage.database import Database
from storage.models import Digest

HELP = {
    "": "what the digest says now, shown to you alone: /digest",
    "at": "have it in this channel: /digest at 9:00 weekdays, /digest at 8:30 mon wed fri, /digest at 17:00 daily",
    "on": "have it again as it was set, else Monday to Friday at 9:00: /digest on",
    "off": "stop it in this channel: /digest off",
    "settings": "days, time, zone, whom and what it is about, its sections, in a form: /digest settings",
    "help": "this help: /digest help",
}

FOR_EXAMPLE = "Type for example: /digest at 9:00 weekdays, or /digest at 8:30 mon wed fri"


def help_text() -> Reply:
    """Everything `/digest` understands, with an example of each."""
    return tell("What /digest understands:", *[f"• {words}" for words in HELP.values()])


def digest(db: Database, said: Said) -> Reply:
    """`/digest …`."""
    words = said.words.strip()
    asked = read_first(words, VERBS)
    if asked.verb == "help":
        return help_text()
    if refused := roles.refusal(db, said, "schedule digest" if words else "digest") or _not_here(db, said, words):
        return refused
    if not words:
        return preview(db, said)
    if asked.verb:
        return ON_WORDS[asked.verb](db, said, text.unescape(asked.words))
    if meant := nearly(words, VERBS):
        return tell(f"Did you mean: /digest {meant}", _typed(said))
    return _at(db, said, text.unescape(words))  # the time alone is clear enough


def _not_here(db: Database, said: Said, words: str) -> Reply | None:
    """Why there is no digest in this place, or None."""
    channel = channels.find(db, said.channel_id)
    if channel and channel.is_shared:
        return tell(
            "This channel is shared with another company: a digest has no place here. Try a channel of your own."
        )
    if words and said.channel_id.startswith("D"):
        return tell("A digest belongs to a channel. Type it in the channel that shall have it.", _typed(said))
    return None


def _typed(said: Said) -> str:
    return f"You typed: /digest {text.unescape(said.words)}"


def usual(db: Database, said: Said) -> Digest:
    """The digest of this channel, else the one it would get: Monday to Friday at nine in its team's zone."""
    found = digests.find(db, said.channel_id)
    return found or Digest(
        channel_id=said.channel_id,
        weekdays=times.WEEKDAYS,
        at_minute=times.NINE,
        zone=said.team.zone if said.team else said.zone,
        category=None,
        quiet_when_empty=False,
        set_by=said.person.id,
        next_at=None,
        last_on=None,
        missed_on=None,
        missed=0,
        team_id=None,
        customer_id=None,
        sections=None,
    )


def preview(db: Database, said: Said) -> Reply:
    """The very message that would be posted now, to the one who asked."""
    asked = usual(db, said)
    written, is_empty = write.main(db, asked, said.now)
    if is_empty and asked.quiet_when_empty:
        return tell("All is well, so the digest would stay quiet now: /digest settings")
    return Reply(**written)


def _at(db: Database, said: Said, words: str) -> Reply:
    before = usual(db, said)
    try:
        minute, days = times.read(words)
    except times.UnreadError as error:
        return tell(f"{error} {FOR_EXAMPLE}", _typed(said))
    if minute is None:
        return tell(f"At what time? {FOR_EXAMPLE}", _typed(said))
    return switch_on(db, said, before, weekdays=days or before.weekdays, at_minute=minute)


def _on(db: Database, said: Said, _words: str) -> Reply:
    return switch_on(db, said, usual(db, said))


def switch_on(db: Database, said: Said, before: Digest, **changes: Any) -> Reply:
    """Have a channel's digest from now on, as it was or as changed; answers when the next one comes."""
    kept = ("weekdays", "at_minute", "zone", "quiet_when_empty", "team_id", "category", "customer_id", "sections")
    values = {name: getattr(before, name) for name in kept} | changes
    changed = digests.keep(db, before.channel_id, **values, set_by=said.person.id)
    changed = digests.keep(db, before.channel_id, next_at=send.next_at(db, changed, said.now))
    was_set = {name: getattr(changed, name) for name in ("channel_id", *kept)}
    record(
        db,
        said,
        "digest on",
        None,
        ", ".join(f"{name} {value}" for name, value in was_set.items() if value is not None),
    )
    return tell(*_echo(db, said, changed))


def _echo(db: Database, said: Said, changed: Digest) -> list[str]:
    """What was understood, with the next time in full."""
    when = f"{times.say_days(changed.weekdays)} at {times.say_clock(changed.at_minute)}, {zones.spoken(changed.zone)}"
    only = write.only(db, changed)
    about = f", about {text.listed(only)} only" if only else ""
    quiet = " When there is nothing to tell, nothing is sent." if changed.quiet_when_empty else ""
    told = [f"The digest comes to #{names.channel(db, changed.channel_id)} {when}{about}.{quiet}"]
    told += [f"It shows: {text.listed(settings.said(changed.sections))}."] if changed.sections else []
    if changed.next_at is None:
        return [*told, "None of these days lies ahead, so none will come: /digest settings"]
    told.append(f"The next one: {say(changed.next_at, changed.zone, said.now)}")
    if said.team is None and said.person.zone is None:
        told.append("I don't know your time zone, so I took UTC. Another one: /digest settings")
    channel = channels.find(db, changed.channel_id)
    if not (channel.has_kept if channel else not channels.are_listed(db)):
        told.append("I am not in this channel yet, so I can't post it here. Type: /invite @Kept")
    return [*told, "See it now: /digest · stop it: /digest off"]


def _off(db: Database, said: Said, _words: str) -> Reply:
    if not digests.switch_off(db, said.channel_id):
        return tell("There is no digest in this channel. To have one: /digest on")
    record(db, said, "digest off", None, said.channel_id)
    return tell("No more digests in this channel. To have it again as it was: /digest on")


def _settings(db: Database, said: Said, _words: str) -> Reply:
    """The form, filled with what is set, or would be."""
    return Reply(form=settings.shown(db, said, usual(db, said)))


def _filled(db: Database, said: Said) -> Reply:
    """The form, filled in: the digest is on from now on."""
    if refused := roles.refusal(db, said, "schedule digest") or _not_here(db, said, "settings"):
        return refused
    values, errors = settings.read(db, said)
    return Reply(errors=errors) if errors else switch_on(db, said, usual(db, said), **values)


ON_WORDS: dict[str, Callable[[Database, Said, str], Reply]] = {
    "at": _at,
    "on": _on,
    "off": _off,
    "settings": _settings,
    "help": lambda _db, _said, _words: help_text(),
}

VERBS = frozenset(ON_WORDS)

COMMANDS: dict[str, Handler] = {"digest": digest}

ACTIONS: dict[str, Handler] = {}

VIEWS: dict[str, Handler] = {"digest.settings": _filled}
