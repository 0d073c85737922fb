"""What Kept promises whatever is done, in whatever order and however often: it holds what a plain model holds."""

import pytest

from tests.rig import machine


@pytest.mark.rig
def test_in_five_hundred_steps_of_any_order_the_bot_holds_what_a_plain_model_holds():
    made = machine.machine("sqlite")
    machine.tried(made, derandomize=True)

    assert made.done["steps"] >= machine.EXAMPLES * machine.STEPS
