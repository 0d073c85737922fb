"""A slow and obvious recomputation of a report's figures from what people typed, and when.

It shares nothing with the code it judges: no table, no query, no working day; it walks through every minute.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE, DAY = 60, 86400
NO_PROBLEM = ("praise", "idea")


@dataclass
class Told:
    """An issue as it was typed; times in Unix seconds."""

    number: int
    customer: str
    category: str
    owner: str
    at: int
    answered: int | None = None
    solved: int | None = None


@dataclass
class Given:
    """A promise as it was typed."""

    number: int
    customer: str
    owner: str
    at: int
    due: int
    issue: Told | None = None
    kept: int | None = None
    ended: tuple[str, int] | None = None
    moves: list[tuple[int, bool | None]] = field(default_factory=list)
    now_due: int = 0


@dataclass
class Desk:
    """A team as the oracle knows it."""

    zone: str
    opens: int  # minutes after midnight
    closes: int
    days: str
    holidays: set[date]


def minutes_at_work(desk: Desk, begin: int, end: int) -> int:
    """Minute after minute: the door opens when the clock first shows the hour, and closes when it first shows that."""
    zone, worked = ZoneInfo(desk.zone), 0
    at = begin - begin % MINUTE - 2 * DAY
    today, is_open, was_open = None, False, False
    while at < end:
        clock = datetime.fromtimestamp(at, UTC).astimezone(zone)
        if clock.date() != today:
            today, is_open, was_open = clock.date(), False, False
        minute = clock.hour * 60 + clock.minute
        if not was_open and minute >= desk.opens:
            is_open = was_open = str(today.weekday()) in desk.days and today not in desk.holidays
        if minute >= desk.closes:
            is_open = False
        worked += is_open and begin <= at
        at += MINUTE
    return worked


def rank(times: list[int], share: float) -> int:
    """The smallest of these times that at least such a share of them does not exceed."""
    return min(t for t in times if sum(u <= t for u in times) >= share * len(times) - 1e-9)


def took(desk: Desk, spans: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    times = [minutes_at_work(desk, begin, end) * MINUTE for begin, end in spans]
    return (len(times), rank(times, 0.5), rank(times, 0.9), max(times)) if times else (0, 0, 0, 0)


def promised(promises: list[Given], begin: int, end: int) -> dict[str, int]:
    found = dict.fromkeys(("on_time", "late", "broken", "waiting", "other", "neither"), 0)
    for one in promises:
        how, at = one.ended or ("", 0)
        if not begin <= one.due < end or how == "mistake":
            continue
        if how == "kept":
            found["on_time" if one.kept <= one.due + MINUTE else "late"] += 1
        elif how in ("called", "withdrawn"):
            found["neither" if at <= one.due else "other"] += 1
        else:
            found["broken" if how == "broken" else "waiting"] += 1
    return found


def past(
    desk: Desk,
    issues: list[Told],
    everybodys: list[Told],
    promises: list[Given],
    said: list[tuple[int, str, str]],
    begin: int,
    end: int,
):
    """Every figure of a period; what came back may have been somebody else's before."""
    problems = [one for one in issues if one.category not in NO_PROBLEM]
    real = [one for one in promises if not one.ended or one.ended[0] != "mistake"]
    moved = [one for one in real if any(begin <= at < end for at, _ in one.moves)]
    logged: dict[str, int] = {}
    for one in issues:
        if begin <= one.at < end:
            logged[one.category] = logged.get(one.category, 0) + 1
    again = [
        one
        for one in problems
        if begin <= one.at < end and one.category not in ("", "other")
        and any(o.customer == one.customer and o.category == one.category and o.number < one.number
                and one.at - 90 * DAY <= o.at for o in everybodys)
    ]  # fmt: skip
    feedback: dict[tuple[str, str], int] = {}
    for at, mood, reason in said:
        if begin <= at < end:
            feedback[mood, reason] = feedback.get((mood, reason), 0) + 1
    return {
        "promised": promised(promises, begin, end),
        "moved": len(moved),
        "untold": sum(any(told is False and begin <= at < end for at, told in one.moves) for one in moved),
        "broken": sum(bool(one.ended) and one.ended[0] == "broken" and begin <= one.ended[1] < end for one in real),
        "logged": logged,
        "answered": took(desk, [(o.at, o.answered) for o in problems if o.answered and begin <= o.answered < end]),
        "resolved": took(desk, [(o.at, o.solved) for o in problems if o.solved and begin <= o.solved < end]),
        "repeats": len(again),
        "feedback": feedback,
    }


def waiting(issues: list[Told], at: int, *, unanswered: bool = False) -> tuple[int, int, int]:
    """How many problems were open at a moment, since when the one in the middle and the oldest."""
    since = sorted(
        (
            one.at
            for one in issues
            if one.category not in NO_PROBLEM and one.at < at and (one.solved is None or one.solved >= at)
            and not (unanswered and one.answered is not None and one.answered < at)
        ),
        reverse=True,
    )  # fmt: skip
    return (len(since), since[(len(since) + 1) // 2 - 1], since[-1]) if since else (0, 0, 0)


def midnight(zone: str, now: int, back: int) -> int:
    """The midnight that began today, or so many days before."""
    clock = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone))
    day = clock.date() - timedelta(days=back)
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
