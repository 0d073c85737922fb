"""`/customer merge A into B`: shown first, done by a press, once; nothing of either is lost."""

import re

from handlers import line, names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.customers import change, sheet
from handlers.customers.sheet import Sheet
from handlers.said import ConflictError, Reply, Said, tell
from storage import audit, callbacks, customers, homes, issues, merges
from storage.database import Database
from storage.models import Customer

INTO = re.compile(r"\s+(?:into|with|to|in)\s+", re.IGNORECASE)
USAGE = "Type: /customer merge ACME Holdings into Acme"
KINDS = {"issues": "issue", "promises": "promise", "contacts": "contact", "feedback": "answer", "channels": "channel"}
MERGED = "customer merged"


def merge(db: Database, said: Said, words: str) -> Reply:
    """Say what merging would do, with a button that does it."""
    if refused := roles.refusal(db, said, "merge"):
        return refused
    typed = f"You typed: /customer merge {line.readable(db, words)}"
    pair = _two(db, line.readable(db, words))
    if isinstance(pair, str):
        return tell(pair, typed)
    gone, into = pair
    if wrong := _unfit(db, gone, into):
        return tell(wrong, typed)
    return _shown(db, gone, into)


def _two(db: Database, words: str) -> tuple[Customer, Customer] | str:
    """The two customers named, or what is wrong; names may hold the word "into" themselves."""
    unknown = ""
    for split in INTO.finditer(words):
        left, right = words[: split.start()].strip(), words[split.end() :].strip()
        gone, into = customers.by_name(db, left), customers.by_name(db, right)
        if gone and into:
            return gone, into
        missing = left if gone is None else right
        near = customers.nearly_named(db, missing) or customers.suggest(db, missing, 3)
        meant = f" Did you mean {line.either(near)}?" if near else ""
        unknown = unknown or f"I know no customer called “{missing}”.{meant} {USAGE}"
    return unknown or f"Which two? {USAGE}"


def _unfit(db: Database, gone: Customer, into: Customer) -> str:
    if gone.id == into.id:
        return f"Both are names of {into.name} already: they are one."
    if customers.is_unknown(db, gone.id) or customers.is_unknown(db, into.id):
        return "“Customer unknown” stands for many. Each issue's card has Set customer."
    return ""


def _shown(db: Database, gone: Customer, into: Customer) -> Reply:
    counted = merges.count(db, gone.id)
    moving = [text.count(many, KINDS[table]) for table, many in counted.items() if many]
    taken, kept = _fields(db, gone, into)
    told: list[Item] = [["Merge ", Bold(gone.name), " into ", Bold(into.name), "?"]]
    told.append(f"{into.name} gets {text.listed(moving)}." if moving else f"{gone.name} has nothing to move.")
    told.append(f"“{gone.name}” becomes an alias of {into.name}.")
    told += [f"{into.name} takes over: {text.listed(taken)}."] if taken else []
    told += [["Both differ, so this goes into the notes: ", text.clip("; ".join(kept), 600)]] if kept else []
    value = f"{gone.id}:{gone.version}:{into.id}:{into.version}"
    return tell(
        *told,
        f"It can't be undone by a button. {gone.name} is gone afterwards; nothing of it is lost.",
        Row(
            Button(f"Merge into {into.name}", "customer.merge", value, style="danger"),
            Button("Never mind", "customer.letgo", value),
        ),
    )


def _fields(db: Database, gone: Customer, into: Customer) -> tuple[list[str], list[str]]:
    """The fields taken over, by label, and the lines kept as notes."""
    theirs, ours = sheet.of(db, gone), sheet.of(db, into)
    one_line = [field for field in sheet.LABELS if field not in ("name", "aliases", "contacts", "channels", "notes")]
    taken = [_label(field) for field in one_line if theirs[field] and not ours[field]]
    differ = [field for field in one_line if theirs[field] and ours[field] and theirs[field] != ours[field]]
    return taken, [f"From {gone.name}: {_label(field)} {sheet.shown(db, field, theirs[field])}" for field in differ]


def _label(field: str) -> str:
    label = sheet.LABELS[field]
    return label[0].lower() + label[1:]


def pressed(db: Database, said: Said) -> Reply:
    """Do it, if both are still as they were shown."""
    if refused := roles.refusal(db, said, "merge"):
        return refused
    gone_id, gone_version, into_id, into_version = map(int, said.value.split(":"))
    gone, into = customers.find(db, gone_id), customers.find(db, into_id)
    if gone is None or into is None:
        return _done_already(db, said, into)
    if (gone.version, into.version) != (gone_version, into_version):
        shown = _shown(db, gone, into)
        return Reply(f"They were changed meanwhile. As they are now:\n{shown.text}", shown.blocks, replaces=True)
    return _merge(db, said, gone, into)


def _done_already(db: Database, said: Said, into: Customer | None) -> Reply:
    entry = audit.last_of_customer(db, into.id, MERGED) if into else None
    if into is None or entry is None:
        return tell("One of them is gone already, so nothing was done.", replaces=True)
    who, when = names.person(db, entry["person_id"]), text.moment(entry["at"], said.zone, said.now)
    return tell(["That is done already: ", Bold(into.name), f" was merged by {who} {when}."], replaces=True)


def _merge(db: Database, said: Said, gone: Customer, into: Customer) -> Reply:
    theirs, ours = sheet.of(db, gone), sheet.of(db, into)
    wanted = ours | _together(db, gone, into, theirs, ours)
    moved = merges.move(db, gone, into)
    now = sheet.of(db, into)  # names, contacts and channels have come by the move
    merged = sheet.write(db, into, now, now | {field: wanted[field] for field in _SINGLE})
    if merged is None:
        raise ConflictError
    whole = {field: [ours[field], kept] for field, kept in sheet.of(db, merged).items() if ours[field] != kept}
    before = {"id": gone.id, "created_at": gone.created_at, "sheet": theirs}
    change.written(db, said, merged, MERGED, {"changes": whole, "gone": before, "moved": moved})
    _redraw(db, said, moved["issues"], moved["promises"])
    counted = [text.count(len(moved[table]), noun) for table, noun in KINDS.items() if moved[table]]
    got = f" with {text.listed(counted)}" if counted else ""
    return tell(["Merged: ", Bold(gone.name), " is ", Bold(merged.name), f" now{got}."], replaces=True)


_SINGLE = ("tier", "zone", "owner", "backup", "depends_on", "cost", "notes")


def _together(db: Database, gone: Customer, into: Customer, theirs: Sheet, ours: Sheet) -> Sheet:
    """The single fields of both: ours, else theirs; notes are joined, and what differs stands there too."""
    _, differ = _fields(db, gone, into)
    lines = [ours["notes"], *([f"From {gone.name}: {theirs['notes']}"] if theirs["notes"] else []), *differ]
    single = {field: ours[field] or theirs[field] for field in _SINGLE}
    return single | {"notes": "\n".join(filter(None, lines))}


def _redraw(db: Database, said: Said, issue_ids: list[int], promise_ids: list[int]) -> None:
    """The open cards on which the old name stands are drawn anew, and the Homes of those whose records were moved.

    As after a rename: what is closed stays as it was posted, and so do the cards beyond the first ``MOST_CARDS``.
    """
    found = [issue for one in issue_ids if (issue := issues.find(db, one)) and issue.resolved_at is None]
    promised = [promise for one in promise_ids if (promise := callbacks.find(db, one)) and promise.is_open]
    for promise in promised:
        callbacks.plan_anew(db, id=promise.id)  # who hears of it may be others now
    change.redraw(db, found[: change.MOST_CARDS], said.now)
    homes.changed(db, *[issue.owner_id for issue in found], *[promise.owner_id for promise in promised])


def letgo(_db: Database, _said: Said) -> Reply:
    """The button "Never mind"."""
    return tell("Let go: nothing was done.", replaces=True)
