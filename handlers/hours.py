"""A team's working hours and holidays, and a due time read by them."""

from datetime import date, time
from functools import cache

from handlers.said import Said
from handlers.when import Ask, Due, Hours, read
from storage.models import Team


def of(team: Team | None) -> Hours:
    """The working hours of a team; 09:00–17:00 Monday to Friday where there is none yet (brief, section 3)."""
    if team is None:
        return Hours()
    return _hours(team.opens_at, team.closes_at, team.weekdays, team.country or "", team.region or "")


@cache  # holiday objects are costly to make (a tenth of a second) and never change
def _hours(opens_at: int, closes_at: int, weekdays: str, country: str, region: str) -> Hours:
    return Hours(
        opens=time(*divmod(opens_at, 60)),
        closes=time(*divmod(closes_at, 60)),
        weekdays=frozenset(int(day) for day in weekdays),
        is_holiday=_Holidays(country, region) if country else Hours().is_holiday,
    )


class _Holidays:
    """Whether a day is a public holiday of a country and region; the library is loaded when first asked."""

    def __init__(self, country: str, region: str) -> None:
        self._country, self._region = country, region
        self._calendar: dict[date, str] | None = None

    def __call__(self, day: date) -> bool:
        if self._calendar is None:
            import holidays  # noqa: PLC0415 - a quarter of a second that most starts need not spend

            self._calendar = holidays.country_holidays(self._country, subdiv=self._region or None)
        return day in self._calendar


def known(country: str, region: str) -> bool:
    """Whether holidays are known for this country and region."""
    import holidays  # noqa: PLC0415 - as above

    regions = holidays.list_supported_countries().get(country)
    return regions is not None and (not region or region in regions)


def understand(said: Said, words: str, *, now: int | None = None, their_zone: str | None = None) -> Due | Ask:
    """Read a due time as this person means it: their zone and locale, their team's hours and holidays.

    ``now`` reads as of another moment; ``their_zone`` is the customer's, for "10am their time".
    """
    at = said.now if now is None else now
    return read(words, at, said.zone, said.person.locale, of(said.team), their_zone)
