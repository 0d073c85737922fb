"""The page that is Home: when it is drawn, and in which order its parts stand.

It is looked at anew when somebody opens it and when something of theirs changed, and sent to Slack only where the
drawing is another than the one they see. Which one that is stands in the view itself, so that Slack says so whenever
Home is opened: after a restore, or a new install, it is put right.
"""

import hashlib
import json
from typing import Any

from handlers import roles
from handlers.blocks import Item, Row, message
from handlers.digests import times
from handlers.doors import form_button
from handlers.home import mine, team
from handlers.home.look import Look
from handlers.roles import Role
from handlers.said import FALLBACK_ZONE, NOTHING, Reply, Said
from storage import homes, outbox, people, teams
from storage.database import Database
from storage.models import Outgoing, Person

OUTSIDE = "Kept is for full members of the workspace. To raise an alarm, put 🚨 on a message."


def opened(db: Database, said: Said) -> Reply:
    """Somebody opened Home, from which moment on it is kept true; the tab of messages is none of it."""
    if said.value == "home":
        homes.opened(db, said.person.id, said.channel_id, said.view.get("private_metadata"))
    return NOTHING


def take_stale(db: Database, now: int) -> int:
    """Queue a look at every Home in which something may have changed; returns how many."""
    stale = homes.take_stale(db)
    for person_id in stale:
        outbox.refresh(db, key=f"home:{person_id}", kind="home", target=person_id, subject_id=0, now=now)
    return len(stale)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that draws somebody's Home as things are now; None where they see that already."""
    person = people.find(db, outgoing.target) or Person(id=outgoing.target, handle="", name="you", is_outsider=True)
    blocks = message(_told(db, person, now))["blocks"]
    drawing = hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()
    # Of a try whose end is not known Slack may show anything: the next one is sent whatever it is.
    if outgoing.attempts <= 1 and drawing == homes.drawing(db, person.id):
        return None
    view = {"type": "home", "callback_id": "home", "private_metadata": drawing, "blocks": blocks}
    return {"method": "views.publish", "user_id": person.id, "view": view}


def drawn(db: Database, outgoing: Outgoing, answer: dict[str, Any], _now: int) -> None:
    """Slack shows a drawing from now on; where none was sent it shows the same as before."""
    if shown := answer.get("view"):
        homes.drawn(db, outgoing.target, shown.get("private_metadata") or "")


def _told(db: Database, person: Person, now: int) -> list[Item]:
    role = roles.role(db, person)
    if role < Role.MEMBER:
        return [OUTSIDE]
    look = _look(db, person, role, now)
    desk = mine.desk(look)
    doors = Row(form_button("Log an issue", "issue"), form_button("Promise a callback", "callback"))
    return _apart(
        [mine.headline(look, desk), *mine.away(look), doors],
        mine.to_accept(look, desk),
        mine.overdue(look, desk),
        mine.due_today(look, desk),
        mine.unsaved(look, desk),
        mine.meanwhile(look),
        team.today(look),
        mine.later(look, desk),
        mine.open_issues(look),
        team.buttons(look),
        team.sent(look),
    )


def _apart(*parts: list[Item]) -> list[Item]:
    """All parts in their order, with an empty line between two of which the first ends in words."""
    told: list[Item] = []
    for part in parts:
        told += [""] if part and told and not isinstance(told[-1], Row) else []
        told += part
    return told


def _look(db: Database, person: Person, role: Role, now: int) -> Look:
    zone_of = teams.of_person(db, person.id)
    zone = person.zone or (zone_of.zone if zone_of else FALLBACK_ZONE)
    everyone = teams.every_team(db)
    around = teams.around(db, person.id) if role >= Role.AGENT else []
    ours = around or (everyone if role is Role.MANAGER else [])
    first = everyone[0].id if everyone else None
    return Look(db, person, role, zone, now, times.midnight_after(now, zone), tuple(ours[: team.MOST_TEAMS]), first)
