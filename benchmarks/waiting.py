"""What a person waits for in a database of years: search, repeats, the customer card, type-ahead (issue 6).

Each is the handler itself, its words included, run in turn on a small and a large database; what counts is how long it
takes on the large one, and how much longer than on the small one.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.rows import Figure, Plan
from benchmarks.timing import in_turn, slowest_in_twenty
from benchmarks.years import NEVER_MEET, RARE, WHAT, WRONG, Years, built, words
from handlers.customers import card
from handlers.issues import find, like, log
from storage import customers, issues, search
from storage.models import Customer

ROUNDS = 200
AT_MOST = 100.0  # milliseconds at the 95th percentile
GROWTH = 5.0  # times, from the small database to the large one
COMMON = range(5, 60)  # places in the vocabulary, the commonest first

Ask = Callable[[Years, random.Random], object]


def _found(years: Years, wanted: str) -> object:
    return find.find(years.database, years.said, wanted)


def _common(years: Years, chance: random.Random) -> object:
    return _found(years, words()[chance.choice(COMMON)])


def _rare(years: Years, chance: random.Random) -> object:
    return _found(years, chance.choice(RARE))


def _two_common(years: Years, chance: random.Random) -> object:
    return _found(years, " ".join(words()[place] for place in chance.sample(COMMON, 2)))


def _never_meet(years: Years, _: random.Random) -> object:
    return _found(years, " ".join(NEVER_MEET))


def _query(years: Years, chance: random.Random) -> object:
    wanted = [words()[place] for place in chance.sample(COMMON, 2)]
    return search.find(years.database, wanted, most=find.PAGE)


def _page_deep(years: Years, chance: random.Random) -> object:
    below = chance.randrange(years.issues // 2, 2 * years.issues)
    wanted = words()[chance.choice(COMMON)]
    return find.older(years.database, years.asking(value=f"{below} {wanted}"))


def _repeats(years: Years, chance: random.Random) -> object:
    newest = issues.find(years.database, 2 * years.issues - 1 - 2 * chance.randrange(years.issues // 20))
    assert newest is not None, "odd numbers are issues"  # noqa: S101 - for the type checker, and true
    return like.offer(years.database, years.said, newest, sees_all=True)


def _customer(years: Years, chance: random.Random) -> Customer:
    """One as they come to be asked for: that of some issue, so that the busy ones are asked for most."""
    issue = issues.find(years.database, 1 + 2 * chance.randrange(years.issues))
    known = customers.find(years.database, issue.customer_id) if issue else None
    assert known is not None, "every issue has a customer"  # noqa: S101 - for the type checker, and true
    return known


def _card(years: Years, chance: random.Random) -> object:
    return card.show(years.database, years.said, _customer(years, chance))


def _busiest_card(years: Years, _: random.Random) -> object:
    return card.show(years.database, years.said, years.busiest)


def _type_ahead(years: Years, chance: random.Random) -> object:
    name = _customer(years, chance).name
    return customers.suggest(years.database, name[: chance.randint(1, 5)], most=20)


def _log(years: Years, chance: random.Random) -> object:
    """A whole `/issue …`, taken back again: index, audit, card and repeats, without the commit."""
    name = _customer(years, chance).name
    typed = f"{name}: {chance.choice(WRONG)} {chance.choice(WHAT)} {words()[chance.choice(COMMON)]}"
    years.database.begin(writing=True)
    try:
        return log.log(years.database, years.said, typed)
    finally:
        years.database.rollback()


ASKED: dict[str, Ask] = {
    "search, a common word": _common,
    "search, a rare word": _rare,
    "search, two common words": _two_common,
    "search, two words of 5 % each that never meet": _never_meet,
    "search, two common words, the query alone": _query,
    "search, an older page": _page_deep,
    "search, a failure and a thing": lambda years, chance: _found(
        years, f"{chance.choice(WRONG)} {chance.choice(WHAT)}"
    ),
    "repeats while logging": _repeats,
    "logging, its repeats among it": _log,
    "customer card": _card,
    "customer card, the busiest customer": _busiest_card,
    "customer type-ahead": _type_ahead,
}


def measure(plan: Plan) -> Iterator[Figure]:
    """Each at the 95th percentile in the large database, and how much more of the processor it takes there."""
    small, large = built(plan.small, plan.folder), built(plan.large, plan.folder)
    for name, ask in ASKED.items():
        chance = random.Random(5)
        quick, slow = in_turn(ROUNDS, partial(ask, small, chance), partial(ask, large, chance))
        was, now = slowest_in_twenty(quick.cpu), slowest_in_twenty(slow.cpu)
        spent = f"of the processor {now:.3g} ms, {was:.3g} with {plan.small:,} issues"
        yield Figure(f"{name}, p95", slowest_in_twenty(slow.wall), "ms", AT_MOST, spent)
        yield Figure(f"{name}: grown", now / was, "x", GROWTH)
