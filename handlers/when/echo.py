"""Times as they are told: the full echo, and the short label of a button."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from handlers.when.words import MONTH_NAMES, WEEKDAY_NAMES
from handlers.when.zones import by_city, load, spoken


def local(at: int, zone: tzinfo) -> datetime:
    """The wall clock of a zone at a Unix second."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).astimezone(zone)


def say(at: int, zone: str, now: int | None = None) -> str:
    """A time in full: "Friday 27 November 2026, 3:00 pm New York time (EST)"; reading it gives the same minute.

    With ``now``, in Unix seconds, today and tomorrow are called so in front.
    """
    known = load(zone)
    there = local(at, known or UTC)
    near = ""
    if now is not None:
        near = {0: "today, ", 1: "tomorrow, "}.get((there.date() - local(now, known or UTC).date()).days, "")
    name = spoken(zone) if known else "UTC"
    if "/" not in zone and name != "UTC" and by_city().get(name.removesuffix(" time").lower()) is None:
        name = f"UTC{there:%z}"  # old names such as CET and EST5EDT are no places
    season = f" ({there.tzname()})" if name.endswith("time") else ""
    return f"{near}{_date(there.date())} {there.year}, {clock(there)} {name}{season}"


def _date(day: date) -> str:
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"


def clock(there: datetime) -> str:
    """The clock time of a moment: "3:00 pm"."""
    return f"{there.hour % 12 or 12}:{there.minute:02d} {'am' if there.hour < 12 else 'pm'}"


def label(at: int, zone: str, now: int, own: str) -> str:
    """What a button says: "Tomorrow, Tue 24 Nov, 3:00 pm", with the zone where it is not the person's own."""
    known = load(zone) or UTC
    there, here = local(at, known), local(now, known)
    day = f"{WEEKDAY_NAMES[there.weekday()][:3]} {there.day} {MONTH_NAMES[there.month - 1][:3]}"
    if there.year != here.year:
        day += f" {there.year}"
    near = {0: "Today, ", 1: "Tomorrow, "}.get((there.date() - here.date()).days, "")
    place = "" if zone == own else f" {spoken(zone)}"
    if there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset():
        place = f" ({there.tzname()})" if not place else f"{place} ({there.tzname()})"
    return f"{near}{day}, {clock(there)}{place}"


def without(text: str, span: tuple[int, int]) -> str:
    """The text with the characters of a span taken out, and spaces and stray marks about the gap tidied."""
    before, behind = text[: span[0]], text[span[1] :]
    before = (
        re.sub(r"[\s,;(\u2013\u2014-]{0,20}\Z", "", before[-24:])
        if len(before) < 25
        else before[:-24] + re.sub(r"[\s,;(\u2013\u2014-]{0,20}\Z", "", before[-24:])
    )
    behind = (
        re.sub(r"\A[\s,;)\u2013\u2014]+", " ", behind) if before else re.sub(r"\A[\s,;:.)\u2013\u2014-]+", "", behind)
    )
    if behind.strip() and not behind[0].isspace() and before and behind[0].isalnum():
        behind = f" {behind}"
    return (before + behind).strip()
