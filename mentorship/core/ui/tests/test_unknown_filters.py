"""A filter in the address of a list that is not one of its choices."""

import pytest
from django.test import RequestFactory

from mentorship.core.ui.downloads.export import export
from mentorship.core.ui.requests import choice_in, page_of, unknown_choices


@pytest.mark.parametrize("choices", [["open", "done"], [("open", "Open"), ("done", "Done")], [1, 2, "open"]])
def test_a_choice_is_read_and_what_is_none_leaves_nothing_to_show(choices):
    request = RequestFactory().get("/list/", {"status": "open"})
    assert choice_in(request, "status", choices) == "open"
    assert choice_in(request, "side", choices) == ""
    assert list(page_of(request, [1, 2])) == [1, 2]
    request = RequestFactory().get("/list/", {"status": "gone"})
    assert [choice_in(request, "status", choices) for _ in range(2)] == ["", ""]
    assert [(one.name, one.value) for one in unknown_choices(request)] == [("status", "gone")]
    assert list(page_of(request, [1, 2])) == []


def test_a_list_that_can_not_be_filtered_is_not_exported():
    request = RequestFactory().get("/list/", {"status": "gone", "format": "csv"})
    choice_in(request, "status", ["open"])
    answer = export(request, "list", ["name"], [["Ana"]])
    assert (answer.status_code, answer["Location"]) == (302, "/list/?status=gone")
