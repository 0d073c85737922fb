"""Customers at risk: who they are, why, and whom to call (brief, section 8)."""

from handlers import text
from handlers.blocks import Bold, Item
from handlers.callbacks.whom import spoken
from storage import contacts, customers, feedback, history, risk
from storage.database import Database
from storage.models import Customer
from storage.scope import Scope

PERIOD = 90 * 86400  # seconds
SILENCE = 7 * 86400  # seconds without contact while something is open
TIMES = {1: "once", 2: "twice"}
UNHAPPY = "unhappy"
EVERYBODY = Scope()


AtRisk = tuple[Customer, list[str]]


def found(db: Database, now: int, most: int, scope: Scope = EVERYBODY) -> tuple[list[AtRisk], int]:
    """Customers at risk with the reasons in words, up to ``most``, and how many there are.

    With a scope, those alone with whom there was anything in these records. Those with the most reasons come first,
    then it goes by name.
    """
    stand_in = customers.by_name(db, customers.UNKNOWN)
    ranked, total = risk.ranked(
        db, scope, since=now - PERIOD, before=now - SILENCE, most=most, but=stand_in.id if stand_in else 0
    )
    ranked.sort(key=lambda one: (-one["signs"], one["name"].casefold(), one["customer_id"]))
    shown = [(customers.find(db, one["customer_id"]), one["is_silent"]) for one in ranked[:most]]
    return [(one, _reasons(db, one.id, now, is_silent=is_silent)) for one, is_silent in shown if one], total


def _reasons(db: Database, customer_id: int, now: int, *, is_silent: bool) -> list[str]:
    """Why a customer is at risk, in words."""
    since = now - PERIOD
    unhappy, broken = risk.unhappy(db, customer_id, since), risk.broken(db, customer_id, since)
    reasons = [f"{UNHAPPY} {_times(unhappy)}{_why(db, customer_id)}"] if unhappy >= 2 else []
    if broken:
        reasons.append("a promise broken" if broken == 1 else f"{broken} promises broken")
    reasons += [f"{category} {_times(times)}" for category, times in history.comes_back(db, customer_id, since)]
    if is_silent:
        waited = text.waited(now - risk.open_since(db, customer_id, now - SILENCE))
        reasons.append(f"open for {waited}, no contact for 7 days or more")
    return reasons


def _why(db: Database, customer_id: int) -> str:
    """What made an unhappy customer so the last time it was said."""
    why = next((one.reason for one in feedback.latest(db, customer_id, 10) if one.mood == UNHAPPY and one.reason), None)
    return f", lately: {text.clip(why, 100)}" if why else ""


def _times(times: int) -> str:
    return TIMES.get(times, f"{times} times")


def line(db: Database, customer: Customer, reasons: list[str]) -> Item:
    """One customer at risk: the name, why, whom to call."""
    known = contacts.of_customer(db, customer.id)
    call = f" · call {text.clip(spoken(known[0]), 150)}" if known else " · nobody to call is known yet"
    return ["• ", Bold(customer.name), f" · {'; '.join(reasons)}{call}"]
