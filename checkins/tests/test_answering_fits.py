"""Check-ins that fit: a rating in own words, results from round to round, and a kind mail to who has not met."""

from datetime import date

import pytest
from django.urls import reverse

from checkins.answering.results import tally_cohort
from checkins.models import Answer, CheckIn, SurveyQuestion
from checkins.tests.rows import NOW, say
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def not_met_mails():
    return OutboxMessage.objects.filter(key__startswith="not-met:").exclude(status="cancelled")


def test_a_mentee_who_has_not_met_gets_a_kind_mail_if_the_check_in_says_so(checkin, cast):
    say(checkin, have_met="no")
    assert not not_met_mails().exists()
    checkin.wave.mails_who_did_not_meet = True
    checkin.wave.save()
    for _ in range(2):
        say(checkin, have_met="no")
    (mail,) = not_met_mails()
    assert mail.to == [cast.mentee.email]
    assert "Propose two or three times on your page" in mail.full_text
    assert mail.due_at > NOW
    say(checkin, have_met="sometimes")  # pressed by mistake: nothing leaves
    assert not not_met_mails().exists()


def test_a_rating_in_own_words_is_averaged_and_compared_with_the_rounds_before(client, checkin, cast):
    question = SurveyQuestion.objects.create(
        survey=checkin.wave.survey,
        key="mood",
        kind="rating",
        text="How do you leave your meetings?",
        options=[["tired", "Tired"], ["fine", "Fine"], ["inspired", "Inspired"]],
    )
    before = CohortFactory(
        programme=cast.programme, name="Seeds 8", starts_on=date(2026, 2, 1), ends_on=date(2026, 5, 1)
    )
    wave = before.waves.create(survey=checkin.wave.survey, name="Then")
    pair = MatchFactory(mentee=EnrollmentFactory(cohort=before))
    then = CheckIn.objects.create(
        wave=wave,
        match=pair,
        enrollment=pair.mentee,
        user=pair.mentee.user,
        side="mentee",
        status="answered",
        due_at=NOW,
        closes_at=NOW,
    )
    Answer.objects.create(checkin=then, question=question, value="tired")
    say(checkin, have_met="regularly", mood="inspired")
    tally = next(one for one in tally_cohort(cohort=cast.cohort) if one.question == question)
    assert (tally.rows, tally.in_short) == ([("Tired", 0), ("Fine", 0), ("Inspired", 1)], "3.0 of 3")
    client.force_login(cast.coordinator)
    page = words_in(client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])))
    assert "Seeds 8: 1.0 of 3 (1 answer)" in page
    client.force_login(cast.viewer)  # reads totals of five people and more only
    assert "Seeds 8: 1.0 of 3" not in words_in(client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])))
