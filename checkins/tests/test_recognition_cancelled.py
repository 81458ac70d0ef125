"""Certificates, honoraria and digests that were taken back, erased or can't be printed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from checkins import models as checkins_models
from checkins.alumni.opportunities import post_opportunity, send_digest
from checkins.alumni.services import save_consent
from checkins.graduation.services import end_early, graduate, issue_certificates, revoke_graduation
from checkins.models import Graduation
from checkins.recognition.honoraria import cancel_honorarium, offer_honoraria
from checkins.recognition.links import honorarium_link
from checkins.recognition.service_certificates import issue_service_certificates
from checkins.tests.rows import path
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory
from mentorship.operations.persons.erase import erase_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_certificate_that_is_taken_back_is_not_mailed(client, cast, match):
    one = graduate(enrollment=cast.mentee_enrollment, user=cast.mentee, by=cast.coordinator, anyway=True)
    issue_certificates(cohort=cast.cohort, by=cast.coordinator)
    address = one.get_absolute_url()
    assert client.get(address).status_code == 200
    revoke_graduation(graduation=Graduation.objects.get(), by=cast.coordinator)
    assert OutboxMessage.objects.get(kind="certificate").status == "cancelled"
    assert client.get(address).status_code == 404
    assert client.get(address + "certificate.pdf").status_code == 404


def test_an_honorarium_that_is_taken_back_is_not_mailed(client, cast):
    terms = {"cohort": cast.cohort, "people": [cast.mentor], "what": "x", "amount": Decimal(5), "currency": "EUR"}
    (one,) = offer_honoraria(**terms, by=cast.coordinator)
    cancel_honorarium(honorarium=one, by=cast.coordinator)
    assert OutboxMessage.objects.get(kind="honorarium").status == "cancelled"
    client.post(path(honorarium_link(one)), {"answer": "accept"})
    one.refresh_from_db()
    assert one.status == "cancelled"
    assert len(offer_honoraria(**terms, by=cast.coordinator)) == 1
    assert offer_honoraria(**terms, by=cast.coordinator) == []


def test_a_digest_that_waits_is_not_mailed_to_who_has_left(cast):
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="completed")
    for person in (cast.mentor, cast.mentee):
        save_consent(programme=cast.programme, user=person, stays=True)
    offer = checkins_models.Opportunity(programme=cast.programme, kind="job", title="A job", url="https://example.org/")
    post_opportunity(opportunity=offer, by=cast.coordinator)
    assert send_digest(programme=cast.programme, by=cast.coordinator) == 2
    save_consent(programme=cast.programme, user=cast.mentee, stays=False)
    digests = OutboxMessage.objects.filter(kind="digest")
    assert {m.to[0]: m.status for m in digests} == {cast.mentor.email: "queued", cast.mentee.email: "cancelled"}


@pytest.mark.parametrize("early", [True, False])
def test_who_was_erased_has_no_certificate_and_whoever_ended_early_can_be_erased(client, cast, match, early):
    terms = {"enrollment": cast.mentee_enrollment, "user": cast.mentee, "by": cast.coordinator}
    one = end_early(**terms, reason="Tariq moved away") if early else graduate(**terms, anyway=True)
    issue_service_certificates(cohort=cast.cohort, hours={cast.mentor_enrollment.pk: 5}, by=cast.coordinator)
    thanks = checkins_models.ServiceCertificate.objects.get().get_absolute_url()
    assert client.get(thanks).status_code == 200
    for person in (cast.mentee, cast.mentor):
        erase_person(email=person.email)
    one.refresh_from_db()
    assert "Tariq" not in one.name + one.reason
    for address in (one.get_absolute_url(), thanks):
        assert client.get(address).status_code == 404
        assert client.get(address + "certificate.pdf").status_code == 404


NO_FONT = "\U00012000\U00012001"  # cuneiform, which only fonts of the server may have


@pytest.mark.usefixtures("no_server_fonts")
def test_a_name_that_can_not_be_printed_spoils_no_other_certificate(client, cast, match):
    second = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort, user__full_name=f"Ana {NO_FONT}")).mentee
    for enrollment in (cast.mentee_enrollment, second):
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    theirs = Graduation.objects.get(user=second.user).get_absolute_url()
    client.force_login(cast.coordinator)
    for name in ("certificates-zip", "certificates-pdf"):
        answer = client.get(reverse(f"checkins:{name}", args=[cast.cohort.slug]))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        page = client.get(reverse("checkins:graduation-list", args=[cast.cohort.slug])).content.decode()
        assert "No font of this server" in page
        assert f"Ana {NO_FONT}" in page
    client.logout()
    answer = client.get(theirs + "certificate.pdf", follow=True)
    assert answer.redirect_chain == [(theirs, 302)]
    assert "Print this page" in answer.content.decode()
    assert (
        client.get(Graduation.objects.get(user=cast.mentee).get_absolute_url() + "certificate.pdf").status_code == 200
    )
