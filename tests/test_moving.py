"""What a move promises: everything there is on the other side, once, and no bot at work on the side that was left."""

from contextlib import closing

import pytest

from bot import move_command
from bot.machine import UnusableError
from bot.run import StartError
from storage import catalog, facts, moving, search
from storage.engines import Server, open_engine
from tests import servers
from tests.conftest import MORNING, open_desk

LATER = MORNING + 86400


@pytest.fixture
async def worked(slack, database, transport):
    """A database that people have worked with, and from which something was taken back."""
    async with open_desk(slack, database, transport) as desk:
        await desk.type("dana", "/issue Acme: charged twice for März 💥")
        await desk.type("bob", "/callback Acme tomorrow 3pm: tell them")
        await desk.type("dana", "/issue Beta: cannot log in")
        await desk.type("dana", "/issue undo")
        await desk.wait(minutes=1)
        await desk.bot.store.run(facts.remember, "ticked at", str(int(MORNING)))
    return database


@pytest.fixture
def elsewhere(engine, tmp_path, worker_id):
    """An empty place on the other engine."""
    if engine == "postgresql":
        yield tmp_path / "moved.db"
        return
    with servers.database(servers.address(), f"moved_{worker_id}") as url:
        yield Server(url)


def move(source, target):
    return move_command.move(source, target, clock=lambda: LATER)


def everything(place):
    """All rows of all tables, and what comes next where numbers are given out."""
    with closing(open_engine(place)) as db:
        found = {}
        for table in catalog.tables(db):
            key = ", ".join(catalog.key(db, table))
            rows = db.rows(f"SELECT * FROM {table} ORDER BY {key}")
            found[table] = [row for row in rows if row.get("name") not in moving.OURS]
        return found, {table: last for table, last in catalog.counters(db).items() if last}


@pytest.mark.contract
@pytest.mark.http
async def test_everything_is_on_the_other_side_and_the_bot_goes_on_there(slack, worked, elsewhere, transport):
    before = everything(worked)
    rows = move(worked, elsewhere)

    assert everything(elsewhere) == before
    assert rows["issues"] == len(before[0]["issues"]) > 0
    with closing(open_engine(elsewhere)) as db:
        assert [one.summary for one in search.find(db, ["marz"], most=5).issues] == ["charged twice for März 💥"]
    async with open_desk(slack, elsewhere, transport) as desk:
        assert "#4" in str(await desk.type("dana", "/issue Acme: and again"))
        assert "charged twice" in str(await desk.type("dana", "/issue find charged"))


@pytest.mark.http
async def test_no_bot_starts_on_what_was_left(slack, worked, elsewhere, transport):
    move(worked, elsewhere)

    with pytest.raises(StartError, match="were moved to"):
        await open_desk(slack, worked, transport).__aenter__()


@pytest.mark.contract
@pytest.mark.http
async def test_a_move_that_was_interrupted_goes_on_where_it_stopped_and_no_bot_starts_on_half(
    slack, worked, elsewhere, transport, monkeypatch
):
    monkeypatch.setattr(moving, "CHUNK", 2)
    chunks = []
    put = moving._insert

    def stumble(db, table, columns, rows):
        if len(chunks) == 9:
            raise OSError("the plug was pulled")
        chunks.append(table)
        put(db, table, columns, rows)

    monkeypatch.setattr(moving, "_insert", stumble)
    with pytest.raises(OSError, match="plug"):
        move(worked, elsewhere)
    with pytest.raises(StartError, match="not finished"):
        await open_desk(slack, elsewhere, transport).__aenter__()

    again = []
    monkeypatch.setattr(moving, "_insert", lambda db, table, *rest: (again.append(table), put(db, table, *rest)))
    move(worked, elsewhere)
    assert everything(elsewhere) == everything(worked)
    finished = set(chunks[:-1]) - {chunks[-1], "facts", "numbers"}
    assert finished
    assert not finished & set(again)


@pytest.mark.http
async def test_a_target_with_records_of_its_own_is_left_alone(worked, elsewhere):
    with closing(open_engine(elsewhere)) as db:
        db.migrate()
        facts.remember(db, "workspace", "T2")

    with pytest.raises(UnusableError, match="has records already"):
        move(worked, elsewhere)
    with closing(open_engine(elsewhere)) as db:
        assert db.rows("SELECT name FROM facts") == [{"name": "workspace"}]


@pytest.mark.http
async def test_while_kept_is_at_work_it_says_to_stop_it_first(worked, elsewhere):
    now = [MORNING + 10]

    def pause(seconds):
        now[0] += 30
        with closing(open_engine(worked)) as db:
            facts.remember(db, "ticked at", str(int(now[0])))

    with pytest.raises(UnusableError, match="Stop it first"):
        move_command.move(worked, elsewhere, clock=lambda: now[0], pause=pause)


@pytest.mark.http
async def test_when_it_was_stopped_a_moment_ago_it_is_moved_within_the_minute(worked, elsewhere):
    now = [MORNING + 10]

    def pause(seconds):
        now[0] += seconds

    assert move_command.move(worked, elsewhere, clock=lambda: now[0], pause=pause)["issues"] > 0
    assert now[0] <= MORNING + 80


@pytest.mark.http
async def test_what_differs_afterwards_is_emptied_and_said(worked, elsewhere, monkeypatch):
    put = moving._insert

    def slip(db, table, columns, rows):
        put(db, table, columns, [{**row, "created_at": 1} if table == "customers" else row for row in rows])

    monkeypatch.setattr(moving, "_insert", slip)
    with pytest.raises(UnusableError, match=r"differ.*customers"):
        move(worked, elsewhere)
    monkeypatch.setattr(moving, "_insert", put)

    move(worked, elsewhere)
    assert everything(elsewhere) == everything(worked)
