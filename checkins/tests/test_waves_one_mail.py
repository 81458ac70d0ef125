"""People with several pairs get one check-in mail a morning, with a part for each."""

from datetime import timedelta

import pytest

from checkins.answering.services import save_answers
from checkins.models import CheckIn
from checkins.overview.resend_guards import reason_not_to_resend
from checkins.tests.rows import INTRO, NOW
from checkins.waves.links import checkin_link
from checkins.waves.planned_mail import planned_checkin_mails
from checkins.waves.sweep import sweep_checkins
from matching.models import Match
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def four(cast, match):
    """The mentor of the cast has four mentees, and one of these a second mentor."""
    for number in range(3):
        mentee = EnrollmentFactory(cohort=cast.cohort, title=f"Project {number}")
        MatchFactory(mentee=mentee, mentor=cast.mentor_enrollment)
    second = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Nadia")
    MatchFactory(mentee=cast.mentee_enrollment, mentor=second)
    OutboxMessage.objects.filter(matches__isnull=False).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    return list(CheckIn.objects.filter(user=cast.mentor).order_by("pk"))


def mails(user):
    return list(OutboxMessage.objects.filter(kind="check-in", to=[user.email]).order_by("created_at"))


def links_in(mail, checkins):
    """The check-ins to which the mail has a link."""
    text = without_signatures(mail.full_text)
    return [one for one in checkins if without_signatures(checkin_link(one)) in text]


def test_a_mentor_of_four_gets_one_mail_with_a_part_for_each_pair(cast, four):
    (mail,) = mails(cast.mentor)
    assert len(four) == 4
    assert "your 4 matches" in mail.subject
    for checkin in four:
        assert "?have-met=regularly" in mail.full_text
        assert str(checkin.match.mentee) in mail.full_text
    assert mail.full_text.count("have-met=regularly") == 4
    assert {c.mails_sent for c in four} == {1}


def test_a_mentee_of_two_mentors_gets_one_mail(cast, four):
    (mail,) = mails(cast.mentee)
    assert mail.subject == "Check-in: how is it going with Mona and Nadia?"
    assert mail.full_text.count("have-met=regularly") == 2


def test_the_reminder_asks_about_those_that_are_not_answered(cast, four):
    answered = four[0]
    question = answered.wave.survey.questions.get(key="have-met")
    save_answers(checkin=answered, answers={question.pk: "regularly"}, now=NOW)
    sweep_checkins(NOW + timedelta(days=7))
    reminder = mails(cast.mentor)[-1]
    assert reminder.full_text.count("have-met=regularly") == 3
    assert str(answered.match.mentee) not in reminder.full_text


def test_one_pair_alone_reads_as_before(cast, four):
    person = four[1].match.mentee.user
    (mail,) = mails(person)
    assert mail.subject == "Check-in: how is it going with Mona?"
    assert "introduced you and Mona to each other" in mail.full_text


def test_it_is_listed_as_one_planned_mail(cast, four):
    coming = [one for one in planned_checkin_mails(cast.viewer, NOW) if cast.mentor.email in one.to]
    assert [one.what for one in coming] == ["Three-month check-in, reminder 1, 4 pairs"]


def test_a_mail_that_waits_is_written_again_about_what_is_left(cast, four):
    question = four[0].wave.survey.questions.get(key="have-met")
    for left, checkin in zip((3, 2, 1, 0), four, strict=True):
        save_answers(checkin=checkin, answers={question.pk: "regularly"}, now=NOW)
        waiting = [mail for mail in mails(cast.mentor) if mail.status == "queued"]
        assert [mail.full_text.count("have-met=regularly") for mail in waiting] == [left] * bool(left)


def test_what_has_left_is_not_written_again(cast, four):
    OutboxMessage.objects.filter(kind="check-in").update(status="sent", sent_at=NOW)
    question = four[0].wave.survey.questions.get(key="have-met")
    save_answers(checkin=four[0], answers={question.pk: "regularly"}, now=NOW)
    assert len(mails(cast.mentor)) == 1
    assert reason_not_to_resend(mails(cast.mentor)[0]) == ""  # three of four are open


def test_a_pair_that_ended_is_not_asked_about_in_a_reminder(cast, four):
    Match.objects.filter(pk=four[2].match_id).update(status="ended")
    sweep_checkins(NOW + timedelta(days=7))
    assert mails(cast.mentor)[-1].full_text.count("have-met=regularly") == 3
