"""The customer's form. What somebody else saved while it was open is shown at its field, never overwritten unread."""

import json
from typing import Any

from slack_sdk.models.blocks import ConversationFilter, ConversationMultiSelectElement, InputBlock

from handlers import forms, names, text
from handlers.customers import change, sheet
from handlers.customers.sheet import LABELS, Sheet
from handlers.forms import text_field, user_field
from handlers.said import Reply, Said, tell
from storage import customers, inbox
from storage.database import Database
from storage.models import Customer
from storage.transfer import MACHINE

TALL = frozenset({"aliases", "contacts", "depends_on", "cost", "notes"})
ROOM = 3000  # characters a field takes; what is beyond them stays as it is
HINTS = {
    "aliases": "One per line, or with commas.",
    "zone": "A city or a zone: Berlin, PT, Europe/London",
    "contacts": "One line per person: Jane Doe, procurement, +1 555 0100, jane@acme.example",
    "tier": "For example: gold",
}


def open_edit(db: Database, said: Said, customer: Customer) -> Reply:
    """The form, filled with what is known."""
    kept = sheet.of(db, customer)
    meta = forms.heard(said) | {"customer": customer.id, "version": customer.version}
    fields = [_field(name, kept[name]) for name in LABELS]
    return Reply(form=forms.form("customer.edit", customer.name, "Save", fields, meta))


def _field(name: str, kept: str) -> dict[str, Any]:
    if name in ("owner", "backup"):
        return user_field(name, LABELS[name], initial=kept or None)
    if name == "channels":
        return _channels(kept)
    optional = name != "name"
    return text_field(name, LABELS[name], initial=kept, hint=HINTS.get(name), lines=name in TALL, optional=optional)


def _channels(kept: str) -> dict[str, Any]:
    only = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    element = ConversationMultiSelectElement(
        action_id="channels", initial_conversations=kept.split() or None, placeholder="Choose", filter=only
    )
    label = LABELS["channels"]
    made: dict[str, Any] = InputBlock(block_id="channels", label=label, element=element, optional=True).to_dict()
    return made


def submitted(db: Database, said: Said) -> Reply:
    """The form, filled in: all of it is kept, or none and each error stands at its field."""
    meta = forms.meta(said)
    customer = customers.find(db, int(meta["customer"]))
    if customer is None:
        gone = tell("This customer is gone: merged into another, perhaps. Nothing was saved.")
        return forms.given_back(said, gone)
    wanted, errors = _wanted(db, said, customer, int(meta["version"]))
    errors = sheet.problems(db, customer, wanted) | errors
    if errors:
        return Reply(errors={field: text.clip(words, 2000) for field, words in errors.items()})
    return tell(*change.echo(db, *change.apply(db, said, customer, wanted)))


def _wanted(db: Database, said: Said, customer: Customer, version: int) -> tuple[Sheet, dict[str, str]]:
    """What is to be kept, and what is wrong by field; a field left alone keeps what others made of it."""
    now = sheet.of(db, customer)
    begun = _begun(said, now)
    later = change.since(db, customer, version)
    told = _told(db, said)
    wanted, errors = dict(now), {}
    for field in LABELS:
        mine, wrong = _mine(db, field, said.fields.get(field, ""), begun[field])
        if wrong:
            errors[field] = wrong
        elif mine == begun[field]:
            continue
        elif now[field] not in (mine, begun[field], told.get(field)):
            errors[field] = _conflict(db, said, field, now[field], later)
        else:
            wanted[field] = mine
    if any(now[field] != begun[field] for field in errors):
        inbox.note(db, f"told:{said.view.get('id')}", said.now, json.dumps({"key": said.key, "shown": now}))
    return wanted, errors


def _begun(said: Said, now: Sheet) -> Sheet:
    """The sheet as the form was opened with it; what a field had no room for, nobody saw, and it is as it is now."""
    begun = forms.begun_with(said.view)
    return {field: begun.get(field, "") + words[ROOM:] for field, words in now.items()}


def _mine(db: Database, field: str, typed: str, begun: str) -> tuple[str, str]:
    """A field as this person would have it, and what is wrong with it; what it had no room for stays."""
    mine = sheet.read(db, field, "\n".join(typed.splitlines()) + begun[ROOM:])
    alone = sheet.read(db, field, "\n".join(begun[:ROOM].splitlines()) + begun[ROOM:])
    return (begun, "") if mine == alone else mine


def _told(db: Database, said: Said) -> Sheet:
    """What this person was last told the fields have become; the same press, delivered again, was told nothing."""
    _, kept = inbox.answer_to(db, f"told:{said.view.get('id')}")
    news = json.loads(kept) if kept else {}
    shown: Sheet = news.get("shown", {}) if news.get("key") != said.key else {}
    return shown


def _conflict(db: Database, said: Said, field: str, now: str, later: list[dict[str, Any]]) -> str:
    """Who changed a field meanwhile, to what and when."""
    entry = next((one for one in reversed(later) if field in one["changes"]), None)
    became = text.clip(sheet.shown(db, field, now), 300) if now else "nothing"
    told = f"This became {became} meanwhile"
    if entry:
        who = "An import" if entry["person_id"] == MACHINE else names.person(db, entry["person_id"])
        who = "You" if entry["person_id"] == said.person.id else who
        told = f"{who} changed this to {became} {text.moment(entry['at'], said.zone, said.now)}"
    return f"{told}. Press Save again to put yours in its place."
