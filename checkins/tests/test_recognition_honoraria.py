"""Recognition of helpers: honoraria, certificates of hours, the page of thanks."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from checkins.models import Honorarium, ServiceCertificate
from checkins.recognition.honoraria import answer_honorarium, cancel_honorarium, honoraria_totals, pay_honoraria
from checkins.recognition.links import honorarium_link
from checkins.recognition.service_certificates import helper_records
from checkins.tests.rows import AFTER, offered, path
from cohorts.models import PublicPage
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("afterwards")]


def test_an_honorarium_is_offered_once_answered_by_link_and_paid(client, cast):
    (one,) = offered(cast)
    assert offered(cast) == []
    link = path(honorarium_link(one))
    mail = OutboxMessage.objects.get(kind="honorarium")
    assert "150.00 EUR" in mail.subject
    assert without_signatures(link) in without_signatures(mail.full_text)
    client.get(link)
    assert Honorarium.objects.get().status == "offered"
    with pytest.raises(ServiceError):
        pay_honoraria(honoraria=[one], paid_on=AFTER.date(), by=cast.coordinator)
    client.post(link, {"answer": "decline"})
    assert Honorarium.objects.get().status == "declined"
    client.post(link, {"answer": "accept"})
    assert pay_honoraria(honoraria=[one], paid_on=AFTER.date(), reference="SEPA 1", by=cast.coordinator) == 1
    assert "It was paid" in client.post(link, {"answer": "decline"}, follow=True).content.decode()
    assert Honorarium.objects.get().status == "paid"
    cancel_honorarium(honorarium=one, by=cast.coordinator)
    assert (Honorarium.objects.get().status, Honorarium.objects.get().paid_on) == ("accepted", None)
    cancel_honorarium(honorarium=one, by=cast.coordinator)
    with pytest.raises(ServiceError):
        answer_honorarium(honorarium=one, accept=True)
    assert len(offered(cast)) == 1


def test_totals_keep_currencies_apart(cast):
    for amount, currency, what in (("150.00", "EUR", "a"), ("0.10", "EUR", "b"), ("99.90", "USD", "c")):
        (one,) = offered(cast, amount, currency, what)
        answer_honorarium(honorarium=one, accept=what != "b")
    totals = {c: {s: n for s, n in of.items() if n} for c, of in honoraria_totals(Honorarium.objects.all())}
    assert totals == {
        "EUR": {"accepted": Decimal("150.00"), "declined": Decimal("0.10")},
        "USD": {"accepted": Decimal("99.90")},
    }


def test_the_pages_of_honoraria(client, cast):
    client.force_login(cast.coordinator)
    new, url = (reverse(f"checkins:{n}", args=[cast.cohort.slug]) for n in ("honorarium-create", "honorarium-list"))
    said = {"what": "A talk", "amount": "80", "currency": "gbp"}
    wrong = client.post(new, said)
    assert wrong.status_code == 422
    assert "Choose somebody" in wrong.content.decode()
    assert client.post(new, said | {"email": "s@example.org", "currency": "pounds"}).status_code == 422
    assert client.post(new, said | {"email": "s@example.org", "amount": "-5"}).status_code == 422
    both = said | {"people": [cast.mentor_enrollment.pk], "email": "s@example.org", "full_name": "Sol Vega"}
    asked = client.post(new, both).content.decode()
    assert "2 people get an email." in asked
    assert "offers each of them 80 GBP for A talk" in asked
    assert not Honorarium.objects.exists()
    client.post(new, both | {"confirmed": "yes"})
    assert set(Honorarium.objects.values_list("user__full_name", "currency")) == {("Mona", "GBP"), ("Sol Vega", "GBP")}
    mona = Honorarium.objects.get(user=cast.mentor)
    refused = client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": "2027-06-10"}, follow=True)
    assert "has not accepted it" in refused.content.decode()
    answer_honorarium(honorarium=mona, accept=True)
    assert client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": ""}).status_code == 422
    client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": "2027-06-10", "reference": "R1"})
    page = client.get(url, {"status": "paid"})
    assert [h.user for h in page.context["page_obj"]] == [cast.mentor]
    lines = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 3
    assert any("80.00,GBP,paid" in line for line in lines)
    client.force_login(cast.viewer)
    assert client.get(url).status_code == 200
    assert client.get(new).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_a_certificate_of_hours_is_suggested_corrected_mailed_once_and_valid(client, over):
    over.mentor_enrollment.hours_per_month = 3
    over.mentor_enrollment.save()
    EnrollmentFactory(cohort=over.cohort, role="facilitator", user__full_name="Fay #panic()")
    gifts = {g.enrollment.role: (g.what, g.hours) for g in helper_records(over.cohort)}
    assert gifts == {"mentor": ("mentored 1 project", 11), "facilitator": ("facilitated the round", None)}
    client.force_login(over.coordinator)
    url = reverse("checkins:service-certificate-list", args=[over.cohort.slug])
    ids = [g.enrollment.pk for g in helper_records(over.cohort)]
    wrong = client.post(url, {"ids": ids, f"hours-{ids[0]}": "many", f"hours-{ids[1]}": "12"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    assert not ServiceCertificate.objects.exists()
    right = {"ids": ids, f"hours-{ids[0]}": "", f"hours-{ids[1]}": "12"}
    assert "2 people get an email." in client.post(url, right).content.decode()
    assert not ServiceCertificate.objects.exists()
    client.post(url, {**right, "confirmed": "yes"})
    assert OutboxMessage.objects.filter(kind="certificate").count() == 2
    mentor = ServiceCertificate.objects.get(enrollment=over.mentor_enrollment)
    assert mentor.hours == 12
    again = client.post(
        url, {"ids": [over.mentor_enrollment.pk], f"hours-{over.mentor_enrollment.pk}": "14"}, follow=True
    )
    assert "1 had one" in again.content.decode()
    assert OutboxMessage.objects.filter(kind="certificate").count() == 2
    assert "14 hours" in client.get(mentor.get_absolute_url()).content.decode()

    pdf = client.get(reverse("checkins:service-certificates-pdf", args=[over.cohort.slug]))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages]
    assert len(pages) == 2
    assert "Fay #panic()" in pages[0]
    assert "14 hours" in pages[1]
    client.logout()
    one = client.get(reverse("checkins:service-certificate-file", args=[mentor.pk]))
    assert "mentored 1 project" in PdfReader(io.BytesIO(one.content)).pages[0].extract_text()
    unknown = "/thanks/00000000-0000-4000-8000-000000000000/"
    assert client.get(unknown).status_code == 404


def test_the_thanks_page_names_only_who_agreed(client, over):
    over.mentor_enrollment.listed_publicly = True
    over.mentor_enrollment.save()
    EnrollmentFactory(cohort=over.cohort, role="expert", user=over.mentor, listed_publicly=True)
    EnrollmentFactory(cohort=over.cohort, role="expert", user__full_name="Hidden One")
    PublicPage.objects.create(programme=over.programme, slug="ours", thanks_on=True)
    page = client.get(reverse("public:thanks", args=["ours"])).content.decode()
    assert page.count("Mona") == 1
    assert "Hidden One" not in page
