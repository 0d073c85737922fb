"""Reading a due time from a typed line, beside dateparser in the same run (issue 5)."""

import warnings
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from statistics import median

import dateparser  # type: ignore[import-untyped]  # it ships no types

from benchmarks.rows import Figure, Plan
from benchmarks.timing import in_turn
from handlers.when import read

ZONE = "America/New_York"
NOW = datetime.fromisoformat("2026-12-04T10:30:00-05:00")
ROUNDS = 40
LONGEST_LINE = 4000  # characters; Slack cuts a command there

PHRASES = (
    *("in 20 minutes", "in 2 hours", "in three days", "in 1.5 hours", "tomorrow", "tomorrow 3pm", "tomorrow at 9:15"),
    *("today at 4pm", "friday", "friday 3pm", "next tuesday", "monday at 10am", "december 12", "12 december 3 pm"),
    *("dec 24 at noon", "2026-12-11", "2026-12-11 15:00", "12/11/2026", "3pm", "15:30", "at 5", "next week"),
    *("tomorrow 4pm London time", "9 jan 2027"),
)

# What costs a reader most: many near times, many numbers, words that begin like a time and do not end like one.
ADVERSARIAL = (
    *("a", "1", " ", "1 ", "in ", "by 3 or ", "next ", "3pm ", "monday ", "12/", "1:", "9-", "twenty ", "half past "),
    *(
        "at 5 in ",
        "the day after ",
        "friday or saturday ",
        "(3pm) ",
        "not tomorrow but ",
        "about ",
        "London time ",
        "ı́",
    ),
)


def measure(_: Plan) -> Iterator[Figure]:
    """The median of a reading after start, its ratio to dateparser's, and the worst adversarial line."""
    ours, theirs = (median(times) for times in _beside_dateparser())
    understood = sum(_theirs(words) is not None for words in PHRASES)
    yield Figure("reading a due time, median", ours, "ms", 1.0)
    yield Figure("the same by dateparser, English alone", theirs, "ms", note=f"reads {understood} of {len(PHRASES)}")
    yield Figure("ours to theirs", ours / theirs, "x")
    worst, piece = _worst_line()
    yield Figure("the worst line of 4,000 characters", worst, "ms", 50.0, f"repeating {piece!r}")


def _ours(words: str) -> object:
    return read(words, int(NOW.timestamp()), ZONE, "en-US")


def _theirs(words: str) -> object:
    settings = {"TIMEZONE": ZONE, "RELATIVE_BASE": NOW.replace(tzinfo=None), "PREFER_DATES_FROM": "future"}
    with warnings.catch_warnings():  # it tells of its own deprecations at each reading
        warnings.simplefilter("ignore")
        return dateparser.parse(words, languages=["en"], settings=settings)


def _beside_dateparser() -> tuple[list[float], list[float]]:
    for words in PHRASES:  # after start: both build their tables at the first reading
        _ours(words)
        _theirs(words)
    works = [partial(reader, words) for words in PHRASES for reader in (_ours, _theirs)]
    times = in_turn(ROUNDS, *works)
    return [t for one in times[::2] for t in one.wall], [t for one in times[1::2] for t in one.wall]


def _worst_line() -> tuple[float, str]:
    """The slowest adversarial line, each taken at the fastest of three readings: its cost, not the machine's."""
    whole = {piece: (piece * LONGEST_LINE)[:LONGEST_LINE] for piece in ADVERSARIAL}
    half = {
        f"{piece}about": f"{line[: LONGEST_LINE // 2]} about {line}"[:LONGEST_LINE] for piece, line in whole.items()
    }
    lines = whole | half
    times = in_turn(3, *(partial(_ours, line) for line in lines.values()))
    return max((min(one.cpu), piece) for one, piece in zip(times, lines, strict=True))
