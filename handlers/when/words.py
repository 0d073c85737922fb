"""The words of time, in one table: a language is added by adding its words here and in ``phrases.py``.

Every entry is in small letters.
"""

from typing import Final

from handlers.when.phrases import PHRASES, VAGUE_WORDS


def _all(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def _numbered(*names: str, start: int = 0) -> dict[str, int]:
    """Words with the number of the place they stand at; several words of one place stand together."""
    return {word: number for number, words in enumerate(names, start) for word in words.split()}


def _meaning(**meanings: str) -> dict[str, str]:
    """Words with what they mean."""
    return {word: meaning for meaning, words in meanings.items() for word in words.split()}


WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS: Final = _numbered(
    "monday mon",
    "tuesday tue tues",
    "wednesday wed weds",
    "thursday thu thur thurs",
    "friday fri",
    "saturday sat",
    "sunday sun",
)
PLURAL_WEEKDAYS: Final = frozenset(f"{name.lower()}s" for name in WEEKDAY_NAMES)
MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
MONTHS: Final = _numbered(
    *("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"),
    *("september sep sept", "october oct", "november nov", "december dec"),
    start=1,
)
ALSO_PLAIN_WORDS: Final = _all("may march mar")  # in small letters and without a number they are no months

ONES: Final = _numbered(
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
ORDINALS: Final = _numbered(
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    "twentieth",
    start=1,
) | {"thirtieth": 30}
ORDINAL_ENDINGS: Final = _all("st nd rd th")

UNITS: Final = _meaning(
    second="second seconds sec secs s",
    minute="minute minutes min mins m",
    hour="hour hours hr hrs h",
    day="day days d",
    week="week weeks wk wks w",
    fortnight="fortnight fortnights",
    month="month months mth mths",
    year="year years yr yrs",
)
SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600}  # elapsed units, in seconds
DAYS: Final = {"day": 1, "week": 7, "fortnight": 14}  # wall-clock units, in days
MONTHS_OF: Final = {"month": 1, "year": 12}  # wall-clock units, in months
WORKING: Final = _all("business working work")

MERIDIEM: Final = {"am": "am", "pm": "pm", "a.m": "am", "p.m": "pm"}
OCLOCK: Final = _all("o'clock oclock")
HOURS_MARK: Final = _all("h hrs hours hr")  # behind a four-digit time: 1730 hrs
PAST: Final = _all("past after")
TO: Final = _all("to of til till before")
CLOCK_WORDS: Final = {"noon": 720, "midday": 720, "noontime": 720}  # minutes after midnight
PARTS: Final = _meaning(morning="morning", afternoon="afternoon", evening="evening eve night")

# What may stand before a time, and how it is to be taken.
LEADS: Final = _meaning(
    at="at @",
    by="by until till til",
    on="on",
    before="before",
    within="within",
    near="around approx approximately circa ~ about",
    after="after since from past",
) | {"in": "in", "for": "for", "due": "for"}
LONG_LEADS: Final = (
    (("no", "later", "than"), "by"),
    (("not", "later", "than"), "by"),
    (("at", "the", "latest", "by"), "by"),
    (("at", "the", "latest"), "by"),
    (("on", "or", "before"), "by"),
    (("by", "or", "before"), "by"),
    (("not", "before"), "after"),
    (("no", "earlier", "than"), "after"),
    (("not", "earlier", "than"), "after"),
    (("as", "of"), "after"),
    (("starting",), "after"),
    (("latest", "by"), "by"),
)
# What may stand behind a time and belongs to it; and what leaves it open at its end.
TRAILS: Final = (
    *(("at", "the", "latest"), ("or", "sooner"), ("or", "earlier"), ("or", "before"), ("or", "so"), ("latest",)),
    *(("sharp",), ("prompt",), ("on", "the", "dot"), ("please",), ("ish",)),
)
OPEN_ENDED: Final = (
    *(("or", "later"), ("or", "after"), ("or", "thereabouts"), ("at", "the", "earliest"), ("earliest",)),
    *(("onwards",), ("onward",), ("and", "later")),
)
BETWEEN: Final = _all("between from")
RANGE: Final = _all("- to through thru until till til and &")
ABOUT: Final = _all("about regarding concerning re")  # the subject follows
BEFORE_ABOUT: Final = _all("at in by around within for just until till")  # ... unless it means roughly
OTHERS: Final = _all("or /")

REPEATS: Final = _all("daily weekly monthly yearly hourly fortnightly biweekly quarterly weekdays")
EVERY: Final = _all("every each")
TIMES_A: Final = _all("once twice times")
LAST: Final = _all("last past previous")
DENIALS: Final = _all("not except excluding never no isn't without unless besides")
VAGUE_ARTICLES: Final = _all("a some any following alternate other each final previous one")
REMOTE: Final = _all("last next past gone")  # behind a weekday: "Monday last"
LOOSE: Final = _all("early late mid sometime earlyish lateish")
LOOSE_MONTHS: Final = LOOSE | _all("next this middle start beginning towards")
GREETINGS: Final = _all("good happy")
HOLIDAYS: Final = _all(
    "christmas xmas easter thanksgiving diwali ramadan eid halloween hanukkah passover pentecost whitsun carnival "
    "juneteenth boxing"
)

VERBS: Final = _all(
    "call callback ring phone send fix visit update email mail text tell ask meet message contact chase check remind "
    "follow speak talk reply see write promise promised dial ping report answer confirm deliver ship refund resolve "
    "back up with to calling calls called repair move book schedule reach"
)
# Words that may follow a bare number or a weekday without making it part of a name or a count.
PLAIN: Final = _all(
    "about re regarding concerning and or the a an to for with at on by in of before after until till if so as but "
    "from please pls because that they he she we i you it them him her us me my our their his is was will would can "
    "could should who which when what why how then asked wants want wanted needs need said says ok okay thanks latest "
    "sharp not no since due via using there here this next customer"
)

# Words whose number is a name: "room 12 tomorrow".
NUMBERED: Final = _all(
    "room order invoice po ticket case unit suite gate line level floor number nr ref reference ext extension account "
    "version item page table bay dock route studio pier flat apartment apt box house building terminal form phase step "
    "chapter option channel platform lot batch policy claim contract quote job bug error code pin model size tier "
    "priority zone motel area windows forever"
)
REFUSALS: Final = _all("don't dont not never")

POSSESSIVES: Final = _all("their customer's customers client's his her caller's")
OWN: Final = _all("my our your")
ZONE_TAILS: Final = _all("time tz timezone clock")

# Slips common enough to be known by name; the others are found by nearness.
KNOWN_SLIPS: Final = _meaning(
    tomorrow="2morrow 2moro 2mrw tomoz tomo tomoro tmro tmorrow tomrw tommorrow morrow",
    today="2day tdy",
    tonight="2nite 2night tonigt",
    monday="mond mnday",
    tuesday="tuesd tusday teusday",
    wednesday="wedn wednes wensday wendsday",
    thursday="thrs thursd",
    friday="frid frdy fryday",
    saturday="satur",
    sunday="sunady",
    noon="nooon",
    midnight="midnite",
)
NEAR_ONE: Final = ("monday", "tuesday", "friday", "sunday", "today", "tonight", "morning", "afternoon", "midnight")
NEAR_TWO: Final = ("wednesday", "thursday", "saturday", "tomorrow")
NEAR_MONTHS: Final = tuple(name.lower() for name in MONTH_NAMES)
NOT_SLIPS: Final = _all(
    "sundry toddy morning's warning mooring mornings afternoons evenings mourning midday sundays mondays fridays "
    "tuesdays wednesdays thursdays saturdays tomorrow's today's toray money monkey tomorrows toda norming tidy forming"
)
TWO_LETTER_DAYS: Final = {
    "mo": 0,
    "tu": 1,
    "di": 1,
    "mi": 2,
    "th": 3,
    "fr": 4,
    "sa": 5,
    "su": 6,
}  # before a clock time they are asked

# Words for days and times in languages Kept does not read yet: they make it ask, never guess.
FOREIGN: Final = _all(
    "abend amanha amanhã après-demain aujourd'hui ayer czwartek demain dienstag dimanche dinsdag dnes domani "
    "domenica domingo donderdag donnerstag dzisiaj fredag freitag gestern giovedi giovedì heures heute hier hoje "
    "hoy idag imorgen imorgon jeudi jueves jutro lundi lunedi lunedì lunes lördag lørdag maandag manana mandag "
    "mardi martedi martedì martes matin mañana medianoche mediodia mediodía mercoledi mercoledì mercredi "
    "mezzogiorno midi miercoles minuit mittag mitternacht mittwoch miércoles montag morgen måndag nachmittag "
    "naechsten niedziela nächste nächsten oggi onsdag overmorgen piątek poniedziałek prochain prochaine quarta- "
    "feira quinta-feira sabado sabato samedi samstag segunda-feira semaine sexta-feira sobota soir sonnabend "
    "sonntag stunde stunden sábado söndag søndag tagen terça-feira tirsdag tisdag torsdag uebermorgen uhr vandaag "
    "vendredi venerdi venerdì viernes vormittag vrijdag woche woensdag wtorek zaterdag zondag zítra übermorgen "
    "środa вторник завтра понедельник пятница сегодня среда четверг 今天 今日 明天 明日 "
)
MARKED_WORDS: Final = (
    OCLOCK
    | KNOWN_SLIPS.keys()
    | FOREIGN
    | VAGUE_WORDS
    | {phrase for phrase in PHRASES if " " not in phrase and not phrase.isalpha()}
)
CUT_AT_HYPHENS: Final = frozenset(
    {*WEEKDAYS, *MONTHS, *ONES, *TENS, "half", "quarter", "mid", "today", "tomorrow", "noon"}
) - {"sun", "may", "march", "mar"}
