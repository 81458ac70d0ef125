"""Rules read columns. The audit trail may lose entries, and an older database brings what only the trail knew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.calendar.links import calendar_link, user_of_calendar_link
from cohorts.calendar.services import renew_calendar_link
from cohorts.enrollment.services import decide_enrollments
from cohorts.mailings.weekly import due_moment, save_weekly, sweep_weekly
from cohorts.models import Mailing, WeeklyMail
from cohorts.people.duplicates import likely_duplicates, mark_people_as_different
from mentorship.core.links import LinkError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from mentorship.devtools.testing.trail import lose_audit_trail

pytestmark = pytest.mark.django_db


def token_of(link):
    return link.rsplit("/", 1)[-1].removesuffix(".ics")


def test_a_revoked_calendar_link_stays_revoked_without_the_audit_trail(cast):
    before = token_of(calendar_link(cast.mentee))
    now = token_of(renew_calendar_link(user=cast.mentee, by=cast.mentee))
    lose_audit_trail()
    with pytest.raises(LinkError):
        user_of_calendar_link(before)
    assert user_of_calendar_link(now) == cast.mentee


def test_each_decision_has_its_own_mail_without_the_audit_trail(cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied")
    for to in ("accepted", "waitlisted", "accepted"):
        decide_enrollments(enrollments=[enrollment], to=to, by=cast.coordinator)
        lose_audit_trail()
    keys = OutboxMessage.objects.filter(key__startswith=f"decision:{enrollment.pk}:").values_list("key", flat=True)
    assert sorted(keys) == [f"decision:{enrollment.pk}:{n}" for n in (1, 2, 3)]


def test_people_told_apart_stay_apart_without_the_audit_trail(cast):
    people = [UserFactory(full_name="Ana Beltrán Ruiz") for _ in range(2)]
    for person in people:
        EnrollmentFactory(cohort=cast.cohort, user=person)
    assert len(likely_duplicates(cast.programme, cast.owner)) == 1
    for _ in range(2):
        mark_people_as_different(programme=cast.programme, people=people, by=cast.owner)
    lose_audit_trail()
    assert likely_duplicates(cast.programme, cast.owner) == []


def test_a_moment_before_the_plan_changed_sends_no_weekly_mail_without_the_audit_trail(cast):
    now = timezone.now()
    cohort = cast.cohort
    local = (now - timedelta(minutes=5)).astimezone(cohort.tz)
    save_weekly(
        weekly=WeeklyMail(cohort=cohort, on=True, weekday=local.weekday(), time=local.time(), words="Hello"),
        by=cast.coordinator,
    )
    lose_audit_trail()
    assert due_moment(WeeklyMail.objects.get(cohort=cohort), now) <= now
    assert sweep_weekly(now) == 0
    WeeklyMail.objects.filter(cohort=cohort).update(planned_at=now - timedelta(days=3))
    assert sweep_weekly(now) == 1
    assert Mailing.objects.get(cohort=cohort, is_weekly=True).status == Mailing.Status.SENT
