"""What comes in over the quarter: a quiet background with the rhythm of weeks and days, and what is planted in it."""

from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from rapidfuzz import fuzz

from tests.quarter.world import BEGIN, CATEGORIES, DAY, END, GRID, HOUR, SHARES, SLEEPS, TEAMS, Company, local, works

HISTORY = 28 * DAY  # before the quarter, brought along by an import: without it there is no mean to rise above
NAMELESS = {"", "other"}
BY_DAY = (1.15, 1.05, 1.0, 1.0, 0.95, 0.12, 0.08)
LONGEST_TRIES = 2_000

THINGS = """invoice parcel password contract label export refund pallet login receipt voucher scanner meter router
licence badge catalogue quote crate tablet charger warranty account pump sensor brochure filter cable display hinge
valve bracket timer panel gasket folder plug helmet bottle carton""".split()
FAULTS = """shows the wrong date|arrived with scratches|cannot be opened|is missing two pages|was sent to Leeds|
makes a loud noise|has the old logo|does not match our order|went to somebody else|turned up empty|is stuck in customs|
lists seven units instead of nine|smells of smoke|leaks from below|costs more than agreed|names a person who left|
keeps asking for a code|came without screws|is too small by a hand|blinks in red""".replace("\n", "").split("|")
PLACES = """in the Bristol shop|for the night shift|at the second warehouse|before the audit|on her phone|
for their biggest client|near the loading dock|under the new tariff|in the training room|after the upgrade|
at reception|for the March fair|on the third floor|next to the boiler|in their kitchen|during the demo|
inside the blue van|by the river office|with the summer stock|on the old printer""".replace("\n", "").split("|")

OUTAGE = ("the portal is down for all of us", "nobody can log in since this morning", "portal answers with error 503",
          "orders cannot be placed, the portal is gone", "everything is down, our shop stands still")  # fmt: skip
SLOW = ("delivery promised for Monday is still not here", "parcel is four days late", "third delivery that comes late",
        "driver did not come for the second time", "our order sits in the depot for a week")  # fmt: skip
CRASH = "the mobile app closes by itself when an invoice is opened"
EMPTY = "tracking page of the courier stays white"


@dataclass(frozen=True)
class Arrival:
    """Something a customer has to say."""

    at: int
    team: int
    category: str
    customer: str
    words: str
    tale: str
    planted: str = ""


def stamp(day: str, hour: float) -> int:
    """The Unix second of an hour of a day of 2026, in UTC."""
    return int(datetime.fromisoformat(f"2026-{day}").replace(tzinfo=UTC).timestamp() + hour * HOUR)


def arrivals(company: Company) -> list[Arrival]:
    """Everything, in its order; what lies before the quarter is its history."""
    words = Words(company)
    found = [*background(company, words), *planted(company)]
    return sorted(found, key=lambda one: (one.at, one.team, one.customer, one.words))


def background(company: Company, words: "Words") -> list[Arrival]:
    """Spread evenly over the busy hours: one in each stretch that expects one, at any moment of it."""
    moments = []
    for number in range(len(TEAMS)):
        hours, heights = busy(number)
        top = heights[-1]
        for category, share in zip(CATEGORIES, SHARES, strict=True):
            per_day = company.size.issues * 0.93 / 91 * TEAMS[number].share * share
            many = round(per_day * (END - BEGIN + HISTORY) / DAY)
            for n in range(many):
                hour = hours[bisect(heights, (n + company.chance.random()) / many * top)]
                at = hour + company.chance.randrange(HOUR // GRID) * GRID
                moments.append((at, number, category))
    found = []
    for at, number, category in sorted(moments):
        customer = company.customer()
        text, tale = words.of(customer, category, at)
        found.append(Arrival(at, number, category, customer, text, tale))
    return found


def busy(number: int) -> tuple[list[int], list[float]]:
    """The hours of all weeks, and how much is expected until the end of each."""
    team, hours, weights = TEAMS[number], [], []
    for hour in range(BEGIN - HISTORY, END - 2 * HOUR, HOUR):
        clock = local(hour, team.zone)
        by_hour = 1.0 if 9 <= clock.hour < 17 else 0.25 if 7 <= clock.hour < 20 else 0.02
        by_day = BY_DAY[clock.weekday()] if works(team, clock.date()) else min(0.12, BY_DAY[clock.weekday()])
        awake = not any(begin - HOUR <= hour < end for begin, end in SLEEPS)
        hours.append(hour)
        weights.append(by_hour * by_day * awake)
    return hours, list(accumulate(weights))


def planted(company: Company) -> list[Arrival]:
    """The outage of a Monday morning, deliveries that slow down, texts that read alike, and one loud customer."""
    size, found = company.size, []

    def many(n: int, team: int, category: str, texts: tuple[str, ...], begin: int, lasts: int, name: str) -> None:
        those = company.chance.sample(company.customers, min(n, len(company.customers)))
        for k in range(n):
            at = begin + company.chance.randrange(lasts // GRID) * GRID
            text = f"{texts[k % len(texts)]}{('', ' again', ' today', ', please')[k % 4]}"
            tale = name if not category or category == "other" else f"{name} {texts[k % len(texts)]}"
            found.append(Arrival(at, team, category, those[k % len(those)], text, tale, name))

    many(round(size.outage * 0.6), 0, "outage", OUTAGE, stamp("03-23", 12), HOUR, "outage")
    many(round(size.outage * 0.4), 1, "outage", OUTAGE, stamp("03-23", 12), HOUR, "outage")
    for day in ("02-23", "02-24", "02-25"):  # nine in the morning of the 24th to 26th in Sydney
        many(size.slow, 3, "delivery", SLOW, stamp(day, 22), 5 * HOUR, "slow")
    many(size.alike, 1, "", (CRASH,), stamp("03-12", 9), 6 * HOUR, "crash")
    many(size.alike, 2, "other", (EMPTY,), stamp("04-09", 1), 6 * HOUR, "empty")
    loud = company.chance.choice(company.customers)
    for k in range(size.slow):
        at = stamp("03-07", 14) + k * GRID  # on a Saturday night, when nobody else has anything to say
        found.append(Arrival(at, 2, "product", loud, f"wish {k} for a newer model", f"loud {k}"))
    return found


class Words:
    """What customers say, no two of a customer's texts alike, but for a few that are the same trouble again."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.said: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)

    def of(self, customer: str, category: str, at: int) -> tuple[str, str]:
        """A text, and the tale it tells."""
        chance, before = self.company.chance, self.said[customer]
        back = [one for one in before if at - one[0] < 80 * DAY and one[3] not in ("praise", "idea")]
        _, words, tale, _ = chance.choice(back) if back else (0, "", "", "")
        again = category in NAMELESS and back and chance.random() < 0.12
        if again and all(unlike(words, one[1]) for one in before if one[2] != tale):
            words = words if words.endswith(" again") else f"{words} again"
        else:
            # Only where one of two has no category are their texts compared.
            words = tale = self._new([one[1] for one in before if NAMELESS & {category, one[3]}])
        before.append((at, words, tale, category))
        return words, tale

    def _new(self, before: list[str]) -> str:
        chance = self.company.chance
        for _ in range(LONGEST_TRIES):
            words = f"{chance.choice(THINGS)} {chance.choice(FAULTS)} {chance.choice(PLACES)}"
            if all(unlike(words, one) for one in before):
                return words
        raise AssertionError("there are not enough words for such a customer")


def unlike(one: str, other: str) -> bool:
    """Whether nobody would take two texts for the same trouble, by far."""
    return fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other) < 130
