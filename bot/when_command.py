"""`python -m bot when`: shows how a due time is read, one phrase or many from standard input."""

import argparse
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.when import Ask, read

ASKED = 3  # the exit status of a phrase that has to be asked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `when` takes to its parser."""
    parser.add_argument(
        "phrase", help='the words as typed, for example "friday 3pm"; - reads lines from standard input'
    )
    parser.add_argument("--now", help="the moment it is typed, ISO 8601 with offset (now)")
    parser.add_argument("--zone", default="UTC", help="the IANA zone of the person typing (UTC)")
    parser.add_argument("--locale", help="their locale, for example en-US (unknown)")


def run(arguments: argparse.Namespace) -> int:
    """Answer the phrase, or each line of standard input, and return the exit status."""
    if arguments.phrase == "-":
        for line in sys.stdin:
            print(answer_line(line.rstrip("\r\n")), flush=True)  # noqa: T201
        return 0
    told = answer(arguments.now, arguments.zone, arguments.phrase, arguments.locale)
    print(told, flush=True)  # noqa: T201
    return ASKED if told.startswith("ASK:") else 0


def answer_line(line: str) -> str:
    """The answer to a line of `now TAB zone TAB phrase [TAB locale]`."""
    parts = line.split("\t")
    if not 3 <= len(parts) <= 4:
        return f"ASK: expected now, zone, phrase and perhaps locale with tabs between; found {len(parts)} of them"
    return answer(parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else None)


def answer(now: str | None, zone: str, phrase: str, locale: str | None) -> str:
    """The time in ISO 8601 with the offset of the zone it was said in, to the minute; or "ASK: " and the question."""
    try:
        at = (
            datetime.fromisoformat(now.strip())
            if now is not None
            else datetime.fromtimestamp(int(time.time()), ZoneInfo("UTC"))
        )
    except ValueError:
        return f"ASK: “{now}” is no moment; write it like 2026-12-04T17:30-05:00"
    if at.tzinfo is None:
        return f"ASK: “{now}” has no offset; write it like 2026-12-04T17:30-05:00"
    try:
        ZoneInfo(zone.strip())
    except (ValueError, OSError, KeyError):
        return f"ASK: there is no zone “{zone}”; write it like America/New_York"
    try:
        understood = read(phrase, int(at.timestamp()), zone.strip(), (locale or "").strip() or None)
    except OverflowError:
        return f"ASK: “{now}” is out of range"
    if isinstance(understood, Ask):
        return "ASK: no time" if understood.reason == "no-time" else f"ASK: {_told(understood)}"
    return datetime.fromtimestamp(understood.at, ZoneInfo(understood.zone)).isoformat(timespec="minutes")


def _told(asked: Ask) -> str:
    """A question and its likely times on one line."""
    likely = "; ".join(choice.label for choice in asked.choices)
    return " ".join(f"{asked.question} [{likely}]".split()) if likely else " ".join(asked.question.split())
