"""Send reminders of offers that end soon and let expired offers lapse."""

from datetime import datetime

from django.db import transaction

from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Enrollment
from cohorts.places.mails import REMIND_BEFORE, mail_offer, offer_key
from cohorts.places.services import lock_enrollment
from mentorship.core.outbox.planned.planned_changes import put_off


def sweep_offers(now: datetime) -> int:
    """Remind of offers that end within two days, and let those lapse that have ended. Returns how many it touched.

    Twice, late, or in two places at once it does nothing twice: the status decides, and each mail has its own key.
    """
    open_offers = Enrollment.objects.filter(
        status=Enrollment.Status.ACCEPTED, confirmed_at=None, offer_expires_at__isnull=False
    )
    touched = 0
    for enrollment in open_offers.filter(offer_expires_at__lte=now).order_by("pk"):
        touched += _lapse(enrollment, now)
    soon = open_offers.filter(offer_expires_at__gt=now, offer_expires_at__lte=now + REMIND_BEFORE)
    # Who has no more than two days in all needs no reminder.
    for enrollment in soon.filter(cohort__offer_days__gt=REMIND_BEFORE.days).with_people().order_by("pk"):
        if not put_off([offer_key("offer-reminder", enrollment)], now):
            touched += mail_offer(enrollment, "cohorts/offer_reminder", "offer-reminder")
    return touched


@transaction.atomic
def _lapse(enrollment: Enrollment, now: datetime) -> int:
    locked = lock_enrollment(enrollment)
    if not locked.offer_is_open or locked.offer_expires_at is None or locked.offer_expires_at > now:
        return 0  # they answered, or got more time, while we were coming
    ended = locked.offer_expires_at
    set_enrollment_status(enrollment=locked, to=Enrollment.Status.WITHDRAWN, by=None, note="the offer lapsed")
    locked.offer_expires_at = ended
    return mail_offer(locked, "cohorts/offer_lapsed", "offer-lapsed")
