"""One line's cells made values, or what is wrong with them in words."""

import json
import re
from difflib import get_close_matches
from typing import Any

from handlers.transfer import cells
from handlers.transfer.columns import LONG, Column
from handlers.when import zones
from storage import channels, customers
from storage.database import Database
from storage.transfer import ENTRIES

MOST_IN_A_NUMBER = 1_000_000_000  # a record's number; what is larger is a slip, and would be the last number there is
SLACK_ID = re.compile(r"[UWB][A-Z0-9]{2,20}")
YES, NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")
ENTRY_TIMES, ENTRY_PEOPLE = ("at", "from", "to"), ("by",)
MOST_ENTRIES = 500  # notes, attempts or moves of one record


class WrongError(Exception):
    """A cell cannot be taken; the message says why, beginning behind the column's name."""


class People:
    """Everybody we know, by Slack id, handle and name."""

    def __init__(self, db: Database) -> None:
        self._known: dict[str, list[tuple[str, bool]]] = {}
        self._shown: dict[str, str] = {}
        found = db.rows("SELECT id, handle, name, is_bot, is_outsider, is_deactivated FROM people ORDER BY id")
        for row in found:
            one = (row["id"], bool(row["is_bot"] or row["is_outsider"]))
            for called in dict.fromkeys((row["id"].lower(), row["handle"].lower(), row["name"].lower())):
                if called and (called == row["id"].lower() or not row["is_deactivated"]):
                    self._known.setdefault(called, []).append(one)
        for row in found:
            is_plain = self._known.get(row["handle"].lower()) == [
                (row["id"], bool(row["is_bot"] or row["is_outsider"]))
            ]
            self._shown[row["id"]] = row["handle"] if is_plain else row["id"]

    def shown(self, person_id: str | None) -> str | None:
        """Somebody as they stand in a file: by handle, or by Slack id where that is not theirs alone."""
        return None if person_id is None else self._shown.get(person_id, person_id)

    def one_of_us(self, called: str) -> str:
        """The Slack id of a full member; raises WrongError for anybody else."""
        found = self._known.get(called.strip().removeprefix("@").lower(), [])
        if not found:
            near = get_close_matches(called.strip().removeprefix("@").lower(), self._known, n=1)
            meant = f"; {near[0]}?" if near else ". Write a handle, a name or a Slack id"
            raise WrongError(f"nobody here is called “{called}”{meant}")
        if len(found) > 1:
            ids = " or ".join(person_id for person_id, _ in found)
            raise WrongError(f"“{called}” is several people; write {ids}")
        if found[0][1]:
            raise WrongError(f"“{called}” is a guest, a bot or of another company")
        return found[0][0]

    def anybody(self, called: str) -> str:
        """Who did something once: perhaps gone, or somebody we never knew, by Slack id."""
        found = self._known.get(called.strip().removeprefix("@").lower(), [])
        if len(found) == 1:
            return found[0][0]
        if SLACK_ID.fullmatch(called.strip()) or called.strip() == "machine":
            return called.strip()
        return self.one_of_us(called)


def value(db: Database, people: People, column: Column, cell: Any, *, is_csv: bool) -> Any:
    """The value of a cell; None for an empty one. Raises WrongError."""
    if column.shape == "entries":
        return _entries(people, column.name, cell, is_csv=is_csv)
    if column.shape in ("names", "channels"):
        listed = cells.split(cells.arm(cell)) if isinstance(cell, str) and is_csv else _list(cell)
        return [_channel(db, one) if column.shape == "channels" else _name(one, column.most) for one in listed] or None
    words = _words(cell, is_csv=is_csv)
    if not words.strip():
        return None
    if len(words) > column.most:
        raise WrongError(f"is {len(words):,} characters long; at most {column.most:,}")
    return _single(people, column, words)


def _single(people: People, column: Column, words: str) -> Any:
    line = " ".join(words.split())
    match column.shape:
        case "text":
            return words
        case "line":
            return line
        case "name" | "customer":
            return _name(line, column.most)
        case "person":
            return people.one_of_us(line)
        case "anybody":
            return people.anybody(line)
        case "time":
            return _time(line)
        case "zone":
            return _zone(line)
        case "choice":
            return _choice(line, column.choices)
        case "flag":
            return _flag(line)
        case _:
            return _number(line)


def _words(cell: Any, *, is_csv: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return str(cell)
    if not isinstance(cell, str):
        raise WrongError("holds a list or an object where one value belongs")
    return cells.arm(cell) if is_csv else cell


def _list(cell: Any) -> list[str]:
    if cell is None:
        return []
    if isinstance(cell, str):
        return cells.split(cell)
    if isinstance(cell, list) and all(isinstance(one, str) for one in cell):
        return [one.strip() for one in cell if one.strip()]
    raise WrongError("is not a list of names")


def _name(words: str, most: int) -> str:
    name = " ".join(words.split())
    if not customers.fold(name):
        raise WrongError(f"“{name[:60]}” has neither letter nor digit")
    if len(name) > min(most, customers.LONGEST_NAME):
        raise WrongError(f"“{name[:20]}…” is {len(name)} characters long; at most {customers.LONGEST_NAME}")
    return name


def _channel(db: Database, called: str) -> str:
    plain = called.strip().removeprefix("#")
    found = channels.find(db, plain) or channels.by_name(db, plain.lower())
    if found is None:
        raise WrongError(f"there is no channel “{called}” that Kept sees")
    return found.id


def _time(words: str) -> int:
    at = cells.seconds(words)
    if at is None:
        raise WrongError(f"“{words[:60]}” is no time with offset; write it like 2026-12-04T17:30-05:00")
    return at


def _zone(words: str) -> str:
    name = zones.by_name().get(words.lower().replace(" ", "_")) or zones.by_city().get(words.lower())
    if name is None:
        raise WrongError(f"there is no zone “{words[:60]}”; write it like America/New_York")
    return name


def _choice(words: str, choices: tuple[str, ...]) -> str:
    plain = words.lower().lstrip("#!").replace(" ", "-").replace("_", "-")
    if plain in choices:
        return plain
    near = get_close_matches(plain, choices, n=1)
    raise WrongError(f"“{words[:60]}” is none of {', '.join(choices)}{f'; {near[0]}?' if near else ''}")


def _flag(words: str) -> int:
    if words.lower() in YES + NO:
        return int(words.lower() in YES)
    raise WrongError(f"“{words[:60]}” is neither yes nor no")


def _number(words: str) -> int:
    plain = words.removeprefix("#")
    if not (plain.isascii() and plain.isdecimal() and 0 < int(plain[:20]) <= MOST_IN_A_NUMBER):
        raise WrongError(f"“{words[:60]}” is no record's number")
    return int(plain)


def _entries(people: People, kind: str, cell: Any, *, is_csv: bool) -> list[dict[str, Any]] | None:
    """Notes, attempts or moves: a list of objects with times, people and words."""
    if isinstance(cell, str):
        if not cell.strip():
            return None
        try:
            cell = json.loads(cells.arm(cell) if is_csv else cell)
        except (ValueError, RecursionError):
            raise WrongError("is not as Kept exports it: a list in JSON") from None
    if cell is None:
        return None
    if not isinstance(cell, list) or len(cell) > MOST_ENTRIES or not all(isinstance(one, dict) for one in cell):
        raise WrongError("is not as Kept exports it: a list in JSON")
    return [_entry(people, kind, one) for one in cell] or None


def _entry(people: People, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    missing = next((name for name in ENTRIES[kind] if name != "customer_told" and given.get(name) is None), None)
    if missing:
        raise WrongError(f"one of them has no “{missing}”")
    for name, found in given.items():
        if name in ENTRY_TIMES:
            read[name] = _time(str(found))
        elif name in ENTRY_PEOPLE:
            read[name] = people.anybody(str(found))
        elif name == "words":
            read[name] = _line_of_notes(str(found))
        elif name == "customer_told":
            read[name] = None if found is None else int(bool(found))
    return read


def _line_of_notes(words: str) -> str:
    if len(words) > LONG:
        raise WrongError(f"has an entry of {len(words):,} characters; at most {LONG:,}")
    return words
