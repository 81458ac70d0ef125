"""Send reminders of expiring offers, and let expired offers lapse."""

from datetime import datetime

from django.db import transaction

from cohorts.enrollment.services import lock_enrollment, set_enrollment_status
from cohorts.models import Enrollment
from cohorts.places.mails import mail_offer
from cohorts.places.schedule import LAPSE, OfferStep, due_steps
from mentorship.core.outbox.planned.planned_changes import put_off


def sweep_offers(now: datetime) -> int:
    """Remind people of offers that end within two days, and let ended ones lapse. Returns how many it touched.

    Idempotent, also in several processes: the status decides, and each mail has its own key.
    """
    touched = 0
    for step in due_steps(now):
        if step.name == LAPSE:
            touched += _lapse(step, now)
        elif not put_off([step.key], now):
            touched += mail_offer(step)
    return touched


@transaction.atomic
def _lapse(step: OfferStep, now: datetime) -> int:
    locked = lock_enrollment(step.enrollment)
    if not locked.offer_is_open or locked.offer_expires_at is None or locked.offer_expires_at > now:
        return 0  # answered or extended since it was read
    ended = locked.offer_expires_at
    set_enrollment_status(
        enrollment=locked,
        to=Enrollment.Status.WITHDRAWN,
        by=None,
        note="the offer lapsed",
        departure=Enrollment.Departure.LAPSED,
    )
    locked.offer_expires_at = ended
    return mail_offer(OfferStep(locked, LAPSE, ended))
