"""The queries a person or the clock waits for, from a small database to a large one, and over the last fivefold."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from benchmarks.rows import Figure, Plan
from benchmarks.timing import in_turn
from benchmarks.waiting import COMMON
from benchmarks.years import CHANNELS, NOW, PEOPLE, Years, built, words
from storage import callbacks, customers, history, issues, search

ROUNDS = 400
GROWN, GROWN_FIVEFOLD = 5.0, 1.5  # times
FIVEFOLD = 5
LARGEST_ROW = 1_000  # bytes

Ask = Callable[[Years, random.Random], object]


def _due(years: Years, _: random.Random) -> object:
    return callbacks.due_for_a_step(years.database, NOW + 86400, 50)


def _channel(years: Years, chance: random.Random) -> object:
    return issues.list_open(years.database, most=20, made_in=f"C{chance.randint(1, CHANNELS)}")


def _owner(years: Years, chance: random.Random) -> object:
    return callbacks.list_open(years.database, most=20, owner_id=chance.choice(PEOPLE))


def _customer(years: Years, chance: random.Random) -> object:
    issue = issues.find(years.database, 1 + 2 * chance.randrange(years.issues))
    return history.page(years.database, issue.customer_id if issue else 1, before=None, most=20)


def _search(years: Years, chance: random.Random) -> object:
    return search.find(years.database, [words()[chance.choice(COMMON)]], most=20)


def _type_ahead(years: Years, chance: random.Random) -> object:
    return customers.suggest(years.database, words()[chance.randrange(500)][: chance.randint(1, 4)])


# What is asked, and how long it may take, in microseconds.
ASKED: dict[str, tuple[Ask, float]] = {
    "next due, 50": (_due, 100),
    "a channel's oldest open, 20, and how many": (_channel, 300),
    "an owner's open promises, 20, and how many": (_owner, 300),
    "a customer's last 20": (_customer, 300),
    "search, newest first, 20": (_search, 1_000),
    "customer type-ahead, 20": (_type_ahead, 5_000),
}


def measure(plan: Plan) -> Iterator[Figure]:
    """Each in the large database; how it grew to there from the small one, and from a fifth."""
    sizes = (plan.small, plan.large // FIVEFOLD, plan.large)
    of_size = [built(size, plan.folder) for size in sizes]
    for what, (ask, most) in ASKED.items():
        chance = random.Random(3)
        taken = in_turn(ROUNDS, *[partial(ask, years, chance) for years in of_size])
        small, middle, large = (median(times.cpu) * 1000 for times in taken)
        yield Figure(
            what, large, "µs", most, f"{small:.0f} µs with {sizes[0]:,} issues, {middle:.0f} with {sizes[1]:,}"
        )
        yield Figure(f"{what}: grown", large / small, "x", GROWN)
        yield Figure(f"{what}: over the last fivefold", large / middle, "x", GROWN_FIVEFOLD)
    bytes_of = [_bytes(years) for years in (of_size[0], of_size[2])]
    each = (bytes_of[1] - bytes_of[0]) / (plan.large - plan.small)
    yield Figure("an issue with its promise, indexes and search", each, "bytes", LARGEST_ROW)


def _bytes(years: Years) -> int:
    """All pages of a database, but for those left empty."""
    values = {name: next(iter(row.values())) for name in PAGES for row in years.database.rows(f"PRAGMA {name}")}
    return int((values["page_count"] - values["freelist_count"]) * values["page_size"])


PAGES = ("page_count", "freelist_count", "page_size")
