"""Logging an issue from one typed line: ``/issue Acme: charged twice for March @dana !blocked #billing``."""

import json
import re

from handlers import drafts, forms, line, names, roles
from handlers.blocks import Button, Item, Row
from handlers.callbacks import make
from handlers.drafts import Settled
from handlers.hours import understand
from handlers.issues import card, form
from handlers.line import Marks, Named
from handlers.said import Reply, Said, record, tell
from handlers.when import Due
from storage import channels, issues, people, teams
from storage.database import Database
from storage.models import Customer, Issue

PROMISED = re.compile(r"(?:^|\s)callback\s+(?P<when>\S.*)$", re.IGNORECASE)


def log(db: Database, said: Said, words: str, settled: Settled | None = None) -> Reply:
    """Log a typed line; ``settled`` holds what was answered when the same line got a question."""
    settled = settled or {}
    marks = line.take_marks(db, words)
    named = _name(db, said, marks.words, settled)
    if named is None or not named.rest:
        return form.open_new(said, what=marks.words if named is None else "", named=named, marks=marks)
    if named.rivals:
        return drafts.ask(db, said, "issue", words, line.WHICH, line.which(named, settled))
    customer, is_new = line.customer_of(db, named, said.now)
    return write(db, said, customer, named, marks, is_new=is_new)


def _name(db: Database, said: Said, words: str, settled: Settled) -> Named | None:
    """The customer this line is about, by the rules of the brief's section 2."""
    named = line.before_colon(db, words) or line.at_start(db, words) or line.of_channel(db, said.channel_id, words)
    return line.settle(db, named, settled) if named else None


def write(db: Database, said: Said, customer: Customer, named: Named, marks: Marks, *, is_new: bool) -> Reply:
    """Write the issue, its card and the promise in its last words; answer with what was understood."""
    summary, promised = _split_promise(said, named.rest)
    owner = marks.owner or said.person
    team = teams.for_record(db, said.channel_id, owner.id)
    issue = issues.log(
        db,
        customer_id=customer.id,
        summary=summary,
        reporter_id=said.person.id,
        owner_id=owner.id,
        made_in=said.channel_id,
        thread_ts=said.thread_ts,
        team_id=team.id if team else None,
        category=marks.category,
        impact=marks.impact,
        now=said.now,
    )
    record(db, said, "logged", issue.id, json.dumps({"words": said.words}))
    told: list[Item] = [["Logged: ", *card.title(db, issue)], card.facts(db, issue)]
    if promised:
        told += make.with_issue(db, said, issue, promised, owner)
    card.refresh(db, issue, said.now)
    told += [*line.remarks_on_name(named, is_new=is_new), *line.remarks_on_marks(marks)]
    if card.home(db, said.channel_id) is None:
        told.append(_why_elsewhere(db, issue))
    return tell(*told, undo_row(issue))


def _split_promise(said: Said, rest: str) -> tuple[str, str]:
    """The summary, and the words behind a closing ``callback …`` if they say a time or get a question about one."""
    found = PROMISED.search(rest)
    if not found or not rest[: found.start()].strip():
        return rest, ""
    understood = understand(said, found["when"])
    if not isinstance(understood, Due) and understood.reason == "no-time":
        return rest, ""  # "asks for a callback please": just words
    return rest[: found.start()].strip(" ,;-–—"), found["when"]


def _why_elsewhere(db: Database, issue: Issue) -> str:
    """Why the card does not stand where the issue was logged, where it went, and what to type to have it here."""
    place, channel = card.place(db, issue), channels.find(db, issue.made_in)
    went = "your direct messages" if place == issue.reporter_id else f"#{names.channel(db, place)}"
    if channel and channel.is_shared:
        return f"This channel is shared with another company, so the card went to {went}."
    if issue.made_in.startswith("D"):
        return f"Its card is in {went}."
    return f"I can't post here, so the card went to {went}. To have it here: /invite @Kept"


def undo_row(issue: Issue) -> Row:
    """Fix and Undo, as every echo has them."""
    return Row(Button("Fix", "issue.more", f"{issue.id}:{issue.version}"), Button("Undo", "issue.undo", str(issue.id)))


def submitted(db: Database, said: Said) -> Reply:
    """The form for a new issue, filled in."""
    fields = said.fields
    if refused := roles.refusal(db, said, "log"):
        return refused
    named = line.spelled(db, fields.get("customer", "").strip(), fields.get("what", "").strip())
    if errors := _errors(named):
        return Reply(errors=errors)
    marks = Marks("", people.find(db, fields.get("owner", "")), (), fields.get("impact"), fields.get("category"))
    customer, is_new = line.customer_of(db, named, said.now)
    promised = f" callback {fields['promise']}" if fields.get("promise") else ""
    promised = re.sub(r"callback\s+callback", "callback", promised, flags=re.IGNORECASE)
    asked = Named(named.rest + promised, named.customer, named.new_name, named.slip)
    return write(db, said, customer, asked, marks, is_new=is_new)


def edited(db: Database, said: Said, issue: Issue) -> Reply:
    """The form that changes an issue, filled in; somebody else's change meanwhile is shown, not overwritten."""
    fields = said.fields
    if forms.meta(said)["version"] != issue.version:
        return Reply(errors={"what": "Somebody changed this issue meanwhile. Close this form and look again."})
    named = line.spelled(db, fields.get("customer", "").strip(), fields.get("what", "").strip())
    if errors := _errors(named):
        return Reply(errors=errors)
    customer, _ = line.customer_of(db, named, said.now)
    values = {"customer_id": customer.id, "summary": named.rest}
    values |= {"category": fields.get("category"), "impact": fields.get("impact"), "owner_id": fields.get("owner")}
    changed = issues.change(db, issue, **values)
    if changed is None:
        return Reply(errors={"what": "Somebody changed this issue meanwhile. Close this form and look again."})
    record(db, said, "edited", issue.id, json.dumps(values))
    card.refresh(db, changed, said.now)
    return tell(["Saved: ", *card.title(db, changed)], card.facts(db, changed))


def _errors(named: Named) -> dict[str, str]:
    errors = line.errors_in_name(named)
    if not named.rest:
        errors["what"] = "What happened?"
    return errors
