"""The other emoji: log, a callback was promised, I own it, resolved.

An emoji cannot open a form: what needs an answer is asked where only the person sees it, with a button that opens the
form, and until then nothing is promised and nothing closed.
"""

import json

from handlers import drafts, roles, text
from handlers.blocks import Button, Row
from handlers.callbacks import form as promise_form
from handlers.drafts import Choice
from handlers.escalations import escalate
from handlers.escalations.escalate import Found
from handlers.escalations.withdraw import UNDO_FOR
from handlers.hours import understand
from handlers.issues import card, change
from handlers.line import Marks, readable
from handlers.said import NOTHING, Reply, Said, record, tell
from handlers.when import Due
from storage import audit, callbacks, escalations, issues
from storage import drafts as kept_drafts
from storage.database import Database
from storage.models import Issue, Reaction


def log(db: Database, said: Said, reaction: Reaction, found: Found) -> Reply:
    """🎫: log the message as an issue nobody owns yet, unless its thread has one."""
    issue = escalations.issue_at(db, said.channel_id, reaction.message_ts, found.root)
    if issue:
        record(db, said, "logged too", issue.id)
        theirs = roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id) is None
        return tell(["It is logged already: ", *card.title(db, issue)], *([card.facts(db, issue)] if theirs else []))
    issue = escalate.log(db, said, reaction, found)
    card.refresh(db, issue, said.now)
    return tell(["Logged: ", *card.title(db, issue)], card.facts(db, issue), card.undo_row(issue))


def unlog(db: Database, said: Said, reaction: Reaction) -> None:
    """🎫 taken off within ten minutes: the issue it made goes again, if nobody has touched it."""
    issue = issues.find(db, reaction.issue_id or 0)
    if issue is None or (reaction.taken_at or said.now) - issue.created_at > UNDO_FOR:
        return
    if audit.touched_by_others(db, issue.id, said.person.id) or callbacks.of_issue(db, issue.id):
        return
    change.take_back(db, issue, said.now)
    record(db, said, "undone", issue.id)


def promise(db: Database, said: Said, reaction: Reaction, found: Found) -> Reply:
    """📞: a callback was promised. By when is asked, and the question kept as a draft until it is answered."""
    issue = escalations.issue_at(db, said.channel_id, reaction.message_ts, found.root)
    if issue and roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id):
        issue = None  # not theirs to promise on: it is promised by itself
    about = issue.summary if issue else text.clip(readable(db, found.words), escalate.SUMMARY)
    command, words = ("issue", f"{issue.id} callback call") if issue else ("callback", text.escape(about))
    question = f"You promised a callback about “{text.clip(about, 100)}”. By when?"
    row = drafts.buttons(db, said, command, words, _likely(said), question=question)
    *likely, never_mind = row.buttons
    another = Button("Another time", "escalation.when", f"{never_mind.value}:{issue.id if issue else 0}")
    named = card.title(db, issue) if issue else [f"“{text.clip(about, 100)}”"]
    return tell(
        ["You promised a callback: ", *named, ". By when? Nothing is saved yet."],
        Row(*likely, another, never_mind),
    )


def _likely(said: Said) -> list[Choice]:
    """Times a callback is often promised for."""
    times = [("In 30 minutes", said.now + 1800), ("In 2 hours", said.now + 7200)]
    morning = understand(said, "first thing next business day")
    if isinstance(morning, Due):
        times.append((text.moment(morning.at, said.zone, said.now).capitalize(), morning.at))
    return [Choice(words, {"due_at": str(at), "zone": said.zone}) for words, at in times]


def say_when(db: Database, said: Said) -> Reply:
    """The form for the callback that 📞 stands for; submitted, it answers the draft."""
    draft_id, _, number = said.value.partition(":")
    draft = kept_drafts.find(db, int(draft_id))
    if draft is None or draft.settled_at is not None or draft.person_id != said.person.id:
        return tell(drafts.ANSWERED, replaces=True)
    if refused := roles.refusal(db, said, "promise"):
        return refused
    issue = issues.find(db, int(number))
    about = text.unescape(draft.words)
    reply = promise_form.open_on_issue(db, said, issue) if issue else promise_form.open_new(db, said, Marks(about))
    meta = json.loads((reply.form or {})["private_metadata"]) | {"draft": draft.id, "pressed": said.message_ts}
    return Reply(form={**(reply.form or {}), "private_metadata": json.dumps(meta)})


def own(db: Database, said: Said) -> Reply:
    """👀 on the card or the issue's first message: I own it."""
    issue = _on_issue(db, said)
    if issue is None or not issue.is_open or issue.owner_id == said.person.id:
        return NOTHING
    reply = change.own(db, said, issue)
    return NOTHING if reply.text.startswith("You own it now") else reply


def resolve(db: Database, said: Said) -> Reply:
    """✅ on the card or the issue's first message: asks how it was solved, and what became of its promises."""
    issue = _on_issue(db, said)
    if issue is None or not issue.is_open:
        return NOTHING
    waiting, _ = callbacks.list_open(db, most=1, issue_id=issue.id)
    if waiting:
        return change.resolve(db, said, issue, "")
    return tell(
        ["How was it solved? ", *card.title(db, issue), ". It stays open until you say."],
        Row(Button("Resolve", "issue.resolve", f"{issue.id}:{issue.version}", style="primary")),
    )


def _on_issue(db: Database, said: Said) -> Issue | None:
    """The issue an emoji is put on, if this person may act on it."""
    issue = escalations.issue_headed_by(db, said.channel_id, said.message_ts or "")
    if issue is None or roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id):
        return None
    return issue
