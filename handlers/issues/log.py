"""Logging an issue from one typed line: ``/issue Acme: charged twice for March @dana !blocked #billing``."""

import json
import re

from handlers import customer_field, drafts, line, meanwhile, names, roles
from handlers.callbacks import make
from handlers.drafts import Settled
from handlers.hours import understand
from handlers.issues import card, form, like
from handlers.line import Marks, Named
from handlers.problems import choose, offer
from handlers.said import ConflictError, Reply, Said, record, tell
from handlers.when import Due
from storage import callbacks, channels, customers, feedback, issues, people, teams
from storage.database import Database
from storage.models import Customer, Issue

PROMISED = re.compile(r"(?:^|\s)callback\s+(?P<when>\S.*)$", re.IGNORECASE)


def log(db: Database, said: Said, words: str, settled: Settled | None = None) -> Reply:
    """Log a typed line; ``settled`` holds what was answered when the same line got a question."""
    settled = settled or {}
    marks = line.take_marks(db, words)
    named = _name(db, said, marks.words, settled)
    if named is None or not named.rest:
        return form.open_new(db, said, what=marks.words if named is None else "", named=named, marks=marks)
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
    record(db, said, "logged", issue.id)
    told = card.echo(db, issue, "Logged")
    if promised:
        told += make.with_issue(db, said, issue, promised, owner)
    card.refresh(db, issue, said.now)
    told += [*line.remarks_on_name(named, is_new=is_new), *line.remarks_on_marks(marks)]
    if card.home(db, said.channel_id) is None:
        told.append(_why_elsewhere(db, issue))
    sees_all = roles.may(db, said.person, "list")
    problem = offer.offer(db, issue) if sees_all else []
    told += offer.with_likes(problem, like.offer(db, said, issue, sees_all=sees_all))
    return tell(*told, card.undo_row(issue))


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


def submitted(db: Database, said: Said) -> Reply:
    """The form for a new issue, filled in."""
    fields = said.fields
    if refused := roles.refusal(db, said, "log"):
        return refused
    named = customer_field.meant(db, said, fields.get("what", "").strip())
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
    merged = meanwhile.merge(db, said, choose.as_asked(said, form.as_it_is(db, issue)))
    fields = merged.fields
    what, same = fields["what"].strip(), fields["customer"] == str(issue.customer_id)
    named = Named(what, customers.find(db, issue.customer_id)) if same else customer_field.meant(db, said, what)
    if errors := _errors(named) | merged.errors:
        return Reply(errors=errors)
    customer, is_new = line.customer_of(db, named, said.now)
    values = {"customer_id": customer.id, "summary": _whole(issue, named.rest)}
    values |= {"category": fields["category"] or None, "impact": fields["impact"] or None}
    values |= {"owner_id": fields["owner"] or None}
    values = {name: value for name, value in values.items() if value != getattr(issue, name)}
    changed = issues.change(db, issue, **values) if values else issue
    if changed is None:
        raise ConflictError
    if "customer_id" in values:
        follow(db, issue, customer)
    if values:
        record(db, said, "edited", issue.id, json.dumps(sorted(values)))
        card.refresh(db, changed, said.now)
    part = choose.chosen(db, said, changed, fields["problem"]) if "problem" in fields else []
    remarks = [*part, *merged.stays, *line.remarks_on_name(named, is_new=is_new)]
    return tell(["Saved: ", *card.title(db, changed)], card.facts(db, changed), *remarks)


def follow(db: Database, issue: Issue, customer: Customer) -> None:
    """What was promised and felt goes with an issue to another customer; one made by mistake goes again.

    ``issue`` is the issue as it was before.
    """
    for promise in callbacks.of_issue(db, issue.id):
        if promise.customer_id == issue.customer_id:
            callbacks.change(db, promise, customer_id=customer.id)
    callbacks.plan_anew(db, issue_id=issue.id)  # who hears of its promises may be others now
    feedback.follow(db, issue.id, issue.customer_id, customer.id)
    customers.remove_if_made_for(db, issue.customer_id, issue.created_at)


def _whole(issue: Issue, what: str) -> str:
    """The text as it was filled in; one too long for a form is kept whole where the form left it alone."""
    return issue.summary if what == issue.summary[:3000].strip() else what


def _errors(named: Named) -> dict[str, str]:
    errors = line.errors_in_name(named)
    if not named.rest:
        errors["what"] = "What happened?"
    return errors
