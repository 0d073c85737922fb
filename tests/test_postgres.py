"""What PostgreSQL promises beside SQLite: the same tables, one writer among all replicas, broken wires mended."""

import asyncio
import re
import threading
import time

import psycopg
import pytest

from storage import customers, facts, issues, outbox, search
from storage import postgres as engine_room
from storage.database import SQLite, UnfitError, UnknownCommitError
from storage.engines import Server
from storage.postgres import PostgreSQL, translated
from storage.store import Store
from tests import servers
from tests.wire import Wire

pytestmark = pytest.mark.postgresql


@pytest.fixture
def url(database):
    return database.url


@pytest.fixture
def db(url):
    opened = PostgreSQL(url)
    yield opened
    opened.rollback()
    opened.close()


@pytest.fixture
def wire(url):
    with Wire(url) as opened:
        yield opened


@pytest.fixture
async def store(wire):
    opened = Store(lambda: PostgreSQL(wire.address))
    yield opened
    await opened.close()


def kept(url):
    with psycopg.connect(url) as other:
        return dict(other.execute("SELECT name, value FROM facts").fetchall())


def count(db):
    """A change that would be seen if it were done twice."""
    before = int(facts.fact(db, "counted") or 0)
    facts.remember(db, "counted", str(before + 1))
    return before + 1


def on_sqlite(db):
    """Tables and indexes as SQLite has them: columns with whether they may be empty, keys, and each index's columns."""
    tables = {}
    for table in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        name = table["name"]
        if not name.startswith(("issue_search", "_")):
            columns = db.rows(f"PRAGMA table_info({name})")
            keys = sorted((c["pk"], c["name"]) for c in columns if c["pk"])
            # SQLite says of a key's columns that they may be empty, which no key of PostgreSQL is.
            empty = {c["name"]: not c["notnull"] and not c["pk"] for c in columns}
            numbers = {c["name"]: c["type"] != "TEXT" for c in columns}
            tables[name] = ({c: (empty[c], numbers[c]) for c in empty}, [key for _, key in keys])
    made = db.rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return tables, {row["name"]: plain(row["sql"]) for row in made if not row["tbl_name"].startswith("_")}


def on_postgres(db):
    tables = {}
    columns = db.rows(
        "SELECT table_name, column_name, is_nullable, data_type, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
    )
    assert {c["data_type"] for c in columns} == {"text", "bigint"}
    assert {c["collation_name"] for c in columns} == {"C", None}
    keys = db.rows(
        "SELECT table_name, column_name FROM information_schema.key_column_usage JOIN"
        " information_schema.table_constraints USING (constraint_name, table_name)"
        " WHERE constraint_type = 'PRIMARY KEY' ORDER BY table_name, key_column_usage.ordinal_position"
    )
    for c in columns:
        if not c["table_name"].startswith("_"):
            table = tables.setdefault(c["table_name"], ({}, []))
            table[0][c["column_name"]] = (c["is_nullable"] == "YES", c["data_type"] == "bigint")
    for key in keys:
        if key["table_name"] in tables:
            tables[key["table_name"]][1].append(key["column_name"])
    constraints = {row["conname"] for row in db.rows("SELECT conname FROM pg_constraint")}
    made = db.rows("SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'")
    found = {row["name"]: plain(row["sql"]) for row in made if row["name"] not in constraints}
    assert found.pop("issue_search")
    return tables, found


def plain(sql):
    """The table, the columns and whether there is a condition, of a statement that makes an index."""
    sql = " ".join(sql.replace("public.", "").replace("USING btree ", "").split())
    table, _, rest = sql.partition(" ON ")[2].partition(" (")
    if re.match(r"substr", rest, re.IGNORECASE):  # of an expression, which each spells its own way: what it is of
        return table.strip(), sorted(set(re.findall(r"\bkey\b|\blength\b", rest.lower()))), " WHERE " in rest
    columns, _, where = rest.partition(")")
    return table.strip(), [re.sub(r"\s+COLLATE.*", "", column.strip()) for column in columns.split(",")], bool(where)


def test_both_databases_have_the_same_tables_columns_keys_and_indexes(db, empty_database):
    lite = SQLite(empty_database)
    assert on_postgres(db) == on_sqlite(lite)
    assert unique(db, "public") == unique_on_sqlite(lite)
    lite.close()


def unique(db, schema):
    rows = db.rows(
        "SELECT conname, conrelid::regclass::text AS name, conkey FROM pg_constraint WHERE contype = 'u'"
        " AND connamespace = CAST(:schema AS regnamespace)",
        schema=schema,
    )
    return sorted((row["name"], len(row["conkey"])) for row in rows)


def unique_on_sqlite(db):
    found = []
    for table in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        if not table["name"].startswith(("issue_search", "_")):
            made = [index for index in db.rows(f"PRAGMA index_list({table['name']})") if index["origin"] == "u"]
            found += [(table["name"], len(db.rows(f"PRAGMA index_info({index['name']})"))) for index in made]
    return sorted(found)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT :a, :a_b, :a", "SELECT %(a)s, %(a_b)s, %(a)s"),
        ("a LIKE 'x%:y' AND b = :b", "a LIKE 'x%%:y' AND b = %(b)s"),
        ("CAST(:a AS text), b::text, 'it''s :no'", "CAST(%(a)s AS text), b::text, 'it''s :no'"),
        ('SELECT "a:b" % 2', 'SELECT "a:b" %% 2'),
        ("at = '10:30'", "at = '10:30'"),
    ],
)
def test_names_in_a_statement_are_found_and_nothing_else_is(ours, theirs):
    assert translated(ours) == theirs


def test_a_percent_sign_a_colon_and_a_quote_in_people_s_words_come_back_as_they_were(db):
    for words in ("100% :now 'x' \"y\" %(a)s ::", "a\\b", "💥 ẞ \u202e", ""):
        facts.remember(db, "words", words)
        assert facts.fact(db, "words") == words
        assert db.row("SELECT name FROM facts WHERE value = :words", words=words) == {"name": "words"}


def test_the_one_letter_that_postgresql_cannot_keep_is_left_out(db):
    facts.remember(db, "words", "a\0b")

    assert facts.fact(db, "words") == "ab"


def test_text_is_in_the_order_of_its_bytes_whatever_the_database_was_made_with(db):
    for name in ("Zebra", "apple", "Ärger", "_x", "apple pie", "Apple"):
        facts.remember(db, name, "")

    found = [row["name"] for row in db.rows("SELECT name FROM facts WHERE value = '' ORDER BY name")]
    assert found == sorted(found, key=str.encode) == ["Apple", "Zebra", "_x", "apple", "apple pie", "Ärger"]


def test_numbers_come_back_whole_and_flags_are_0_and_1(db):
    row = db.row("SELECT SUM(n) AS s, AVG(n) AS a, COUNT(*) AS c, SUM(SUM(n)) OVER () AS t FROM (SELECT 1 AS n) AS x")
    assert (row["s"], row["c"], row["t"]) == (1, 1, 1)
    assert all(isinstance(value, int) for value in row.values())
    assert db.row("SELECT :yes AS yes, CAST(:no AS bigint) AS no", yes=True, no=False) == {"yes": 1, "no": 0}


def test_words_are_found_whole_and_newest_first(db):
    customer = customers.add(db, "Acme", 1)
    for summary in ("a double charge", "charged twice", "double vision: charge"):
        issues.log(db, customer_id=customer.id, summary=summary, reporter_id="U1", owner_id=None, made_in="C1", now=1)

    assert [one.id for one in search.find(db, ["charge", "double"], most=5).issues] == [3, 1]
    assert [one.id for one in search.find(db, ["charge"], most=1).issues] == [3]
    assert search.find(db, ["char"], most=5).issues == []
    search.remove(db, 3)
    assert search.numbers(db, ["double"], most=5) == [1]


async def test_a_connection_cut_between_two_changes_is_made_anew_and_nobody_notices(store, wire):
    assert await store.run(count) == 1
    await store.read(facts.fact, "counted")
    wire.cut()

    assert await store.run(count) == 2
    wire.cut()
    assert await store.read(facts.fact, "counted") == "2"


async def test_a_commit_that_never_arrived_is_done_again_once(store, wire, url):
    await store.run(count)
    wire.cut_before_commit = 2

    assert await store.run(count) == 2
    assert wire.cut_before_commit == 0
    assert kept(url)["counted"] == "2"


async def test_a_commit_that_arrived_and_was_not_answered_is_not_done_again(store, wire, url):
    await store.run(count)
    wire.cut_after_commit = 1

    assert await store.run(count) == 2
    assert wire.cut_after_commit == 0
    assert kept(url)["counted"] == "2"


async def test_a_commit_nobody_can_tell_the_end_of_is_neither_said_to_be_kept_nor_lost(store, wire, url, monkeypatch):
    monkeypatch.setattr(engine_room, "PATIENCE", 0.3)
    await store.run(count)
    wire.cut_after_commit, wire.is_down = 1, True

    with pytest.raises(UnknownCommitError):
        await store.run(count)
    wire.is_down = False
    assert await store.run(count) == int(kept(url)["counted"])


async def test_while_the_server_is_away_a_change_fails_in_time_and_the_next_is_kept(store, wire, url, monkeypatch):
    monkeypatch.setattr(engine_room, "PATIENCE", 0.3)
    await store.run(count)
    wire.is_down = True
    wire.cut()

    with pytest.raises(psycopg.OperationalError):
        await store.run(count)
    wire.is_down = False
    assert await store.run(count) == 2


async def test_changes_that_shared_a_broken_commit_are_all_done_once(store, wire, url):
    def bad(_):
        raise ValueError("no")

    await store.run(count)
    wire.cut_before_commit = 1
    results = await asyncio.gather(*[store.run(bad if n == 7 else count) for n in range(20)], return_exceptions=True)

    assert isinstance(results.pop(7), ValueError)
    assert sorted(results) == list(range(2, 21))
    assert kept(url)["counted"] == "20"


async def test_the_sessions_the_server_ends_are_begun_anew(store, url):
    await store.run(count)
    await store.read(facts.fact, "counted")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )

    assert await store.read(facts.fact, "counted") == "1"
    assert await store.run(count) == 2


async def test_replicas_that_count_before_they_write_never_count_the_same(url):
    stores = [Store(lambda: PostgreSQL(url)) for _ in range(3)]
    try:
        counted = await asyncio.gather(*[store.run(count) for _ in range(20) for store in stores])
    finally:
        for store in stores:
            await store.close()

    assert sorted(counted) == list(range(1, 61))


async def test_no_message_is_claimed_by_two_replicas(url):
    def fill(db):
        for n in range(100):
            outbox.put(db, key=f"k{n}", kind="post", target="C1", now=5)

    def take(db):
        waiting = [row["id"] for row in db.rows("SELECT id FROM outbox WHERE due_at <= 10 ORDER BY id LIMIT 7")]
        return [message.id for message, _ in outbox.claim(db, 10, waiting)]

    stores = [Store(lambda: PostgreSQL(url)) for _ in range(2)]
    try:
        await stores[0].run(fill)
        taken = await asyncio.gather(*[store.run(take) for _ in range(12) for store in stores])
    finally:
        for store in stores:
            await store.close()

    claimed = [one for batch in taken for one in batch]
    assert len(claimed) == len(set(claimed)) == 100


async def test_a_replica_that_freezes_with_the_lock_in_its_hand_loses_it_and_begins_again(url, monkeypatch):
    monkeypatch.setattr(engine_room, "_WRITING", engine_room._WRITING.replace("'5s'", "'200ms'"))
    frozen, woken = threading.Event(), threading.Event()
    counted = []

    def freeze(db):
        if not frozen.is_set():
            frozen.set()
            woken.wait(20)
        counted.append(count(db))
        return counted[-1]

    stores = [Store(lambda: PostgreSQL(url)) for _ in range(2)]
    try:
        first = asyncio.ensure_future(stores[0].run(freeze))
        await asyncio.to_thread(frozen.wait, 20)
        assert await stores[1].run(count) == 1
        woken.set()
        assert await first == 2
    finally:
        woken.set()
        for store in stores:
            await store.close()
    assert counted == [2]
    assert kept(url)["counted"] == "2"


def test_replicas_that_start_together_make_the_tables_once(worker_id):
    address = servers.address()
    with servers.database(address, f"new_{worker_id}") as url:
        failed = []

        def start():
            try:
                opened = PostgreSQL(url)
                opened.migrate()
                opened.close()
            except Exception as error:  # noqa: BLE001 - told below
                failed.append(error)

        threads = [threading.Thread(target=start) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        opened = PostgreSQL(url)
        assert opened.pending() == []
        opened.close()


def test_a_database_that_cannot_hold_every_letter_is_refused(worker_id):
    address = servers.address()
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE latin_{worker_id} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        opened = PostgreSQL(servers.named(address, f"latin_{worker_id}"))
        with pytest.raises(UnfitError, match="LATIN1"):
            opened.migrate()
        opened.close()
    finally:
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE latin_{worker_id}")


def test_a_table_changed_by_a_later_version_does_not_stop_the_one_that_runs(url):
    async def both():
        store = Store(lambda: PostgreSQL(url))
        try:
            for _ in range(8):  # often enough to be prepared
                await store.run(lambda db: db.rows("SELECT * FROM facts"))
            with psycopg.connect(url, autocommit=True) as later:
                later.execute("ALTER TABLE facts ADD COLUMN more BIGINT")
            return await store.run(lambda db: db.rows("SELECT * FROM facts"))
        finally:
            await store.close()

    assert asyncio.run(both()) == []


def test_commits_are_durable_even_where_the_server_is_told_to_be_hasty(url):
    hasty = f"{url}&options=-c%20synchronous_commit%3Doff"
    with psycopg.connect(hasty) as plain:
        assert plain.execute("SHOW synchronous_commit").fetchone() == ("off",)
    opened = PostgreSQL(hasty)
    assert opened.row("SHOW synchronous_commit") == {"synchronous_commit": "on"}
    opened.close()


def test_what_was_erased_is_in_no_file_of_a_table_after_the_scrub(db):
    log_and_erase(db, b"xylophone")

    assert db.scrub(whole=True)
    db.run("CHECKPOINT")
    assert holding(db, b"xylophone") == []


def test_a_scrub_waits_for_whoever_writes_in_another_database_of_the_server(db):
    other = psycopg.connect(servers.address())
    other.execute("SET LOCAL idle_in_transaction_session_timeout = '1s'")
    other.execute("SELECT pg_current_xact_id()")
    log_and_erase(db, b"xylophone")

    assert db.scrub(whole=True)
    other.close()
    db.run("CHECKPOINT")
    assert holding(db, b"xylophone") == []


def log_and_erase(db, word):
    """Fifty issues with this word, erased again."""
    db.begin(writing=True)
    customer = customers.add(db, "Acme", 1)
    for n in range(50):
        summary = f"{word.decode()} {n}"
        issues.log(db, customer_id=customer.id, summary=summary, reporter_id="U1", owner_id=None, made_in="C1", now=1)
    db.commit()
    db.run("CHECKPOINT")
    assert holding(db, word)
    db.begin(writing=True)
    for n in range(1, 51):
        issues.erase(db, n)
    db.commit()


def holding(db, word):
    """The tables and indexes of ours whose files hold these bytes."""
    files = db.rows(
        "SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) AS bytes FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
    )
    return [one["relname"] for one in files if word in bytes(one["bytes"])]


def test_an_address_is_shown_without_its_password():
    server = Server("postgresql://kept:s3cret@db.example.com:5433/desk?sslmode=require")

    assert str(server) == repr(server) == f"{server}" == "postgresql://db.example.com:5433/desk"


@pytest.mark.wide
@pytest.mark.process
def test_a_server_that_is_restarted_costs_nobody_an_answer(tmp_path):
    data = tmp_path / "server" / "data"
    try:
        url = servers.start(data, {})
        asyncio.run(_over_a_restart(data, url))
    finally:
        servers.end(data)


async def _over_a_restart(data, url):
    store = Store(lambda: PostgreSQL(url))
    answered = []
    try:
        answered.append(await store.run(count))
        before = time.monotonic()
        await asyncio.to_thread(servers.end, data)
        waiting = asyncio.ensure_future(store.run(count))
        await asyncio.to_thread(servers.start, data, {})
        try:
            answered.append(await waiting)
        except psycopg.OperationalError:  # it took longer than anybody waits for an answer
            assert time.monotonic() - before > engine_room.PATIENCE
        answered.append(await store.run(count))
    finally:
        await store.close()
    assert answered == list(range(1, len(answered) + 1))
    assert kept(url)["counted"] == str(len(answered))
