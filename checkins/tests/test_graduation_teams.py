"""Sessions count towards graduation for each person of a team, whoever of it holds the seat."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.graduation.progress import graduation_progress
from checkins.graduation.services import graduate, save_criterion, set_criterion_met
from checkins.models import Graduation, GraduationCriterion
from mentorship.devtools.testing.factories import UserFactory
from mentorship.devtools.testing.pages import words_in
from training.attendance.services import save_attendance
from training.booking.services import book_seat
from training.models import TrainingSession
from training.sessions.services import create_session

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def calls(cast):
    """Two calls that were, with one seat of the team of three in each; two calls are asked for."""
    save_criterion(
        criterion=GraduationCriterion(cohort=cast.cohort, kind="sessions", name="Two calls", number=2),
        by=cast.coordinator,
    )
    people = {name: UserFactory(full_name=name) for name in ("Bo", "Cy")}
    for user in people.values():
        cast.mentee_enrollment.members.create(user=user)
    found = []
    for n in (1, 2):
        session = create_session(
            cohort=cast.cohort,
            training=f"Call {n}",
            kind="call",
            seats=9,
            by=cast.coordinator,
            starts_at=NOW + timedelta(days=1),
        )
        found.append(book_seat(session=session, enrollment=cast.mentee_enrollment, by=cast.mentee))
        TrainingSession.objects.filter(pk=session.pk).update(starts_at=NOW - timedelta(days=n))
    return found, people


def note(booking, *, lead, members=()):
    save_attendance(
        session=booking.session,
        came=[booking.pk] if lead else [],
        members=[(booking.pk, user.pk) for user in members],
        by=None,
    )


def ready(cast):
    return {str(p.user): p.ready for p in graduation_progress(cast.cohort)}


def test_each_person_has_the_sessions_that_they_came_to(client, cast, calls):
    (one, two), people = calls
    note(one, lead=True, members=people.values())
    note(two, lead=False, members=[people["Bo"]])
    assert ready(cast) == {"Tariq Anwar": False, "Bo": True, "Cy": False}
    client.force_login(cast.coordinator)
    page = reverse("checkins:graduation-list", args=[cast.cohort.slug])
    lines = client.get(page, {"format": "csv"}).content.decode().splitlines()[1:]
    assert {line.split(",")[0]: line.split(",")[3] for line in lines} == {
        "Tariq Anwar": "no",
        "Bo": "yes",
        "Cy": "no",
    }
    of_cy = [cast.cohort.slug, cast.mentee_enrollment.pk, people["Cy"].pk]
    assert "1 attended, 2 asked for" in words_in(client.get(reverse("checkins:graduation-detail", args=of_cy)))
    graduate(enrollment=cast.mentee_enrollment, user=people["Bo"], by=cast.coordinator)
    note(two, lead=True)
    assert ready(cast) == {"Tariq Anwar": True, "Bo": False, "Cy": False}


def test_a_criterion_set_by_hand_overrides_the_computed_one(cast, calls):
    (one, two), people = calls
    for booking in (one, two):
        note(booking, lead=True, members=[people["Bo"]])
    criterion = cast.cohort.graduation_criteria.get()
    for user, met in ((people["Bo"], False), (people["Cy"], True)):
        set_criterion_met(
            criterion=criterion, enrollment=cast.mentee_enrollment, user=user, met=met, by=cast.coordinator
        )
    assert ready(cast) == {"Tariq Anwar": True, "Bo": False, "Cy": True}


def test_one_session_counts_once_and_a_cancelled_one_not_at_all(cast, calls):
    (one, two), people = calls
    own = cast.mentee_enrollment.__class__.objects.create(
        cohort=cast.cohort, user=people["Cy"], role="mentee", status="accepted", title="A project of their own"
    )
    twice = one.session.bookings.create(enrollment=own, status="came", attended=True)
    note(one, lead=True, members=[people["Cy"]])
    one.session.bookings.filter(pk=twice.pk).update(attended=True)
    assert not any(p.ready for p in graduation_progress(cast.cohort))
    note(two, lead=True, members=[people["Cy"]])
    assert ready(cast) == {"Tariq Anwar": True, "Bo": False, "Cy": True}
    TrainingSession.objects.filter(pk=two.session_id).update(cancelled_at=NOW)
    assert not any(p.ready for p in graduation_progress(cast.cohort))


def test_sessions_count_after_a_change_of_team(cast, calls):
    (one, two), people = calls
    for booking in (one, two):
        note(booking, lead=False, members=[people["Cy"]])
    cast.mentee_enrollment.members.get(user=people["Cy"]).delete()
    assert ready(cast) == {"Tariq Anwar": False, "Bo": False}
    cast.mentee_enrollment.members.create(user=people["Cy"])
    assert ready(cast)["Cy"]


def test_letting_people_graduate_asks_first_and_says_how_many(client, cast, calls):
    (one, two), people = calls
    for booking in (one, two):
        note(booking, lead=True, members=people.values())
    client.force_login(cast.coordinator)
    page = reverse("checkins:graduation-list", args=[cast.cohort.slug])
    everybody = [p.key for p in graduation_progress(cast.cohort)]
    answer = client.post(page, {"do": "graduate", "ids": everybody})
    assert "Let 3 people graduate?" in words_in(answer)
    assert not Graduation.objects.exists()
    client.post(page, {"do": "graduate", "ids": everybody, "confirmed": "yes"})
    assert Graduation.objects.count() == 3
