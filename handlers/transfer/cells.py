"""A value as a cell of a CSV file, and back. Pure.

A spreadsheet takes a cell that begins like a formula for one, whoever wrote it. Such a cell is disarmed by an
apostrophe in front, and reading takes away exactly what writing put there.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

# What spreadsheets begin a formula with, the full-width and small forms too, behind blanks, invisible letters and
# quotes; tab and carriage return even alone (OWASP, "CSV Injection").
FORMULA = re.compile(
    "[\\s'\"\u2018\u2019\u201c\u201d\u200b-\u200f\u2060\ufeff]*[\t\r=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]"
)
EARLIEST, LATEST = -2208988800, 7258118400  # 1900 and 2200, in Unix seconds


def disarm(cell: str) -> str:
    """The cell as text for any spreadsheet."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def arm(cell: str) -> str:
    """The cell as it was before it was disarmed; any other is left alone."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


def written(value: Any) -> str:
    """A value as a disarmed cell: several names with semicolons between, entries as JSON, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        named = all(isinstance(one, str) for one in value)
        return disarm(_joined(value) if named else json.dumps(value, ensure_ascii=False)) if value else ""
    return disarm(str(value))


def _joined(names: list[str]) -> str:
    """Names that hold a semicolon themselves stand one a line."""
    return "\n".join([*names, ""]) if any(";" in name for name in names) else "; ".join(names)


def split(cell: str) -> list[str]:
    """The names in a cell."""
    return [name.strip() for name in cell.split("\n" if "\n" in cell else ";") if name.strip()]


def iso(at: int | None, zone: str = "UTC") -> str | None:
    """A Unix time in ISO 8601 with the offset of a zone."""
    return None if at is None else datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).isoformat()


def seconds(words: str) -> int | None:
    """The Unix seconds of a time in ISO 8601 with offset, from 1900 to 2200; None for anything else."""
    try:
        moment = datetime.fromisoformat(words.strip())
        at = int(moment.timestamp()) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and EARLIEST < at < LATEST else None
