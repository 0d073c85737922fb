"""Asking back: the words are kept, the likely answers are buttons, and one press carries on where it stopped."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from handlers import text
from handlers.blocks import Button, Row
from handlers.said import NOTHING, Reply, Said, tell
from storage import drafts
from storage.database import Database

Settled = dict[str, str]  # what has been answered so far: customer, new_customer, due_at, zone, …


CarryOn = Callable[[Database, Said, str, Settled], Reply]


@dataclass(frozen=True, slots=True)
class Choice:
    """A likely answer: the button's words, and what is settled by pressing it."""

    words: str
    settled: Settled


def ask(db: Database, said: Said, command: str, words: str, question: str, choices: list[Choice]) -> Reply:
    """Keep the words as a draft and ask, with a button for each likely answer; the text is given back."""
    given_back = f"Nothing is saved yet. You typed: /{command} {text.unescape(words)}"
    return tell(question, given_back, buttons(db, said, command, words, choices), replaces=said.surface == "button")


def buttons(db: Database, said: Said, command: str, words: str, choices: list[Choice]) -> Row:
    """Keep the words as a draft; a button for each likely answer, and one to let it go."""
    draft_id = drafts.keep(
        db,
        person_id=said.person.id,
        at=said.now,
        channel_id=said.channel_id,
        command=command,
        words=words,
        choices=json.dumps([asdict(choice) for choice in choices]),
    )
    offered = [
        Button(choice.words, f"draft.choose.{number}", f"{draft_id}:{number}") for number, choice in enumerate(choices)
    ]
    return Row(*offered, Button("Never mind", "draft.dismiss", str(draft_id)))


def choose(db: Database, said: Said, carry_on: dict[str, CarryOn]) -> Reply:
    """Carry on with a draft as if the chosen answer had been typed; the reply takes the question's place."""
    draft_id, _, number = said.value.partition(":")
    draft = drafts.find(db, int(draft_id))
    if draft is None:
        return tell("That question is more than a day old and gone. Please type it again.", replaces=True)
    if draft.person_id != said.person.id:
        return NOTHING
    if not drafts.settle(db, draft.id, said.now):
        return tell("That question is answered already.", replaces=True)
    chosen = json.loads(draft.choices)[int(number)]["settled"]
    again = replace(said, words=draft.words)
    return replace(carry_on[draft.command](db, again, draft.words, chosen), replaces=True)


def dismiss(db: Database, said: Said) -> Reply:
    """Let a draft go, giving its words back one last time."""
    draft = drafts.find(db, int(said.value))
    if draft is None or draft.person_id != said.person.id:
        return tell("That question is gone already.", replaces=True)
    drafts.settle(db, draft.id, said.now)
    words = text.unescape(draft.words)
    return tell(f"Let go, nothing was saved. You had typed: /{draft.command} {words}", replaces=True)
