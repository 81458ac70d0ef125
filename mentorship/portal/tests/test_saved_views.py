"""Views of a list under a name: filters and order of its address, for one person, in every cohort."""

import pytest
from django.db import connection
from django.urls import reverse

from mentorship.core.accounts.models import SavedView
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory
from mentorship.devtools.testing.pages import SURE, words_in
from mentorship.portal.saved_views.services import MOST_VIEWS, save_view

pytestmark = pytest.mark.django_db
LIST = "cohorts:people-list"


def test_a_view_is_saved_found_in_other_cohorts_and_deleted_and_nobody_else_has_it(client, cast):
    client.force_login(cast.coordinator)
    path = reverse(LIST, args=[cast.cohort.slug])
    assert "Save as a view" not in words_in(client.get(path))
    assert "Save as a view" in words_in(client.get(path, {"role": "mentor", "q": "", "page": "1"}))
    sent = {"list": LIST, "path": path, "query": "role=mentor", "name": " All  mentors "}
    answer = client.post(reverse("saved-view-create"), sent)
    assert answer["Location"] == f"{path}?role=mentor"
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("All mentors", "role=mentor")
    other = CohortFactory(programme=cast.programme)
    page = words_in(client.get(reverse(LIST, args=[other.slug]), {"role": "mentor"}))
    assert '<a href="?role=mentor" aria-current="page">All mentors</a>' in page
    assert "Delete view" in page
    client.force_login(cast.owner)
    assert "All mentors" not in words_in(client.get(path))
    delete = reverse("saved-view-delete", args=[view.pk])
    assert client.post(delete).status_code == 404
    client.force_login(cast.coordinator)
    assert "Delete this view?" in words_in(client.post(delete))
    for odd in ("on", "//example.org", "", "{}"):
        sent = {"list": LIST, "name": "Odd", "query": "role=mentee", "path": odd}
        assert client.post(reverse("saved-view-create"), sent)["Location"] == "/?role=mentee"
    SavedView.objects.filter(name="Odd").delete()
    assert client.post(delete, {**SURE, "path": "https://example.org/"})["Location"] == "/"
    assert not SavedView.objects.exists()


@pytest.mark.postgresql
def test_a_nul_byte_in_a_form_is_a_bad_request_on_postgresql_and_no_error(client, cast):
    client.force_login(cast.coordinator)
    sent = {"list": LIST, "path": "/", "query": "role=mentor", "name": "a\0b"}
    assert client.post(reverse("saved-view-create"), sent).status_code == (
        400 if connection.vendor == "postgresql" else 302
    )


def test_a_name_is_needed_the_same_one_replaces_and_there_is_an_end(cast):
    def save(name: str, query: str = "role=mentor") -> SavedView:
        return save_view(user=cast.coordinator, list_name=LIST, name=name, query=query)

    with pytest.raises(ServiceError, match="Enter a name"):
        save("  ")
    with pytest.raises(ServiceError, match="filters"):
        save("Mine", "")
    save("Mine")
    assert save("Mine", "role=mentee").pk == SavedView.objects.get(query="role=mentee").pk
    for number in range(MOST_VIEWS - 1):
        save(f"View {number}")
    with pytest.raises(ServiceError, match="Delete one first"):
        save("One more")
    assert save("Mine", "role=expert").query == "role=expert"
