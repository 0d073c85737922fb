"""What two replicas show that stand still longer than their leases: no message is two's at once, none comes twice."""

import pytest

from tests.rig import replicas


def test_of_two_replicas_that_stand_still_now_and_then_none_claims_or_sends_what_is_the_others():
    found = replicas.go(1, "sqlite", rows=100)

    assert found.wrong == []
    assert found.seen["freezes"] >= 1


@pytest.mark.rig
def test_of_a_thousand_messages_none_is_claimed_or_sent_twice_whichever_replica_stands_still(engine):
    found = replicas.go(2, engine)

    assert found.wrong == []
    assert found.seen["messages"] == 1000
    assert found.seen["taken over"] > 50
