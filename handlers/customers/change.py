"""Changing what is known of a customer: one audit entry each, echoed with what was there before, undone by a press."""

import json
from typing import Any

from handlers import line, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.customers import reading, sheet
from handlers.customers.sheet import Sheet
from handlers.issues import card as issue_card
from handlers.said import ConflictError, Reply, Said, tell
from storage import audit, customers, issues
from storage.database import Database
from storage.models import Customer

UNDO_FOR = 600  # seconds (brief, section 2)
MOST_CARDS = 200  # open cards drawn anew when a name changes
EDITED = "customer edited"

Changes = dict[str, list[str]]  # by field, what it said before and what it says now


def apply(db: Database, said: Said, customer: Customer, wanted: Sheet, deed: str = EDITED) -> tuple[Customer, Changes]:
    """Keep what is wanted, with its audit entry; an old name stays as an alias, so that it still finds the customer."""
    before = sheet.of(db, customer)
    if wanted["name"] != before["name"] and deed == EDITED:
        kept = [*filter(None, wanted["aliases"].split("\n")), before["name"]]
        own = customers.fold(wanted["name"])
        wanted = wanted | {"aliases": "\n".join(name for name in kept if customers.fold(name) != own)}
    changes = {field: [before[field], wanted[field]] for field in sheet.LABELS if wanted[field] != before[field]}
    if not changes:
        return customer, {}
    changed = sheet.write(db, customer, before, wanted)
    if changed is None:
        raise ConflictError
    written(db, said, changed, deed, {"changes": changes})
    if "name" in changes:
        redraw(db, issues.list_open(db, most=MOST_CARDS, customer_id=customer.id)[0], said.now)
    return changed, changes


def written(db: Database, said: Said, customer: Customer, deed: str, detail: dict[str, Any]) -> None:
    """The audit entry of a change, with the version the customer has by it."""
    audit.write(
        db,
        at=said.now,
        person_id=said.person.id,
        surface=said.surface,
        deed=deed,
        customer_id=customer.id,
        detail=json.dumps({"version": customer.version, **detail}),
    )


def redraw(db: Database, found: list[Any], now: int) -> None:
    """Draw the cards of issues anew, on which the customer's name stands."""
    for issue in found:
        if issue.card_ts:
            issue_card.refresh(db, issue, now)


def since(db: Database, customer: Customer, version: int) -> list[dict[str, Any]]:
    """What was changed after a version, oldest first: ``person_id``, ``at``, and ``changes`` by field."""
    later = []
    for entry in audit.of_customer(db, customer.id):
        detail = json.loads(entry["detail"] or "{}")
        if detail.get("version", 0) > version:
            later.append({"person_id": entry["person_id"], "at": entry["at"], "changes": detail.get("changes", {})})
    return later


def echo(db: Database, customer: Customer, changes: Changes, *, undo: bool = True) -> list[Item]:
    """What was understood, and what was there before."""
    if not changes:
        return [["Nothing changed: ", Bold(customer.name), " says so already."]]
    told: list[Item] = [["Saved: ", Bold(customer.name)]]
    for field, (before, now) in changes.items():
        was = f" (it was {text.clip(sheet.shown(db, field, before), 200)})" if before else ""
        told.append(f"{sheet.LABELS[field]}: {text.clip(sheet.shown(db, field, now), 500)}{was}")
    return [*told, Row(Button("Undo", "customer.undo", f"{customer.id}:{customer.version}"))] if undo else told


def undo(db: Database, said: Said) -> Reply:
    """Take the change back that made this version, within ten minutes, unless somebody changed it since."""
    number, _, version = said.value.partition(":")
    customer = customers.find(db, int(number))
    if customer is None:
        return tell("This customer is gone: merged, perhaps. Nothing to undo.", replaces=True)
    entry = next((one for one in since(db, customer, int(version) - 1)), None)
    edit = f"To change it: /customer {customer.name} edit"
    if entry is None or customer.version != int(version):
        return tell([Bold(customer.name), f" was changed since, so this can't be undone by itself. {edit}"])
    if said.now - entry["at"] > UNDO_FOR:
        return tell(f"Ten minutes are over. {edit}")
    back = sheet.of(db, customer) | {field: before for field, (before, _) in entry["changes"].items()}
    if problems := sheet.problems(db, customer, back):
        return tell(" ".join(problems.values()), edit)
    _, changes = apply(db, said, customer, back, deed="customer edit undone")
    undone = [f"{sheet.LABELS[field]}: {sheet.shown(db, field, now)} again" for field, (_, now) in changes.items()]
    return tell(["Undone: ", Bold(customer.name)], *undone, replaces=True)


def quick(db: Database, said: Said, customer: Customer, verb: str, words: str) -> Reply:
    """One field in one line, for those who type: ``owner @dana``, ``zone London``, ``alias ACME Holdings``."""
    field, example = QUICK[verb]
    if not words.strip():
        return tell(f"What is it? For example: /customer {customer.name} {verb} {example}")
    before = sheet.of(db, customer)
    typed, problem = _typed(db, said, field, before[field], verb, words)
    kept, wrong = ("", problem) if problem else sheet.read(db, field, typed)
    if not wrong:
        wrong = " ".join(sheet.problems(db, customer, before | {field: kept}).values())
    if wrong:
        return tell(wrong, f"You typed: /customer {customer.name} {verb} {line.readable(db, words)}")
    return tell(*echo(db, *apply(db, said, customer, before | {field: kept})))


# The verb of a line, the field it changes, and an example of what follows.
QUICK = {
    "owner": ("owner", "@dana"),
    "backup": ("backup", "@bob"),
    "zone": ("zone", "Europe/London"),
    "tier": ("tier", "gold"),
    "alias": ("aliases", "ACME Holdings"),
    "contact": ("contacts", "Jane Doe, procurement, +1 555 0100"),
    "depends": ("depends_on", "on same-day delivery"),
    "costs": ("cost", "a stopped line, about $5,000 an hour"),
    "note": ("notes", "they prefer to be called before noon"),
}
ADDS = ("aliases", "contacts", "notes")
NOBODY = ("nobody", "none", "no one")
FULL = 3000  # characters a form's field takes


def _typed(db: Database, said: Said, field: str, before: str, verb: str, words: str) -> tuple[str, str]:
    """The field as it reads with this line, and what is wrong with the line."""
    if field in ("owner", "backup"):
        return _person(db, said, verb, words)
    plain = " ".join(line.readable(db, words).split())
    if field == "depends_on":
        plain = plain.removeprefix("on ").strip()
    if field not in ADDS:
        return plain, ""
    lines = [one for one in before.split("\n") if one]
    if field == "contacts" and (person := reading.person(plain)):
        lines = [one for one in lines if not _is_of(one, person.name)]
    if len("\n".join([*lines, plain])) > FULL:
        return "", f"There is no more room for a {verb}; shorten what is there in the form."
    return "\n".join([*lines, plain]), ""


def _is_of(kept: str, name: str) -> bool:
    """Whether a kept contact is of this name, and is to be replaced."""
    known = reading.person(kept)
    return known is not None and customers.fold(known.name) == customers.fold(name)


def _person(db: Database, said: Said, verb: str, words: str) -> tuple[str, str]:
    marks = line.take_marks(db, words)
    if marks.owner and not marks.words:
        return marks.owner.id, ""
    if marks.words.lower() == "me":
        return said.person.id, ""
    if marks.words.lower() in NOBODY:
        return "", ""
    return "", f"Who is the {verb}? Pick one name from Slack's list as you type @, or write nobody."
