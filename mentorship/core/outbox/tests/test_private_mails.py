"""Mails with a link for the recipient only: coordinators see that they exist and what they say, without the links."""

import pytest
from django.urls import reverse

from cohorts.signup.services import request_signup
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.own_links import OWN_LINK

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmation(cast):
    """The mail that asks somebody new to confirm their sign-up."""
    cast.cohort.status = "enrolling"
    cast.cohort.save()
    request_signup(
        cohort=cast.cohort, role="mentor", answers={"email": "new@example.org", "full_name": "New One", "topics": []}
    )
    return OutboxMessage.objects.get(to=["new@example.org"])


def test_a_sign_up_confirmation_is_listed_and_read_without_its_link(client, cast, confirmation):
    notice = reverse("privacy-notice-of-programme", args=[cast.programme.slug])
    links = [word for word in confirmation.full_text.split() if word.startswith("http") and not word.endswith(notice)]
    assert links
    client.force_login(cast.viewer)
    found = client.get(reverse("outbox:message-list"), {"q": "new@example.org"})
    assert [mail.pk for mail in found.context["page_obj"]] == [confirmation.pk]
    page = client.get(confirmation.get_absolute_url()).content.decode()
    assert OWN_LINK in page
    assert "Only the recipient gets it" in page
    assert [link for link in links if link in page] == []
    for url in (
        reverse("outbox:message-edit", args=[confirmation.pk]),
        reverse("outbox:message-send-again", args=[confirmation.pk]),
    ):
        client.force_login(cast.owner)
        assert client.get(url).status_code == 404, url


def test_nobody_else_sees_it(client, cast, confirmation):
    for user in (cast.stranger, cast.mentor, cast.contact):
        client.force_login(user)
        assert client.get(confirmation.get_absolute_url()).status_code == 404


def test_it_is_planned_mail_while_it_waits(client, cast, confirmation):
    client.force_login(cast.coordinator)
    page = client.get(reverse("outbox:planned-list")).content.decode()
    assert "new@example.org" in page
    assert confirmation.get_absolute_url() in page
