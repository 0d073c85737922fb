"""A report in words: one phone screen, names before numbers, each figure beside the one before it.

No share of fewer than ten is said in per cent, and of fewer than ten no nine in ten are spoken of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers import names, text
from handlers.blocks import Bold, Item, Line
from handlers.callbacks.words import deed
from handlers.digests import times
from handlers.feedback import why
from handlers.reports.figures import Figures, Past, Period, Took
from storage import issues
from storage.database import Database, Row
from storage.measures import Promised
from storage.models import Promise, one

FEW = 10  # below so many, a share is said as "2 of 3"
MOST_REASONS = 3
MOST_READ = 300  # different reasons of a mood, the most frequent first; the rest is counted, but not told
NAME, SUMMARY, REASON = 40, 60, 40  # characters
MOODS = ("happy", "unsure", "unhappy")


@dataclass(frozen=True, slots=True)
class About:
    """Whom a report is about, in words, and how long a working day of theirs is, in seconds."""

    whom: str
    day: int
    is_own: bool = False


def report(db: Database, figures: Figures, about: About) -> list[Item]:
    """The whole report; sections with nothing in them are left out."""
    told: list[Item] = _head(figures.period, about)
    sections = (
        ("Promises", _promises(figures.past, figures.before)),
        ("Issues", _issues(db, figures, about.day)),
        ("Now", _now(db, figures)),
        ("Customers say", _feedback(figures.past.feedback, figures.before.feedback)),
    )
    for heading, found in sections:
        lines = list(found)
        told += ["", [Bold(heading)], *lines] if lines else []
    if len(told) == 2:
        told += ["", f"Nothing happened in these {figures.period.days} days, nor in those before, and nothing is open."]
    return [*told, "", "Open work by owner: /kept report open"] if not about.is_own else told


def _head(asked: Period, about: About) -> list[Item]:
    last, before = _date(asked, asked.end) - timedelta(days=1), _date(asked, asked.begin) - timedelta(days=1)
    beside = f"the {asked.days} before, {dates(_date(asked, asked.before), before)}"
    return [
        [Bold(about.whom), f" · {dates(_date(asked, asked.begin), last)}"],
        f"{asked.days} days, beside {beside}. Times in working hours.",
    ]


def _date(asked: Period, at: int) -> date:
    return times.local(at, asked.zone).date()


def dates(first: date, last: date) -> str:
    """Two dates as people say a stretch: ``17 to 23 Nov``, ``25 Oct to 23 Nov``, ``20 Dec 2026 to 18 Jan 2027``."""
    end = f"{last.day} {last:%b}"
    if first.year != last.year:
        return f"{first.day} {first:%b} {first.year} to {end} {last.year}"
    return f"{first.day} to {end}" if first.month == last.month else f"{first.day} {first:%b} to {end}"


def _promises(past: Past, before: Past) -> Iterable[Line]:
    now, then = past.promised, before.promised
    if now.counted or then.counted:
        yield f"• Kept by the first promised time: {share(now)}{_share_before(now, then)}"
    if now.missed:
        kinds = ((now.late, "kept late"), (now.broken, "broken"), (now.waiting, "still open"))
        said = [f"{number:,} {words}" for number, words in (*kinds, (now.other, "called off late")) if number]
        yield f"• Missed {now.missed:,}: {', '.join(said)}"
    if past.moved or before.moved:
        untold = f"; {past.untold:,} without telling the customer" if past.untold else ""
        yield f"• Moved: {_number(past.moved)}{_beside(past.moved, before.moved)}{untold}"
    if past.broken or before.broken:
        yield f"• Closed as broken: {_number(past.broken)}{_beside(past.broken, before.broken)}"


def share(promised: Promised) -> str:
    """How many of the promises were kept: ``2 of 3``, or from ten on ``45 of 52 (87 %)``."""
    if not promised.counted:
        return "none was due"
    of = f"{promised.on_time:,} of {promised.counted:,}"
    return of if promised.counted < FEW else f"{of} ({percent(promised)} %)"


def percent(promised: Promised) -> int:
    """The kept rate; neither 0 nor 100 unless it is exactly so."""
    if promised.on_time in (0, promised.counted):
        return 100 if promised.on_time else 0
    return min(99, max(1, round(100 * promised.on_time / promised.counted)))


def _share_before(now: Promised, then: Promised) -> str:
    if not then.counted:
        return "; none was due before"
    if min(now.counted, then.counted) < FEW:
        return f"; before, {share(then)}"
    return _beside(percent(now), percent(then), f"{percent(then)} %")


def _number(number: int) -> str:
    return f"{number:,}" if number else "none"


def _beside(now: int, then: int, said: str = "", when: str = "") -> str:
    """A figure beside the one before it; ``when`` says when that was, if it was not in the days before."""
    if now == then:
        return f", as {when or 'before'}"
    return f", {'up' if now > then else 'down'} from {said or _number(then)}{f' {when}' if when else ''}"


def _issues(db: Database, figures: Figures, day: int) -> Iterable[Line]:
    past, before = figures.past, figures.before
    also = [f"{past.logged[kind]:,} {kind if past.logged[kind] == 1 or kind == 'praise' else f'{kind}s'}"
            for kind in ("praise", "idea") if past.logged.get(kind)]  # fmt: skip
    if past.problems or before.problems:
        beside = _beside(past.problems, before.problems)
        yield f"• Logged: {_number(past.problems)}{beside}{f' · and {text.listed(also)}' if also else ''}"
    elif also:
        yield f"• Logged: {text.listed(also)}"
    for what, now, then in (
        ("First response", past.answered, before.answered),
        ("Solved", past.resolved, before.resolved),
    ):
        if now.count or then.count:
            yield f"• {what}: {_took(now, then, day)}"
    if past.repeats or before.repeats:
        named = "; ".join(_repeated(db, row) for row in past.repeated)
        more = past.repeats - sum(row["times"] for row in past.repeated)
        said = f": {named}{f'; +{more:,} more' if more else ''}" if named else ""
        yield f"• Came back within 90 days: {_number(past.repeats)}{_beside(past.repeats, before.repeats)}{said}"


def _repeated(db: Database, row: Row) -> str:
    times_ = f" {row['times']:,} times" if row["times"] > 1 else ""
    return f"{text.clip(names.customer(db, row['customer_id']), NAME)} #{row['category']}{times_}"


def _took(now: Took, then: Took, day: int) -> str:
    """Half within so long, nine in ten within so long; of few, the slowest instead."""
    if not now.count:
        return f"none, down from {then.count:,}"
    if now.count == 1:
        return f"1, in {worked(now.slowest, day)}{_few_before(then, day)}"
    parts = [f"{now.count:,}, half within {worked(now.half, day)}"]
    if now.count < FEW:
        return f"{parts[0]}, the slowest in {worked(now.slowest, day)}{_few_before(then, day)}"
    if then.count < FEW:
        return f"{parts[0]}, nine in ten within {worked(now.most, day)}{_few_before(then, day)}"
    beside = [_longer(a, b, day) for a, b in ((now.half, then.half), (now.most, then.most))]
    return f"{parts[0]}{beside[0]}; nine in ten within {worked(now.most, day)}{beside[1]}"


def _few_before(then: Took, day: int) -> str:
    if not then.count:
        return "; none before"
    half = f", half within {worked(then.half, day)}" if then.count > 1 else f", in {worked(then.half, day)}"
    return f"; before, {then.count:,}{half}"


def _longer(now: int, then: int, day: int) -> str:
    """Two times side by side; what reads alike is alike."""
    words = worked(then, day)
    return ", as before" if words == worked(now, day) else _beside(now, then, words)


def worked(seconds: int, day: int) -> str:
    """Working time in words: ``25 minutes``, ``1 h 40 min``, ``14 hours``, ``3 working days``."""
    minutes, hours = seconds // 60, seconds // 3600
    if seconds < 60:
        return "under a minute"
    if minutes < 60:
        return text.count(minutes, "minute")
    if seconds >= 2 * day:
        return text.count(round(seconds / day), "working day")
    return f"{hours} h {minutes % 60} min" if hours < FEW and minutes % 60 else text.count(hours, "hour")


def _now(db: Database, figures: Figures) -> Iterable[Line]:
    now, at = figures.now, figures.period.now
    ago = "a week ago" if figures.period.span == "week" else f"{figures.period.days} days ago"
    if now.open.count or now.open_then.count:
        head = f"• Open: {_number(now.open.count)}{_beside(now.open.count, now.open_then.count, when=ago)}"
        half = f"; half for over {text.waited(at - now.open.middle_since)}" if now.open.count > 1 else ""
        yield [head, half, *_longest(db, now.oldest, at)]
    if now.unanswered.count or now.unanswered_then.count:
        beside = _beside(now.unanswered.count, now.unanswered_then.count, when=ago)
        # What waits longest for anything is named once.
        named = _longest(db, now.longest_unanswered, at) if now.longest_unanswered != now.oldest else []
        yield [f"• No first response yet: {_number(now.unanswered.count)}{beside}", *named]
    if now.overdue and now.longest_overdue:
        promise = one(Promise, now.longest_overdue)
        name = text.clip(names.customer(db, promise.customer_id), NAME)
        late = text.waited(at - promise.due_at)
        head = f"• Overdue: {text.count(now.overdue, 'promise')}, the longest: "
        yield [head, Bold(name), f" · {text.clip(deed(promise), SUMMARY)} (#{promise.id}), {late}"]


def _longest(db: Database, issue_id: int | None, at: int) -> Line:
    issue = issues.find(db, issue_id) if issue_id else None
    if issue is None:
        return []
    name = text.clip(names.customer(db, issue.customer_id), NAME)
    waits = text.waited(at - issue.created_at)
    return [", the longest: ", Bold(name), f" · {text.clip(issue.summary, SUMMARY)} (#{issue.id}), {waits}"]


def _feedback(now: list[Row], then: list[Row]) -> Iterable[Line]:
    for mood in MOODS:
        count, before = (sum(row["n"] for row in rows if row["mood"] == mood) for rows in (now, then))
        if count or before:
            told = [f"{text.clip(words, REASON)} ({number:,})" for words, number in reasons(now, mood)]
            shown = f": {', '.join(told[:MOST_REASONS])}" if told else ""
            more = f", +{len(told) - MOST_REASONS:,} more" if len(told) > MOST_REASONS else ""
            yield f"• {mood.capitalize()}: {_number(count)}{_beside(count, before)}{shown}{more}"


def reasons(rows: list[Row], mood: str) -> list[tuple[str, int]]:
    """The reasons of a mood with how often each was given, the most frequent first.

    Like ones count together by the rule of ``/feedback list``, and are shown as most people wrote them.
    """
    groups: list[tuple[str, frozenset[str], int]] = []
    for row in [row for row in rows if row["mood"] == mood and row["reason"].strip()][:MOST_READ]:
        marks = why.significant(row["reason"])
        same = next((n for n, (_, those, _) in enumerate(groups) if why.are_alike(those, marks)), None)
        if same is None:
            groups.append((row["reason"].strip(), marks, row["n"]))
        else:
            words, those, number = groups[same]
            groups[same] = (words, those, number + row["n"])
    return sorted(((words, number) for words, _, number in groups), key=lambda group: -group[1])
