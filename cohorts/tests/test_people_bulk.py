"""Decisions about several people and moves of many, and how they are undone."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment, Group
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast, client):
    client.force_login(cast.coordinator)
    statuses = ("applied", "waitlisted", "declined")
    return [
        EnrollmentFactory(cohort=cast.cohort, status=status, waitlist_position=7 if status == "waitlisted" else None)
        for status in statuses
    ]


def post(client, cast, name, **data):
    return client.post(reverse(f"cohorts:{name}", args=[cast.cohort.slug]), data, follow=True)


def statuses(rows):
    by_pk = Enrollment.objects.in_bulk([row.pk for row in rows])
    return [by_pk[row.pk].status for row in rows]


def test_a_decision_about_many_is_undone_before_anybody_is_told(client, cast, three):
    ids = [row.pk for row in three]
    page = post(client, cast, "enrollment-decide", pk=ids, to="accepted", message="", mail="on")
    assert "3 now accepted; their emails are sent in five minutes." in words_in(page)
    assert statuses(three) == ["accepted"] * 3
    deliver_all_due()
    decisions = OutboxMessage.objects.filter(kind="decision")
    assert set(decisions.values_list("status", flat=True)) == {"queued"}
    assert "3 sign-ups as before" in words_in(post(client, cast, "people-undo"))
    assert statuses(three) == ["applied", "waitlisted", "declined"]
    assert Enrollment.objects.get(pk=ids[1]).waitlist_position == 7
    assert set(decisions.values_list("status", flat=True)) == {"cancelled"}
    assert "nothing to undo" in words_in(post(client, cast, "people-undo"))


def test_whoever_was_told_or_decided_about_since_stays_as_they_are(client, cast, three):
    first, second, _ = three
    post(client, cast, "enrollment-decide", pk=[first.pk, second.pk], to="accepted", message="", mail="on")
    OutboxMessage.objects.filter(kind="decision", to=[first.user.email]).update(status="sent", sent_at=timezone.now())
    client.post(reverse("cohorts:enrollment-put-back", args=[cast.cohort.slug, second.pk]))
    page = words_in(post(client, cast, "people-undo"))
    assert "has been told already" in page
    assert "has changed since" in page
    assert statuses([first, second]) == ["accepted", "applied"]


def test_an_undo_ends_when_the_emails_leave(client, cast, three):
    post(client, cast, "enrollment-decide", pk=[three[0].pk], to="accepted", message="", mail="on")
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert "nothing to undo" in words_in(post(client, cast, "people-undo"))
    assert statuses(three)[0] == "accepted"


def test_many_are_moved_to_a_group_and_back(client, cast, three):
    group = Group.objects.create(cohort=cast.cohort, name="Evening", slug="evening")
    before = Group.objects.create(cohort=cast.cohort, name="Morning", slug="morning")
    Enrollment.objects.filter(pk=three[0].pk).update(group=before)
    ids = [row.pk for row in three]
    assert "3 sign-ups now in Evening." in words_in(post(client, cast, "people-move", pk=ids, group="evening"))
    assert group.enrollments.count() == 3
    post(client, cast, "people-undo")
    assert list(Enrollment.objects.filter(pk__in=ids).order_by("pk").values_list("group__name", flat=True)) == [
        "Morning",
        None,
        None,
    ]
    post(client, cast, "people-move", pk=ids, group="none")
    assert not Enrollment.objects.filter(pk__in=ids).exclude(group=None).exists()
    assert "Choose people and a group first" in words_in(post(client, cast, "people-move", pk=ids))
