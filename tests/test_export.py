"""What an export promises: all of it, safe in a spreadsheet, and the same again when it is imported."""

import asyncio
import csv
import io
import json
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.manifest import SCOPES, manifest
from bot.sandbox import Sandbox, sample
from handlers.transfer import cells
from storage import callbacks, contacts, customers, forgetting, issues
from storage.database import SQLite, insert
from tests.conftest import open_desk
from tests.test_import import bot, dump, folder, look, make  # noqa: F401 - the folder is a fixture

FORMULAS = [
    "=1+1",
    "+1 555 0100",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'=1",
    '"=1',
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\u200b=1",
]


def fill(path):
    """Records of every kind, with all that may stand in their columns."""
    with closing(SQLite(path)) as db:
        db.begin(writing=True)
        acme = customers.by_name(db, "Acme")
        customers.add_name(db, acme.id, "Apex; and Sons")
        db.run("UPDATE customers SET owner_id = 'U0DANA', depends_on = '=A(1)', notes = :n", n='"a",\nb; ü €')
        hooli = customers.add(db, "Hooli", 1, "Asia/Tokyo")
        more = {
            "owner_id": "U0BOB",
            "backup_id": "U0DANA",
            "tier": "-gold",
            "depends_on": "milk",
            "cost": "+1",
            "notes": "n",
        }
        customers.change(db, hooli, **more)
        contacts.replace(db, acme.id, [{"name": "Jane Doe", "role": "-buyer", "phone": "+1 555 0100", "mail": "@j"}])
        common = {"customer_id": acme.id, "made_in": "C1", "team_id": None}
        issue = issues.log(db, summary="=charged", reporter_id="U0BOB", owner_id="U0DANA", now=1_760_000_000, **common)
        issues.change(db, issue, resolved_at=1_760_009_999, resolved_by="U0BOB", resolution="+refund")
        issues.add_note(db, issue, person_id="U0BOB", at=1_760_000_001, words="they\ncalled: «again»")
        promise = callbacks.promise(
            db, issue_id=issue.id, kind="send", words="send =list", subject="=list", owner_id="U0BOB",
            maker_id="U0DANA", now=1_760_000_002, due_at=1_760_100_000, zone="America/New_York", by_close=True,
            next_rung=None, next_at=None, **common,
        )  # fmt: skip
        callbacks.tried(db, promise.id, "U0BOB", 1_760_000_003)
        callbacks.moved(db, promise, person_id="U0BOB", at=1_760_000_004, to_due_at=1_760_200_000, customer_told=False)
        callbacks.change(
            db, promise, due_at=1_760_200_000, outcome="kept", closed_at=1_760_150_000, closed_by="U0BOB",
            kept_at=1_760_140_000,
        )  # fmt: skip
        db.commit()


def kept(folder):  # noqa: F811
    """What people know of: every row, without what only this installation counts."""

    def rows(db):
        left_out = {"version", "made_in", "created_at", "generation"}
        return {
            table: [
                {name: value for name, value in row.items() if name not in left_out}
                for row in db.rows(f"SELECT * FROM {table} ORDER BY id")
            ]
            for table in ("customers", "contacts", "issues", "promises", "notes", "attempts", "moves")
        }

    return look(folder, rows)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_was_exported_is_imported_elsewhere_as_it_was_and_here_changes_nothing(folder, tmp_path, form):  # noqa: F811
    fill(folder / "kept.db")
    before = dump(folder)
    status, told = bot(folder, "export", "--format", form, "out")
    assert status == 0
    assert f"out/promises.{form}: 1 promises" in told.replace("\\", "/")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    make(elsewhere / "kept.db")

    for kind in ("customers", "contacts", "issues", "promises"):
        status, told = bot(folder, "import", f"out/{kind}.{form}", "--apply")
        assert (status, "all of it is here already" in told) == (0, True), told
        status, told = bot(elsewhere, "import", str(folder / "out" / f"{kind}.{form}"), "--apply")
        assert status == 0, told

    assert dump(folder) == before
    assert kept(elsewhere) == kept(folder)


def test_what_is_left_of_a_forgotten_customer_is_not_exported(folder):  # noqa: F811
    fill(folder / "kept.db")
    with closing(SQLite(folder / "kept.db")) as db:
        db.begin(writing=True)
        forgetting.erase(db, customers.by_name(db, "Acme"), 1_790_000_000)
        db.commit()

    for kind, left in (("customers", ["Globex", "Hooli"]), ("issues", []), ("promises", [])):
        bot(folder, "export", "--what", kind, "some.json")
        assert [one.get("name") for one in json.loads((folder / "some.json").read_text())] == left, kind


def test_a_cell_that_begins_like_a_formula_is_text(folder):  # noqa: F811
    with closing(SQLite(folder / "kept.db")) as db:
        for number, words in enumerate(FORMULAS):
            insert(db, "contacts", customer_id=1, name=f"Jane {number}", role=words)

    bot(folder, "export", "--what", "contacts", "contacts.csv")

    whole = (folder / "contacts.csv").read_bytes()
    assert whole.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"), newline="")))
    assert [row["role"] for row in rows] == [f"'{words}" for words in FORMULAS]


@given(some.text(alphabet=some.sampled_from("='\"+-@\t\r\n ab;,＝\u200b1"), max_size=8) | some.text(max_size=20))
def test_reading_takes_away_exactly_what_writing_added(words):
    assert cells.arm(cells.disarm(words)) == words
    assert cells.disarm(words)[:1] not in set("=+-@\t\r")


def test_one_kind_goes_to_one_file_which_nobody_else_can_read(folder):  # noqa: F811
    status, told = bot(folder, "export", "--what", "customers", "some.json")

    assert (status, told) == (0, "some.json: 2 customers\n")
    assert [one["name"] for one in json.loads((folder / "some.json").read_text())] == ["Acme", "Globex"]
    assert (folder / "some.json").stat().st_mode & 0o077 == 0
    assert not list(folder.glob("*.part"))


def test_an_export_that_cannot_be_written_leaves_the_one_before(folder):  # noqa: F811
    bot(folder, "export", "--what", "customers", "some.csv")
    before = (folder / "some.csv").read_bytes()
    (folder / "some.csv.part").mkdir()

    status, told = bot(folder, "export", "--what", "customers", "some.csv")

    assert (status, "some.csv.part" in told) == (2, True)
    assert (folder / "some.csv").read_bytes() == before


@pytest.mark.parametrize("command", ["import", "export"])
def test_help_shows_how_it_is_typed(tmp_path, command):
    status, told = bot(tmp_path, command, "--help")

    assert status == 0
    assert f"usage: python -m bot {command}" in told


def exported(slack):
    """The words above the files Maya gets, and what stands in their thread."""
    [above] = [one for one in slack.dm("maya") if one.text.startswith("Your export of ")]
    return above.text, [one for one in slack.thread(above) if one.ts != above.ts]


@pytest.mark.contract
async def test_a_manager_gets_the_files_by_direct_message(desk):
    await desk.type("dana", "/issue Acme: =charged twice")

    answer = await desk.type("maya", "/kept export customers issues")

    assert answer.text == "Your export of customers and issues is on its way by direct message."
    above, below = exported(desk.slack)
    assert above == "Your export of customers and issues. It holds what only managers may see."
    files = [file for message in below for file in message.files]
    assert [(file["name"], file["title"]) for file in files] == [
        ("customers.csv", "1 customers"),
        ("issues.csv", "1 issues"),
    ]


@pytest.mark.contract
async def test_an_export_is_for_managers_alone_and_leaves_a_line_in_the_audit_trail(desk):
    refused = await desk.type("dana", "/kept export customers")
    assert "This is for managers." in refused.text
    assert not desk.dms("dana")

    told = await desk.type("maya", "/kept export everything")
    assert "I can't export “everything”." in told.text
    assert "You typed: /kept export everything" in told.text

    await desk.type("maya", "/kept export contacts json")
    deeds = await desk.bot.store.read(lambda db: db.rows("SELECT deed, detail FROM audit"))
    assert deeds == [{"deed": "export", "detail": "contacts"}]


async def test_without_files_write_the_answer_says_what_to_do(tmp_path, clock):
    granted = manifest()
    granted["oauth_config"]["scopes"] = {"bot": list(SCOPES)}
    async with (
        Sandbox(manifest=granted, workspace=sample(clock)) as slack,
        open_desk(slack, tmp_path / "kept.db", "http") as desk,
    ):
        await desk.type("maya", "/kept export customers")

        [told] = exported(slack)[1]
        assert "Add the scope files:write" in told.text
        assert "python -m bot export --what customers customers.csv" in told.text


async def test_files_that_take_minutes_are_sent_once_and_nobody_is_told_otherwise(desk):
    held = desk.slack.faults.slow("files.completeUploadExternal")
    asking = asyncio.create_task(desk.type("maya", "/kept export customers issues promises"))
    await held.until_met()

    for _ in range(8):  # 20 seconds each, while the first file is still on its way
        desk.slack.clock._jump(desk.slack.clock.now() + 20)
        await desk.bot.worker._look(int(desk.slack.clock.now()), paced=False)
    held.release()
    await asking
    await desk.settle()

    below = exported(desk.slack)[1]
    assert [file["name"] for message in below for file in message.files] == [
        "customers.csv", "issues.csv", "promises.csv",
    ]  # fmt: skip
    assert not any("Please ask again" in message.text for message in below)


async def test_a_file_slack_is_unsure_of_is_not_sent_again_and_the_one_who_asked_is_told(desk):
    await desk.type("maya", "/kept export customers")
    # As a crash leaves it: perhaps shared, but its sender died before it could write that down.
    await desk.bot.store.run(lambda db: db.run("UPDATE outbox SET state = 'sending' WHERE kind = 'export-file'"))

    await desk.wait(minutes=2)
    await desk.settle()

    shared, told = exported(desk.slack)[1]
    assert [file["name"] for file in shared.files] == ["customers.csv"]
    assert "Please ask again: /kept export customers csv" in told.text


async def test_a_file_whose_words_are_gone_is_told_of_and_not_left_out_in_silence(desk):
    desk.slack.faults.error("message_not_found", "files.completeUploadExternal")

    await desk.type("maya", "/kept export customers")

    assert "Please ask again: /kept export customers csv" in exported(desk.slack)[1][-1].text
