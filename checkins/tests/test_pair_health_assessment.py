"""The health of pairs, and the pause of one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from checkins.models import CheckIn
from checkins.pair_health.assessment import assess_pairs
from checkins.tests.rows import INTRO, NOW, say
from checkins.waves.sweep import sweep_checkins
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_worrying_pairs_are_listed_first_and_none_is_ended(cast, checkin):
    well = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
    OutboxMessage.objects.filter(pk=well.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    say(CheckIn.objects.get(match=well, side="mentee"), have_met="regularly", helpful="5")
    say(checkin, have_met="no", helpful="²")  # once a question of another kind
    assert [(p.match, p.level) for p in assess_pairs(cast.cohort)] == [(cast.match, "danger"), (well, "good")]
    cast.match.refresh_from_db()
    assert cast.match.status == "introduced"


def test_a_team_is_not_silent_as_long_as_one_of_it_answers(cast, checkin):
    second = cast.mentee_enrollment.members.create(user=UserFactory()).user
    CheckIn.objects.create(
        wave=checkin.wave,
        match=cast.match,
        enrollment=cast.mentee_enrollment,
        user=second,
        side="mentee",
        status="sent",
        mails_sent=2,
        due_at=NOW,
        closes_at=NOW + timedelta(days=30),
    )
    sweep_checkins(NOW + timedelta(days=8))
    assert assess_pairs(cast.cohort)[0].reasons == ["neither of them answers"]
    say(checkin, have_met="sometimes")
    assert assess_pairs(cast.cohort)[0].reasons == ["the mentor does not answer", "the mentee says: met once or twice"]


def test_a_pair_pauses_until_a_day(client, cast, checkin):
    client.force_login(cast.coordinator)
    url = reverse("checkins:pair-list", args=[cast.cohort.slug])
    said = {"match": cast.match.pk, "do": "pause"}
    wrong = client.post(url, said | {"until": "2027-05-02"}, follow=True)
    client.post(url, said | {"until": "2027-13-45"})
    assert not assess_pairs(cast.cohort)[0].paused
    assert "still to come" in wrong.content.decode()
    client.post(url, said | {"until": "2027-05-20"})
    (pair,) = assess_pairs(cast.cohort)
    assert (pair.paused, pair.paused_until) == (True, date(2027, 5, 20))
    sweep_checkins(NOW + timedelta(days=10))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2
    sweep_checkins(datetime(2027, 5, 20, 3, tzinfo=UTC))
    sweep_checkins(datetime(2027, 5, 21, 9, tzinfo=UTC))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 4
    assert not assess_pairs(cast.cohort)[0].paused
