"""What shows a problem: its name in prose, and its living messages, drawn again as it changes."""

from collections.abc import Sequence

from handlers import text
from storage import outbox, problems, trends
from storage.database import Database
from storage.models import Issue, Outgoing, Problem

TITLE = 80  # characters of a title in prose


def named(problem: Problem) -> str:
    """The name first, the number after: ``Delivery problem of 24 Nov (#57)``."""
    return f"{text.clip(problem.title, TITLE)} (#{problem.id})"


def on_card(db: Database, issue: Issue) -> list[str]:
    """What an issue's card says of the problem it is part of."""
    problem = problems.find(db, issue.problem_id) if issue.problem_id else None
    return [f"Part of {named(problem)}"] if problem else []


def behind(db: Database, issue: Issue) -> str:
    """The same behind an issue in a list."""
    problem = problems.find(db, issue.problem_id) if issue.problem_id else None
    return f" · part of {named(problem)}" if problem else ""


def few(names: Sequence[str], all_in_all: int, longest: int) -> str:
    """Names until they are too long together, and how many more there are: ``Acme, Globex and 3 more``."""
    shown: list[str] = []
    for name in names:
        longest -= len(name) + 2
        if longest < 0 and shown:
            break
        shown.append(name)
    more = all_in_all - len(shown)
    return text.listed([*shown, *([f"{more:,} more"] if more > 0 else [])] or ["nobody known yet"])


def refresh(db: Database, problem_id: int | None, now: int) -> None:
    """Have a problem's card drawn again, as things will be when it is sent."""
    problem = problems.find(db, problem_id) if problem_id else None
    if problem:
        target = problem.card_channel or ""  # before its first post it is queued for its place already
        outbox.refresh(db, key=f"problem:{problem.id}", kind="problem", target=target, subject_id=problem.id, now=now)


def refresh_lists(db: Database, problem_id: int | None, now: int) -> None:
    """Have the lists of customers to tell of a problem's end drawn again, and its card."""
    if problem_id is not None:
        for sent in outbox.posted(db, kind="telling", subject_id=problem_id):
            redraw(db, sent, now)
        refresh(db, problem_id, now)


def undone(db: Database, issue: Issue, now: int) -> None:
    """Have what counted an issue drawn again without it: its problem's card, and alerts it may stand in."""
    refresh(db, issue.problem_id, now)
    for trend in trends.lately(db, issue.created_at - trends.DAY):
        if trend.category in (issue.category, None):
            for sent in outbox.posted(db, kind="trend", subject_id=trend.id):
                redraw(db, sent, now)


def redraw(db: Database, sent: Outgoing, now: int) -> None:
    """Have a living message that was sent before drawn again."""
    outbox.refresh(db, key=sent.key, kind=sent.kind, target=sent.target, subject_id=sent.subject_id or 0, now=now)
