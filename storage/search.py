"""Search: an issue by the words in it. Only this file holds SQL that differs between SQLite and PostgreSQL.

What is searched is made plain in Python, by ``plain``: so both engines find the same, and the index need only split at
spaces. The plain words of an issue (its summary, its notes, how it was solved, its customer's name) are a row of the
ordinary table ``issue_words``. Beside it stands what makes them quick to find: on SQLite an FTS5 table that keeps no
text of its own (``content='issue_words'``) and neither positions nor lengths, whose number is the issue's, so that the
newest come first unsorted; on PostgreSQL a GIN index over the same column split at its spaces, kept up to date by the
server (a ``tsvector`` would split the words once more, by rules that depend on the database's locale).

**Nothing stays behind.** ``remove`` takes an issue's words out of the table and the index; FTS5 then still holds them
in older parts of the index, beside a mark that they are void, until those parts are merged. Whoever must erase every
byte calls ``purge`` after the last ``remove``: it merges the index into one part, which holds no word that no issue
has. With ``PRAGMA secure_delete=ON`` SQLite overwrites the freed pages, and ``PRAGMA wal_checkpoint(TRUNCATE)`` after
the commit empties the write-ahead log. (FTS5's own ``secure-delete`` would spare the merge; it came with SQLite 3.42.)
"""

import re
import unicodedata
from dataclasses import dataclass

from storage.database import Database
from storage.models import Issue, every

LONGEST_WORD = 40  # characters; what follows is left off, in the index and in what is looked for alike
MOST_WORDS = 40  # looked for at once; with them a button's value stays under Slack's 2,000 characters

DEEP = 5_000  # hits looked through on one page for those that are one person's: 10 ms, however many there are

INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE issue_search USING fts5 (words, content = 'issue_words', content_rowid = 'issue_id',"
        " tokenize = 'ascii', detail = none, columnsize = 0)"
    ),
    "postgresql": "CREATE INDEX issue_search ON issue_words USING gin (string_to_array(words, ' '))",
}
ADD = "INSERT INTO issue_search (rowid, words) VALUES (:id, :words)"
_TAKE_OUT = "INSERT INTO issue_search (issue_search, rowid, words) VALUES ('delete', :id, :words)"
_MERGE = "INSERT INTO issue_search (issue_search) VALUES ('optimize')"
_NUMBERS = {
    "sqlite": (
        "SELECT rowid AS id FROM issue_search WHERE issue_search MATCH :wanted AND rowid < :below"
        " ORDER BY rowid DESC LIMIT :most"
    ),
    "postgresql": (
        "SELECT issue_id AS id FROM issue_words WHERE string_to_array(words, ' ') @> string_to_array(:wanted, ' ')"
        " AND issue_id < :below ORDER BY issue_id DESC LIMIT :most"
    ),
}


def _all_of(db: Database, words: list[str]) -> str:
    """What is looked for; plain words: nothing in them needs escaping."""
    return " AND ".join(f'"{word}"' for word in words) if db.dialect == "sqlite" else " ".join(words)


# From here on the same on every engine.

KEEP = "INSERT INTO issue_words (issue_id, words) VALUES (:id, :words)"


def plain(words: str) -> list[str]:
    """The words of a text: case and accents folded, split at all that is no letter or digit, each once.

    Each Chinese, Japanese or Korean character is a word of its own, for those scripts leave no spaces.
    """
    if words.isascii():  # most are, and the answer is the same, five times as fast
        return list(dict.fromkeys(word[:LONGEST_WORD] for word in _ASCII_WORD.findall(words.lower())))
    decomposed = unicodedata.normalize("NFKD", words)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) or c in _VOICED)
    folded = unicodedata.normalize("NFC", bare.casefold())
    spaced = "".join(f" {c} " if _stands_alone(c) else c if _is_in_word(c) else " " for c in folded)
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in spaced.split()))


_ASCII_WORD = re.compile(r"[a-z0-9]+")
_VOICED = "\u3099\u309a"  # the marks that make another kana of a kana: no accents
_ALONE = (
    *((0x1100, 0x11FF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3040, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
    *((0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF)),
)


def _stands_alone(character: str) -> bool:
    """Whether a character is of a script that leaves no spaces between words."""
    code = ord(character)
    return code >= _ALONE[0][0] and character.isalnum() and any(first <= code <= last for first, last in _ALONE)


def _is_in_word(character: str) -> bool:
    """Letters and digits, and the vowel signs of scripts that write them as marks."""
    return character.isalnum() or unicodedata.category(character) in {"Mn", "Mc"}


def index(db: Database, issue_id: int) -> None:
    """Have an issue found by the words it has now; called in the transaction that changes them."""
    row = db.row(
        "SELECT issues.summary, issues.resolution, customers.name FROM issues"
        " JOIN customers ON customers.id = issues.customer_id WHERE issues.id = :id",
        id=issue_id,
    )
    if row is None:  # a promise's number, whose notes are kept in the same table
        return
    notes = db.rows("SELECT words FROM notes WHERE record_id = :id ORDER BY id", id=issue_id)
    whole = "\n".join([row["name"], row["summary"], row["resolution"] or "", *(note["words"] for note in notes)])
    words = " ".join(plain(whole))
    before = db.row("SELECT words FROM issue_words WHERE issue_id = :id", id=issue_id)
    if before and before["words"] == words:
        return
    if before:
        remove(db, issue_id)
    db.run(KEEP, id=issue_id, words=words)
    if db.dialect == "sqlite":
        db.run(ADD, id=issue_id, words=words)


def index_customer(db: Database, customer_id: int) -> None:
    """Have all issues of a customer found by its present name: after it was renamed or merged."""
    for row in db.rows("SELECT id FROM issues WHERE customer_id = :id ORDER BY id", id=customer_id):
        index(db, row["id"])


def remove(db: Database, issue_id: int) -> None:
    """Take an issue out of search; to leave no byte of it, ``purge`` after the last."""
    for row in db.rows("SELECT words FROM issue_words WHERE issue_id = :id", id=issue_id):
        if db.dialect == "sqlite":
            db.run(_TAKE_OUT, id=issue_id, words=row["words"])
        db.run("DELETE FROM issue_words WHERE issue_id = :id", id=issue_id)


def purge(db: Database) -> None:
    """Merge the index into one part that holds no word of what was removed; seconds, with a million issues."""
    if db.dialect == "sqlite":  # elsewhere the index is written anew with its table (``Engine.scrub``)
        db.run(_MERGE)


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, newest first; ``older`` is the number below which there may be more, None where there are none."""

    issues: list[Issue]
    older: int | None


NEWEST = 1 << 62  # above every number


def find(db: Database, words: list[str], *, most: int, below: int = NEWEST, person_id: str | None = None) -> Found:
    """Issues that hold all these plain words, newest first, numbered under ``below``.

    With ``person_id``, those alone that this person owns or reported: then a page looks through ``DEEP`` hits and may
    come back with fewer than ``most``, though there is an older page.
    """
    theirs = "WHERE :person_id IN (issues.owner_id, issues.reporter_id)" if person_id else ""
    depth = DEEP if person_id else most + 1
    rows = db.rows(
        f"SELECT issues.* FROM ({_NUMBERS[db.dialect]}) AS hits JOIN issues ON issues.id = hits.id {theirs}"
        " ORDER BY hits.id DESC LIMIT :page",
        wanted=_all_of(db, words),
        below=below,
        most=depth,
        person_id=person_id,
        page=most + 1,
    )
    page = every(Issue, rows[:most])
    if len(rows) > most:
        return Found(page, page[-1].id)
    walked = numbers(db, words, most=depth, below=below) if person_id else []
    return Found(page, walked[-1] if len(walked) == depth else None)


def numbers(db: Database, words: list[str], *, most: int, below: int = NEWEST) -> list[int]:
    """The numbers of the newest issues that hold all these plain words."""
    return db.column(_NUMBERS[db.dialect], wanted=_all_of(db, words), below=below, most=most)
