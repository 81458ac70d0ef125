"""The figures of a cohort that partners see, counted by hand, and the rows suppressed in them."""

import pytest
from django.urls import reverse

from checkins.answering.services import save_answers
from checkins.models import Answer, CheckIn, CheckInWave
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    SponsorshipFactory,
    UserFactory,
)
from partners.disclosure.small_groups import MERGED
from partners.reports.checkin_tables import wave_comparisons, waves_in_order
from partners.reports.impact import NOT_SAID, cohort_impact
from partners.tests.answered import ASKED, answer, impact_url
from training.tests.slots import mentors, new_session

pytestmark = pytest.mark.django_db


def test_the_figures_equal_a_count_by_hand(cast):
    team = EnrollmentFactory(cohort=cast.cohort, status="completed", country="NP")
    for _ in range(8):
        team.members.create(user=UserFactory())
    for _ in range(7):
        EnrollmentFactory(cohort=cast.cohort, country="KE")
    guides = [EnrollmentFactory(cohort=cast.cohort, role="mentor", country="DE") for _ in range(6)]
    EnrollmentFactory(cohort=cast.cohort, status="applied", country="FR")
    EnrollmentFactory(cohort=cast.cohort, role="mentor", status="declined")
    EnrollmentFactory(cohort=cast.cohort, role="facilitator", user=cast.mentor, title="")
    for mentor in guides[:5]:
        MatchFactory(mentee=team, mentor=mentor, status="graduated")
    MatchFactory(mentee=team, mentor=guides[5], status="ended")
    found = cohort_impact(cast.cohort)
    # Mona, five of the six guides: the sixth has no project any more. One facilitator is nobody's business.
    assert found.numbers == {
        "mentees": 17,
        "mentors": 6,
        "projects": 9,
        "people": 23,
        "countries": 3,
    }  # one team, one graduate, and three projects without a match are few
    assert found.continent_rows("people") == [(NOT_SAID, 10), ("Africa", 7), (MERGED, 6)]
    assert (found.so_far, found.graduates_rate) == (True, None)


def test_a_mentor_counts_as_trained_when_attended_or_booked_without_an_attendance_list(cast):
    cohort = CohortFactory()
    session = new_session(cohort, seats=50)
    noted = ((5, "booked", True), (1, "booked", None), (6, "booked", False), (1, "came", None))
    for number, status, attended in noted:
        for mentor in mentors(cohort, number):
            session.bookings.create(enrollment=mentor, status=status, attended=attended)
    call = new_session(cohort, kind="call", training="Call", provider="")
    call.bookings.create(enrollment=mentor, attended=True)
    assert cohort_impact(cohort).rows("mentors:training") == [("took part in a training", 6), ("did not", 7)]


def test_no_figure_shows_fewer_than_five_people(cast):
    for _ in range(4):
        EnrollmentFactory(cohort=cast.cohort, role="expert", title="")
    for _ in range(20):
        EnrollmentFactory(cohort=cast.cohort)
    for _ in range(5):
        MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
    found = cohort_impact(cast.cohort).numbers
    assert (found["mentees"], found["mentors"]) == (26, 6)
    assert "experts" not in found
    assert "people" not in found  # less mentors and mentees it would be the four experts


def test_the_number_of_projects_is_hidden_where_it_reveals_few_people(cast):
    for _ in range(12):
        EnrollmentFactory(cohort=cast.cohort)
    team = EnrollmentFactory(cohort=cast.cohort)
    team.members.create(user=UserFactory())
    found = cohort_impact(cast.cohort)
    assert "projects" not in found.numbers  # fifteen mentees less fourteen projects is one member of a team
    assert found.about == {"projects": 15}
    for _ in range(4):
        team.members.create(user=UserFactory())
    assert cohort_impact(cast.cohort).numbers["projects"] == 14


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_answers_to_check_ins_are_shown_from_five_people_on(client, cast, people, shown):
    answer(cast.cohort, people=people)
    for _ in range(6):
        EnrollmentFactory(cohort=cast.cohort)
    client.force_login(cast.contact)
    page = client.get(impact_url(cast)).content.decode()
    assert ("Have you met?" in page) is shown
    assert ("Who answered (mentees" in page) is shown


def test_a_small_group_among_many_is_merged(cast):
    answer(cast.cohort, people=9)
    answer(cast.cohort, people=1, met="no")
    assert cohort_impact(cast.cohort).questions == []  # nine and one would tell who the one is
    answer(cast.cohort, people=5, met="sometimes")
    (met,) = cohort_impact(cast.cohort).questions
    assert [row for row in met.rows if row[1]] == [("Yes, regularly", 9), (MERGED, 7)]


def test_every_question_adds_up_to_all_people_of_the_role(cast):
    answer(cast.cohort, people=12)
    checkins = CheckIn.objects.filter(side="mentee").order_by("pk")
    questions = {q.key: q.pk for q in checkins[0].wave.survey.questions.all()}
    for checkin in checkins[:5]:
        save_answers(checkin=checkin, answers={questions["have-met"]: "no", questions["helpful"]: "5"}, now=ASKED)
    found = cohort_impact(cast.cohort)
    assert len(found.questions) > 1
    assert {sum(n for _label, n in q.rows) for q in found.questions} == {13, found.numbers["mentees"]}


def test_waves_are_ordered_by_date_and_compared_side_by_side(cast):
    for _ in range(6):
        answer(cast.cohort, people=1)
    first = CheckIn.objects.all()[0].wave
    last = CheckInWave.objects.create(
        cohort=cast.cohort, survey=first.survey, name="At the end", anchor="ends", offset=-7, unit="days"
    )
    early = CheckInWave.objects.create(
        cohort=cast.cohort, survey=first.survey, name="Early", anchor="starts", offset=7, unit="days"
    )
    question = first.survey.questions.get(key="have-met")
    for checkin in list(CheckIn.objects.filter(wave=first, side="mentee", status="answered")):
        copy = CheckIn.objects.create(
            wave=early,
            match=checkin.match,
            enrollment=checkin.enrollment,
            user=checkin.user,
            side="mentee",
            status="answered",
            due_at=ASKED,
            closes_at=ASKED,
            answered_at=ASKED,
        )
        Answer.objects.create(checkin=copy, question=question, value="regularly")
    for _ in range(5):
        EnrollmentFactory(cohort=cast.cohort)
    found = cohort_impact(cast.cohort).questions
    assert [q.wave for q in found if q.text == "Have you met?"] == ["Early", first.name]
    assert waves_in_order(cast.cohort, [last, first, early]) == [early, first, last]
    ((caption, rows),) = wave_comparisons(found)
    assert caption.startswith("Have you met?")
    assert rows == [("Yes, regularly: Early", 6), (f"Yes, regularly: {first.name}", 6)]


def test_the_impact_page_of_an_empty_cohort_says_that_it_is_empty(client, cast):
    empty = CohortFactory(programme=cast.programme)
    SponsorshipFactory(partner=cast.partner, cohort=empty)
    client.force_login(cast.contact)
    page = client.get(reverse("partners:impact-detail", args=[cast.partner.slug, empty.slug]))
    assert "No figures yet" in page.content.decode()
