"""The days on which people are asked, if at all: changed waves, travel, switched-off accounts, moved days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from checkins.answering.services import save_answers
from checkins.graduation.links import confirm_link
from checkins.models import Answer, Case, CheckIn, Graduation
from checkins.recognition.honoraria import offer_honoraria
from checkins.recognition.links import honorarium_link
from checkins.tests.rows import INTRO, NOW, ids, path
from checkins.waves.links import checkin_link
from checkins.waves.reschedule import reschedule_checkin
from checkins.waves.services import save_wave
from checkins.waves.sweep import sweep_checkins
from matching.pairs.services import set_match_status
from mentorship.core.background.sweep_scope import looking
from mentorship.core.outbox.delivery.deliver import Queue, claim, recover_expired
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DUE = datetime(2027, 5, 1, 7, tzinfo=UTC)  # nine in Berlin


def mails_to(checkin):
    return list(OutboxMessage.objects.filter(key__startswith=f"checkin:{checkin.pk}:").order_by("key"))


def sweep_days(first, days, every=24):
    """Sweeps every so many hours; the moments at which a check-in mail was written, by its key."""
    seen = {}
    for hours in range(0, 24 * days, every):
        moment = first + timedelta(hours=hours)
        sweep_checkins(moment)
        for key in OutboxMessage.objects.filter(kind="check-in").values_list("key", flat=True):
            seen.setdefault(key, moment)
    return seen


@pytest.mark.parametrize(("before", "after", "mails"), [(2, 0, 1), (0, 2, 3), (2, 1, 2)])
def test_other_reminders_hold_for_those_who_were_asked_already(cast, match, before, after, mails):
    sweep_checkins(INTRO)
    wave = cast.cohort.waves.get()
    wave.reminders = before
    save_wave(wave=wave, by=cast.coordinator)
    sweep_checkins(DUE)
    wave.refresh_from_db()
    wave.reminders = after
    save_wave(wave=wave, by=cast.coordinator)
    sweep_days(DUE, 60, every=7 * 24)
    assert {len(mails_to(one)) for one in CheckIn.objects.all()} == {mails}


def test_a_longer_window_holds_for_those_who_were_asked_already(cast, checkin):
    wave = cast.cohort.waves.get()
    closes = checkin.closes_at
    wave.window_days += 10
    save_wave(wave=wave, by=cast.coordinator)
    checkin.refresh_from_db()
    assert checkin.closes_at - closes == timedelta(days=10)


def test_a_first_mail_that_was_moved_stays_where_it_is_when_the_wave_is_edited(cast, match, clock):
    clock.move_to(INTRO)
    sweep_checkins(INTRO)
    checkin = CheckIn.objects.get(side="mentee")
    reschedule_checkin(checkin=checkin, day=date(2027, 5, 20), by=cast.coordinator)
    wave = cast.cohort.waves.get()
    wave.name, wave.window_days = "Another name", wave.window_days - 2
    save_wave(wave=wave, by=cast.coordinator)
    sweep_checkins(INTRO)
    checkin.refresh_from_db()
    assert checkin.due_at == checkin.next_mail_at == datetime(2027, 5, 20, 7, tzinfo=UTC)
    assert checkin.closes_at == checkin.due_at + timedelta(days=wave.window_days)


def test_a_check_in_restored_at_night_is_sent_in_the_morning(cast, match):
    sweep_checkins(INTRO)
    set_match_status(match=match, to="ended", by=cast.coordinator, reason="no time")
    sweep_checkins(DUE)
    match.refresh_from_db()
    type(match).objects.filter(pk=match.pk).update(status="active")
    night = DUE + timedelta(days=1, hours=16)  # one in Berlin
    sweep_checkins(night)
    assert not OutboxMessage.objects.filter(kind="check-in").exists()
    sweep_checkins(DUE + timedelta(days=2))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2


def test_a_check_in_whose_days_are_over_is_not_asked_a_year_later(cast, match):
    sweep_checkins(INTRO)
    set_match_status(match=match, to="ended", by=cast.coordinator, reason="no time")
    sweep_checkins(DUE)
    type(match).objects.filter(pk=match.pk).update(status="active")
    sweep_days(DUE + timedelta(days=300), 3)
    assert not OutboxMessage.objects.filter(kind="check-in").exists()


def test_a_reminder_comes_in_the_morning_of_where_the_person_is_now(cast, checkin):
    cast.mentee.time_zone = "Pacific/Honolulu"  # eleven hours behind Berlin
    cast.mentee.save()
    sweep_checkins(NOW)
    written = sweep_days(NOW.replace(day=8, hour=0), 4, every=6)
    local = [moment for key, moment in written.items() if key == f"checkin:{checkin.pk}:1"]
    assert [m.isoformat() for m in local] == ["2027-05-11T00:00:00+00:00"], "nine there on Monday is 19 UTC on 10 May"


def test_somebody_whose_account_is_switched_off_is_not_asked(cast, match):
    cast.mentee.is_active = False
    cast.mentee.save()
    sweep_checkins(NOW)
    assert {m.to[0] for m in OutboxMessage.objects.filter(kind="check-in")} == {cast.mentor.email}
    cast.mentee.is_active = True
    cast.mentee.save()
    sweep_days(NOW, 2)
    assert OutboxMessage.objects.filter(kind="check-in", to=[cast.mentee.email]).count() == 1


def test_a_reminder_that_was_under_way_when_the_answer_came_is_not_tried_again(checkin):
    (mail,) = mails_to(checkin)
    assert claim(mail)
    save_answers(checkin=checkin, answers={ids(checkin)["have_met"]: "regularly"}, now=NOW)
    recover_expired(NOW + timedelta(hours=1))  # it broke off: the mail goes back into the queue
    OutboxMessage.objects.exclude(pk=mail.pk).filter(status="queued").update(status="cancelled")
    assert Queue(NOW + timedelta(hours=1)).claim_next() is None
    mail.refresh_from_db()
    assert mail.status == "skipped"
    assert "answered" in mail.last_error


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30", "x"])
def test_a_day_that_makes_no_sense_moves_nothing(client, cast, match, clock, day):
    clock.move_to(INTRO)
    sweep_checkins(INTRO)
    checkin = CheckIn.objects.get(side="mentee")
    client.force_login(cast.coordinator)
    before = CheckIn.objects.values_list("next_mail_at", "closes_at").get(pk=checkin.pk)
    address = reverse("checkins:checkin-reschedule", args=[cast.cohort.slug, checkin.pk])
    assert client.post(address, {"day": day}).status_code == 302
    assert CheckIn.objects.values_list("next_mail_at", "closes_at").get(pk=checkin.pk) == before


def test_the_links_of_people_who_are_switched_off_answer_nothing(client, cast, checkin):
    (honorarium,) = offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what="x", amount=Decimal(5), currency="EUR", by=cast.coordinator
    )
    for person in (cast.mentor, cast.mentee):
        person.is_active = False
        person.save()
    assert "closed" in client.get(path(checkin_link(checkin))).content.decode()
    assert "closed" in client.post(path(checkin_link(checkin)), {"have-met": "no"}).content.decode()
    assert not Answer.objects.exists()
    assert client.post(path(honorarium_link(honorarium)), {"answer": "accept"}).status_code == 404
    assert client.post(path(confirm_link(cast.match)), {"ready": [cast.mentee.pk]}).status_code == 404
    assert not Graduation.objects.exists()
    client.post(path(checkin_link(checkin)) + "concern/", {"text": "He shouted."})
    assert Case.objects.filter(kind="conduct").exists(), "switching off silences nobody"


def test_in_a_large_installation_changes_are_followed_at_once_and_the_rest_within_the_hour(cast, checkin):
    def sweep(minutes):
        with looking(NOW + timedelta(minutes=minutes), lambda: True):
            sweep_checkins(NOW + timedelta(minutes=minutes))

    sweep(0)
    sweep(15)
    CheckIn.objects.filter(wave=checkin.wave).delete()
    sweep(30)
    assert not CheckIn.objects.exists()
    introduced = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
    OutboxMessage.objects.filter(pk=introduced.intro_id).update(status="sent", sent_at=NOW + timedelta(minutes=31))
    sweep(32)
    assert introduced.pk in CheckIn.objects.values_list("match", flat=True)
    CheckIn.objects.all().delete()
    sweep(60)
    assert set(checkin.wave.checkins.values_list("match", flat=True)) == {introduced.pk, cast.match.pk}
