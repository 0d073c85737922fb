"""`/issue list`: what is open, names first, oldest first."""

from handlers import line, text
from handlers.blocks import Item
from handlers.issues import card
from handlers.said import Reply, Said, tell
from storage import issues
from storage.database import Database
from storage.models import Issue

MOST = 10


def open_issues(db: Database, said: Said, words: str) -> Reply:
    """Open issues: all, mine, unowned, of a customer or of a category."""
    asked = line.take_marks(db, words)
    name = asked.words.strip()
    if name.lower() == "mine" or asked.owner:
        owner = asked.owner or said.person
        found, all_in_all = issues.list_open(db, most=MOST, owner_id=owner.id)
        whose = "yours" if owner.id == said.person.id else f"{owner.name}'s"
    elif name.lower() == "unowned":
        found, all_in_all = issues.list_open(db, most=MOST, unowned=True)
        whose = "nobody's yet"
    elif asked.category:
        found, all_in_all = issues.list_open(db, most=MOST, category=asked.category)
        whose = f"#{asked.category}"
    elif name:
        return _of_customer(db, said, name)
    else:
        found, all_in_all = issues.list_open(db, most=MOST)
        whose = ""
    return _told(db, said, found, all_in_all, whose)


def _of_customer(db: Database, said: Said, name: str) -> Reply:
    named = line.spelled(db, name.rstrip(":"), "")
    if named.customer is None:
        near = f" Did you mean {text.listed([c.name for c in named.rivals], 'or')}?" if named.rivals else ""
        return tell(
            f"I know no customer called “{name}”.{near}",
            "Type: /issue list, /issue list mine, /issue list unowned, /issue list Acme or /issue list #billing",
        )
    found, all_in_all = issues.list_open(db, most=MOST, customer_id=named.customer.id)
    return _told(db, said, found, all_in_all, named.customer.name)


def _told(db: Database, said: Said, found: list[Issue], all_in_all: int, whose: str) -> Reply:
    if not found:
        return tell(f"No open issues{f': {whose}' if whose else ''}.")
    told: list[Item] = [f"{text.count(all_in_all, 'open issue')}{f', {whose}' if whose else ''}, oldest first:"]
    told += [_line(db, said, issue) for issue in found]
    if all_in_all > len(found):
        told.append(f"+{all_in_all - len(found)} more: /issue list mine, unowned, a customer or a #category")
    return tell(*told)


def _line(db: Database, said: Said, issue: Issue) -> Item:
    waiting = f"open {text.waited(said.now - issue.created_at)}" if issue.is_open else "resolved"
    return ["• ", *card.title(db, issue), f" · {card.facts(db, issue)} · {waiting}"]
