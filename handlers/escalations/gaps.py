"""After a gap: emoji put on and taken off meanwhile are read from Slack, for nobody will tell us of them again.

The last day of every channel Kept is in and the threads of open issues are read, page by page, at the pace of edits;
each emoji found is taken as if Slack had told of it, once. What stands on older messages elsewhere is not found.
"""

import json
from collections.abc import Iterable
from typing import Any

from handlers import guard
from handlers.answer import answer
from handlers.escalations import reactions
from handlers.said import Said
from storage import facts, gaps, outbox
from storage.database import Database
from storage.models import Outgoing, Person

GAP = 120  # seconds without a look, or without a socket, after which things may have been missed (brief, section 5)
READ_BACK = 86400  # seconds
MOST_THREADS = 200  # of open issues, the newest
PAGE = 200  # messages in one answer of Slack's

EVENTS = guard.events(reactions.EVENTS)


def begin(db: Database, now: int) -> None:
    """Queue the reading of what may have been missed before ``now``; what waits since an earlier gap is in it."""
    begun, since = f"gap:{now}", now - READ_BACK
    waiting = {(one.target, asked["ts"]): one for one in gaps.waiting(db) if not (asked := _asked(one))["cursor"]}
    channels = [(one, "") for one in gaps.channels(db) if not one.startswith("D")]
    threads = [one for one in gaps.threads(db, MOST_THREADS) if one[0].startswith(("C", "G"))]
    for channel_id, ts in channels + threads:
        if one := waiting.get((channel_id, ts)):
            asked = _asked(one) | {"begun": begun}
            gaps.ask_anew(db, one.id, key=_key(channel_id, asked), payload=json.dumps(asked), now=now)
        else:
            _ask(db, now, begun, channel_id, since, ts)


def _ask(db: Database, now: int, begun: str, channel_id: str, since: int, ts: str = "", cursor: str = "") -> None:
    payload = {"begun": begun, "since": since, "ts": ts, "cursor": cursor}
    outbox.put(
        db,
        key=_key(channel_id, payload),
        kind="gap",
        target=channel_id,
        priority=outbox.CARD,
        payload=json.dumps(payload),
        now=now,
    )


def _asked(outgoing: Outgoing) -> dict[str, Any]:
    return dict(json.loads(outgoing.payload or "{}"))


def _key(channel_id: str, asked: dict[str, Any]) -> str:
    return f"{asked['begun']}:{channel_id}:{asked['ts']}:{asked['cursor']}"


def compose(_db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any]:
    """The call that reads a page of a channel, or of a thread."""
    asked = _asked(outgoing)
    call = {"channel": outgoing.target, "limit": PAGE, **({"cursor": asked["cursor"]} if asked["cursor"] else {})}
    if asked["ts"]:
        return {"method": "conversations.replies", "ts": asked["ts"], **call}
    return {"method": "conversations.history", "oldest": str(asked["since"]), **call}


def heard(db: Database, outgoing: Outgoing, told: dict[str, Any], now: int) -> None:
    """A page: each emoji on it is taken once; threads that were written in lately are read too, and the next page."""
    asked = _asked(outgoing)
    begun, since, ts = asked["begun"], asked["since"], asked["ts"]
    for message in told.get("messages") or []:
        _take(db, outgoing, message, now)
        if not ts and message.get("reply_count") and float(message.get("latest_reply") or 0) >= since:
            _ask(db, now, begun, outgoing.target, since, message["ts"])
    if cursor := (told.get("response_metadata") or {}).get("next_cursor"):
        _ask(db, now, begun, outgoing.target, since, ts, cursor)


def _take(db: Database, outgoing: Outgoing, message: dict[str, Any], now: int) -> None:
    found = message.get("reactions") or []
    there = {(user, reaction["name"]) for reaction in found for user in reaction.get("users") or []}
    cut = {reaction["name"] for reaction in found if len(reaction.get("users") or []) < reaction.get("count", 0)}
    known = gaps.put_on(db, outgoing.target, message["ts"], before=now + 1)
    # What was put there since we asked is not on the page, and still stands.
    gone = [one for one in known if (one.put_at or 0) < outgoing.created_at and one.emoji not in cut]
    new = there - {(one.person_id, one.emoji) for one in known}
    _tell(db, outgoing, message["ts"], "reaction_added", sorted(new), now)
    _tell(db, outgoing, message["ts"], "reaction_removed", sorted({(o.person_id, o.emoji) for o in gone} - there), now)


def _tell(
    db: Database, outgoing: Outgoing, ts: str, what: str, emoji: Iterable[tuple[str, str]], now: int
) -> None:  # fmt: skip
    """Do as if Slack had told of these emoji; one that stands for nothing leaves no trace."""
    kept = facts.fact(db, "bot user")
    for person_id, name in emoji:
        if person_id == kept:
            continue
        said = Said(
            key=f"{outgoing.key}:{ts}:{person_id}:{name}:{what}",
            now=now,
            person=Person(id=person_id, handle="", name="somebody"),
            surface=what,
            channel_id=outgoing.target,
            value=name,
            message_ts=ts,
        )
        if reactions.is_heard(said):
            answer(db, EVENTS[what], said)


def failed(_db: Database, _outgoing: Outgoing, _problem: str, _now: int) -> None:
    """A channel that cannot be read has nothing to be found: the README says what is lost without which scope."""
