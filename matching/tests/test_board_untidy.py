"""Numbers that are none, or too long for a database, in addresses and forms of the board."""

import pytest
from django.urls import reverse

from matching.tests.board import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_wake_up")]


@pytest.mark.parametrize("odd", ["9" * 5_000, "٣"])
def test_odd_numbers_end_in_no_error_page(coordinator, market, odd):
    assert coordinator.get(url("run-compare"), {"a": odd, "b": "1"}).status_code == 200
    assert coordinator.get(url("board-news", 1), {"seen": f"0_._._{odd}.1_._."}).status_code == 200
    undo = {"run": odd, "leaves_at": "2027-02-01T12:00:00+00:00"}
    assert coordinator.post(reverse("matching:match-undo", args=["board"]), undo).status_code == 302
