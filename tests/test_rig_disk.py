"""What a disk shows that is full or fails: nobody is told wrong, and it goes on by itself."""

import pytest

from tests.rig import disk
from tests.rig.outcome import total


def in_trouble(seeds):
    return total(disk.go(seed) for seed in seeds)


def test_with_a_full_and_a_failing_disk_nobody_is_told_wrong_and_it_goes_on_by_itself():
    found = in_trouble([5, 2])

    assert found.wrong == []
    assert found.seen["full"] == found.seen["failing"] == 1
    assert found.seen["owned up to"] > 3


@pytest.mark.rig
def test_with_ten_disks_in_trouble_nobody_is_told_wrong_and_each_goes_on_by_itself():
    found = in_trouble(range(1, 13))

    assert found.wrong == []
    assert found.seen["no file may grow, a real process"] == 2
    assert found.seen["owned up to"] > 20
