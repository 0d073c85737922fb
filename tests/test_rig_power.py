"""What the power cuts show: what was answered is there afterwards, and the rig itself would see it if it were not."""

import pytest

from tests.rig import power
from tests.rig.outcome import total

SEEDS = range(1, 61)  # a third of them lose something without Kept's own pragmas; which ones moves with every migration


def cut(seeds):
    return total(power.go(seed, "sqlite") for seed in seeds)


def wrong(seeds, *pragmas):
    """What is found wrong, cut after cut, until enough was seen."""
    return (one for seed in seeds for one in power.go(seed, "sqlite", *pragmas).wrong)


def test_what_was_answered_is_there_after_a_power_cut_and_nothing_is_there_twice():
    found = cut(range(1, 6))

    assert found.wrong == []
    assert found.seen["acknowledged"] > 50


def test_with_synchronous_normal_the_same_power_cuts_lose_what_was_answered():
    assert any("and it is not there" in one for one in wrong(SEEDS, "synchronous=NORMAL"))


@pytest.mark.rig
@pytest.mark.parametrize("first", [1, 51, 101, 151])
def test_nothing_answered_is_lost_in_two_hundred_power_cuts(first):
    found = cut(range(first, first + 50))

    assert found.wrong == []
    assert found.seen["power cuts"] == 50
    assert found.seen["cuts while the log was written back"] > 2


@pytest.mark.rig
@pytest.mark.parametrize(
    ("pragma", "signs", "least"),
    [
        ("synchronous=NORMAL", ("and it is not there",), 12),
        ("synchronous=OFF", ("cannot be read", "malformed"), 6),  # the database itself is broken
    ],
)
def test_without_full_syncs_a_fifth_of_sixty_power_cuts_lose_something_and_without_any_they_break_the_database(
    pragma, signs, least
):
    found = [list(wrong([seed], pragma)) for seed in SEEDS]

    assert sum(any(sign in one for one in each for sign in signs) for each in found) >= least
