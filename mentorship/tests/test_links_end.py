"""Signed links serve one purpose, end, and stop with what they act on."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone

from checkins.alumni.links import STAY
from checkins.graduation.links import CONFIRM
from cohorts.enrollment.links import PLACE
from cohorts.sharing.links import SHARING
from cohorts.signup.links import EDIT
from matching.consent.links import ANSWER_LINK
from matching.events.links import CALENDAR_LINK, EVENT_LINK, read_calendar_link
from matching.groups.links import CHOICE_LINK
from matching.models import AskedPair, SpeedEvent
from mentorship.core.accounts.models import User
from mentorship.core.links import LinkError, LinkFormat, SignedLink, every_kind
from training.booking.links import CHOOSE

pytestmark = pytest.mark.django_db


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
    }
    return {kind: kind.url(*of).removeprefix(settings.SITE_URL) for kind, of in values.items()}


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
    assert opened(client, links) == set()


def test_dated_links_end_after_a_year_except_the_one_that_stops_mails(client, links):
    len(get_resolver().url_patterns)
    endless = {kind.salt for kind in every_kind() if kind.format is LinkFormat.DATED and kind.max_age is None}
    assert {salt for salt in endless if not salt.startswith("tests.")} == {"cohorts.mailing.opt-out"}
    with time_machine.travel(timezone.now() + timedelta(days=420)):
        assert not {kind for kind in opened(client, links) if kind.format is LinkFormat.DATED}


def test_every_link_that_opens_a_page_of_a_person_says_what_it_is_for(links):
    assert [kind.view_name for kind in links if not kind.does] == []


def test_no_two_kinds_share_a_purpose():
    with pytest.raises(ValueError, match=PLACE.salt.replace(".", r"\.")):
        SignedLink("home", PLACE.salt)
    assert CONFIRM.salt != PLACE.salt


def test_by_the_address_of_a_calendar_file_nobody_answers(client):
    token = CALENDAR_LINK.sign(3, 7)
    assert read_calendar_link(token) == (3, 7)
    assert read_calendar_link(EVENT_LINK.sign(3, 7)) == (3, 7), "as calendars have it from earlier versions"
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
