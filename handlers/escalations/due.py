"""When an escalation has to be answered: so many working minutes on. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.text import local
from handlers.when import Hours

ANSWER_WITHIN = 30 * 60  # working seconds (brief, section 5)
DAYS_AHEAD = 400  # after which a team that never works is taken to work always


def answer_by(now: int, zone: str, hours: Hours, within: int = ANSWER_WITHIN) -> int:
    """The moment at which ``within`` seconds of working time have passed since ``now``."""
    day, left = local(now, zone).date(), within
    for _ in range(DAYS_AHEAD):
        if hours.works_on(day):
            begins = max(now, _at(day, hours.opens, zone))
            left_today = _at(day, hours.closes, zone) - begins
            if left <= left_today:
                return begins + left
            left -= max(left_today, 0)
        day += timedelta(days=1)
    return now + within


def _at(day: date, clock: time, zone: str) -> int:
    return int(datetime.combine(day, clock, ZoneInfo(zone)).timestamp())
