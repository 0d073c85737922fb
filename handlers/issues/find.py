"""`/issue find`: the issues that hold all the words looked for, newest first, a page at a time."""

from handlers import names, roles, text
from handlers.blocks import Bold, Button, Item, Row
from handlers.said import Handler, Reply, Said, tell
from storage import search
from storage.database import Database
from storage.models import Issue

PAGE = 20  # hits
SUMMARY_SHOWN = 120  # characters of a hit; `/issue 42` shows all


def find(db: Database, said: Said, words: str) -> Reply:
    """Issues that hold all these words, open or resolved."""
    wanted = search.plain(text.unescape(words))
    if not wanted:
        typed = f"“{text.unescape(words)}” holds no word to look for." if words.strip() else "Find what?"
        return tell(f"{typed} Type: /issue find late delivery")
    if len(wanted) > search.MOST_WORDS:
        return tell(
            f"That is {len(wanted)} words; I look for {search.MOST_WORDS} at most. Type: /issue find late delivery"
        )
    return _page(db, said, wanted, search.NEWEST) or _nothing(db, said, wanted)


def older(db: Database, said: Said) -> Reply:
    """The page behind **Older**; its value is ``number words``, the number being where the page before it ended."""
    below, _, words = said.value.partition(" ")
    return _page(db, said, search.plain(words), int(below)) or tell("Those were all.")


def _page(db: Database, said: Said, wanted: list[str], below: int) -> Reply | None:
    found = search.find(db, wanted, most=PAGE, below=below, person_id=_only(db, said))
    if not found.issues and found.older is None:
        return None
    told: list[Item] = [_heading(len(found.issues), found.older, below)]
    told += [_line(db, said, issue) for issue in found.issues]
    if found.older is not None:
        told.append(Row(Button("Older", "issue.older", f"{found.older} {' '.join(wanted)}")))
    return tell(*told)


def _heading(here: int, more: int | None, below: int) -> str:
    if below != search.NEWEST:
        return f"{text.count(here, 'older issue')}:"
    return f"{text.count(here, 'issue')}, newest first:" if more is None else f"The newest {text.count(here, 'issue')}:"


def _only(db: Database, said: Said) -> str | None:
    """Whose issues alone this person may see; None who may see all (brief, section 11)."""
    return None if roles.may(db, said.person, "list") else said.person.id


def _line(db: Database, said: Said, issue: Issue) -> Item:
    summary = text.clip(issue.summary, SUMMARY_SHOWN)
    owner = names.person(db, issue.owner_id)
    waiting = f"open {text.waited(said.now - issue.created_at)}" if issue.is_open else "resolved"
    return ["• ", Bold(names.customer(db, issue.customer_id)), f" · {summary} (#{issue.id}) · {owner} · {waiting}"]


def _nothing(db: Database, said: Said, wanted: list[str]) -> Reply:
    """Which of the words stand nowhere, and what to try instead."""
    only = _only(db, said)
    missing = [word for word in wanted if not search.find(db, [word], most=1, person_id=only).issues]
    told = f"No issue holds all of these words: {text.listed(wanted)}."
    if missing and len(wanted) > 1:
        told += (
            f" {text.listed([f'“{word}”' for word in missing])} {'stand' if len(missing) > 1 else 'stands'} in none."
        )
    return tell(
        told,
        "Whole words are looked for (“delivery” does not find “deliveries”): try fewer, or another form of them."
        " What is open: /issue list",
    )


ACTIONS: dict[str, Handler] = {"issue.older": older}
