"""The pages of a report in the making: read, edit, end a link."""

import pytest
from django.urls import reverse

from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE
from partners.models import ImpactReport
from partners.reports.services import create_report, publish_report, share_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast) -> ImpactReport:
    """A report that has something to tell: six people more than the cast."""
    EnrollmentFactory.create_batch(6, cohort=cast.cohort)
    return create_report(
        workspace=cast.programme.workspace,
        by=cast.owner,
        title="What came of it",
        partner=cast.partner,
        cohort=cast.cohort,
        year=None,
        words="",
        blocks=["figures"],
    )


def test_a_report_in_the_making_shows_its_versions_and_open_links(client, cast, report):
    version = publish_report(report=report, by=cast.owner)
    link, _ = share_version(version=version, days=7, by=cast.owner)
    client.force_login(cast.viewer)
    page = client.get(reverse("partners:report-detail", args=[report.pk]))
    assert list(page.context["versions"]) == [version]
    assert list(page.context["links"]) == [link]
    assert not page.context["may_edit"]


def test_an_edit_changes_the_report_and_not_what_is_published(client, cast, report):
    version = publish_report(report=report, by=cast.owner)
    client.force_login(cast.coordinator)
    url = reverse("partners:report-edit", args=[report.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"title": "", "blocks": ["figures"]}).status_code == 422
    said = {"title": "Nine weeks of soil", "words": "Thank you.", "blocks": ["figures"]}
    assert client.post(url, said).url == report.get_absolute_url()
    report.refresh_from_db()
    assert (report.title, report.words) == ("Nine weeks of soil", "Thank you.")
    version.refresh_from_db()
    assert version.data["title"] == "What came of it"


def test_a_link_that_is_ended_opens_nothing_any_more(client, cast, report):
    link, secret = share_version(version=publish_report(report=report, by=cast.owner), days=7, by=cast.owner)
    shared = reverse("partners:version-by-link", args=[secret])
    assert client.get(shared).status_code == 200
    url = reverse("partners:report-link-revoke", args=[report.pk, link.pk])
    for user in (cast.viewer, cast.contact, cast.stranger):
        client.force_login(user)
        assert client.post(url).status_code in (403, 404)
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 405
    client.post(url, SURE)
    client.post(url, SURE)
    link.refresh_from_db()
    assert link.revoked_at
    assert client.get(shared).status_code == 404


def test_reports_in_the_making_are_closed_to_contacts_and_strangers(client, cast, report):
    for user in (cast.contact, cast.stranger):
        client.force_login(user)
        for name in ("report-detail", "report-edit"):
            assert client.get(reverse(f"partners:{name}", args=[report.pk])).status_code in (403, 404)
    client.force_login(cast.viewer)
    assert client.get(reverse("partners:report-edit", args=[report.pk])).status_code in (403, 404)
