"""`/customer forget Acme`: shown first, done by a press; nothing is left but figures (brief, section 11)."""

import json
from typing import Any

from handlers import line, names, roles, text
from handlers.blocks import Bold, Button, Item, Moment, Row, message
from handlers.callbacks import together
from handlers.problems import shown
from handlers.said import FALLBACK_ZONE, Reply, Said, tell
from storage import audit, callbacks, customers, facts, forgetting, issues, outbox, problems, told
from storage.database import Database
from storage.forgetting import Place
from storage.models import Customer, Outgoing

REWRITTEN = "This named a customer whose data has been erased."


def forget(db: Database, said: Said, words: str) -> Reply:
    """Say what forgetting would do, with a button that does it."""
    if refused := roles.refusal(db, said, "forget"):
        return refused
    name = line.readable(db, words).rstrip(":")
    customer = customers.by_name(db, name)
    if customer is None or customers.is_unknown(db, customer.id):
        near = [one.name for one in customers.nearly_named(db, name)]
        meant = f" Did you mean: /customer forget {near[0]}" if near else " See: /customer list"
        return tell(f"I know no customer called “{name}”.{meant}" if name else "Whom? Type: /customer forget Acme")
    return tell(
        ["Forget ", Bold(customer.name), " for ever?"],
        "Erased: all names, contacts and notes, and every word of what was ever logged.",
        *_open(db, customer),
        "Kept, without a name or a word: times, kinds and outcomes, for the figures.",
        "What I wrote about them in Slack is rewritten; I'll tell you what I could not reach. This can't be undone.",
        Row(
            Button(f"Forget {customer.name}", "customer.forget", f"{customer.id}:{customer.version}", style="danger"),
            Button("Never mind", "customer.letgo", str(customer.id)),
        ),
    )


def _open(db: Database, customer: Customer) -> list[str]:
    """A line on what is open and would be closed, if anything is."""
    promised, logged = (
        found(db, most=1, customer_id=customer.id)[1] for found in (callbacks.list_open, issues.list_open)
    )
    parts = [text.count(promised, "open promise")] if promised else []
    parts += [text.count(logged, "open issue")] if logged else []
    return [f"Closed, and nobody is reminded of it: {text.listed(parts)}."] if parts else []


def pressed(db: Database, said: Said) -> Reply:
    """The button "Forget": does it once."""
    number, version = map(int, said.value.split(":"))
    customer = customers.find(db, number)
    if customer is None:
        return _done_already(db, said, number)
    if customer.version != version:
        again = forget(db, said, customer.name)
        return Reply(f"It was changed meanwhile.\n{again.text}", again.blocks, replaces=True)
    shared = forgetting.reminders_with_others(db, customer.id)
    part_of = problems.of_customer(db, customer.id)
    places = forgetting.erase(db, customer, said.now)
    for reminder in shared:
        together.redraw(db, reminder, customer.id, said.now)
    for place in places:
        if not _redrawn(db, place, said.now):
            _rewrite(db, said, customer.id, place)
    for problem_id in part_of:
        shown.refresh_lists(db, problem_id, said.now)
    facts.remember(db, forgetting.SCRUB, said.key)
    audit.write(
        db,
        at=said.now,
        person_id=said.person.id,
        surface=said.surface,
        deed=forgetting.FORGOTTEN,
        customer_id=customer.id,
    )
    return tell(
        f"Forgotten. {text.count(len(places) + len(shared), 'message')} of mine in Slack will be rewritten.",
        "Files exported before still hold them: please delete those.",
        "The database file is cleaned within minutes. Backups made before still hold it: see the README.",
        replaces=True,
    )


def _redrawn(db: Database, place: Place, now: int) -> bool:
    """Have a message of several customers drawn anew without this one, if it is one that can be."""
    living = [sent for kind in told.LIVING if (sent := outbox.posted_at(db, place.channel, place.ts, kind=kind))]
    for sent in living:
        shown.redraw(db, sent, now)
    return bool(living)


def _done_already(db: Database, said: Said, number: int) -> Reply:
    entry = audit.last_of_customer(db, number, forgetting.FORGOTTEN)
    if entry is None:
        return tell("This customer is gone: merged into another, perhaps. Type: /customer list", replaces=True)
    who, when = names.person(db, entry["person_id"]), text.moment(entry["at"], said.zone, said.now)
    return tell(f"That is done already, by {who} {when}.", replaces=True)


def _rewrite(db: Database, said: Said, customer_id: int, place: Place) -> None:
    call = {"method": "chat.update", "channel": place.channel, "ts": place.ts, **message([REWRITTEN])}
    outbox.put(
        db,
        key=f"rewrite:{place.channel}:{place.ts}",
        kind="rewrite",
        subject_id=customer_id,
        target=place.channel,
        payload=json.dumps(call | {"asked_by": said.person.id}),
        now=said.now,
    )


def rewritten(_db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any] | None:
    """The call that rewrites a message about a forgotten customer."""
    call: dict[str, Any] = json.loads(outgoing.payload or "{}")
    call.pop("asked_by", None)
    return call


def failed(db: Database, outgoing: Outgoing, _problem: str, now: int) -> None:
    """A message could not be rewritten: whoever asked gets one list of all such, which grows."""
    asked_by = json.loads(outgoing.payload or "{}").get("asked_by")
    if asked_by:
        key = f"not rewritten:{outgoing.subject_id}"
        outbox.refresh(db, key=key, kind="unwritten", target=asked_by, subject_id=outgoing.subject_id or 0, now=now)


def unwritten(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The list of what could not be rewritten, drawn anew while it grows."""
    left = outbox.given_up(db, kind="rewrite", subject_id=outgoing.subject_id or 0)
    told: list[Item] = ["I could not rewrite these messages about the customer you had me forget:"]
    told += [_standing(db, one, now) for one in left]
    told.append("Somebody who can delete messages there may still do so.")
    sent = {"method": "chat.update", "channel": outgoing.sent_channel, "ts": outgoing.sent_ts}
    post = {"method": "chat.postMessage", "channel": outgoing.target}
    return (sent if outgoing.sent_ts else post) | message(told)


def _standing(db: Database, one: Outgoing, now: int) -> Item:
    """Where a message stands and since when, each reader in their own zone."""
    at = int(float(json.loads(one.payload or "{}")["ts"]))
    where = "a direct message" if one.target.startswith("D") else f"#{names.channel(db, one.target)}"
    return [f"• {where}, ", Moment(at, f"{text.moment(at, FALLBACK_ZONE, now)} {FALLBACK_ZONE}")]
