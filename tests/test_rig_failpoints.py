"""What dying at every moment shows: between any two things that must both happen, both do, or neither."""

import pytest

from tests.rig import failpoints
from tests.rig.dying import MOMENTS
from tests.rig.outcome import total


@pytest.mark.rig
@pytest.mark.contract
def test_dying_once_at_every_moment_it_may_the_bot_loses_nothing_and_says_nothing_twice(engine):
    rounds = failpoints.rounds(engine)
    found = total(failpoints.through(seed, engine, moments) for seed, moments in enumerate(rounds, 1))

    assert found.wrong == []
    assert found.seen["died"] == sum(map(len, rounds))
    assert engine != "sqlite" or found.seen["died"] == len(MOMENTS)
