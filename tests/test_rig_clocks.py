"""What Kept promises where no clock can be trusted: nothing early, nothing twice, nothing lost."""

import pytest

from tests.rig import clocks
from tests.rig.outcome import total

RUNS = {"sqlite": 50, "postgresql": 5}


def test_over_the_nights_the_clocks_change_with_steps_and_sleep_nothing_is_early_twice_or_lost():
    judge(total(clocks.go(seed, "sqlite") for seed in (5,)))


@pytest.mark.rig
@pytest.mark.contract
def test_whatever_clocks_and_machines_do_nothing_is_early_twice_or_lost(engine):
    found = total(clocks.go(seed, engine) for seed in range(1, RUNS[engine] + 1))

    judge(found)
    seen = found.seen  # nights on which nothing happened would be right, too
    assert min(seen[what] for what in ("steps back", "steps forth", "sleeps", "starts")) > 0
    assert seen["digests"] >= 3 * RUNS[engine]


def judge(found):
    assert found.wrong == []
    assert found.seen["promised"] >= 10
    assert found.seen["messages"] > 50
