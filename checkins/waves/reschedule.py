"""Move, cancel or restore the next mail of one check-in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from checkins.models import CheckIn
from checkins.schedule.due_dates import add_months, morning, plus_days
from checkins.waves.mails import cancel_queued_mail
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

MOST_MONTHS = 24


@transaction.atomic
def reschedule_checkin(*, checkin: CheckIn, day: date, by: User, now: datetime | None = None) -> CheckIn:
    """Move the next mail to the morning of `day` in the person's time zone.

    With a first mail the time to answer moves, too; a reminder has to stay within it. A later change of the cohort's
    dates plans first mails again. Raises ServiceError if no mail is left to move, or the day is impossible.
    """
    now = now or timezone.now()
    locked = _lock(checkin)
    if locked.status not in CheckIn.OPEN or locked.next_mail_at is None:
        raise ServiceError("No email is left to move.")
    zone = ZoneInfo(locked.zone)
    if day < now.astimezone(zone).date():
        raise ServiceError("This day has passed. Choose a later one.")
    if day > add_months(now.date(), MOST_MONTHS):
        raise ServiceError("That is too far away. Choose an earlier day.")
    moment = morning(day, zone)
    before = locked.next_mail_at
    if locked.status == CheckIn.Status.PLANNED:
        locked.due_at, locked.closes_at = moment, plus_days(moment, locked.wave.window_days, zone)
    elif moment >= locked.closes_at:
        raise ServiceError("By then it can't be answered any more. Choose an earlier day.")
    locked.next_mail_at = moment
    locked.save(update_fields=["due_at", "closes_at", "next_mail_at"])
    record(
        verb=Verb.MOVED,
        target=locked,
        workspace_id=locked.wave.cohort.workspace_id,
        by=by,
        before=before.isoformat(),
        after=moment.isoformat(),
    )
    return locked


@transaction.atomic
def cancel_checkin(*, checkin: CheckIn, by: User) -> CheckIn:
    """Cancel a check-in, with a mail that is still queued.

    It stays cancelled until `restore_cancelled_checkin`. Raises ServiceError if it is over already.
    """
    locked = _lock(checkin)
    if locked.status not in CheckIn.OPEN:
        raise ServiceError("This check-in is over already.")
    locked.status, locked.next_mail_at = CheckIn.Status.CANCELLED, None
    locked.cancelled_because = CheckIn.CancelReason.BY_COORDINATOR
    locked.save(update_fields=["status", "next_mail_at", "cancelled_because"])
    cancel_queued_mail([(locked.pk, locked.mails_sent)])
    record(verb=Verb.STOPPED, target=locked, workspace_id=locked.wave.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def restore_cancelled_checkin(*, checkin: CheckIn, by: User, now: datetime | None = None) -> CheckIn:
    """Restore a check-in that a coordinator cancelled before its first mail. Raises ServiceError for any other."""
    now = now or timezone.now()
    locked = _lock(checkin)
    if not locked.can_be_asked_after_all:
        raise ServiceError("Only a check-in that somebody stopped before its first email can be asked after all.")
    zone = ZoneInfo(locked.zone)
    due = max(locked.due_at, now)
    locked.status, locked.due_at, locked.next_mail_at = CheckIn.Status.PLANNED, due, due
    locked.closes_at, locked.cancelled_because = plus_days(due, locked.wave.window_days, zone), ""
    locked.save(update_fields=["status", "due_at", "next_mail_at", "closes_at", "cancelled_because"])
    record(verb=Verb.ASKED_AFTER_ALL, target=locked, workspace_id=locked.wave.cohort.workspace_id, by=by)
    return locked


def _lock(checkin: CheckIn) -> CheckIn:
    return CheckIn.objects.select_for_update(of=("self",)).select_related("wave__cohort__programme").get(pk=checkin.pk)
