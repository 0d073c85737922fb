"""Earlier issues that read like one: what comes back, for the same customer first, then for others.

Words are compared, not meanings: near-copies are found, the same problem in other words is not. Measured on the pairs
of ``tests/alike_pairs.py``; ``tests/test_repeats.py`` holds it to that.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz, process

from storage import search
from storage.database import Database, Row
from storage.history import TOLD_ONCE
from storage.models import Issue

K = TypeVar("K")

ALIKE = 81  # of 100; from 81 to 85 no unlike pair passes and hardly a like one is lost
DAY = 86400  # seconds
ALIKE_FOR = 365 * DAY  # how far back a like one is worth telling
COMING_BACK_FOR = 90 * DAY  # how far back a category counts as coming back (brief, section 8)
NEVER_A_PROBLEM = ("praise", "idea")  # logged, and counted in nothing that goes wrong
DIFFERS = "said to differ"  # the audit entry of **Not the same**; its detail is the other's number

# How much is looked through, so that a log costs the same with a million issues as with a thousand.
OF_CUSTOMER = 60  # newest issues of the customer
MOST_WORDS = 6  # of the summary, the longest: they tell most
OF_WORD = 30  # newest issues that hold one of them
COMPARED = 30  # those of them that share most

# Words that say nothing of what went wrong; days and months, which say when.
EMPTY = frozenset(
    """
    a an and are as at be been by but came can cannot could did do does don didn down for from get gets
    go goes got had has have he her his i in is isn it its me my no not of off on or our out s she so
    still t that the their them then there they this to too up us very was we went were when while who
    will with without you your again once more please since today yesterday tonight morning afternoon
    january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday
    """.split()
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An issue logged before; ``likeness`` is 0 to 100, and 0 where only the category is the same."""

    id: int
    customer_id: int
    summary: str
    created_at: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """What came before an issue: the customer's like ones, closest first; their issues of its category; others'."""

    same: list[Earlier]
    category: list[Earlier]
    others: list[Earlier]


def like(db: Database, issue: Issue, most: int, person_id: str | None = None) -> list[Earlier]:
    """Earlier issues that read like this one, up to ``most``: the same customer's, then others', each closest first.

    With ``person_id``, those alone that this person owns or reported.
    """
    found = repeats(db, issue, person_id, others=True)
    return (found.same + found.others)[:most]


def repeats(db: Database, issue: Issue, person_id: str | None = None, *, others: bool = False) -> Repeats:
    """What this issue repeats; other customers' issues are looked at if there is none of the same, or if asked for."""
    if issue.category in NEVER_A_PROBLEM:
        return Repeats([], [], [])
    words = telling(issue.summary)
    differing = _said_to_differ(db, issue.id)
    theirs = [row for row in _of_customer(db, issue, person_id) if row["id"] not in differing]
    same = _closest(words, theirs)
    back = [row for row in theirs if issue.created_at - row["created_at"] <= COMING_BACK_FOR]
    category = [_earlier(row, 0) for row in back if issue.category and row["category"] == issue.category]
    if same and not others:
        return Repeats(same, category, [])
    elsewhere = [row for row in _sharing(db, issue, words, person_id) if row["id"] not in differing]
    return Repeats(same, category, _closest(words, elsewhere))


@lru_cache(4_096)  # a log compares with the newest issues, and the next log with most of them again
def telling(summary: str) -> str:
    """The words that say what went wrong, sorted; all of them, if none does."""
    words = search.plain(summary)
    return " ".join(sorted([word for word in words if word not in EMPTY] or words))


def near(words: str, texts: Mapping[K, str]) -> dict[K, float]:
    """Those of some texts that read like these words, with their likeness: ``ALIKE`` to 100. Both by ``telling``.

    The mean of two measures of rapidfuzz: ``token_set_ratio`` forgives words that only one has, and alone takes
    "broken" for all that is broken; ``ratio``, of sorted words, does not, and alone loses what somebody told at length.
    """
    in_order = process.extract(words, texts, scorer=fuzz.ratio, score_cutoff=2 * ALIKE - 100, limit=None)
    means = {key: (fuzz.token_set_ratio(words, text) + score) / 2 for text, score, key in in_order}
    return {key: mean for key, mean in means.items() if mean >= ALIKE}


def _closest(words: str, rows: list[Row]) -> list[Earlier]:
    like = near(words, {row["id"]: telling(row["summary"]) for row in rows})
    found = [_earlier(row, like[row["id"]]) for row in rows if row["id"] in like]
    return sorted(found, key=lambda one: (-one.likeness, -one.id))


def _earlier(row: Row, likeness: float) -> Earlier:
    return Earlier(row["id"], row["customer_id"], row["summary"], row["created_at"], likeness)


_COLUMNS = "SELECT issues.id, issues.customer_id, issues.summary, issues.category, issues.created_at FROM issues"
_COUNTS = (
    f" AND issues.created_at >= :since AND COALESCE(issues.category, '') NOT IN ('praise', 'idea') AND {TOLD_ONCE}"
)


def _theirs(person_id: str | None) -> str:
    return " AND :person_id IN (issues.owner_id, issues.reporter_id)" if person_id else ""


def _of_customer(db: Database, issue: Issue, person_id: str | None) -> list[Row]:
    return db.rows(
        f"{_COLUMNS} WHERE issues.customer_id = :customer_id AND issues.id < :id {_COUNTS} {_theirs(person_id)}"
        " ORDER BY issues.created_at DESC LIMIT :most",
        customer_id=issue.customer_id,
        id=issue.id,
        since=issue.created_at - ALIKE_FOR,
        person_id=person_id,
        most=OF_CUSTOMER,
    )


def _sharing(db: Database, issue: Issue, words: str, person_id: str | None) -> list[Row]:
    """Other customers' newest issues that share most words with this one, each word worth more the rarer it is."""
    worth: Counter[int] = Counter()
    for word in sorted(words.split(), key=len, reverse=True)[:MOST_WORDS]:
        holding = search.numbers(db, [word], most=OF_WORD, below=issue.id)
        last = holding[-1] if len(holding) == OF_WORD else 0
        rarity = issue.id - last  # the further back its newest hits reach, the rarer it is
        worth.update(dict.fromkeys(holding, rarity))
    best = [number for number, _ in sorted(worth.items(), key=lambda one: (-one[1], -one[0]))[:COMPARED]]
    return _rows(db, best, issue, person_id) if best else []


def _rows(db: Database, numbers: list[int], issue: Issue, person_id: str | None) -> list[Row]:
    places = {f"n{place}": number for place, number in enumerate(numbers)}
    return db.rows(
        f"{_COLUMNS} WHERE issues.id IN ({', '.join(f':{name}' for name in places)})"
        f" AND issues.customer_id <> :customer_id {_COUNTS} {_theirs(person_id)}",
        customer_id=issue.customer_id,
        since=issue.created_at - ALIKE_FOR,
        person_id=person_id,
        **places,
    )


def _said_to_differ(db: Database, issue_id: int) -> set[int]:
    rows = db.rows(
        "SELECT detail FROM audit WHERE record_id = :id AND deed = :deed AND detail IS NOT NULL",
        id=issue_id,
        deed=DIFFERS,
    )
    return {int(row["detail"]) for row in rows}
