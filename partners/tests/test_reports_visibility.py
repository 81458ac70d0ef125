"""Readers of published reports: contacts those of their partner, the team all of its programmes."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from mentorship.devtools.testing.factories import ContactFactory, PartnerFactory, SponsorshipFactory, UserFactory
from partners.models import ReportVersion
from partners.reports.services import create_report, publish_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(cast):
    """A published report for the partner, for another partner of the programme, for everybody, and of strangers."""
    neighbour = PartnerFactory(workspace=cast.programme.workspace, name="Water Fund", slug="water-fund")
    SponsorshipFactory(partner=neighbour, cohort=cast.cohort)
    ContactFactory(partner=neighbour, user=UserFactory(email="neighbour@example.org"))
    about = {
        "own": (cast.partner, cast.cohort),
        "of neighbours": (neighbour, cast.cohort),
        "public": (None, cast.cohort),
        "of strangers": (cast.other_partner, cast.other_cohort),
    }
    return {
        name: publish_report(
            report=create_report(
                workspace=cohort.programme.workspace,
                title=f"Report, {name}",
                words="A good year.",
                partner=partner,
                cohort=cohort,
                by=cast.owner,
            ),
            by=cast.owner,
        )
        for name, (partner, cohort) in about.items()
    }


READERS = {
    "contact": {"own"},
    "neighbour": {"of neighbours"},
    "other_contact": {"of strangers"},
    "stranger": {"of strangers"},
    "owner": {"own", "of neighbours", "public"},
    "coordinator": {"own", "of neighbours", "public"},
    "viewer": {"own", "of neighbours", "public"},
    "mentor": set(),
    "mentee": set(),
    "nobody": set(),
}


def reader(cast, versions, who):
    if who == "neighbour":
        return versions["of neighbours"].report.partner.contacts.get().user
    return AnonymousUser() if who == "nobody" else getattr(cast, who)


@pytest.mark.parametrize("who", READERS)
def test_a_reader_sees_the_versions_of_their_own_partner_or_programme_and_no_other(cast, versions, who):
    found = ReportVersion.objects.visible_to(reader(cast, versions, who))
    assert {version.report.title for version in found} == {f"Report, {name}" for name in READERS[who]}
    assert len(found) == len(READERS[who])


@pytest.mark.parametrize("who", ["contact", "neighbour", "other_contact", "stranger", "mentor"])
def test_no_page_shows_a_version_to_others(client, cast, versions, who):
    client.force_login(reader(cast, versions, who))
    for name, version in versions.items():
        code = 200 if name in READERS[who] else 404
        for form in ("", "?format=pdf", "?format=csv", "?format=json"):
            assert client.get(version.get_absolute_url() + form).status_code == code, (name, form)
        compare = reverse("partners:version-compare", args=[version.report_id, 1, 1])
        assert client.get(compare).status_code == code, name
        if version.report.partner is not None:
            page = client.get(version.report.partner.get_absolute_url())
            assert (version.report.title in page.content.decode()) == (code == 200), name
