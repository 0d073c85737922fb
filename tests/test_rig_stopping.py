"""What stopping under load shows: asked to stop, the bot ends by itself, and keeps what it was about to answer."""

import pytest

from tests.rig import stopping
from tests.rig.outcome import total


@pytest.mark.rig
@pytest.mark.contract
def test_asked_to_stop_while_everybody_types_nothing_is_acknowledged_and_unwritten(engine):
    found = total(stopping.go(seed, engine) for seed in (1, 2, 3))

    assert found.wrong == []
    assert found.seen["stops"] == 9
