"""The public sign-up mails nobody as often as somebody else likes."""

import pytest
from django.test import Client

from cohorts.models import PendingSignup
from cohorts.signup.links import edit_link
from cohorts.tests.test_signup_by_applicants import TEAM, answers, cohort, form_url
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
__all__ = ["cohort"]  # the fixture


def send(source, **changed):
    return Client().post(form_url(), answers(**changed), REMOTE_ADDR=source)


def invitations():
    return OutboxMessage.objects.filter(key__startswith="team-added")


def test_many_sign_ups_for_one_address_send_few_mails_and_the_form_keeps_what_was_typed(cohort, settings):
    settings.LIMITS = {**settings.LIMITS, "sign_up_by_source_and_address": "2/h", "sign_up_by_address": "3/d"}
    pages = [send("192.0.2.1", title=f"Plan {n}") for n in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 422, 422]
    assert OutboxMessage.objects.count() == PendingSignup.objects.count() == 2
    page = pages[-1].content.decode()
    assert "several emails to this address already" in page
    assert 'value="Plan 3"' in page
    assert send("192.0.2.9", title="From elsewhere").status_code == 302, "one stranger does not stop its owner"
    assert send("192.0.2.10", title="And again").status_code == 422


def test_an_edit_link_invites_few_strangers(client, cohort, settings):
    settings.LIMITS = {**settings.LIMITS, "invited_by_sign_up": "2/d"}
    lead = UserFactory(full_name="Cheap pills at pills.example/buy", email="lead@example.org")
    team = EnrollmentFactory(cohort=cohort, user=lead, role="mentee", status="applied", title="Old")
    link = edit_link(team.pk, lead.pk)
    for number in range(3):
        row = {"members-0-full_name": f"Buy at x{number}.example", "members-0-email": f"stranger{number}@example.org"}
        page = client.post(link, answers(title="Cheap pills", full_name=lead.full_name, **{**TEAM, **row}))
    assert page.status_code == 422
    assert "named many different people" in page.content.decode()
    assert invitations().count() == 2
