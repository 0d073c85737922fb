"""The columns of each kind of record as they stand in a file, and how their headers are recognised. Pure."""

import re
from dataclasses import dataclass

from handlers.callbacks.words import ANSWER, OUTCOMES, SAMPLE, VERBS
from handlers.line import CATEGORIES, IMPACTS
from storage.customers import LONGEST_NAME

SHORT, LONG = 200, 10_000  # characters; a form takes 3,000, a typed command more


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``shape`` says how its cells are read, ``also`` which other headers mean it."""

    name: str
    shape: str
    also: tuple[str, ...] = ()
    most: int = LONG
    choices: tuple[str, ...] = ()
    is_needed: bool = False

    @property
    def words(self) -> str:
        """The name as people say it."""
        return self.name.replace("_", " ")


CUSTOMER = Column("customer", "customer", ("customer name", "company", "company name", "account"), is_needed=True)
NUMBER = Column("number", "number", ("no", "id", "#"))
OWNER = Column("owner", "person", ("our owner", "account manager", "assigned to", "assignee"))
NOTES = Column("notes", "entries", ("history",))

KINDS: dict[str, tuple[Column, ...]] = {
    "customers": (
        Column("name", "name", (*CUSTOMER.also, "customer"), LONGEST_NAME, is_needed=True),
        Column("aliases", "names", ("alias", "also known as", "other names", "aka"), LONGEST_NAME),
        Column("tier", "line", ("level", "segment", "plan"), 40),
        Column("zone", "zone", ("time zone", "timezone", "tz")),
        OWNER,
        Column("backup", "person", ("our backup", "deputy")),
        Column("depends_on", "text", ("what they depend on us for", "depends on us for")),
        Column("cost", "text", ("what it costs them when we fail", "cost of failure")),
        Column("notes", "text", ("note", "comment", "comments", "remarks")),
        Column("channels", "channels", ("channel", "slack channel", "slack channels", "their channels")),
    ),
    "contacts": (
        CUSTOMER,
        Column("name", "line", ("contact", "contact name", "full name", "person"), SHORT, is_needed=True),
        Column("role", "line", ("title", "job title", "position", "function"), SHORT),
        Column("phone", "line", ("phone number", "telephone", "tel", "mobile", "cell", "phone no"), SHORT),
        Column("mail", "line", ("email", "e mail", "email address", "mail address", "e mail address"), SHORT),
    ),
    "issues": (
        NUMBER,
        CUSTOMER,
        Column("summary", "text", ("issue", "problem", "subject", "title", "what happened"), is_needed=True),
        Column("category", "choice", ("kind", "type"), choices=CATEGORIES),
        Column("impact", "choice", ("severity",), choices=IMPACTS),
        OWNER,
        Column("reporter", "anybody", ("reported by", "created by")),
        Column("created", "time", ("created at", "opened", "opened at", "reported", "date")),
        Column("first_response", "time", ("first response at", "responded")),
        Column("escalated", "time", ("escalated at",)),
        Column("resolved", "time", ("resolved at", "closed", "closed at")),
        Column("resolved_by", "anybody", ("closed by",)),
        Column("resolution", "text", ("solution", "how it was solved")),
        NOTES,
    ),
    "promises": (
        NUMBER,
        CUSTOMER,
        Column("issue", "number", ("issue number",)),
        Column("kind", "choice", ("type",), choices=(*VERBS, ANSWER, SAMPLE)),
        Column("subject", "text", ("about", "what", "promise")),
        Column("words", "text", ("exact words",)),
        OWNER,
        Column("maker", "anybody", ("made by", "promised by", "created by")),
        Column("made", "time", ("made at", "promised", "promised at", "created", "created at")),
        Column("due", "time", ("due at", "due date", "due time", "by", "deadline"), is_needed=True),
        Column("zone", "zone", ("time zone", "timezone", "tz")),
        Column("end_of_day", "flag", ("by close",)),
        Column("first_due", "time", ("first due at", "first promised")),
        Column("outcome", "choice", ("result", "status"), choices=tuple(OUTCOMES)),
        Column("closed", "time", ("closed at", "done", "done at")),
        Column("closed_by", "anybody", ("done by",)),
        Column("kept", "time", ("kept at",)),
        Column("attempts", "entries", ("tried",)),
        Column("moves", "entries", ("moved",)),
        NOTES,
    ),
}
# What tells a kind: the first of which a header has these columns is meant.
TELLING = (
    ("promises", ("customer", "due")),
    ("issues", ("customer", "summary")),
    ("contacts", ("customer", "name")),
    ("customers", ("name",)),
)


def plain(header: str) -> str:
    """A header without case, punctuation and doubled spaces: ``Phone_Number:`` is ``phone number``."""
    return " ".join(re.sub(r"[\W_]+", " ", header.lower().replace("#", " number ")).split()).strip()


def known(kind: str) -> dict[str, Column]:
    """Every header that means a column of this kind."""
    exact = {plain(column.name): column for column in KINDS[kind]}
    return {plain(other): column for column in KINDS[kind] for other in column.also} | exact


def detect(headers: list[str]) -> str | None:
    """The kind of record whose columns these are, or None."""
    for kind, needed in TELLING:
        mapped = {known(kind)[plain(header)].name for header in headers if plain(header) in known(kind)}
        if mapped.issuperset(needed):
            return kind
    return None


@dataclass(frozen=True, slots=True)
class Header:
    """What a file's headers mean: columns by header, those not known, and what is wrong."""

    columns: dict[str, Column]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def read(kind: str, headers: list[str]) -> Header:
    """Read the headers of a file of this kind."""
    meant = known(kind)
    columns = {header: meant[plain(header)] for header in headers if plain(header) in meant}
    unknown = tuple(header for header in headers if header not in columns and header.strip())
    problems = [f"the column “{name}” is missing" for name in _missing(kind, columns)]
    by_name: dict[str, list[str]] = {}
    for header in headers:
        if header in columns:
            by_name.setdefault(columns[header].name, []).append(header)
    problems += [
        f"{' and '.join(f'“{one}”' for one in twice)} both mean {name.replace('_', ' ')}; take one out"
        for name, twice in by_name.items()
        if len(twice) > 1
    ]
    return Header(columns, unknown, tuple(problems))


def _missing(kind: str, columns: dict[str, Column]) -> list[str]:
    there = {column.name for column in columns.values()}
    return [column.name for column in KINDS[kind] if column.is_needed and column.name not in there]
