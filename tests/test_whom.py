"""What Kept promises about reminders: whoever is to call reads what hangs on it, and whom to ring."""

import pytest

DEPENDS = "They depend on us for the portal, day and night"


@pytest.fixture
async def acme(desk):
    await desk.type("dana", "/customer new Acme")
    await desk.type("dana", "/customer Acme contact Jane Doe, procurement, +1 555 0100")
    await desk.type("dana", "/customer Acme contact Omar Reed, operations, omar@acme.example")
    await desk.type("dana", "/customer Acme depends on the portal, day and night")
    return desk


async def test_before_and_when_due_the_owner_reads_what_hangs_on_it_and_whom_to_call(acme):
    await acme.type("dana", "/callback Acme in 40 minutes about the refund")
    await acme.wait(minutes=25)
    told = f"{DEPENDS}\nWhom to call: Jane Doe (procurement), +1\xa0555\xa00100"
    assert acme.dms("dana") == [f"Acme · call about the refund, due today at 10:40 am EST: in 15 minutes (#1)\n{told}"]
    await acme.wait(minutes=15)
    assert acme.dms("dana")[-1] == f"Acme · call about the refund is due now, today at 10:40 am EST (#1)\n{told}"


async def test_the_person_a_promise_names_is_the_one_to_call(acme):
    await acme.type("dana", "/callback Acme in 20 minutes call Omar about the refund")
    await acme.wait(minutes=20)
    assert acme.dms("dana")[-1].endswith("Whom to call: Omar Reed (operations), omar@acme.example")


async def test_many_at_once_are_said_in_few_words(acme):
    for subject in ("one", "two", "three", "four", "five", "six"):
        await acme.type("dana", f"/callback Acme in 20 minutes about {subject}")
    await acme.wait(minutes=20)
    [told] = acme.dms("dana")
    assert told.count("Acme · call about") == 6
    assert "Whom to call" not in told
    assert DEPENDS not in told


async def test_a_customer_of_whom_nothing_is_known_adds_no_line(desk):
    await desk.type("dana", "/callback Globex in 20 minutes about the refund")
    await desk.wait(minutes=20)
    assert desk.dms("dana")[-1] == "Globex · call about the refund is due now, today at 10:20 am EST (#1)"
