"""What a backup promises: whole while the bot runs, and put back so that nothing that was sent is sent again."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage import backup, facts, outbox
from storage.database import SQLite, UnfitError
from tests.conftest import open_desk

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.sqlite  # PostgreSQL has its own tools for this


def now_of(desk):
    return int(desk.slack.clock.now())


def take(desk, folder):
    backup.take(folder / "kept.db", folder / "copy.db", now_of(desk))


def restore(desk, folder):
    return backup.restore(folder / "copy.db", folder / "kept.db", now_of(desk))


async def test_a_copy_is_taken_while_the_bot_runs_and_only_its_owner_may_read_it(desk, tmp_path):
    await desk.type("dana", "/issue Acme: charged twice")
    take(desk, tmp_path)
    await desk.type("dana", "/issue Acme: charged three times")

    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy.db"]
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT summary FROM issues").fetchall() == [("charged twice",)]
    copy.close()


async def test_put_back_under_a_running_bot_nothing_that_was_sent_is_sent_again(desk, tmp_path):
    await desk.type("dana", "/callback Acme in 20 minutes about the refund")
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("maya", "/digest at 17:00 daily", channel="#support")
    await desk.wait(minutes=1)
    take(desk, tmp_path)
    await desk.wait(minutes=25)  # the reminder goes; the digest of five in Stockholm follows
    await desk.wait(hours=1)
    told = desk.dms("dana"), desk.dms("maya"), [card.text for card in desk.cards()]
    assert any("Acme" in text for text in told[0])

    assert restore(desk, tmp_path)
    await desk.settle()

    assert (desk.dms("dana"), desk.dms("maya"), [card.text for card in desk.cards()]) == told


async def test_put_back_while_a_message_is_on_its_way_it_is_not_sent_again(desk, tmp_path):
    await desk.type("dana", "/callback Acme in 20 minutes about the refund")
    await desk.settle()
    take(desk, tmp_path)
    late = desk.slack.faults.late("chat.postMessage", after=20)
    await desk.wait(minutes=20)  # the reminder is posted, and the bot does not know it yet

    assert restore(desk, tmp_path)
    late.lift()
    await desk.wait(minutes=5)

    assert len(desk.dms("dana")) == 1


def test_what_is_sent_while_a_copy_is_put_back_is_known_to_it(tmp_path, empty_database):
    busy = shutil.copy(empty_database, tmp_path / "kept.db")
    backup.take(busy, tmp_path / "copy.db", 100)
    sent, begun, restored = [], threading.Event(), threading.Event()

    def send():
        with closing(SQLite(busy)) as db:
            while not restored.is_set():
                key = f"post:{len(sent)}"
                db.begin(writing=True)
                outbox.put(db, key=key, kind="post", target="C1", payload="{}", now=100)
                db.run("UPDATE outbox SET state = 'sent', sent_at = 100 WHERE key = :key", key=key)
                db.commit()
                sent.append(key)
                begun.set()

    sending = threading.Thread(target=send)
    sending.start()
    begun.wait()
    backup.restore(tmp_path / "copy.db", busy, 100)
    restored.set()
    sending.join()

    with closing(SQLite(busy)) as db:
        assert set(sent) == set(db.column("SELECT key FROM outbox"))


async def test_after_a_restore_the_bot_goes_on_with_what_was_known_and_no_number_comes_twice(desk, tmp_path):
    await desk.type("dana", "/issue Acme: charged twice")
    take(desk, tmp_path)
    lost = await desk.type("dana", "/issue Bolt: no delivery")
    assert "(#2)" in lost.text

    restore(desk, tmp_path)

    assert "charged twice" in (await desk.type("dana", "/issue 1")).text
    assert "(#3)" in (await desk.type("dana", "/issue Bolt: no delivery")).text
    assert (tmp_path / "kept.db.before-restore").exists()
    await desk.type("dana", "/callback Acme in 20 minutes")
    await desk.wait(minutes=20)
    assert len(desk.dms("dana")) == 1


async def test_who_was_forgotten_since_stays_forgotten(desk, tmp_path):
    await desk.type("dana", "/issue Zanzibar Traders: charged twice")
    take(desk, tmp_path)
    asked = await desk.type("maya", "/customer forget Zanzibar Traders", channel="#leads")
    await desk.press("maya", asked.message, "Forget Zanzibar Traders")

    restore(desk, tmp_path)

    assert b"Zanzibar" not in (tmp_path / "kept.db").read_bytes()
    assert "Zanzibar" not in (await desk.type("maya", "/customer list")).text


async def test_where_the_database_is_lost_what_fell_due_is_said_once_more_as_late_and_no_number_again(
    slack, tmp_path, empty_database
):
    shutil.copyfile(empty_database, tmp_path / "kept.db")
    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await desk.type("dana", "/callback Acme in 20 minutes")
        take(desk, tmp_path)
        await desk.wait(minutes=20)
        assert len(desk.dms("dana")) == 1
    for path in tmp_path.glob("kept.db*"):
        path.unlink()

    await slack.clock.advance(1200)
    assert not backup.restore(tmp_path / "copy.db", tmp_path / "kept.db", int(slack.clock.now()))
    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await desk.settle()
        assert len(desk.dms("dana")) == 2
        assert "(#1002)" in (await desk.type("dana", "/issue Acme: charged twice")).text


def test_what_is_no_sound_database_of_kept_is_not_put_back_and_nothing_changes(tmp_path, empty_database):
    shutil.copyfile(empty_database, tmp_path / "kept.db")
    before = (tmp_path / "kept.db").read_bytes()
    (tmp_path / "copy.db").write_text("not a database at all, but long enough to look like something")
    with pytest.raises(UnfitError, match="is not a database of Kept"):
        backup.restore(tmp_path / "copy.db", tmp_path / "kept.db", 0)

    torn = bytearray(before)
    torn[4096 * 3 : 4096 * 6] = b"x" * 4096 * 3
    (tmp_path / "copy.db").write_bytes(torn)
    with pytest.raises(UnfitError):
        backup.restore(tmp_path / "copy.db", tmp_path / "kept.db", 0)
    assert (tmp_path / "kept.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "kept.db"]


def command(folder, *words):
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bot", *words],
        cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_both_are_commands_that_say_what_they_did_and_what_to_do_instead(tmp_path, empty_database):
    shutil.copyfile(empty_database, tmp_path / "kept.db")
    taken = command(tmp_path, "backup", "copy.db")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith("copy.db: as of ")
    assert taken.stdout.endswith("0 customers, 0 issues, 0 promises\n")

    assert "is the database itself" in command(tmp_path, "backup", "kept.db").stderr
    assert command(tmp_path, "restore", "copy.db").stderr == "This replaces kept.db. If that is meant, add: --yes\n"
    assert command(tmp_path, "restore", "nowhere.db").stderr == "There is no nowhere.db.\n"
    done = command(tmp_path, "restore", "copy.db", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("kept.db is as it was then. If Kept is running, start it again now.\n")


async def test_a_copy_says_when_it_was_taken(desk, tmp_path):
    take(desk, tmp_path)
    restore(desk, tmp_path)
    assert await desk.bot.store.read(facts.fact, backup.TAKEN_AT) == str(now_of(desk))
