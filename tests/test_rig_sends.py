"""What every fault of Slack's shows: no message is lost, and none comes twice where Slack can be asked about it."""

import pytest

from bot.sandbox.faults import Faults
from tests.conftest import Desk
from tests.rig import sends
from tests.rig.outcome import total

KINDS = list(sends.FAULTS)


@pytest.mark.parametrize("kind", ["cut after it was done", "the lookup fails once", "answered 200 without sense"])
def test_a_message_whose_answer_was_lost_comes_once(kind):
    found = sends.go(KINDS.index(kind) + 1, "sqlite")

    assert found.wrong == []
    assert found.seen[kind] >= 3


async def test_a_message_whose_answer_was_lost_is_found_among_hundreds_said_since(desk: Desk):
    with_people = desk.slack.workspace
    desk.slack.faults.answer_lost("chat.postMessage")
    await desk.type("dana", "/issue Acme: charged twice for March")
    for n in range(450):
        with_people.post(with_people.channel("#support"), with_people.person("bob").id, f"chatter {n}")
    await desk.wait(minutes=2)

    assert len(desk.cards()) == 1


@pytest.mark.rig
@pytest.mark.contract
def test_through_every_fault_the_sandbox_can_make_nothing_is_lost_and_nothing_doubled(engine):
    found = total(sends.go(seed, engine) for seed in range(1, len(KINDS) + 1))

    assert found.wrong == []
    few = [kind for kind in KINDS if found.seen[kind] < 3 and not kind.startswith("sockets")]
    assert few == []
    assert found.seen["doubled, unavoidably"] > 0  # so it is seen where it cannot be helped


def test_every_fault_the_sandbox_can_make_is_among_them():
    makes = {name for name in vars(Faults) if not name.startswith("_")}
    others = {"pass_through", "land", "lift", "cut_sockets", "disconnect"}  # how they work, and by other names
    in_outages = {"outage", "begin_outage", "end_outage"}

    assert makes - others - in_outages == set(sends.MADE)
