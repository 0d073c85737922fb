"""What kind of promise the words make, and how a promise is said back. Pure."""

import re

from handlers.text import clip
from storage.models import Promise

# The verbs of each kind, longest first where one begins another. The first kind is what is meant when none is said.
VERBS = {
    "call": ("call back", "callback", "ring back", "phone back", "call", "ring", "phone", "dial"),
    "send": ("send over", "send", "email", "e-mail", "mail", "forward", "ship", "share"),
    "fix": ("fix", "repair", "replace", "refund", "correct", "sort out"),
    "visit": ("visit", "come by", "drop by", "meet"),
    "update": ("get back to", "update", "let know", "inform", "tell", "report back"),
}
LONGEST_DEED = 200  # characters
_KIND_OF = {verb: kind for kind, verbs in VERBS.items() for verb in verbs}
_ANY_VERB = "|".join(re.escape(verb) for verb in sorted(_KIND_OF, key=len, reverse=True))
VERB = re.compile(rf"(?<![\w-])(?:to |will |i'll |we'll )?(?P<verb>{_ANY_VERB})(?![\w-])", re.IGNORECASE)
ABOUT = re.compile(r"(?<![\w-])(?:about|regarding|re)(?![\w-])", re.IGNORECASE)

ANSWER = "answer"  # the kind of promise an escalation is: not one a person types
SAMPLE = "sample"  # the kind of the promise setup ends with: to nobody, so its owner alone hears of it

OUTCOMES = {
    "kept": "kept",
    "called": "they called us",
    "withdrawn": "withdrawn by the customer",
    "broken": "broken",
    "mistake": "entered by mistake",
}


def kind_and_subject(words: str) -> tuple[str, str]:
    """The kind of a promise and its subject, from its words without customer and time: ``send``, ``the price list``."""
    words = " ".join(words.split()).strip(" ,.;:-–—")
    about = ABOUT.search(words)
    verb = VERB.search(words, 0, about.start() if about else len(words))
    if verb is None:
        return "call", words
    subject = f"{words[: verb.start()]} {words[verb.end() :]}".strip(" ,.;:-–—")
    return _KIND_OF[verb["verb"].lower()], " ".join(subject.split())


def deed(promise: Promise) -> str:
    """What was promised, as one says it: ``call about the refund``, ``send the price list``.

    A long subject is cut; the promise's own card has its words in full.
    """
    return clip(in_full(promise), LONGEST_DEED)


def in_full(promise: Promise) -> str:
    """What was promised, however long."""
    if not promise.subject:
        return promise.kind
    if promise.kind == "call" and not re.match(
        r"(about|regarding|re|them|him|her|back|at)\b", promise.subject, re.IGNORECASE
    ):
        return f"call {promise.subject}" if promise.subject[0].isupper() else f"call about {promise.subject}"
    return f"{promise.kind} {promise.subject}"
