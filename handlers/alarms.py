"""What Kept's admin hears when something that must hold does not: one message for each, edited as it changes.

The looks are those of ``storage/invariants.py``; what was wrong at one look alone, as after a machine slept, is none.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Item, Moment, Part, message
from handlers.callbacks.words import deed
from handlers.said import FALLBACK_ZONE
from storage import alarms, callbacks, invariants, outbox, people, teams
from storage.alarms import Alarm
from storage.database import Database
from storage.models import Outgoing, Person

MOST_TOLD = 5  # records or kinds of message in an alarm
GIVEN_UP_FOR = 86400  # seconds for which a message that was given up is worth an alarm
LATELY = 3600  # seconds that are looked back on for what should not have been said


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: how many times, and of which promises (numbers) or messages (words)."""

    kind: str
    many: int
    named: tuple[int | str, ...] = ()


# By kind, what it is of one and of more, and what to do; without a customer's word, for /readyz too.
WORDS = {
    "unreminded": (
        "promise is past its time and nobody was told",
        "promises are past their time and nobody was told",
        "Tell their owners now. Then start Kept again, and run: python -m bot doctor",
    ),
    "unheard": (
        "promise has a reminder that reached nobody",
        "promises have a reminder that reached nobody",
        "Tell their owners now; /kept setup names a lead and a backup who can be reached.",
    ),
    "untaken": (
        "reminder or digest should have been made a quarter of an hour ago",
        "reminders or digests should have been made a quarter of an hour ago",
        "Start Kept again.",
    ),
    "waiting": (
        "message to Slack has been waiting for over a quarter of an hour",
        "messages to Slack have been waiting for over a quarter of an hour",
        "They go by themselves once Slack takes them. If it does not, run: python -m bot doctor",
    ),
    "undelivered": (
        "message could not be delivered",
        "messages could not be delivered",
        "Nothing is tried again. To see what Slack wants, run: python -m bot doctor",
    ),
    "said_after": (
        "promise was reminded of after it was closed",
        "promises were reminded of after they were closed",
        "That is a fault of Kept's; please report it.",
    ),
}


def look(db: Database, now: int) -> list[Finding]:
    """What does not hold at this moment, in the order in which it matters."""
    given_up = invariants.undelivered(db, now - GIVEN_UP_FOR)
    found = [
        _of("unreminded", invariants.unreminded(db, now)),
        _of("unheard", invariants.unheard(db)),
        Finding("untaken", invariants.untaken(db, now)),
        Finding("waiting", invariants.waiting(db, now)),
        Finding("undelivered", sum(row["times"] for row in given_up), tuple(map(_given_up, given_up))),
        _of("said_after", invariants.said_after_closing(db, now - LATELY)),
    ]
    return [finding for finding in found if finding.many]


def _of(kind: str, promises: list[int]) -> Finding:
    return Finding(kind, len(promises), tuple(promises))


def _given_up(row: dict[str, Any]) -> str:
    times = f" ({row['times']:,}×)" if row["times"] > 1 else ""
    return f"{row['kind']}: {row['problem'] or 'no reason known'}{times}"


def said(finding: Finding) -> str:
    """A finding in a sentence, without a customer's word: ``2 promises … (#17, #21).``."""
    numbers = [f"#{one}" for one in finding.named if isinstance(one, int)][:MOST_TOLD]
    more = [f"{finding.many - len(numbers):,} more"] if 0 < len(numbers) < finding.many else []
    which = f" ({', '.join([*numbers, *more])})" if numbers else ""
    return f"{_what(finding.kind, finding.many)}{which}. {WORDS[finding.kind][2]}"


def _what(kind: str, many: int) -> str:
    single, several, _ = WORDS[kind]
    return f"{many:,} {single if many == 1 else several}"


def keep(db: Database, found: Iterable[Finding], now: int) -> None:
    """Begin, go on with and end alarms as was found; whatever changed is said, or the message of it edited."""
    known = {alarm.kind: alarm for alarm in alarms.open_ones(db)}
    for finding in found:
        detail = json.dumps([finding.many, *finding.named[:MOST_TOLD]])
        alarm = known.pop(finding.kind, None)
        if alarm and now - alarm.began_at >= alarms.SAID_AGAIN_AFTER:
            _change(db, alarm, alarm.detail, now, now)
            alarm = None
        if alarm is None:
            _tell(db, alarms.begin(db, finding.kind, detail, now), now)
        elif alarm.detail != detail:
            _change(db, alarm, detail, None, now)
    for alarm in known.values():
        _change(db, alarm, alarm.detail, now, now)


def _change(db: Database, alarm: Alarm, detail: str, ended_at: int | None, now: int) -> None:
    _tell(db, alarms.change(db, alarm.id, detail=detail, ended_at=ended_at), now)


def _tell(db: Database, alarm: Alarm, now: int) -> None:
    admin = people.admin(db)
    if admin:
        outbox.refresh(db, key=f"alarm:{alarm.id}", kind="alarm", target=admin, subject_id=alarm.id, now=now)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that says an alarm, or edits what was said of it."""
    alarm = alarms.find(db, outgoing.subject_id or 0)
    if alarm is None:
        return None
    drawn = message(_lines(db, alarm, people.find(db, outgoing.target), now))
    if outgoing.sent_ts:
        return {"method": "chat.update", "channel": outgoing.sent_channel, "ts": outgoing.sent_ts, **drawn}
    return {"method": "chat.postMessage", "channel": outgoing.target, **drawn}


def _lines(db: Database, alarm: Alarm, reader: Person | None, now: int) -> list[Item]:
    many, *named = json.loads(alarm.detail)
    team = next(iter(teams.every_team(db)), None)
    zone = (reader and reader.zone) or (team.zone if team else FALLBACK_ZONE)
    since, what = _at(alarm.began_at, zone, now), _what(alarm.kind, many)
    if alarm.ended_at is not None:
        return [["It is well again: ", what, " · from ", since, " to ", _at(alarm.ended_at, zone, now)]]
    told: list[Item] = [["⚠️ ", Bold(f"Kept needs a look: {what}"), " · since ", since]]
    told += [["• ", *_named(db, one, zone, now)] for one in named]
    if named and many > len(named) and isinstance(named[0], int):
        told.append(f"+{many - len(named):,} more")
    return [*told, WORDS[alarm.kind][2]]


def _at(at: int, zone: str, now: int) -> Moment:
    return Moment(at, f"{text.moment(at, zone, now)} {text.zone_name(at, zone)}")


def _named(db: Database, one: int | str, zone: str, now: int) -> Sequence[Part]:
    promise = callbacks.find(db, one) if isinstance(one, int) else None
    if promise is None:
        return [str(one)]
    who, due = Bold(names.customer(db, promise.customer_id)), _at(promise.due_at, zone, now)
    return [who, f" · {deed(promise)} (#{promise.id}) · promised for ", due, f" · {names.person(db, promise.owner_id)}"]
