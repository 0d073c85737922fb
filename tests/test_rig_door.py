"""What a thousand random requests at the door show: nothing of what is refused runs, is logged or is kept."""

import pytest

from tests.rig import door

pytestmark = pytest.mark.http


@pytest.mark.rig
def test_of_a_thousand_random_requests_nothing_refused_runs_or_is_logged_and_none_breaks_anything():
    found = door.go(1)

    assert found.wrong == []
    assert found.seen["requests"] == 1000
    assert found.seen["taken"] > 60


def test_what_is_no_http_at_all_leaves_not_one_byte_in_a_log():
    found = door.go(2, requests=40)

    assert found.wrong == []
