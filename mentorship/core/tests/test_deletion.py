"""Deleting what other rows need says which, and deletes nothing."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from cohorts.models import Group
from cohorts.setup.services import delete_group
from mentorship.core.accounts.middleware import RowsInUseMiddleware
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.pages import SURE
from partners.models import Sponsorship

pytestmark = pytest.mark.django_db


@pytest.fixture
def sponsored(cast):
    """A group that a sponsorship pays for."""
    group = Group.objects.create(cohort=cast.cohort, slug="soil", name="Soil")
    Sponsorship.objects.filter(partner=cast.partner).update(group=group)
    assert group.sponsorships.exists()
    return group


def test_a_group_that_a_sponsorship_pays_for_stays_and_a_reason_is_given(client, cast, sponsored):
    with pytest.raises(ServiceError, match=r"Soil can't be deleted\. It is used by: sponsorship \("):
        delete_group(group=sponsored, by=cast.coordinator)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:group-edit", args=[cast.cohort.slug, sponsored.pk])
    page = client.post(url, {"delete": "1", **SURE}, follow=True).content.decode()
    assert "It is used by: sponsorship (" in page
    assert Group.objects.filter(pk=sponsored.pk).exists()


def test_a_group_that_nothing_needs_is_deleted(cast):
    group = Group.objects.create(cohort=cast.cohort, slug="soil", name="Soil")
    delete_row(group)
    assert not Group.objects.exists()


def test_the_reason_names_a_few_of_many(cast):
    with pytest.raises(ServiceError) as refused:
        delete_row(cast.cohort)
    assert "enrollment (" in str(refused.value)
    assert "Change or delete that first." in str(refused.value)


def test_a_deletion_that_no_view_expected_to_be_refused_is_no_error_page(client, cast, sponsored, monkeypatch):
    monkeypatch.setattr("cohorts.setup.services.delete_row", lambda row: row.delete())
    client.force_login(cast.coordinator)
    url = reverse("cohorts:group-edit", args=[cast.cohort.slug, sponsored.pk])
    answer = client.post(url, {"delete": "1", **SURE}, headers={"referer": f"http://testserver{url}"}, follow=True)
    assert answer.redirect_chain == [(f"http://testserver{url}", 302)]
    assert "This can&#x27;t be deleted. It is used by: sponsorship (" in answer.content.decode()
    # Somebody else's address is not where one is sent back to.
    answer = client.post(url, {"delete": "1", **SURE}, headers={"referer": "https://evil.example/"})
    assert answer["Location"] == reverse("home")


def test_other_failures_are_not_touched():
    middleware = RowsInUseMiddleware(lambda request: None)
    assert middleware.process_exception(RequestFactory().post("/"), ValueError("no")) is None
