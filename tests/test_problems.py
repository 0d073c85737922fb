"""What Kept promises about problems: linked by people alone, solved once, and told to each customer by name."""

import time

import pytest

from handlers.problems import alert, change, solve
from handlers.said import Said
from storage import callbacks, customers, issues, people, problems, teams
from storage.database import SQLite
from storage.models import Person

LINE = "/kept setup team #support escalations #escalations managers #leads lead @priya"
DAY = 86400
TITLE = "Delivery problem of 24 Nov"


async def risen(desk, names=("Acme", "Bolt", "Cora", "Dyne", "Eton"), **more):
    """A new category rises; returns the message of its alert."""
    await desk.type("maya", LINE)

    def log(db):
        at, channel = int(desk.slack.clock.now()), desk.slack.channel("#support").id
        for n, name in enumerate(names):
            known = customers.by_name(db, name) or customers.add(db, name, at)
            who = {"reporter_id": desk.slack.person("dana").id, "owner_id": None, "made_in": channel, "team_id": 1}
            what = {"summary": f"pallet {n} came late", "category": "delivery"} | more
            issues.log(db, customer_id=known.id, now=at, **who, **what)

    await desk.bot.store.run(log)
    await desk.wait(minutes=1)
    return next(message for message in desk.cards() if "in 24 hours" in message.text)


async def linked(desk, **more):
    """The same, linked by Dana; returns the problem's card and its number."""
    message = await risen(desk, **more)
    await desk.press("dana", message, "Link as one problem")
    [problem] = await desk.bot.store.read(lambda db: db.rows("SELECT * FROM problems"))
    return message, problem["id"]


def said_to(desk, person, channel="#support"):
    return desk.slack.messages(channel, person)[-1]


async def solved(desk, message, how="second lorry hired"):
    await desk.press("dana", message, "Solved")
    return await desk.submit("dana", {"How was it solved?": how})


def lists(desk, person):
    return [message for message in desk.slack.dm(person) if " is solved" in message.text]


# Linking


@pytest.mark.contract
async def test_link_turns_the_alert_into_the_problem_s_card_once_whoever_presses(desk):
    message = await risen(desk)
    alerts = len(desk.cards())

    await desk.press("dana", message, "Link as one problem", times=2)
    await desk.slack.press("bob", message, "Solved")

    assert message.text.split("\n")[:3] == [
        f"{TITLE} (#7)",
        "Acme, Bolt, Cora, Dyne and Eton",
        "5 customers, 5 issues, 5 open",
    ]
    assert message.buttons == ["Solved", "Add"]
    assert len(desk.cards()) == alerts
    assert said_to(desk, "dana").text.startswith(f"Linked: {TITLE} (#7), 5 issues of 5 customers.")


async def test_who_is_second_is_told_who_linked_it(desk):
    await desk.type("maya", LINE)
    message = await risen(desk)
    stale = message.buttons
    assert stale == ["Link as one problem"]
    await desk.press("dana", message, "Link as one problem")

    bob = Said("k", int(desk.slack.clock.now()), Person("U1", "bob", "Bob", zone="UTC"), "button", "C1", value="1")
    answer = await desk.bot.store.run(change.link, bob)

    assert answer.text.startswith(f"Dana linked it today at 3:01 pm already: {TITLE} (#7)")
    assert len(await desk.bot.store.read(lambda db: db.rows("SELECT * FROM problems"))) == 1


async def test_undo_makes_an_alert_of_it_again_and_leaves_nothing(desk):
    message, number = await linked(desk)

    await desk.press("dana", said_to(desk, "dana"), "Undo")

    assert message.text.startswith("Delivery is rising: 5 issues from 5 customers")
    assert message.buttons == ["Link as one problem"]
    assert "Part of" not in (await desk.type("dana", "/issue 2")).text
    assert await desk.bot.store.read(lambda db: db.rows("SELECT id FROM trends WHERE problem_id IS NULL"))
    assert f"There is no issue #{number}" in (await desk.type("dana", f"/issue {number}")).text
    await desk.press("dana", message, "Link as one problem")
    assert message.text.startswith(f"{TITLE} (#8)")


async def test_an_issue_that_is_undone_is_in_the_alert_no_more(desk):
    message = await risen(desk)
    answer = await desk.type("bob", "/issue Fern: it did not come #delivery")
    assert message.text.startswith("Delivery is rising: 6 issues from 6 customers")

    await desk.press("bob", answer.message, "Undo")

    assert message.text.startswith("Delivery is rising: 5 issues from 5 customers")


async def test_undo_is_refused_after_ten_minutes_and_after_others_acted(desk):
    message, _ = await linked(desk)
    echo = said_to(desk, "dana")
    await desk.press("bob", message, "Add")
    await desk.submit("bob", {"What is it called?": "Lorry broken"})
    await desk.press("dana", echo, "Undo")
    assert said_to(desk, "dana").text.startswith("Bob has acted on it since.")

    assert message.text.startswith("Lorry broken (#7)")


async def test_an_issue_like_an_open_problem_is_offered_it_and_linked_only_when_pressed(desk):
    message, _ = await linked(desk)

    answer = await desk.type("bob", "/issue Fern: driver did not come #delivery")
    like = await desk.type("bob", "/issue Gale: pallet 9 came late")
    other = await desk.type("bob", "/issue Hull: wrong VAT number #billing")

    assert f"{TITLE} (#7) is open, with 5 customers. Is this part of it?" in answer.text
    assert f"Part of {TITLE} (#7)" in like.message.buttons
    assert "Is this part of it?" not in other.text
    assert "5 customers, 5 issues" in message.text
    assert "1 issue like it since, not part of it: press Add" in message.text

    await desk.press("bob", answer.message, f"Part of {TITLE} (#7)", times=2)

    [echo] = [m for m in desk.slack.messages("#support", "bob") if m.text.startswith("Logged: Fern")]
    assert f"Part of {TITLE} (#7)" in echo.text
    assert echo.buttons == ["Fix", "Undo", "Not part of it"]
    assert "6 customers, 6 issues" in message.text
    await desk.press("bob", echo, "Not part of it")
    assert "5 customers, 5 issues" in message.text


async def test_cards_say_what_an_issue_is_part_of(desk):
    _, number = await linked(desk)

    assert f"Part of {TITLE} (#{number})" in (await desk.type("dana", "/issue 2")).text
    assert f"part of {TITLE} (#{number})" in (await desk.type("dana", "/customer Acme")).text
    assert (await desk.type("dana", f"/issue {number}")).text.startswith(f"{TITLE} (#{number})")


async def test_by_hand_it_is_linked_moved_and_taken_out(desk):
    message, number = await linked(desk)
    await desk.type("dana", "/issue Fern: it broke")  # 8

    assert "No problem is open" not in (await desk.type("dana", "/issue 8 problem")).text
    told = (await desk.type("dana", f"/issue 8 problem {number}")).text
    assert told == f"Part of {TITLE} (#{number}): Fern · it broke (#8)"
    assert "already" in (await desk.type("dana", f"/issue 8 problem #{number}")).text
    assert "6 customers" in message.text
    await desk.type("dana", "/issue 8 problem new the lift is stuck")  # 9
    assert "5 customers" in message.text
    await desk.type("dana", f"/issue 8 problem {number}")
    assert "6 customers" in message.text
    await desk.type("dana", "/issue 8 problem 9")
    assert "5 customers" in message.text
    assert desk.cards()[-1].text.startswith("the lift is stuck (#9)\nFern\n1 customer, 1 issue, 1 open")
    assert "Not part of the lift is stuck (#9)" in (await desk.type("dana", "/issue 8 problem none")).text
    assert "is part of no problem" in (await desk.type("dana", "/issue 8 problem none")).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2 problem 99", "There is no problem #99."),
        ("2 problem the lift", "A new one: /issue 2 problem new the lift"),
        ("7 note they called", "You typed: /issue 7 note they called"),
        ("2 problem new", "Type: /issue 2 problem new the lift is stuck"),
    ],
)
async def test_what_cannot_be_is_said_with_what_to_type(desk, typed, told):
    await linked(desk)

    assert told in (await desk.type("dana", f"/issue {typed}")).text


async def test_the_form_behind_more_chooses_the_problem_and_takes_it_out(desk):
    message, number = await linked(desk)
    logged = await desk.type("dana", "/issue Fern: it broke")
    await desk.press("dana", logged.message, "Fix")
    await desk.submit("dana", {"Part of the problem": f"{TITLE} (#{number})"})
    assert f"Part of {TITLE} (#{number})." in said_to(desk, "dana").text
    assert "6 customers" in message.text

    await desk.press("dana", logged.message, "Fix")
    await desk.submit("dana", {"Part of the problem": "Not part of a problem"})
    assert "5 customers" in message.text


async def test_add_is_filled_with_what_is_like_it_and_refuses_what_is_no_issue_giving_back_the_text(desk):
    message, _ = await linked(desk)
    await desk.type("bob", "/issue Fern: driver did not come #delivery")
    await desk.type("bob", "/issue Gale: it broke")

    await desk.press("dana", message, "Add")
    wrong = await desk.submit("dana", {"Issues to add": "#8 #9 #99"})
    assert wrong.errors == {"numbers": "There is no issue #99. Type numbers with spaces between: #42 #43"}
    await desk.submit("dana", {"Issues to add": "#8, 9", "What is it called?": "Lorry broken"})

    assert message.text.startswith("Lorry broken (#7)\nAcme, Bolt, Cora, Dyne, Eton, Fern and Gale\n7 customers")


# Solving


async def test_solving_says_beforehand_what_it_does_and_closes_nothing_that_is_promised(desk):
    message, _ = await linked(desk)
    await desk.type("dana", "/issue 3 callback tomorrow 3pm")
    await desk.type("dana", "/customer Cora owner @bob")
    await desk.press("dana", message, "Solved")
    [form] = desk.slack.workspace.views[desk.slack.person("dana").id]
    shown = str(form.blocks)
    assert "4 open issues will be resolved with your words." in shown
    assert "1 issue will stay open, as something is promised on it:" in shown
    assert "you (4) and Bob (1) will get one list." in shown

    await desk.submit("dana", {"How was it solved?": "second lorry hired"})

    assert said_to(desk, "dana").text == (
        f"Solved: {TITLE} (#7), 4 issues resolved.\n1 issue stays open, as something is promised on it:\n"
        "• Bolt · pallet 1 came late (#3)\n"
        "5 customers to be told, by the end of the next working day: you (4) and Bob (1) have one list."
    )
    assert "Resolved by Dana" in (await desk.type("dana", "/issue 2")).text
    assert "second lorry hired" in (await desk.type("dana", "/issue 2")).text
    assert "Resolved" not in (await desk.type("dana", "/issue 3")).text
    assert message.text.endswith("second lorry hired\n0 of 5 customers told so far.")
    assert message.buttons == []


async def test_each_owner_gets_one_list_and_every_customer_is_a_promise(desk):
    message, _ = await linked(desk)
    await desk.type("dana", "/customer Cora owner @bob")
    await solved(desk, message)

    [mine], [bobs] = lists(desk, "dana"), lists(desk, "bob")
    assert mine.text.startswith(
        f"{TITLE} (#7) is solved: second lorry hired\nPlease tell these 4 customers by tomorrow at 5 pm EST\n• Acme (#"
    )
    assert "• Cora (#" in bobs.text
    assert mine.buttons == ["Told all"]
    told = (await desk.type("bob", "/callback list")).text
    assert "Cora · update them that Delivery problem of 24 Nov is solved" in told
    assert "1 open promise, yours" in told


async def test_undo_within_ten_minutes_opens_all_again_and_takes_the_lists_away(desk):
    message, _ = await linked(desk)
    await solved(desk, message)
    answer = said_to(desk, "dana")

    await desk.press("dana", answer, "Undo", times=2)

    assert lists(desk, "dana") == []
    assert "5 customers, 5 issues, 5 open" in message.text
    assert message.buttons == ["Solved", "Add"]
    assert "No open promises" in (await desk.type("dana", "/callback list")).text
    assert "Resolved" not in (await desk.type("dana", "/issue 2")).text
    await solved(desk, message, "third lorry hired")
    answer = said_to(desk, "dana")
    assert len(lists(desk, "dana")) == 1
    await desk.type("dana", "/callback 13 kept")
    await desk.press("dana", answer, "Undo")
    assert message.text.endswith("1 of 5 customers told so far.")


async def test_told_all_keeps_the_promises_of_whoever_presses_and_the_card_says_how_many(desk):
    message, _ = await linked(desk)
    await desk.type("dana", "/customer Cora owner @bob")
    await solved(desk, message)
    [mine] = lists(desk, "dana")
    before = len(desk.slack.dm("dana"))

    await desk.press("dana", mine, "Told all", times=2)

    assert "All 4 customers are told.\n• Acme (#8) · ✓ kept, Dana, today at" in mine.text
    assert mine.buttons == []
    assert len(desk.slack.dm("dana")) == before
    assert message.text.endswith("4 of 5 customers told so far.")
    assert "1 open promise, yours" in (await desk.type("bob", "/callback list")).text
    await desk.press("bob", lists(desk, "bob")[0], "Told all")
    assert message.text.endswith("All 5 customers told.")


async def test_one_by_one_the_list_ticks_them(desk):
    message, _ = await linked(desk)
    await solved(desk, message)
    [mine] = lists(desk, "dana")

    await desk.type("dana", "/callback 9 kept")

    assert "Please tell these 4 customers by tomorrow at 5 pm EST · 1 told" in mine.text
    assert "• Bolt (#9) · ✓ kept, Dana" in mine.text


async def test_told_all_pressed_late_asks_once_for_all(desk):
    message, _ = await linked(desk)
    await solved(desk, message)
    [mine] = lists(desk, "dana")
    await desk.bot.store.run(lambda db: db.run("UPDATE promises SET due_at = due_at - 200000, first_due_at = 1"))

    await desk.press("dana", mine, "Told all")

    asked = desk.slack.dm("dana")[-1]
    assert asked.text == f"Told: 5 customers of {TITLE} (#7). 5 of them were past the time: told in time?"
    await desk.press("dana", asked, "On time")
    kept = await desk.bot.store.read(
        lambda db: db.rows("SELECT kept_at - due_at AS late FROM promises WHERE problem_id = 7")
    )
    assert [row["late"] for row in kept] == [0] * 5


async def test_who_is_gone_gets_no_list_and_who_is_away_is_covered(desk):
    message, _ = await linked(desk)
    await desk.type("dana", "/customer Cora owner @bob")
    await desk.type("dana", "/customer Dyne owner @priya")
    await desk.slack.change_person("priya", deleted=True)
    await desk.type("bob", "/kept away until Monday")
    await solved(desk, message)

    assert "Dyne" in lists(desk, "dana")[0].text
    assert "is asked to take it" in lists(desk, "bob")[0].text


async def test_who_comes_second_with_the_form_is_told_who_solved_it_and_gets_the_words_back(desk):
    message, _ = await linked(desk)
    await desk.press("bob", message, "Solved")
    await solved(desk, message)

    await desk.submit("bob", {"How was it solved?": "asked the driver"})

    told = said_to(desk, "bob").text
    assert told.startswith("Dana solved it today at 3:01 pm already.")
    assert "asked the driver" in told
    assert len(lists(desk, "dana")) == 1


async def test_forty_customers_of_one_owner_make_no_noise(desk):
    message, _ = await linked(desk, names=tuple(f"Firm {n}" for n in range(40)))
    await solved(desk, message)
    before = len(desk.slack.dm("dana"))

    for later in (22.5, 6.5):  # the next day at half past eight, and at half past three
        desk.slack.clock._jump(desk.slack.clock.now() + later * 3600)
        await desk.wait(minutes=31)

    reminders = desk.slack.dm("dana")[before:]
    assert len(reminders) == 2  # what is due today, and an hour before it is
    await desk.press("dana", lists(desk, "dana")[0], "Told all")
    desk.slack.clock._jump(desk.slack.clock.now() + 3600)
    await desk.settle()
    assert len(desk.slack.dm("dana")[before:]) == len(reminders)


# Forgetting, curtain, extremes


async def test_a_forgotten_customer_is_gone_from_the_alert(desk):
    message = await risen(desk)
    assert "Acme, Bolt" in message.text
    await desk.type("maya", "/customer forget Acme")
    await desk.press("maya", said_to(desk, "maya"), "Forget Acme")
    assert message.text.startswith("Delivery is rising: 5 issues from 5 customers")
    assert "Bolt, Cora, Dyne, Eton and 1 more\n" in message.text
    assert "Acme" not in message.text


async def test_a_forgotten_customer_is_gone_from_the_card_and_the_list(desk):
    message, _ = await linked(desk)
    await desk.press("dana", message, "Add")
    await desk.submit("dana", {"What is it called?": "Acme lorry broken"})
    await solved(desk, message, "told Acme to wait")
    [mine] = lists(desk, "dana")

    await desk.type("maya", "/customer forget Acme")
    await desk.press("maya", said_to(desk, "maya"), "Forget Acme")

    assert message.text.startswith("A problem (#7)\nBolt, Cora, Dyne, Eton and 1 more\n")
    for text in (message.text, mine.text, (await desk.type("dana", "/issue 7")).text):
        assert "Acme" not in text
    assert "Please tell these 4 customers" in mine.text
    assert "Acme" not in (await desk.type("dana", "/callback list")).text


async def test_at_its_extremes_an_alert_and_a_card_are_such_that_slack_takes_them(desk):
    message = await risen(desk, names=tuple(f"Customer with a rather long name {n}" for n in range(5)))
    more = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
        " INSERT INTO customers (id, name, created_at, version)"
        " SELECT 100 + i, 'Customer ' || i, 0, 1 FROM n WHERE i < 800",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
        " INSERT INTO issues (id, customer_id, summary, category, reporter_id, made_in, created_at, version, team_id)"
        " SELECT 1000 + i, 101 + i % 799, :words, 'delivery', 'U0DANA', 'C0SUPPORT', :now, 1, 1 FROM n",
    )
    values = {"many": 5000, "words": "x <!channel> & y " * 176, "now": int(desk.slack.clock.now())}
    await desk.bot.store.run(lambda db: [db.run(sql, **values) for sql in more])
    await desk.settle()
    assert message.text.startswith("Delivery is rising: 5005 issues from 804 customers")
    assert len(message.text) < 1500

    await desk.press("dana", message, "Link as one problem")

    assert "804 customers, 5005 issues, 5,005 open" in message.text
    assert "+5,000 more open" in message.text
    desk.slack.nothing_refused()


async def test_at_its_extremes_a_list_is_such_that_slack_takes_it(desk):
    names = tuple(f"Customer with a rather long name {n} and more of it" for n in range(60))
    message, number = await linked(desk, names=names, summary="x <!channel> & y " * 20)
    await desk.type("dana", "/customer Customer with a rather long name 1 and more of it contact " + "Jane Doe " * 30)
    await solved(desk, message, "z & " * 700)

    [mine] = lists(desk, "dana")
    assert "+35 more: /callback list" in mine.text
    assert "Solved by Dana" in (await desk.type("dana", f"/issue {number}")).text
    desk.slack.nothing_refused()


@pytest.mark.long
def test_a_thousand_customers_hold_the_writer_for_about_a_second(tmp_path, empty_database):
    path = tmp_path / "kept.db"
    path.write_bytes(empty_database.read_bytes())
    db, now = SQLite(path), 1_795_000_000
    people.keep(db, Person("U1", "dana", "Dana", zone="UTC"))
    values = {"zone": "UTC", "opens_at": 540, "closes_at": 1020, "weekdays": "01234", "made_by": "U1", "made_at": 0}
    teams.keep(db, "C1", **values)
    db.begin(writing=True)
    for n in range(1000):
        known = customers.add(db, f"Firm {n}", now)
        about = {"summary": f"pallet {n} late", "category": "delivery", "reporter_id": "U1", "owner_id": "U1"}
        made = issues.log(db, customer_id=known.id, made_in="C1", now=now, team_id=1, **about)
        issues.card_is_at(db, made.id, "C1", f"{n}.1")
    alert.take_due(db, now)
    db.commit()
    took = {}
    said = Said("k", now, people.find(db, "U1"), "button", "C1", value="1")
    for name, act in (
        ("link", lambda: change.link(db, said)),
        ("solve", lambda: solve.solved(db, said, problems.open_ones(db, alert.scope_of(db, None), 1)[0], "mended")),
    ):
        db.begin(writing=True)
        began = time.perf_counter()
        act()
        db.commit()
        took[name] = time.perf_counter() - began
    _, promised = callbacks.list_open(db, most=1, owner_id="U1")
    db.close()
    assert promised == 1000
    assert max(took.values()) < 1.5, took
