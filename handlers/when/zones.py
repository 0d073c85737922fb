"""Zones as people name them: abbreviations, cities, offsets, IANA names."""

from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

US_ZONES: Final = frozenset(
    f"America/{place}"
    for place in [
        "New_York",
        "Detroit",
        "Kentucky/Louisville",
        "Kentucky/Monticello",
        "Louisville",
        "Fort_Wayne",
        "Indianapolis",
        "Indiana/Indianapolis",
        "Indiana/Vincennes",
        "Indiana/Winamac",
        "Indiana/Marengo",
        "Indiana/Petersburg",
        "Indiana/Vevay",
        "Indiana/Tell_City",
        "Indiana/Knox",
        "Knox_IN",
        "Chicago",
        "Menominee",
        "North_Dakota/Center",
        "North_Dakota/New_Salem",
        "North_Dakota/Beulah",
        "Denver",
        "Shiprock",
        "Boise",
        "Phoenix",
        "Los_Angeles",
        "Anchorage",
        "Juneau",
        "Sitka",
        "Metlakatla",
        "Yakutat",
        "Nome",
        "Adak",
        "Atka",
    ]
) | {"Pacific/Honolulu", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "Navajo"}

# Abbreviations with one meaning the year round: generic names of a zone's own clock.
GENERIC: Final = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "utc": "UTC",
    "gmt": "UTC",
    "z": "UTC",
    "zulu": "UTC",
    "uk": "Europe/London",
}
# Abbreviations of one season of a zone, with the zones they may mean, the likeliest first.
SEASONAL: Final = {
    "est": ("America/New_York",),
    "edt": ("America/New_York",),
    "cdt": ("America/Chicago",),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "mst": ("America/Denver",),
    "mdt": ("America/Denver",),
    "pst": ("America/Los_Angeles",),
    "pdt": ("America/Los_Angeles",),
    "akst": ("America/Anchorage",),
    "akdt": ("America/Anchorage",),
    "hst": ("Pacific/Honolulu",),
    "ast": ("America/Halifax", "Asia/Riyadh"),
    "adt": ("America/Halifax",),
    "nst": ("America/St_Johns",),
    "ndt": ("America/St_Johns",),
    "bst": ("Europe/London",),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "wet": ("Europe/Lisbon",),
    "west": ("Europe/Lisbon",),
    "cet": ("Europe/Berlin",),
    "cest": ("Europe/Berlin",),
    "eet": ("Europe/Helsinki",),
    "eest": ("Europe/Helsinki",),
    "msk": ("Europe/Moscow",),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "hkt": ("Asia/Hong_Kong",),
    "pkt": ("Asia/Karachi",),
    "wib": ("Asia/Jakarta",),
    "sast": ("Africa/Johannesburg",),
    "eat": ("Africa/Nairobi",),
    "wat": ("Africa/Lagos",),
    "aest": ("Australia/Sydney", "Australia/Brisbane"),
    "aedt": ("Australia/Sydney",),
    "acst": ("Australia/Adelaide", "Australia/Darwin"),
    "acdt": ("Australia/Adelaide",),
    "awst": ("Australia/Perth",),
    "nzst": ("Pacific/Auckland",),
    "nzdt": ("Pacific/Auckland",),
}
# Abbreviations without an entry in the zone's own data: taken as the place's clock.
PLACED: Final = {
    "sgt": "Asia/Singapore",
    "pht": "Asia/Manila",
    "npt": "Asia/Kathmandu",
    "gst": "Asia/Dubai",
    "brt": "America/Sao_Paulo",
    "art": "America/Argentina/Buenos_Aires",
    "ict": "Asia/Bangkok",
    "myt": "Asia/Kuala_Lumpur",
    "trt": "Europe/Istanbul",
    "clt": "America/Santiago",
}
SHORT: Final = {"et", "ct", "mt", "pt", "z", "uk", "art", "eat", "west", "wet", "nst", "ast", "gst", "ist", "est"}
AFTER_US: Final = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}
US_TAILS: Final = {"standard", "daylight"}

_CITIES: Final = {
    "America/New_York": "nyc,new york,new york city,ny,boston,miami,atlanta,philadelphia,washington dc,dc,orlando,us "
    "eastern,us east coast,east coast,florida,charlotte,pittsburgh,cleveland,columbus",
    "America/Chicago": "chicago,dallas,houston,austin,texas,minneapolis,new orleans,nashville,st louis,memphis,"
    "milwaukee,kansas city,san antonio,us central",
    "America/Denver": "denver,salt lake city,colorado,albuquerque,utah,us mountain",
    "America/Phoenix": "phoenix,arizona,tucson",
    "America/Los_Angeles": "los angeles,la,l.a,san francisco,sf,seattle,california,san diego,las vegas,vegas,"
    "silicon valley,west coast,us west coast,sacramento,us pacific",
    "America/Toronto": "toronto,ottawa,montreal",
    "America/Vancouver": "vancouver",
    "America/Sao_Paulo": "sao paulo,são paulo,rio,rio de janeiro,brasilia,brazil",
    "America/Mexico_City": "mexico city,mexico",
    "America/Argentina/Buenos_Aires": "buenos aires,argentina",
    "Europe/London": "london,uk,british,england,edinburgh,manchester,leeds,glasgow,cardiff,belfast,britain",
    "Europe/Dublin": "dublin,irish,ireland",
    "Europe/Berlin": "berlin,german,germany,munich,münchen,frankfurt,hamburg,cologne,central european,stuttgart",
    "Europe/Paris": "paris,french,france,lyon,marseille",
    "Europe/Madrid": "madrid,barcelona,spanish,spain",
    "Europe/Rome": "rome,milan,italian,italy",
    "Europe/Zurich": "zurich,zürich,geneva,swiss,switzerland,basel",
    "Europe/Vienna": "vienna,austria,austrian",
    "Europe/Amsterdam": "amsterdam,dutch,rotterdam",
    "Europe/Lisbon": "lisbon,western european",
    "Europe/Helsinki": "helsinki,eastern european,finnish,finland",
    "Europe/Stockholm": "stockholm,swedish,sweden",
    "Europe/Oslo": "oslo,norway",
    "Europe/Copenhagen": "copenhagen,danish,denmark",
    "Europe/Warsaw": "warsaw,polish,poland,krakow",
    "Europe/Kyiv": "kyiv,kiev,ukraine",
    "Asia/Kolkata": "kolkata,india,indian,indian standard,mumbai,bombay,delhi,new delhi,bangalore,bengaluru,chennai,"
    "pune",
    "Asia/Tokyo": "tokyo,japan,japanese,osaka",
    "Asia/Seoul": "seoul,korea,korean",
    "Asia/Shanghai": "shanghai,beijing,china,shenzhen,guangzhou",
    "Asia/Hong_Kong": "hong kong,hongkong",
    "Asia/Singapore": "singapore",
    "Asia/Dubai": "dubai,abu dhabi,uae",
    "Asia/Jerusalem": "jerusalem,tel aviv,israel",
    "Asia/Kathmandu": "kathmandu,nepal",
    "Asia/Manila": "manila,philippines",
    "Asia/Bangkok": "bangkok,thailand",
    "Asia/Jakarta": "jakarta",
    "Australia/Sydney": "sydney",
    "Australia/Melbourne": "melbourne",
    "Australia/Brisbane": "brisbane",
    "Australia/Perth": "perth",
    "Australia/Adelaide": "adelaide",
    "Pacific/Auckland": "auckland,wellington,new zealand,nz",
    "Africa/Johannesburg": "johannesburg,cape town,south africa",
    "Africa/Nairobi": "nairobi,kenya",
    "Africa/Lagos": "lagos,nigeria",
    "Africa/Cairo": "cairo,egypt",
    "UTC": "coordinated universal,universal",
}
CITIES: Final = {name: zone for zone, names in _CITIES.items() for name in names.split(",")}
AREAS: Final = {
    *("africa", "america", "antarctica", "arctic", "asia", "atlantic", "australia", "europe", "indian", "pacific"),
    *("etc", "us", "canada", "brazil", "chile", "mexico"),
}
HALF_HOURS: Final = {
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    270: "Asia/Kabul",
    390: "Asia/Yangon",
    -570: "Pacific/Marquesas",
}


_NO_PLACES: Final = ("factory", "localtime", "met", "posixrules")


@cache
def by_name() -> dict[str, str]:
    """Every IANA zone by its name in small letters."""
    return {name.lower(): name for name in available_timezones()}


@cache
def by_city() -> dict[str, str]:
    """The zone of each name a person may put before "time": our own list first, then every IANA city that is alone."""
    found: dict[str, list[str]] = {}
    for name in by_name().values():
        area, _, city = name.rpartition("/")
        if area and area.split("/")[0].lower() in AREAS - {"etc", "us", "canada", "brazil", "chile", "mexico"}:
            found.setdefault(city.replace("_", " ").lower(), []).append(name)
        elif not area and name.lower() not in SEASONAL | GENERIC | dict.fromkeys(_NO_PLACES):
            found.setdefault(name.lower(), []).append(name)
    return {city: names[0] for city, names in found.items() if len(names) == 1} | CITIES


def load(name: str) -> ZoneInfo | None:
    """The zone of this IANA name, or none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def fixed(minutes: int) -> str | None:
    """The IANA zone that is always this many minutes east of UTC, if there is one."""
    if minutes == 0:
        return "UTC"
    if minutes % 60 == 0 and -12 <= minutes // 60 <= 14:
        return f"Etc/GMT{-minutes // 60:+d}"
    return HALF_HOURS.get(minutes)


@cache
def seasons(zone: str, year: int) -> frozenset[str]:
    """The abbreviations a zone goes by in a year, in small letters."""
    known = load(zone)
    if known is None:
        return frozenset()
    names = (datetime(year, month, 15, tzinfo=known).tzname() for month in range(1, 13))
    return frozenset(name.lower() for name in names if name)


def spoken(zone: str) -> str:
    """A zone as a person says it and as it can be read back: "New York time", "UTC", "Etc/GMT+5 time"."""
    if zone.removeprefix("Etc/") in {"UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich", "GMT0", "GMT+0", "GMT-0"}:
        return "UTC"
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city if by_city().get(city.lower()) == zone else zone} time"
