"""Partners: who sees what, and what the impact page counts."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from checkins.answering.services import save_answers
from checkins.models import Answer, CheckIn, CheckInWave
from checkins.waves.sweep import sweep_checkins
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    PartnerFactory,
    SponsorshipFactory,
    UserFactory,
)
from partners.models import Partner, Sponsorship
from partners.records.services import create_partner, delete_contact, invite_contact
from partners.reports.checkin_tables import wave_comparisons, waves_in_order
from partners.reports.disclosure_control import MERGED
from partners.reports.impact import NOT_SAID, cohort_impact
from partners.sponsorships.services import add_sponsorship
from training.tests.slots import mentors, new_session

pytestmark = pytest.mark.django_db

INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
ASKED = datetime(2027, 5, 3, 10, tzinfo=UTC)


def impact_url(cast):
    return reverse("partners:impact-detail", args=[cast.partner.slug, cast.cohort.slug])


def answer(cohort, *, people, met="regularly"):
    """So many pairs more, whose mentees answer."""
    for _ in range(people):
        match = MatchFactory(mentee=EnrollmentFactory(cohort=cohort, country="KE"))
        OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=INTRO)
        sweep_checkins(ASKED)
        checkin = CheckIn.objects.get(match=match, side="mentee")
        question = checkin.wave.survey.questions.get(key="have-met")
        save_answers(checkin=checkin, answers={question.pk: met}, now=ASKED)


def test_who_sees_a_partner_and_its_impact(client, cast):
    for url in (cast.partner.get_absolute_url(), impact_url(cast)):
        for user, status in [
            (cast.contact, 200),
            (cast.owner, 200),
            (cast.viewer, 200),
            (cast.other_contact, 404),
            (cast.stranger, 404),
            (cast.mentor, 404),
            (cast.mentee, 404),
        ]:
            client.force_login(user)
            assert client.get(url).status_code == status, (url, user)
        client.logout()
        assert client.get(url).status_code == 302


def test_a_contact_sees_no_cohort_that_the_partner_does_not_support(client, cast):
    other = CohortFactory(programme=cast.programme)
    client.force_login(cast.contact)
    assert client.get(reverse("partners:impact-detail", args=[cast.partner.slug, other.slug])).status_code == 404


def test_a_contact_sees_nothing_of_others_and_no_notes(client, cast):
    Partner.objects.filter(pk=cast.partner.pk).update(note="They pay late.")
    PartnerFactory(workspace=cast.programme.workspace, name="Rival fund")
    client.force_login(cast.contact)
    for url in (reverse("partners:partner-list"), cast.partner.get_absolute_url(), impact_url(cast)):
        page = client.get(url).content.decode()
        for secret in ("They pay late.", "Rival fund", "Other fund", "mentee@example.org", "Tariq"):
            assert secret not in page, (url, secret)


def test_a_contact_changes_nothing(client, cast):
    client.force_login(cast.contact)
    remove = reverse("partners:sponsorship-delete", args=[cast.partner.slug, cast.sponsorship.pk])
    assert client.post(remove).status_code == 404
    assert client.get(reverse("partners:partner-edit", args=[cast.partner.slug])).status_code == 404
    assert client.get(reverse("partners:partner-create")).status_code == 404
    assert Sponsorship.objects.filter(pk=cast.sponsorship.pk).exists()


def test_coordinators_put_a_partner_on_record(client, cast):
    client.force_login(cast.coordinator)
    client.post(
        reverse("partners:partner-create"), {"programme": cast.programme.pk, "name": "École Ouverte", "official": "on"}
    )
    partner = Partner.objects.get(name="École Ouverte")
    assert (partner.slug, partner.workspace) == ("ecole-ouverte", cast.programme.workspace)
    client.post(
        reverse("partners:contact-invite", args=[partner.slug]), {"full_name": "Lou", "email": "lou@example.org"}
    )
    client.post(
        reverse("partners:sponsorship-create", args=[partner.slug]),
        {"cohort": cast.cohort.pk, "scope": "Rooms", "starts_on": "2027-01-01", "ends_on": "2027-06-30"},
    )
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "Lou" in page
    assert "Rooms" in page
    assert client.post(reverse("partners:partner-edit", args=[partner.slug]), {"name": ""}).status_code == 422


def test_programmes_of_others_are_no_choice(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("partners:partner-create"), {"programme": cast.other_cohort.programme.pk, "name": "Sneaky"}
    )
    assert answer.status_code == 422
    assert not Partner.objects.filter(name="Sneaky").exists()


def test_what_a_partner_supports_is_of_its_own_programme_and_said_once(cast):
    said = {"scope": "x", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 2, 1), "by": cast.owner}
    with pytest.raises(ServiceError, match="another programme"):
        add_sponsorship(partner=cast.partner, cohort=cast.other_cohort, **said)
    with pytest.raises(ServiceError, match="already"):
        add_sponsorship(partner=cast.partner, cohort=cast.cohort, **said)


def test_partners_of_one_name_get_addresses_of_their_own(cast):
    made = [create_partner(workspace=cast.programme.workspace, name="新しい", by=None).slug for _ in range(3)]
    assert made == ["partner", "partner-2", "partner-3"]
    assert create_partner(workspace=cast.programme.workspace, name="New", by=None).slug == "new-partner"


def test_an_invitation_is_one_mail_and_leaving_ends_access(client, cast):
    for _ in range(2):
        contact = invite_contact(partner=cast.partner, email="Lou@example.org", full_name="Lou", by=cast.owner)
    assert OutboxMessage.objects.filter(kind="invitation", to=["lou@example.org"]).count() == 1
    client.force_login(contact.user)
    assert client.get(impact_url(cast)).status_code == 200
    delete_contact(contact=contact, by=cast.owner)
    assert client.get(impact_url(cast)).status_code == 404


def test_the_figures_are_what_a_hand_count_gives(cast):
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
        "teams": 1,
        "matches": 6,
        "people": 23,
        "countries": 3,
        "graduates": 1,
    }
    assert found.continent_rows("people") == [(NOT_SAID, 10), ("Africa", 7), (MERGED, 6)]
    assert (found.so_far, found.graduates_rate) == (True, None)


def test_of_mentors_those_took_part_in_training_who_came_or_of_whom_nobody_noted_it(cast):
    cohort = CohortFactory()
    session = new_session(cohort, seats=50)
    noted = ((5, "booked", True), (1, "booked", None), (6, "booked", False), (1, "came", None))
    for number, status, attended in noted:
        for mentor in mentors(cohort, number):
            session.bookings.create(enrollment=mentor, status=status, attended=attended)
    call = new_session(cohort, kind="call", training="Call", provider="")
    call.bookings.create(enrollment=mentor, attended=True)
    assert cohort_impact(cohort).rows("mentors:training") == [("took part in a training", 6), ("did not", 7)]


def test_few_are_told_in_no_figure(cast):
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


def test_projects_are_told_unless_they_make_few_people(cast):
    for _ in range(12):
        EnrollmentFactory(cohort=cast.cohort)
    team = EnrollmentFactory(cohort=cast.cohort)
    team.members.create(user=UserFactory())
    found = cohort_impact(cast.cohort)
    assert "projects" not in found.numbers  # fifteen mentees less fourteen projects is one member of a team
    assert found.about_projects == 15
    for _ in range(4):
        team.members.create(user=UserFactory())
    assert cohort_impact(cast.cohort).numbers["projects"] == 14


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_check_ins_are_told_from_five_people_on(client, cast, people, shown):
    answer(cast.cohort, people=people)
    for _ in range(6):
        EnrollmentFactory(cohort=cast.cohort)
    client.force_login(cast.contact)
    page = client.get(impact_url(cast)).content.decode()
    assert ("Have you met?" in page) is shown
    assert ("Who answered (mentees" in page) is shown


def test_few_among_many_are_not_told_apart(cast):
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


def test_waves_stand_in_the_order_of_their_days_and_side_by_side(cast):
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


def test_an_empty_cohort_says_so(client, cast):
    empty = CohortFactory(programme=cast.programme)
    SponsorshipFactory(partner=cast.partner, cohort=empty)
    client.force_login(cast.contact)
    page = client.get(reverse("partners:impact-detail", args=[cast.partner.slug, empty.slug]))
    assert "has not begun" in page.content.decode()


def test_the_pages_cost_the_same_for_one_and_for_many(client, cast, django_assert_max_num_queries):
    client.force_login(cast.contact)
    for _ in range(2):
        answer(cast.cohort, people=4)
        with django_assert_max_num_queries(32):
            client.get(impact_url(cast))
    client.force_login(cast.coordinator)
    for _ in range(2):
        for _ in range(5):
            SponsorshipFactory(partner=PartnerFactory(workspace=cast.programme.workspace), cohort=cast.cohort)
        with django_assert_max_num_queries(15):
            client.get(reverse("partners:partner-list"))
