"""A person sees the links of their mails by which they can still act; nobody sees another's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.links import place_link
from cohorts.sharing.links import SHARING
from matching.consent.links import ANSWER_LINK
from mentorship.core.links import TOKEN, meaning_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue

pytestmark = pytest.mark.django_db


def tell(user, key, text, **more):
    message = enqueue(key=key, workspace_id=None, kind="x", why="x", to=[user], subject=key, text=text, **more)
    OutboxMessage.objects.filter(pk=message.pk).update(status="sent", sent_at=timezone.now())


def values_on(client, user):
    client.force_login(user)
    page = client.get(reverse("my-links")).content.decode()
    return [meaning_of(token)[1] for token in TOKEN.findall(page)], page


def test_own_links_once_each_and_none_of_others(client, cast):
    mentee, mentor = cast.mentee_enrollment, cast.mentor_enrollment
    tell(cast.mentee, "first", place_link(mentee.pk, cast.mentee.pk), reply_to=[cast.coordinator])
    tell(cast.mentee, "again", f"{place_link(mentee.pk, cast.mentee.pk)} {SHARING.url(mentee.pk, cast.mentee.pk)}")
    tell(cast.mentor, "other", place_link(mentor.pk, cast.mentor.pk))
    found, page = values_on(client, cast.mentee)
    assert sorted(found) == [(mentee.pk, cast.mentee.pk)] * 2
    assert "works until" in page
    assert "See your place, or give it up" in page
    assert values_on(client, cast.mentor)[0] == [(mentor.pk, cast.mentor.pk)]
    for user in (cast.coordinator, cast.stranger):
        found, page = values_on(client, user)
        assert found == []
        assert "No links" in page


def test_what_is_over_is_not_listed(client, cast):
    mentee = cast.mentee_enrollment
    asked = mentee.asked_as_mentee.create(run=cast.match.run, mentor=cast.mentor_enrollment, score=1)
    side = asked.sides.create(side="mentee", status="asked", answer_by=timezone.now() + timedelta(days=3))
    tell(cast.mentee, "asked", ANSWER_LINK.url(side.pk))
    assert values_on(client, cast.mentee)[0] == [(side.pk,)]
    asked.status = "declined"
    asked.save()
    assert values_on(client, cast.mentee)[0] == []


def test_it_asks_to_sign_in(client):
    assert client.get(reverse("my-links")).status_code == 302
