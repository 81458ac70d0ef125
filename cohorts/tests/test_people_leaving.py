"""Coordinators withdraw people at their request, and remove people."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.leaving import come_back, remove, withdraw_at_request
from cohorts.enrollment.services import decide_enrollments, set_enrollment_status
from cohorts.models import Cohort, Enrollment
from matching.events.sweep import sweep_events
from matching.models import SpeedEvent
from matching.rematch.services import sweep_matches_left_behind
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


def url(cast, what, enrollment):
    return reverse(f"cohorts:enrollment-{what}", args=[cast.cohort.slug, enrollment.pk])


def mails_to(person):
    return list(OutboxMessage.objects.filter(to=[person.email]).order_by("created_at"))


@pytest.fixture(autouse=True)
def introduced(cast):
    """The pair of the cast has been introduced."""
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=timezone.now())


@pytest.fixture
def busy_mentor(cast):
    """A mentor with two matches, a seat at an event, and nothing else."""
    MatchFactory(
        mentee=EnrollmentFactory(cohort=cast.cohort, user__full_name="Zoe Ndlovu"), mentor=cast.mentor_enrollment
    )
    event = SpeedEvent.objects.create(
        cohort=cast.cohort,
        name="Meet everybody",
        starts_at=timezone.now() + timezone.timedelta(days=3),
        tables=5,
        seats=10,
    )
    event.rsvps.create(enrollment=cast.mentor_enrollment, status="coming")
    return cast.mentor_enrollment


def test_the_page_names_every_match_seat_and_mail_before_anything_happens(client, cast, busy_mentor):
    client.force_login(cast.coordinator)
    page = words_in(client.get(url(cast, "withdraw", busy_mentor)))
    for words in ("Match with Tariq Anwar (“Soil maps”)", "Match with Zoe Ndlovu", "Seat at Meet everybody"):
        assert words in page
    assert "As you asked, we have withdrawn you from Seeds 9 of Open Seeds." in page
    page = words_in(
        client.post(url(cast, "withdraw", busy_mentor), {"preview": "1", "reason": "x", "message": "Good luck!"})
    )
    assert "Good luck!" in page
    busy_mentor.refresh_from_db()
    assert busy_mentor.status == "accepted"
    assert not OutboxMessage.objects.filter(kind="leaving").exists()


def test_a_mentor_who_asks_to_leave_is_told_the_truth_and_so_are_the_mentees(client, cast, busy_mentor):
    client.force_login(cast.coordinator)
    said = {"reason": "A new job in Lima", "message": "", "mail": "on"}
    for _ in range(2):  # a double click
        client.post(url(cast, "withdraw", busy_mentor), said)
    sweep_matches_left_behind(timezone.now())
    busy_mentor.refresh_from_db()
    assert (busy_mentor.status, busy_mentor.departure) == ("withdrawn", "at_request")
    (mail,) = mails_to(cast.mentor)
    assert mail.subject == "You have withdrawn from Seeds 9"
    assert "- Match with Tariq Anwar" in mail.full_text
    assert "more applications than places" not in mail.full_text
    assert not OutboxMessage.objects.filter(body_text__contains="Lima").exists()
    assert "has ended" in mails_to(cast.mentee)[-1].subject
    assert history_of(busy_mentor).first().data["reason"] == "A new job in Lima"


def test_removing_needs_a_reason_and_says_so_beside_the_field(client, cast, busy_mentor):
    client.force_login(cast.coordinator)
    answer = client.post(url(cast, "remove", busy_mentor), {"reason": " ", "message": "Kept words.", "mail": "on"})
    assert answer.status_code == 422
    assert "Enter the reason" in answer.content.decode()
    assert "Kept words." in answer.content.decode()
    busy_mentor.refresh_from_db()
    assert busy_mentor.status == "accepted"


def test_whoever_is_removed_is_told_so_and_cannot_come_back_alone(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="matching")
    team = EnrollmentFactory(cohort=cast.cohort, title="Tides")
    bo = team.members.create(user=UserFactory(full_name="Bo")).user
    client.force_login(cast.coordinator)
    client.post(
        url(cast, "remove", team), {"reason": "Never answered", "message": "We wrote to you three times.", "mail": "on"}
    )
    team = Enrollment.objects.get(pk=team.pk)
    assert (team.status, team.get_status_display()) == ("withdrawn", "removed")
    for person in (team.user, bo):
        (mail,) = mails_to(person)
        assert mail.subject == "You are no longer taking part in Seeds 9"
        assert "We wrote to you three times." in mail.full_text
        assert "Never answered" not in mail.full_text
    with pytest.raises(ServiceError, match="too late"):
        come_back(enrollment=team, by=team.user)
    client.force_login(team.user)
    page = words_in(client.get(reverse("cohorts:my-place-detail", args=[team.pk])))
    assert "ended your participation" in page
    assert "Come back" not in page
    assert history_of(team).first().verb == "removed"
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    page = words_in(client.get(reverse("cohorts:signup-create", args=[cast.cohort.slug, "mentee"]), follow=True))
    assert "You are no longer taking part." in page


def test_without_mail_nobody_but_the_other_side_of_a_match_is_told(cast):
    withdraw_at_request(enrollment=cast.mentor_enrollment, by=cast.coordinator, reason="Asked by phone", mail=False)
    sweep_matches_left_behind(timezone.now())
    assert not OutboxMessage.objects.filter(kind="leaving").exists()
    assert mails_to(cast.mentee)


@pytest.mark.parametrize("to", ["declined", "waitlisted"])
def test_somebody_with_a_match_is_neither_declined_nor_waitlisted(client, cast, to):
    client.force_login(cast.coordinator)
    page = words_in(client.get(cast.mentor_enrollment.get_absolute_url()))
    assert f'name="to" value="{to}"' not in page
    assert "Withdraw at their request" in page
    data = {"pk": [cast.mentor_enrollment.pk], "to": to, "mail": "on"}
    preview = words_in(
        client.post(reverse("cohorts:enrollment-decide", args=[cast.cohort.slug]), {**data, "preview": "1"})
    )
    assert "Has a place: withdraw or remove them on their page." in preview
    client.post(reverse("cohorts:enrollment-decide", args=[cast.cohort.slug]), data)
    cast.mentor_enrollment.refresh_from_db()
    assert cast.mentor_enrollment.status == "accepted"
    assert not OutboxMessage.objects.filter(kind="decision").exists()


def test_an_accepted_person_with_nothing_running_can_be_waitlisted_but_never_declined(cast):
    one = EnrollmentFactory(cohort=cast.cohort)
    _, ((_, why),) = decide_enrollments(enrollments=[one], to="declined", by=cast.coordinator)
    assert "Withdraw or remove them" in why
    assert set_enrollment_status(enrollment=one, to="waitlisted", by=cast.coordinator).status == "waitlisted"


def test_only_people_with_a_place_are_removed_and_only_by_those_who_may_edit(client, cast):
    applied = EnrollmentFactory(cohort=cast.cohort, status="applied")
    with pytest.raises(ServiceError, match="Decline the application instead"):
        remove(enrollment=applied, by=cast.coordinator, reason="x")
    client.force_login(cast.coordinator)
    assert client.get(url(cast, "remove", applied)).status_code == 404
    assert client.get(url(cast, "withdraw", applied)).status_code == 200
    for person in (cast.viewer, cast.stranger, cast.mentor):
        client.force_login(person)
        for what in ("withdraw", "remove"):
            assert client.get(url(cast, what, cast.mentor_enrollment)).status_code == 404
            assert client.post(url(cast, what, cast.mentor_enrollment), {"reason": "x"}).status_code == 404
    assert Enrollment.objects.get(pk=cast.mentor_enrollment.pk).status == "accepted"


def test_the_seat_of_somebody_who_left_goes_to_the_next_at_the_event(cast, busy_mentor):
    event = SpeedEvent.objects.get()
    SpeedEvent.objects.update(tables=1)
    next_one = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    event.rsvps.create(enrollment=next_one, status="waiting")
    withdraw_at_request(enrollment=busy_mentor, by=cast.coordinator, reason="Asked")
    sweep_events(timezone.now())
    assert dict(event.rsvps.values_list("enrollment", "status")) == {
        busy_mentor.pk: "not_coming",
        next_one.pk: "coming",
    }
    seat = OutboxMessage.objects.get(key__startswith="event-place")
    assert seat.to == [next_one.user.email]
