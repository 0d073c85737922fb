"""What the power cuts show: what was answered is there afterwards, and the rig itself would see it if it were not."""

import pytest

from tests.rig import power
from tests.rig.outcome import total


def cut(seeds, *pragmas):
    return total(power.go(seed, "sqlite", *pragmas) for seed in seeds)


def test_what_was_answered_is_there_after_a_power_cut_and_nothing_is_there_twice():
    found = cut(range(1, 6))

    assert found.wrong == []
    assert found.seen["acknowledged"] > 50


def test_with_synchronous_normal_the_same_power_cuts_lose_what_was_answered():
    found = cut(range(4, 8), "synchronous=NORMAL")

    assert any("and it is not there" in one for one in found.wrong)


@pytest.mark.rig
@pytest.mark.parametrize("first", [1, 51, 101, 151])
def test_nothing_answered_is_lost_in_two_hundred_power_cuts(first):
    found = cut(range(first, first + 50))

    assert found.wrong == []
    assert found.seen["power cuts"] == 50
    assert found.seen["cuts while the log was written back"] > 2


@pytest.mark.rig
def test_with_synchronous_normal_some_of_twenty_power_cuts_lose_something():
    found = [cut([seed], "synchronous=NORMAL") for seed in range(1, 21)]

    assert sum(any("and it is not there" in one for one in each.wrong) for each in found) >= 4


@pytest.mark.rig
def test_without_any_sync_power_cuts_break_the_database_itself():
    found = cut(range(1, 6), "synchronous=OFF")

    assert any("cannot be read" in one or "malformed" in one for one in found.wrong)
