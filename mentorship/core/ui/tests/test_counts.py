"""Counts that stop early, and pages of lists that are not counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mentorship.core.accounts.models import User
from mentorship.core.ui.counts import AtLeast, LongPaginator, counts_up_to
from mentorship.core.ui.markup import counted, thousands
from mentorship.devtools.testing.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    UserFactory.create_batch(7)
    return User.objects.order_by("pk")


def test_all_counts_are_one_query_and_stop_where_nobody_looks_further(people):
    with CaptureQueriesContext(connection) as queries:
        numbers = counts_up_to(people, people.none(), people[:0].model.objects.filter(email=""), people, most=5)
    assert len(queries) == 1
    assert numbers == [5, 0, 0, 5]
    assert [type(number) for number in numbers] == [AtLeast, int, int, AtLeast]
    assert counts_up_to(people, most=7) == [7]
    assert counts_up_to() == []


def test_a_count_that_stopped_is_shown_with_a_plus():
    assert (thousands(AtLeast(1000)), thousands(1000)) == ("1,000+", "1,000")
    assert counted(AtLeast(1000), "message") == "1,000+ messages"


def test_pages_beyond_what_was_counted_are_found_by_looking_a_row_ahead(people, monkeypatch):
    monkeypatch.setattr("mentorship.core.ui.counts.counts_up_to", lambda rows: [AtLeast(4)])
    pages = LongPaginator(people, 2)
    assert [len(pages.get_page(number)) for number in (1, 3, 4)] == [2, 2, 1]
    assert [pages.get_page(number).has_next() for number in (1, 3, 4)] == [True, True, False]
    last = pages.get_page(4)
    assert (last.start_index(), last.end_index(), last.previous_page_number()) == (7, 7, 3)
    assert [pages.get_page(number).number for number in (99, "x", 0)] == [2, 1, 2]


def test_a_short_list_has_the_pages_of_any_other(people):
    pages = LongPaginator(people, 5)
    assert (pages.count, pages.num_pages, len(pages.get_page(9))) == (7, 2, 2)
