"""Keep the dates of check-ins correct when cohorts, time zones, waves or pauses change."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.due_dates import mail_morning_after, morning, next_morning, plus_days
from checkins.schedule.planning import ZONE_SLACK, due_moment_of, followed_day, zone_of_person
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.timezones import first_zone


def follow_changed_dates(now: datetime) -> int:
    """Reschedule check-ins when the cohort's dates or the person's time zone changed. Returns how many."""
    planned = CheckIn.objects.filter(status="planned")
    by_starts = Q(anchor__in=["starts", "intro"]) & ~Q(anchored_on=F("cohort__starts_on"))
    by_ends = Q(anchor="ends") & ~Q(anchored_on=F("cohort__ends_on"))
    shifted = CheckInWave.objects.filter((by_starts | by_ends) & Q(anchored_on__isnull=False))
    done = 0
    moved = shifted | CheckInWave.objects.filter(anchor="intro", anchored_on=None)
    for wave in where_changed(moved, "cohort__programme__workspace").select_related("cohort"):
        of_wave = planned.filter(wave=wave)
        if wave.anchor == CheckInWave.Anchor.INTRO:
            # Pairs that began after both days are unaffected, and manually moved dates stay.
            last = max(wave.anchored_on or wave.cohort.starts_on, wave.cohort.starts_on) + ZONE_SLACK
            of_wave = of_wave.filter(match__intro__sent_at__lt=datetime.combine(last, time(), UTC))
        done += replan(of_wave)
        CheckInWave.objects.filter(pk=wave.pk).update(anchored_on=followed_day(wave))
    travelled = CheckIn.objects.filter(status__in=CheckIn.OPEN, next_mail_at__isnull=False).exclude(user__time_zone="")
    travelled = where_changed(travelled, "wave__cohort__programme__workspace", person="user")
    found: dict[str, list[int]] = {"planned": [], "sent": []}
    for pk, status in travelled.exclude(zone=F("user__time_zone")).order_by().values_list("pk", "status"):
        found[status].append(pk)
    done += replan(CheckIn.objects.filter(pk__in=found["planned"])) if found["planned"] else 0
    return done + (_move_reminders(CheckIn.objects.filter(pk__in=found["sent"]), now) if found["sent"] else 0)


def _move_reminders(checkins: Any, now: datetime) -> int:
    """Move reminders to the morning of the same day in the person's new time zone. Returns how many."""
    done = 0
    for checkin in checkins.select_related("user"):
        zone = first_zone(checkin.user.time_zone)
        day = checkin.next_mail_at.astimezone(ZoneInfo(checkin.zone)).date()
        last = checkin.last_mail_at or checkin.next_mail_at
        moment = max(morning(day, zone), mail_morning_after(last, 1, zone))  # never two on one day
        moment = max(moment, next_morning(now, zone))
        done += CheckIn.objects.filter(pk=checkin.pk, status="sent", mails_sent=checkin.mails_sent).update(
            next_mail_at=moment if moment < checkin.closes_at else None, zone=zone.key
        )
    return done


def replan(checkins: Any) -> int:
    """Reset unsent check-ins to the date of their wave. Returns how many."""
    done = 0
    for checkin in checkins.select_related("wave__cohort", "user", "enrollment", "match__intro"):
        zone = zone_of_person(checkin.user, checkin.enrollment, checkin.wave.cohort)
        due = due_moment_of(checkin.wave, zone, checkin.match.intro.sent_at if checkin.match else None)
        closes = plus_days(due, checkin.wave.window_days, zone)
        done += CheckIn.objects.filter(pk=checkin.pk, status="planned", mails_sent=0).update(
            due_at=due, next_mail_at=due, closes_at=closes, zone=zone.key
        )
    return done


def apply_wave_change(wave: CheckInWave, *, more_days: int) -> None:
    """Apply changed reminders and a changed window to check-ins that are already open.

    First mails stay on their days, even if somebody moved one of them.
    """
    now = timezone.now()
    for checkin in wave.checkins.filter(status__in=CheckIn.OPEN).select_related("user"):
        zone = first_zone(checkin.user.time_zone, checkin.zone)
        checkin.closes_at = plus_days(checkin.closes_at, more_days, zone)
        following = reminder_left(checkin, now, wave) if checkin.mails_sent else checkin.next_mail_at
        CheckIn.objects.filter(pk=checkin.pk, status=checkin.status, mails_sent=checkin.mails_sent).update(
            closes_at=checkin.closes_at, next_mail_at=following
        )


def reminder_left(checkin: CheckIn, now: datetime, wave: CheckInWave | None = None) -> datetime | None:
    """When a person gets the next reminder; a missed one is due next morning.

    None if none is left, or they replied by other means. `wave` saves a query, or is an unsaved one.
    """
    if checkin.reply_id:
        return None
    zone = first_zone(checkin.user.time_zone, checkin.zone)
    planned = reminder_after(wave or checkin.wave, checkin.mails_sent, checkin.last_mail_at or now, zone)
    following = max(planned, mail_morning_after(now, 1, zone)) if planned and planned < now else planned
    return following if following and following < checkin.closes_at else None


def extend_after_pause(checkins: Any, days: int, now: datetime) -> None:
    """Extend open check-ins by the days of a pause; mails that fell into it are due next morning.

    Later dates stay: a week's pause in spring does not move check-ins in autumn.
    """
    for checkin in checkins.filter(status__in=CheckIn.OPEN).select_related("user"):
        zone = first_zone(checkin.user.time_zone, checkin.zone)
        following = checkin.next_mail_at
        if following and following < now:
            following = mail_morning_after(now, 1, zone)
        closes = plus_days(checkin.closes_at, max(days, 0), zone)
        CheckIn.objects.filter(pk=checkin.pk, status=checkin.status, mails_sent=checkin.mails_sent).update(
            next_mail_at=following, closes_at=closes
        )


def reminder_after(wave: CheckInWave, mails: int, last: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next reminder goes out after `mails` mails, the last of them at `last`; None if none is left.

    Counted from the mail that was really sent, so that nobody gets two in quick succession after an outage.
    """
    return mail_morning_after(last, wave.reminder_every, zone) if mails <= wave.reminders else None
