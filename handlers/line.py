"""What a typed line says: its marks (``@owner``, ``!impact``, ``#category``) and where the customer's name ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from handlers import text
from handlers.drafts import Choice, Settled
from storage import channels, customers, people
from storage.database import Database
from storage.models import Customer, Person

IMPACTS = ("annoyed", "blocked", "losing-money")  # from mild to high (brief, section 2)
CATEGORIES = ("billing", "delivery", "outage", "product", "service", "praise", "idea", "other")

MARK = re.compile(
    r"<@(?P<person>[UW][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>[CG][A-Z0-9]+)(?:\|(?P<channel_name>[^>]*))?>"
    r"|(?<![^\s(])@(?P<handle>[A-Za-z][\w.-]*\w|[A-Za-z])"
    r"|(?<![^\s(])#(?P<tag>[A-Za-z][\w-]*)"
    r"|(?<![^\s(])!(?P<impact>[A-Za-z][\w-]*)"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """A line without its marks, and what they said.

    ``first_at`` is where in ``words`` the first mention stood, for the customer's name ends there at the latest.
    ``puzzles`` are marks nobody can place; they stay in the words too, so that nothing is lost.
    """

    words: str
    owner: Person | None = None
    also: tuple[Person, ...] = ()
    impact: str | None = None
    category: str | None = None
    puzzles: tuple[str, ...] = ()
    first_at: int | None = None


def take_marks(db: Database, line: str) -> Marks:
    """Take the marks out of a line as Slack delivered it, and unescape the rest."""
    kept: list[str] = []
    named: list[Person] = []
    puzzles: list[str] = []
    found: dict[str, str] = {}
    first_at, end = None, 0
    for mark in MARK.finditer(line):
        kept.append(line[end : mark.start()])
        end = mark.end()
        if (person := _person(db, mark)) is not None:
            named.append(person)
            if first_at is None:
                first_at = len(text.unescape(" ".join("".join(kept).split())))
        elif (placed := _placed(db, mark)) is not None and placed[0] not in found:
            found[placed[0]] = placed[1]
        else:
            kept.append(_as_typed(db, mark))
            puzzles.append(_as_typed(db, mark))
    kept.append(line[end:])
    return Marks(
        words=text.unescape(" ".join("".join(kept).split())),
        owner=named[0] if named else None,
        also=tuple(person for person in dict.fromkeys(named[1:]) if person.id != named[0].id),
        impact=found.get("impact"),
        category=found.get("category"),
        puzzles=tuple(puzzles),
        first_at=first_at,
    )


def _person(db: Database, mark: re.Match[str]) -> Person | None:
    if mark["person"]:
        return people.find(db, mark["person"]) or Person(id=mark["person"], handle="", name="somebody new here")
    if mark["handle"]:
        found = people.by_handle(db, mark["handle"])
        return found[0] if len(found) == 1 else None
    return None


def _tag(db: Database, mark: re.Match[str]) -> str:
    """The name of a ``#tag``, also where Slack has made a channel link of it."""
    if mark["channel"]:
        channel = None if mark["channel_name"] else channels.find(db, mark["channel"])
        return mark["channel_name"] or (channel.name if channel else "")
    return mark["tag"] or ""


def _placed(db: Database, mark: re.Match[str]) -> tuple[str, str] | None:
    if (tag := _tag(db, mark).lower()) in CATEGORIES:
        return "category", tag
    if (mark["impact"] or "").lower() in IMPACTS:
        return "impact", mark["impact"].lower()
    return None


def _as_typed(db: Database, mark: re.Match[str]) -> str:
    return f"#{_tag(db, mark)}" if mark["channel"] else mark[0]


def readable(db: Database, words: str) -> str:
    """Words as Slack delivered them, with the people named in them by name; nothing is taken out."""

    def name(mark: re.Match[str]) -> str:
        person = _person(db, mark) if mark["person"] else None
        return f"@{person.name}" if person else _as_typed(db, mark)

    return text.unescape(MARK.sub(name, words))


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a line speaks of: a stored customer, or a name not known yet, or neither; and the rest of the line.

    ``slip`` is the name as typed where one near spelling was taken; ``rivals`` are the customers it may be, where that
    has to be asked.
    """

    rest: str
    customer: Customer | None = None
    new_name: str = ""
    slip: str = ""
    rivals: tuple[Customer, ...] = ()


def before_colon(db: Database, words: str) -> Named | None:
    """The customer before the first colon that a space follows (so ``9:15`` and ``https://`` are safe)."""
    colon = re.search(r":(?=\s|$)", words)
    if colon is None or not (head := words[: colon.start()].strip()):
        return None
    rest = words[colon.end() :].strip()
    if customer := customers.by_name(db, head):
        return Named(rest, customer)
    if len(head) > customers.LONGEST_NAME:
        return None
    begins = customers.named_at_start(db, head.split())
    return Named(rest, new_name=head, rivals=(begins[0],)) if begins else spelled(db, head, rest)


def spelled(db: Database, name: str, rest: str) -> Named:
    """A delimited name: one near spelling with no rival is taken, two are asked, else it is new."""
    if customer := customers.by_name(db, name):
        return Named(rest, customer)
    near = customers.nearly_named(db, name)
    if len(near) == 1:
        return Named(rest, near[0], slip=name)
    return Named(rest, new_name=name, rivals=tuple(near))


def at_start(db: Database, words: str) -> Named | None:
    """The longest stored name at the start of the line."""
    split = words.split()
    found = customers.named_at_start(db, split)
    if found is None:
        return None
    return Named(" ".join(split[found[1] :]).lstrip("-–—, "), found[0])


def of_channel(db: Database, channel_id: str, words: str) -> Named | None:
    """The channel's own customer, if it has one."""
    channel = channels.find(db, channel_id)
    customer = customers.find(db, channel.customer_id) if channel and channel.customer_id else None
    return Named(words, customer) if customer else None


def nearest_mark(mark: str) -> str:
    """The category or impact a mistyped mark most likely means, or an empty text."""
    if mark[0] not in "#!":
        return ""
    near = get_close_matches(mark[1:].lower(), CATEGORIES if mark[0] == "#" else IMPACTS, n=1)
    return mark[0] + near[0] if near else ""


WHICH = "Which customer do you mean?"


def which(named: Named, settled: Settled) -> list[Choice]:
    """The customers a name may mean, and the new one it may be."""
    choices = [Choice(rival.name, settled | {"customer": str(rival.id)}) for rival in named.rivals]
    return [*choices, Choice(f"New customer: {named.new_name}", settled | {"new_customer": named.new_name})]


def settle(db: Database, named: Named, settled: Settled) -> Named:
    """The name as it was answered, if it was asked."""
    if "customer" in settled:
        return Named(named.rest, customers.find(db, int(settled["customer"])))
    if "new_customer" in settled:
        return Named(named.rest, new_name=settled["new_customer"])
    return named


def customer_of(db: Database, named: Named, now: int) -> tuple[Customer, bool]:
    """The stored customer a line names, made if the name is new; True if it was."""
    if named.customer:
        return named.customer, False
    known = customers.by_name(db, named.new_name)
    return (known, False) if known else (customers.add(db, named.new_name, now), True)


def remarks_on_name(named: Named, *, is_new: bool) -> list[str]:
    """What was decided about the customer's name, said so that it can be corrected."""
    told = [f"{named.new_name} is a new customer."] if is_new else []
    if named.slip and named.customer:
        told.append(f"I took “{named.slip}” for {named.customer.name}. Not so? Press Fix.")
    return told


def remarks_on_marks(marks: Marks) -> list[str]:
    """What was decided about the marks, and which nobody could place, with what to type instead."""
    told = []
    if marks.also:
        told.append(f"One owner each: {text.listed([person.name for person in marks.also])} is only mentioned.")
    return told + [_puzzle(mark) for mark in marks.puzzles]


def _puzzle(mark: str) -> str:
    nearest = nearest_mark(mark)
    if nearest:
        return f"I don't know {mark}: did you mean {nearest}? It stands in the text; Fix changes it."
    if mark.startswith("@"):
        return f"I know nobody called {mark}: pick the name from Slack's list as you type @."
    return f"{mark} is no category or impact here, so it stays in the text."


def either(rivals: Sequence[Customer]) -> str:
    """The customers a name may mean, as one asks: ``Acme or Acme Freight``."""
    return text.listed([customer.name for customer in rivals], "or")


def errors_in_name(named: Named) -> dict[str, str]:
    """What is wrong with a customer's name typed in a form, by field."""
    if named.rivals:
        return {"customer": f"Do you mean {either(named.rivals)}? Choose it from the list, or the new one."}
    if not named.customer and len(named.new_name) > customers.LONGEST_NAME:
        return {"customer": f"At most {customers.LONGEST_NAME} characters, please."}
    if not named.customer and not customers.fold(named.new_name):
        return {"customer": "Which customer is it?"}
    return {}
