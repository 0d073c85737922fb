"""What Slack's absences show: back again, each promise is said once, and nobody is gone over."""

import pytest

from tests.rig import outages
from tests.rig.outcome import total


@pytest.mark.rig
@pytest.mark.contract
def test_after_a_minute_or_seventeen_hours_without_slack_each_promise_is_said_once_and_to_its_owner_first(engine):
    found = total(outages.go(seed, engine) for seed in range(1, 11))

    assert found.wrong == []
    assert found.seen["promises that fell due in them"] > 20
