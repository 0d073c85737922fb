"""The fixed phrases of time, several words each: the other half of the table in ``words.py``.

A line of PHRASES is a kind of piece, the number or part of day it carries, and the phrases that mean it.
"""

from typing import Final

_PHRASES: Final = """
offset 0: today
offset 1: tomorrow, tmrw, tmw, tmr
offset 2: day after tomorrow
tonight 0: tonight, tonite
midnight 0: midnight
midnight tonight 0: midnight tonight, tonight at midnight, tonight midnight, this midnight
part of today morning: this morning
part of today afternoon: this afternoon
part of today evening: this evening, this eve
part morning: in the morning
part afternoon: in the afternoon
part evening: in the evening, at night
open 0: first thing, first thing in the morning, start of day, start of the day, start of business, when we open
open 0: opening time, sob
close 0: eod, e.o.d, cob, eob, c.o.b, eobd, cop, end of day, end of the day, end of business, end of business day
close 0: end of the business day, end of the working day, end of working day, end of play, close of business
close 0: close of play, close of day, closing time, when we close, by close, before close, at close, by closing
close 0: before closing, before we close, end of
close today 0: within the day
week end 0: eow, end of week, end of the week, end of this week, end of the working week, within the week
week end 1: end of next week
month end 0: eom, end of month, end of the month, end of this month, within the month
month end 1: end of next month
last day 0: last day of the month, last day of this month
last day 1: last day of next month
last working day 0: last working day of the month, last business day of the month
last working day 1: last working day of next month, last business day of next month
working days 1: next business day, next working day, next work day, next workday
same time 0: same time, this time
same time on 1: same time tomorrow, this time tomorrow
same time on 7: same time next week, this time next week, same time in a week
elapsed 3600: within the hour, in the hour, in the next hour, within the next hour, over the next hour
elapsed 3600: an hour from now
maybe length 0: now
"""

_VAGUE: Final = """
asap, a.s.a.p, as soon as possible, as soon as you can, as soon as, right away, right now, straight away
straightaway, immediately, now-ish, soon, soonest, soonish, shortly, presently, momentarily, in a bit, in a while
in a moment, in a minute, in a min, in a mo, in a sec, in a second, in a few, in a jiffy, in no time, later, later on
later today, later tonight, later this week, later this month, later this afternoon, later this morning
later this evening, later tomorrow, later in the day, later in the week, another time, another day, some time
sometime, sometimes, some day, someday, some point, at some point, eventually, whenever, when possible
when convenient, any time, anytime, any day, at your convenience, one day, one of these days, the other day
the next day, the following day, next day, the same day, same day, that day, that afternoon, that morning
that evening, this week, this month, this year, this quarter, next quarter, next week, next month, next year
coming week, coming weeks, following week, in the week, next time, following month, early next week, late next week
mid next week, middle of next week, early this week, late this week, early next month, late next month, mid-week
midweek, middle of the week, mid week, beginning of next week, start of next week, beginning of the week
start of the week, beginning of next month, start of next month, beginning of the month, start of the month
middle of the month, mid-month, mid month, weekend, weekends, this weekend, next weekend, new year, year end
year-end, end of the year, end of year, end of this year, eoy, end of next year, end of the quarter, end of quarter
eoq, end of this quarter, lunch, lunchtime, lunch time, lunch break, teatime, tea time, dinner, dinnertime
dinner time, breakfast, breakfast time, coffee time, after hours, after work, out of hours, overnight, sunset, dawn
dusk, mid-morning, midmorning, mid morning, mid-afternoon, midafternoon, mid afternoon, early morning
early afternoon, early evening, late morning, late afternoon, late evening, late night, early tomorrow
late tomorrow, early today, late today, towards noon, a few days, the afternoon after, the morning after
the day after, the week after, week after next, the month after next, month after next, in due course, before long
by and by, at short notice, around now, beginning of, start of, middle of, half day, half a day, in half a day
half term, first thing after, last thing, last thing at night, last thing today, rush hour, in working hours
in business hours, during working hours, during business hours, during office hours, in office hours, when free
when they are free, when he is back, when she is back, when they are back, close to noon, nearly noon, coming days
next few days, the next few days, next few weeks, next few hours, next couple of days
"""

_GONE: Final = "yesterday, last night, last week, last month, last year, the day before, earlier today"


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.strip().replace("\n", ",").split(",") if phrase.strip())


def _table(text: str) -> dict[str, tuple[str, int | str]]:
    """Every phrase with its kind and what it carries."""
    found: dict[str, tuple[str, int | str]] = {}
    for line in text.strip().splitlines():
        meaning, _, phrases = line.partition(": ")
        kind, _, carried = meaning.rpartition(" ")
        found |= {phrase: (kind, int(carried) if carried.isdigit() else carried) for phrase in _phrases(phrases)}
    return found


VAGUE: Final = frozenset(_phrases(_VAGUE))
VAGUE_WORDS: Final = frozenset(phrase for phrase in VAGUE if " " not in phrase)
GONE: Final = frozenset(_phrases(_GONE))
PHRASES: Final = _table(_PHRASES) | dict.fromkeys(VAGUE, ("vague", "")) | dict.fromkeys(GONE, ("gone", ""))
