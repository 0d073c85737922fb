"""The company of the simulated quarter: four teams in four zones, their hours and holidays, people and customers."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60, 3600, 86400
GRID = 5 * MINUTE  # seconds: people do things at such times, so that one look of the worker serves several
SUNDAY = int(datetime(2026, 2, 15, 6, tzinfo=UTC).timestamp())  # setting up, the day before it begins
BEGIN = int(datetime(2026, 2, 16, tzinfo=UTC).timestamp())  # a Monday
END = int(datetime(2026, 5, 18, tzinfo=UTC).timestamp())  # thirteen weeks later, in which three zones change clocks

# Two nights of the machine: after the first it wakes within everybody's hours or long after, after the second not.
ASLEEP = (
    (datetime(2026, 3, 18, 6, tzinfo=UTC), datetime(2026, 3, 18, 14, 30, tzinfo=UTC)),
    (datetime(2026, 4, 14, 21, tzinfo=UTC), datetime(2026, 4, 15, 17, 30, tzinfo=UTC)),
)
SLEEPS = tuple((int(begin.timestamp()), int(end.timestamp())) for begin, end in ASLEEP)


@dataclass(frozen=True)
class Team:
    """A team as its managers set it up; the holidays are what its government says, written down by hand."""

    name: str
    zone: str
    opens: int  # minutes after midnight
    closes: int
    country: str
    holidays: frozenset[date]
    share: float  # of all that happens

    @property
    def channel(self) -> str:
        return f"#{self.name}-desk"


def days(*those: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"2026-{day}") for day in those)


TEAMS = (
    Team("york", "America/New_York", 540, 1020, "US", days("01-19", "02-16"), 0.35),
    Team("london", "Europe/London", 510, 1050, "GB-ENG", days("04-03", "04-06", "05-04"), 0.3),
    Team("tokyo", "Asia/Tokyo", 600, 1080, "JP", days("02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05",
         "05-06"), 0.15),
    Team("sydney", "Australia/Sydney", 540, 1020, "AU-NSW", days("01-26", "04-03", "04-04", "04-05", "04-06", "04-25",
         "04-27"), 0.2),
)  # fmt: skip

NAMES = """Ava Ben Cleo Dario Elsa Finn Gita Hugo Iris Jonas Kira Leon Mina Noah Olga Pavel Quinn Rosa Sven Tara Umar
Vera Wim Xenia Yusuf Zoe Aldo Bice Carl Dora Emil Fara Gus Hana Ivan Jade Kofi Lara Milo Nina Otto Pia Ravi Saga Theo
Una Vito Wanda Yara Zeno Amir Britt Cem Dina Enzo Flora Goran Helga Igor Jana""".split()

FIRST = """Alder Basalt Cedar Dover Ember Falcon Granite Harbor Indigo Juniper Kestrel Lantern Maple Nimbus Orchard
Pebble Quarry Raven Saffron Timber Umber Velvet Willow Xylo Yarrow Zephyr Anchor Birch Copper Delta Elm Fjord Glacier
Hazel Ivory Jasper Krypton Lotus Marble Nectar""".split()
LAST = """Freight Labs Motors Foods Textiles Optics Studios Hotels Energy Books Clinics Tools Marine Rail Dairy Paints
Toys Glass Farms Media""".split()

CATEGORIES = ("billing", "delivery", "product", "service", "outage", "praise", "idea", "other", "")
SHARES = (0.2, 0.18, 0.19, 0.13, 0.03, 0.07, 0.05, 0.05, 0.1)


@dataclass(frozen=True)
class Size:
    """How much of a quarter is lived."""

    people: int
    customers: int
    issues: int
    promises: int
    outage: int  # issues of the outage, in an hour
    slow: int  # of the slow deliveries, on each of three days
    alike: int  # that read alike, in a day


WHOLE = Size(60, 800, 6000, 9000, 300, 24, 14)
TENTH = Size(12, 80, 600, 900, 40, 7, 7)


@dataclass
class Company:
    """Who is where, by chance of a seed."""

    size: Size
    chance: random.Random
    people: list[list[str]] = field(default_factory=list)  # by team; the first leads it, the second is its backup
    customers: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        each = self.size.people // len(TEAMS)
        named = NAMES[: self.size.people]
        self.people = [named[n * each : (n + 1) * each] for n in range(len(TEAMS))]
        every = [f"{first} {last}" for last in LAST for first in FIRST]
        self.customers = sorted(self.chance.sample(every, self.size.customers))
        self.chance.shuffle(self.customers)
        # Few have much to say and many little, as with customers everywhere.
        self.weights = [1 / (n + 30) for n in range(len(self.customers))]

    def customer(self) -> str:
        return self.chance.choices(self.customers, self.weights)[0]

    def team_of(self, person: str) -> Team:
        return next(team for team, those in zip(TEAMS, self.people, strict=True) if person in those)


def local(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))


def moment(day: date, minute: int, zone: str) -> int:
    """The first minute of a local day whose clock shows this time or a later one, found by looking at each."""
    at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + (minute - 15 * 60) * MINUTE
    while (clock := local(at, zone)).date() < day or (clock.date() == day and clock.hour * 60 + clock.minute < minute):
        # Whole hours are leapt over while it is far off, for the sake of time.
        ahead = (day - clock.date()).days * 1440 + minute - clock.hour * 60 - clock.minute
        at += MINUTE * max(5, ahead - 180)
    return at


def midnight(at: int, zone: str, ahead: int = 0) -> int:
    """The midnight that began the local day of a moment, or so many days later."""
    return moment(local(at, zone).date() + timedelta(days=ahead), 0, zone)


def works(team: Team, day: date) -> bool:
    return day.weekday() < 5 and day not in team.holidays
