"""A pair that is introduced before its cohort starts: everything counts from the start."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.planning import first_checkin_day
from checkins.waves.reschedule import reschedule_checkin
from checkins.waves.services import preview_wave
from checkins.waves.sweep import sweep_checkins
from cohorts.models import Cohort
from matching.intro.mails import intro_mail
from matching.models import MatchProposal
from mentorship.core.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
INTRO = datetime(2026, 11, 29, 10, tzinfo=UTC)
START = date(2027, 3, 1)


@pytest.fixture
def early(cast):
    """The match of the cast, introduced three months before the start."""
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=START, ends_on=date(2027, 8, 31))
    cast.cohort.refresh_from_db()
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    return cast


def days():
    return {checkin.due_at.date() for checkin in CheckIn.objects.all()}


def test_the_first_check_in_is_three_months_after_the_start(early):
    sweep_checkins(INTRO)
    assert days() == {date(2027, 6, 1)}
    wave = CheckInWave.objects.get()
    assert "or the start of the cohort if that’s later" in wave.when
    with time_machine.travel(INTRO):
        assert {c.due_at.date() for c in preview_wave(wave, now=INTRO).checkins} == {date(2027, 6, 1)}
    sweep_checkins(datetime(2027, 2, 28, 12, tzinfo=UTC))
    assert not CheckIn.objects.filter(mails_sent__gt=0).exists()
    sweep_checkins(datetime(2027, 6, 1, 12, tzinfo=UTC))
    assert CheckIn.objects.filter(mails_sent=1).count() == 2


def test_a_pair_is_planned_also_where_its_intro_is_long_ago(early):
    sweep_checkins(datetime(2027, 5, 20, 12, tzinfo=UTC))  # the first sweep after a long outage
    assert days() == {date(2027, 6, 1)}


def test_what_the_intro_says_agrees(early):
    proposal = MatchProposal(mentee=early.mentee_enrollment, mentor=early.mentor_enrollment, factors=[])
    text = intro_mail(early.mentee_enrollment, [proposal], today=INTRO.date()).text
    assert "in about six months" in text
    assert first_checkin_day(early.cohort, INTRO.date()) == date(2027, 6, 1)
    assert first_checkin_day(early.cohort, date(2027, 4, 5)) == date(2027, 7, 5)


def test_check_ins_follow_the_start_and_later_pairs_do_not(early):
    sweep_checkins(INTRO)
    Cohort.objects.filter(pk=early.cohort.pk).update(starts_on=date(2027, 3, 15))
    sweep_checkins(INTRO)
    assert days() == {date(2027, 6, 15)}
    Cohort.objects.filter(pk=early.cohort.pk).update(starts_on=date(2026, 10, 1))
    sweep_checkins(INTRO)
    # Three months after the intro, which is the later of the two now, is a Sunday.
    assert days() == {date(2027, 3, 1)}


def test_what_was_planned_too_early_before_is_put_right_once(early):
    sweep_checkins(INTRO)
    CheckIn.objects.update(due_at=datetime(2027, 2, 28, 9, tzinfo=UTC))
    CheckInWave.objects.update(anchored_on=None)
    sweep_checkins(INTRO)
    assert days() == {date(2027, 6, 1)}
    moved = CheckIn.objects.first()
    reschedule_checkin(checkin=moved, day=date(2027, 6, 9), by=early.coordinator, now=INTRO)
    sweep_checkins(INTRO)
    assert days() == {date(2027, 6, 1), date(2027, 6, 9)}
