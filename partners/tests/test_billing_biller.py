"""The biller of a programme's invoices."""

import pytest
from django.urls import reverse

from partners.models import Biller, Partner

pytestmark = pytest.mark.django_db

FIELDS = {
    "legal_name": "Open Seeds e.V.",
    "street": "Hafenweg 3",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "de",
    "email": "money@example.org",
    "iban": "DE02120300000000202051",
    "vat_percent": "19",
    "terms_days": "30",
    "reminder_days": "14, 3, 14",
    "invoice_prefix": "INV-",
    "credit_prefix": "CN-",
    "paper": "a4",
}


@pytest.fixture
def url(cast):
    return reverse("partners:biller-edit", args=[cast.programme.slug])


def test_the_first_invoice_of_a_programme_asks_who_bills(client, cast, url):
    client.force_login(cast.coordinator)
    response = client.get(reverse("partners:invoice-create", args=[cast.partner.slug]))
    assert response.url.partition("?")[0] == url
    assert "3, 14, 30" in client.get(url).content.decode()


def test_what_is_saved_stands_in_the_form_again(client, cast, url):
    client.force_login(cast.coordinator)
    assert client.post(url, FIELDS).status_code == 302
    biller = Biller.objects.get(workspace=cast.programme.workspace)
    assert (biller.country, biller.reminder_days) == ("DE", [3, 14])
    assert "Hafenweg 3" in client.get(url).content.decode()
    client.post(url, {**FIELDS, "city": "Kiel"})
    assert Biller.objects.get().city == "Kiel"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"vat_percent": "0"}, "Without VAT, invoices must say why."),
        ({"credit_prefix": "INV-"}, "Credit notes need numbers of their own."),
        ({"reminder_days": "soon"}, "Write days as numbers from 1 to 365"),
        ({"reminder_days": "0"}, "Write days as numbers from 1 to 365"),
        ({"legal_name": ""}, "Enter the legal name."),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(client, cast, url, fields, words):
    client.force_login(cast.coordinator)
    response = client.post(url, {**FIELDS, **fields})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Biller.objects.exists()


def test_only_coordinators_of_the_programme_say_who_bills(client, cast, url):
    for user in (cast.viewer, cast.contact, cast.mentor, cast.stranger):
        client.force_login(user)
        assert client.get(url).status_code in (403, 404), user
        assert client.post(url, FIELDS).status_code in (403, 404), user
    assert not Biller.objects.exists()


def test_a_country_is_chosen_by_name_and_a_currency_by_its_letters(client, cast, url):
    client.force_login(cast.coordinator)
    assert '<option value="GB">United Kingdom</option>' in client.get(url).content.decode()
    for typed, code in (("United Kingdom", "GB"), ("gb", "GB"), ("Germany", "DE")):
        assert client.post(url, {**FIELDS, "country": typed}).status_code == 302
        assert Biller.objects.get().country == code
    for typed in ("UN", "Atlantis"):
        answer = client.post(url, {**FIELDS, "country": typed})
        assert "country" in answer.context["form"].errors
    add = reverse("partners:partner-create")
    partner = {"programme": cast.programme.pk, "name": "New fund", "country": "United Kingdom", "currency": "POU"}
    assert list(client.post(add, partner).context["form"].errors) == ["currency"]
    assert client.post(add, {**partner, "currency": "gbp"}).status_code == 302
    made = Partner.objects.get(name="New fund")
    assert (made.country, made.currency) == ("GB", "GBP")
