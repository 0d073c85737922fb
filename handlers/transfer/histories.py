"""Issues and promises of an import: history that is closed, or open work somebody is reminded of from now on.

A record that is here already is left as it is: by its number, else by customer and words (and due time). So a file
imported twice changes nothing the second time, and what is open is changed in Slack alone.
"""

from typing import Any

from handlers import text
from handlers.callbacks import nudges
from handlers.transfer import cells
from handlers.transfer.checking import People, WrongError
from storage import people as people_kept
from storage import teams
from storage.database import Database, Row
from storage.models import Customer
from storage.staging import NEW, SAME, Verdict
from storage.transfer import MACHINE

Values = dict[str, Any]
TIMES_IN_ORDER = {  # each must not come before the other
    "first_response": "created", "resolved": "created", "escalated": "created", "closed": "made", "kept": "made",
}  # fmt: skip


def issue(db: Database, number: int, customer: Customer, values: Values, now: int) -> Verdict:
    """What an import does with a line about an issue."""
    _check_times(values, now)
    if "resolved" not in values and ("resolved_by" in values or "resolution" in values):
        raise WrongError("it says how it was resolved, but not when (the column resolved)")
    if "owner" not in values and "reporter" not in values and people_kept.admin(db) is None:
        raise WrongError("who reported it? Nobody is known yet; start Kept once, so that it learns who is there")
    what = f"{customer.name} · {text.clip(values['summary'], 60)}"
    known = _known(db, "issues", customer, values, "summary = :words", {"words": values["summary"]}, "created")
    key = _key("issue", customer, values, values["summary"], "created")
    if known:
        return Verdict(number, SAME, f"{what} (#{known['id']}): is here already", key, values)
    told = f"{what}{_numbered(values)}: new issue, {'resolved' if 'resolved' in values else 'open'}"
    owner = values.get("owner")
    plan = {
        "id": values.get("number"), "customer_id": customer.id, "summary": values["summary"],
        "category": values.get("category"), "impact": values.get("impact"), "owner_id": owner,
        "reporter_id": values.get("reporter") or owner or people_kept.admin(db), "made_in": "",
        "team_id": _team(db, owner), "created_at": values.get("created", now),
        "first_response_at": values.get("first_response"), "escalated_at": values.get("escalated"),
        "resolved_at": values.get("resolved"), "resolved_by": _closer(values, "resolved"),
        "resolution": values.get("resolution"), "version": 1,
    }  # fmt: skip
    return Verdict(number, NEW, told, key, values, {"row": plan, "notes": values.get("notes", [])})


def promise(db: Database, people: People, number: int, customer: Customer, values: Values, now: int) -> Verdict:
    """What an import does with a line about a promise; an open one begins its ladder when it is written."""
    _check_times(values, now)
    if ("closed" in values) != ("outcome" in values):
        raise WrongError("a closed promise has both an outcome and a time in the column closed; an open one neither")
    if "owner" not in values:
        raise WrongError("no owner: who keeps it?")
    subject = values.get("subject") or values.get("words") or ""
    kind = values.get("kind", "call")
    what = f"{customer.name} · {text.clip(f'{kind} {subject}', 60)}"
    _check_issue(db, customer, values)
    first_due = values.get("first_due", values["due"])
    same = ("subject = :words AND first_due_at = :due", {"words": subject, "due": first_due})
    known = _known(db, "promises", customer, values, *same, "made")
    key = _key("promise", customer, values, f"{subject} {first_due}", "made")
    if known:
        return Verdict(number, SAME, f"{what} (#{known['id']}): is here already", key, values)
    plan = _promise_row(db, customer, values, now) | {"subject": subject, "first_due_at": first_due}
    history = {name: values.get(name, []) for name in ("notes", "attempts", "moves")}
    told = f"{what}{_numbered(values)}: {_state(people, values, plan, now)}"
    return Verdict(number, NEW, told, key, values, {"row": plan, **history})


def _promise_row(db: Database, customer: Customer, values: Values, now: int) -> Values:
    owner = people_kept.find(db, values["owner"])
    team = teams.for_record(db, "", values["owner"])
    # Its steps are planned at the next look, from now on: what has passed already is not sent after.
    step = (None, None) if "closed" in values else nudges.first_step(now, values["due"], by_close=False)
    zone = values.get("zone") or (owner.zone if owner else None) or (team.zone if team else "UTC")
    return {
        "id": values.get("number"), "customer_id": customer.id, "issue_id": values.get("issue"),
        "kind": values.get("kind", "call"),
        "words": values.get("words") or values.get("subject") or "", "owner_id": values["owner"],
        "maker_id": values.get("maker") or values["owner"], "made_at": values.get("made", min(now, values["due"])),
        "made_in": "", "due_at": values["due"], "zone": zone, "by_close": values.get("end_of_day", 0),
        "outcome": values.get("outcome"), "closed_at": values.get("closed"), "closed_by": _closer(values, "closed"),
        "kept_at": values.get("kept", values.get("closed") if values.get("outcome") == "kept" else None),
        "generation": 1, "version": 1, "late_by": 0, "next_rung": step[0],
        "next_at": step[1], "team_id": team.id if team else None,
    }  # fmt: skip


def _state(people: People, values: Values, plan: Values, now: int) -> str:
    if "closed" in values:
        return f"new promise, {values['outcome']}"
    owner, due = people.shown(values["owner"]), cells.iso(values["due"], plan["zone"])
    if values["due"] <= now:
        return f"new promise, was due {due}; {owner} finds it in the next morning's message"
    return f"new promise, due {due}; {owner} is reminded"


def _known(
    db: Database, table: str, customer: Customer, values: Values, same: str, of: Values, began: str
) -> Row | None:
    """The record this line is about, if it is here; raises WrongError where its number is another's."""
    if "number" not in values:
        when = f" AND {began}_at = :began" if began in values else ""
        sql = f"SELECT id FROM {table} WHERE customer_id = :customer_id AND {same}{when} ORDER BY id LIMIT 1"
        return db.row(sql, customer_id=customer.id, **of, **({"began": values[began]} if when else {}))
    for kept in ("issues", "promises"):
        taken = db.row(f"SELECT id, customer_id FROM {kept} WHERE id = :id", id=values["number"])
        is_theirs = taken and kept == table and taken["customer_id"] == customer.id
        if is_theirs and db.row(f"SELECT id FROM {table} WHERE id = :id AND {same}", id=values["number"], **of):
            return taken
        if taken:
            raise WrongError(f"#{taken['id']} is another record here; leave the number out, and it gets a new one")
    return None


def _key(kind: str, customer: Customer, values: Values, words: str, began: str) -> str:
    """Issues and promises share one sequence of numbers."""
    return f"#{values['number']}" if "number" in values else f"{kind} {customer.id} {values.get(began)} {words}"


def _check_issue(db: Database, customer: Customer, values: Values) -> None:
    if "issue" not in values:
        return
    found = db.row("SELECT customer_id FROM issues WHERE id = :id", id=values["issue"])
    if found is None:
        raise WrongError(f"there is no issue #{values['issue']} here; import issues first, or leave it empty")
    if found["customer_id"] != customer.id:
        raise WrongError(f"issue #{values['issue']} is another customer's")


def _numbered(values: Values) -> str:
    return f" (#{values['number']})" if "number" in values else ""


def _closer(values: Values, how: str) -> str | None:
    return values.get(f"{how}_by") or values.get("owner") or MACHINE if how in values else None


def _team(db: Database, owner: str | None) -> int | None:
    team = teams.for_record(db, "", owner)
    return team.id if team else None


def _check_times(values: Values, now: int) -> None:
    for later, earlier in TIMES_IN_ORDER.items():
        if later in values and earlier in values and values[later] < values[earlier]:
            raise WrongError(f"{later.replace('_', ' ')} comes before {earlier}")
    for past in ("created", "made", *TIMES_IN_ORDER):
        if values.get(past, 0) > now:
            raise WrongError(f"{past.replace('_', ' ')} is in the future")
