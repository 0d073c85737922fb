"""What the store promises: what was answered is on disk, and one bad change fails alone."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from storage import facts
from storage.database import UnfitError
from storage.engines import Place, open_engine
from storage.store import ClosedError, Store

pytestmark = pytest.mark.contract


@pytest.fixture
async def store(database):
    opened = Store(lambda: open_engine(database))
    yield opened
    await opened.close()


def _kept(place: Place) -> dict[str, str]:
    """What another process reads from the database."""
    with closing(open_engine(place)) as other:
        return {row["name"]: row["value"] for row in other.rows("SELECT name, value FROM facts")}


async def test_what_was_answered_can_be_read_by_another_process(store, database):
    await store.run(facts.remember, "one", "1")

    assert _kept(database) == {"one": "1"}


async def test_one_bad_change_fails_alone_among_those_that_share_a_commit(store, database):
    def bad(db):
        facts.remember(db, "bad", "half done")
        raise ValueError("no")

    changes = [store.run(facts.remember, f"n{n}", "kept") for n in range(50)]
    changes.insert(25, store.run(bad))
    results = await asyncio.gather(*changes, return_exceptions=True)

    assert [type(result) for result in results if result is not None] == [ValueError]
    assert len(_kept(database)) == 50


async def test_many_changes_at_once_share_commits(database):
    engine, commits = open_engine(database), []
    commit = engine.commit

    def counted():
        commits.append(1)
        commit()

    engine.migrate()
    engine.commit = counted
    store = Store(lambda: engine)
    await asyncio.gather(*[store.run(facts.remember, f"n{n}", "kept") for n in range(200)])
    await store.close()

    assert len(commits) < 100


async def test_nobody_is_told_it_is_kept_before_the_commit(database):
    engine, begun, may_go_on = open_engine(database), threading.Event(), threading.Event()
    commit = engine.commit

    def slow():
        begun.set()
        may_go_on.wait(20)
        commit()

    store = Store(lambda: engine)
    engine.commit = slow
    told = asyncio.ensure_future(store.run(facts.remember, "one", "1"))
    await asyncio.to_thread(begun.wait, 20)
    await asyncio.sleep(0)
    was_told = told.done()
    may_go_on.set()
    await told
    await store.close()

    assert not was_told


async def test_nobody_is_told_it_is_kept_when_it_is_the_commit_that_fails(database):
    engine = open_engine(database)
    store, commit = Store(lambda: engine), engine.commit
    engine.commit = lambda: (_ for _ in ()).throw(OSError("the disk is gone"))
    changes = [store.run(facts.remember, f"n{n}", "kept") for n in range(3)]
    told = await asyncio.gather(*changes, return_exceptions=True)
    engine.commit = commit
    await store.run(facts.remember, "after", "it goes on")
    await store.close()

    assert {type(one) for one in told} == {OSError}
    assert _kept(database) == {"after": "it goes on"}


@pytest.mark.sqlite
async def test_nobody_is_told_it_is_kept_when_the_commit_fails(store, database):
    def too_much(db):
        for n in range(20):
            facts.remember(db, f"lost {n}", "x" * 100_000)

    await store.run(lambda db: db.rows("PRAGMA max_page_count = 200"))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await store.run(too_much)
    assert [name for name in _kept(database) if name.startswith("lost ")] == []
    await store.run(facts.remember, "after", "it goes on")
    assert _kept(database)["after"] == "it goes on"


async def test_closing_commits_what_was_queued_and_refuses_what_comes_after(store, database):
    queued = [asyncio.ensure_future(store.run(facts.remember, f"n{n}", "kept")) for n in range(100)]
    await asyncio.gather(asyncio.sleep(0), store.close())

    await asyncio.gather(*queued)
    assert len(_kept(database)) == 100
    with pytest.raises(ClosedError):
        await store.run(facts.remember, "late", "no")


@pytest.mark.sqlite
async def test_every_connection_is_durable(store):
    assert await store.run(lambda db: db.row("PRAGMA synchronous")) == {"synchronous": 2}
    assert await store.run(lambda db: db.row("PRAGMA journal_mode")) == {"journal_mode": "wal"}
    assert await store.read(lambda db: db.row("PRAGMA synchronous")) == {"synchronous": 2}


async def test_the_tables_are_made_once_and_opening_again_changes_nothing(database):
    for _ in range(2):
        opened = Store(lambda: open_engine(database))
        await opened.run(facts.remember, "one", "1")
        await opened.close()

    assert _kept(database) == {"one": "1"}


def test_tables_of_a_later_version_are_left_alone(database, engine):
    register = {
        "sqlite": "_sqlite_migrations (migration_set, name) VALUES ('kept', ",
        "postgresql": "_migrations (name) VALUES (",
    }
    with closing(open_engine(database)) as opened:
        opened.run(f"INSERT INTO {register[engine]}'of_tomorrow')")

        with pytest.raises(UnfitError, match="later version"):
            opened.migrate()
        with pytest.raises(UnfitError, match="later version"):
            opened.pending()
