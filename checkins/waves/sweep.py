"""Process everything about check-ins that is due."""

from collections.abc import Iterable
from datetime import datetime

from checkins.models import CheckIn
from checkins.schedule.pauses import end_pauses
from checkins.schedule.planning import plan_checkins
from checkins.schedule.scheduling import follow_changed_dates
from checkins.waves.lifecycle import cancel_obsolete_checkins, expire_checkins, restore_checkins
from checkins.waves.mails import one_mail_each, write_mail


def sweep_checkins(now: datetime) -> int:
    """Do everything about check-ins that is due at `now` (UTC): plan, cancel, restore, expire, ask and remind.

    Returns the number of mails. Idempotent, also late or when two sweeps run at once.
    """
    end_pauses(now)
    plan_checkins(now)
    follow_changed_dates(now)
    cancel_obsolete_checkins()
    restore_checkins(now)
    expire_checkins(now)
    return sum(write_mail(checkins, now) for checkins in one_mail_each(_due(now)))


def _due(now: datetime) -> Iterable[CheckIn]:
    return CheckIn.objects.due(now).select_related(
        "user",
        "enrollment",
        "wave__survey",
        "wave__cohort__programme",
        "match__mentee__user",
        "match__mentee__cohort",
        "match__mentor__user",
    )
