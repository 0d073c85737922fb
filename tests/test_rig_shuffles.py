"""What repeated and shuffled input shows: as many effects as inputs, whichever replica gets it and how often."""

import pytest

from tests.rig import shuffles
from tests.rig.outcome import total


@pytest.mark.parametrize("seed", [1, 2], ids=["http", "socket"])
def test_inputs_that_come_several_times_and_in_any_order_have_one_effect_each(seed):
    found = shuffles.go(seed, "sqlite", inputs=20)

    assert found.wrong == []
    assert found.seen["effects"] == 20


@pytest.mark.rig
def test_three_hundred_inputs_repeated_and_shuffled_have_three_hundred_effects(engine):
    found = total(shuffles.go(seed, engine) for seed in range(3, 6))

    assert found.wrong == []
    assert found.seen["effects"] == found.seen["inputs"] == 300
    assert found.seen["deliveries"] > 600
