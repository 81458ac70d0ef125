"""Signed links serve one purpose, end, and stop with what they act on."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone

from checkins.alumni.links import STAY
from checkins.graduation.links import CONFIRM
from checkins.models import CheckIn, CheckInWave, Survey
from checkins.recognition.links import HONORARIUM
from checkins.waves.links import ANSWER
from cohorts.calendar.ics import events_of, invitation_file
from cohorts.calendar.links import calendar_link
from cohorts.enrollment.links import PLACE
from cohorts.sharing.links import SHARING
from cohorts.signup.coordinator_services import edit_signup
from cohorts.signup.links import EDIT
from matching.consent.links import ANSWER_LINK
from matching.events.calendar import calendar_event_of
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.groups.links import CHOICE_LINK
from matching.models import AskedPair, SpeedEvent, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.links import TOKEN, LinkError, LinkFormat, SignedLink, every_kind
from training.booking.calendar import event_of
from training.booking.links import CHOOSE, FEEDBACK
from training.models import GuestOrganisation, TrainingBooking, TrainingGuest
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db
STOP_MAILS = {"cohorts.mailing.opt-out", "portal.team-news"}


@pytest.fixture
def links(cast) -> dict[SignedLink, str]:
    """A link of the mentee of each kind that opens a page of theirs."""
    mentee, user = cast.mentee_enrollment.pk, cast.mentee.pk
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    event = SpeedEvent.objects.create(
        cohort=cast.cohort, name="Meet", starts_at=timezone.now() + timedelta(days=9), time_zone="UTC"
    )
    values = {
        PLACE: (mentee, user),
        SHARING: (mentee, user),
        EDIT: (mentee, user),
        STAY: (cast.programme.pk, user),
        CHOOSE: (mentee,),
        CHOICE_LINK: (mentee,),
        EVENT_LINK: (event.pk, mentee),
        ANSWER_LINK: (asked_of(cast).pk,),
        ANSWER: (checkin_of(cast).pk,),
        HONORARIUM: (honorarium_of(cast).pk,),
        FEEDBACK: (attended_by(cast).pk,),
    }
    return {kind: kind.url(*of).removeprefix(settings.SITE_URL) for kind, of in values.items()}


def checkin_of(cast):
    survey = Survey.objects.create(programme=cast.programme, name="Three months")
    wave = CheckInWave.objects.create(cohort=cast.cohort, survey=survey, name="Three months")
    return CheckIn.objects.create(
        wave=wave,
        user=cast.mentee,
        enrollment=cast.mentee_enrollment,
        match=cast.match,
        side="mentee",
        status="sent",
        due_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=40),
    )


def honorarium_of(cast):
    return cast.cohort.honoraria.create(user=cast.mentee, what="a talk", amount=9, currency="EUR")


def attended_by(cast):
    session = new_session(cast.cohort, starts_at=timezone.now() - timedelta(days=2))
    booking = TrainingBooking.objects.create(session=session, enrollment=cast.mentee_enrollment, status="booked")
    TrainingBooking.objects.filter(pk=booking.pk).update(attended=True)
    return booking


def asked_of(cast):
    pair = AskedPair.objects.create(
        run=cast.match.run, mentee=cast.mentee_enrollment, mentor=cast.mentor_enrollment, score=1
    )
    return pair.sides.create(side="mentee", status="asked", answer_by=timezone.now() + timedelta(days=3))


def opened(client, links) -> set[SignedLink]:
    return {kind for kind, url in links.items() if client.get(url).status_code == 200}


def test_no_link_works_for_an_account_that_is_switched_off(client, cast, links):
    assert opened(client, links) == set(links)
    User.objects.filter(pk=cast.mentee.pk).update(is_active=False)
    # A check-in's page says that it is closed, and still takes a concern.
    assert opened(client, links) == {kind for kind in links if kind.open_when_switched_off}


def test_dated_links_end_after_a_year_except_those_that_stop_mails(client, links):
    len(get_resolver().url_patterns)
    endless = {kind.salt for kind in every_kind() if kind.format is LinkFormat.DATED and kind.max_age is None}
    assert {salt for salt in endless if not salt.startswith("tests.")} == STOP_MAILS
    with time_machine.travel(timezone.now() + timedelta(days=420)):
        assert opened(client, links) == set()


def test_whoever_acts_by_a_link_can_stop_it_but_for_those_that_belong_to_no_account():
    len(get_resolver().url_patterns)
    no_account = {"cohorts.signup.confirm", "cohorts.signup.invite", "matching.event.guest"}
    no_account |= {"matching.event.guest.calendar", "training.guest", "training.guest.confirm"}
    always = {"cohorts.mailing.opt-out"}  # every mail must be one to stop them by
    acts_for_nobody = {"training.certificate", "partners.paper"}
    has_its_own_way = {"cohorts.calendar"}  # renewed on the page of one's dates
    found = {kind.salt for kind in every_kind() if kind.personal and kind.whose is None}
    assert {salt for salt in found if not salt.startswith("tests.")} == (
        no_account | always | acts_for_nobody | has_its_own_way
    )


def test_no_link_that_went_to_a_wrong_address_works_once_it_was_corrected(client, cast, links):
    feed = calendar_link(cast.mentee).removeprefix(settings.SITE_URL)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        put_address_right(cast, "right@example.org")
        assert {client.get(url).status_code for url in links.values()} == {410}
        assert client.get(feed).status_code == 404
        assert client.get(PLACE.url(cast.mentee_enrollment.pk, cast.mentee.pk)).status_code == 200, "mailed since"


def put_address_right(cast, email):
    answers = {"email": email, "full_name": cast.mentee.full_name}
    edit_signup(enrollment=cast.mentee_enrollment, answers=answers, by=cast.coordinator, mail=False)


def test_links_end_some_weeks_after_what_they_act_on(client, cast, links):
    days = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + timedelta(days=22)}
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="completed", **days)
    weeks = {EVENT_LINK: 9, FEEDBACK: 7, CHOOSE: 11, CHOICE_LINK: 11}
    for kind, last in weeks.items():
        for week, works in ((last, {kind}), (last + 1, set())):
            with time_machine.travel(timezone.now() + timedelta(weeks=week)):
                assert opened(client, {kind: links[kind]}) == works, (kind.view_name, week)


def test_calendars_hold_no_link_by_which_somebody_acts(cast, links):
    """A calendar is shared, and its readers could cancel a seat."""
    event = SpeedEvent.objects.get()
    rsvp = SpeedRsvp.objects.create(event=event, enrollment=cast.mentee_enrollment, status="coming")
    guest = TrainingGuest.objects.create(
        organisation=GuestOrganisation.objects.create(workspace=cast.programme.workspace, name="Sister"),
        name="Gael",
        email="gael@example.org",
    )
    ahead = new_session(cast.cohort, training="Ahead", starts_at=timezone.now() + timedelta(days=2))
    seats = [
        TrainingBooking.objects.create(session=ahead, status="waitlisted", **whose)
        for whose in ({"enrollment": cast.mentee_enrollment}, {"guest": guest})
    ]
    entries = [calendar_event_of(rsvp), *(event_of(seat) for seat in seats), *events_of(cast.mentee)]
    assert len(entries) > 3
    assert not [found for one in entries if (found := TOKEN.search(invitation_file(one, timezone.now())))]


def test_every_link_that_opens_a_page_of_a_person_says_what_it_is_for(links):
    assert [kind.view_name for kind in links if not kind.does] == []


def test_no_two_kinds_share_a_purpose():
    with pytest.raises(ValueError, match=PLACE.salt.replace(".", r"\.")):
        SignedLink("home", PLACE.salt)
    assert CONFIRM.salt != PLACE.salt


def test_by_the_address_of_a_calendar_file_nobody_answers():
    token = CALENDAR_LINK.sign(3, 7)
    assert CALENDAR_LINK.read(token) == (3, 7)
    with pytest.raises(LinkError):
        EVENT_LINK.read(token)


def test_a_question_that_came_to_nothing_shows_nobody_any_more(client, cast, links):
    cast.mentor_enrollment.description = "Knows all about soil."
    cast.mentor_enrollment.save()
    assert "Knows all about soil." in client.get(links[ANSWER_LINK]).content.decode()
    AskedPair.objects.update(status="declined")
    page = client.get(links[ANSWER_LINK]).content.decode()
    assert "This question is settled" in page
    assert "Knows all about soil." not in page
    assert cast.mentor.full_name not in page
