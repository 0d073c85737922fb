"""What Kept promises about customers."""

import json

import pytest

from handlers.customers import known, reading, risk, sheet
from storage import catalog, customers, history, merges
from storage.migrations import later
from tests.test_import import bot

CONTACT = "Jane Doe, procurement, +1 555 0100, jane@acme.example"


async def make(desk, name="Acme", **fields):
    """A customer with what is said of it in the form."""
    await desk.type("dana", f"/customer new {name}")
    await desk.submit("dana", fields)


async def card(desk, name="Acme", person="dana", channel="#support"):
    return (await desk.type(person, f"/customer {name}", channel=channel)).text


async def entries(desk, deed):
    rows = await desk.bot.store.read(
        lambda db: db.rows("SELECT * FROM audit WHERE deed = :deed ORDER BY id", deed=deed)
    )
    return [json.loads(row["detail"]) for row in rows]


async def set_up(desk):
    await desk.type("maya", "/kept setup team #support escalations #escalations managers #leads lead @priya")


@pytest.mark.contract
async def test_the_card_is_one_screen_for_the_person_on_the_phone(desk):
    await make(
        desk,
        tier="gold",
        zone="London",
        owner=desk.slack.person("dana").id,
        backup=desk.slack.person("bob").id,
        contacts=CONTACT,
        depends_on="same-day delivery",
        cost="a stopped line",
        notes="they prefer calls before noon",
        aliases="ACME Holdings",
    )
    await desk.type("dana", "/issue Acme: late again #delivery !annoyed")
    await desk.wait(minutes=30)
    await desk.type("dana", "/issue Acme: line stands still #delivery !losing-money")
    await desk.type("dana", "/callback Acme tomorrow 3pm about the refund")

    shown = (await desk.type("bob", "/customer acme holdings")).text.split("\n")

    assert shown[:8] == [
        "Acme · gold",
        "Also known as ACME Holdings",
        "There it is 3:30 pm, Tuesday (London time)",
        "Call Jane Doe (procurement), +1 555 0100, jane@acme.example",
        "Owner: Dana · Backup: Bob",
        "They depend on us for: same-day delivery",
        "When we fail, it costs them: a stopped line",
        "Notes: they prefer calls before noon",
    ]
    assert shown[8] == "Open"
    assert shown[9].startswith("• line stands still (#2) · losing money · waiting under a minute · Dana")
    assert shown[10].startswith("• late again (#1) · annoyed · waiting 30 minutes · Dana")
    assert (
        shown[11] == "• call about the refund (#3) · promised for tomorrow at 8 pm GMT · Dana"
    )  # Bob reads London time
    assert shown[12:] == ["Keeps coming back, in the last 90 days: delivery, 2 times"]


async def test_the_card_is_seen_by_the_one_who_asked_alone_and_calls_nobody(desk):
    await make(desk, contacts=CONTACT)
    calls = len(desk.slack.calls)

    answer = await desk.slack.command("dana", "#support", "/customer Acme")

    assert len(desk.slack.calls) == calls
    assert answer.message.ephemeral_to == desk.slack.person("dana").id
    assert answer.message.buttons == ["Edit", "Log issue", "Promise", "History"]


async def test_what_is_not_known_is_one_quiet_line_with_what_to_type(desk):
    await desk.type("dana", "/issue Acme: late again")
    await desk.type("dana", "/customer Acme zone Berlin")

    shown = await card(desk)

    assert "Call" not in shown
    assert shown.count("Not known yet") == 1
    assert shown.split("\n")[-1] == (
        "Not known yet: whom to call, our owner, our backup, what they depend on us for and what it costs them when we"
        " fail. Type: /customer Acme edit"
    )


async def test_promises_are_counted_by_their_first_time_as_kept_and_missed(desk):
    await desk.type("dana", "/callback Acme in 30 minutes about one")
    await desk.type("dana", "/callback Acme in 30 minutes about two")
    await desk.type("dana", "/callback Acme in 30 minutes about three")
    await desk.type("dana", "/callback Acme in 30 minutes about four")
    await desk.type("dana", "/callback 1 kept")
    await desk.type("dana", "/callback 3 withdrawn")
    await desk.type("dana", "/callback 4 mistake typed twice")
    assert "What we promised: 1 kept in time, 0 missed, in the last 90 days" in await card(desk)
    await desk.type("dana", "/callback Acme in 50 minutes about five")
    await desk.type("dana", "/callback 5 broken the courier lost it")
    assert "What we promised: 1 kept in time, 1 missed, in the last 90 days" in await card(desk)  # known already

    await desk.wait(minutes=40)

    shown = await card(desk)
    assert "What we promised: 1 kept in time, 2 missed, in the last 90 days" in shown  # open or closed: it was missed
    assert "• call about one (#1) · kept today at 10 am EST" in shown
    assert "call about four" not in shown


async def test_how_they_feel_and_why_is_on_the_card(desk):
    await desk.type("dana", "/customer new Acme")
    await desk.bot.store.run(
        lambda db: db.run(
            "INSERT INTO feedback (customer_id, person_id, at, mood, reason) VALUES (1, 'U', :at, 'unhappy', 'slow')",
            at=int(desk.slack.clock.now()),
        )
    )

    assert "How they feel\n• unhappy: slow · today at 10 am EST" in await card(desk)


@pytest.mark.contract
async def test_the_form_keeps_what_is_typed_and_says_what_was_there(desk):
    await desk.type("dana", "/customer new Acme")
    assert desk.slack.view("dana").title == "Acme"

    await desk.submit(
        "dana",
        {
            "tier": "gold",
            "zone": "new york",
            "contacts": "Jane Doe (procurement) +1 555 0100\n\nBo Li; bo@acme.example",
            "channels": [desk.slack.channel("#acme-shared").id],
        },
    )

    echo = desk.shown("dana")[-1]
    assert "Saved: Acme" in echo
    assert "Time zone: New York time (America/New_York)" in echo
    assert "Whom to call: Jane Doe, procurement, +1 555 0100; Bo Li, bo@acme.example" in echo
    assert "Their channels: #acme-shared" in echo
    await desk.type("dana", "/issue invoice missing", channel="#acme-shared")
    assert "invoice missing (#1)" in await card(desk)


async def test_a_form_that_cannot_be_kept_says_so_at_the_field_and_keeps_nothing(desk):
    await make(desk, "Globex", aliases="Globex Group")
    await desk.type("dana", "/customer new Acme")

    refused = await desk.submit(
        "dana", {"tier": "gold", "zone": "Gotham", "aliases": "globex group", "contacts": "+1 555 0100", "name": "…"}
    )

    assert refused.errors == {
        "name": "What is the customer called?",
        "aliases": "“globex group” is a name of Globex, and has to be taken off there first. One and the same?"
        " /customer merge Acme into Globex",
        "zone": "I know no time zone “Gotham”. For example: Berlin, PT, Europe/London",
        "contacts": "Who is “+1 555 0100”? Begin with the name: Jane Doe, procurement, +1 555 0100",
    }
    assert "gold" not in await card(desk)


async def test_a_zone_with_several_meanings_is_asked(desk):
    await make(desk)

    answer = await desk.type("dana", "/customer Acme zone IST")

    assert "“IST” may be Asia/Kolkata, Europe/Dublin or Asia/Jerusalem. Type one of them." in answer.text
    assert "You typed: /customer Acme zone IST" in answer.text


async def test_a_channel_has_one_customer(desk):
    channel = desk.slack.channel("#acme-shared").id
    await make(desk, "Acme", channels=[channel])
    await desk.type("dana", "/customer new Globex")

    refused = await desk.submit("dana", {"channels": [channel]})

    assert refused.errors == {"channels": "#acme-shared is Acme's channel. A channel has one customer."}


@pytest.mark.contract
async def test_what_somebody_saved_meanwhile_is_shown_at_its_field_and_never_overwritten_unread(desk):
    await make(desk, tier="silver", zone="Berlin", notes="old")
    await desk.type("dana", "/customer Acme edit")
    await desk.type("bob", "/customer Acme tier gold")
    await desk.type("bob", "/customer Acme zone London")

    refused = await desk.submit("dana", {"tier": "platinum", "notes": "mine"})

    assert refused.errors == {
        "tier": "Bob changed this to gold today at 10 am. Press Save again to put yours in its place."
    }
    assert "Acme · gold" in await card(desk)
    await desk.submit("dana", {})
    shown = await card(desk)
    assert "Acme · platinum" in shown
    assert "Notes: mine" in shown
    assert "London time" in shown  # which Dana had left alone


async def test_an_import_meanwhile_is_never_undone_by_a_form_that_was_open(desk, tmp_path):
    await make(desk, tier="silver", contacts="Jane Doe")
    await desk.type("dana", "/customer Acme edit")
    (tmp_path / "customers.csv").write_text("name,aliases,tier\nAcme,ACME Holdings,gold\n")
    (tmp_path / "contacts.csv").write_text("customer,name,phone\nAcme,Bo Li,+1 555 0199\n")
    for kind in ("customers", "contacts"):
        bot_status, told = bot(tmp_path, "import", f"{kind}.csv", "--apply")
        assert bot_status == 0, told

    await desk.submit("dana", {"notes": "call before noon"})

    shown = await desk.bot.store.read(lambda db: sheet.of(db, customers.by_name(db, "Acme")))
    assert (shown["notes"], shown["tier"], shown["aliases"]) == ("call before noon", "gold", "ACME Holdings")
    assert shown["contacts"] == "Jane Doe\nBo Li, +1 555 0199"
    await desk.type("dana", "/customer Acme edit")
    (tmp_path / "contacts.csv").write_text("customer,name,phone\nAcme,Bo Li,+1 555 0200\n")
    assert bot(tmp_path, "import", "contacts.csv", "--apply")[0] == 0
    refused = await desk.submit("dana", {"contacts": "Jane Doe"})
    assert refused.errors["contacts"].startswith("This became Jane Doe; Bo Li, +1 555 0200 meanwhile.")


async def test_a_line_break_alone_is_a_change(desk):
    await make(desk, aliases="Foo Bar")
    await desk.type("dana", "/customer Acme edit")

    await desk.submit("dana", {"aliases": "Foo\nBar"})

    assert await desk.bot.store.read(customers.names, 1) == ["Acme", "Bar", "Foo"]


async def test_a_third_change_is_shown_again(desk):
    await make(desk, tier="silver")
    await desk.type("dana", "/customer Acme edit")
    await desk.type("bob", "/customer Acme tier gold")
    await desk.submit("dana", {"tier": "platinum"})
    await desk.type("priya", "/customer Acme tier bronze")

    refused = await desk.submit("dana", {})

    assert "Priya changed this to bronze" in refused.errors["tier"]


async def test_the_same_form_delivered_twice_is_shown_the_conflict_twice(desk):
    await make(desk, tier="silver")
    await desk.type("dana", "/customer Acme edit")
    await desk.type("bob", "/customer Acme tier gold")

    await desk.submit("dana", {"tier": "platinum"}, times=2)

    assert "Acme · gold" in await card(desk)


async def test_each_change_has_one_audit_entry(desk):
    await make(desk, tier="silver")
    await desk.type("bob", "/customer Acme tier gold", times=2)
    await desk.type("bob", "/customer Acme tier gold")

    made, edits = await entries(desk, "customer made"), await entries(desk, "customer edited")

    assert len(made) == 1
    assert [entry["changes"] for entry in edits] == [{"tier": ["", "silver"]}, {"tier": ["silver", "gold"]}]


@pytest.mark.parametrize(
    ("typed", "echoed"),
    [
        ("owner @dana", "Our owner: Dana"),
        ("owner me", "Our owner: Bob"),
        ("backup @bob", "Our backup: Bob"),
        ("zone Europe/London", "Time zone: London time (Europe/London)"),
        ("tier gold", "Tier: gold"),
        ("alias ACME Holdings", "Also known as: ACME Holdings"),
        (f"contact {CONTACT}", f"Whom to call: {CONTACT}"),
        ("depends on same-day delivery", "What they depend on us for: same-day delivery"),
        ("costs $5,000 & more an hour", "What it costs them when we fail: $5,000 &amp; more an hour"),
        ("note they like <b> & @dana", "Notes: they like &lt;b&gt; &amp; @Dana"),
    ],
)
async def test_every_field_can_be_typed_in_one_line_and_undone(desk, typed, echoed):
    await desk.type("dana", "/customer new Acme")
    before = await card(desk)

    answer = await desk.type("bob", f"/customer acme {typed}")

    assert echoed in answer.text
    assert await card(desk) != before
    await desk.press("bob", answer.message, "Undo")
    assert await card(desk) == before


async def test_the_echo_says_what_was_there_before(desk):
    await make(desk, tier="silver")

    assert "Tier: gold (it was silver)" in (await desk.type("dana", "/customer Acme tier gold")).text
    assert "Nothing changed" in (await desk.type("dana", "/customer Acme tier gold")).text


async def test_undo_never_undoes_somebody_elses_change(desk):
    await make(desk, tier="silver")
    answer = await desk.type("dana", "/customer Acme tier gold")
    await desk.type("bob", "/customer Acme note hello")

    await desk.press("dana", answer.message, "Undo")

    assert "Acme was changed since" in desk.shown("dana")[-1]
    assert "Acme · gold" in await card(desk)


async def test_undo_pressed_twice_has_one_effect(desk):
    await make(desk, tier="silver")
    answer = await desk.type("dana", "/customer Acme tier gold")

    await desk.press("dana", answer.message, "Undo", times=2)

    assert "Acme · silver" in await card(desk)
    assert len(await entries(desk, "customer edit undone")) == 1


async def test_undo_is_over_after_ten_minutes(desk):
    await make(desk, tier="silver")
    answer = await desk.type("dana", "/customer Acme tier gold")
    await desk.wait(minutes=11)

    await desk.press("dana", answer.message, "Undo")

    assert "Ten minutes are over." in desk.shown("dana")[-1]
    assert "Acme · gold" in await card(desk)


async def test_a_contact_of_the_same_name_is_replaced_and_others_stay(desk):
    await make(desk, contacts="Jane Doe, procurement\nBo Li")

    await desk.type("dana", "/customer Acme contact jane doe, head of procurement, +1 555 0100")

    shown = await card(desk)
    assert "Call Bo Li" in shown
    assert "Call jane doe (head of procurement), +1 555 0100" in shown
    assert "Jane Doe" not in shown


async def test_a_new_name_keeps_the_old_one_as_an_alias_and_redraws_the_cards(desk):
    await desk.type("dana", "/issue Acme: late again")
    await desk.type("dana", "/customer Acme edit")

    await desk.submit("dana", {"name": "Zenith Foods"})

    assert desk.cards()[0].text.startswith("Zenith Foods · late again (#1)")
    assert "Zenith Foods · again (#2)" in (await desk.type("dana", "/issue acme: again")).text


async def test_an_unknown_name_offers_near_ones_and_a_new_one(desk):
    await make(desk, "Acme Freight", tier="gold")
    await make(desk, "Globex")

    answer = await desk.type("dana", "/customer Acme Frieght edit")

    assert "I know no customer called “Acme Frieght”." in answer.text
    assert "You typed: /customer Acme Frieght edit" in answer.text
    assert answer.message.buttons == ["Acme Freight", "New customer Acme Frieght?"]
    await desk.press("dana", answer.message, "Acme Freight")
    assert "Acme Freight · gold" in desk.shown("dana")[-1]


async def test_one_press_makes_the_new_customer_and_opens_its_form_once(desk):
    answer = await desk.type("dana", "/customer Initech")

    await desk.press("dana", answer.message, "New customer Initech?")
    await desk.submit("dana", {"tier": "gold"})
    await desk.press("dana", answer.message, "New customer Initech?")

    assert desk.slack.view("dana").title == "Initech"
    assert (await desk.type("dana", "/customer list")).text.startswith("1 customer, by name:\n• Initech · gold")


async def test_a_longer_name_that_begins_like_a_known_one_is_asked_and_never_taken_for_it(desk):
    await make(desk)

    answer = await desk.type("dana", "/customer Acme Logistics")

    assert answer.message.buttons == ["Acme", "New customer Acme Logistics?"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Acme onwer @dana", "/customer Acme owner @Dana"), ("lst at-risk", "/customer list at-risk")],
)
async def test_a_slip_gets_the_nearest_line_and_the_text_back(desk, typed, meant):
    await make(desk)

    answer = await desk.type("dana", f"/customer {typed}")

    assert f"Did you mean: {meant}" in answer.text
    assert "You typed: /customer" in answer.text


async def test_the_history_pages_on_and_mixes_everything_newest_first(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.wait(minutes=1)
    await desk.type("bob", "/issue 1 note the bank confirms it")
    await desk.wait(minutes=1)
    await desk.type("dana", "/callback Acme in 2 hours about the refund")
    await desk.wait(minutes=1)
    await desk.type("dana", "/callback 2 kept")
    for number in range(10):
        await desk.wait(minutes=1)
        await desk.type("dana", f"/issue Acme: problem {number}")
    await desk.wait(minutes=1)
    await desk.type("dana", "/issue 1 resolve refunded")

    await desk.press("dana", (await desk.type("dana", "/customer Acme")).message, "History")

    first = desk.slack.messages("#support", "dana")[-1]
    assert first.text.split("\n")[1] == "• today at 10:14 am EST · resolved: refunded (#1) · Dana"
    assert first.text.count("•") == 10
    await desk.press("dana", first, "Older")
    second = desk.slack.messages("#support", "dana")[-1]
    assert [line.partition(" · ")[2] for line in second.text.split("\n")[1:]] == [
        "logged: problem 0 (#3) · Dana",
        "kept: call about the refund (#2) · Dana",
        "promised: call about the refund (#2) · Dana",
        "note: the bank confirms it · Bob",
        "logged: charged twice (#1) · Dana",
    ]
    assert second.buttons == ["Latest"]


async def noted(desk, name):
    """The notes in a customer's history, the latest first."""
    shown = (await desk.type("dana", f"/customer {name} history")).text
    return [line.split(" · ")[1] for line in shown.split("\n") if " · note: " in line]


async def test_notes_stand_in_the_history_of_whose_record_they_are_at(desk):
    await make(desk, "Zenith")
    await make(desk, "Acme")
    await desk.wait(minutes=1)
    await desk.type("dana", "/issue Zenith: late again callback in 2 hours")
    await desk.type("dana", "/issue 1 note they phoned twice")
    await desk.type("dana", "/callback 2 tried line was busy")
    await set_up(desk)
    assert await noted(desk, "Zenith") == ["note: line was busy", "note: they phoned twice"]

    await desk.type("dana", "/issue 1 edit")
    await desk.submit("dana", {"Customer": "Acme"})

    assert await noted(desk, "Acme") == ["note: line was busy", "note: they phoned twice"]
    assert await noted(desk, "Zenith") == []
    asked = await desk.type("maya", "/customer merge Acme into Zenith")
    await desk.press("maya", asked.message, "Merge into Zenith")
    assert await noted(desk, "Zenith") == ["note: line was busy", "note: they phoned twice"]


async def test_notes_written_by_an_earlier_version_stand_in_the_history(desk):
    await desk.type("dana", "/issue Zenith: late again callback in 2 hours")
    await desk.type("dana", "/issue 1 note they phoned twice")
    await desk.type("dana", "/callback 2 tried line was busy")

    def as_before(db):
        db.run("UPDATE notes SET customer_id = NULL")
        for statement in later.CUSTOMER_NOTES.split(";"):
            if "UPDATE" in statement:
                db.run(statement)

    await desk.bot.store.run(as_before)

    assert await noted(desk, "Zenith") == ["note: line was busy", "note: they phoned twice"]


async def test_what_happened_in_one_second_is_paged_without_gap_or_repeat(desk):
    for number in range(13):
        await desk.type("dana", f"/issue Acme: problem {number}")
    await desk.type("dana", "/issue 1 note hello")

    read, before = [], None
    while page := await desk.bot.store.read(
        lambda db, before=before: history.page(db, 1, before=before, most=3)  # the clock stands still
    ):
        read += page
        assert len(read) <= 14
        before = (page[-1].at, page[-1].what, page[-1].id)

    assert len(read) == len(set(read)) == 14
    assert len({event.at for event in read}) == 1


async def test_the_card_opens_the_forms_for_its_customer(desk):
    await make(desk)
    shown = (await desk.type("dana", "/customer Acme")).message

    await desk.press("dana", shown, "Log issue")
    await desk.submit("dana", {"What happened": "late again"})
    await desk.press("dana", shown, "Promise")
    await desk.submit("dana", {"By when": "tomorrow 3pm"})

    told = await card(desk)
    assert "late again (#1)" in told
    assert "(#2) · promised for tomorrow at 3 pm EST" in told


async def test_a_list_is_by_name_cut_with_a_count_and_leaves_the_stand_in_out(desk):
    for number in range(22):
        await desk.bot.store.run(customers.add, f"Client {number:02}", 0)
    await desk.bot.store.run(customers.unknown, 0)

    answer = await desk.type("dana", "/customer list")

    assert answer.text.startswith("22 customers, by name:\n• Client 00\n• Client 01")
    assert answer.text.endswith("+2 more. To see one, type its name: /customer Acme")
    assert "unknown" not in answer.text


async def test_who_is_at_risk_is_said_with_the_reason_and_whom_to_call(desk):
    await make(desk, "Forgotten Co", contacts=CONTACT)
    await desk.type("dana", "/callback Forgotten Co in 1 hour")
    await desk.type("dana", "/callback 1 broken we forgot")
    await desk.type("dana", "/issue Repeat Ltd: late #delivery")
    await desk.type("dana", "/issue Repeat Ltd: late again #delivery")
    await desk.type("dana", "/issue 2 resolve done")
    await desk.type("dana", "/issue 3 resolve done")
    await desk.type("dana", "/issue Quiet: the portal is slow")
    await desk.type("dana", "/issue Spoken: the portal is slow")
    await desk.type("dana", "/issue Praising: well done #praise")
    await desk.type("dana", "/customer new Unhappy")
    for reason in ("slow", "slower"):
        await desk.bot.store.run(
            lambda db, reason=reason: db.run(
                "INSERT INTO feedback (customer_id, person_id, at, mood, reason)"
                " SELECT id, 'U', :at, 'unhappy', :reason FROM customers WHERE name = 'Unhappy'",
                at=int(desk.slack.clock.now()),
                reason=reason,
            )
        )

    answer = await desk.type("dana", "/customer list at-risk")
    begun = int(desk.slack.clock.now())
    await desk.wait(hours=1)
    await desk.type("dana", "/issue 5 note they are patient")

    async def at_risk(days):
        found, many = await desk.bot.store.read(risk.found, begun + int(days * 86400), 20)
        assert many == len(found)
        return {customer.name: reasons for customer, reasons in found}

    assert answer.text.split("\n") == [
        "3 customers at risk:",
        "• Forgotten Co · a promise broken · call Jane Doe (procurement), +1 555 0100, jane@acme.example",
        "• Repeat Ltd · delivery twice · nobody to call is known yet",
        "• Unhappy · unhappy twice, lately: slower · nobody to call is known yet",
    ]
    silence = "open for 7 days, no contact for 7 days or more"
    assert "Quiet" not in await at_risk(6.9)
    assert (await at_risk(7.02))["Quiet"] == [silence]
    assert list(await at_risk(7.02)) == ["Forgotten Co", "Quiet", "Repeat Ltd", "Unhappy"]
    assert (await at_risk(7.1))["Spoken"] == [silence]  # the note is older than that, too
    assert list(await at_risk(91)) == ["Quiet", "Spoken"]


async def two(desk):
    """Two customers, one of whom is the other, with something in every table."""
    await make(desk, "Acme", tier="silver", notes="ours", contacts="Jane Doe")
    await make(
        desk,
        "Zenith",
        tier="gold",
        zone="London",
        notes="theirs",
        contacts="Bo Li",
        aliases="Zenith Group",
        channels=[desk.slack.channel("#acme-shared").id],
    )
    await desk.type("dana", "/issue Zenith: late again")
    await desk.type("dana", "/callback Zenith tomorrow 3pm")
    await desk.bot.store.run(
        lambda db: db.run(
            "INSERT INTO feedback (customer_id, person_id, at, mood) SELECT id, 'U', 0, 'happy' FROM customers"
            " WHERE name = 'Zenith'"
        )
    )


@pytest.mark.contract
async def test_merging_is_shown_first_and_loses_nothing(desk):
    await two(desk)

    asked = await desk.type("maya", "/customer merge Zenith into Acme")

    assert "Acme gets 1 issue, 1 promise, 1 contact, 1 answer and 1 channel." in asked.text
    assert "Acme takes over: time zone." in asked.text
    assert "From Zenith: tier gold" in asked.text
    assert "Zenith · gold" in await card(desk, "Zenith")  # nothing is done yet
    await desk.press("maya", asked.message, "Merge into Acme", times=2)

    assert "Merged: Zenith is Acme now with 1 issue, 1 promise" in desk.shown("maya")[-1]
    shown = await card(desk, "zenith group")
    assert shown.startswith("Acme · silver\nAlso known as Zenith, Zenith Group\n")
    for part in ("London time", "#acme-shared", "Call Jane Doe", "Call Bo Li", "late again (#1)", "(#2)", "• happy"):
        assert part in shown
    assert "Notes: ours From Zenith: theirs From Zenith: tier gold" in shown
    assert desk.cards()[0].text.startswith("Acme · late again (#1)")


async def test_after_a_merge_no_table_speaks_of_the_customer_that_is_gone(desk):
    await two(desk)
    await desk.type("dana", "/issue Zanith Group: nearly")
    gone = (await desk.bot.store.read(customers.by_name, "Zenith")).id
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.press("maya", asked.message, "Merge into Acme")

    def left(db):
        tables = catalog.tables(db)
        named = [table for table in tables if "customer_id" in catalog.columns(db, table) and table != "audit"]
        return {
            table: many
            for table in named
            if (many := len(db.rows(f"SELECT 1 FROM {table} WHERE customer_id = :id", id=gone)))
        }

    assert await desk.bot.store.read(left) == {}
    assert await desk.bot.store.read(customers.find, gone) is None


async def test_a_merge_redraws_open_cards_alone_and_its_backup_hears_of_the_promises(desk):
    await set_up(desk)
    await make(desk, "Acme", backup=desk.slack.person("dana").id)
    await desk.type("dana", "/issue Zenith: late again")
    await desk.type("dana", "/issue Zenith: charged twice")
    await desk.type("dana", "/issue 2 resolve sent anew")
    await desk.type("bob", "/callback Zenith in 1 hour")
    await desk.wait(minutes=75)
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    before = len(desk.slack.calls)

    await desk.press("maya", asked.message, "Merge into Acme")

    drawn = [call.arguments["text"] for call in list(desk.slack.calls)[before:] if call.method == "chat.update"]
    assert [text.partition(" (#")[0] for text in drawn] == ["Acme · charged twice"]
    await desk.wait(minutes=30)  # it is night where the lead is, and morning where Dana is
    assert any("Acme still waits: call" in told for told in desk.dms("dana"))


async def test_the_audit_entry_of_a_merge_tells_all_that_was_moved(desk):
    await two(desk)
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.press("maya", asked.message, "Merge into Acme")

    [entry] = await entries(desk, "customer merged")

    assert entry["gone"]["sheet"]["tier"] == "gold"
    assert entry["moved"]["issues"] == [1]
    assert entry["moved"]["promises"] == [2]
    assert entry["moved"]["names"] == ["zenith", "zenith group"]


async def test_a_question_still_open_means_the_customer_that_stays(desk):
    await make(desk, "Marta Ltd")
    await make(desk, "Malia Ltd")
    await make(desk, "Acme")
    question = await desk.type("dana", "/issue Malta Ltd: three")
    asked = await desk.type("maya", "/customer merge Malia Ltd into Acme")
    await desk.press("maya", asked.message, "Merge into Acme")

    await desk.press("dana", question.message, "Malia Ltd")

    assert "Acme · three (#1)" in desk.shown("dana")[-1]


async def test_a_stale_merge_button_shows_them_as_they_are_and_does_nothing(desk):
    await two(desk)
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.type("dana", "/customer Zenith tier bronze")

    await desk.press("maya", asked.message, "Merge into Acme")

    assert "They were changed meanwhile. As they are now:" in desk.shown("maya")[-1]
    assert "From Zenith: tier bronze" in desk.shown("maya")[-1]
    assert "Zenith · bronze" in await card(desk, "Zenith")


async def test_who_presses_merge_second_is_told_who_did(desk):
    await two(desk)
    first = await desk.type("maya", "/customer merge Zenith into Acme")
    second = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.press("maya", first.message, "Merge into Acme")

    await desk.press("maya", second.message, "Merge into Acme")

    assert "That is done already: Acme was merged by Maya today at 4 pm." in desk.shown("maya")[-1]
    assert len(await entries(desk, "customer merged")) == 1


async def test_the_stand_in_is_never_merged(desk):
    await make(desk)
    await desk.bot.store.run(customers.unknown, 0)

    for line in ("Customer unknown into Acme", "Acme into Customer unknown"):
        answer = await desk.type("maya", f"/customer merge {line}")
        assert "stands for many" in answer.text
        assert answer.message.buttons == []


async def test_before_setup_any_member_edits_and_only_an_admin_merges(desk):
    await two(desk)

    refused = await desk.type("dana", "/customer merge Zenith into Acme")

    assert "This is for managers." in refused.text
    assert "You typed: /customer merge Zenith into Acme" in refused.text


async def test_after_setup_customers_are_for_the_team_and_merging_for_managers(desk):
    await two(desk)
    await set_up(desk)
    await desk.slack.leave("#support", "bob")
    await desk.settle()

    assert "This is for the team." in await card(desk, person="bob", channel="#general")
    assert "Acme · silver" in await card(desk)
    assert "This is for managers." in (await desk.type("dana", "/customer merge Zenith into Acme")).text
    assert "Merge Zenith into Acme?" in (await desk.type("priya", "/customer merge Zenith into Acme")).text
    assert "This is for full members" in await card(desk, person="tom")


async def test_who_lost_the_right_meanwhile_can_neither_press_nor_submit(desk):
    await make(desk, tier="silver")
    await set_up(desk)
    shown = (await desk.type("bob", "/customer Acme", channel="#escalations")).message
    edit = await desk.type("bob", "/customer Acme tier gold", channel="#escalations")
    await desk.type("bob", "/customer Acme edit", channel="#escalations")
    await desk.slack.leave("#support", "bob")
    await desk.settle()

    await desk.submit("bob", {"tier": "platinum"})
    told = [desk.shown("bob", "#escalations")[-1]]
    for message, button in ((edit.message, "Undo"), (shown, "History"), (shown, "Edit")):
        await desk.press("bob", message, button)
        told.append(desk.shown("bob", "#escalations")[-1])

    assert all("This is for the team." in one for one in told)
    assert desk.slack.view("bob") is None
    assert "Acme · gold" in await card(desk)


async def test_what_is_known_stands_in_few_lines_for_forms(desk):
    await make(desk, zone="London", contacts=CONTACT, owner=desk.slack.person("dana").id, depends_on="delivery")
    await desk.type("dana", "/issue Acme: late again")

    lines = await desk.bot.store.read(known.known, 1)

    told = ["".join(part if isinstance(part, str) else part.words for part in line) for line in lines]
    assert told == [
        "Call Jane Doe (procurement), +1 555 0100, jane@acme.example",
        "They live by London time",
        "Owner: Dana",
        "They depend on us for: delivery",
        "Open: late again (#1)",
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (CONTACT, ("Jane Doe", "procurement", "+1 555 0100", "jane@acme.example")),
        ("jane@acme.example, Jane Doe", ("Jane Doe", None, None, "jane@acme.example")),
        ("Bo Li (night shift) 020 7946 0000 ext 12", ("Bo Li", "night shift", "020 7946 0000 ext 12", None)),
        (
            "Jane Doe +1 (555) 010-0999 <jane@acme.example>",
            ("Jane Doe", None, "+1 (555) 010-0999", "jane@acme.example"),
        ),
        ("Room 12, floor 3", ("Room 12", "floor 3", None, None)),
        ("Ann O'Neil - CFO - 0049 30 123456; a@x.co.uk", ("Ann O'Neil", "CFO", "0049 30 123456", "a@x.co.uk")),
    ],
)
def test_a_contact_is_read_forgivingly_and_reads_back_as_the_same(typed, read):
    person = reading.person(typed)

    assert (person.name, person.role, person.phone, person.mail) == read
    assert reading.person(person.line()) == person


async def test_type_ahead_finds_the_beginning_of_any_word_of_any_name_best_first(desk):
    def fill(db):
        for name in ("Bakery Row", "Sunrise Bakery", "Sunset Foods", "Ácme Inc.", "Old Mill"):
            customers.add(db, name, 0)
        customers.add_name(db, customers.by_name(db, "Old Mill").id, "Bakers United")
        customers.unknown(db, 0)

    await desk.bot.store.run(fill)

    async def found(typed, **most):
        return [one.name for one in await desk.bot.store.read(lambda db: customers.suggest(db, typed, **most))]

    assert await found("bake") == ["Old Mill", "Bakery Row", "Sunrise Bakery"]
    assert await found("SUN") == ["Sunrise Bakery", "Sunset Foods"]
    assert await found("sunrise ba") == ["Sunrise Bakery"]
    assert await found("acme in") == await found("acmé") == ["Ácme Inc."]
    assert await found("unknown") == await found("…") == []
    assert len(await found("")) == 5
    assert len(await found("", most=2)) == 2


async def test_type_ahead_follows_renames_merges_and_undone_customers(desk):
    await make(desk, "Globex")
    await make(desk, "Acme")
    await desk.type("dana", "/customer Globex edit")
    await desk.submit("dana", {"name": "Zenith", "aliases": "Northern Light"})
    asked = await desk.type("maya", "/customer merge Zenith into Acme")
    await desk.press("maya", asked.message, "Merge into Acme")
    undone = await desk.type("dana", "/issue Initech: late")
    await desk.press("dana", undone.message, "Undo")

    async def found(typed):
        return [one.name for one in await desk.bot.store.read(customers.suggest, typed)]

    assert await found("zen") == await found("light") == await found("glob") == ["Acme"]
    assert await found("ini") == []


@pytest.mark.parametrize(("typed", "learnt"), [("tier gold", "Acme · gold"), (f"contact {CONTACT}", "Call Jane Doe")])
async def test_undoing_the_line_that_made_a_customer_keeps_what_was_learnt_since(desk, typed, learnt):
    logged = await desk.type("dana", "/issue Acme: late again")
    await desk.type("bob", f"/customer Acme {typed}")

    await desk.press("dana", logged.message, "Undo")

    assert learnt in await card(desk)


def test_every_table_a_merge_moves_is_one_that_keeps_a_customer_from_being_dropped():
    assert merges.MOVED == customers.SPEAK_OF_ONE


async def test_a_name_that_is_nearly_a_customers_is_not_taken_for_a_command(desk):
    await desk.type("dana", "/customer new Acme")

    answer = await desk.type("dana", "/customer Acmee")

    assert "Did you mean: /customer" not in answer.text
    assert answer.message.buttons == ["Acme", "New customer Acmee?"]
