"""Decisions and mailings that wait reach only those who still are what the mail takes them for."""

import pytest
from django.core import mail
from django.utils import timezone

from cohorts.enrollment.services import decide_enrollments, set_enrollment_status
from cohorts.mailings.services import save_mailing, schedule_mailing, send_mailing
from cohorts.models import Enrollment, Mailing
from cohorts.setup.team import invite_to_team, revoke_role
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.still_for import revise
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_decision_that_was_changed_before_its_mail_was_sent_is_not_mailed(cast):
    one = EnrollmentFactory(cohort=cast.cohort, status="applied")
    decide_enrollments(enrollments=[one], to="accepted", by=cast.coordinator)
    set_enrollment_status(enrollment=one, to="withdrawn", by=None)
    deliver_all_due()
    message = OutboxMessage.objects.get(key__startswith=f"decision:{one.pk}:")
    assert (message.status, message.last_error) == ("skipped", f"{one.user} has withdrawn.")


def test_decisions_that_wait_take_as_many_queries_for_six_as_for_one(cast, django_assert_max_num_queries):
    people = EnrollmentFactory.create_batch(6, cohort=cast.cohort, status="applied")
    decide_enrollments(enrollments=people, to="accepted", by=cast.coordinator)
    Enrollment.objects.filter(pk__in=[one.pk for one in people[:3]]).update(status="withdrawn")
    messages = list(OutboxMessage.objects.filter(kind="decision"))
    with django_assert_max_num_queries(9):
        revise(messages)
    assert [bool(message.revision.reason) for message in messages].count(True) == 3


def test_a_mailing_that_waits_does_not_reach_whoever_withdrew_and_has_the_name_of_now(cast):
    gone, here = EnrollmentFactory.create_batch(2, cohort=cast.cohort)
    mailing = save_mailing(mailing=Mailing(cohort=cast.cohort, subject="News of {cohort}", body="Hi."), by=cast.owner)
    schedule_mailing(mailing=mailing, by=cast.owner)
    assert send_mailing(mailing=mailing, now=timezone.now())
    set_enrollment_status(enrollment=gone, to="withdrawn", by=None)
    cast.cohort.name = "Renamed round"
    cast.cohort.save()
    deliver_all_due()
    subjects = {one.to[0]: one.subject for one in mail.outbox if one.subject.startswith("News of")}
    assert subjects[here.user.email] == "News of Renamed round"
    assert gone.user.email not in subjects


def test_an_invitation_to_the_team_ends_with_the_role(cast):
    person = UserFactory()
    role = invite_to_team(programme=cast.programme, user=person, role="viewer", by=cast.owner)
    revoke_role(role=role, by=cast.owner)
    deliver_all_due()
    assert not [one for one in mail.outbox if person.email in one.to]
