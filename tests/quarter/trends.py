"""The rule of section 9, read from the brief alone and recomputed slowly; and what it found beside what was planted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt

from bot.sandbox.world import Message
from tests.quarter.raw import UNKNOWN, Issue, Raw
from tests.quarter.world import DAY, TEAMS, local

NAMELESS = ("", "other")
CATEGORY = re.compile(r"([A-Z][a-z]+) is rising: ([\d,]+) issues from ([\d,]+) customers in 24 hours")
TEXTS = re.compile(r"The same from many · “(.+?)”: ([\d,]+) issues from ([\d,]+) customers in 24 hours")

# What was planted where, and on which days of the team.
PLANTED = {
    (0, "outage"): ("03-23",),
    (1, "outage"): ("03-23",),
    (3, "delivery"): ("02-24", "02-25", "02-26"),
    (1, "crash"): ("03-12",),
    (2, "empty"): ("04-09",),
}


@dataclass(frozen=True, order=True)
class Alert:
    """That something rose, in a team, on a day of the team's."""

    team: int
    what: str  # a category, or the tale of texts that read alike
    day: date


@dataclass(frozen=True)
class Seen:
    """An alert at its latest: how many issues and customers it tells of, and when it came first."""

    at: int
    issues: int
    customers: int


def group(one: Issue) -> str:
    return one.tale if one.category in NAMELESS else one.category


def expected(raw: Raw, begin: int) -> dict[Alert, Seen]:
    """Every alert of the time from ``begin`` on, by looking at each moment at which anything was logged."""
    found: dict[Alert, Seen] = {}
    of_group: dict[tuple[int, str], list[Issue]] = {}
    for one in sorted(raw.issues, key=lambda one: (one.at, one.number)):
        if one.is_problem:
            of_group.setdefault((one.team, group(one)), []).append(one)
    for (team, what), those in of_group.items():
        for now in sorted({one.at for one in those if one.at >= begin}):
            seen = rises(those, now)
            if seen:
                alert = Alert(team, what, local(now, TEAMS[team].zone).date())
                found[alert] = Seen(found.get(alert, seen).at, seen.issues, seen.customers)
    return found


def rises(those: list[Issue], now: int) -> Seen | None:
    """Whether a category, or a group of like texts, rises at this moment."""
    told = [one for one in those if one.at <= now and not (one.duplicate and (one.solved or 0) <= now)]
    window = [one for one in told if now - DAY < one.at]
    customers = {one.customer for one in window} - {UNKNOWN}
    if now - told[0].at < 14 * DAY if told else True:
        is_one = len(customers) >= 5
    else:
        mean = sum(now - 29 * DAY < one.at <= now - DAY for one in told) / 28
        is_one = len(customers) >= 3 and len(window) >= 1 + mean + 4 * sqrt(mean)
    return Seen(now, len(window), len(customers)) if is_one else None


def posted(raw: Raw, messages: dict[int, Iterable[Message]]) -> tuple[dict[Alert, Seen], list[str]]:
    """The alerts that stand in the teams' channels, and what cannot be understood of them."""
    found: dict[Alert, Seen] = {}
    wrong = []
    for team, those in messages.items():
        for message in those:
            at = int(float(message.ts))
            head = message.text.split("\n")[0]
            named = CATEGORY.match(head) or TEXTS.match(head)
            if named is None:
                wrong.append(f"{TEAMS[team].channel}: cannot be read: {head}")
                continue
            what = named[1].lower() if named.re is CATEGORY else _tale(raw, team, named[1])
            alert = Alert(team, what, local(at, TEAMS[team].zone).date())
            if alert in found:
                wrong.append(f"twice: {alert}")
            found[alert] = Seen(at, int(named[2].replace(",", "")), int(named[3].replace(",", "")))
    return found, wrong


def _tale(raw: Raw, team: int, words: str) -> str:
    return next((one.tale for one in raw.issues if one.team == team and one.words == words), f"unknown: {words}")


def unplanted(alerts: Iterable[Alert]) -> list[Alert]:
    """Those on none of the days something was planted on, nor on the day after, while it is in the 24 hours."""
    left = []
    for alert in alerts:
        days = [date.fromisoformat(f"2026-{day}") for day in PLANTED.get((alert.team, alert.what), ())]
        if not any(0 <= (alert.day - day).days <= 1 for day in days):
            left.append(alert)
    return left


def not_found(alerts: Iterable[Alert]) -> list[Alert]:
    """What was planted and told of on no day of it; each day of the slow deliveries is one."""
    there = set(alerts)
    wanted = ((team, what, day) for (team, what), days in PLANTED.items() for day in days)
    alerts = (Alert(team, what, date.fromisoformat(f"2026-{day}")) for team, what, day in wanted)
    return [alert for alert in alerts if alert not in there]
