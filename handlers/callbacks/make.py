"""Making a promise from one typed line: ``/callback Acme tomorrow 3pm about the refund @dana``."""

import json
import re
from dataclasses import dataclass, replace

from handlers import drafts, line, names, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.callbacks import capture, form, nudges
from handlers.callbacks.words import ABOUT, VERB, deed, kind_and_subject
from handlers.drafts import Choice, Settled
from handlers.hours import understand
from handlers.issues import card
from handlers.line import Marks, Named
from handlers.said import Reply, Said, record, tell
from handlers.when import Ask, Due, say, without
from storage import callbacks, customers, teams
from storage.database import Database
from storage.models import Customer, Issue, Person, Promise

MOST_WORDS_OF_A_NEW_NAME = 4  # brief, section 2
HALF_AN_HOUR = 1800  # seconds: when a call is due if no time is said
LEADING_VERB = re.compile(rf"\s*{VERB.pattern}\s+", re.IGNORECASE)
AT_NAME = re.compile(r"(?<!\S)(?:at|from)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """An understood time: Unix seconds, the zone it was said in, and whether the end of the day was meant."""

    at: int
    zone: str
    by_close: bool = False
    unsaid: bool = False  # no time was said: the default was taken


def promise(db: Database, said: Said, words: str, settled: Settled | None = None) -> Reply:
    """Make a promise of a typed line; ``settled`` holds what was answered when the same line got a question."""
    settled = settled or {}
    marks = line.take_marks(db, words)
    named = _named(db, said, marks, settled)
    if named is None:
        when, rest = _when(said, marks.words, None, settled)
        understood = say(when.at, when.zone) if isinstance(when, When) and not when.unsaid else ""
        return form.open_new(db, said, replace(marks, words=rest if understood else marks.words), when=understood)
    if named.rivals and not settled.keys() & {"customer", "new_customer"}:
        return drafts.ask(db, said, "callback", words, line.WHICH, line.which(named, settled))
    when, rest = _when(said, named.rest, named.customer, settled)
    if isinstance(when, Ask):
        return ask_when(db, said, "callback", words, when, settled)
    customer, is_new = line.customer_of(db, named, said.now)
    made = write(db, said, customer, None, rest, when, marks.owner or said.person)
    remarks = line.remarks_on_name(named, is_new=is_new)
    return tell(*echo(db, said, made, when), *remarks, *line.remarks_on_marks(marks), undo_row(made))


def _when(said: Said, rest: str, customer: Customer | None, settled: Settled) -> tuple[When | Ask, str]:
    """The due time and the words that are left; a question if it is not certain."""
    understood = understand(said, rest, their_zone=customer.zone if customer else None)
    left = left_of(rest, understood)
    if "due_at" in settled:
        return When(int(settled["due_at"]), settled["zone"], settled.get("by_close") == "yes"), left
    if isinstance(understood, Due):
        return When(understood.at, understood.zone, understood.by_close), left
    if understood.reason == "no-time":
        return unsaid(said, kind_and_subject(rest)[0]), rest
    return understood, rest


def left_of(words: str, understood: Due | Ask) -> str:
    """The words without those that said the time, which may stand apart ("Monday call them at 3pm")."""
    parts = understood.parts if isinstance(understood, Due) else ()
    for span in sorted(parts or ([understood.span] if understood.span else []), reverse=True):
        words = without(words, span)
    return words


def unsaid(said: Said, kind: str) -> When:
    """The due time if none was said: half an hour for a call, the end of the next working day for the rest."""
    if kind == "call":
        return When(said.now + HALF_AN_HOUR, said.zone, unsaid=True)
    day = understand(said, "next business day")
    at = day.at if isinstance(day, Due) else said.now + 86400
    return When(at, said.zone, by_close=True, unsaid=True)


def ask_when(db: Database, said: Said, command: str, words: str, asked: Ask, settled: Settled) -> Reply:
    """Ask for the time, each likely one a button."""
    return drafts.ask(db, said, command, words, asked.question, _choices(asked, settled))


def _choices(asked: Ask, settled: Settled) -> list[Choice]:
    return [Choice(choice.label, settled | {"due_at": str(choice.at), "zone": choice.zone}) for choice in asked.choices]


def _named(db: Database, said: Said, marks: Marks, settled: Settled) -> Named | None:
    """Whom the promise is for, by the rules of the brief's section 2."""
    named = (
        named_outright(db, said, marks.words)
        or _before_verb_or_time(db, said, marks)
        or line.of_channel(db, said.channel_id, marks.words)
    )
    return line.settle(db, named, settled) if named else None


def named_outright(db: Database, said: Said, words: str) -> Named | None:
    """The customer where no guess is needed: before a colon, or a stored name at the start or behind the verb."""
    return _before_colon(db, said, words) or line.at_start(db, words) or _behind_verb(db, words)


def _before_colon(db: Database, said: Said, words: str) -> Named | None:
    named = line.before_colon(db, words)
    if named is None or named.customer:
        return named
    head = named.new_name
    return None if ABOUT.search(head) or _time_starts(said, head) is not None else named


def _behind_verb(db: Database, words: str) -> Named | None:
    """A stored name right behind the leading verb, or behind "at": "call Dana at Acme …"."""
    verb = LEADING_VERB.match(words)
    if verb is None:
        return None
    behind = words[verb.end() :]
    found = line.at_start(db, behind)
    if found:
        return replace(found, rest=f"{verb[0]}{found.rest}")
    for at in AT_NAME.finditer(behind):
        found = line.at_start(db, behind[at.end() :])
        if found:
            return replace(found, rest=f"{verb[0]}{behind[: at.start()]}{found.rest}")
    return None


def _before_verb_or_time(db: Database, said: Said, marks: Marks) -> Named | None:
    """One to four words before the first verb, time, "about" or mention are the customer's name."""
    words = marks.words
    ends = [found.start() for pattern in (VERB, ABOUT) if (found := pattern.search(words))]
    ends += [end for end in (_time_starts(said, words), marks.first_at) if end is not None]
    if not ends:
        return None
    head = words[: min(ends)].strip(" ,;:-–—")
    if not 1 <= len(head.split()) <= MOST_WORDS_OF_A_NEW_NAME or not customers.fold(head):
        return None
    return line.spelled(db, head, words[min(ends) :].strip())


def _time_starts(said: Said, words: str) -> int | None:
    understood = understand(said, words)
    return understood.span[0] if understood.span else None


def write(
    db: Database, said: Said, customer: Customer, issue: Issue | None, rest: str, when: When, owner: Person
) -> Promise:
    """Write the promise with its first step and its audit entry."""
    kind, subject = kind_and_subject(rest)
    rung, at = nudges.first_step(said.now, when.at, by_close=when.by_close)
    made = callbacks.promise(
        db,
        customer_id=customer.id,
        issue_id=issue.id if issue else None,
        team_id=_team(db, said, issue, owner),
        kind=kind,
        words=text.unescape(said.words or rest),
        subject=subject,
        owner_id=owner.id,
        maker_id=said.person.id,
        made_in=said.channel_id,
        now=said.now,
        due_at=when.at,
        zone=when.zone,
        by_close=when.by_close,
        next_rung=rung,
        next_at=at,
    )
    record(db, said, "promised", made.id, json.dumps({"due_at": when.at, "zone": when.zone}))
    return nudges.begin(db, made, said.now)


def _team(db: Database, said: Said, issue: Issue | None, owner: Person) -> int | None:
    if issue:
        return issue.team_id
    team = teams.for_record(db, said.channel_id, owner.id)
    return team.id if team else None


def echo(db: Database, said: Said, made: Promise, when: When) -> list[Item]:
    """What was understood, with the time in full."""
    name = names.customer(db, made.customer_id)
    told: list[Item] = [
        ["Promised: ", Bold(name), f" · {deed(made)} (#{made.id})"],
        f"Due {say(made.due_at, made.zone)}",
    ]
    customer = customers.find(db, made.customer_id)
    if customer and customer.zone and customer.zone != made.zone:
        told.append(f"For {name} that is {say(made.due_at, customer.zone)}.")
    if made.zone != said.zone:
        told.append(f"For you that is {say(made.due_at, said.zone)}.")
    if when.unsaid:
        told.append("You named no time, so I took this one. Press Fix for another.")
    if said.person.zone is None:
        told.append(f"I don't know your time zone, so I read it in {said.zone}. Set yours in your Slack profile.")
    owner = "You" if made.owner_id == said.person.id else names.person(db, made.owner_id)
    told.append(f"{owner} will be reminded {_first_reminder(made, said)}.")
    return [*told, *capture.remarks(db, said, made)]


def _first_reminder(made: Promise, said: Said) -> str:
    return text.moment(made.next_at or made.due_at, said.zone, said.now)


def undo_row(made: Promise) -> Row:
    """Fix and Undo, as every echo has them."""
    value = f"{made.id}:{made.generation}"
    return Row(Button("Fix", "promise.fix", value), Button("Undo", "promise.undo", value))


def with_issue(db: Database, said: Said, issue: Issue, words: str, owner: Person) -> list[Item]:
    """The promise in an issue's last words; where its time is unclear the issue stands, and the time is asked for."""
    customer = customers.find(db, issue.customer_id)
    if customer is None:
        return []
    when, rest = _when(said, words, customer, {})
    if isinstance(when, Ask):
        asked = _choices(when, {})
        row = drafts.buttons(db, said, "issue", f"{issue.id} callback {words}", asked, question=when.question)
        typed = f"Or type: /issue {issue.id} callback tomorrow 3pm"
        return [f"For the promise: {when.question}", typed, row]
    made = write(db, said, customer, issue, rest, when, owner)
    return echo(db, said, made, when)


def on_issue(db: Database, said: Said, issue: Issue, words: str, settled: Settled | None = None) -> Reply:
    """`/issue 42 callback tomorrow 3pm`: a promise that belongs to an issue."""
    settled = settled or {}
    customer = customers.find(db, issue.customer_id)
    marks = line.take_marks(db, words)
    if customer is None:
        return tell(f"#{issue.id} has no customer. Set one first: /issue {issue.id} edit")
    named = named_outright(db, said, marks.words)
    theirs = named.rest if named and named.customer == customer else marks.words
    when, rest = _when(said, theirs, customer, settled)
    if isinstance(when, Ask):
        return ask_when(db, said, "issue", f"{issue.id} callback {words}", when, settled)
    made = write(db, said, customer, issue, rest, when, marks.owner or said.person)
    card.refresh(db, issue, said.now)
    return tell(*echo(db, said, made, when), *line.remarks_on_marks(marks), undo_row(made))
