"""Whether a message makes a promise: strict, and silent when unsure. Pure.

Only a first person who commits outright to a deed of a known kind counts. What is quoted, asked, denied, hoped,
conditional or told of others is passed over: a missed offer costs nothing, a wrong one costs everybody's patience.
"""

import re
from dataclasses import dataclass

from handlers import text

LONGEST = 2000  # characters; longer messages are letters, and are not looked at

_WHO = r"you|them|him|her|everyone|everybody|the\s+customers?|(?-i:[A-Z])\w*"
# First words of a commitment; "let me" and a bare "will" are the first person too.
_GOING = r"(?:going\s+to|gonna)"
_MAKES = rf"(?<![\w'@-])(?:(?:i|we)(?:'ll|\s+will|\s+shall|(?:'m|'re|\s+am|\s+are)?\s+{_GOING})|ill|let\s+(?:me|us))"
_OPENS = r"(?:ok(?:ay)?|sure|yes|yep|right|great|perfect|thanks?|thank\s+you|noted|got\s+it|understood|hi|hello|sorry)"
_BARE = (
    rf"^(?:\W{{0,5}}{_OPENS}\b(?:[^,.!]{{0,40}}[,!–—]|\s)\s{{0,5}}){{0,3}}\W{{0,5}}(?:and\s+)?(?:will|going\s+to|gonna)"
)
_ADVERBS = (
    r"(?:\s+(?:also|then|now|just|certainly|definitely|gladly|personally|have\s+to|need\s+to|of\s+course|immediately"
    r"|(?:be|make)\s+sure\s+to|go\s+ahead\s+and)){0,4}"
)
_FIRST = (
    r"(?:\s+(?:check|look|ask|see|find|talk|speak|confirm|verify|investigate|dig|review|discuss|(?:have|take)\s+a\s+look)"
    r"\b[^.;:!?]{0,60}?(?:\s+|,\s*)(?:and|then)(?:\s+then)?)?"
)
_VERB = (
    r"(?:call|ring|phone)(?!\s+(?:in\s+(?:sick|at|on|by|to|from|late|today|tonight|tomorrow)|it|off|out|a|the\s+(?:meeting|vote)|for)\b)|dial"
    r"|send|e-?mail|forward|ship|share(?!\s+my\s+screen)|get\s+(?:you|them|him|her)\s+(?:the|a|an|your|their|that|this)\b"
    r"|fix|repair|replace|refund|correct|sort\s+(?:\w+\s+){0,3}out"
    rf"|visit|(?:come|drop)\s+by|meet\s+(?:with\s+)?(?:{_WHO})"
    rf"|get\s+back\s+to\s+(?:{_WHO})|let\s+(?:{_WHO})(?:\s+\w+)?\s+know|(?:update|inform|tell|message)\s+(?:{_WHO})"
    rf"|report\s+back|follow\s+up|reach\s+out|get\s+in\s+touch"
    rf"|give\s+(?:{_WHO})(?:\s+\w+)?\s+(?:a\s+(?:quick\s+)?(?:call|ring)|an\s+update)"
)
MAKES = re.compile(_MAKES, re.IGNORECASE)
BARE = re.compile(rf"(?:^|[\n.!])\W{{0,5}}{_BARE.removeprefix('^')}\s", re.IGNORECASE)
COMMITMENT = re.compile(
    rf"(?:{_MAKES}|{_BARE}){_ADVERBS}{_FIRST}{_ADVERBS}\s+(?P<deed>(?:{_VERB})(?![\w-]))", re.IGNORECASE
)

UNSURE = re.compile(
    r"(?<![\w'-])(?:if|unless|once|when|whenever|whether|until|till|assuming|provided|depending|in\s+case|as\s+soon\s+as"
    r"|(?:i|we|it|they|he|she|you)\s+may|may\s+be|maybe|might|perhaps|possibly|probably|hopefully|hopes?|hoping|wish|could"
    r"|would|should|try|trying|aim|think|guess|suppose|expect|expects|doubt|unlikely|not|never|cannot|cant|wont|dont"
    r"|unable|hardly|either|supposed|was|were|used\s+to|instead|usually|always|every)(?![\w-])|n't\b|\w'd\b",
    re.IGNORECASE,
)
NOT_UNSURE = re.compile(r"(?:do\s*n'?t|do\s+not)\s+worry\b|not\s+later\s+than|whenever\s+you\s+like", re.IGNORECASE)
TOLD = re.compile(
    r"(?P<own>(?<![\w'])(?:i|we)(?:'ve|\s+have)?(?:\s+just|\s+already)?\s+)?(?<![\w'])(?:said|says?|told|tells?|asked|asks?"
    r"|thinks?|thought|claim(?:s|ed)|wrote|writes?|mentioned|heard|hears?|according|promised?|promises|wants?|wanted"
    r"|believes?|know|knows|reckons?|let\s+\w+\s+know|typed|answered|quote)\b",
    re.IGNORECASE,
)
# Where it is plain that nobody of a customer's is meant.
PRIVATE = re.compile(
    r"\bmy\s+(?:wife|husband|partner|mum|mom|dad|mother|father|kids?|son|daughter|parents|doctor|dentist|landlord|bank"
    r"|boss|manager|lawyer|friend|brother|sister|own)\b",
    re.IGNORECASE,
)
_PEOPLE = r"(?:team|squad|devs?|developers|colleagues|office|group)"
_OURS = rf"(?:the|our|my)\s+(?:(?:whole|entire|dev|support|sales)\s+)?{_PEOPLE}"
# Deeds that are for ourselves: a meal, our own software, our own people; and promises for our own meetings.
INTERNAL = re.compile(
    r"^(?:fix|repair|correct)\s+(?:my\b|(?:(?:us|some)\s+)?(?:dinner|lunch|breakfast|supper|drinks|coffee|tea)\b"
    r"|(?:(?:the|our|that|this)\s+)?(?:(?:broken|failing|flaky|red|nightly|release|unit)\s+)*"
    r"(?:build|builds|pipeline|ci|tests?|linter|merge\s+conflicts?|typos?)\b)"
    rf"|^[a-z-]+(?:\s+(?:up|out|back))?\s+(?:(?:with|to)\s+)?{_OURS}\b|\bto\s+{_OURS}\b"
    r"|\b(?:stand-?up|retro|retrospective|all-?hands|scrum|sprint|1:1|team\s+meeting|weekly\s+meeting)\b",
    re.IGNORECASE,
)
PROPOSED = re.compile(
    r"\b(?:ok(?:ay)?|alright|all\s+right|work|works|good|fine|suits?)\b[^.!?\n]{0,30}\?", re.IGNORECASE
)

CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;)(?P<rest>(?:>|&gt;){2}(?:.|\n)*)?.*$", re.MULTILINE)
IN_QUOTES = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"\n]*\"|~[^~\n]+~")
SENTENCE_ENDS = re.compile(
    r"(?<![ap]\.m\.)(?<!\b(?:mr|ms|dr|st|no)\.)(?<!\b(?:mon|tue|wed|thu|fri|sat|sun|mrs|dec|nov|oct|sep|aug|jul|jun|apr"
    r"|mar|feb|jan)\.)(?<=[.!?])\s+|\n+|;\s+",
    re.IGNORECASE,
)

# What the deed is called in a record, where people say it otherwise.
CALLED = (
    (re.compile(r"\byours?\b", re.IGNORECASE), "their"),
    (re.compile(r"\byou\b", re.IGNORECASE), "them"),
    (re.compile(r"^let\s+(.+?)\s+know\b", re.IGNORECASE), r"update \1"),
    (re.compile(r"^give\s+(\S+(?:\s+\S+)?)\s+a\s+(?:quick\s+)?(?:call|ring)\b", re.IGNORECASE), r"call \1"),
    (re.compile(r"^give\s+(\S+(?:\s+\S+)?)\s+an\s+update\b", re.IGNORECASE), r"update \1"),
    (re.compile(r"^get\s+(them|him|her)\s+(?=\w)", re.IGNORECASE), r"send \1 "),
    (
        re.compile(r"^(?:follow\s+up|reach\s+out|get\s+in\s+touch)(?:\s+(?:with|to))?\b", re.IGNORECASE),
        "call",
    ),
    (re.compile(r"^message\b", re.IGNORECASE), "update"),
    (re.compile(r"^sort\s+(.+?)\s+out\b", re.IGNORECASE), r"fix \1"),
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """The one sentence of a message that makes a promise, what stands around it, and the deed with all behind it."""

    sentence: str
    before: str
    behind: str
    deed: str


def may_be(words: str) -> bool:
    """Whether a message is worth a closer look; costs next to nothing, as it is asked of all that people write."""
    words = words.replace("’", "'")
    return len(words) <= LONGEST and bool(MAKES.search(words) or BARE.search(words))


def find(words: str) -> Commitment | None:
    """The promise a message makes, as Slack delivered it; None if it makes none, or if that is not sure."""
    if not may_be(words):
        return None
    own = _own_words(words)
    ends = [found.span() for found in SENTENCE_ENDS.finditer(own)]
    begins = [0, *[end for _, end in ends]]
    for start, stop in zip(begins, [*[begin for begin, _ in ends], len(own)], strict=True):
        sentence = own[start:stop].strip()
        if found := COMMITMENT.search(sentence):
            made = Commitment(sentence, own[:start], own[stop:], sentence[found.start("deed") :])
            return None if _is_doubtful(own, sentence, found) else made
    return None


def _own_words(words: str) -> str:
    """A message without code, quotes and what is struck out, its apostrophes plain, its emphasis gone."""
    plain = QUOTED_LINE.sub(" ", CODE.sub(" ", words.replace("’", "'")))
    plain = IN_QUOTES.sub(lambda quoted: " " if MAKES.search(quoted[0]) or quoted[0][0] == "~" else quoted[0], plain)
    return re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)", "", text.unescape(plain))


def _is_doubtful(own: str, sentence: str, found: re.Match[str]) -> bool:
    if sentence.endswith("?") or PROPOSED.search(own) or PRIVATE.search(sentence):
        return True
    if UNSURE.search(NOT_UNSURE.sub(" ", sentence)):
        return True
    if INTERNAL.search(sentence[found.start("deed") :]):
        return True
    head = sentence[: found.start()]
    return any(not told["own"] for told in TOLD.finditer(head))


def called(deed: str) -> str:
    """A deed as a record has it: "let you know about your parcel" is "update them about their parcel"."""
    for pattern, instead in CALLED:
        deed = pattern.sub(instead, deed)
    return deed
