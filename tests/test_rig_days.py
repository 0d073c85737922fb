"""What Kept promises on days on which everything fails at once: nothing lost, nothing twice, the same day again."""

import pytest

from tests.rig import days
from tests.rig.outcome import total

DAYS = {"sqlite": 5, "postgresql": 2}


@pytest.mark.rig
@pytest.mark.contract
def test_on_days_with_every_fault_at_once_two_replicas_break_no_promise(engine):
    outcomes = [days.go(seed, engine) for seed in range(1, DAYS[engine] + 1)]

    assert [outcome.wrong for outcome in outcomes] == [[]] * DAYS[engine]
    seen = total(outcomes).seen  # a day on which nothing happened would be right, too
    assert min(seen["logged"], seen["promised"], seen["buttons"]) > 40 * DAYS[engine]
    assert min(seen["trouble: deaths"], seen["trouble: freezes"], seen["trouble: outages"]) > 4 * DAYS[engine]


@pytest.mark.rig
def test_a_day_lived_again_by_its_seed_tells_people_the_same_in_the_same_order():
    (first, told), (second, told_again) = days.lived(7, "sqlite"), days.lived(7, "sqlite")

    assert told == told_again
    assert first.seen == second.seen
    assert len(told) > 500
