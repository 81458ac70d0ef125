"""The weekly mail: one a week, by every reader's clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.mailings.services import schedule_mailing, set_opt_out
from cohorts.mailings.weekly import next_moment, save_weekly, sweep_weekly
from cohorts.models import CohortDate, Enrollment, Mailing, WeeklyMail
from cohorts.tests.mailing_helpers import addresses, mails_of, write
from mentorship.core.background.sweep_scope import looking
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.operations.sweep import sweep_everything

pytestmark = pytest.mark.django_db

# A Monday; the cohort's clock is one hour ahead of UTC, from 28 March on two.
MONDAY = datetime(2027, 2, 8, 7, 0, tzinfo=UTC)


@pytest.fixture
def weekly(cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    cast.mentee.time_zone = "Asia/Kathmandu"
    cast.mentee.save()
    for week in range(12):
        CohortDate.objects.create(
            cohort=cast.cohort,
            name=f"Call {week}",
            on=date(2027, 2, 10) + timedelta(days=7 * week),
            time=time(20),
            minutes=60,
            link="https://meet.example.org/call",
        )
    CohortDate.objects.create(cohort=cast.cohort, name="Team only", on=date(2027, 2, 9), shared=False)
    return WeeklyMail.objects.create(cohort=cast.cohort, on=True, weekday=0, time=time(8))


def weekly_mails():
    return Mailing.objects.filter(key__startswith="weekly:").order_by("send_at")


def test_the_weekly_mail_shows_the_dates_by_every_readers_clock(cast, weekly):
    EnrollmentFactory(cohort=cast.cohort, status="applied", user__email="applied@example.org")
    assert sweep_weekly(MONDAY - timedelta(seconds=1)) == 0
    assert sweep_weekly(MONDAY) == 1
    mailing = weekly_mails().get()
    assert mailing.key == f"weekly:{cast.cohort.pk}:2027-W06"
    assert addresses(mailing) == ["mentee@example.org", "mentor@example.org"]
    message = mails_of(mailing).get(to=["mentee@example.org"])
    assert message.subject == "Seeds 9: the week from 8 February"
    assert (
        "- Wednesday 10 February, 20:00 (Berlin), Thursday 00:45 your time (Kathmandu): Call 0, 60 minutes\n"
        "https://meet.example.org/call\n"
    ) in message.full_text
    assert "Call 1" not in message.full_text
    assert "Team only" not in message.full_text
    other = mails_of(mailing).get(to=["mentor@example.org"]).full_text
    assert "- Wednesday 10 February, 20:00 (Berlin): Call 0, 60 minutes\n" in other


def test_repeated_sweeps_write_one_weekly_mail(cast, weekly):
    for hours in range(0, 14 * 24, 5):
        sweep_weekly(MONDAY + timedelta(hours=hours))
    assert [m.send_at for m in weekly_mails()] == [MONDAY, MONDAY + timedelta(days=7)]
    assert OutboxMessage.objects.filter(kind="weekly mail").count() == 4


def test_in_a_large_installation_the_weekly_mail_is_written_when_its_moment_comes(cast, weekly):
    for minutes in (-30, -10, 0, 10):
        now = MONDAY + timedelta(minutes=minutes)
        with looking(now, lambda: True):
            sweep_weekly(now)
        assert weekly_mails().exists() is (minutes >= 0)


def test_the_weekly_mail_keeps_its_local_time_in_summer(cast, weekly):
    summer = datetime(2027, 3, 29, 6, 0, tzinfo=UTC)
    assert sweep_weekly(summer - timedelta(minutes=1)) == 0
    assert sweep_weekly(summer) == 1
    assert next_moment(weekly, datetime(2027, 3, 27, tzinfo=UTC)) == summer


def test_after_an_outage_only_the_current_weekly_mail_is_sent(cast, weekly):
    wednesday = MONDAY + timedelta(days=16)
    assert sweep_weekly(wednesday) == 1
    assert sweep_weekly(wednesday) == 0
    assert weekly_mails().get().key.endswith("W08")


def test_a_late_weekly_mail_leaves_out_days_that_are_over(cast, weekly):
    CohortDate.objects.create(cohort=cast.cohort, name="Tuesday's", on=date(2027, 2, 9))
    sweep_weekly(MONDAY + timedelta(days=2))
    text = mails_of(weekly_mails().get())[0].full_text
    assert "Call 0" in text
    assert "Tuesday's" not in text


def test_a_weekly_mail_of_sunday_night_is_still_sent_on_monday(cast, weekly):
    weekly.weekday, weekly.time = 6, time(23, 59)
    weekly.save()
    assert sweep_weekly(datetime(2027, 2, 7, 23, 1, tzinfo=UTC)) == 1  # Monday, 00:01
    assert weekly_mails().get().key.endswith("W05")
    assert "Call 0" in mails_of(weekly_mails().get())[0].full_text


def test_an_empty_weekly_mail_is_not_sent(cast, weekly):
    CohortDate.objects.all().delete()
    assert sweep_weekly(MONDAY) == 0
    weekly.words = "I'm away on Friday, {name}.\n\nSee you <soon>."
    weekly.save()
    assert sweep_weekly(MONDAY) == 1
    text = mails_of(weekly_mails().get()).get(to=["mentor@example.org"]).full_text
    assert text.startswith("Dear Mona,\n\nI'm away on Friday, Mona.\n\nSee you <soon>.\n\nOpen Seeds\n")
    # The words are for one week.
    weekly.refresh_from_db()
    assert weekly.words == ""
    assert sweep_weekly(MONDAY + timedelta(days=7)) == 0


@pytest.mark.parametrize("status", ["draft", "enrolling", "completed", "archived"])
def test_weekly_mails_are_sent_only_while_the_cohort_is_under_way(cast, weekly, status):
    cast.cohort.status = status
    cast.cohort.save()
    assert sweep_weekly(MONDAY) == 0


def test_a_weekly_mail_that_is_off_or_without_recipients_is_not_sent(cast, weekly):
    WeeklyMail.objects.update(on=False)
    assert sweep_weekly(MONDAY) == 0
    WeeklyMail.objects.update(on=True)
    Enrollment.objects.update(status="applied")
    assert sweep_weekly(MONDAY) == 0


def test_people_who_opted_out_get_no_weekly_mail(cast, weekly):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    sweep_weekly(MONDAY)
    assert addresses(weekly_mails().get()) == ["mentor@example.org"]


def test_switching_the_weekly_mail_on_sends_no_earlier_one(cast, weekly):
    weekly.on = False
    with time_machine.travel(MONDAY - timedelta(days=3)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    weekly.on = True
    with time_machine.travel(MONDAY + timedelta(days=1)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    assert sweep_weekly(MONDAY + timedelta(days=1, hours=1)) == 0
    weekly.words = "New words, same plan."
    with time_machine.travel(MONDAY + timedelta(days=7, hours=1)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    assert sweep_weekly(MONDAY + timedelta(days=7, hours=2)) == 1


def test_the_weekly_page_keeps_the_plan_and_previews_the_next_one(client, cast):
    url = reverse("cohorts:weekly-mail-edit", args=[cast.cohort.slug])
    client.force_login(cast.coordinator)
    assert "Nothing would be sent" in client.get(url).content.decode()
    data = {"on": "on", "weekday": "3", "time": "18:30", "words": "Hello {name}, bring a map."}
    wrong = client.post(url, {**data, "words": "Hello {nme}"})
    assert wrong.status_code == 422
    assert "{nme} means nothing here." in wrong.content.decode()
    assert "Hello {nme}" in wrong.content.decode()
    client.post(url, data)
    weekly = WeeklyMail.objects.get()
    assert (weekly.on, weekly.weekday, weekly.time) == (True, 3, time(18, 30))
    page = client.get(url, {"as": cast.mentee.pk}).content.decode()
    assert "Hello Tariq Anwar, bring a map." in page
    assert "Thursday" in page
    Enrollment.objects.update(status="applied")
    assert "Nobody is accepted" in client.get(url).content.decode()
    client.force_login(cast.viewer)
    page = client.get(url).content.decode()
    assert "18:30" in page
    assert "<textarea" not in page


def test_the_sweep_sends_scheduled_and_weekly_mailings(cast, weekly):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    now = max(MONDAY, timezone.now())
    with time_machine.travel(now, tick=False):
        done = sweep_everything(now)
    assert done["mailings sent"] == 1
    assert mails_of(mailing).filter(status="sent").count() == 2
    assert "weekly mails written" in done


def test_each_cohort_has_its_own_weekly_mail(cast, weekly):
    second = CohortFactory(programme=cast.programme, status="matching", time_zone="America/New_York")
    EnrollmentFactory(cohort=second)
    WeeklyMail.objects.create(cohort=second, on=True, weekday=0, time=time(8), words="Hello")
    assert sweep_weekly(MONDAY) == 1
    assert sweep_weekly(MONDAY + timedelta(hours=6)) == 1
    assert weekly_mails().count() == 2
