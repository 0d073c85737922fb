"""Asking back: the words are kept, the likely answers are buttons, and one press carries on where it stopped.

Unanswered for ten minutes, a question is asked once more by direct message, and it stands in Home until it is
answered or dismissed, or a day is over (brief, section 3). Any copy answers it, once.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from handlers import forms, text
from handlers.blocks import Button, Item, Row, message
from handlers.said import NOTHING, Handler, Reply, Said, tell
from storage import drafts, outbox, teams
from storage.database import Database
from storage.models import Draft, Outgoing

Settled = dict[str, str]  # what has been answered so far: customer, new_customer, due_at, zone, …


CarryOn = Callable[[Database, Said, str, Settled], Reply]


@dataclass(frozen=True, slots=True)
class Choice:
    """A likely answer: the button's words, and what is settled by pressing it.

    Another ``action`` than carrying on is given the draft's id and the answer's number, ``12:0``, and settles itself.
    """

    words: str
    settled: Settled
    action: str = "draft.choose"


FORM = "form"  # settled by a form, which has to be opened first
OPEN_FORM = Choice("Open the form", {FORM: "yes"})
ANSWERED = "That question is answered already."


def ask(db: Database, said: Said, command: str, words: str, question: str, choices: list[Choice]) -> Reply:
    """Keep the words as a draft and ask, with a button for each likely answer; the text is given back."""
    given_back = f"Nothing is saved yet. You typed: /{command} {text.unescape(words)}"
    row = buttons(db, said, command, words, choices, question=question)
    return tell(question, given_back, row, replaces=said.surface == "button")


def buttons(db: Database, said: Said, command: str, words: str, choices: list[Choice], *, question: str) -> Row:
    """Keep the words as a draft; a button for each likely answer, and one to let it go."""
    draft_id = drafts.keep(
        db,
        person_id=said.person.id,
        at=said.now,
        channel_id=said.channel_id,
        thread_ts=said.thread_ts,
        command=command,
        words=words,
        question=question,
        choices=json.dumps([asdict(choice) for choice in choices]),
    )
    return _row(draft_id, choices)


def _row(draft_id: int, offered: list[Choice]) -> Row:
    answers = [
        Button(choice.words, f"{choice.action}.{number}", f"{draft_id}:{number}")
        for number, choice in enumerate(offered[:20])
    ]
    return Row(*answers, Button("Never mind", "draft.dismiss", str(draft_id)))


def lines(draft: Draft) -> list[Item]:
    """An unanswered draft wherever it is shown again: the question, the words, the same buttons."""
    offered = [Choice(**choice) for choice in json.loads(draft.choices)]
    typed = f"Nothing is saved yet. You typed: /{draft.command} {text.unescape(draft.words)}"
    return [*([draft.question] if draft.question else []), typed, _row(draft.id, offered)]


def choose(db: Database, said: Said, carry_on: dict[str, CarryOn], commands: dict[str, Handler]) -> Reply:
    """Carry on with a draft as if the chosen answer had been typed; the reply takes the question's place."""
    draft_id, _, number = said.value.partition(":")
    draft = drafts.find(db, int(draft_id))
    if draft is None:
        return tell("That question is more than a day old and gone. Please type it again.", replaces=True)
    if draft.person_id != said.person.id:
        return NOTHING
    if draft.settled_at is not None:
        return tell(ANSWERED, replaces=True)
    chosen = json.loads(draft.choices)[int(number)]["settled"]
    again = _as_typed(db, said, draft)
    if int(chosen.get("due_at") or said.now + 1) <= said.now:  # the offer has grown old: the line is read anew
        chosen = {name: value for name, value in chosen.items() if name not in ("due_at", "zone")}
    if FORM in chosen:
        return _open(db, said, draft, commands[draft.command](db, again))
    if not _settle(db, said, draft, pressed=said.message_ts):
        return tell(ANSWERED, replaces=True)
    return replace(carry_on[draft.command](db, again, draft.words, chosen), replaces=True)


def _as_typed(db: Database, said: Said, draft: Draft) -> Said:
    """The input as if it were typed now where the draft was, whichever copy of the question was pressed."""
    return replace(
        said,
        command=f"/{draft.command}",
        words=draft.words,
        channel_id=draft.channel_id,
        thread_ts=draft.thread_ts,
        team=teams.for_record(db, draft.channel_id, said.person.id),
    )


def _open(db: Database, said: Said, draft: Draft, reply: Reply) -> Reply:
    """Open the form that answers a draft; what needs no form any more is answered by that."""
    if reply.form is None:
        _settle(db, said, draft, pressed=said.message_ts)
        return replace(reply, replaces=True)
    meta: dict[str, Any] = json.loads(reply.form["private_metadata"])
    meta |= {"draft": draft.id, "pressed": said.message_ts}
    return Reply(form={**reply.form, "private_metadata": json.dumps(meta)})


def answering(handler: Handler) -> Handler:
    """A form's handler that settles the draft the form was opened from, if it was."""

    def submitted(db: Database, said: Said) -> Reply:
        meta = forms.meta(said)
        draft = drafts.find(db, meta["draft"]) if "draft" in meta else None
        if draft is None:
            return handler(db, said)
        if draft.settled_at is not None:
            return forms.given_back(said, tell(f"{ANSWERED} Nothing was saved twice."))
        reply = handler(db, said)
        if reply.errors:
            return reply
        _settle(db, said, draft, pressed=meta["pressed"])
        return replace(reply, replaces=True)

    return submitted


def dismiss(db: Database, said: Said) -> Reply:
    """Let a draft go, giving its words back one last time."""
    draft = drafts.find(db, int(said.value))
    if draft is None or draft.person_id != said.person.id:
        return tell("That question is gone already.", replaces=True)
    if not _settle(db, said, draft, pressed=said.message_ts):
        return tell(ANSWERED, replaces=True)
    words = text.unescape(draft.words)
    return tell(f"Let go, nothing was saved. You had typed: /{draft.command} {words}", replaces=True)


def _settle(db: Database, said: Said, draft: Draft, *, pressed: str | None) -> bool:
    """Settle a draft, once; the copy of its question that was not pressed loses its buttons."""
    if not drafts.settle(db, draft.id, said.now):
        return False
    outbox.cancel(db, kind="draft", subject_id=draft.id)
    for copy in outbox.posted(db, kind="draft", subject_id=draft.id):
        if copy.sent_ts != pressed:
            call = {"method": "chat.update", "channel": copy.sent_channel, "ts": copy.sent_ts, **message([ANSWERED])}
            key, target = f"draft-answered:{draft.id}", copy.sent_channel or ""
            outbox.put(db, key=key, kind="post", target=target, payload=json.dumps(call), now=said.now)
    return True


def take_due(db: Database, now: int) -> int:
    """Queue the second asking of every draft unanswered for ten minutes; returns how many."""
    taken = drafts.take_to_ask_again(db, now)
    for draft in taken:
        key, person_id = f"draft:{draft.id}", draft.person_id
        outbox.put(db, key=key, kind="draft", target=person_id, person_id=person_id, subject_id=draft.id, now=now)
    return len(taken)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:  # noqa: ARG001 - as all that compose
    """The call that asks once more; None if the draft was answered since it was queued."""
    draft = drafts.find(db, outgoing.subject_id or 0)
    if draft is None or draft.settled_at is not None:
        return None
    return {"method": "chat.postMessage", "channel": outgoing.target, **message(lines(draft))}
