"""People stop the links of their mails; coordinators do it for them and send new ones."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.links import PLACE, place_link
from cohorts.sharing.links import SHARING
from mentorship.core.accounts.models import StoppedLink
from mentorship.core.audit.models import AuditEntry
from mentorship.core.links import TOKEN
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailed(cast):
    """Addresses that were mailed to the mentee a day ago: of their place here and in another cohort, and one more."""
    mentee = cast.mentee_enrollment
    other = EnrollmentFactory(cohort=cast.cohort, role="mentor", user=cast.mentee)
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        urls = [place_link(one.pk, cast.mentee.pk) for one in (mentee, other)]
        urls.append(SHARING.url(mentee.pk, cast.mentee.pk))
        for number, url in enumerate(urls):
            message = enqueue(
                key=f"mail-{number}",
                workspace_id=cast.cohort.workspace_id,
                kind="x",
                why="x",
                to=[cast.mentee],
                subject=f"Mail {number}",
                text=url,
            )
            OutboxMessage.objects.filter(pk=message.pk).update(status="sent", sent_at=timezone.now())
    return [url.removeprefix(settings.SITE_URL) for url in urls]


def statuses(client, paths):
    return [client.get(path).status_code for path in paths]


def key_of(link, *values):
    return f"{link.salt}:{StoppedLink.written(values)}"


def test_one_link_is_stopped_after_a_question_and_its_page_says_how_to_get_on(client, cast, mailed):
    client.force_login(cast.mentee)
    chosen = {"link": key_of(PLACE, cast.mentee_enrollment.pk, cast.mentee.pk)}
    asked = client.post(reverse("my-links"), chosen).content.decode()
    assert "Stop 1 link?" in asked
    assert "See your place, or give it up" in asked
    assert statuses(client, mailed) == [200, 200, 200], "nothing happened yet"
    client.post(reverse("my-links"), {**chosen, "confirmed": "yes"})
    client.logout()
    assert statuses(client, mailed) == [410, 200, 200]
    page = client.get(mailed[0]).content.decode()
    assert reverse("account_login") in page
    assert client.post(mailed[0], {"do": "accept"}).status_code == 410
    assert statuses(client, [place_link(cast.mentee_enrollment.pk, cast.mentee.pk)]) == [200], "a new one works"


def test_all_of_a_kind_are_stopped_those_of_forgotten_mails_too(client, cast, mailed):
    OutboxMessage.objects.get(key="mail-1").delete()
    client.force_login(cast.mentee)
    client.post(reverse("my-links"), {"kind": PLACE.salt, "confirmed": "yes"})
    assert statuses(client, mailed) == [410, 410, 200]
    page = client.get(reverse("my-links")).content.decode()
    assert "See your place" not in page
    entry = AuditEntry.objects.filter(verb="stopped links of their mails").first()
    assert (entry.actor, entry.object_id) == (cast.mentee, str(cast.mentee.pk))


def test_nobody_stops_a_link_of_somebody_else(client, cast, mailed):
    client.force_login(cast.mentor)
    for sent in ({"link": key_of(PLACE, cast.mentee_enrollment.pk, cast.mentee.pk)}, {"kind": PLACE.salt}):
        client.post(reverse("my-links"), {**sent, "confirmed": "yes"})
    assert not StoppedLink.objects.exists()
    page = reverse("cohorts:enrollment-links", args=[cast.cohort.slug, cast.mentee_enrollment.pk])
    for user in (cast.stranger, cast.mentee, cast.viewer):
        client.force_login(user)
        assert client.get(page).status_code == 404


def test_a_coordinator_stops_a_link_and_sends_a_new_one_without_seeing_either(client, cast, mailed):
    client.force_login(cast.coordinator)
    page = reverse("cohorts:enrollment-links", args=[cast.cohort.slug, cast.mentee_enrollment.pk])
    shown = client.get(page).content.decode()
    assert "See your place, or give it up" in shown
    assert not TOKEN.search(shown)
    sent = {"person": cast.mentee.pk, "link": key_of(SHARING, cast.mentee_enrollment.pk, cast.mentee.pk), "again": "1"}
    assert "will get 1 email again" in client.post(page, sent).content.decode()
    client.post(page, {**sent, "confirmed": "yes"})
    client.logout()
    assert statuses(client, mailed) == [200, 200, 410]
    again = OutboxMessage.objects.get(key__startswith="again:")
    assert again.to == [cast.mentee.email]
    assert statuses(client, [again.full_text.strip()]) == [200]
