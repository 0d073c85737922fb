"""A database as years of work leave it: many customers, most of whom are quiet, and many issues, most long closed.

Words and customers are drawn by Zipf's law, as people draw them: a few make up most. The same seed writes the same
database each time. It is built once, in bulk, by the tables' own names; customers and words go through the functions
that write them in real life, so that what is measured is what Kept reads.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, NamedTuple

from handlers.said import Said
from storage import customers, people, search
from storage.database import SQLite
from storage.models import Customer, Person

NOW = 1_795_000_000  # Unix seconds, in November 2026
YEARS = 3 * 365 * 86400  # seconds over which the issues are spread
OPEN_SHARE = 0.02
ISSUES_OF_CUSTOMER = 10  # on average; the largest have thousands
VOCABULARY = 30_000
CHANNELS = 100
PEOPLE = [f"U{number:04}" for number in range(40)]
CATEGORIES = ("billing", "delivery", "outage", "product", "service", None)
WHAT = "delivery invoice order login export parcel router printer account payment refund contract portal sensor".split()
WRONG = "late wrong missing broken damaged rejected slow empty offline doubled stuck lost".split()
RARE = [f"model{number}" for number in range(50)]  # each in three issues, years apart
NEVER_MEET = ("northgate", "southgate")  # each in 5 % of all issues, and never in the same

ISSUE = (
    "INSERT INTO issues (id, customer_id, summary, category, impact, owner_id, reporter_id, created_at,"
    " first_response_at, resolved_at, resolved_by, resolution, made_in, version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
)
PROMISE = (
    "INSERT INTO promises (id, customer_id, issue_id, subject, owner_id, maker_id, made_at, due_at, first_due_at,"
    " outcome, closed_at, closed_by, kept_at, next_at, next_rung, kind, words, made_in, zone, by_close, generation,"
    " version, late_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', 'call', '', 'C1', 'UTC', 0, 1, 1, 0)"
)
NOTE = "INSERT INTO notes (record_id, customer_id, person_id, at, words) VALUES (?, ?, ?, ?, ?)"
BATCH = 5000  # records written together


class Record(NamedTuple):
    """An issue and its promise as their tables take them, its notes, and the plain words it is found by."""

    issue: tuple[Any, ...]
    promise: tuple[Any, ...]
    notes: list[tuple[Any, ...]]
    words: str


@dataclass(frozen=True, slots=True)
class Years:
    """A built database, and what to ask it for."""

    database: SQLite
    issues: int

    @property
    def said(self) -> Said:
        """Something said by an agent, to hand a handler."""
        return self.asking()

    def asking(self, value: str = "") -> Said:
        """A button pressed by an agent."""
        return Said("bench", NOW, Person(PEOPLE[0], "p0", "Person 0", zone="America/New_York"), "x", "C1", value=value)

    @property
    def busiest(self) -> Customer:
        """The customer with most issues: by Zipf's law, the first."""
        return customers.find(self.database, 1) or customers.unknown(self.database, NOW)


@cache
def words() -> list[str]:
    """The vocabulary, the commonest first."""
    chance = random.Random(7)
    parts = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
    made = {"".join(chance.choices(parts, k=chance.choice((2, 3, 3, 4)))): None for _ in range(VOCABULARY * 2)}
    return list(made)[:VOCABULARY]


def built(issues: int, folder: Path) -> Years:
    """The database with so many issues, built if it is not in the folder yet."""
    database = SQLite(folder / f"years-{issues}.db")
    database.migrate()
    if database.row("SELECT 1 AS found FROM issues LIMIT 1") is None:  # new, or its building was broken off
        database.connection.execute("PRAGMA synchronous=OFF")  # a crash costs no more than building it again
        database.begin(writing=True)
        _fill(database, random.Random(11), issues)
        database.commit()
        database.connection.execute("PRAGMA synchronous=FULL")
    return Years(database, issues)


def _fill(database: SQLite, chance: random.Random, issues: int) -> None:
    for number, person_id in enumerate(PEOPLE):
        people.keep(database, Person(person_id, f"p{number}", f"Person {number}", zone="America/New_York"))
    names = _names(chance, max(20, issues // ISSUES_OF_CUSTOMER))
    ids = [customers.add(database, name, NOW - YEARS).id for name in names]
    records = _records(chance, list(zip(ids, names, strict=True)), issues)
    while batch := list(islice(records, BATCH)):
        many = database.connection.executemany
        many(ISSUE, [record.issue for record in batch])
        many(PROMISE, [record.promise for record in batch])
        many(NOTE, [note for record in batch for note in record.notes])
        found_by = [{"id": record.issue[0], "words": record.words} for record in batch]
        many(search.KEEP, found_by)
        many(search.ADD, found_by)
    database.run("UPDATE numbers SET last = :last WHERE name = 'record'", last=2 * issues)


def _names(chance: random.Random, many: int) -> list[str]:
    """Names no two of which fold into one."""
    endings = ("Bakery", "Logistics", "Labs", "Foods", "Clinic", "Ltd", "GmbH", "& Sons", "Hotels", "Works")
    made: dict[str, str] = {}
    while len(made) < many:
        first, second = chance.choices(words(), k=2)
        name = f"{first.title()} {second.title()} {chance.choice(endings)}"
        made.setdefault(customers.fold(name), name)
    return list(made.values())


def _zipf(many: int, steep: float = 1.0) -> list[float]:
    """Weights that fall as 1, 1/2, 1/3 …, added up as ``random.choices`` takes them."""
    return list(accumulate(1 / rank**steep for rank in range(1, many + 1)))


def _records(chance: random.Random, known: list[tuple[int, str]], issues: int) -> Iterator[Record]:
    """Issues in the order of time, each with a promise: odd numbers are issues, even ones their promises."""
    spoken, busy, seldom = _zipf(VOCABULARY), _zipf(len(known), 0.8), max(1, issues // (3 * len(RARE)))
    for count in range(issues):
        [(customer_id, name)] = chance.choices(known, cum_weights=busy)
        number, at = 2 * count + 1, NOW - YEARS + YEARS * count // issues
        owner, reporter = chance.choices(PEOPLE, k=2)
        closed = None if chance.random() < OPEN_SHARE else min(NOW, at + chance.randrange(600, 500_000))
        said = chance.choices(words(), cum_weights=spoken, k=14)
        summary = f"{chance.choice(WRONG)} {chance.choice(WHAT)} {' '.join(said[:3])}"
        summary += f" {NEVER_MEET[count % 2]}" if count % 20 < 2 else ""
        summary += "" if count % seldom else f" {RARE[count // seldom % len(RARE)]}"
        solved = " ".join(said[3:7]) if closed else None
        category = chance.choice(CATEGORIES)
        channel = f"C{1 + count % CHANNELS}"
        issue = (
            *(number, customer_id, summary, category, None, owner, reporter, at, at + 900, closed, owner, solved),
            channel,
        )
        made = (number + 1, customer_id, number, said[0], owner, reporter, at, at + 7200, at + 7200)
        following = None if closed else NOW + chance.randrange(86400)  # when the owner is to hear next
        promise = (*made, "kept" if closed else None, closed, owner if closed else None, closed, following)
        notes = [(number, customer_id, owner, at + 1200, " ".join(said[7:]))] if count % 2 else []
        whole = " ".join([name, summary, solved or "", *(note[-1] for note in notes)])
        yield Record(issue, promise, notes, " ".join(search.plain(whole)))
