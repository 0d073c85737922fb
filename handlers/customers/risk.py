"""Customers at risk: who they are, why, and whom to call (brief, section 8)."""

from handlers import text
from handlers.blocks import Bold, Item
from handlers.callbacks.whom import spoken
from storage import contacts, customers, feedback, risk
from storage.database import Database
from storage.models import Customer

PERIOD = 90 * 86400  # seconds
SILENCE = 7 * 86400  # seconds without contact while something is open
TIMES = {1: "once", 2: "twice"}
UNHAPPY = "unhappy"


AtRisk = tuple[Customer, list[str]]


def found(db: Database, now: int, most: int, among: set[int] | None = None) -> tuple[list[AtRisk], int]:
    """Customers at risk with the reasons in words, up to ``most``, and how many there are; ``among`` these alone.

    Those with the most reasons come first, then it goes by name.
    """
    reasons = {one: why for one, why in _reasons(db, now).items() if among is None or one in among}
    ranked = sorted(reasons, key=lambda one: -len(reasons[one]))
    least = len(reasons[ranked[:most][-1]]) if ranked else 0
    shown = [customer for one in ranked if len(reasons[one]) >= least and (customer := customers.find(db, one))]
    shown.sort(key=lambda one: (-len(reasons[one.id]), one.name.casefold(), one.id))
    return [(one, _with_why(db, one.id, reasons[one.id])) for one in shown[:most]], len(reasons)


def _reasons(db: Database, now: int) -> dict[int, list[str]]:
    """The reasons by customer, without those forgotten and the stand-in for those nobody has said yet."""
    signs = [(row["customer_id"], f"{UNHAPPY} {_times(row['times'])}") for row in risk.unhappy_twice(db, now - PERIOD)]
    for customer_id, times in risk.broken(db, now - PERIOD).items():
        signs.append((customer_id, "a promise broken" if times == 1 else f"{times} promises broken"))
    signs += [
        (row["customer_id"], f"{row['category']} {_times(row['times'])}") for row in risk.repeats(db, now - PERIOD)
    ]
    for customer_id, at in risk.silent(db, now - SILENCE).items():
        signs.append((customer_id, f"open for {text.waited(now - at)}, no contact for 7 days or more"))
    stand_in = customers.by_name(db, customers.UNKNOWN)
    nobody = customers.forgotten(db) | ({stand_in.id} if stand_in else set())
    reasons: dict[int, list[str]] = {}
    for customer_id, words in signs:
        if customer_id not in nobody:
            reasons.setdefault(customer_id, []).append(words)
    return reasons


def _times(times: int) -> str:
    return TIMES.get(times, f"{times} times")


def _with_why(db: Database, customer_id: int, reasons: list[str]) -> list[str]:
    """The reasons, with what made an unhappy customer so the last time it was said."""
    unhappy = (one.reason for one in feedback.latest(db, customer_id, 10) if one.mood == UNHAPPY and one.reason)
    why = next(unhappy, None) if reasons[0].startswith(UNHAPPY) else None
    return [f"{reasons[0]}, lately: {text.clip(why, 100)}", *reasons[1:]] if why else reasons


def line(db: Database, customer: Customer, reasons: list[str]) -> Item:
    """One customer at risk: the name, why, whom to call."""
    known = contacts.of_customer(db, customer.id)
    call = f" · call {text.clip(spoken(known[0]), 150)}" if known else " · nobody to call is known yet"
    return ["• ", Bold(customer.name), f" · {'; '.join(reasons)}{call}"]
