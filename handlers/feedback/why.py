"""`/feedback list`: why customers are happy or unhappy, in one screen. Like reasons are counted together.

Two reasons are alike when more than half of the words that matter of the shorter one stand in the other: simple, and
said beneath the list, so that nobody takes it for more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from handlers import line, names, text
from handlers.blocks import Bold, Item
from handlers.feedback import moods
from handlers.said import Reply, Said, tell
from storage import customers, feedback
from storage.database import Database
from storage.models import Customer, Feedback

DAYS = 90  # as for customers at risk (brief, section 8)
MOST_READ = 2000  # of the latest; counts by mood are of all
MOST_SHOWN = 5  # groups of reasons for each mood
MOST_NAMED = 3  # customers of a group
REASON_SHOWN = 120  # characters
HEADINGS = {"unhappy": "Why unhappy", "unsure": "Why unsure", "happy": "Why happy"}
# Words that say nothing of the reason itself.
EMPTY = frozenset(
    "a about again always an and are as at be because been but by for from get gets got had has have he her his i in is"
    " it its just keeps more most my no not of on or our really s she so still t that the their them there they this to"
    " too us very was we were when which with you your".split()
)


@dataclass(slots=True)
class Group:
    """Reasons that read alike: the latest one's words, and whose they are."""

    words: str
    marks: frozenset[str]
    given: list[Feedback] = field(default_factory=list)


def significant(reason: str) -> frozenset[str]:
    """The words of a reason that matter, folded, without the endings of the plural."""
    return frozenset(_singular(word) for word in customers.fold(reason).split() if word not in EMPTY)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return re.sub(r"(?<=[^s])s$", "", word) if len(word) > 3 else word


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two reasons say the same, by the words that matter."""
    return one == other or 2 * len(one & other) > min(len(one), len(other)) > 0


def grouped(given: Iterable[Feedback]) -> list[Group]:
    """Those with a reason, like ones together; the most frequent first, then the latest."""
    groups: list[Group] = []
    for each in given:
        if not each.reason:
            continue
        marks = significant(each.reason)
        same = next((group for group in groups if are_alike(group.marks, marks)), None)
        if same is None:
            groups.append(same := Group(each.reason, marks))
        same.given.append(each)
    return sorted(groups, key=lambda group: -len(group.given))


def listed(db: Database, said: Said, words: str) -> Reply:
    """How customers, or one of them, feel and why."""
    name = line.readable(db, words).strip().rstrip(":")
    customer = None
    if name:
        named = line.spelled(db, name, "")
        customer = named.customer
        if customer is None:
            near = f" Did you mean {line.either(named.rivals)}?" if named.rivals else ""
            return tell(f"I know no customer called “{name}”.{near}", "Type: /feedback list, or /feedback list Acme")
    return tell(*_screen(db, said.now - DAYS * 86400, customer))


def _screen(db: Database, begin: int, customer: Customer | None) -> list[Item]:
    customer_id = customer.id if customer else None
    counted = feedback.counts(db, begin, customer_id=customer_id)
    who = customer.name if customer else "Customers"
    if not counted:
        return [
            f"{who}: nobody has noted how they feel in the last {DAYS} days. To note it: /feedback Acme unhappy why"
        ]
    told: list[Item] = [[Bold(who), f", in the last {DAYS} days: {_summary(counted)}"]]
    latest = feedback.since(db, begin, customer_id=customer_id, most=MOST_READ)
    groups = {mood: grouped(one for one in latest if one.mood == mood) for mood in HEADINGS}
    for mood, heading in HEADINGS.items():
        told += _reasons(db, heading, groups[mood], [one for one in latest if one.mood == mood], customer)
    if any(len(group.given) > 1 for several in groups.values() for group in several):
        told.append("Reasons are counted together where most of their words are the same; the latest one's are shown.")
    if sum(counted.values()) > len(latest):
        told.append(f"The reasons are those of the latest {MOST_READ}.")
    return told


def _summary(counted: dict[str, int]) -> str:
    told = [f"{counted[mood]} {mood}" for mood in ("happy", "unsure", "unhappy") if counted.get(mood)]
    return ", ".join([*told, *([f"{counted['']} {moods.NOT_ASKED}"] if counted.get("") else [])])


def _reasons(
    db: Database, heading: str, groups: list[Group], given: list[Feedback], customer: Customer | None
) -> list[Item]:
    if not given:
        return []
    told: list[Item] = [[Bold(heading)]]
    for group in groups[:MOST_SHOWN]:
        times = f" ({len(group.given)} times)" if len(group.given) > 1 else ""
        whose = "" if customer else f" · {_whose(db, group.given)}"
        told.append(f"• {text.clip(group.words, REASON_SHOWN)}{whose}{times}")
    if len(groups) > MOST_SHOWN:
        told.append(f"+{text.count(len(groups) - MOST_SHOWN, 'more reason')}: /feedback list Acme shows a customer's")
    if silent := sum(not one.reason for one in given):
        told.append(f"• no reason noted: {silent}")
    return told


def _whose(db: Database, given: list[Feedback]) -> str:
    ids = list(dict.fromkeys(one.customer_id for one in given))
    told = [names.customer(db, customer_id) for customer_id in ids[:MOST_NAMED]]
    more = len(ids) - MOST_NAMED
    return text.listed([*told, f"{more} more"] if more > 0 else told)
