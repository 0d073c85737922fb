"""Noting how a customer feels: the row, what the answer says of it, taking it back, and the question on resolving."""

import json

from handlers import forms, names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.feedback import moods
from handlers.issues import card
from handlers.said import Reply, Said, tell
from storage import audit, customers, feedback, issues, teams
from storage.database import Database
from storage.models import Customer, Feedback, Issue

UNDO_FOR = 600  # seconds (brief, section 2)
LONGEST_REASON = 1000  # characters
SUMMARY_SHOWN = 120  # characters of an issue
UNDONE = "That is undone already; nothing is left of it."
LABELS = [("happy", "Happy"), ("unsure", "Unsure"), ("unhappy", "Unhappy"), (moods.NOT_ASKED, "Not asked")]


def write(db: Database, said: Said, customer_id: int, mood: str, reason: str, issue: Issue | None = None) -> Feedback:
    """Write it down, with its audit entry."""
    team = teams.find(db, issue.team_id) if issue else teams.for_record(db, said.channel_id, said.person.id)
    noted = feedback.add(
        db,
        customer_id=customer_id,
        issue_id=issue.id if issue else None,
        team_id=team.id if team else None,
        person_id=said.person.id,
        at=said.now,
        mood=known(mood),
        reason=reason[:LONGEST_REASON] or None,
    )
    audited(db, said, "feedback", noted, mood)
    return noted


def audited(db: Database, said: Said, deed: str, noted: Feedback, mood: str | None = None) -> None:
    """The audit entry of what was just done, about the issue or else the customer; without the reason."""
    issue_id = noted.issue_id
    detail = json.dumps({"mood": mood}) if mood else None
    about = {"record_id": issue_id} if issue_id else {"customer_id": noted.customer_id}
    audit.write(db, at=said.now, person_id=said.person.id, surface=said.surface, deed=deed, detail=detail, **about)


def known(mood: str) -> str | None:
    """A chosen mood as it is kept: nothing where they were not asked."""
    return None if mood == moods.NOT_ASKED else mood


def told(db: Database, noted: Feedback, begins: str = "Noted: ") -> list[Item]:
    """What was understood: whom, how they feel, why, and on which issue."""
    name = names.customer(db, noted.customer_id)
    behind = moods.said("", noted.mood, noted.reason)
    issue = issues.find(db, noted.issue_id) if noted.issue_id else None
    about = [f" · about {text.clip(issue.summary, SUMMARY_SHOWN)} (#{issue.id})"] if issue else []
    return [[begins, Bold(name), behind, *about]]


def buttons(noted: Feedback, fix: str = "Fix") -> Row:
    """Fix and Undo, as every echo has them."""
    return Row(Button(fix, "feedback.edit", str(noted.id)), Button("Undo", "feedback.undo", str(noted.id)))


def may(db: Database, said: Said, customer: Customer | None) -> Reply | None:
    """The answer to somebody who may not speak for this customer, or None: the team may, and whose work it is."""
    theirs = customer is not None and feedback.is_theirs(db, customer.id, said.person.id)
    return roles.refusal(db, said, "act on any", said.person.id if theirs else None)


def undo(db: Database, said: Said) -> Reply:
    """Take it back within ten minutes, as if it had not been."""
    noted = feedback.find(db, int(said.value))
    if noted is None:
        return tell(UNDONE, replaces=True)
    if noted.person_id != said.person.id:
        return tell(f"Only {names.person(db, noted.person_id)}, who noted it, can undo it.")
    if said.now - noted.at > UNDO_FOR:
        return tell("Ten minutes are over. Press Fix to correct it.")
    lines = told(db, noted, "Undone, nothing is kept of it: ")
    feedback.erase(db, noted.id)
    audited(db, said, "feedback undone", noted)
    customers.remove_if_made_for(db, noted.customer_id, noted.at)
    return tell(*lines, replaces=True)


# On resolving


def question(db: Database, said: Said, issue: Issue) -> list[Item]:  # noqa: ARG001 - as all that follow a resolve
    """How they feel, asked once in the answer to a resolve; nothing where it is known or nobody can tell."""
    if feedback.of_issue(db, issue.id) or customers.is_unknown(db, issue.customer_id):
        return []
    row = [Button(words, f"feedback.mood.{n}", f"{issue.id}:{mood}") for n, (mood, words) in enumerate(LABELS)]
    return [f"How does {names.customer(db, issue.customer_id)} feel about it?", Row(*row)]


def answered(db: Database, said: Said) -> Reply:
    """One of these buttons: it counts once, and the question goes."""
    number, _, mood = said.value.partition(":")
    issue = issues.find(db, int(number))
    if issue is None or mood not in moods.MOODS:
        return tell("This issue was undone; nothing is left of it.", replaces=True)
    before = feedback.of_issue(db, issue.id)
    noted = before or write(db, said, issue.customer_id, mood, "", issue)
    lines = told(db, noted, "Noted already: " if before else "Noted: ")
    return tell(["Resolved: ", *card.title(db, issue)], *lines, buttons(noted, "Say why"), replaces=True)


def fields(db: Database, issue: Issue) -> list[dict[str, object]]:
    """The two optional fields of the form that resolves an issue."""
    if feedback.of_issue(db, issue.id) or customers.is_unknown(db, issue.customer_id):
        return []
    name = names.customer(db, issue.customer_id)
    return [
        forms.choices("mood", "How do they feel about it?", LABELS, initial=None),
        forms.text_field("reason", "Why?", hint=f"In {name}'s words, if you can", optional=True),
    ]


def filled_in(db: Database, said: Said, issue: Issue) -> list[Item]:
    """What the form that resolved an issue said of it; asked there, it is not asked again."""
    mood, reason = said.fields.get("mood", ""), said.fields.get("reason", "").strip()
    if not mood and not reason:
        return []
    noted = write(db, said, issue.customer_id, mood if mood in moods.MOODS else moods.NOT_ASKED, reason, issue)
    return [*told(db, noted), buttons(noted)]
