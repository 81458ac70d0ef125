"""The first page of each role, and the health page."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.leaving import leave_team
from cohorts.models import Cohort, Criterion
from matching.models import Match
from matching.pairs.services import create_note, propose_goal
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    TopicFactory,
    UserFactory,
)
from mentorship.devtools.testing.pages import words_in
from training.tests.slots import book, new_session

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_the_open_cohorts_only(client, cast):
    closes = timezone.now() + timedelta(days=9)
    CohortFactory(name="Open one", programme=cast.programme, signup_closes_at=closes, time_zone="Africa/Nairobi")
    CohortFactory(name="Secret draft", programme=cast.programme, status="draft")
    CohortFactory(name="Closed one", programme=cast.programme, signup_closes_at=timezone.now())
    page = words_in(client.get("/"))
    assert "Open one" in page
    assert "Secret draft" not in page
    assert "Closed one" not in page
    # Nothing is known of where a visitor is, so the time is on the clock of the round.
    assert f"{closes.astimezone(ZoneInfo('Africa/Nairobi')):%H:%M} in Nairobi (UTC+3)" in page


def test_today_counts_what_its_links_list(client, cast):
    for _ in range(3):
        EnrollmentFactory(cohort=cast.cohort, status="applied")
    EnrollmentFactory(cohort=cast.cohort)
    MessageFactory(workspace=cast.programme.workspace, status="failed")
    MessageFactory(status="failed")
    client.force_login(cast.coordinator)
    page = client.get("/", {"cohort": cast.cohort.slug})
    for need in page.context["needs"]:
        listed = client.get(need.url)
        assert listed.status_code == 200, need
        if "page_obj" in listed.context:
            assert listed.context["page_obj"].paginator.count == need.number, need
    assert {n.title: n.number for n in page.context["needs"]} == {
        "Messages that failed": 1,
        "Sign-ups awaiting a decision": 3,
        "Mentees without a match": 1,
    }
    for _label, number, url in page.context["funnel"]:
        listed = client.get(url)
        assert listed.status_code == 200, url
        if "page_obj" in listed.context:
            assert listed.context["page_obj"].paginator.count == number, url


@pytest.mark.parametrize("status", ["failed", "cancelled", "skipped"])
def test_today_names_matches_whose_intro_was_never_sent(client, cast, status):
    title = "Matches without an intro"
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status=status, sent_at=None)
    client.force_login(cast.coordinator)
    page = client.get("/", {"cohort": cast.cohort.slug})
    (need,) = [need for need in page.context["needs"] if need.title == title]
    assert [match.pk for match in client.get(need.url).context["page_obj"]] == [cast.match.pk]
    Match.objects.filter(pk=cast.match.pk).update(status="ended")
    assert title not in {need.title for need in client.get("/", {"cohort": cast.cohort.slug}).context["needs"]}


def test_today_shows_supply_beside_demand(client, cast):
    topic = TopicFactory(name="Hydrology")
    topic.enrollments.add(cast.mentee_enrollment, cast.mentor_enrollment)
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="matching")
    client.force_login(cast.viewer)
    assert client.get("/").context["supply"] == [("Hydrology", 1, 1)]


def test_today_without_a_cohort_says_what_to_do(client, cast):
    Cohort.objects.update(status="archived")
    client.force_login(cast.coordinator)
    assert "No active cohort" in client.get("/").content.decode()


def test_today_is_quick_with_many(client, cast, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    for _ in range(2):
        EnrollmentFactory.create_batch(10, cohort=cast.cohort)
        with django_assert_max_num_queries(46):
            client.get("/")


def test_a_participant_sees_their_own_things(client, cast):
    EnrollmentFactory(cohort=cast.cohort, title="Somebody else's project")
    client.force_login(cast.mentee)
    page = client.get("/").content.decode()
    assert "Soil maps" in page
    assert "Mona" in page
    assert "Somebody else" not in page


def test_a_partner_contact_lands_on_their_partner(client, cast):
    client.force_login(cast.contact)
    assert client.get("/").url == cast.partner.get_absolute_url()


def test_a_new_coordinator_is_told_what_to_do(client):
    client.force_login(UserFactory())
    assert "Ask the programme" in client.get("/").content.decode()


def test_a_profile_is_saved_and_sets_the_clock(client, cast):
    client.force_login(cast.mentor)
    assert client.post("/profile/", {"full_name": "Mona", "time_zone": "Nowhere/Land"}).status_code == 422
    assert client.post("/profile/", {"full_name": "Mona", "time_zone": "Asia/Kathmandu"}).status_code == 302
    cast.mentor.refresh_from_db()
    assert cast.mentor.time_zone == "Asia/Kathmandu"


def test_pages_forbid_inline_scripts_and_other_hosts(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_the_home_page_lists_what_a_participant_has_to_do(client, cast):
    offered = EnrollmentFactory(cohort=cast.cohort, user=cast.mentor, role="mentee", title="Bird songs")
    client.force_login(cast.mentor)
    assert client.get("/").context["asks"] == []
    offered.offer_expires_at = timezone.now() + timedelta(days=2)
    offered.save()
    propose_goal(match=cast.match, text="A talk in May", by=cast.mentee)
    page = client.get("/")
    assert [ask.title for ask in page.context["asks"]] == [
        "Your place in Seeds 9",
        "A goal for you to agree to",
    ]
    goal = page.context["asks"][1].url
    assert goal == f"/my/matches/{cast.match.pk}/#goals"
    assert "A talk in May" in client.get(goal).content.decode()
    assert "2 things to do" in words_in(page)
    client.force_login(cast.mentee)
    assert client.get("/").context["asks"] == []  # who proposed it waits for the other side


def test_today_tells_of_people_who_left(client, cast):
    member = cast.mentee_enrollment.members.create(user=UserFactory()).user
    leave_team(enrollment=cast.mentee_enrollment, member=member)
    client.force_login(cast.coordinator)
    need = next(need for need in client.get("/").context["needs"] if need.title == "People who left")
    assert need.number == 1
    assert list(client.get(need.url).context["page_obj"]) == [cast.mentee_enrollment]


def test_today_names_mentors_without_a_slot(client, cast):
    client.force_login(cast.coordinator)
    titles = [need.title for need in client.get("/").context["needs"]]
    assert "Mentors without a training slot" not in titles  # there is none that they could take
    session = new_session(cast.cohort)
    need = next(n for n in client.get("/").context["needs"] if n.title == "Mentors without a training slot")
    assert need.number == 1
    book(session, cast.mentor_enrollment)
    assert "Mentors without a training slot" not in [n.title for n in client.get("/").context["needs"]]


def test_an_operator_without_a_role_is_told_how_to_get_into_a_team(client, cast):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = words_in(client.get("/", follow=True).content.decode())
    assert "You’re not in the team of any programme here" in page
    assert cast.programme.name not in page


def test_the_home_page_lists_the_rounds_that_one_could_join(client, cast):
    CohortFactory(name="Open one", slug="open-one", programme=cast.programme)
    joined = CohortFactory(name="Joined one", slug="joined-one", programme=cast.programme)
    CohortFactory(name="Secret draft", programme=cast.programme, status="draft")
    EnrollmentFactory(cohort=joined, user=cast.mentee, role="mentor", status="applied")
    client.force_login(cast.mentee)
    page = client.get("/").content.decode()
    assert 'href="/join/open-one/mentor/"' in page
    assert 'href="/join/open-one/mentee/"' in page
    assert "/join/joined-one/" not in page
    assert "Secret draft" not in page


def test_a_graduate_finds_past_matches_with_goals_and_notes(client, cast):
    propose_goal(match=cast.match, text="A talk in May", by=cast.mentee)
    create_note(match=cast.match, text="We met on the bridge.", met_on=timezone.localdate(), by=cast.mentee)
    Match.objects.filter(pk=cast.match.pk).update(status="graduated")
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="completed")
    client.force_login(cast.mentee)
    page = client.get("/").content.decode()
    assert "Past matches" in page
    link = f'href="/my/matches/{cast.match.pk}/"'
    assert link in page
    pair = client.get(f"/my/matches/{cast.match.pk}/").content.decode()
    assert "A talk in May" in pair
    assert "We met on the bridge." in pair


def test_one_figure_is_the_same_on_today_the_cohort_the_programme_and_the_review(client, cast):
    cohort = cast.cohort
    Criterion.objects.create(cohort=cohort, name="Readiness")
    EnrollmentFactory.create_batch(2, cohort=cohort, role="mentee", status="applied")
    EnrollmentFactory.create_batch(3, cohort=cohort, role="mentor", status="applied")
    EnrollmentFactory(cohort=cohort, role="mentee", status="waitlisted")
    EnrollmentFactory(cohort=cohort, role="mentee", status="completed")
    client.force_login(cast.coordinator)
    today = client.get("/", {"cohort": cohort.slug}).context
    needs = {need.title: need.number for need in today["needs"]}
    funnel = {label: number for label, number, _url in today["funnel"]}
    assert (needs["Sign-ups awaiting a decision"], needs["Applications for you to review"]) == (5, 3)
    assert client.get(reverse("cohorts:review-list", args=[cohort.slug])).context["todo"] == 3
    figures = {}
    for row in client.get(cohort.get_absolute_url()).context["counts"]:
        for figure, number, url in row["figures"]:
            assert client.get(url).context["page_obj"].paginator.count == number, url
            figures[figure.label] = figures.get(figure.label, 0) + number
    assert figures["Awaiting a decision"] == needs["Sign-ups awaiting a decision"]
    shown = client.get(cast.programme.get_absolute_url()).context["cohorts"].get(pk=cohort.pk)
    assert (shown.signups, shown.in_it) == (figures["Signed up"], figures["Accepted"])
    assert (funnel["Signed up"], funnel["Accepted"]) == (shown.signups, shown.in_it)


def test_a_pair_counts_as_introduced_once_the_introduction_was_sent(client, cast):
    sent, waiting, ended = (MatchFactory(mentee__cohort=cast.cohort, mentor__cohort=cast.cohort) for _ in range(3))
    OutboxMessage.objects.filter(pk=waiting.intro_id).update(status="queued", sent_at=None)
    Match.objects.filter(pk=ended.pk).update(status="ended")
    client.force_login(cast.coordinator)
    funnel = {label: (number, url) for label, number, url in client.get("/").context["funnel"]}
    assert (funnel["Matches"][0], funnel["Introduced"][0]) == (3, 1)
    assert [match.pk for match in client.get(funnel["Introduced"][1]).context["page_obj"]] == [sent.pk]
    listed = client.get(funnel["Matches"][1]).context["page_obj"]
    assert {match.pk for match in listed} == {sent.pk, waiting.pk, cast.match.pk}
    assert waiting.get_status_display() == "matched"


def test_roles_have_the_programmes_own_words(client, cast, django_assert_max_num_queries):
    cast.programme.mentee_label, cast.programme.mentor_label = "project lead", "guide"
    cast.programme.save()
    EnrollmentFactory.create_batch(8, cohort=cast.cohort, role="mentee")
    client.force_login(cast.mentee)
    assert "Project lead in Seeds 9" in words_in(client.get("/"))
    client.force_login(cast.coordinator)
    found = []
    for view, args in (
        ("cohorts:people-list", []),
        ("cohorts:question-create", ["mentee"]),
        ("cohorts:waitlist-edit", ["mentee"]),
        ("cohorts:signup-form-edit", ["mentee"]),
        ("training:session-list", []),
    ):
        with django_assert_max_num_queries(60):
            page = words_in(client.get(reverse(view, args=[cast.cohort.slug, *args])))
        said = re.findall(r"(?<=>)[^<>]*\b[Mm]ent(?:ee|or)s?\b(?!@)[^<>]*(?=<)", page)
        found += [(view, text) for text in said]
    assert found == []
    assert "Project leads without a match" in [need.title for need in client.get("/").context["needs"]]


def test_whoever_gave_no_name_is_asked_for_it(client, cast):
    cast.mentee.full_name = ""
    cast.mentee.save()
    client.force_login(cast.mentee)
    page = client.get("/").content.decode()
    assert "Add your name" in page
    assert "Hello participant" in page
