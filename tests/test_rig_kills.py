"""What kill -9 shows: whenever the bot dies, what people were told is there, once, and every promise is reminded of."""

import pytest

from tests.rig import kills
from tests.rig.outcome import total


@pytest.mark.rig
@pytest.mark.contract
def test_killed_at_random_moments_of_a_busy_day_nothing_told_is_lost_and_nothing_comes_twice(engine):
    found = total(kills.go(seed, engine) for seed in range(1, 11))

    assert found.wrong == []
    assert found.seen["kills"] > 20
    assert found.seen["told “logged”"] > 50
    assert found.seen["reminders"] > 30
