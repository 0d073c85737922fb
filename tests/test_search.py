"""What Kept promises about search: every issue that holds all the words, and nothing left of what was taken back."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import customers, issues, merges, search
from storage.database import SQLite

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya"
NOW = 1_795_000_000


@pytest.fixture
def db(tmp_path):
    opened = SQLite(tmp_path / "search.db")
    opened.migrate()
    yield opened
    opened.close()


def logged(db, summary, customer="Acme", now=NOW, **more):
    known = customers.by_name(db, customer) or customers.add(db, customer, now)
    who = {"reporter_id": "U1", "owner_id": "U1", "made_in": "C1"} | more
    return issues.log(db, customer_id=known.id, summary=summary, now=now, **who)


def found(db, words, most=20):
    return [issue.id for issue in search.find(db, search.plain(words), most=most).issues]


# The words


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("Late delivery, again!", "DELIVERY late"),
        ("Rechnung für Müller fehlt", "muller rechnung"),
        ("crème brûlée cold", "Creme BRÛLÉE"),
        ("oven-sensor/offline", "sensor"),
        ("order #4471: lost", "4471"),
        ("don't ship before 9:15", "don't 9:15"),
        ("Straße gesperrt", "strasse"),
        ("ＦＵＬＬ width", "full"),
        ("Ǆemper", "džemper"),
        ("東京都の配達が遅い", "配達"),
        ("배송이 늦어요", "늦"),
        ("ガス漏れ", "ｶﾞｽ"),
        ("доставка опоздала", "ДОСТАВКА"),
        ("हिन्दी में बिल", "हिन्दी"),
        ("ελληνικός λογαριασμός", "ΛΟΓΑΡΙΑΣΜΟΣ"),
    ],
)
async def test_a_word_is_found_whatever_its_case_accents_width_and_punctuation(desk, told, wanted):
    await desk.type("dana", f"/issue Acme: {told}")
    await desk.type("dana", "/issue Acme: something else")

    answer = await desk.type("dana", f"/issue find {wanted}")

    assert answer.text.startswith("1 issue, newest first:\n")
    assert "(#1)" in answer.text


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("late deliveries", "delivery"), ("late delivery", "late deliver"), ("ガス", "カス"), ("order 4471", "447")],
)
async def test_part_of_a_word_and_half_of_the_words_are_not_enough(desk, told, wanted):
    await desk.type("dana", f"/issue Acme: {told}")

    answer = await desk.type("dana", f"/issue find {wanted}")

    assert "No issue holds all of these words" in answer.text
    assert "try fewer, or another form" in answer.text


async def test_the_word_that_stands_nowhere_is_named(desk):
    await desk.type("dana", "/issue Acme: late delivery")

    answer = await desk.type("dana", "/issue find late refnd")

    assert "“refnd” stands in none." in answer.text


@given(st.text())
def test_plain_words_are_plain_already(text):
    words = search.plain(text)

    assert search.plain(" ".join(words)) == words
    assert all(word and not word.isspace() and '"' not in word for word in words)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_is_the_long_way(text):
    assert search.plain(text) == search.plain(f"{text} é")[: len(search.plain(text))]


# Any input


def strings(count, seed):
    """Lines of anything: letters of many scripts, marks, signs of the index's own language, halves of pairs."""
    chance = random.Random(seed)
    pieces = [
        *"\"'*^:+-(){}[]!?.,;%_\\/|&<>#@~`\0\t\n\r\x1b\u200b\u200d\u00ad\u202e\ufeff\ud800\udfff\u0301\u3099",
        *("AND", "OR", "NOT", "NEAR", "NEAR(", "words:", "rowid:", "''", '""', "--", "/*", "DROP TABLE", "zwölf", "é"),
        *(
            "東",
            "京",
            "한",
            "글",
            "が",
            "ﬁ",
            "İ",
            "ı",
            "ß",
            "ẞ",
            "ʼn",
            "🚨",
            "👩‍👩‍👧",
            "ا",
            "ש",
            "ไ",
            "ह",
            "ि",
            "𝔘",
            "１",
            "½",
            "²",
        ),
    ]
    for _ in range(count):
        length = chance.choice((1, 3, 10, 40, 150))
        yield "".join(
            chance.choice(pieces) if chance.random() < 0.7 else chr(chance.randrange(0x110000)) for _ in range(length)
        )


PLANTED = "zebra"


@pytest.mark.parametrize(
    "count", [pytest.param(2_000, id="quick"), pytest.param(20_000, id="all", marks=pytest.mark.long)]
)
def test_any_string_may_be_looked_for_and_a_planted_word_is_found_whatever_stands_around_it(db, count):
    chance = random.Random(3)
    db.begin(writing=True)
    plain = logged(db, f"the only {PLANTED}")
    planted = []
    for number, text in enumerate(strings(count, seed=count), start=1):
        if words := search.plain(text)[: search.MOST_WORDS]:
            search.find(db, words, most=20)
        beside = chance.choice(("{} {word} {}", "{}.{word},{}", "{}\u200b{word}\n{}", "({}){word}({})", "東{word}京"))
        told = beside.format(text, text, word=PLANTED).encode("utf-8", "ignore").decode()
        planted.append(logged(db, told).id)
        if number % 40 == 0:
            assert found(db, f"?{PLANTED.upper()}!", most=60) == [*reversed(planted), plain.id]
            while planted:
                issues.erase(db, planted.pop())
    assert found(db, PLANTED) == [plain.id]
    db.commit()


async def test_the_same_through_the_app_is_always_an_answer(desk):
    await desk.type("dana", f"/issue Acme: the only {PLANTED}")
    for text in strings(60, seed=1):
        typed = text.encode("utf-8", "ignore").decode()
        answer = await desk.type("dana", f"/issue find {typed}")
        assert any(said in answer.text for said in ("No issue holds", "holds no word", "Find what?", "I look for"))
        beside = await desk.type("dana", f"/issue find ({PLANTED}) ?*!")
        assert "(#1)" in beside.text


async def test_what_holds_no_word_says_what_to_type(desk):
    assert "Type: /issue find late delivery" in (await desk.type("dana", "/issue find")).text
    assert "“???” holds no word to look for." in (await desk.type("dana", "/issue find ???")).text


async def test_more_words_than_are_looked_for_are_refused_and_not_left_out(desk):
    answer = await desk.type("dana", "/issue find " + " ".join(f"w{n}" for n in range(41)))

    assert "That is 41 words; I look for 40 at most." in answer.text


# True to the record


async def test_notes_solutions_and_the_customers_name_are_searched(desk):
    await desk.type("dana", "/issue Acme Freight: charged twice")
    await desk.type("dana", "/issue 1 note the bank confirms it")
    assert "(#1)" in (await desk.type("dana", "/issue find bank")).text
    await desk.type("dana", "/issue 1 resolve refunded in full")

    for words in ("freight charged", "bank", "REFUNDED", "acme bank refunded twice"):
        assert "(#1)" in (await desk.type("dana", f"/issue find {words}")).text


async def test_what_no_longer_stands_there_is_no_longer_found(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/issue 1 resolve refunded")
    await desk.type("dana", "/issue 1 reopen again in April")
    await desk.type("dana", "/issue 1 edit")
    await desk.submit("dana", {"What happened": "billed thrice"})

    assert "No issue" in (await desk.type("dana", "/issue find refunded")).text
    assert "No issue" in (await desk.type("dana", "/issue find charged")).text
    assert "(#1)" in (await desk.type("dana", "/issue find billed thrice April")).text


async def test_an_issue_undone_is_found_no_more(desk):
    answer = await desk.type("dana", "/issue Acme: the only zebra")
    await desk.press("dana", answer.message, "Undo")

    assert "No issue" in (await desk.type("dana", "/issue find zebra")).text


async def test_a_renamed_customers_issues_are_found_by_the_new_name(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("dana", "/customer Acme edit")
    await desk.submit("dana", {"name": "Zenith"})

    assert "Zenith · charged twice (#1)" in (await desk.type("dana", "/issue find zenith charged")).text


def test_after_a_merge_the_issues_are_found_by_the_name_that_stays(db):
    moved, stayed = logged(db, "charged twice", "Globex"), logged(db, "late delivery", "Acme")

    merges.move(db, customers.find(db, moved.customer_id), customers.find(db, stayed.customer_id))

    assert found(db, "acme charged") == [moved.id]


def test_a_promises_note_is_no_issues_note(db):
    issue = logged(db, "charged twice")

    issues.add_note(db, replace(issue, id=issue.id + 1), person_id="U1", at=NOW, words="zebra")

    assert found(db, "zebra") == []


def test_a_change_taken_back_is_taken_out_of_the_index(db):
    db.begin(writing=True)
    db.savepoint()
    logged(db, "the only zebra")
    db.rollback_to_savepoint()
    kept = logged(db, "another zebra")
    db.commit()

    assert found(db, "zebra") == [kept.id]


def test_issues_logged_before_there_was_a_search_are_found(db, tmp_path):
    issue = logged(db, "Ünlucky zebra")
    issues.add_note(db, issue, person_id="U1", at=NOW, words="striped")
    for table in ("issue_search", "issue_words"):
        db.run(f"DROP TABLE {table}")
    db.run("DELETE FROM _sqlite_migrations WHERE name = 'issue_words'")
    assert db.pending() == ["issue_words"]

    db.migrate()

    assert found(db, "unlucky zebra striped acme") == [issue.id]


def test_after_a_purge_no_byte_of_a_removed_issue_is_in_any_file(db, tmp_path):
    db.begin(writing=True)
    for number in range(300):
        logged(db, f"ordinary trouble {number}")
    secret = logged(db, "Quagmirewort spilled")
    issues.add_note(db, secret, person_id="U1", at=NOW, words="zyzzyvalike smell")
    for number in range(300):
        logged(db, f"further trouble {number}")
    db.commit()
    db.connection.execute("PRAGMA secure_delete=ON")

    issues.erase(db, secret.id)
    search.purge(db)
    db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    written = b"".join(path.read_bytes() for path in tmp_path.glob("search.db*")).lower()
    assert b"ordinary" in written
    assert b"quagmirewort" not in written
    assert b"zyzzyvalike" not in written
    assert len(found(db, "trouble", most=1000)) == 600


# The pages


async def test_older_hits_are_a_page_further_each_once_and_newest_first(desk):
    for number in range(45):
        await desk.slack.command("dana", "#support", f"/issue Acme: zebra {number}")

    first = await desk.type("dana", "/issue find zebra")
    assert first.text.startswith("The newest 20 issues:")
    await desk.press("dana", first.message, "Older")
    second = desk.slack.messages("#support", "dana")[-1]
    await desk.press("dana", second, "Older")
    third = desk.slack.messages("#support", "dana")[-1]

    assert third.text.startswith("5 older issues:")
    numbers = [int(part.partition(")")[0]) for page in (first, second, third) for part in page.text.split("(#")[1:]]
    assert numbers == list(range(45, 0, -1))
    assert "Older" not in third.buttons


def test_the_newest_come_first_without_sorting_all_that_hit(db):
    sql = f"EXPLAIN QUERY PLAN {search._NUMBERS[db.dialect]}"
    plan = db.rows(sql, wanted='"a" AND "b"', below=search.NEWEST, most=20)

    assert len(plan) == 1
    assert "VIRTUAL TABLE" in plan[0]["detail"]


# The curtain


async def test_outside_the_team_one_finds_what_is_ones_own_and_nothing_else(desk):
    await desk.type("maya", LINE)
    await desk.slack.welcome("nina", "Nina Newcomer", tz="Europe/Paris")
    await desk.slack.join("#general", "nina")
    await desk.type("dana", "/issue Acme: zebra of the team, secretly")
    mine = await desk.type("nina", "/issue Globex: zebra of mine", channel="#general")
    number = mine.text.partition("(#")[2].partition(")")[0]

    answer = await desk.type("nina", "/issue find zebra", channel="#general")
    secret = await desk.type("nina", "/issue find secretly zebra", channel="#general")
    team = await desk.type("dana", "/issue find zebra")

    assert answer.text.startswith("1 issue, newest first:")
    assert f"(#{number})" in answer.text
    assert "“secretly” stands in none." in secret.text
    assert team.text.startswith("2 issues, newest first:")


def test_ones_own_are_found_page_by_page_however_many_others_stand_between(db, monkeypatch):
    monkeypatch.setattr(search, "DEEP", 10)
    mine = logged(db, "zebra of mine", reporter_id="U2")
    for _ in range(25):
        logged(db, "zebra")

    pages, below = [], search.NEWEST
    while below is not None:
        page = search.find(db, ["zebra"], most=20, below=below, person_id="U2")
        pages.append([issue.id for issue in page.issues])
        below = page.older

    assert pages == [[], [], [mine.id]]


async def test_a_guest_searches_nothing(desk):
    await desk.type("dana", "/issue Acme: the only zebra")

    answer = await desk.type("tom", "/issue find zebra")

    assert "This is for full members" in answer.text


def test_the_index_is_sound_after_all_that(db):
    chance = random.Random(5)
    words = [f"word{n}" for n in range(30)]
    kept = {}
    db.begin(writing=True)
    for _ in range(400):
        if kept and chance.random() < 0.3:
            issues.erase(db, gone := chance.choice(list(kept)))
            del kept[gone]
        elif kept and chance.random() < 0.4:
            number = chance.choice(list(kept))
            kept[number] = set(chance.sample(words, 5))
            known = issues.find(db, number)
            assert issues.change(db, known, summary=" ".join(kept[number]))
        else:
            summary = chance.sample(words, 5)
            kept[logged(db, " ".join(summary)).id] = set(summary)

    db.commit()
    db.run("INSERT INTO issue_search (issue_search, rank) VALUES ('integrity-check', 1)")  # raises, if it is not
    for pair in (chance.sample(words, 2) for _ in range(100)):
        assert found(db, " ".join(pair), most=1000) == sorted(
            (n for n, w in kept.items() if w >= set(pair)), reverse=True
        )
