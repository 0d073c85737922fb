"""Several replicas on one database: every message once and every input once, whichever dies, freezes or is cut off."""

import asyncio
import os
import threading
from contextlib import closing

import pytest

from bot import sending
from handlers import listeners
from storage import outbox, turns
from storage import postgres as engine_room
from storage.database import UnknownCommitError
from storage.engines import open_engine
from storage.postgres import PostgreSQL
from storage.store import Store
from tests.conftest import open_desk
from tests.inside import rows
from tests.wire import kill_sessions

ROWS = 50_000 if os.environ.get("KEPT_LONG") == "1" else 1_000


@pytest.fixture
async def pair(desk, database):
    """Two replicas at one desk."""
    async with open_desk(desk.slack, database, desk.transport) as second:
        yield desk, second


async def promised(desk, most):
    """So many promises of two people, due in the same minute."""
    for n in range(most):
        await desk.type(("dana", "bob")[n % 2], f"/callback Customer{n} in 10 minutes about thing {n}")


def work(desk):
    return desk.bot.worker.work(int(desk.slack.clock.now()))


def later(desk, seconds):
    desk.slack.clock._jump(desk.slack.clock.now() + seconds)


def reminders(desk):
    return [text for person in ("dana", "bob") for text in desk.dms(person) if "thing" in text]


@pytest.mark.contract
@pytest.mark.http
async def test_two_replicas_at_work_send_every_message_once(pair):
    one, two = pair
    await promised(two, 6)
    later(one, 600)
    for _ in range(3):
        await asyncio.gather(work(one), work(two))
        later(one, 30)

    told = "\n".join(reminders(one))
    assert [told.count(f"thing {n}") for n in range(6)] == [1] * 6
    assert {row[0] for row in rows_of(two, "SELECT state FROM outbox")} == {"sent"}


def rows_of(desk, sql):
    return rows(desk.bot._settings.database, sql)


@pytest.mark.contract
@pytest.mark.http
async def test_an_input_that_reaches_both_replicas_at_once_has_one_effect_and_one_answer(pair):
    one, _ = pair
    said = one.bot._desk.said(
        {"trigger_id": "1.2.3", "user_id": one.slack.person("dana").id},
        "command",
        channel_id=one.slack.channel("#support").id,
        words="Acme: charged twice",
        command="/issue",
    )
    handler, _, _ = listeners.command("issue", said.words)
    answers = await asyncio.gather(*[desk.bot._desk.answer(handler, said) for desk in pair for _ in range(3)])

    assert len({answer.text for answer in answers}) == 1
    assert len(rows_of(one, "SELECT id FROM issues")) == 1


@pytest.mark.contract
@pytest.mark.http
async def test_a_replica_that_froze_after_its_claim_does_not_send_what_another_has_sent(pair, monkeypatch):
    one, two = pair
    await promised(two, 1)
    later(one, 600)
    frozen, woken = asyncio.Event(), asyncio.Event()
    start = sending.Sender._write_and_send

    async def freeze(sender, *rest):
        if sender is one.bot.worker._sender and not frozen.is_set():
            frozen.set()
            await woken.wait()
        await start(sender, *rest)

    monkeypatch.setattr(sending.Sender, "_write_and_send", freeze)
    first = asyncio.ensure_future(work(one))
    await frozen.wait()
    later(one, outbox.LEASE + 1)
    await work(two)
    later(one, sending.SETTLE + 1)  # the second looks first whether it was posted
    await work(two)
    assert len(reminders(two)) == 1
    woken.set()
    await first

    assert len(reminders(two)) == 1


@pytest.mark.postgresql
async def test_a_replica_that_freezes_in_the_middle_of_its_claim_sends_nothing_twice(pair, monkeypatch):
    monkeypatch.setattr(engine_room, "_WRITING", engine_room._WRITING.replace("'5s'", "'200ms'"))
    one, two = pair
    await promised(two, 2)
    later(one, 600)
    frozen, woken = threading.Event(), threading.Event()
    claim = sending.claim

    def freeze(db, *rest):
        claimed = claim(db, *rest)
        if not frozen.is_set():
            frozen.set()
            woken.wait(20)
            db.row("SELECT 1 AS yes")  # on a session that the server has ended
        return claimed

    monkeypatch.setattr(sending, "claim", freeze)
    first = asyncio.ensure_future(work(one))
    await asyncio.to_thread(frozen.wait, 20)
    await work(two)
    assert len(reminders(two)) == 2
    woken.set()
    await first
    later(one, 120)
    await asyncio.gather(work(one), work(two))

    assert len(reminders(two)) == 2


@pytest.mark.postgresql
async def test_with_connections_killed_all_the_while_every_input_is_answered_and_kept_once(pair, database):
    one, two = pair
    stop = threading.Event()
    killer = threading.Thread(target=kill_sessions, args=(database.url, stop, 0.4))
    killer.start()
    try:
        answers = [await desk.type("dana", f"/issue Acme: case {n}x") for n in range(8) for desk in pair]
    finally:
        stop.set()
        killer.join()
    await asyncio.gather(work(one), work(two))

    kept = rows_of(one, "SELECT summary FROM issues ORDER BY id")
    assert len(answers) == len(kept) == 16
    for n in range(8):
        assert sum(f"case {n}x" in summary for (summary,) in kept) == 2


@pytest.mark.wide
@pytest.mark.postgresql
async def test_of_a_thousand_messages_none_is_claimed_twice_while_connections_are_killed(database):
    url, claimed, unknown = database.url, [], []

    def fill(db):
        for n in range(ROWS):
            outbox.put(db, key=f"k{n}", kind="post", target=f"C{n}", now=5)

    def take(db):
        found = [head.id for head in turns.heads(db, 10, 7)]
        return [message.id for message, _ in outbox.claim(db, 10, found)]

    async def replica(store):
        while True:
            try:
                taken = await store.run(take)
            except UnknownCommitError as error:
                unknown.append(error)
                continue
            claimed.extend(taken)
            if not taken:
                break

    with closing(open_engine(database)) as db:
        db.begin(writing=True)
        fill(db)
        db.commit()
    stores = [Store(lambda: PostgreSQL(url)) for _ in range(2)]
    stop = threading.Event()
    killer = threading.Thread(target=kill_sessions, args=(url, stop, 0.3))
    killer.start()
    try:
        await asyncio.gather(*[replica(store) for store in stores])
    finally:
        stop.set()
        killer.join()
        for store in stores:
            await store.close()

    assert len(claimed) == len(set(claimed)) <= ROWS
    assert len(claimed) >= ROWS - 7 * len(unknown)
    assert rows(database, "SELECT MAX(attempts) FROM outbox") == [(1,)]
