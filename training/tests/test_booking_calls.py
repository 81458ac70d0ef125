"""Cohort calls, onboarding and office hours: who comes, who can't, the weekly mail, notes and recordings."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from cohorts.mailings.weekly import sweep_weekly
from cohorts.models import Cohort, WeeklyMail
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import words_in
from training.attendance.services import save_attendance
from training.booking import links
from training.booking.services import decline_call
from training.sessions.services import save_session
from training.sharing.services import share_session
from training.tests.slots import SITE, book, mentors, new_session, taken

MONDAY = datetime(2027, 2, 8, 7, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    return new_session(cast.cohort, provider="", training="Cohort call", kind="call", seats=50)


def page_of(client, enrollment):
    return links.CHOOSE.url(enrollment.pk).removeprefix(SITE)


def test_people_answer_a_call_and_may_change_their_answer(client, cast, call):
    path = page_of(client, cast.mentor_enrollment)
    assert "I’ll come" in client.get(path).content.decode()
    client.post(path, {"session": call.pk})  # the button without a choice
    assert taken(call) == 0
    client.post(path, {"session": call.pk, "do": "decline"})
    assert "you can’t come" in client.get(path).content.decode()
    assert taken(call) == 0
    client.post(path, {"session": call.pk, "do": "book"})
    assert taken(call) == 1
    client.post(path, {"session": call.pk, "do": "decline"})
    assert taken(call) == 0
    client.force_login(cast.coordinator)
    page = client.get(call.get_absolute_url()).content.decode()
    assert "0 come, 1 can't, 1 said nothing" in words_in(page)  # the mentee has not answered


def test_nobody_declines_a_training_or_a_call_that_is_not_theirs(client, cast, call):
    session = new_session(cast.cohort)
    client.post(page_of(client, cast.mentor_enrollment), {"session": session.pk, "do": "decline"})
    assert not session.bookings.exists()
    with pytest.raises(ServiceError):
        decline_call(session=call, enrollment=EnrollmentFactory(cohort=cast.other_cohort, role="mentor"), by=None)


def test_notes_and_recording_are_there_for_those_who_could_not_come(client, cast, call):
    decline_call(session=call, enrollment=cast.mentee_enrollment, by=cast.mentee)
    book(call, cast.mentor_enrollment)
    with time_machine.travel(call.starts_at + timedelta(days=1), tick=False):
        save_attendance(session=call, came=[call.bookings.booked().get().pk], by=cast.coordinator)
        call.refresh_from_db()
        call.notes_link, call.recording_link = "https://pad.example.org/1", "https://video.example.org/1"
        save_session(session=call, provider="", training="Cohort call", by=cast.coordinator)
        page = client.get(page_of(client, cast.mentee_enrollment)).content.decode()
    assert "https://pad.example.org/1" in page
    assert "https://video.example.org/1" in page


# --- the weekly mail ------------------------------------------------------------------------------------------------


@pytest.fixture
def weekly(cast):
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False):
        Cohort.objects.filter(pk=cast.cohort.pk).update(time_zone="Europe/Berlin")
        cast.cohort.refresh_from_db()
        yield WeeklyMail.objects.create(cohort=cast.cohort, on=True, weekday=0, time=time(8))


def week(cast):
    """Sweep on Monday; the text that everybody got, by address."""
    with time_machine.travel(MONDAY, tick=False):
        sweep_weekly(MONDAY)
    return {m.to[0]: m.full_text for m in OutboxMessage.objects.filter(kind="weekly mail")}


def test_the_weekly_mail_lists_sessions_for_the_reader(cast, weekly):
    cast.mentor.time_zone = "Asia/Kathmandu"
    cast.mentor.save()
    link = "https://call.example.org/secret"
    new_session(cast.cohort, starts_at=MONDAY + timedelta(days=1), joining_link=link)
    new_session(
        cast.cohort,
        provider="",
        training="Cohort call",
        kind="call",
        starts_at=MONDAY + timedelta(days=2),
        minutes=90,
        host="Amara",
        joining_link=link,
    )
    new_session(cast.cohort, training="Next week", starts_at=MONDAY + timedelta(days=8))
    texts = week(cast)
    mentor, mentee = texts["mentor@example.org"], texts["mentee@example.org"]
    assert "Tuesday 9 February, 08:00 (Berlin), 12:45 your time (Kathmandu): Listening, 180 minutes" in mentor
    assert "Wednesday 10 February, 08:00 (Berlin): Cohort call with Amara, 90 minutes" in mentee
    assert "Listening" not in mentee
    assert mentor.index("Listening") < mentor.index("Cohort call with Amara")
    for text in (mentor, mentee):
        assert reverse("training:my-slot-list") in text
        assert "secret" not in text
        assert "Next week" not in text


def test_the_weekly_mail_leaves_out_sessions_for_other_roles(cast, weekly):
    new_session(cast.cohort, starts_at=MONDAY + timedelta(days=1))
    texts = week(cast)
    assert "Listening" in texts["mentor@example.org"]
    assert "nothing that you need to come to" in texts["mentee@example.org"]


def test_sessions_that_others_opened_are_in_it_and_cancelled_ones_are_not(cast, weekly):
    theirs = new_session(cast.other_cohort, training="Feedback", starts_at=MONDAY + timedelta(days=1))
    share_session(session=theirs, to=cast.cohort, by=cast.stranger)
    off = new_session(cast.cohort, training="Off", starts_at=MONDAY + timedelta(days=1))
    type(off).objects.filter(pk=off.pk).update(cancelled_at=MONDAY)
    text = week(cast)["mentor@example.org"]
    assert "Feedback" in text
    assert "Off" not in text


def test_without_sessions_dates_and_words_nothing_is_sent(cast, weekly):
    mentors(cast.cohort, 1)
    assert week(cast) == {}
