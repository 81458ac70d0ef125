"""Mails of the account pages have the programme's wording and are visible to no coordinator."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse

from mentorship.core.outbox.models import MailTemplate, OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()  # allauth counts how often somebody asks


def reword(workspace, scope="", **changes):
    fields = {"kind": "accounts/sign_in_code", "subject": "Seeds: come in", "body": "Here: {code}\n{programme}"}
    MailTemplate.objects.create(workspace=workspace, scope=scope, **{**fields, **changes})


def code_for(client, email) -> OutboxMessage:
    OutboxMessage.objects.filter(kind="sign-in").delete()
    cache.clear()
    client.logout()
    client.post(reverse("account_request_login_code"), {"email": email})
    return OutboxMessage.objects.get(kind="sign-in")


def test_a_sign_in_code_has_the_words_of_the_programme_that_somebody_is_in(client, cast):
    reword(cast.programme.workspace)
    reword(cast.cohort.programme.workspace, cast.cohort.scope, subject="Seeds 9: come in")
    message = code_for(client, cast.mentee.email)
    assert message.subject == "Seeds 9: come in"
    assert message.workspace is None
    assert re.search(r"^Here: [A-Z0-9-]{6,9}$", message.body_text, re.MULTILINE)
    assert cast.programme.workspace.name in message.body_text
    assert code_for(client, cast.coordinator.email).subject == "Seeds: come in", "a role is a home, too"
    assert code_for(client, cast.stranger.email).subject == "Your sign-in code"


def test_an_unknown_address_gets_the_default_wording_and_no_code(client, cast):
    reword(cast.programme.workspace)
    message = code_for(client, "nobody@example.org")
    assert message.subject == "No account with this address"
    assert reverse("account_login") in message.body_text
    assert message.to == ["nobody@example.org"]


def test_a_new_password_is_set_by_the_link_in_the_mail(client, cast):
    client.post(reverse("account_reset_password"), {"email": cast.mentee.email})
    message = OutboxMessage.objects.get(kind="sign-in")
    link = re.search(r"^https?://\S+$", message.body_text, re.MULTILINE).group()
    assert client.get(link, follow=True).status_code == 200


def test_links_in_mails_lead_to_the_site_whatever_host_was_asked(client, cast, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://mentors.example.org"
    client.post(reverse("account_reset_password"), {"email": cast.mentee.email}, headers={"host": "evil.example.com"})
    message = OutboxMessage.objects.get(kind="sign-in")
    assert "https://mentors.example.org/accounts/password/reset/key/" in message.full_text
    assert "evil.example.com" not in message.full_text + message.full_html


def test_a_changed_password_is_told_with_when_and_from_where(client, cast):
    EmailAddress.objects.create(user=cast.mentee, email=cast.mentee.email, verified=True, primary=True)
    cast.mentee.set_password("before-9-words")
    cast.mentee.save()
    client.force_login(cast.mentee)
    new = {"oldpassword": "before-9-words", "password1": "after-9-words-x", "password2": "after-9-words-x"}
    client.post(reverse("account_change_password"), new, headers={"user-agent": "<b>Fox</b>"})
    message = OutboxMessage.objects.get(kind="sign-in")
    assert message.subject == "Your account: the password was changed"
    assert "From: 127.0.0.1, <b>Fox" in message.body_text
    assert "<b>Fox" not in message.body_html
