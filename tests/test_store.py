"""What the store promises: what was answered is on disk, and one bad change fails alone."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from storage import facts
from storage.database import SQLite
from storage.store import ClosedError, Store


@pytest.fixture
async def store(tmp_path):
    opened = Store(lambda: SQLite(tmp_path / "kept.db"))
    yield opened
    await opened.close()


def _kept(path: Path) -> dict[str, str]:
    """What another process reads from the file."""
    with sqlite3.connect(path) as other:
        found = dict(other.execute("SELECT name, value FROM facts").fetchall())
    other.close()
    return found


async def test_what_was_answered_can_be_read_by_another_process(store, tmp_path):
    await store.run(facts.remember, "one", "1")

    assert _kept(tmp_path / "kept.db") == {"one": "1"}


async def test_one_bad_change_fails_alone_among_those_that_share_a_commit(store, tmp_path):
    def bad(db):
        facts.remember(db, "bad", "half done")
        raise ValueError("no")

    changes = [store.run(facts.remember, f"n{n}", "kept") for n in range(50)]
    changes.insert(25, store.run(bad))
    results = await asyncio.gather(*changes, return_exceptions=True)

    assert [type(result) for result in results if result is not None] == [ValueError]
    assert len(_kept(tmp_path / "kept.db")) == 50


async def test_many_changes_at_once_share_commits(store):
    commits = []
    counted = SQLite.commit

    def commit(engine):
        commits.append(engine)
        counted(engine)

    SQLite.commit = commit
    try:
        await asyncio.gather(*[store.run(facts.remember, f"n{n}", "kept") for n in range(200)])
    finally:
        SQLite.commit = counted

    assert len(commits) < 100


async def test_nobody_is_told_it_is_kept_when_the_commit_fails(store, tmp_path):
    def too_much(db):
        for n in range(20):
            facts.remember(db, f"lost {n}", "x" * 100_000)

    await store.run(lambda db: db.rows("PRAGMA max_page_count = 200"))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await store.run(too_much)
    assert [name for name in _kept(tmp_path / "kept.db") if name.startswith("lost ")] == []
    await store.run(facts.remember, "after", "it goes on")
    assert _kept(tmp_path / "kept.db")["after"] == "it goes on"


async def test_closing_commits_what_was_queued_and_refuses_what_comes_after(store, tmp_path):
    queued = [asyncio.ensure_future(store.run(facts.remember, f"n{n}", "kept")) for n in range(100)]
    await asyncio.gather(asyncio.sleep(0), store.close())

    await asyncio.gather(*queued)
    assert len(_kept(tmp_path / "kept.db")) == 100
    with pytest.raises(ClosedError):
        await store.run(facts.remember, "late", "no")


async def test_every_connection_is_durable(store):
    assert await store.run(lambda db: db.row("PRAGMA synchronous")) == {"synchronous": 2}
    assert await store.run(lambda db: db.row("PRAGMA journal_mode")) == {"journal_mode": "wal"}
    assert await store.read(lambda db: db.row("PRAGMA synchronous")) == {"synchronous": 2}


async def test_the_tables_are_made_once_and_opening_again_changes_nothing(tmp_path):
    for _ in range(2):
        opened = Store(lambda: SQLite(tmp_path / "kept.db"))
        await opened.run(facts.remember, "one", "1")
        await opened.close()

    assert _kept(tmp_path / "kept.db") == {"one": "1"}
