"""Reading the first words of a command: a sub-command, a number, or neither."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

FIRST = re.compile(r"\s*(?P<word>[^\s:]+)(?P<colon>:)?(?:\s+|$)")
NUMBER = re.compile(r"#?(\d{1,12})$")


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A sub-command with the record's number, either of which may be missing, and the words behind them.

    ``words`` is all that stands behind a sub-command, a number too. ``slip`` is what was probably meant where
    the word behind a number is nearly a sub-command.
    """

    verb: str = ""
    number: int | None = None
    rest: str = ""
    words: str = ""
    slip: str = ""


def read_first(words: str, verbs: frozenset[str]) -> Subcommand:
    """A first word that is a sub-command, or a number alone or before a sub-command, wins, but not before a colon."""
    verb, rest = _verb(words, verbs)
    if verb:
        number, behind = _number(rest)
        return Subcommand(verb, number, behind if number is not None else rest, rest)
    number, rest = _number(words)
    if number is None:
        return Subcommand(rest=words)
    verb, behind = _verb(rest, verbs)
    if verb or not rest:
        return Subcommand(verb, number, behind, behind)
    near = get_close_matches(rest.split()[0].lower(), verbs, n=1, cutoff=0.7)
    return (
        Subcommand(rest=words, slip=f"{number} {near[0]} {' '.join(rest.split()[1:])}".rstrip())
        if near
        else (Subcommand(rest=words))
    )


def nearly(words: str, verbs: frozenset[str]) -> str:
    """The line that was probably meant where a short line begins with nearly a sub-command, or an empty text."""
    split = words.split()
    if not 0 < len(split) <= 3 or ":" in words:
        return ""
    near = get_close_matches(split[0].lower(), verbs, n=1, cutoff=0.7)
    return " ".join([near[0], *split[1:]]) if near else ""


def _verb(words: str, verbs: frozenset[str]) -> tuple[str, str]:
    first = FIRST.match(words)
    if first is None or first["colon"] or first["word"].lower() not in verbs:
        return "", ""
    return first["word"].lower(), words[first.end() :].strip()


def _number(words: str) -> tuple[int | None, str]:
    first = FIRST.match(words)
    found = NUMBER.match(first["word"]) if first and not first["colon"] else None
    if first is None or found is None:
        return None, ""
    return int(found[1]), words[first.end() :].strip()
