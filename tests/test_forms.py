"""Forms: customers are found as one types, what is known of them is shown, and nothing typed is ever lost."""

import asyncio

import pytest

from storage import contacts, customers
from tests.conftest import open_desk

SETUP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob holidays none"
FORMS = ["/issue", "/callback"]


async def keep(desk, *names):
    """Customers kept under these names, with nothing else known of them."""
    return [await desk.bot.store.run(customers.add, name, 0) for name in names]


async def keep_acme(desk):
    """Acme Freight, of whom much is known."""
    [acme] = await keep(desk, "Acme Freight")

    def write(db):
        db.run(
            "UPDATE customers SET zone = 'Europe/Berlin', owner_id = 'U0DANA', backup_id = 'U0BOB',"
            " depends_on = 'invoices by the 3rd' WHERE id = :id",
            id=acme.id,
        )
        contacts.replace(db, acme.id, [{"name": "Jane Doe", "phone": "+1 555 0100"}])

    await desk.bot.store.run(write)
    return acme


async def row(desk, sql, **values):
    return await desk.bot.store.read(lambda db: db.row(sql, **values))


def form(desk, person="dana"):
    return desk.slack.view(person)


async def offers(desk, typed, person="dana"):
    return [one["text"]["text"] for one in await desk.slack.suggest(person, form(desk, person), "customer", typed)]


async def choose(desk, name, person="dana"):
    answer = await desk.slack.choose(person, form(desk, person), "Customer", name)
    await desk.settle()
    assert answer.ok


def chosen(customer):
    """A customer as the field offers them."""
    return {"text": {"type": "plain_text", "text": customer.name}, "value": str(customer.id)}


def known(view):
    """What one reads in a form beside its fields."""
    leaves = [
        leaf.get("text", "")
        for block in view.blocks
        if block["type"] == "rich_text"
        for section in block["elements"]
        for leaf in section["elements"]
    ]
    return "".join(leaves)


def begins_with(view):
    """What stands in the fields of a form, in words, as it is opened."""
    filled = {}
    for block in view.blocks:
        element = block.get("element", {})
        option = element.get("initial_option", {}).get("text", {}).get("text")
        value = option or element.get("initial_value") or element.get("initial_user")
        if value:
            filled[block["label"]["text"]] = value
    return filled


async def told(desk, person="dana"):
    """The last thing Kept answered to this person, wherever it was."""
    everywhere = [m for channel in ("#support", "#general") for m in desk.slack.messages(channel, person)]
    threads = [reply for m in everywhere for reply in desk.slack.thread(m, person)]
    answers = [m for m in [*everywhere, *threads] if m.bot_id and m.ephemeral_to] + desk.slack.dm(person)
    return max(answers, key=lambda m: m.ts).text


# Type-ahead


@pytest.mark.contract
@pytest.mark.parametrize("command", FORMS)
async def test_customers_are_offered_as_one_types_and_last_the_new_one(desk, command):
    await keep(desk, "Acme Freight", "Acme Labs", "Globex")
    await desk.type("dana", command)

    assert await offers(desk, "acm") == ["Acme Freight", "Acme Labs", "New customer: acm"]
    assert await offers(desk, "labs") == ["Acme Labs", "New customer: labs"]
    assert await offers(desk, "Initech") == ["New customer: Initech"]


@pytest.mark.parametrize("typed", ["Acme Freight", "acme  freight", "ACME FREIGHT Inc."])
async def test_no_new_customer_is_offered_where_one_goes_by_that_name(desk, typed):
    await keep(desk, "Acme Freight", "Acme Freight Lines")
    await desk.type("dana", "/issue")

    found = await offers(desk, typed)

    assert found[0] == "Acme Freight"
    assert not [one for one in found if one.startswith("New customer")]


async def test_with_nothing_typed_those_dealt_with_last_are_offered_the_latest_first(desk):
    await keep(desk, "Aardvark")
    for line in ("/issue Globex: late", "/callback Initech tomorrow 3pm", "/issue Acme: charged twice"):
        await desk.type("dana", line)
    await desk.type("dana", "/issue")

    assert await offers(desk, "") == ["Acme", "Initech", "Globex"]
    assert await offers(desk, "…") == []


@pytest.mark.parametrize("typed", ["x" * 500, "<!channel> & " * 9, "Ünïcödé 🚨 " * 20, "%'\"; --"])
async def test_whatever_is_typed_the_offer_is_one_slack_takes(desk, typed):
    await desk.type("dana", "/issue")

    found = await offers(desk, typed)  # the desk's own Slack refuses what is too long

    assert all(len(one) <= 75 for one in found)
    assert len(found) == (0 if typed.startswith("%") else 1)


async def test_a_new_name_begins_the_form_as_new_and_is_kept_once_the_form_is_sent(desk):
    await desk.type("dana", "/issue Umbrella Labs:")
    assert begins_with(form(desk))["Customer"] == "New customer: Umbrella Labs"

    await desk.submit("dana", {"What happened": "the portal is down"})

    assert "Logged: Umbrella Labs · the portal is down (#1)" in await told(desk)
    assert "Umbrella Labs is a new customer." in await told(desk)


async def test_a_name_that_may_be_two_begins_the_form_and_is_asked_before_anything_is_saved(desk):
    await keep(desk, "Globexa", "Globexo")
    await desk.type("dana", "/issue Globex:")
    assert begins_with(form(desk))["Customer"] == "Globex"

    refused = await desk.submit("dana", {"What happened": "late"})

    assert "Do you mean Globexa or Globexo?" in refused.errors["customer"]
    await desk.submit("dana", {"Customer": "Globexo"})
    assert "Logged: Globexo · late (#1)" in await told(desk)


async def test_one_more_name_that_reads_like_a_kept_one_is_new_only_if_chosen_so(desk):
    await keep(desk, "Globexa")
    await desk.type("dana", "/issue")

    await choose(desk, "Globexo")

    assert known(form(desk)) == "Or do you mean Globexa? Then choose that one."
    await desk.submit("dana", {"What happened": "late"})
    assert "Logged: Globexo · late (#1)" in await told(desk)


# What is known


@pytest.mark.contract
@pytest.mark.parametrize("command", FORMS)
async def test_choosing_a_customer_shows_what_is_known_and_keeps_what_was_typed(desk, command):
    await keep_acme(desk)
    await keep(desk, "Globex")
    await desk.type("bob", "/issue Acme Freight: charged twice")
    what = "What happened" if command == "/issue" else "What was promised"
    await desk.type("dana", command)
    await desk.slack.choose("dana", form(desk), what, "they rang, angry")

    await choose(desk, "Acme Freight")

    for line in ("Jane Doe", "+1 555 0100", "Berlin", "Owner: Dana", "Backup: Bob", "invoices by the 3rd"):
        assert line in known(form(desk))
    assert "charged twice (#1)" in known(form(desk))
    await choose(desk, "Globex")
    assert "Jane Doe" not in known(form(desk))
    await desk.submit("dana", {})
    assert "Globex · " in await told(desk)
    assert "they rang, angry" in await told(desk)


async def test_a_form_that_begins_with_a_known_customer_shows_at_once_what_is_known(desk):
    await keep_acme(desk)
    await desk.type("dana", "/issue Acme Freight: charged twice")
    [card] = desk.cards()

    await desk.press("dana", card, "More")
    assert "Jane Doe" in known(form(desk))
    await desk.slack.close("dana")
    await desk.press("dana", card, "Promise")
    assert known(form(desk)).startswith("For Acme Freight · charged twice (#1)")
    assert "Jane Doe" in known(form(desk))


@pytest.mark.parametrize("first", ["Acme Freight", "Globex"])
async def test_of_two_quick_choices_the_last_one_is_shown_whichever_is_heard_first(desk, first):
    acme, globex = await keep_acme(desk), (await keep(desk, "Globex"))[0]
    await desk.type("dana", "/issue Globex: late")
    await desk.type("dana", "/issue")
    view = form(desk)
    both = {one.name: chosen(one) for one in (acme, globex)}
    last = next(name for name in both if name != first)
    for _ in range(5):
        await asyncio.gather(*[desk.slack.choose("dana", view, "Customer", both[name]) for name in (first, last)])
        await desk.settle()

        assert ("Jane Doe" in known(view)) == (last == "Acme Freight")
        assert ("late (#1)" in known(view)) == (last == "Globex")


@pytest.mark.contract
async def test_a_form_that_changes_slowly_does_not_go_back_to_an_earlier_choice(desk):
    acme, globex = await keep_acme(desk), (await keep(desk, "Globex"))[0]
    await desk.type("dana", "/issue")
    view, held = form(desk), desk.slack.faults.held("views.update")
    first = asyncio.create_task(desk.slack.choose("dana", view, "Customer", chosen(acme)))
    await held.until_met()

    await desk.slack.choose("dana", view, "Customer", chosen(globex))
    held.release()
    await first
    await desk.settle()

    assert "Jane Doe" not in known(view)


async def test_a_choice_overtaken_by_a_later_one_changes_nothing_when_it_arrives(desk):
    await keep_acme(desk)
    await keep(desk, "Globex")
    await desk.type("dana", "/issue")
    await choose(desk, "Acme Freight")
    late = next(d.payload for d in reversed(desk.slack.deliveries) if d.payload.get("type") == "block_actions")
    await choose(desk, "Globex")

    again = late | {"trigger_id": "1.2.late", "view": late["view"] | {"hash": form(desk).hash}}
    await desk.slack.deliver("interactive", again)
    await desk.settle()

    assert "Jane Doe" not in known(form(desk))


# The curtain


async def outsider_of_the_team(desk):
    """After setup, a member who is in no team channel."""
    await desk.type("maya", SETUP)
    await desk.slack.welcome("nina", "Nina Newcomer")
    await desk.slack.join("#general", "nina")


@pytest.mark.contract
async def test_who_may_see_no_customers_is_offered_their_own_alone_and_shown_nothing(desk):
    await keep_acme(desk)
    await outsider_of_the_team(desk)
    await desk.type("nina", "/issue Acme Labs: late", channel="#general")
    await desk.type("nina", "/issue", channel="#general")

    assert await offers(desk, "acme", "nina") == ["Acme Labs", "New customer: acme"]
    assert await offers(desk, "acme freight", "nina") == ["New customer: acme freight"]
    assert await offers(desk, "", "nina") == ["Acme Labs"]
    await choose(desk, "Acme Labs", "nina")
    assert known(form(desk, "nina")) == ""
    await choose(desk, "Acme Freight", "nina")
    assert known(form(desk, "nina")) == ""


async def test_a_customer_who_was_never_offered_cannot_be_sent_in_by_number(desk):
    acme = await keep_acme(desk)
    await outsider_of_the_team(desk)
    await desk.type("nina", "/issue", channel="#general")

    refused = await desk.submit("nina", {"Customer": chosen(acme), "What happened": "who is this?"})

    assert refused.errors == {"customer": "Which customer is it?"}


# Two at once


@pytest.mark.contract
async def test_what_somebody_changed_meanwhile_is_shown_at_its_field_and_saving_again_saves(desk):
    await desk.type("dana", "/issue Acme: charged twice !annoyed")
    [card] = desk.cards()
    await desk.press("dana", card, "More")
    await desk.press("bob", card, "More")
    await desk.submit("bob", {"What happened": "charged three times", "Category": "#billing"})

    refused = await desk.submit("dana", {"What happened": "charged twice for March", "Impact": "blocked"}, times=2)

    said = "Bob changed this to “charged three times” today at 10 am. Press Save again to put yours in its place."
    assert refused.errors == {"what": said}
    assert form(desk).typed["what"]["what"]["value"] == "charged twice for March"
    assert "charged three times" in desk.cards()[0].text
    await desk.submit("dana", {})
    issue = await row(desk, "SELECT * FROM issues WHERE id = 1")
    assert (issue["summary"], issue["category"], issue["impact"]) == ("charged twice for March", "billing", "blocked")
    assert "Bob changed the category to #billing today at 10 am: that stays." in await told(desk)


async def test_a_field_left_alone_keeps_what_somebody_made_of_it(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    [card] = desk.cards()
    await desk.press("dana", card, "More")
    await desk.press("bob", card, "Own it")
    await desk.press("bob", card, "Note")
    await desk.submit("bob", {"Note": "they rang"})

    await desk.submit("dana", {"Impact": "blocked"})

    issue = await row(desk, "SELECT * FROM issues WHERE id = 1")
    assert (issue["owner_id"], issue["impact"]) == ("U0BOB", "blocked")
    assert "Bob changed the owner to Bob today at 10 am: that stays." in await told(desk)


async def test_what_changed_again_since_it_was_shown_is_shown_again(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    [card] = desk.cards()
    await desk.press("dana", card, "More")
    for words in ("three times", "four times"):
        await desk.press("bob", card, "More")
        await desk.submit("bob", {"What happened": words})
        refused = await desk.submit("dana", {"What happened": "charged twice for March"})
        assert f"Bob changed this to “{words}”" in refused.errors["what"]

    await desk.submit("dana", {})

    assert (await row(desk, "SELECT summary FROM issues"))["summary"] == "charged twice for March"


@pytest.mark.contract
async def test_a_promise_somebody_moved_while_it_was_fixed_is_shown_and_not_moved_back(desk):
    answer = await desk.type("dana", "/callback Acme tomorrow 3pm about the refund")
    await desk.press("dana", answer.message, "Fix")
    await desk.type("bob", "/callback 1 move Friday 3pm")

    refused = await desk.submit("dana", {"By when": "tomorrow 4pm"})

    assert "Bob changed this to Friday 27 November 2026, 3:00 pm London time" in refused.errors["when"]
    await desk.slack.choose("dana", form(desk), "By when", begins_with(form(desk))["By when"])
    await desk.submit("dana", {"What was promised": "send the refund"})
    promise = await row(desk, "SELECT * FROM promises")
    assert (promise["kind"], promise["subject"]) == ("send", "the refund")
    assert promise["due_at"] - promise["first_due_at"] == (2 * 24 - 5) * 3600
    assert "Bob changed the time to Friday 27 November 2026" in await told(desk)


async def test_a_time_left_alone_is_not_read_anew_and_the_first_time_stays_for_ever(desk):
    await desk.wait(minutes=0.7)
    answer = await desk.type("dana", "/callback Acme in 40 minutes about the refund")
    await desk.type("dana", "/callback 1 move in 90 minutes")
    await desk.wait(minutes=15)
    before = await row(desk, "SELECT * FROM promises")

    await desk.press("dana", answer.message, "Fix")
    await desk.submit("dana", {"What was promised": "send the refund"})

    after = await row(desk, "SELECT * FROM promises")
    assert after["kind"] == "send"
    assert (after["due_at"], after["first_due_at"]) == (before["due_at"], before["first_due_at"])


async def test_an_issue_set_right_takes_its_promise_along_and_leaves_no_customer_of_a_slip(desk):
    await keep(desk, "Globex")
    answer = await desk.type("dana", "/issue Acmee: charged twice callback tomorrow 3pm")

    await desk.press("dana", answer.message, "Fix")
    await desk.submit("dana", {"Customer": "Globex"})

    assert "Globex · call" in (await desk.type("dana", "/callback list")).text
    assert await row(desk, "SELECT * FROM customers WHERE name = 'Acmee'") is None


# Nothing typed is lost


@pytest.mark.contract
@pytest.mark.parametrize(
    ("typed", "button", "fields"),
    [
        ("/issue Acme: charged twice", "Note", {"Note": "they rang again"}),
        ("/issue Acme: charged twice", "Promise", {"What was promised": "send them the refund"}),
        ("/issue Acme: charged twice", "More", {"What happened": "charged thrice"}),
        ("/callback Acme tomorrow 3pm", "Fix", {"What was promised": "send the refund"}),
    ],
)
async def test_what_was_typed_for_a_record_that_is_gone_is_given_back(desk, typed, button, fields):
    answer = await desk.type("dana", typed)
    place = desk.cards()[0] if typed.startswith("/issue") else answer.message
    await desk.press("dana", place, button)
    await desk.press("dana", answer.message, "Undo")

    await desk.submit("dana", fields)

    [(label, words)] = fields.items()
    assert "was undone meanwhile." in await told(desk)
    assert f"{label}: {words}" in await told(desk)


async def test_what_was_typed_for_a_record_closed_meanwhile_is_given_back(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    [card] = desk.cards()
    await desk.press("dana", card, "Resolve")
    await desk.type("bob", "/issue 1 resolve refunded")
    await desk.submit("dana", {"How was it solved?": "sent a new invoice"})
    assert "Bob resolved it" in await told(desk)
    assert "How was it solved?: sent a new invoice" in await told(desk)

    answer = await desk.type("dana", "/callback Acme tomorrow 3pm about the refund")
    await desk.press("dana", answer.message, "Fix")
    await desk.type("bob", "/callback 2 kept")
    await desk.submit("dana", {"What was promised": "send the refund"})
    assert "✓ kept, Bob, today at 10 am" in await told(desk)
    assert "What was promised: send the refund" in await told(desk)


async def test_what_was_typed_is_given_back_to_who_may_no_longer_send_it(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    await desk.type("bob", "/issue 1 note hello")
    await desk.slack.welcome("nina", "Nina Newcomer")
    await desk.slack.join("#support", "nina")
    await desk.press("nina", desk.cards()[0], "Note")
    await desk.slack.leave("#support", "nina")
    await desk.type("maya", SETUP)

    await desk.submit("nina", {"Note": "they rang again"})

    assert "This is for the team." in await told(desk, "nina")
    assert "Note: they rang again" in await told(desk, "nina")


@pytest.mark.contract
async def test_a_form_opened_before_the_bot_was_started_anew_is_saved_all_the_same(slack, database, transport):
    async with open_desk(slack, database, transport) as desk:
        await desk.type("dana", "/issue")
        await choose(desk, "Initech")
    async with open_desk(slack, database, transport) as desk:
        await desk.submit("dana", {"What happened": "the printer is on fire"})
        assert "Logged: Initech · the printer is on fire (#1)" in await told(desk)


# One form through every door


@pytest.mark.contract
async def test_a_promise_for_an_issue_is_the_same_form_through_every_door(desk):
    await keep_acme(desk)
    await desk.type("dana", "/issue Acme Freight: charged twice")
    [card] = desk.cards()
    home = await desk.slack.open_home("dana")
    await desk.settle()
    seen = {}
    doors = {
        "button": lambda: desk.press("dana", card, "Promise"),
        "command": lambda: desk.type("dana", "/issue 1 callback"),
        "home": lambda: desk.press("dana", desk.slack.home("dana") or home, "Promise"),
    }
    for door, open_it in doors.items():
        await open_it()
        seen[door] = form(desk).blocks
        await desk.submit("dana", {"By when": "tomorrow 3pm"})
    reply = await desk.slack.say("dana", "#support", "I will call them back", thread_ts=card.ts)
    await desk.slack.shortcut("dana", "Promise a callback", reply)

    assert seen["button"] == seen["command"]
    assert known(form(desk)).startswith("For Acme Freight · charged twice (#1)")
    assert begins_with(form(desk))["What was promised"] == "I will call them back"
    assert [block["block_id"] for block in form(desk).blocks] == [block["block_id"] for block in seen["home"]]
    made = await desk.bot.store.read(lambda db: db.rows("SELECT * FROM promises WHERE issue_id = 1"))
    assert len(made) == 3


async def test_a_channels_customer_begins_every_form_there(desk):
    acme = await keep_acme(desk)
    await desk.bot.store.run(
        lambda db: db.run("UPDATE channels SET customer_id = :id WHERE id = 'C0SUPPORT'", id=acme.id)
    )
    for command in FORMS:
        await desk.type("dana", command)
        assert begins_with(form(desk))["Customer"] == "Acme Freight"
        await desk.slack.close("dana")


# The main thing


class Clicks:
    """Counts what a hand does, each thing chosen or pressed being one click."""

    def __init__(self):
        self.made = 0

    async def __call__(self, doing):
        self.made += 1
        return await doing


@pytest.mark.contract
async def test_a_known_customers_issue_is_logged_from_a_thread_in_four_clicks(desk):
    acme = await keep_acme(desk)
    first = desk.slack.messages("#support")[0]
    message = await desk.slack.say("bob", "#support", "they were charged twice for March", thread_ts=first.ts)
    await desk.type("dana", "/issue Acme Freight: late", channel="#general")
    click = Clicks()

    click.made += 1  # the ⋯ of the message
    await click(desk.slack.shortcut("dana", "Log customer issue", message))
    await click(desk.slack.choose("dana", form(desk), "Customer", (await offered(desk))[0]))
    await click(desk.submit("dana", {}))

    assert click.made == 4
    assert "Logged: Acme Freight · they were charged twice for March (#2)" in await told(desk)
    assert "Acme Freight · they were charged twice for March (#2)" in desk.slack.thread(first)[-1].text
    assert (await row(desk, "SELECT customer_id FROM issues WHERE id = 2"))["customer_id"] == acme.id


@pytest.mark.contract
async def test_in_a_customers_own_channel_three_clicks_do(desk):
    acme = await keep_acme(desk)
    await desk.bot.store.run(
        lambda db: db.run("UPDATE channels SET customer_id = :id WHERE id = 'C0SUPPORT'", id=acme.id)
    )
    message = await desk.slack.say("bob", "#support", "they were charged twice for March")
    click = Clicks()

    click.made += 1  # the ⋯ of the message
    await click(desk.slack.shortcut("dana", "Log customer issue", message))
    assert begins_with(form(desk)) == {
        "Customer": "Acme Freight", "What happened": "they were charged twice for March", "Owner": "U0DANA",
    }  # fmt: skip
    await click(desk.submit("dana", {}))

    assert click.made == 3
    assert "Logged: Acme Freight · they were charged twice for March (#1)" in await told(desk)


async def offered(desk):
    """What the customer's field offers as soon as it is opened, nothing typed."""
    return await desk.slack.suggest("dana", form(desk), "customer", "")
