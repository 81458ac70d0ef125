"""The pictures of a round on Today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave, Survey
from cohorts.models import Enrollment
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.portal.round_pictures import answers_by_wave, count_steps, signups_over_time

pytestmark = pytest.mark.django_db


def test_each_step_of_a_role_is_the_number_of_its_list(client, cast):
    EnrollmentFactory.create_batch(2, cohort=cast.cohort, role="mentee", status="applied")
    EnrollmentFactory(cohort=cast.cohort, role="mentee")
    client.force_login(cast.coordinator)
    page = client.get("/", {"cohort": cast.cohort.slug})
    picture = page.context["picture"]
    assert [(step.label, step.number) for step in picture.steps[:3]] == [
        ("Signed up", 4),
        ("Accepted", 2),
        ("Matched", 1),
    ]
    assert picture.finding == "2 mentees accepted, 1 of them without a match"
    assert picture.steps[2].note == "1 without a match"
    for step in picture.steps:
        assert client.get(step.url).context["page_obj"].paginator.count == step.number, step.url
    mentors = client.get("/", {"cohort": cast.cohort.slug, "people": "mentor"}).context["picture"]
    assert (mentors.role, mentors.steps[0].number) == ("mentor", 1)


def test_sign_ups_are_compared_with_the_last_round_on_the_same_day(cast, django_assert_num_queries):
    now = timezone.now()
    last = CohortFactory(programme=cast.programme, starts_on=cast.cohort.starts_on - timedelta(days=200))
    for days in (100, 99, 60):
        EnrollmentFactory(cohort=last, created_at=now - timedelta(days=days))
    Enrollment.objects.filter(cohort=cast.cohort).update(created_at=now - timedelta(days=3))
    cast.cohort.status, cast.cohort.signup_closes_at = "enrolling", None
    cast.cohort.save()
    with django_assert_num_queries(1):
        chart = signups_over_time(cast.cohort)
    number = cast.cohort.enrollments.count()
    assert chart.lines[0].points == [(0, number), (3, number)]
    assert chart.lines[1].points == [(0, 1), (1, 2), (40, 3)]
    more = abs(number - 2)
    words = f", {more} {'more' if number > 2 else 'fewer'} than" if more else ", as many as"
    assert chart.finding == f"{number} sign-ups{words} {last} on this day"
    assert chart.rows[0] == ("week 1", number, 2)
    assert chart.rows[-1] == ("week 6", "", 3)


def test_without_sign_ups_there_is_no_chart(cast):
    assert signups_over_time(CohortFactory(programme=cast.programme)) is None
    assert count_steps(CohortFactory(programme=cast.programme), "mentor")[1].finding == "No mentors yet"


def test_answers_are_counted_of_those_who_were_asked(cast):
    survey = Survey.objects.create(programme=cast.programme, name="Survey")
    wave = CheckInWave.objects.create(cohort=cast.cohort, survey=survey, name="Three months")
    times = {"due_at": timezone.now(), "closes_at": timezone.now() + timedelta(days=42)}
    fields = {"wave": wave, "match": cast.match, **times}
    for side in ("mentor", "mentee"):
        person = getattr(cast, f"{side}_enrollment")
        CheckIn.objects.create(enrollment=person, user=person.user, side=side, **fields)
    assert answers_by_wave(cast.cohort) == []
    CheckIn.objects.update(mails_sent=1)
    CheckIn.objects.filter(side="mentee").update(status="answered")
    assert answers_by_wave(cast.cohort) == [(wave.name, 1, 2)]
    CheckIn.objects.filter(side="mentor").update(status="cancelled", cancelled_because="by_coordinator")
    assert answers_by_wave(cast.cohort) == [(wave.name, 1, 1)]
