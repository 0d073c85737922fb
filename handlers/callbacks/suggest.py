"""Suggestions: somebody who promises a customer something in a channel is asked whether Kept shall keep it.

Quiet when unsure. Of the message nothing is kept but where it is, whose it is and the time read, until the button is
pressed; only then is the message read again from Slack, so that the record has its exact words.
"""

import json
import re
from dataclasses import replace
from typing import Any

from handlers import drafts, forms, line, roles, text
from handlers.answer import send_back
from handlers.blocks import Bold, Button, Row
from handlers.callbacks import commitments, filled, make
from handlers.callbacks import form as promise_form
from handlers.callbacks.commitments import Commitment
from handlers.callbacks.make import When
from handlers.drafts import Choice
from handlers.hours import understand
from handlers.issues import card
from handlers.line import Marks, Named
from handlers.said import NOTHING, Handler, Reply, Said, tell
from handlers.when import Ask, Due, say
from storage import channels, customers, inbox, issues, outbox, people, suggestions, teams
from storage import drafts as drafts_kept
from storage.database import Database
from storage.models import Customer, Issue, Outgoing, Person

# How to read a message again, best first: the first needs no history scope (slack-facts.md 1.8).
LOOKS = ("reactions.get", "conversations.replies")
MENTIONED = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)")
TO_NAME = re.compile(r"(?<!\S)(?:to|for|with|at|from)\s+(?=\S)", re.IGNORECASE)
WHICH = "Which customer is that for?"
GONE = "That offer is gone. To promise it: /callback Acme tomorrow 3pm"


# Overhearing


def overhear(db: Database, said: Said) -> Reply:
    """A message in a channel: if it makes a promise for certain, its author is asked, once, whether to keep it."""
    ts = said.message_ts or ""
    if not commitments.may_be(said.words) or not _is_listening(db, said) or not _is_to_a_customer(db, said.words):
        return NOTHING
    key = f"overheard:{said.channel_id}:{ts}"
    due = _due(db, said, commitments.find(said.words))
    if due is None or due.at <= said.now or inbox.answer_to(db, key)[0]:
        return NOTHING
    inbox.take(db, key, said.now, None)
    number = suggestions.keep(
        db, channel_id=said.channel_id, message_ts=ts, person_id=said.person.id, due_at=due.at, at=said.now
    )
    issue = _issue(db, said)
    about = [[*card.title(db, issue)]] if issue else []
    zone = [] if said.person.zone else [f"I don't know your time zone, so I read it in {said.zone}."]
    row = Row(Button("Keep it", "suggest.keep", str(number), style="primary"), Button("No", "suggest.no", str(number)))
    return tell(["Keep this promise? ", Bold(say(due.at, due.zone))], *about, *zone, row)


def _is_listening(db: Database, said: Said) -> bool:
    """Whether this is a channel that asked for it, and the message a team member's, not spoken to Kept itself."""
    channel = channels.find(db, said.channel_id)
    if channel is None or not channel.has_kept or channel.is_shared or said.fields.get("shared"):
        return False
    known = people.find(db, said.person.id)
    is_team = known is not None and roles.may(db, known, "act on any")
    return is_team and suggestions.are_on(db, said.channel_id)


def _is_to_a_customer(db: Database, words: str) -> bool:
    """Whether nobody of our own, Kept among them, is spoken to: what one colleague promises another is no promise."""
    for mention in MENTIONED.finditer(words):
        known = people.find(db, mention["id"])
        if known is not None and (known.is_bot or not known.is_outsider):
            return False
    return True


def _due(db: Database, said: Said, made: Commitment | None) -> Due | None:
    """The time promised, read as of the moment it was written; None unless it is firm and nothing contradicts it."""
    if made is None:
        return None
    issue, at = _issue(db, said), _written(said)
    customer = customers.find(db, issue.customer_id) if issue else None
    named = line.of_channel(db, said.channel_id, "")
    theirs = customer or (named.customer if named else None)
    read = understand(said, made.sentence, now=at, their_zone=theirs.zone if theirs else None)
    around = [understand(said, part, now=at) for part in (made.before, made.behind)]
    before_is_past = isinstance(around[0], Ask) and around[0].reason in ("past", "no-time")
    behind_is_none = isinstance(around[1], Ask) and around[1].reason == "no-time"
    return read if isinstance(read, Due) and before_is_past and behind_is_none else None


def _issue(db: Database, said: Said) -> Issue | None:
    """The issue in whose thread this was written, if this person may act on it."""
    issue = issues.of_thread(db, said.channel_id, said.thread_ts) if said.thread_ts else None
    may = issue and roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id) is None
    return issue if may else None


# The answer


def dismiss(db: Database, said: Said) -> Reply:
    """**No**: the offer goes, and nothing of it stays."""
    suggestions.take(db, int(said.value), said.person.id)
    return tell("Let go. Nothing was kept.", replaces=True)


def accept(db: Database, said: Said) -> Reply:
    """**Keep it**: the message is read again from Slack, and then the promise is made."""
    if refused := roles.refusal(db, said, "promise"):
        return refused
    offer = suggestions.take(db, int(said.value), said.person.id)
    if offer is None or said.now - offer.at > suggestions.KEEP_FOR:
        is_pressed = offer is None and inbox.answer_to(db, f"suggestion:{said.value}")[0]
        return NOTHING if is_pressed else tell(GONE, replaces=True)
    inbox.take(db, f"suggestion:{offer.id}", said.now, None)
    state = {"id": offer.id, "ts": offer.message_ts, "due_at": offer.due_at, "response_url": said.response_url}
    _look(db, offer.channel_id, offer.person_id, state, LOOKS[0], said.now)
    return NOTHING


def _look(db: Database, channel_id: str, person_id: str, state: dict[str, Any], method: str, now: int) -> None:
    payload = json.dumps(state | {"method": method, "person_id": person_id})
    key = f"reread:{state['id']}:{method}"
    outbox.put(db, key=key, kind="reread", target=channel_id, payload=payload, priority=outbox.ANSWER, now=now)


def compose(_db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any]:
    """The call that asks Slack for the message."""
    state = json.loads(outgoing.payload or "{}")
    ts = state["ts"]
    around = {"ts": ts, "latest": ts, "oldest": ts, "inclusive": "true", "limit": 10}
    how = {"timestamp": ts, "full": "true"} if state["method"] == LOOKS[0] else around
    return {"method": state["method"], "channel": outgoing.target, **how}


def heard(db: Database, outgoing: Outgoing, answer: dict[str, Any], now: int) -> None:
    """Slack's answer: the promise is made of the message as it stands there now."""
    state = json.loads(outgoing.payload or "{}")
    listed = [answer.get("message"), *(answer.get("messages") or [])]
    found = next((one for one in listed if isinstance(one, dict) and one.get("ts") == state["ts"]), None)
    if found is None or found.get("user") != state["person_id"]:
        failed(db, outgoing, "not found", now)
        return
    thread = found.get("thread_ts")
    said = replace(_again(db, outgoing, state, now), words=found.get("text") or "", thread_ts=thread)
    _answered(db, said, keep(db, said, int(state["due_at"])))


def failed(db: Database, outgoing: Outgoing, _problem: str, now: int) -> None:
    """Slack did not answer: ask in the other way; if that fails too, the form asks for what the message said."""
    state = json.loads(outgoing.payload or "{}")
    if state["method"] == LOOKS[0]:
        _look(db, outgoing.target, state["person_id"], state, LOOKS[1], now)
        return
    button = Button("Open the form", "suggest.blank", str(state["due_at"]), style="primary")
    told = "I could not read your message again. Nothing is saved yet: the form has the time, and asks for the rest."
    _answered(db, _again(db, outgoing, state, now), tell(told, Row(button)))


def lost(db: Database, outgoing: Outgoing, now: int) -> None:
    """The message is gone from Slack."""
    failed(db, outgoing, "gone", now)


def _again(db: Database, outgoing: Outgoing, state: dict[str, Any], now: int) -> Said:
    """The press of the button, as it goes on once Slack has answered."""
    person = people.find(db, state["person_id"]) or Person(id=state["person_id"], handle="", name="somebody")
    team = teams.for_record(db, outgoing.target, person.id)
    return Said(
        key=outgoing.key, now=now, person=person, surface="suggestion", channel_id=outgoing.target,
        message_ts=state["ts"], response_url=state["response_url"], team=team,
    )  # fmt: skip


def _answered(db: Database, said: Said, reply: Reply) -> None:
    send_back(db, said, replace(reply, replaces=True))


def keep(db: Database, said: Said, due_at: int) -> Reply:
    """Make the promise that was offered: of the thread's issue, of the customer named, else of the channel's."""
    made = commitments.find(said.words)
    due = _due(db, said, made)
    if made is None or due is None or due.at != due_at:
        return _ask(db, said, due_at, said.zone, "Your message says something else by now. What shall I keep?")
    when = When(due.at, due.zone, due.by_close)
    if when.at <= said.now:
        return _ask(db, said, when.at, when.zone, "That time is past by now. What shall I keep?")
    rest = _deed(said, made, now=_written(said))
    named, issue = _named(db, said, made, rest), _issue(db, said)
    if issue and (named is None or named.customer is None or named.customer.id == issue.customer_id):
        customer = customers.find(db, issue.customer_id)
    else:
        customer, issue = (named.customer if named else None), None
    if customer is None:
        return _ask(db, said, when.at, when.zone, WHICH)
    return _promised(db, said, customer, issue, named.rest if named else rest, when)


def _promised(db: Database, said: Said, customer: Customer, issue: Issue | None, rest: str, when: When) -> Reply:
    exact = replace(said, words=line.readable(db, said.words))
    written = make.write(db, replace(exact, words=text.escape(exact.words)), customer, issue, rest, when, said.person)
    if issue:
        card.refresh(db, issue, said.now)
    return tell(*make.echo(db, said, written, when), make.undo_row(written))


def _deed(said: Said, made: Commitment, now: int | None = None) -> str:
    """What is to be done, without its time, as a record has it."""
    return commitments.called(make.left_of(made.deed, understand(said, made.deed, now=now)))


def _written(said: Said) -> int:
    """When a message was written, as its name in Slack says."""
    return int((said.message_ts or "").partition(".")[0] or said.now)


def _named(db: Database, said: Said, made: Commitment, rest: str) -> Named | None:
    """The customer a message speaks of: where a line would name one, or behind "to", else the channel's."""
    for words in (rest, made.sentence):
        named = make.named_outright(db, said, words)
        if named and named.customer:
            return named if words == rest else Named(rest, named.customer)
    for place in TO_NAME.finditer(rest):
        if found := line.at_start(db, rest[place.end() :]):
            return replace(found, rest=f"{rest[: place.start()]} {found.rest}".strip())
    return line.of_channel(db, said.channel_id, rest)


# Asking for what could not be had


def _ask(db: Database, said: Said, due_at: int, zone: str, question: str) -> Reply:
    """Keep the words as a draft, now that its writer wants them kept, and ask by a form."""
    offered = [Choice("Open the form", {"due_at": str(due_at), "zone": zone}, action="suggest.form")]
    words = text.escape(line.readable(db, said.words))
    row = drafts.buttons(db, said, "callback", words, offered, question=question)
    return tell(question, f"Nothing is saved yet. You wrote: {text.unescape(words)}", row)


def open_form(db: Database, said: Said) -> Reply:
    """The form, filled with the words and the time; submitted, it answers the draft."""
    draft = drafts_kept.find(db, int(said.value.partition(":")[0]))
    if draft is None or draft.settled_at is not None or draft.person_id != said.person.id:
        return tell(drafts.ANSWERED, replaces=True)
    if refused := roles.refusal(db, said, "promise"):
        return refused
    settled = json.loads(draft.choices)[0]["settled"]
    made = commitments.find(draft.words)
    what = _deed(said, made) if made else text.unescape(draft.words)
    there = replace(said, channel_id=draft.channel_id, thread_ts=draft.thread_ts)
    reply = _form(db, there, int(settled["due_at"]), settled["zone"], what)
    meta = json.loads((reply.form or {})["private_metadata"]) | {"draft": draft.id, "pressed": said.message_ts}
    return Reply(form={**(reply.form or {}), "callback_id": "suggest.form", "private_metadata": json.dumps(meta)})


def open_blank(db: Database, said: Said) -> Reply:
    """The form with the time alone, where the message could not be read again."""
    return roles.refusal(db, said, "promise") or _form(db, said, int(said.value), said.zone, "")


def _form(db: Database, said: Said, due_at: int, zone: str, what: str) -> Reply:
    when = say(due_at, zone) if due_at > said.now else ""
    if issue := _issue(db, said):
        return promise_form.open_on_issue(db, said, issue, what or "call", when)
    return promise_form.open_new(db, said, Marks(what), when=when)


def submitted(db: Database, said: Said) -> Reply:
    """The form, filled in: the promise keeps the exact words of the message it came from."""
    draft = drafts_kept.find(db, int(forms.meta(said).get("draft") or 0))
    exact = replace(said, words=draft.words) if draft else said
    return filled.on_issue(db, exact) if "record" in forms.meta(said) else filled.new(db, exact)


ACTIONS: dict[str, Handler] = {
    "suggest.keep": accept,
    "suggest.no": dismiss,
    "suggest.form": open_form,
    "suggest.blank": open_blank,
}
