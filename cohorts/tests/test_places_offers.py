"""Seats, offers, the waitlist, and leaving."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment import links as enrollment_links
from cohorts.enrollment.leaving import withdraw
from cohorts.enrollment.seats import free_seats
from cohorts.enrollment.services import decide_enrollments, lock_enrollment, set_enrollment_status
from cohorts.models import Cohort, CohortDate, Enrollment, Programme
from cohorts.places import sweep
from cohorts.places.schedule import offer_steps
from cohorts.places.services import accept_offer, offer_places, waitlist_of
from cohorts.places.sweep import sweep_offers
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.links import without_signatures
from mentorship.devtools.testing.pages import words_in

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def cohort(db):
    return CohortFactory(
        status="matching",
        time_zone="Asia/Kathmandu",
        mentee_seats=2,
        offer_days=5,
        fill_from_waitlist=True,
        starts_on=date(2027, 2, 1),
    )


def applicants(cohort, number, **fields):
    return [EnrollmentFactory(cohort=cohort, status="applied", **fields) for _ in range(number)]


def accept(*enrollments):
    return decide_enrollments(enrollments=enrollments, to="accepted", by=None)


def path(enrollment):
    return enrollment_links.place_link(enrollment.pk, enrollment.user_id).removeprefix("http://127.0.0.1:8000")


def subjects(enrollment):
    messages = OutboxMessage.objects.filter(to=[enrollment.user.email]).order_by("created_at")
    return [m.subject for m in messages]


def test_seats_are_never_oversold_and_people_left_out_are_reported(cohort):
    three = applicants(cohort, 3)
    decided, left = accept(*three)
    assert decided == three[:2]
    assert [(e, "All 2 seats for mentees are taken" in why) for e, why in left] == [(three[2], True)]
    assert free_seats(cohort, "mentee") == 0
    assert free_seats(cohort, "mentor") is None


def test_completing_by_mistake_is_undone_even_where_all_seats_are_taken(cohort):
    first, second = applicants(cohort, 2)
    accept(first, second)
    set_enrollment_status(enrollment=first, to="completed", by=None)
    assert set_enrollment_status(enrollment=first, to="accepted", by=None).status == "accepted"


def test_a_group_has_seats_of_its_own(cohort):
    group = cohort.groups.create(name="West", slug="west", seats=1)
    first, second = applicants(cohort, 2, group=group)
    assert accept(first, second)[0] == [first]


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_do_not_oversell_a_seat():
    cohort = CohortFactory(status="matching", mentee_seats=1)
    two = applicants(cohort, 2)
    start, outcomes = threading.Barrier(2), []

    def decide(enrollment):
        start.wait()
        try:
            outcomes.append(bool(accept(enrollment)[0]))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[one]) for one in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    assert cohort.enrollments.occupying_place().count() == 1


@time_machine.travel(NOW, tick=False)
def test_an_offer_demands_an_answer_by_the_end_of_a_day_in_the_cohorts_zone(cohort):
    (one,) = applicants(cohort, 1)
    accept(one)
    one.refresh_from_db()
    assert one.offer_is_open
    assert one.offer_expires_at == datetime(2026, 12, 6, 18, 14, tzinfo=UTC)  # 23:59 in Kathmandu
    message = OutboxMessage.objects.get(kind="decision")
    assert message.subject == f"Please answer by 6 December: your place in {cohort}"
    assert "Sunday 6 December, 23:59 (Kathmandu)" in message.full_text
    assert without_signatures(enrollment_links.place_link(one.pk, one.user_id)) in without_signatures(message.full_text)


def test_viewing_an_offer_changes_nothing_and_accepting_twice_accepts_once(client, cohort):
    (one,) = applicants(cohort, 1)
    accept(one)
    assert "Yes, I’ll take part" in client.get(path(one)).content.decode()
    client.post(path(one))  # the button without a choice
    one.refresh_from_db()
    assert one.confirmed_at is None
    for _ in range(2):
        assert "your place is yours" in client.post(path(one), {"do": "accept"}, follow=True).content.decode().lower()
    one.refresh_from_db()
    assert one.confirmed_at
    assert history_of(one).filter(verb="accepted the offer").count() == 1


def test_declining_gives_the_place_to_the_next_in_order(client, cohort):
    first, second, third, fourth = applicants(cohort, 4)
    accept(first, second)
    for waiting in (fourth, third):
        set_enrollment_status(enrollment=waiting, to="waitlisted", by=None)
    assert list(waitlist_of(cohort, "mentee")) == [fourth, third]
    client.post(path(first) + "leave/", {"how": "withdraw", "reason": "A new job"})
    first.refresh_from_db()
    fourth.refresh_from_db()
    assert (first.status, fourth.status, fourth.offer_is_open) == ("withdrawn", "accepted", True)
    assert history_of(first).first().data["reason"] == "A new job"
    assert "A place has become free." in OutboxMessage.objects.get(to=[fourth.user.email]).full_text
    assert [e.pk for e in waitlist_of(cohort, "mentee")] == [third.pk]


def test_no_place_is_passed_on_when_switched_off_or_when_the_cohort_runs(cohort):
    first, second = applicants(cohort, 2)
    accept(first)
    set_enrollment_status(enrollment=second, to="waitlisted", by=None)
    Cohort.objects.update(status="running")
    withdraw(enrollment=first, by=None)
    second.refresh_from_db()
    assert second.status == "waitlisted"


def test_deferring_is_recorded_and_ends_the_public_listing(client, cohort):
    (one,) = applicants(cohort, 1, listed_publicly=True)
    client.post(path(one) + "leave/", {"how": "defer", "reason": "Exams"})
    one.refresh_from_db()
    assert (one.status, one.defers, one.listed_publicly) == ("withdrawn", True, False)
    assert "We’ll write to you when the next one opens" in client.get(path(one)).content.decode()


def test_an_offer_gets_one_reminder_and_lapses_once(cohort):
    with time_machine.travel(NOW, tick=False):
        first, second = applicants(cohort, 2)
        cohort.mentee_seats = 1
        cohort.save()
        accept(first)
        set_enrollment_status(enrollment=second, to="waitlisted", by=None)
    for hours in range(0, 24 * 9, 5):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            sweep_offers(timezone.now())
            sweep_offers(timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert [s.split(":")[0] for s in subjects(first)] == [
        "Please answer by 6 December",
        "Please answer by 6 December",
        f"Your place in {cohort} has gone to the next person",
    ]
    assert first.status == "withdrawn"
    assert history_of(first).filter(verb="made withdrawn").get().data["reason"] == "the offer lapsed"
    assert subjects(second)[0].startswith("Please answer by")


def test_no_reminder_of_an_offer_leaves_on_a_sunday(cohort):
    cohort.offer_days, cohort.time_zone = 7, "Europe/Berlin"
    one = EnrollmentFactory(cohort=cohort)
    one.offer_expires_at = datetime(2027, 3, 9, 22, 59, tzinfo=UTC)  # Tuesday, so that 48 hours before is a Sunday
    reminder, _lapse = offer_steps(one)
    assert reminder.at == datetime(2027, 3, 8, 8, tzinfo=UTC), "nine on Monday in Berlin"
    one.offer_expires_at += timedelta(days=1)
    assert next(offer_steps(one)).at == one.offer_expires_at - timedelta(hours=48)


def test_a_lapsed_offer_gets_no_reminder_after_an_outage(cohort):
    with time_machine.travel(NOW, tick=False):
        (one,) = applicants(cohort, 1)
        accept(one)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        assert sweep_offers(timezone.now()) == 1
        assert sweep_offers(timezone.now()) == 0
    assert len(subjects(one)) == 2


def test_a_lapsed_offer_cannot_be_accepted(client, cohort):
    with time_machine.travel(NOW, tick=False):
        (one,) = applicants(cohort, 1)
        accept(one)
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        sweep_offers(timezone.now())
        with pytest.raises(ServiceError, match="not open any more"):
            accept_offer(enrollment=one, by=None)
        page = client.post(path(one), {"do": "accept"}, follow=True).content.decode()
        assert "not open any more" in page


def test_without_days_to_answer_nobody_has_to_confirm(cohort):
    Cohort.objects.update(offer_days=None)
    (one,) = applicants(Cohort.objects.get(), 1)
    accept(one)
    one.refresh_from_db()
    assert not one.offer_is_open
    assert subjects(one) == [f"You are in: {cohort} of {cohort.programme}"]
    assert sweep_offers(timezone.now() + timedelta(days=90)) == 0


def test_roles_for_returning_are_saved(client, cohort):
    Cohort.objects.update(offer_days=None)
    (one,) = applicants(Cohort.objects.get(), 1)
    assert "I’d come back" not in client.get(path(one)).content.decode()
    Programme.objects.update(mentor_label="guide", mentee_label="project lead")
    accept(one)
    page = words_in(client.get(path(one)))
    assert "> guide </label>" in page
    assert "> project lead </label>" in page
    assert "We introduce you to your match by email." in page
    client.post(path(one), {"do": "back", "roles": ["mentor", "expert"]})
    one.refresh_from_db()
    assert one.comes_back_as == ["expert", "mentor"]
    Programme.objects.update(mentor_label="champion")
    page = client.get(path(one)).content.decode()
    assert "champion" in page.partition("I’d come back as")[2].partition("</form>")[0]


def test_unknown_buttons_and_forged_links_do_nothing(client, cohort):
    (one,) = applicants(cohort, 1)
    assert "Choose an answer first" in client.post(path(one), {"do": "explode"}, follow=True).content.decode()
    assert client.get(path(one)[:-4] + "/").status_code == 404
    assert client.get(reverse("cohorts:my-place-detail", args=[one.pk])).status_code == 302


def test_a_member_of_the_team_sees_their_place_and_a_stranger_does_not(client, cohort, cast):
    (one,) = applicants(cohort, 1)
    one.members.create(user=cast.mentor)
    client.force_login(cast.mentor)
    assert client.get(reverse("cohorts:my-place-detail", args=[one.pk])).status_code == 200
    client.force_login(cast.stranger)
    assert client.get(reverse("cohorts:my-place-detail", args=[one.pk])).status_code == 404


def test_coordinators_reorder_the_waitlist_and_offer_places(client, cast):
    cohort = cast.cohort
    Cohort.objects.filter(pk=cohort.pk).update(mentee_seats=cohort.enrollments.mentees().occupying_place().count() + 1)
    first, second = applicants(cohort, 2)
    for one in (first, second):
        set_enrollment_status(enrollment=one, to="waitlisted", by=None)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:waitlist-edit", args=[cohort.slug, "mentee"])
    assert "1 of" in client.get(url).content.decode()
    client.post(url, {"pk": second.pk, "to": "up"})
    assert [e.pk for e in waitlist_of(cohort, "mentee")] == [second.pk, first.pk]
    page = client.post(url, {"offer": "1", "number": "5"}).content.decode()
    assert "1 person gets an email." in page
    assert Enrollment.objects.get(pk=second.pk).status == "waitlisted"
    page = client.post(url, {"offer": "1", "number": "5", "confirmed": "yes"}, follow=True).content.decode()
    assert "1 got an offer" in page
    assert Enrollment.objects.get(pk=second.pk).status == "accepted"
    assert "No place was offered" in client.post(url, {"offer": "1", "number": "x"}, follow=True).content.decode()
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_offering_more_than_there_are_seats_stops_at_the_seats(cohort, cast):
    three = applicants(cohort, 3)
    for one in three:
        set_enrollment_status(enrollment=one, to="waitlisted", by=None)
    assert offer_places(cohort=cohort, role="mentee", number=3, by=cast.owner) == three[:2]


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"offer_expires_at": NOW + timedelta(days=20)},
        {"confirmed_at": NOW + timedelta(days=6)},
    ],
    ids=["deadline moved", "accepted"],
)
def test_an_offer_that_changes_between_finding_and_locking_does_not_lapse(cohort, monkeypatch, meanwhile):
    (one,) = applicants(cohort, 1)
    with time_machine.travel(NOW, tick=False):
        accept(one)

    def lock_after_a_change(enrollment):
        Enrollment.objects.filter(pk=enrollment.pk).update(**meanwhile)
        return lock_enrollment(enrollment)

    monkeypatch.setattr(sweep, "lock_enrollment", lock_after_a_change)
    assert sweep_offers(NOW + timedelta(days=7)) == 0
    one.refresh_from_db()
    assert one.status == "accepted"
    assert not OutboxMessage.objects.filter(key__startswith="offer-lapsed").exists()


def test_places_are_offered_once_from_a_page_that_is_looked_at_twice(client, cast):
    """Two tabs: what the second one shows is no longer so."""
    cohort = cast.cohort
    people = applicants(cohort, 4)
    for one in people:
        set_enrollment_status(enrollment=one, to="waitlisted", by=None)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:waitlist-edit", args=[cohort.slug, "mentee"])
    assert f'name="first" value="{people[0].pk}"' in client.get(url).content.decode()
    sent = {"offer": "1", "number": "2", "first": people[0].pk, "confirmed": "yes"}
    assert "2 got an offer" in client.post(url, sent, follow=True).content.decode()
    assert "The waitlist has changed since you looked" in client.post(url, sent, follow=True).content.decode()
    assert [e.pk for e in waitlist_of(cohort, "mentee")] == [one.pk for one in people[2:]]


@pytest.mark.django_db
def test_who_is_accepted_before_a_round_begins_sees_what_happens_next(client, cohort):
    CohortDate.objects.create(cohort=cohort, name="Welcome call", on=date(2027, 2, 8), shared=True)
    CohortDate.objects.create(cohort=cohort, name="Team retrospective", on=date(2027, 1, 8), shared=False)
    CohortDate.objects.create(cohort=cohort, name="Final talks", on=date(2027, 5, 8), shared=True)
    one = EnrollmentFactory(cohort=cohort)
    client.force_login(one.user)
    with time_machine.travel(NOW):
        place, home = words_in(client.get(path(one))), words_in(client.get(reverse("home")))
    for page in (place, home):
        assert page.index("What happens next") < page.index("The round begins") < page.index("Welcome call")
        assert "retrospective" not in page
        assert "Final talks" not in page
    with time_machine.travel(datetime(2027, 2, 1, 10, 0, tzinfo=UTC)):
        assert "What happens next" not in words_in(client.get(reverse("home")))
