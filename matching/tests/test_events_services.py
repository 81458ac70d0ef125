"""Speed mentoring: seats, invitations, the day itself, and the wishes afterwards."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from matching.events.day.event_day import advance_event_round, plan_tables
from matching.events.links import EVENT_LINK
from matching.events.services import answer_invitation, invite_to_event
from matching.events.sweep import sweep_events
from matching.groups.links import CHOICE_LINK
from matching.models import SpeedEvent
from matching.tests.speed_events import all_come, an_event, path_of, people, spring, status_of, url
from mentorship.core.errors import ServiceError
from mentorship.core.links import TOKEN, meaning_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = pytest.mark.usefixtures("before_the_event")


@pytest.fixture
def cohort(cast):
    return spring(cast)


# Seats


def test_seats_are_never_oversold_and_a_freed_one_goes_to_the_first_on_the_waitlist(event):
    SpeedEvent.objects.update(seats=2)
    (first, second, third, fourth), _ = people(event.cohort, 4)
    for one in (first, second, fourth, third):
        answer_invitation(event=event, enrollment=one, coming=True, by=None)
    assert [status_of(event, e) for e in (first, second, fourth, third)] == ["coming", "coming", "waiting", "waiting"]
    answer_invitation(event=event, enrollment=first, coming=False, by=None)
    assert (status_of(event, fourth), status_of(event, third)) == ("coming", "waiting")
    mail = OutboxMessage.objects.get(kind="event", subject__startswith="You have a seat", to=[fourth.user.email])
    assert mail.to == [fourth.user.email]
    assert "A seat has become free" in mail.full_text
    assert "Tuesday 2 March, 21:45 (Kathmandu), 17:00 your time (Berlin)" in mail.subject + mail.full_text


def test_mentees_and_mentors_have_seats_of_their_own(event):
    SpeedEvent.objects.update(seats=1, tables=1)
    (mentee,), mentors = people(event.cohort, 1, 2)
    all_come(event, [mentee], mentors)
    assert [status_of(event, e) for e in (mentee, *mentors)] == ["coming", "coming", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_answers_take_the_last_seat_once():
    event = an_event(CohortFactory(status="running"), seats=1)
    two, _ = people(event.cohort, 2)
    start = threading.Barrier(2)

    def come(enrollment):
        start.wait()
        try:
            answer_invitation(event=event, enrollment=enrollment, coming=True, by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=[one]) for one in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.rsvps.values_list("status", flat=True)) == ["coming", "waiting"]


def test_extra_seats_go_to_the_waitlist_and_too_few_are_refused(client, cast, event):
    SpeedEvent.objects.update(seats=1)
    two, _ = people(event.cohort, 2)
    all_come(event, two, [])
    client.force_login(cast.coordinator)
    form = {"name": "Speed mentoring", "starts_at": "2027-03-02T16:00", "rounds": 3, "minutes": 10, "tables": 4}
    page = client.post(url("event-edit", event), {**form, "seats": 2})
    assert "2 people get an email." in page.content.decode()
    assert status_of(event, two[1]) == "waiting"
    client.post(url("event-edit", event), {**form, "seats": 2, "confirmed": "yes"})
    assert status_of(event, two[1]) == "coming"
    page = client.post(url("event-edit", event), {**form, "seats": 1})
    assert page.status_code == 422
    assert "2 mentees are coming already" in page.content.decode()
    assert SpeedEvent.objects.get().seats == 2


def test_nobody_can_come_in_two_roles(event):
    user = UserFactory()
    one, other = (EnrollmentFactory(cohort=event.cohort, user=user, role=role) for role in ("mentor", "mentee"))
    answer_invitation(event=event, enrollment=one, coming=True, by=None)
    with pytest.raises(ServiceError, match="already coming as a mentor"):
        answer_invitation(event=event, enrollment=other, coming=True, by=None)


def test_who_is_not_in_the_cohort_can_not_come(event):
    applied = EnrollmentFactory(cohort=event.cohort, status="applied")
    with pytest.raises(ServiceError, match="in the cohort"):
        answer_invitation(event=event, enrollment=applied, coming=True, by=None)
    with pytest.raises(ServiceError, match="in the cohort"):
        answer_invitation(event=event, enrollment=EnrollmentFactory(), coming=True, by=None)
    assert not event.rsvps.exists()


# Answers by link and page


def test_an_invitation_goes_once_to_everybody_who_has_not_answered(client, cast, event):
    mentees, mentors = people(event.cohort, 2, 1)
    EnrollmentFactory(cohort=event.cohort, status="withdrawn")
    answer_invitation(event=event, enrollment=mentees[0], coming=False, by=None)
    client.force_login(cast.coordinator)
    page = client.post(url("event-do", event), {"do": "invite"}).text
    assert "2 people get an email." in page
    assert not OutboxMessage.objects.filter(kind="event").exists()
    for _ in range(2):
        client.post(url("event-do", event), {"do": "invite", "confirmed": "yes"})
    asked = OutboxMessage.objects.filter(kind="event")
    assert {tuple(m.to) for m in asked} == {(mentees[1].user.email,), (mentors[0].user.email,)}
    links = {meaning_of(token) for mail in asked for token in TOKEN.findall(mail.full_text)}
    assert {(EVENT_LINK, (event.pk, one.pk)) for one in (mentees[1], mentors[0])} <= links


def test_opening_the_invitation_records_nothing_and_one_click_answers(client, event):
    (mentee,), _ = people(event.cohort, 1)
    path = path_of(EVENT_LINK.url(event.pk, mentee.pk))
    assert "Yes, I’ll take part" in client.get(path).content.decode()
    client.post(path)  # the button without a choice
    assert not event.rsvps.exists()
    assert "You have a seat" in client.post(path, {"do": "come"}, follow=True).content.decode()
    assert status_of(event, mentee) == "coming"
    client.post(path, {"do": "not"})
    assert status_of(event, mentee) == "not_coming"


def test_a_changed_link_is_refused(client, event):
    (mentee,), _ = people(event.cohort, 1)
    path = path_of(EVENT_LINK.url(event.pk, mentee.pk))
    assert client.get(path[:-4] + "aaa/").status_code == 404
    groups = path_of(CHOICE_LINK.url(mentee.pk)).split("/")[-2]
    assert client.get(reverse("matching:event-answer", args=[groups])).status_code == 404
    mentee.status = "withdrawn"
    mentee.save()
    assert client.post(path, {"do": "come"}).status_code == 404


def test_people_answer_on_their_own_page_too_and_strangers_do_not(client, event):
    (mentee,), _ = people(event.cohort, 1)
    own = reverse("matching:my-event", args=[event.pk])
    client.force_login(mentee.user)
    client.post(own, {"do": "come"})
    assert status_of(event, mentee) == "coming"
    client.force_login(UserFactory())
    assert client.get(own).status_code == 404


def test_answers_are_refused_after_the_event_has_begun(client, event):
    mentees, mentors = people(event.cohort, 3, 1)
    all_come(event, mentees[:2], mentors)
    plan_tables(event=event, by=None)
    advance_event_round(event=event, seen=0, by=None)
    path = path_of(EVENT_LINK.url(event.pk, mentees[2].pk))
    assert "a seat in the next round" in client.get(path).content.decode()
    assert "has begun" in client.post(path, {"do": "come"}, follow=True).content.decode()
    assert event.rsvps.count() == 3


def test_who_is_in_two_teams_and_a_mentor_gets_one_invitation_with_a_part_for_each(cast, event):
    cohort = event.cohort
    both, friend = UserFactory(full_name="Bo"), UserFactory(full_name="Fia")
    lead = EnrollmentFactory(cohort=cohort, user=both, title="Soil maps")
    other = EnrollmentFactory(cohort=cohort, title="Rivers")
    for person in (both, friend):
        other.members.create(user=person, shares_address=True)
    mentor = EnrollmentFactory(cohort=cohort, user=both, role="mentor")
    number = invite_to_event(event=event, by=cast.coordinator)
    sent = list(OutboxMessage.objects.filter(key__startswith="event-invite:"))
    assert number == len(sent) == 2
    assert {frozenset(message.to) for message in sent} == {
        frozenset([both.email]),
        frozenset([friend.email, other.user.email]),
    }
    (theirs,) = [message for message in sent if message.to == [both.email]]
    for one, words in ((lead, "With “Soil maps”:"), (other, "With “Rivers”:"), (mentor, "As mentor:")):
        assert f"{words}\n{without_signatures(EVENT_LINK.url(event.pk, one.pk))}" in without_signatures(
            theirs.full_text
        )
    assert "Dear Bo" in theirs.full_text
    assert invite_to_event(event=event, by=cast.coordinator) == 0
    with time_machine.travel(event.starts_at - timedelta(days=2), tick=False):
        sweep_events(timezone.now())
        nudges = OutboxMessage.objects.filter(key__startswith="event-nudge:")
        assert nudges.count() == 2
        sweep_events(timezone.now())
        assert nudges.count() == 2


def test_who_comes_in_one_role_is_not_asked_again_about_the_other(cast, event):
    person = UserFactory()
    mentor = EnrollmentFactory(cohort=event.cohort, user=person, role="mentor")
    EnrollmentFactory(cohort=event.cohort, user=person, title="Soil maps")
    assert invite_to_event(event=event, by=cast.coordinator) == 1
    answer_invitation(event=event, enrollment=mentor, coming=True, by=person)
    with time_machine.travel(event.starts_at - timedelta(days=2), tick=False):
        sweep_events(timezone.now())
    assert not OutboxMessage.objects.filter(key__startswith="event-nudge:").exists()
