"""How a customer feels, read from people's words, forgivingly. Pure."""

import re
from difflib import get_close_matches

NOT_ASKED = "not asked"
MOODS = ("happy", "unsure", "unhappy", NOT_ASKED)  # as a form and the buttons offer them; the last is no mood

WORDS = {
    "happy": (
        "happy glad pleased satisfied delighted thrilled grateful thankful 🙂 😀 😃 😄 😁 😊 ☺ 🥳 👍 ❤"
        " :slightly_smiling_face: :grinning: :smiley: :smile: :grin: :blush: :relaxed: :+1: :thumbsup: :heart: :) :-)"
    ),
    "unsure": (
        "unsure neutral mixed undecided indifferent lukewarm so-so meh ok okay 😐 😑 😕 🤔 🤷"
        " :neutral_face: :expressionless: :confused: :thinking_face: :shrug: :| :-|"
    ),
    "unhappy": (
        "unhappy angry annoyed upset sad mad furious frustrated disappointed dissatisfied displeased irritated livid"
        " 🙁 ☹ 😞 😠 😡 🤬 😢 😤 👎 :slightly_frowning_face: :white_frowning_face: :disappointed: :angry: :rage:"
        " :face_with_symbols_on_mouth: :cry: :triumph: :-1: :thumbsdown: :( :-("
    ),
}
MOOD_OF = {word: mood for mood, words in WORDS.items() for word in words.split()}
_SIGNS = sorted((word for word in MOOD_OF if not word[0].isalpha()), key=len, reverse=True)
SIGN = re.compile(
    rf"({'|'.join(map(re.escape, _SIGNS))})(?:\ufe0f|:skin-tone-[2-6]:|[\U0001f3fb-\U0001f3ff])*(?![\w)(|])"
)

_SPOKEN = "|".join(sorted((re.escape(word) for word in MOOD_OF if word[0].isalpha()), key=len, reverse=True))
_FILLER = (
    r"(?:(?:is|are|was|were|feels?|seems?|sounds?|they(?:'re|\s+are)?|very|really|quite|rather|so|a\s+bit|a\s+little"
    r"|pretty|now|still|mostly)\s+){0,4}"
)
MOOD = re.compile(
    rf"(?<![\w'-]){_FILLER}(?:(?P<unasked>not[\s-]asked|n/a)|(?P<unsure>not\s+(?:so\s+)?sure)"
    rf"|(?P<no>not\s+|isn'?t\s+|aren'?t\s+)?{_FILLER}(?P<mood>{_SPOKEN}))(?![\w'-])",
    re.IGNORECASE,
)
BECAUSE = re.compile(r"[\s,.;:–—-]*(?:(?:because(?:\s+of)?|due\s+to|since|with|about|over)\s+)?", re.IGNORECASE)
OPPOSITE = {"happy": "unhappy", "unhappy": "unsure"}


def in_words(line: str) -> str:
    """A line with each smiley and thumb as the word it stands for, so that no colon in one ends a customer's name."""
    return " ".join(SIGN.sub(lambda sign: f" {MOOD_OF[sign[1]]} ", line.replace("’", "'")).split())


def starts(words: str) -> int | None:
    """Where the first words for a mood stand, or None."""
    found = _first(words)
    return found.start() if found else None


def read(words: str) -> tuple[str, str]:
    """The mood the words begin or end with, one of MOODS or empty, and the reason they leave."""
    begun = MOOD.match(words) or MOOD.match(_mended(words))
    if begun and _mood(begun):
        whole = words if MOOD.match(words) else _mended(words)
        return _mood(begun), whole[begun.end() :][BECAUSE.match(whole[begun.end() :]).end() :].strip()  # type: ignore[union-attr]  # it matches nothing, too
    last = [found for found in MOOD.finditer(words) if not words[found.end() :].strip(" .!")]
    if last and _mood(last[-1]):
        return _mood(last[-1]), words[: last[-1].start()].strip(" ,;:.–—-")
    return "", words.strip()


def _first(words: str) -> re.Match[str] | None:
    return next((found for found in MOOD.finditer(words) if _mood(found)), None)


def _mood(found: re.Match[str]) -> str:
    """The mood of a match; empty where a "no" in front leaves it open."""
    if found["unasked"]:
        return NOT_ASKED
    if found["unsure"]:
        return "unsure"
    mood = MOOD_OF[found["mood"].lower()]
    return OPPOSITE.get(mood, "") if found["no"] else mood


def _mended(words: str) -> str:
    """The line with its first word as the mood it is nearly, if it is: ``unhapy`` for ``unhappy``."""
    first, space, rest = words.partition(" ")
    spoken = [word for word in MOOD_OF if len(word) > 4 and word.isalpha()]
    near = get_close_matches(first.lower(), spoken, n=1, cutoff=0.85)
    return f"{near[0]}{space}{rest}" if near else words


def said(name: str, mood: str | None, reason: str | None) -> str:
    """How somebody feels, in a sentence's words behind their name: ``is unhappy: slow delivery``."""
    told = f"{name} is {mood}" if mood else f"{name} was not asked"
    return f"{told}: {reason}" if reason else told
