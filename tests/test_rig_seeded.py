"""What is promised of the tests themselves: each of thirty mistakes somebody could make is caught by a named one."""

import pytest

from tests.rig import seeded
from tests.rig._bugs import BUGS


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_each_seeded_bug_still_fits_the_code_and_its_test_is_there(bug):
    assert (seeded.HERE / bug.file).read_text().count(bug.old) == 1
    file, _, name = bug.test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (seeded.HERE / "tests" / file).read_text()


@pytest.mark.rig
def test_a_commit_acknowledged_too_early_is_caught():
    assert seeded.go(1, "sqlite").wrong == []
