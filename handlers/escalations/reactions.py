"""Emoji put on messages and taken off: what each begins.

Slack's event carries neither the message's text nor its thread, so what happened is written down first and Slack is
asked through the outbox; whatever dies in between carries on from there. Where Slack will not say, it goes on without.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from handlers import roles
from handlers.answer import send_back
from handlers.escalations import asked, emoji, withdraw
from handlers.escalations.escalate import Found, escalate
from handlers.said import NOTHING, Handler, Reply, Said
from storage import channels, escalations, outbox, people, teams
from storage.database import Database
from storage.models import Outgoing, Person, Reaction

# Deeds on the card or the issue's first message, known without asking Slack; and those that need the message itself.
ON_ISSUE: dict[str, Handler] = {emoji.OWN: asked.own, emoji.RESOLVE: asked.resolve}
ON_MESSAGE: dict[str, Callable[[Database, Said, Reaction, Found], Reply]] = {
    emoji.ESCALATE: escalate,
    emoji.LOG: asked.log,
    emoji.PROMISE: asked.promise,
}
TAKEN_OFF: dict[str, Callable[[Database, Said, Reaction], None]] = {
    emoji.ESCALATE: withdraw.withdraw,
    emoji.LOG: asked.unlog,
}

# How to learn of a message, best first: the first alone answers without a history scope (slack-facts.md 1.8).
LOOKS = ("reactions.get", "conversations.replies", "conversations.history")
LINK = "chat.getPermalink"


def put_on(db: Database, said: Said) -> Reply:
    """Somebody put an emoji on a message."""
    deed = emoji.deed(said.value)
    if deed is None or not _counts(db, said, deed):
        return NOTHING
    if said.fields.get("shared"):
        channels.is_shared(db, said.channel_id)
    if deed in ON_ISSUE and escalations.issue_headed_by(db, said.channel_id, said.message_ts or "") is None:
        return NOTHING
    turned = _turn(db, said, deed, is_on=True)
    if turned is None:
        return NOTHING
    if deed in ON_ISSUE:
        return ON_ISSUE[deed](db, said)
    _look(db, turned, LOOKS[0], {}, said.now)
    return NOTHING


def taken_off(db: Database, said: Said) -> Reply:
    """Somebody took an emoji off a message; perhaps Slack tells that before it tells that it was put there."""
    deed = emoji.deed(said.value)
    if deed is None or not _counts(db, said, deed):
        return NOTHING
    turned = _turn(db, said, deed, is_on=False)
    if turned and deed in TAKEN_OFF:
        TAKEN_OFF[deed](db, said, turned)
    return NOTHING


EVENTS: dict[str, Handler] = {"reaction_added": put_on, "reaction_removed": taken_off}


def is_heard(said: Said) -> bool:
    """Whether an emoji stands for anything; all the others leave no trace here."""
    return emoji.deed(said.value) is not None


def _counts(db: Database, said: Said, deed: str) -> bool:
    """Whether this is a message, and a person who may do this; to all others their emoji are just emoji."""
    row = roles.ROWS.get(f":{deed}:")
    return bool(said.message_ts and said.channel_id and row and roles.may(db, said.person, row.action))


def _turn(db: Database, said: Said, deed: str, *, is_on: bool) -> Reaction | None:
    event_ts = said.fields.get("event_ts", "")
    return escalations.turn(
        db,
        channel_id=said.channel_id,
        message_ts=said.message_ts or "",
        person_id=said.person.id,
        emoji=said.value,
        deed=deed,
        is_on=is_on,
        event_ts=event_ts,
        at=_seconds(event_ts) or said.now,
    )


def _seconds(event_ts: str) -> int:
    """The whole seconds of Slack's own time of an event; 0 if it gave none."""
    whole = event_ts.partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) < 12 else 0


def _look(db: Database, reaction: Reaction, method: str, found: dict[str, Any], now: int) -> None:
    outbox.put(
        db,
        key=f"look:{reaction.id}:{reaction.event_ts or now}:{method}",
        kind="look",
        target=reaction.channel_id,
        subject_id=reaction.id,
        priority=outbox.REMINDER,
        payload=json.dumps({"method": method, "found": found}),
        now=now,
    )


def compose(db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any] | None:
    """The call that asks Slack about a message; None if the emoji was taken off again meanwhile."""
    reaction = escalations.reaction(db, outgoing.subject_id or 0)
    if reaction is None or not reaction.is_on:
        return None
    method, ts = json.loads(outgoing.payload or "{}")["method"], reaction.message_ts
    around: dict[str, Any] = {"latest": ts, "oldest": ts, "inclusive": "true", "limit": 10}
    how: dict[str, Any] = {
        "reactions.get": {"timestamp": ts, "full": "true"},
        "conversations.replies": {"ts": ts, **around},
        "conversations.history": around,
        LINK: {"message_ts": ts},
    }[method]
    return {"method": method, "channel": reaction.channel_id, **how}


def heard(db: Database, outgoing: Outgoing, answer: dict[str, Any], now: int) -> None:
    """Slack's answer about a message: carry on with what the emoji began."""
    reaction = escalations.reaction(db, outgoing.subject_id or 0)
    payload = json.loads(outgoing.payload or "{}")
    if reaction is None or not reaction.is_on:
        return
    if payload["method"] == LINK:
        link = answer.get("permalink")
        root = _root(reaction, payload["found"]["root"], link)
        _go_on(db, outgoing, reaction, payload["found"] | {"link": link, "root": root}, now)
        return
    listed = [answer.get("message"), *(answer.get("messages") or [])]
    message = next((one for one in listed if isinstance(one, dict) and one.get("ts") == reaction.message_ts), None)
    if message is None:
        failed(db, outgoing, "not found", now)
        return
    found = {
        "root": _root(reaction, message.get("thread_ts"), message.get("permalink")),
        "words": message.get("text") or "",
        "author_id": message.get("user"),
        "link": message.get("permalink"),
    }
    if found["link"]:
        _go_on(db, outgoing, reaction, found, now)
    else:
        _look(db, reaction, LINK, found, now)


def _root(reaction: Reaction, told: str | None, link: str | None) -> str:
    """The first message of a thread: as Slack says, else as the address of a reply does, else the message itself."""
    if told and told != reaction.message_ts:
        return told
    named = parse_qs(urlsplit(link or "").query).get("thread_ts")
    return named[0] if named else reaction.message_ts


def failed(db: Database, outgoing: Outgoing, _problem: str, now: int) -> None:
    """Slack did not answer: ask in the next way, and go on without an answer after the last."""
    reaction = escalations.reaction(db, outgoing.subject_id or 0)
    payload = json.loads(outgoing.payload or "{}")
    if reaction is None or not reaction.is_on:
        return
    following = LOOKS[LOOKS.index(payload["method"]) + 1 :] if payload["method"] in LOOKS else ()
    if following:
        _look(db, reaction, following[0], {}, now)
    elif payload["method"] in LOOKS:
        _look(db, reaction, LINK, {"root": reaction.message_ts}, now)
    else:
        _go_on(db, outgoing, reaction, payload["found"], now)


def lost(db: Database, outgoing: Outgoing, now: int) -> None:
    """The message itself is gone: what was begun goes on without its text."""
    failed(db, outgoing, "gone", now)


def _go_on(db: Database, outgoing: Outgoing, reaction: Reaction, found: dict[str, Any], now: int) -> None:
    """Do what the emoji stands for, as the person who put it there."""
    nobody_known = Person(id=reaction.person_id, handle="", name="somebody", is_outsider=True)
    person = people.find(db, reaction.person_id) or nobody_known
    is_reply = found["root"] != reaction.message_ts
    said = Said(
        key=outgoing.key,
        now=now,
        person=person,
        surface="emoji",
        channel_id=reaction.channel_id,
        message_ts=reaction.message_ts,
        thread_ts=found["root"] if is_reply else None,
        team=teams.for_record(db, reaction.channel_id, person.id),
    )
    reply = ON_MESSAGE[reaction.deed](db, said, reaction, Found(**found))
    if reply.is_message:
        send_back(db, said, reply)
