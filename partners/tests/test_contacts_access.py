"""A contact that is removed sees nothing of the partner any more; what a partner promises is added on its page."""

from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.pages import SURE
from partners.contacts.services import invite_contact
from partners.models import Contribution

pytestmark = pytest.mark.django_db


def test_a_contact_that_is_removed_does_not_see_the_partner_any_more(client, cast):
    contact = cast.partner.contacts.get(user=cast.contact)
    url = reverse("partners:contact-delete", args=[cast.partner.slug, contact.pk])
    for user in (cast.viewer, cast.contact, cast.stranger):
        client.force_login(user)
        assert client.post(url).status_code in (403, 404)
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 405
    assert client.post(url, SURE).url == cast.partner.get_absolute_url()
    client.force_login(cast.contact)
    assert client.get(cast.partner.get_absolute_url()).status_code == 404


def test_the_mail_to_a_new_contact_says_that_they_need_no_password(cast):
    invite_contact(partner=cast.partner, email="new@partner.example", full_name="Nia Wells", by=cast.coordinator)
    mail = OutboxMessage.objects.get(key__startswith="partner-invitation:")
    assert mail.to == ["new@partner.example"]
    assert "so you don’t need a password" in mail.full_text
    assert reverse("account_request_login_code") in mail.full_text
    assert reverse("account_reset_password") not in mail.full_text


def test_a_contact_of_another_partner_cannot_be_removed_by_this_address(client, cast):
    other = cast.other_partner.contacts.get()
    client.force_login(cast.coordinator)
    url = reverse("partners:contact-delete", args=[cast.partner.slug, other.pk])
    assert client.post(url).status_code == 404
    assert cast.other_partner.contacts.exists()


def test_a_promise_is_added_and_money_needs_a_currency(client, cast):
    url = reverse("partners:contribution-create", args=[cast.partner.slug])
    for user in (cast.viewer, cast.contact, cast.stranger):
        client.force_login(user)
        assert client.get(url).status_code in (403, 404)
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 200
    said = {"cohort": cast.cohort.pk, "kind": Contribution.Kind.MONEY, "what": "A prize", "pledged": "200"}
    assert client.post(url, said).status_code == 422
    assert client.post(url, said | {"currency": "eur"}).url == reverse("partners:contribution-list", args=["soil-fund"])
    one = Contribution.objects.get()
    assert (one.partner, one.what, one.pledged, one.currency) == (cast.partner, "A prize", Decimal(200), "EUR")
