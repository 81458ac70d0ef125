"""Partners: who sees and changes the record, its contacts and its pages."""

from datetime import date

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    PartnerFactory,
    SponsorshipFactory,
)
from partners.contacts.services import delete_contact, invite_contact
from partners.models import Partner, Sponsorship
from partners.records.services import create_partner
from partners.sponsorships.services import add_sponsorship
from partners.tests.answered import answer, impact_url

pytestmark = pytest.mark.django_db


def test_who_sees_a_partner_and_its_impact(client, cast):
    for url in (cast.partner.get_absolute_url(), impact_url(cast)):
        for user, status in [
            (cast.contact, 200),
            (cast.owner, 200),
            (cast.viewer, 200),
            (cast.other_contact, 404),
            (cast.stranger, 404),
            (cast.mentor, 404),
            (cast.mentee, 404),
        ]:
            client.force_login(user)
            assert client.get(url).status_code == status, (url, user)
        client.logout()
        assert client.get(url).status_code == 302


def test_a_contact_sees_no_cohort_that_the_partner_does_not_support(client, cast):
    other = CohortFactory(programme=cast.programme)
    client.force_login(cast.contact)
    assert client.get(reverse("partners:impact-detail", args=[cast.partner.slug, other.slug])).status_code == 404


def test_a_contact_sees_nothing_of_others_and_no_notes(client, cast):
    Partner.objects.filter(pk=cast.partner.pk).update(note="They pay late.")
    PartnerFactory(workspace=cast.programme.workspace, name="Rival fund")
    client.force_login(cast.contact)
    for url in (reverse("partners:partner-list"), cast.partner.get_absolute_url(), impact_url(cast)):
        page = client.get(url).content.decode()
        for secret in ("They pay late.", "Rival fund", "Other fund", "mentee@example.org", "Tariq"):
            assert secret not in page, (url, secret)


def test_a_contact_changes_nothing(client, cast):
    client.force_login(cast.contact)
    remove = reverse("partners:sponsorship-delete", args=[cast.partner.slug, cast.sponsorship.pk])
    assert client.post(remove).status_code == 404
    assert client.get(reverse("partners:partner-edit", args=[cast.partner.slug])).status_code == 404
    assert client.get(reverse("partners:partner-create")).status_code == 404
    assert Sponsorship.objects.filter(pk=cast.sponsorship.pk).exists()


def test_a_coordinator_adds_and_edits_a_partner(client, cast):
    client.force_login(cast.coordinator)
    client.post(
        reverse("partners:partner-create"), {"programme": cast.programme.pk, "name": "École Ouverte", "official": "on"}
    )
    partner = Partner.objects.get(name="École Ouverte")
    assert (partner.slug, partner.workspace) == ("ecole-ouverte", cast.programme.workspace)
    client.post(
        reverse("partners:contact-invite", args=[partner.slug]), {"full_name": "Lou", "email": "lou@example.org"}
    )
    client.post(
        reverse("partners:sponsorship-create", args=[partner.slug]),
        {"cohort": cast.cohort.pk, "scope": "Rooms", "starts_on": "2027-01-01", "ends_on": "2027-06-30"},
    )
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "Lou" in page
    assert "Rooms" in page
    assert client.post(reverse("partners:partner-edit", args=[partner.slug]), {"name": ""}).status_code == 422


def test_a_partner_cannot_be_added_to_another_teams_programme(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("partners:partner-create"), {"programme": cast.other_cohort.programme.pk, "name": "Sneaky"}
    )
    assert answer.status_code == 422
    assert not Partner.objects.filter(name="Sneaky").exists()


def test_a_sponsorship_of_another_programme_or_a_second_one_is_refused(cast):
    said = {"scope": "x", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 2, 1), "by": cast.owner}
    with pytest.raises(ServiceError, match="another programme"):
        add_sponsorship(partner=cast.partner, cohort=cast.other_cohort, **said)
    with pytest.raises(ServiceError, match="already"):
        add_sponsorship(partner=cast.partner, cohort=cast.cohort, **said)


def test_partners_with_the_same_name_get_different_slugs(cast):
    made = [create_partner(workspace=cast.programme.workspace, name="新しい", by=None).slug for _ in range(3)]
    assert made == ["partner", "partner-2", "partner-3"]
    assert create_partner(workspace=cast.programme.workspace, name="New", by=None).slug == "new-partner"


def test_a_contact_is_invited_by_one_mail_and_loses_access_when_deleted(client, cast):
    for _ in range(2):
        contact = invite_contact(partner=cast.partner, email="Lou@example.org", full_name="Lou", by=cast.owner)
    assert OutboxMessage.objects.filter(kind="invitation", to=["lou@example.org"]).count() == 1
    client.force_login(contact.user)
    assert client.get(impact_url(cast)).status_code == 200
    delete_contact(contact=contact, by=cast.owner)
    assert client.get(impact_url(cast)).status_code == 404


def test_the_pages_take_constant_queries(client, cast, django_assert_max_num_queries):
    client.force_login(cast.contact)
    for _ in range(2):
        answer(cast.cohort, people=4)
        with django_assert_max_num_queries(32):
            client.get(impact_url(cast))
    client.force_login(cast.coordinator)
    for _ in range(2):
        for _ in range(5):
            SponsorshipFactory(partner=PartnerFactory(workspace=cast.programme.workspace), cohort=cast.cohort)
        with django_assert_max_num_queries(15):
            client.get(reverse("partners:partner-list"))
