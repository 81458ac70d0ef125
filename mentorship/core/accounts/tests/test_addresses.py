"""The page of a person's own e-mail addresses."""

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from mentorship.devtools.testing.pages import SURE, words_in

pytestmark = pytest.mark.django_db


def test_the_profile_leads_to_the_addresses_which_are_added_and_removed(client, cast):
    client.force_login(cast.mentor)
    url = reverse("account_email")
    assert f'href="{url}"' in client.get(reverse("accounts:profile")).content.decode()
    assert "We write to your main address." in words_in(client.get(url))
    client.post(url, {"action_add": "1", "email": "second@example.org"})
    page = words_in(client.get(url))
    assert "not confirmed" in page
    assert "Make it the main address" not in page
    EmailAddress.objects.filter(email="second@example.org").update(verified=True)
    assert "Make it the main address" in words_in(client.get(url))
    client.post(url, {"action_remove": "1", "email": "second@example.org"})
    assert EmailAddress.objects.filter(email="second@example.org").exists(), "one press asks first"
    client.post(url, {"action_remove": "1", "email": "second@example.org", **SURE})
    assert not EmailAddress.objects.filter(email="second@example.org").exists()


def test_an_address_that_is_none_is_refused_beside_the_field_and_above(client, cast):
    client.force_login(cast.mentor)
    page = client.post(reverse("account_email"), {"action_add": "1", "email": "nowhere"}).content.decode()
    assert "data-error-summary" in page
    assert 'value="nowhere"' in page


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "用户@example.org", "अजय@example.org", "josé.maría@müller.example"]
)
def test_an_address_in_any_script_is_taken(settings, address):
    assert forms.EmailField().clean(address) == address
    settings.EMAIL_SMTPUTF8 = False
    with pytest.raises(ValidationError, match="Enter another address"):
        forms.EmailField().clean(address)


@pytest.mark.parametrize(
    "address", ["jö rg@example.org", "jö\u200brg@example.org", "ö@", "a\u00a0b@example.org", "ana@", "x@y@z"]
)
def test_what_is_no_address_stays_refused(address):
    with pytest.raises(ValidationError, match="email address like"):
        forms.EmailField().clean(address)
