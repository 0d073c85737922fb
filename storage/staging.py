"""Where an import is put down while it is looked through: a database of its own, on disk, gone when it is closed.

So a file of any length needs the same memory, and nothing of ours is locked meanwhile. SQLite on every installation.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storage.customers import one_slip_apart

SHORTEST_NEAR = 5  # letters; of shorter names a slip makes another name (as in customers.nearly_named)
CACHE = -8192  # KiB of memory

TABLES = """
CREATE TABLE lines (
    line INTEGER PRIMARY KEY, verdict TEXT NOT NULL, words TEXT NOT NULL, key TEXT, said TEXT, plan TEXT);
CREATE INDEX lines_by_key ON lines (key) WHERE key IS NOT NULL;
CREATE TABLE claims (key TEXT PRIMARY KEY, line INTEGER NOT NULL, claimed_by TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE slips (slip INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, line INTEGER);
"""

NEW, CHANGED, SAME, WRONG, ASKED = "new", "changed", "same", "wrong", "asked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an import would do with one line, in words; ``key`` is what the line is about, ``plan`` what to write.

    ``said`` are the values the line gives, by which a second line about the same is compared.
    """

    line: int
    verdict: str
    words: str
    key: str | None = None
    said: dict[str, Any] | None = None
    plan: dict[str, Any] | None = None


class Staging:
    """The lines of one import."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # no name: a file of SQLite's own that it deletes itself
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size={CACHE}", "temp_store=FILE"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(TABLES)
        self._db.execute("BEGIN")
        self.highest = 0  # of the numbers the lines bring along

    def close(self) -> None:
        """Forget everything."""
        self._db.close()

    def put(self, verdict: Verdict) -> None:
        """Put a line down."""
        self.highest = max(self.highest, ((verdict.plan or {}).get("row") or {}).get("id") or 0)
        said = None if verdict.said is None else json.dumps(verdict.said)
        plan = None if verdict.plan is None else json.dumps(verdict.plan)
        values = (verdict.line, verdict.verdict, verdict.words, verdict.key, said, plan)
        self._db.execute("INSERT INTO lines (line, verdict, words, key, said, plan) VALUES (?, ?, ?, ?, ?, ?)", values)

    def earlier(self, key: str) -> tuple[int, dict[str, Any]] | None:
        """The first line about the same, if there is one already, and what it says."""
        found = self._db.execute("SELECT line, said FROM lines WHERE key = ? ORDER BY line LIMIT 1", (key,)).fetchone()
        return (found[0], json.loads(found[1])) if found else None

    def claim(self, key: str, line: int, claimed_by: str) -> int | None:
        """Take a name for a customer; the line of another one that has taken it, or None."""
        sql = (
            "INSERT INTO claims (key, line, claimed_by) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET key = key RETURNING line, claimed_by"
        )
        [(first, whose)] = self._db.execute(sql, (key, line, claimed_by)).fetchall()
        return None if whose == claimed_by else int(first)

    def slips(self, key: str, name: str, line: int | None = None) -> None:
        """Put a name down for ``near``: as itself and with each letter left out; ``line`` for one that is new.

        Two names are one slip apart only if they agree so in one spelling, and in their digits.
        """
        if len(key) < SHORTEST_NEAR:
            return
        digits = "".join(c for c in key if c.isdigit())
        spellings = {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}
        rows = ((hash((digits, spelling)), key, name, line) for spelling in spellings)
        self._db.executemany("INSERT INTO slips (slip, key, name, line) VALUES (?, ?, ?, ?)", rows)

    def near(self) -> Iterator[tuple[int, str, int | None]]:
        """Each new name that is one slip away from another: its line, the other name, and its line if it is new too."""
        self._db.execute("CREATE INDEX slips_by_slip ON slips (slip)")
        found = self._db.execute(
            "SELECT DISTINCT new.line, new.key, other.key, other.name, other.line FROM slips AS new"
            " JOIN slips AS other ON other.slip = new.slip AND other.key <> new.key"
            " WHERE new.line IS NOT NULL AND (other.line IS NULL OR other.line < new.line)"
        )
        for line, key, other, name, other_line in found:
            if one_slip_apart(key, other):
                yield line, name, other_line

    def ask(self, line: int, words: str) -> None:
        """Turn a new customer into a question."""
        self._db.execute(
            "UPDATE lines SET verdict = ?, words = ? WHERE line = ? AND verdict = ?", (ASKED, words, line, NEW)
        )

    def verdicts(self) -> Iterator[tuple[int, str, str]]:
        """Every line in its order: number, verdict and words."""
        yield from self._db.execute("SELECT line, verdict, words FROM lines ORDER BY line")

    def counts(self) -> dict[str, int]:
        """How many lines there are of each verdict."""
        return dict(self._db.execute("SELECT verdict, COUNT(*) FROM lines GROUP BY verdict").fetchall())

    def plans(self, most: int) -> Iterator[list[dict[str, Any]]]:
        """What is to be written, up to ``most`` at a time, in the order of the lines."""
        found = self._db.execute("SELECT plan FROM lines WHERE plan IS NOT NULL ORDER BY line")
        while rows := found.fetchmany(most):
            yield [json.loads(row[0]) for row in rows]
