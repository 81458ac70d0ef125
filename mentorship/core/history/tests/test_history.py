"""The history of an object: on its page, and all of it."""

import pytest
from django.urls import reverse

from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    """A person with a long history."""
    return EnrollmentFactory(cohort=cast.cohort, user__full_name="Yara Nwosu")


def happened(person, by, number, **data):
    for _ in range(number):
        record(verb=Verb.EDITED, target=person, workspace_id=person.cohort.workspace_id, by=by, **data)


def url_of(row):
    return reverse("history:history-list", args=[row._meta.label_lower, row.pk])


def test_the_panel_shows_the_newest_entries_and_the_way_to_all(client, cast, person):
    client.force_login(cast.coordinator)
    assert "No changes yet." in client.get(person.get_absolute_url()).content.decode()
    happened(person, cast.owner, 8)
    assert url_of(person) not in client.get(person.get_absolute_url()).content.decode()
    happened(person, cast.owner, 1, fields=["time_zone"])
    page = client.get(person.get_absolute_url()).content.decode()
    assert url_of(person) in page
    assert "time zone" in page


def test_the_list_has_pages_a_filter_and_a_file(client, cast, person):
    happened(person, cast.owner, 60)
    happened(person, cast.coordinator, 1, reason="Asked by phone")
    client.force_login(cast.coordinator)
    page = client.get(url_of(person), {"page": 2}).context["page_obj"]
    assert (page.paginator.count, len(page.object_list)) == (61, 11)
    assert client.get(url_of(person), {"by": cast.coordinator.pk}).context["page_obj"].paginator.count == 1
    assert "No results" in client.get(url_of(person), {"by": cast.stranger.pk}).content.decode()
    assert b"Asked by phone" in client.get(url_of(person), {"format": "csv"}).content


def test_reasons_are_for_those_who_read_what_people_wrote(client, cast, person):
    happened(person, cast.owner, 1, reason="They told us why")
    for reader, reads in ((cast.coordinator, True), (cast.viewer, False)):
        client.force_login(reader)
        for url in (url_of(person), person.get_absolute_url(), f"{url_of(person)}?format=csv"):
            assert ("They told us why" in client.get(url).content.decode()) == reads, (reader, url)


def test_nobody_reads_the_history_of_what_they_may_not_see(client, cast, person):
    urls = {row: url_of(row) for row in (person, cast.partner, cast.sponsorship)}
    for reader in (cast.mentee, cast.contact, cast.stranger):
        client.force_login(reader)
        assert {client.get(url).status_code for url in urls.values()} == {404}, reader
    client.force_login(cast.viewer)
    assert [client.get(url).status_code for url in urls.values()] == [200, 200, 404]
    client.force_login(cast.owner)
    assert client.get(urls[cast.sponsorship]).status_code == 200
    for wrong in ("cohorts.enrollment/x", "cohorts.enrollment/9" + "9" * 30, "matching.pairnote/1", "none/1"):
        assert client.get(f"/history/{wrong}/").status_code == 404
