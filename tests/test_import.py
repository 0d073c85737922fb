"""What an import promises: it says line by line what it would do, and does all of it or nothing."""

import asyncio
import contextlib
import io
import json
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands import main
from storage import callbacks, customers, history, issues, people, search
from storage.database import SQLite
from storage.models import Person
from tests.conftest import open_desk
from tests.test_running import process

PEOPLE = (
    Person("U0DANA", "dana", "Dana Brooks", "America/New_York", is_admin=True),
    Person("U0BOB", "bob", "Bob Whitlock", "Europe/London"),
    Person("U0TOM", "tom", "Tom Okafor", is_outsider=True),
)


@pytest.fixture
def folder(tmp_path):
    """A folder with the database of a bot that knows three people and two customers."""
    make(tmp_path / "kept.db")
    return tmp_path


def make(path: Path):
    with closing(SQLite(path)) as db:
        db.migrate()
        db.begin(writing=True)
        for person in PEOPLE:
            people.keep(db, person)
        customers.add(db, "Acme", 1, "Europe/Madrid")
        customers.add(db, "Globex", 1)
        db.commit()


def dump(folder):
    """Every row of every table."""
    with closing(sqlite3.connect(folder / "kept.db")) as db:
        return list(db.iterdump())


def look(folder, query, *arguments, **named):
    with closing(SQLite(folder / "kept.db")) as db:
        return query(db, *arguments, **named)


def bot(folder, *words):
    """The command line, typed in this folder: its exit status, and all it says."""
    said, argv = io.StringIO(), sys.argv
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        sys.argv = ["python -m bot", *words]
        try:
            status = main()
        except SystemExit as ended:  # --help
            status = ended.code
        finally:
            sys.argv = argv
    return status, said.getvalue()


def read(folder, content, *words, name="file.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return bot(folder, "import", name, *words)


def by_line(told):
    return dict(line.removeprefix("line ").split(": ", 1) for line in told.splitlines() if line.startswith("line "))


def test_first_it_only_says_what_it_would_do_and_then_does_it_once(folder):
    content = "name,tier,zone\nACME Inc.,gold,Europe/Madrid\nInitech,silver,\n"
    before = dump(folder)

    status, told = read(folder, content)
    assert status == 0
    assert "line 2: Acme: tier nothing → gold\nline 3: Initech: new customer\n" in told
    assert "Customers: 1 would be new, 1 would be changed, 0 already so." in told
    assert "To do it: python -m bot import file.csv --apply" in told
    assert dump(folder) == before

    status, told = read(folder, content, "--apply")
    assert (status, "Customers: 1 new, 1 changed, 0 already so." in told) == (0, True)
    assert look(folder, customers.by_name, "acme").tier == "gold"
    assert [one.name for one in look(folder, customers.suggest, "init")] == ["Initech"]

    before = dump(folder)
    status, told = read(folder, content, "--apply")
    assert (status, "Nothing was changed: all of it is here already." in told) == (0, True)
    assert dump(folder) == before


def test_every_change_has_one_audit_entry_from_the_machine(folder):
    read(folder, "name,tier\nAcme,gold\nInitech,\nGlobex,\n", "--apply")

    entries = look(folder, lambda db: db.rows("SELECT * FROM audit ORDER BY id"))

    assert [(one["surface"], one["deed"], one["record_id"]) for one in entries] == [("machine", "imported", None)] * 2
    assert json.loads(entries[0]["detail"])["changes"] == {"tier": ["", "gold"]}


HOSTILE = (
    b"name,tier,owner,notes\r\n"
    b"Initech,gold,dana,fine\r\n"  # 2
    b",gold,dana,\r\n"  # 3
    b"Hooli,=cmd|' /C calc'!A0,dana,\r\n"  # 4: a formula is text
    b"Umbrella\0,gold,,\r\n"  # 5
    b'"Stark" Ltd,gold,,\r\n'  # 6
    b"Initech,silver,,\r\n"  # 7
    b"Initech Inc.,gold,dana,fine\r\n"  # 8
    b"Globax,,,\r\n"  # 9
    b"Wayne,gold,nobody,\r\n"  # 10
    b"Soylent,gold,tom,\r\n" + b"N" * 61 + b",gold,,\r\n"  # 11, 12
    b"Tyrell,gold,," + b"x" * 10_000_000 + b"\r\n"  # 13
    b"Cyberdyne,gold,dana\r\n"  # 14
    b"Caf\xe9,gold,,\r\n"  # 15
    b"M\xc3\xbcller,gold,,\r\n"  # 16
    b"Wonka,gold,," + b"y" * 10_001 + b"\r\n"  # 17
    b"Acme,gold,,\r\n"  # 18
    b'Oceanic,"gold,,\r\n'  # 19
    b"Virtucon,go"  # 20: half a file
)


def test_a_hostile_file_is_answered_line_by_line_and_the_database_stays_as_it_was(folder):
    before = dump(folder)

    for words in ((), ("--apply",)):
        status, told = read(folder, HOSTILE, *words)

        assert status == 1
        lines = by_line(told)
        assert lines.pop("3") == "no name"
        assert lines.pop("4") == "Hooli: new customer"
        assert lines.pop("5") == "a NUL byte"
        assert lines.pop("6").startswith("a quote in the wrong place")
        assert lines.pop("7") == "Initech: line 2 says otherwise (tier gold there, silver here)"
        assert lines.pop("8") == "Initech Inc.: the same as line 2"
        assert lines.pop("9").startswith("one slip away from Globex here: the same?")
        assert lines.pop("10") == "owner: nobody here is called “nobody”. Write a handle, a name or a Slack id"
        assert lines.pop("11") == "owner: “tom” is a guest, a bot or of another company"
        assert lines.pop("12").endswith("is 61 characters long; at most 60")
        assert lines.pop("13").startswith("longer than a million characters")
        assert lines.pop("14").startswith("3 cells where the header has 4; is it cut off")
        assert lines.pop("15") == "bytes that are not UTF-8"
        assert lines.pop("17") == "notes: is 10,001 characters long; at most 10,000"
        assert lines.pop("18") == "Acme: tier nothing → gold"
        assert lines.pop("19").startswith("a quote that is never closed; is the file whole?")
        assert lines.pop("20").startswith("2 cells where the header has 4; is it cut off")
        assert lines == {"2": "Initech: new customer", "16": "Müller: new customer"}
        assert "The file: the last line has no line end; is the file whole?" in told
        assert "Nothing was changed, and nothing can be until these lines are right." in told
        assert dump(folder) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("\ufeffname,tier\nMüller,gold\n".encode(), "line 2: Müller: new customer"),
        ("name,tier\nMüller,gold\n".encode("utf-16"), "line 2: Müller: new customer"),
        ("name;tier\nMüller;gold\n".encode("cp1252"), "read as Windows-1252; does “Müller” look right?"),
        (b"name\ttier\nGo\ttier\n", "line 2: Go: new customer"),
        ('[{"name": "Müller"},\n{"name": 7}]'.encode(), "object 2: 7: new customer"),
        (b'{"name": "Go"}\n{"name": \n{"name": "Up"}\n', "object 3: Up: new customer"),
        (b'[{"name": "Go"},', "object 2: the closing ] is missing; is the file whole?"),
        (b'{"name": "\\ud800"}', "object 1: bytes or letters that are no text"),
        (b"[" * 100_000, "object 1: "),
        (b"PK\x03\x04rest", "This is a workbook or an archive, not a text file."),
        ("name,tier\nGo,x\n".encode("utf-16-le"), "NUL bytes: UTF-16 without its mark"),
        (b"name,tier\nM\x81ller,x\n", "neither UTF-8 nor Windows-1252"),
        (b"", "the file is empty"),
        (b"colour,size\n1,2\n", "I can't tell what is in it by its headers (colour, size)"),
        (b"name,Customer,tier\n1,2,3\n", "line 2: "),
        (b"Company,Colour\nGo,red\n", "Not read, for no column of customers is called so: Colour"),
        (b"name,NAME\nGo,Up\n", "“name” and “NAME” both mean name"),
    ],
    ids=str.split(
        "bom utf-16 cp1252 tabs array lines half-array half-a-letter depths workbook utf-16-unmarked unknown-bytes"
        " empty unknown-kind two-names unknown-column twice"
    ),
)
def test_whatever_the_file_is_it_is_read_or_refused_in_words(folder, content, told):
    before = dump(folder)

    status, answer = read(folder, content)

    assert told in answer
    assert status in (0, 1, 2)
    assert dump(folder) == before


def test_two_like_names_are_asked_about_and_never_silently_one(folder):
    status, told = read(folder, "name\nInitech\nInitach\nUnit 1234\nUnit 1235\n", "--apply")
    assert (status, by_line(told)["3"]) == (
        1, "one slip away from Initech on line 2: the same? Correct the name, or give its aliases",
    )  # fmt: skip
    assert "4" in by_line(told)
    assert by_line(told)["5"] == "Unit 1235: new customer"  # names that differ in a digit are never near

    status, _ = read(folder, "name\nInitech\nInitach\n", "--apply", "--near-is-new")
    assert status == 0
    assert look(folder, customers.by_name, "Initach").id != look(folder, customers.by_name, "Initech").id


def test_an_alias_belongs_to_one_customer(folder):
    _, told = read(folder, "name,aliases\nAcme,Apex; Zenith\nInitech,Apex\nHooli,Globex\n")

    assert by_line(told) == {
        "2": "Acme: also known as Apex, Zenith",
        "3": "Initech: “Apex” is another customer's name on line 2",
        "4": "Hooli: “Globex” is a name of Globex",
    }


def test_contacts_find_their_customer_and_are_known_by_name(folder):
    content = 'Company,Full name,Phone Number,E-Mail\nAcme,Jane Doe,"\'+1 555 0100",jane@acme.example\nAcne Co,Bo,,\n'
    status, told = read(folder, content)
    assert (status, by_line(told)["3"][:26]) == (1, "there is no customer Acne ")

    status, _ = read(folder, content.replace("Acne Co", "Globex"), "--apply")
    assert status == 0
    [jane] = look(folder, lambda db: db.rows("SELECT * FROM contacts WHERE name = 'Jane Doe'"))
    assert (jane["phone"], jane["mail"]) == ("+1 555 0100", "jane@acme.example")

    _, told = read(folder, "customer,contact,phone\nACME,jane doe,+1 555 0199\n", "--apply")
    assert by_line(told) == {"2": "Acme · jane doe: phone +1 555 0100 → +1 555 0199"}
    assert len(look(folder, lambda db: db.rows("SELECT * FROM contacts"))) == 2


def test_issues_come_as_history_or_open_and_are_found_by_their_words(folder):
    content = (
        "number,customer,summary,category,owner,created,resolved,resolution\n"
        "41,Acme,charged twice for March,billing,dana,2026-01-02T10:00+01:00,2026-01-03T10:00Z,refunded\n"
        ",Globex,late delivery,#delivery,bob,2026-01-02T10:00+01:00,,\n"
        ",Globex,late delivery,delivery,bob,2026-02-02 10:00,,\n"
    )
    status, told = read(folder, content, "--apply")
    assert status == 1
    assert by_line(told)["4"].endswith("is no time with offset; write it like 2026-12-04T17:30-05:00")

    for _ in range(2):
        status, told = read(folder, content.replace("02 10:00,,", "02T10:00Z,,"), "--apply")
        assert status == 0
    assert "Nothing was changed: all of it is here already." in told
    assert look(folder, issues.find, 41).resolution == "refunded"
    assert look(folder, search.numbers, ["charged", "march"], most=5) == [41]
    found, count = look(folder, issues.list_open, most=5)
    assert ([one.id for one in found], count) == ([42, 43], 2)  # no number twice

    status, told = read(folder, "number,customer,summary\n41,Globex,something else\n")
    assert (status, by_line(told)["2"][:27]) == (1, "#41 is another record here;")


async def test_imported_promises_are_reminded_of_and_those_long_due_are_asked_about_in_one_message(
    slack, clock, tmp_path
):
    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await desk.type("dana", "/issue Acme: charged twice")
        now = datetime.fromtimestamp(int(clock.now()), UTC)
        past = [f"Acme,call number {n},dana,{(now - timedelta(days=n)).isoformat()},,\n" for n in (2, 3, 4)]
        lines = [*past, f"Acme,the refund,dana,{(now + timedelta(hours=1)).isoformat()},,\n"]
        lines.append(
            f"Acme,long ago,dana,{(now - timedelta(days=9)).isoformat()},kept,{(now - timedelta(days=9)).isoformat()}\n"
        )
        # The command reads the machine's clock, the desk's is the test's: both are past what is due in the past.
        status, told = read(tmp_path, "customer,about,owner,due,outcome,closed\n" + "".join(lines), "--apply")
        assert status == 0, told
        assert "new promise, was due" in by_line(told)["2"]
        assert by_line(told)["6"].endswith("new promise, kept")
        begun = int(clock.now())
        await desk.bot.store.run(lambda db: db.run("UPDATE promises SET next_at = :now WHERE next_at > 0", now=begun))
        before = len(desk.dms("dana"))

        await desk.wait(minutes=50)
        assert [text for text in desk.dms("dana")[before:] if "the refund" in text]
        assert not [text for text in desk.dms("dana")[before:] if "call number" in text]

        await desk.wait(hours=23)  # the next working morning
        [asked] = [text for text in desk.dms("dana")[before:] if "call number 2" in text]
        assert "call number 3" in asked
        assert "call number 4" in asked
        assert not [text for text in desk.dms("dana") if "long ago" in text]


def test_a_promise_without_owner_with_half_an_ending_or_with_a_crooked_time_is_named(folder):
    _, told = read(
        folder,
        "customer,about,owner,due,made,outcome,closed\n"
        "Acme,the refund,,2026-12-04T17:30-05:00,,,\n"
        "Acme,the refund,dana,2026-12-04T17:30-05:00,,kept,\n"
        "Acme,the refund,dana,2026-12-04T17:30,,,\n"
        "Acme,the refund,dana,2026-12-04T17:30-05:00,2026-01-02T10:00Z,kept,2026-01-01T10:00Z\n",
    )

    lines = by_line(told)
    assert lines["2"] == "no owner: who keeps it?"
    assert lines["3"].startswith("a closed promise has both")
    assert "no time with offset" in lines["4"]
    assert lines["5"] == "closed comes before made"
    assert look(folder, callbacks.list_open, most=5)[1] == 0


@pytest.mark.process
async def test_killed_while_it_writes_it_leaves_nothing(folder):
    (folder / "many.csv").write_text("name\n" + "".join(f"Unit {n}\n" for n in range(15_000)))
    before = dump(folder)
    async with process("import", "many.csv", "--apply", cwd=folder) as started:
        while not (seen := is_written_to(folder)) and started.returncode is None:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.001)
        started.kill()
        await started.wait()

    assert seen
    assert started.returncode == -signal.SIGKILL
    assert dump(folder) == before


def is_written_to(folder):
    """Whether somebody holds the write lock."""
    with closing(sqlite3.connect(folder / "kept.db", timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        db.execute("ROLLBACK")
        return False


def test_where_there_is_no_database_or_no_file_it_says_what_to_do(tmp_path):
    (tmp_path / "file.csv").write_text("name\nAcme\n")
    assert bot(tmp_path, "import", "file.csv") == (2, "There is no kept.db yet. Start Kept once: python -m bot\n")
    make(tmp_path / "kept.db")
    status, told = bot(tmp_path, "import", "other.csv")
    assert (status, "other.csv" in told) == (2, True)


def test_a_note_without_its_writer_is_told_in_the_dry_run(folder):
    told = read(
        folder,
        b'[{"customer": "Initech", "summary": "late", "notes": [{"at": "2026-11-02T09:00Z", "words": "x"}]}]',
        "--what",
        "issues",
    )[1]

    assert "notes: one of them has no “by”" in told


def test_a_note_that_was_imported_stands_in_the_history_of_its_customer(folder):
    note = {"at": "2026-11-02T09:00Z", "by": "@bob", "words": "they called"}
    lines = [{"customer": "Globex", "summary": "late", "notes": [note]}]

    status, _ = read(folder, json.dumps(lines).encode(), "--what", "issues", "--apply")

    assert status == 0
    assert "noted" in [event.what for event in look(folder, history.page, 2, before=None, most=9)]
