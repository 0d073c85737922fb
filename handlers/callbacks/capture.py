"""The check at capture: a time that will be hard to keep is said, with the next free one as a button. Never refuses."""

from handlers import names, text
from handlers.blocks import Button, Item, Row
from handlers.callbacks import cast, ladder
from handlers.callbacks.ladder import Listener
from handlers.said import Said
from storage import callbacks, people
from storage.database import Database
from storage.models import Promise

HOUR = 3600
MANY_AN_HOUR = 3  # promises already due in one hour (brief, section 3)
FREE_WITHIN = 14 * 24  # hours that are looked at for a free one


def remarks(db: Database, said: Said, made: Promise) -> list[Item]:
    """Why the time of a promise may be hard to keep, and the next free one as a button; nothing if it is good."""
    owner = cast.listener(db, made.owner_id, cast.team_of(db, made), made.zone)
    why = _why(db, said, made, owner)
    if not why:
        return []
    free = _next_free(db, made, owner, said.now)
    if free is None:
        return [why]
    words = f"Make it {text.moment(free, owner.zone, said.now)}"
    return [why, Row(Button(words, "promise.free", f"{made.id}:{made.generation}:{free}"))]


def _why(db: Database, said: Said, made: Promise, owner: Listener) -> str:
    yours = made.owner_id == said.person.id
    name = names.person(db, made.owner_id)
    if _is_away(db, made.owner_id, made.due_at):
        return f"{'You are' if yours else f'{name} is'} away then; the backup is asked to take it."
    day = text.local(made.due_at, owner.zone).date()
    if owner.hours.is_holiday(day):
        return "That is a public holiday."
    if not ladder.works_at(owner, made.due_at):
        return f"That is outside {'your' if yours else f'{name}’s'} working hours."
    begins = _hour_of(made.due_at, owner)
    others = callbacks.due_between(db, made.owner_id, begins, begins + HOUR) - 1
    if others >= MANY_AN_HOUR:
        return f"{'You have' if yours else f'{name} has'} {others} others due in that hour already."
    return ""


def _hour_of(at: int, owner: Listener) -> int:
    """The beginning of the hour on somebody's clock."""
    clock = text.local(at, owner.zone)
    return at - clock.minute * 60 - clock.second


def _is_away(db: Database, person_id: str, at: int) -> bool:
    person = people.find(db, person_id)
    return person is not None and cast.is_away(db, person, at)


def _next_free(db: Database, made: Promise, owner: Listener, now: int) -> int | None:
    """The first full hour from the promised one on, in the owner's hours, in which little is due; None if far off."""
    at = _hour_of(max(made.due_at, now) + HOUR - 1, owner)
    for _ in range(FREE_WITHIN):
        if not ladder.works_at(owner, at):
            at = next(ladder.openings(owner, at), at + HOUR)
        begins = _hour_of(at, owner)
        is_free = callbacks.due_between(db, made.owner_id, begins, begins + HOUR) < MANY_AN_HOUR
        if is_free and at != made.due_at and not _is_away(db, made.owner_id, at):
            return at
        at = begins + HOUR
    return None
