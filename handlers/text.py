"""Words on their way in and out: Slack's escaping, names, times shown. Pure."""

import html
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# What Slack makes of a typed address, @here, @group or #channel; anything else in <…> is left to be escaped.
ENTITY = re.compile(
    r"<(?:(?P<link>https?://[^|>]+|mailto:[^|>]+)|(?P<sign>[@#!])(?P<id>[^|>]+))(?:\|(?P<label>[^>]*))?>"
)


def unescape(words: str) -> str:
    """Slack's ``&amp; &lt; &gt;`` and its ``<https://…|label>`` as the person typed them, spaces made plain."""
    return html.unescape(ENTITY.sub(_as_typed, words)).replace("\xa0", " ").strip()


def _as_typed(entity: re.Match[str]) -> str:
    if entity["link"]:
        return entity["label"] or entity["link"].removeprefix("mailto:")
    sign = "#" if entity["sign"] == "#" else "@"
    return sign + (entity["label"] or entity["id"].partition("^")[0]).lstrip("@#")


def escape(words: str) -> str:
    """Words made safe for a ``text`` field: they ping nobody and link nowhere (slack-facts.md 1.7)."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(words: str, most: int) -> str:
    """Words on one line, cut with an ellipsis beyond ``most`` characters; the whole stands in the record."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def within(escaped: str, most: int) -> str:
    """Escaped words cut with an ellipsis beyond ``most`` bytes; no letter and no entity is torn."""
    if len(escaped.encode()) <= most:
        return escaped
    cut = escaped.encode()[: most - len("…".encode())].decode(errors="ignore")
    return re.sub(r"&[a-z]*$", "", cut) + "…"


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 issue``, ``3 issues``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: list[str], last: str = "and") -> str:
    """Words as a person lists them: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def waited(seconds: int) -> str:
    """A stretch of time in rough words: ``under a minute``, ``25 minutes``, ``3 hours``, ``2 days``."""
    if seconds < 60:
        return "under a minute"
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size * (2 if unit == "day" else 1):
            return count(seconds // size, unit)
    return ""


def local(at: int, zone: str) -> datetime:
    """A Unix time on the wall clock of an IANA zone."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))


def clock(at: int, zone: str) -> str:
    """The time of day: ``3 pm``, ``2:45 pm``."""
    moment = local(at, zone)
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def moment(at: int, zone: str, now: int) -> str:
    """A time as people near it say it: ``today at 3 pm``, ``tomorrow at 9 am``, ``Fri 27 Nov at 3 pm``."""
    day, today = local(at, zone).date(), local(now, zone).date()
    names = {0: "today", 1: "tomorrow", -1: "yesterday"}
    named = names.get((day - today).days)
    if named is None:
        year = f" {day.year}" if day.year != today.year else ""
        named = f"{day:%a} {day.day} {day:%b}{year}"
    return f"{named} at {clock(at, zone)}"


def zone_name(at: int, zone: str) -> str:
    """A zone as people call it at that time: ``EST``, or its city where it has no letters of its own."""
    letters = local(at, zone).strftime("%Z")
    return letters if letters.isalpha() else zone.rpartition("/")[2].replace("_", " ")
