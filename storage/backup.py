"""Copies of a SQLite database: taken while it is written to, and put back so that nothing that was sent is sent again.

What was sent after a copy was taken is known to the database it replaces. Those messages and the steps they belong to
are carried over, numbers go on from the highest one people were ever told, and who was forgotten since is forgotten.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage import audit, customers, facts, forgetting, search
from storage.database import SQLite, UnfitError
from storage.migrations import statements

TAKEN_AT, RESTORED_AT = "backup taken at", "restored at"  # facts, Unix seconds
FIRST_STEP = 16  # pages, fewer than the tables alone have; each later step is as large
NUMBERS_LEFT_OUT = 1000  # where the replaced database cannot be read, so many may have been told to people since
KEYS_LEFT_OUT = 1_000_000  # and so many rows of a table may have been named in messages

Told = Callable[[int, int], None]  # pages still to copy, of how many


def take(source: Path, to: Path, now: int, told: Told | None = None) -> None:
    """Copy a database that may be in use to a file of its own, whole or not at all; only its owner may read it.

    Raises UnfitError if the copy is not sound, sqlite3.Error or OSError if it cannot be made.
    """
    half = to.with_name(f"{to.name}.part")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(source, half, told)
        _note(half, TAKEN_AT, now)
        _must_be_sound(half)
        _put_in_place(half, to)
    finally:
        half.unlink(missing_ok=True)


def restore(copy: Path, to: Path, now: int) -> bool:
    """Put a copy back, also under a running bot; False if what was sent since could not be carried over.

    What was there stands beside it, with ``.before-restore`` behind its name. Raises as ``take``.
    """
    _must_be_sound(copy)
    ready, kept = to.with_name(f"{to.name}.restoring"), to.with_name(f"{to.name}.before-restore")
    ready.unlink(missing_ok=True)
    try:
        _copy(copy, ready)
        _bring_up_to_date(ready)
        _note(ready, RESTORED_AT, now)
        knows = to.exists() and _is_readable(to)
        if knows:
            _bring_up_to_date(to)
            _replace(to, ready, kept, now)
        else:
            if to.exists():
                kept.write_bytes(to.read_bytes())
            _leave_numbers_out(ready)
            _remove(to)
            _put_in_place(ready, to)
    finally:
        _remove(ready)
    return knows


def _copy(source: Path, to: Path, told: Told | None = None) -> None:
    def progress(_status: int, remaining: int, total: int) -> None:
        if told:
            told(remaining, total)

    with closing(sqlite3.connect(source, timeout=60)) as reading, closing(sqlite3.connect(to, timeout=60)) as writing:
        # All pages in one go: writers pass a reader in WAL, and a copy made in steps begins anew with each change.
        reading.backup(writing, pages=-1, progress=progress)


def _replace(to: Path, ready: Path, kept: Path, now: int) -> None:
    """Put a copy over a database that may be in use, in one transaction, which a running bot sees as any other.

    The first step locks it until the last one. What was written until then is kept aside, and what was sent until then
    carried over; with that, SQLite begins the copy anew.
    """
    is_locked = False

    def progress(status: int, _remaining: int, _total: int) -> None:
        nonlocal is_locked
        if status == sqlite3.SQLITE_OK and not is_locked:  # else somebody was writing, and it is tried again
            is_locked = True
            take(to, kept, now)
            _carry_over(ready, kept, now)

    with closing(sqlite3.connect(ready, timeout=60)) as reading, closing(sqlite3.connect(to, timeout=60)) as writing:
        reading.backup(writing, pages=FIRST_STEP, progress=progress)


def _note(path: Path, fact: str, now: int) -> None:
    """Write a fact into a copy; its journal goes, so that it is one file."""
    engine = SQLite(path)
    try:
        engine.begin(writing=True)
        facts.remember(engine, fact, str(now))
        engine.commit()
        engine.connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        engine.close()


def _must_be_sound(path: Path) -> None:
    alone = not path.with_name(f"{path.name}-wal").exists()  # then nothing need be written beside it to read it
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro{'&immutable=1' * alone}", uri=True)) as reading:
            [(verdict,)] = reading.execute("PRAGMA quick_check(1)").fetchall()
            reading.execute("SELECT 1 FROM facts, promises LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise UnfitError(f"{path} is not a database of Kept ({error}).") from error
    if verdict != "ok":
        raise UnfitError(f"{path} is damaged: {verdict}")


def _is_readable(path: Path) -> bool:
    try:
        _must_be_sound(path)
    except UnfitError:
        return False
    return True


def _bring_up_to_date(path: Path) -> None:
    engine = SQLite(path)
    try:
        engine.migrate()
    finally:
        engine.close()


def _put_in_place(half: Path, to: Path) -> None:
    """Move a finished file to its name, so that a power cut leaves the one or the other."""
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)


def _leave_numbers_out(ready: Path) -> None:
    """Go on with numbers that nobody can have been told."""
    with closing(SQLite(ready)) as engine:
        engine.begin(writing=True)
        engine.run("UPDATE numbers SET last = last + :more", more=NUMBERS_LEFT_OUT)
        engine.run("UPDATE sqlite_sequence SET seq = seq + :more", more=KEYS_LEFT_OUT)
        engine.commit()


def _carry_over(ready: Path, replaced: Path, now: int) -> None:
    """Bring what was sent and numbered since into a copy."""
    with closing(SQLite(ready)) as engine:
        engine.run("ATTACH :path AS replaced", path=str(replaced))
        engine.begin(writing=True)
        for statement in statements(CARRIED, counted=""):
            engine.run(statement)
        forgotten = [customers.find(engine, row["customer_id"]) for row in engine.rows(FORGOTTEN)]
        for customer in filter(None, forgotten):
            forgetting.erase(engine, customer, now)
            audit.write(
                engine, at=now, person_id="", surface="restore", deed=forgetting.FORGOTTEN, customer_id=customer.id
            )
        engine.commit()
        engine.run("DETACH replaced")
        if any(forgotten):
            search.purge(engine)
            engine.scrub(whole=True)


GONE = "(sent_at IS NOT NULL OR message_key IN (SELECT key FROM replaced.outbox WHERE state IN ('sending', 'unknown')))"
FORGOTTEN = f"SELECT DISTINCT customer_id FROM replaced.audit WHERE deed = '{forgetting.FORGOTTEN}'"

# What was sent since, or is on its way: messages by their key, steps of a promise by their number, digests by date.
# Rows about what the copy does not know, as a promise made since, are carried too: their keys must not come again.
CARRIED = f"""
UPDATE numbers SET last = MAX(last, (SELECT known.last FROM replaced.numbers AS known WHERE known.name = numbers.name));
UPDATE outbox SET (state, due_at, attempts, sent_at, sent_channel, sent_ts, problem) =
    (SELECT known.state, known.due_at, known.attempts, known.sent_at, known.sent_channel, known.sent_ts, known.problem
    FROM replaced.outbox AS known WHERE known.key = outbox.key)
    WHERE key IN (SELECT key FROM replaced.outbox WHERE sent_at IS NOT NULL OR state IN ('sending', 'unknown'));
INSERT OR IGNORE INTO outbox SELECT * FROM replaced.outbox WHERE state <> 'queued';
UPDATE nudges SET (message_key, queued_at, sent_at, target, due_at) =
    (SELECT known.message_key, known.queued_at, known.sent_at, known.target, known.due_at
    FROM replaced.nudges AS known WHERE known.id = nudges.id)
    WHERE id IN (SELECT id FROM replaced.nudges WHERE {GONE});
INSERT OR IGNORE INTO nudges SELECT * FROM replaced.nudges WHERE {GONE} OR target IS NULL;
UPDATE digests SET (next_at, last_on) =
    (SELECT known.next_at, known.last_on FROM replaced.digests AS known WHERE known.channel_id = digests.channel_id)
    WHERE EXISTS (SELECT 1 FROM replaced.digests AS known
        WHERE known.channel_id = digests.channel_id AND known.last_on > COALESCE(digests.last_on, ''));
UPDATE sqlite_sequence SET seq = MAX(seq, COALESCE(
    (SELECT known.seq FROM replaced.sqlite_sequence AS known WHERE known.name = sqlite_sequence.name), 0));
INSERT INTO sqlite_sequence (name, seq)
    SELECT name, seq FROM replaced.sqlite_sequence WHERE name NOT IN (SELECT name FROM main.sqlite_sequence);
"""
