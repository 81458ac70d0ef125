"""Coordinators read the programme's own words for roles on pages, in forms, reports and exports."""

import pytest
from django.urls import reverse

from cohorts.models import Programme, TimelineStep
from cohorts.own_words import own_words
from cohorts.plan.services import make_timeline
from mentorship.devtools.testing.factories import EnrollmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def test_sentences_have_the_words_of_the_programme_with_their_article():
    programme = Programme(mentor_label="advisor", mentee_label="project lead")
    said = "A mentor takes on a mentee. Mentees wait for mentors, or for the mentor's answer."
    assert own_words(said, programme) == (
        "An advisor takes on a project lead. Project leads wait for advisors, or for the advisor's answer."
    )
    assert own_words("The mentorship of mentoring", programme) == "The mentorship of mentoring"
    assert own_words(said, Programme()) == said
    theirs = own_words("A mentor of {name}, {no}", programme, name="{a mentor}")
    assert theirs.endswith(" of {a mentor}, {no}")
    assert "mentor" not in theirs.partition(" of ")[0]


@pytest.fixture
def champions(client, cast):
    """A coordinator of a programme whose mentors are champions and whose mentees are project leads."""
    Programme.objects.filter(pk=cast.programme.pk).update(mentor_label="champion", mentee_label="project lead")
    client.force_login(cast.coordinator)
    return cast


@pytest.mark.parametrize(
    ("page", "said", "never"),
    [
        ("matching:policy-edit", "Maximum new champions per new project lead", "new mentors"),
        ("matching:supply", "", "lack mentors"),
        ("cohorts:rubric-edit", "Accepted champions review, too", "Accepted mentors"),
        ("cohorts:cohort-edit", "Seats for champions", "Seats for mentors"),
        ("training:catalogue-list", "", "for mentors"),
        ("checkins:wave-create", "champions and project leads", "mentors and mentees"),
        ("checkins:role-progression", "", "first-time mentee"),
    ],
)
def test_coordinators_pages_say_it(client, champions, page, said, never):
    text = client.get(reverse(page, args=[champions.cohort.slug])).content.decode()
    assert said in text
    assert never not in text


def test_what_people_wrote_stays_as_it_is(client, champions):
    enrollment = EnrollmentFactory(cohort=champions.cohort, role="mentee", title="A mentor for every school")
    url = reverse("cohorts:enrollment-detail", args=[champions.cohort.slug, enrollment.pk])
    assert "A mentor for every school" in client.get(url).content.decode()


def test_exports_and_the_first_plan_say_it(client, champions):
    people = reverse("cohorts:people-list", args=[champions.cohort.slug])
    head, *rows = client.get(people, {"format": "csv"}).getvalue().decode().splitlines()
    assert "Places (champions),Champions wanted (project leads)" in head
    assert any("project lead," in row for row in rows)
    programme = ProgrammeFactory(mentor_label="champion")
    make_timeline(programme)
    assert "Champion training" in TimelineStep.objects.filter(programme=programme).values_list("name", flat=True)
