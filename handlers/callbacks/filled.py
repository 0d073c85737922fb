"""The promise's forms, filled in: each answer is checked, and an error stands at its field."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handlers import customer_field, forms, line, meanwhile, roles, text
from handlers.callbacks import cover, form, make, nudges, outcomes
from handlers.callbacks.make import When
from handlers.callbacks.words import kind_and_subject
from handlers.hours import understand
from handlers.issues import card
from handlers.line import Named
from handlers.said import ConflictError, Handler, Reply, Said, record, tell
from handlers.when import Ask, Due
from storage import callbacks, customers, issues, people
from storage.database import Database
from storage.models import Promise

FIX_FOR = 600  # seconds after making in which a correction is no move (brief, section 2: Undo and Fix)


def about(act: Callable[[Database, Said, Promise], Reply]) -> Handler:
    """A form about one promise, found again by the number it was opened with."""

    def submitted(db: Database, said: Said) -> Reply:
        found = callbacks.find(db, int(forms.meta(said)["record"]))
        if found is None:
            return forms.given_back(said, tell("This promise was undone meanwhile."))
        if refused := outcomes.may_act(db, said, found):
            return refused
        if not found.is_open:
            return forms.given_back(said, outcomes.closed_already(db, said, found))
        return act(db, said, found)

    return submitted


def _when(said: Said, what: str) -> When | Ask:
    """The time typed in the form; left empty, the default of the kind of promise."""
    words = said.fields.get("when", "")
    if not words.strip():
        return make.unsaid(said, kind_and_subject(what)[0])
    understood = understand(said, words)
    return When(understood.at, understood.zone, understood.by_close) if isinstance(understood, Due) else understood


def _at_field(asked: Ask) -> Reply:
    """A question about a time, at its field; the likely times are named, as there are no buttons."""
    if asked.reason == "no-time":
        return Reply(errors={"when": "I read no time there. For example: tomorrow 3pm, Friday by noon, in 2 hours"})
    likely = text.listed([choice.label for choice in asked.choices], "or") if asked.choices else ""
    return Reply(errors={"when": f"{asked.question} Type for example: {likely}" if likely else asked.question})


def new(db: Database, said: Said) -> Reply:
    """A new promise."""
    fields = said.fields
    if refused := roles.refusal(db, said, "promise"):
        return refused
    named = customer_field.meant(db, said, fields.get("what", "").strip())
    if errors := line.errors_in_name(named):
        return Reply(errors=errors)
    when = _when(said, named.rest)
    if isinstance(when, Ask):
        return _at_field(when)
    customer, is_new = line.customer_of(db, named, said.now)
    owner = people.find(db, fields.get("owner", "")) or said.person
    made = make.write(db, said, customer, None, named.rest, when, owner)
    return tell(*make.echo(db, said, made, when), *line.remarks_on_name(named, is_new=is_new), make.undo_row(made))


def on_issue(db: Database, said: Said) -> Reply:
    """A new promise that belongs to an issue."""
    issue = issues.find(db, int(forms.meta(said)["record"]))
    customer = customers.find(db, issue.customer_id) if issue else None
    if issue is None or customer is None:
        return forms.given_back(said, tell("This issue was undone meanwhile."))
    if refused := roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id):
        return refused
    what = said.fields.get("what", "").strip()
    when = _when(said, what)
    if isinstance(when, Ask):
        return _at_field(when)
    owner = people.find(db, said.fields.get("owner", "")) or said.person
    made = make.write(db, said, customer, issue, what, when, owner)
    card.refresh(db, issue, said.now)
    return tell(*make.echo(db, said, made, when), make.undo_row(made))


def fixed(db: Database, said: Said, promise: Promise) -> Reply:
    """What was understood, corrected; what others changed while the form was open is shown, not overwritten."""
    now = form.as_it_is(db, promise)
    merged = meanwhile.merge(db, said, now)
    fields, what = merged.fields, merged.fields["what"].strip()
    same = fields["customer"] == now["customer"].value
    named = Named(what, customers.find(db, promise.customer_id)) if same else customer_field.meant(db, said, what)
    if errors := line.errors_in_name(named) | merged.errors:
        return Reply(errors=errors)
    when = _corrected(said, promise, fields["when"], now["when"].value)
    if isinstance(when, Ask):
        return _at_field(when)
    if isinstance(when, Reply):
        return when
    customer, is_new = line.customer_of(db, named, said.now)
    values: dict[str, Any] = {"customer_id": customer.id, "owner_id": fields["owner"] or promise.owner_id}
    if what != now["what"].value.strip():
        values["kind"], values["subject"] = kind_and_subject(what)
    changed = _rewrite(db, said, promise, when, values)
    remarks = [*merged.stays, *line.remarks_on_name(named, is_new=is_new)]
    return tell(*make.echo(db, said, changed, when), *remarks, make.undo_row(changed))


def _corrected(said: Said, promise: Promise, words: str, as_shown: str) -> When | Ask | Reply:
    """The time as corrected; one that was left alone is not read anew. Later than soon after making it is a move."""
    if words == as_shown:
        return When(promise.due_at, promise.zone, promise.by_close)
    when = _when(replace(said, fields=said.fields | {"when": words}), said.fields.get("what", ""))
    if isinstance(when, When) and said.now - promise.made_at > FIX_FOR and when.at != promise.due_at:
        return Reply(errors={"when": f"It was promised over ten minutes ago. Type: /callback {promise.id} move …"})
    return when


def _rewrite(db: Database, said: Said, promise: Promise, when: When, values: dict[str, Any]) -> Promise:
    """Write the correction; soon after making, the first due time is corrected with it."""
    if when.at != promise.due_at:
        values |= {"due_at": when.at, "first_due_at": when.at, "zone": when.zone, "by_close": int(when.by_close)}
    rung, at = nudges.first_step(said.now, when.at, by_close=when.by_close)
    changed = callbacks.change(db, promise, new_ladder=True, next_rung=rung, next_at=at, **values)
    if changed is None:
        raise ConflictError
    record(db, said, "fixed", promise.id, json.dumps({"from": promise.due_at, "to": when.at}))
    outcomes.redraw(db, changed, said.now)
    return nudges.begin(db, changed, said.now)


def moved(db: Database, said: Said, promise: Promise) -> Reply:
    """Moved to another time; whether the customer was told is asked if the form was not."""
    understood = understand(said, said.fields.get("when", ""))
    if isinstance(understood, Ask):
        return _at_field(understood)
    if understood.at == promise.due_at:
        return Reply(errors={"when": "It is due then already. Type another time."})
    reply = outcomes.moved_to(db, said, promise, understood)
    known = said.fields.get("told")
    again = callbacks.find(db, promise.id)
    return outcomes.told(db, said, again or promise, customer_told=known == "yes") if known else reply


def more(db: Database, said: Said, promise: Promise) -> Reply:
    """One of the rarer outcomes, or a new owner."""
    fields = said.fields
    note = fields.get("note", "").strip()
    if fields.get("outcome") == "on it":
        return cover.on_it(db, said, promise)
    if "outcome" in fields:
        if fields["outcome"] == "mistake" and not note:
            return Reply(errors={"note": "What was the mistake? One word is enough."})
        return outcomes.ended(db, said, promise, fields["outcome"], text.escape(note))
    if "owner" in fields:
        return outcomes.hand_to(db, said, promise, fields["owner"])
    return Reply(errors={"outcome": "Choose how it ended, or whom to hand it to."})


def take_free(db: Database, said: Said, promise: Promise) -> Reply:
    """The free time offered in the echo, pressed: soon after making as if it had been said at first, later a move."""
    at = int(said.value.split(":")[2])
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    if at <= said.now:
        return tell(f"That time is past. Type: /callback {promise.id} move tomorrow 10am")
    if said.now - promise.made_at > FIX_FOR:
        return outcomes.moved_to(db, said, promise, Due(at=at, zone=promise.zone, words="", span=(0, 0)))
    rung, begins = nudges.first_step(said.now, at, by_close=False)
    changed = callbacks.change(
        db, promise, new_ladder=True, due_at=at, first_due_at=at, by_close=0, next_rung=rung, next_at=begins
    )
    if changed is None:
        raise ConflictError
    record(db, said, "fixed", promise.id, json.dumps({"from": promise.due_at, "to": at}))
    outcomes.redraw(db, changed, said.now)
    changed = nudges.begin(db, changed, said.now)
    return tell(*make.echo(db, said, changed, When(at, changed.zone)), make.undo_row(changed), replaces=True)
