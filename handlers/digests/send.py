"""The schedule: what fell due is queued once per channel and local date, and composed when it is sent."""

import json
from datetime import date
from typing import Any

from handlers import hours, names, roles
from handlers.blocks import message
from handlers.digests import times, write
from storage import channels, digests, outbox, people, teams
from storage.database import Database
from storage.models import Digest, Outgoing

MOST_AT_ONCE = 100  # digests taken in one transaction
CLOSES = 17 * 60  # the end of working hours where there is no team, in minutes after midnight
AT_LEAST = 3600  # seconds a digest may come late, though it comes near or after the end of working hours
TRY_AGAIN = 300  # seconds, while Slack cannot be reached


def next_at(db: Database, digest: Digest, after: int) -> int | None:
    """When this digest comes next after a Unix second, its team's holidays left out; None if never."""
    return times.next_at(
        after,
        digest.weekdays,
        digest.at_minute,
        digest.zone,
        last_on=date.fromisoformat(digest.last_on) if digest.last_on else None,
        is_holiday=hours.of(write.team_of(db, digest)).is_holiday,
    )


def take_due(db: Database, now: int) -> int:
    """Queue every digest whose moment has come; returns how many channels were served."""
    taken = digests.due(db, now, MOST_AT_ONCE)
    for digest in taken:
        _take(db, digest, now)
    return len(taken)


def _take(db: Database, digest: Digest, now: int) -> None:
    """Queue it for each date up to now (those that are too late are left out when written), and move on."""
    team = write.team_of(db, digest)
    is_holiday = hours.of(team).is_holiday
    at, days = digest.next_at, []
    while at is not None and at <= now:
        day = times.local(at, digest.zone).date()
        days.append((day, at))
        at = times.next_at(at, digest.weekdays, digest.at_minute, digest.zone, last_on=day, is_holiday=is_holiday)
    if not digests.took(db, digest, next_at=at, last_on=days[-1][0].isoformat()):
        return
    closes, zone = (team.closes_at, team.zone) if team else (CLOSES, digest.zone)
    for day, began in days:
        until = max(times.instant(day, closes, zone) or 0, began + AT_LEAST)
        if not is_holiday(day):  # the calendar may have changed since the moment was set
            _queue(db, digest, day, until, now)


def _queue(db: Database, digest: Digest, day: date, until: int, now: int) -> None:
    hears = next(iter(_managers(db, digest)), digest.set_by)
    outbox.put(
        db,
        key=f"digest:{digest.channel_id}:{day.isoformat()}",
        kind="digest",
        target=digest.channel_id if roles.shows_all(db, digest.channel_id) else hears,
        person_id=hears,
        priority=outbox.DIGEST,
        payload=json.dumps({"channel": digest.channel_id, "on": day.isoformat(), "until": until}),
        now=now,
    )


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that posts a digest; None if it is off, too late, or has nothing to tell.

    It is written beside everything else and changes nothing.
    """
    asked = json.loads(outgoing.payload or "{}")
    digest = digests.find(db, asked["channel"])
    if digest is None or digest.next_at is None:
        return None
    if now > asked["until"]:
        return None
    if outgoing.target != digest.channel_id:
        return {"method": "chat.postMessage", "channel": outgoing.target, **_not_there(db, digest)}
    written, is_empty = write.main(db, digest, now)
    if is_empty and digest.quiet_when_empty:
        return None
    return {"method": "chat.postMessage", "channel": digest.channel_id, **written}


def compose_thread(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that posts a digest's details into its thread, the first page with the others; None without any."""
    asked = json.loads(outgoing.payload or "{}")
    digest = digests.find(db, asked["channel"])
    pages = write.details(db, digest, now) if digest else []
    if not pages:
        return None
    first = {"method": "chat.postMessage", "channel": outgoing.target, "thread_ts": asked["thread_ts"], **pages[0]}
    return {**first, "thread": pages[1:]}


def left_out(db: Database, outgoing: Outgoing, now: int) -> None:
    """Nothing was sent: if that is because it was too late, the next one says so."""
    asked = json.loads(outgoing.payload or "{}")
    digest = digests.find(db, asked["channel"])
    if digest and digest.next_at is not None and now > asked["until"]:
        digests.missed(db, digest.channel_id, asked["on"])


def _managers(db: Database, digest: Digest) -> list[str]:
    """Who hears that a digest cannot be sent: who switched it on, and all in its team's manager channel."""
    team = write.team_of(db, digest)
    there = teams.members(db, team.manager_channel_id) if team and team.manager_channel_id else []
    known = [people.find(db, one) for one in dict.fromkeys([digest.set_by, *there])]
    return [one.id for one in known if one and not (one.is_bot or one.is_deactivated or one.is_outsider)]


def _not_there(db: Database, digest: Digest) -> dict[str, Any]:
    """One clear word to its managers, where a channel cannot have its digest any more."""
    named = f"#{names.channel(db, digest.channel_id)}"
    channel = channels.find(db, digest.channel_id)
    if channel and channel.is_shared:
        return message([f"{named} is shared with another company now, so its digest is switched off."])
    if not roles.shows_all(db, digest.channel_id):
        told = f"{named} is not the team's own since Kept was set up, so its digest is switched off."
        return message([told, "To have it again, a manager types there: /digest on"])
    return message(
        [
            f"I could not post the digest of {named}: I am not in that channel, or it is archived. It is switched off.",
            "To have it again, type there: /invite @Kept, then /digest on",
        ]
    )


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, now: int) -> None:
    """A digest is there: its details follow. A word that it could not be posted switches it off."""
    asked = json.loads(outgoing.payload or "{}")
    if outgoing.target == asked["channel"]:
        digests.told_of_missed(db, asked["channel"])
        outbox.put(
            db,
            key=f"{outgoing.key}:thread",
            kind="digest-thread",
            target=channel,
            priority=outbox.DIGEST,
            payload=json.dumps({"channel": asked["channel"], "thread_ts": ts}),
            now=now,
        )
        return
    digest = digests.find(db, asked["channel"])
    if digest and digest.next_at is not None:
        _tell_others(db, outgoing, digest, now)
    digests.switch_off(db, asked["channel"])


def _tell_others(db: Database, outgoing: Outgoing, digest: Digest, now: int) -> None:
    """The same word to the other managers, once each."""
    word = _not_there(db, digest)
    for one in _managers(db, digest):
        if one != outgoing.target:
            outbox.put(
                db,
                key=f"{outgoing.key}:told:{one}",
                kind="post",
                target=one,
                priority=outbox.DIGEST,
                payload=json.dumps({"method": "chat.postMessage", "channel": one, **word}),
                now=now,
            )


def failed(db: Database, outgoing: Outgoing, problem: str, now: int) -> None:
    """Slack could not be reached for long: tried again until the end of its hours, then the next one says so."""
    asked = json.loads(outgoing.payload or "{}")
    if now <= asked["until"]:
        outbox.put_back(db, outgoing, state="unknown", due_at=now + TRY_AGAIN, problem=problem)
    else:
        digests.missed(db, asked["channel"], asked["on"])
