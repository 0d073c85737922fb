"""When a digest comes: read from a line, said in words, turned into Unix seconds. Pure.

Days are digits as in a team's weekdays, Monday 0; a time of day is minutes after midnight.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from handlers import text
from handlers.when import zones

WEEKDAYS, DAILY, NINE = "01234", "0123456", 9 * 60
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SETS = {
    **dict.fromkeys(("weekdays", "weekday", "workdays", "workday"), WEEKDAYS),
    **dict.fromkeys(("weekends", "weekend"), "56"),
    **dict.fromkeys(("daily", "everyday", "day"), DAILY),
}
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?$")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
LOOK_AHEAD = 400  # days; a digest that finds none of its days in so many never comes


class UnreadError(Exception):
    """The line could not be read; the message says what to type."""


def read(words: str) -> tuple[int | None, str | None]:
    """The time of day and the days of a line such as ``9:00 weekdays``; None for what it does not say.

    Raises UnreadError with a sentence for the person, where a word or a time is not understood.
    """
    line = re.sub(r"(?<![a-z])([ap])\.?\s?m\b\.?", r"\1m", words.lower())
    line = re.sub(r"\b(work|working|business) days?\b", "weekdays", line)
    line = re.sub(r"(\d)\s+([ap]m)\b", r"\1\2", line)
    line = re.sub(r"\s*(?:[-–—]|\bto\b|\bthrough\b|\buntil\b)\s*", "-", line)
    minute: int | None = None
    days: set[str] = set()
    for word in re.split(r"[\s,;&+]+", line):
        if word in ("", "at", "on", "and", "every", "each", "the"):
            continue
        found = _days(word)
        if found:
            days |= set(found)
        elif minute is None:
            minute = _clock(word)
        else:
            raise UnreadError(f"I don't understand “{word}”.")
    return minute, "".join(sorted(days)) or None


def _clock(word: str) -> int:
    if word in ("noon", "midday", "midnight"):
        return 0 if word == "midnight" else 12 * 60
    found = CLOCK.match(word)
    if found is None:
        raise UnreadError(f"I don't understand “{word}”.")
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if hour > (12 if half else 23) or minute > 59 or (half and hour == 0):
        raise UnreadError(f"There is no time “{word}”.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif 1 <= hour <= 6 and not found[1].startswith("0"):  # a wrong time that looks right is the worst answer
        raise UnreadError(f"In the morning or in the evening? {hour}:{minute:02} am or {hour}:{minute:02} pm.")
    return hour * 60 + minute


def _days(word: str) -> str:
    if word in SETS:
        return SETS[word]
    first, _, last = word.partition("-")
    begin, end = _day(first), _day(last)
    if begin is None or (last and end is None):
        return ""
    if end is None:
        return str(begin)
    return "".join(str((begin + ahead) % 7) for ahead in range((end - begin) % 7 + 1))


def _day(word: str) -> int | None:
    short = word.rstrip(".").removesuffix("s")
    found = [number for number, name in enumerate(NAMES) if len(short) > 1 and name.lower().startswith(short)]
    return found[0] if len(found) == 1 else None


def say_days(days: str) -> str:
    """The days in words: ``Monday to Friday``, ``every day``, ``Monday, Wednesday and Friday``."""
    if days == DAILY:
        return "every day"
    if len(days) > 2 and days in DAILY:
        return f"{NAMES[int(days[0])]} to {NAMES[int(days[-1])]}"
    return text.listed([NAMES[int(day)] for day in days])


def say_clock(minute: int) -> str:
    """The time of day in words: ``9:00 am``."""
    hour, past = divmod(minute, 60)
    return f"{hour % 12 or 12}:{past:02} {'am' if hour < 12 else 'pm'}"


def zone_named(words: str) -> str | None:
    """The IANA zone a person means: its own name, a city, an abbreviation with one meaning; None if unknown."""
    name = " ".join(words.lower().split()).removesuffix(" time")
    seasonal = zones.SEASONAL.get(name, ())
    return (
        zones.by_name().get(name.replace(" ", "_"))
        or zones.by_city().get(name)
        or zones.GENERIC.get(name)
        or (seasonal[0] if len(seasonal) == 1 else None)
    )


def tz(zone: str) -> tzinfo:
    """The zone of this IANA name; UTC where the machine does not know it (any more)."""
    return zones.load(zone) or UTC


def local(at: int, zone: str) -> datetime:
    """The wall clock of a zone at a Unix second."""
    return (EPOCH + timedelta(seconds=at)).astimezone(tz(zone))


def midnight_after(at: int, zone: str) -> int:
    """The Unix second at which the local day of ``at`` is over."""
    day = local(at, zone).date() + ONE_DAY
    return instant(day, 0, zone) or at + 86400


def instant(day: date, minute: int, zone: str) -> int | None:
    """The Unix second of a time of day: right after the gap if the clocks skip it, the first if they repeat it.

    None where the whole day is skipped, as islands that change sides of the date line do.
    """
    wall = datetime.combine(day, time(*divmod(minute, 60)))
    behind, before = (_unix(wall.replace(tzinfo=tz(zone), fold=fold)) for fold in (0, 1))
    if _wall(behind, zone) == wall:
        return behind
    while behind - before > 1:  # in a gap the two readings lie on either side of it
        middle = (before + behind) // 2
        before, behind = (middle, behind) if _wall(middle, zone) < wall else (before, middle)
    return behind if _wall(behind, zone).date() == day else None


def _unix(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())


def _wall(at: int, zone: str) -> datetime:
    return local(at, zone).replace(tzinfo=None)


def next_at(
    after: int, days: str, minute: int, zone: str, *, last_on: date | None, is_holiday: Callable[[date], bool]
) -> int | None:
    """The first moment of a schedule after a Unix second, on a later local date than the last one; None if never."""
    day = local(after, zone).date()
    if last_on is not None and last_on >= day:
        day = last_on + ONE_DAY
    for ahead in range(LOOK_AHEAD):
        then = day + ahead * ONE_DAY
        if str(then.weekday()) in days and not is_holiday(then):
            at = instant(then, minute, zone)
            if at is not None and at > after:
                return at
    return None


def closes_week(day: date, days: str, working: str, is_holiday: Callable[[date], bool]) -> bool:
    """Whether the last digest of a week comes on this day: on the week's last working day that has one.

    A week begins after its longest rest, so that one from Sunday to Thursday ends on Thursday. Where no digest comes on
    a working day, the last day that has one counts.
    """
    begins = day - (day.weekday() - _first(working)) % 7 * ONE_DAY
    week = [one for ahead in range(7) if not is_holiday(one := begins + ahead * ONE_DAY)]
    with_digest = [one for one in week if str(one.weekday()) in days]
    at_work = [one for one in with_digest if str(one.weekday()) in working]
    return (at_work or with_digest)[-1:] == [day]


def _first(working: str) -> int:
    """The day on which a week of these working days begins, Monday 0."""

    def rest(day: int) -> int:
        return next((back for back in range(1, 8) if str((day - back) % 7) in working), 7)

    return max(map(int, sorted(working)), key=rest, default=0)
