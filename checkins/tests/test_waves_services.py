"""Waves: fields fixed after the first mail, pauses, and the people asked when pairs change."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.models import CheckIn, CheckInWave
from checkins.tests.rows import NOW, say
from checkins.waves.services import add_template, delete_wave, pause_wave, resume_wave, save_wave
from checkins.waves.sweep import sweep_checkins
from cohorts.people.filters import filter_enrollments
from matching.pairs.services import set_match_status
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import MatchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_waves_are_fixed_once_they_were_sent(cast, checkin):
    wave = checkin.wave
    with pytest.raises(ServiceError):
        delete_wave(wave=wave, by=cast.coordinator)
    wave.offset = 4
    with pytest.raises(ServiceError):
        save_wave(wave=wave, by=cast.coordinator)
    other = add_template(cohort=cast.cohort, key="year", by=cast.coordinator)
    delete_wave(wave=other, by=cast.coordinator)
    assert [w.name for w in CheckInWave.objects.all()] == ["Three-month check-in"]


def test_a_paused_wave_asks_nobody_and_goes_on_in_the_morning(cast, checkin):
    pause_wave(wave=checkin.wave, by=cast.coordinator)
    later = NOW + timedelta(days=30)
    sweep_checkins(later)
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2
    with time_machine.travel(later, tick=False):
        resume_wave(wave=checkin.wave, by=cast.coordinator)
    sweep_checkins(later + timedelta(days=1))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 4


def test_people_are_found_by_their_check_ins_and_written_to(client, cast, checkin):
    year = add_template(cohort=cast.cohort, key="year", by=cast.coordinator)
    sweep_checkins(NOW)
    say(checkin, have_met="regularly")

    def found(value):
        return [e.user for e in filter_enrollments(cast.cohort, {"checkin": value})]

    assert (found("answered"), found("silent"), found("overdue")) == ([cast.mentee], [cast.mentor], [])
    assert found(f"silent-{checkin.wave_id}") == [cast.mentor]
    assert found(f"silent-{year.pk}") == []
    assert len(found("planned")) == 2  # the check-in of next year
    with time_machine.travel(NOW + timedelta(days=8)):
        sweep_checkins(NOW + timedelta(days=8))
        assert found("overdue") == [cast.mentor]
    client.force_login(cast.coordinator)
    page = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])).content.decode()
    write = reverse("cohorts:mailing-create", args=[cast.cohort.slug]) + "?checkin=silent"
    assert write in page
    assert client.get(write).context["names"] == [cast.mentor]


def test_a_mentee_with_a_new_mentor_is_still_asked_how_the_programme_was(cast, checkin):
    cast.cohort.ends_on = NOW.date() + timedelta(days=30)
    cast.cohort.save()
    wave = add_template(cohort=cast.cohort, key="end", by=cast.coordinator)
    sweep_checkins(NOW)
    before = CheckIn.objects.get(wave=wave, side="mentee")
    set_match_status(match=cast.match, to="rematched", by=cast.coordinator, reason="no time")
    following = MatchFactory(mentee=cast.mentee_enrollment)
    OutboxMessage.objects.filter(pk=following.intro_id).update(status="sent", sent_at=NOW)
    later = NOW + timedelta(days=24)
    for _ in range(2):
        sweep_checkins(later)
    asked = {c.match: c.status for c in CheckIn.objects.filter(wave=wave, side="mentee")}
    assert asked == {cast.match: "cancelled", following: "sent"}
    assert OutboxMessage.objects.filter(key__startswith=f"checkin:{before.pk}:").count() == 0


def test_a_pair_that_goes_on_again_asks_nobody_a_second_time(cast, checkin):
    cast.cohort.ends_on = NOW.date() + timedelta(days=30)
    cast.cohort.save()
    wave = add_template(cohort=cast.cohort, key="end", by=cast.coordinator)
    sweep_checkins(NOW)
    set_match_status(match=cast.match, to="ended", by=cast.coordinator, reason="?")
    following = MatchFactory(mentee=cast.mentee_enrollment)
    OutboxMessage.objects.filter(pk=following.intro_id).update(status="sent", sent_at=NOW)
    sweep_checkins(NOW)
    # Two mentors are fine with this project after all.
    cast.mentee_enrollment.mentors_wanted = 2
    cast.mentee_enrollment.save()
    set_match_status(match=cast.match, to="active", by=cast.coordinator)
    sweep_checkins(NOW + timedelta(days=24))
    asked = CheckIn.objects.filter(wave=wave, side="mentee").exclude(status="cancelled")
    assert [c.match for c in asked] == [following]
