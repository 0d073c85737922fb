"""The quiet offer in an issue's echo: an open problem it may be part of; nothing is linked before it is pressed."""

from handlers import text
from handlers.blocks import Button, Item, Row
from handlers.issues import card
from handlers.problems import alert, shown
from storage import alike, problems
from storage.database import Database
from storage.models import Issue

PROBLEMS = 10  # newest open problems looked at


def offer(db: Database, issue: Issue) -> list[Item]:
    """A line and a button where an open problem is of the issue's category, or reads like it; else nothing."""
    if issue.category in alike.NEVER_A_PROBLEM:
        return []
    open_ones = problems.open_ones(db, alert.scope_of(db, alert.team_of(db, issue)), PROBLEMS)
    found = next((one for one in open_ones if problems.reads_like(db, issue.summary, one)), None)
    found = found or next((one for one in open_ones if one.category and one.category == alert.kind(issue)), None)
    if found is None:
        return []
    many = text.count(problems.counts(db, found.id).customers, "customer")
    number = f" (#{found.id})"
    words = f"Part of {text.clip(found.title, 75 - len('Part of ') - len(number))}{number}"
    return [f"{shown.named(found)} is open, with {many}. Is this part of it?",
            Row(Button(words, "problem.part", f"{issue.id}:{found.id}"))]  # fmt: skip


def with_likes(offered: list[Item], likes: list[Item]) -> list[Item]:
    """Both offers in one echo: beside a problem, only an earlier issue of the same customer is worth a second line."""
    of_the_customer = any(isinstance(item, Row) for item in likes)
    return [*offered, *(likes if of_the_customer or not offered else [])]


def noted(db: Database, issue: Issue) -> list[Item]:
    """The echo as it stands once the offer was taken."""
    return [*card.echo(db, issue, "Logged"), *shown.on_card(db, issue), card.undo_row(issue)]
