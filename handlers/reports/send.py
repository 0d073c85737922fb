"""Sending a report: the words, and when they are there, the pictures into their thread.

Both are written on a reading connection, beside the changes people wait for. A picture that fails holds nothing back.
"""

import json
import logging
from typing import Any

from handlers import hours
from handlers.blocks import message
from handlers.reports import figures, pictures, series, whom, words
from storage import facts, outbox, teams
from storage.database import Database
from storage.models import Outgoing
from storage.scope import Scope

log = logging.getLogger(__name__)

NO_SCOPE = "missing_scope"
TOLD = "told that pictures want files:write"  # a fact: said once, until pictures arrive again
ADD_SCOPE = (
    "Pictures of these figures would stand here, but Kept may not send files. To have them, add the scope files:write"
    " in the app's settings on api.slack.com, and install it again."
)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any]:
    """The call that posts the words."""
    asked = json.loads(outgoing.payload or "{}")
    scope = Scope(**asked["scope"])
    measured = figures.measure(db, scope, figures.period(asked["span"], asked["zone"], now))
    about = words.About(whom.of(db, scope), _day(db, scope), is_own=scope.person_id is not None)
    return {"method": "chat.postMessage", "channel": outgoing.target, **message(words.report(db, measured, about))}


def _day(db: Database, scope: Scope) -> int:
    """How long a working day is, in seconds: the team's, else the first team's, else the usual one."""
    its = hours.of(teams.find(db, scope.team_id) if scope.team_id else figures.first_team(db))
    return (its.closes.hour * 60 + its.closes.minute - its.opens.hour * 60 - its.opens.minute) * 60


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, now: int) -> None:
    """The words are there: the pictures follow in their thread, each by itself."""
    asked = json.loads(outgoing.payload or "{}")
    for kind in series.KINDS:
        outbox.put(
            db,
            key=f"{outgoing.key}:{kind}",
            kind="picture",
            target=channel,
            priority=outbox.DIGEST,
            payload=json.dumps(asked | {"kind": kind, "thread_ts": ts, "at": now}),
            now=now,
        )


def compose_picture(db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any] | None:
    """The upload of one picture; None where there is nothing to draw."""
    asked = json.loads(outgoing.payload or "{}")
    when = figures.period(asked["span"], asked["zone"], asked["at"])
    drawn = series.of(db, asked["kind"], Scope(**asked["scope"]), when)
    if drawn is None:
        return None
    return {
        "method": "files.completeUploadExternal",
        "channel": outgoing.target,
        "thread_ts": asked["thread_ts"],
        "name": f"{asked['kind']}.png",
        "title": drawn.title,
        "alternative": drawn.alternative,
        "content": pictures.draw(drawn),
    }


def picture_posted(db: Database, _outgoing: Outgoing, _answer: dict[str, Any], _now: int) -> None:
    """A picture arrived, so whatever kept them away before does not any more."""
    if facts.fact(db, TOLD):
        facts.remember(db, TOLD, "")


def picture_failed(db: Database, outgoing: Outgoing, problem: str, now: int) -> None:
    """A picture did not arrive: the words stand without it. What is missing for all of them is said once."""
    if problem != NO_SCOPE:
        log.warning("a picture of a report was left out: %s", problem)
    elif not facts.fact(db, TOLD):
        facts.remember(db, TOLD, "yes")
        thread = {"thread_ts": json.loads(outgoing.payload or "{}").get("thread_ts")}
        _post(db, outgoing, {**message([ADD_SCOPE]), **thread}, now)


def failed(db: Database, outgoing: Outgoing, problem: str, now: int) -> None:
    """The report itself could not be written or sent: the one who asked hears so."""
    log.error("a report could not be sent: %s", problem)
    _post(db, outgoing, message(["The report could not be written. Please ask again: /kept report"]), now)


def _post(db: Database, outgoing: Outgoing, told: dict[str, Any], now: int) -> None:
    payload = json.dumps({"method": "chat.postMessage", "channel": outgoing.target, **told})
    outbox.put(db, key=f"{outgoing.key}:instead", kind="post", target=outgoing.target, payload=payload, now=now)
