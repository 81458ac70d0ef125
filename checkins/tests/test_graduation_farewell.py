"""A pair finishes: suggested criteria, progress on the pair's page, goodbyes, certificates and what comes next."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.models import Graduation, GraduationCriterion, PairFarewell
from matching.models import Match, PairMeeting
from matching.pairs.services import create_note
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def match(client, cast):
    """A pair in a round with the criteria of pairs on their own."""
    mentee = EnrollmentFactory(cohort=cast.cohort, user__full_name="Ana")
    mentor = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Ben")
    client.force_login(cast.coordinator)
    client.post(reverse("checkins:graduation-list", args=[cast.cohort.slug]), {"do": "suggest", "suggested": "pairs"})
    return MatchFactory(mentee=mentee, mentor=mentor, status="active")


def meet(match, number):
    for day in range(number):
        starts = NOW - timedelta(days=20 + day)
        PairMeeting.objects.create(mentee=match.mentee, uid=f"m{day}", sequence=0, starts_at=starts)


def goodbye(client, match, user, **said):
    client.force_login(user)
    page = reverse("checkins:pair-farewell", args=[match.pk])
    return client.post(page, {"do": "say", "goal": "passed_on", "thanks": "", **said}, follow=True)


def test_a_pair_sees_from_the_start_what_it_takes_and_closes_with_certificate_thanks_and_what_next(client, match):
    assert [(c.kind, c.number) for c in GraduationCriterion.objects.all()] == [
        ("meetings", 4),
        ("goal", 1),
        ("goodbye", 1),
    ]
    client.force_login(match.mentee.user)
    seen = words_in(client.get(reverse("matching:my-match", args=[match.pk])))
    assert "Met four times" in seen
    assert "0 of 4" in seen
    meet(match, 3)
    create_note(match=match, text="We met.", met_on=date(2027, 5, 1), by=match.mentee.user)
    wrong = client.post(reverse("checkins:pair-farewell", args=[match.pk]), {"do": "say"})
    assert wrong.status_code == 422
    assert "Your match closes when Ben has done so" in words_in(
        goodbye(client, match, match.mentee.user, thanks="You were patient.")
    )
    told = OutboxMessage.objects.get(key__startswith="farewell:", to=[match.mentor.user.email])
    assert "You were patient." in told.full_text
    assert "say goodbye too" in told.full_text

    page = words_in(goodbye(client, match, match.mentor.user, thanks="Good luck!"))
    assert "You finished together" in page
    assert "You were patient." in page
    match.refresh_from_db()
    match.mentee.refresh_from_db()
    assert (match.status, match.mentee.status) == ("graduated", "completed")
    one = Graduation.objects.get()
    assert one.issued_at == NOW
    assert OutboxMessage.objects.filter(key=f"certificate:{one.pk}", to=[match.mentee.user.email]).exists()
    client.force_login(match.mentee.user)
    after = words_in(client.get(reverse("checkins:pair-farewell", args=[match.pk])))
    for words in ("Your certificate", "Stay in touch", "Would you come back?", "Good luck!"):
        assert words in after
    # Once more changes nothing.
    goodbye(client, match, match.mentor.user)
    assert PairFarewell.objects.count() == 2


def test_goodbyes_close_nothing_while_something_is_missing_and_can_be_taken_back(client, match, cast):
    for person in (match.mentee.user, match.mentor.user):
        page = words_in(goodbye(client, match, person))
    assert "Something is still missing" in page
    url = reverse("checkins:pair-farewell", args=[match.pk])
    client.post(url, {"do": "close"})
    assert Match.objects.get(pk=match.pk).status == "active"
    meet(match, 4)
    client.post(url, {"do": "back"})
    client.post(url, {"do": "close"})
    assert Match.objects.get(pk=match.pk).status == "active"
    goodbye(client, match, match.mentor.user)
    assert Match.objects.get(pk=match.pk).status == "graduated"
    # How often they met is theirs; the coordinator reads whether it was enough.
    client.force_login(cast.coordinator)
    detail = reverse("checkins:graduation-detail", args=[cast.cohort.slug, match.mentee.pk, match.mentee.user.pk])
    assert "Read from the page of the pair" in words_in(client.get(detail))
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_the_lead_says_goodbye_for_a_team_and_each_of_it_graduates(client, match):
    member = UserFactory(full_name="Cy")
    match.mentee.members.create(user=member)
    meet(match, 4)
    assert "Only the lead of your team can say goodbye" in words_in(goodbye(client, match, member))
    assert not PairFarewell.objects.exists()
    for person in (match.mentee.user, match.mentor.user):
        goodbye(client, match, person)
    assert {one.user for one in Graduation.objects.all()} == {member, match.mentee.user}
