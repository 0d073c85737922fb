"""What comes back: while an issue is logged, those before it that read alike are offered, and never merged unasked."""

from dataclasses import replace

from handlers import names, roles, text
from handlers.blocks import Bold, Button, Item, Line, Row
from handlers.issues import card, change
from handlers.said import Handler, Reply, Said, record, tell
from storage import alike, issues
from storage.alike import Earlier
from storage.database import Database
from storage.models import Issue

GONE = "One of the two was undone meanwhile; nothing was changed."
SHORT = 3  # words up to which a summary is taken for what it is called: "Third late delivery for Acme"
LONGEST = 60  # characters of them
ORDINALS = "Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth".split()
OFTEN = 2  # earlier issues of one category from which it is worth saying that no text is alike but the category is


def offer(db: Database, said: Said, issue: Issue, *, sees_all: bool) -> list[Item]:
    """One line and one row of buttons at most; nothing where nothing is alike, of what this person may see."""
    found = alike.repeats(db, issue, None if sees_all else said.person.id)
    customer = names.customer(db, issue.customer_id)
    if found.same:
        since = _since(found.same, said)
        return [[*_called(issue, len(found.same)), f" for {customer} {since}."], _buttons(issue, found.same[0])]
    if found.others:
        return [_elsewhere(db, found.others, said)]
    if len(found.category) >= OFTEN:
        told = f"{_ordinal(len(found.category))} #{issue.category} issue for {customer} {_since(found.category, said)}."
        return [told]
    return []


def _called(issue: Issue, before: int) -> Line:
    """What it is the second or third of, in the reporter's own words where they are few."""
    words = issue.summary.rstrip(" .!").removesuffix(" again").rstrip(" ,.!")
    split = words.split()
    if not split or len(split) > SHORT or len(words) > LONGEST or split[0].title() in ORDINALS:
        return [f"{_ordinal(before)} like this"]
    return [f"{_ordinal(before)} ", Bold(words)]


def _ordinal(before: int) -> str:
    number = before + 1
    if number <= len(ORDINALS) + 1:
        return ORDINALS[before - 1]
    tail = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _since(earlier: list[Earlier], said: Said) -> str:
    """Since when, as one says it on the phone: a weekday, a day, a month, a month of another year."""
    first = text.local(min(one.created_at for one in earlier), said.zone).date()
    today = text.local(said.now, said.zone).date()
    days = (today - first).days
    if days < 2:
        return "since yesterday" if days else "today"
    if days < 7:
        return f"since {first:%A}"
    if days < 28:
        return f"since {first.day} {first:%B}"
    return f"since {first:%B}" if first.year == today.year else f"since {first:%B %Y}"


def _elsewhere(db: Database, others: list[Earlier], said: Said) -> Line:
    """Another customer's like one is told, not offered as the same: each customer is owed an answer of their own."""
    closest = others[0]
    more = len({one.customer_id for one in others}) - 1
    what = f"{text.clip(closest.summary, 80)} (#{closest.id})"
    who = Bold(names.customer(db, closest.customer_id))
    if more:
        return [who, f" and {text.count(more, 'other customer')} had the like {_since(others, said)}: {what}."]
    return [who, f" had the like {text.moment(closest.created_at, said.zone, said.now)}: {what}."]


def _buttons(issue: Issue, closest: Earlier) -> Row:
    value, number = f"{issue.id}:{closest.id}", f" (#{closest.id})"
    same = f"Same as {text.clip(closest.summary, 75 - len('Same as ') - len(number))}{number}"
    return Row(Button(same, "issue.same", value), Button("Not the same", "issue.differs", value))


def _both(db: Database, said: Said) -> tuple[Issue | None, Issue | None]:
    number, _, other = said.value.partition(":")
    return issues.find(db, int(number)), issues.find(db, int(other))


def same(db: Database, said: Said) -> Reply:
    """**Same as …**: the issue is closed as the earlier one's duplicate; promises still open are asked about first."""
    issue, other = _both(db, said)
    if issue is None or other is None:
        return tell(GONE)
    if refused := roles.refusal(db, said, "act on any", other.owner_id, other.reporter_id):
        return refused
    reply = change.duplicate(db, said, issue, other)
    return replace(reply, replaces=True) if reply.text.startswith("Resolved") else reply


def differs(db: Database, said: Said) -> Reply:
    """**Not the same**: remembered, and the echo stands without the offer."""
    issue, other = _both(db, said)
    if issue is None or other is None:
        return tell(GONE)
    record(db, said, alike.DIFFERS, issue.id, str(other.id))
    noted = f"Not the same as #{other.id}: noted."
    return tell(*card.echo(db, issue, "Logged"), noted, card.undo_row(issue), replaces=True)


ACTIONS: dict[str, Handler] = {"issue.same": same, "issue.differs": differs}
