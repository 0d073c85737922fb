"""What Slack's refusals for good show: whatever kind of message they meet, a person hears of it, or an alarm."""

import pytest

from tests.rig import permanent
from tests.rig.outcome import total

KINDS = ("card", "post", "nudge", "digest", "report", "export", "escalation", "home", "look", "mark", "nudge-edit")


@pytest.mark.rig
@pytest.mark.contract
def test_whatever_slack_refuses_for_good_a_person_or_an_alarm_hears(engine):
    errors = permanent.ERRORS if engine == "sqlite" else ["channel_not_found", "message_not_found", "user_not_found"]
    found = total(permanent.go(permanent.ERRORS.index(error) + 1, engine) for error in errors)

    assert found.wrong == []
    assert found.seen["errors"] == len(errors)
    assert min(found.seen[f"{kind} refused"] for kind in KINDS) >= 1
