"""When something happens to an open offer. The sweep and the list of planned mail both ask here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cohorts.models import Enrollment
from mentorship.core.timezones import after_sunday

REMIND_BEFORE = timedelta(hours=48)
REMINDER, LAPSE = "offer-reminder", "offer-lapsed"
TEMPLATES = {REMINDER: "cohorts/offer_reminder", LAPSE: "cohorts/offer_lapsed"}


@dataclass(frozen=True)
class OfferStep:
    """The reminder of an offer, or its end, each with a mail: at which moment (UTC), and before which one."""

    enrollment: Enrollment
    name: str
    at: datetime
    until: datetime | None = None

    @property
    def template(self) -> str:
        return TEMPLATES[self.name]

    @property
    def key(self) -> str:
        """The key of its mail. The end of the offer is part of it, so that each offer has its own."""
        return f"{self.name}:{self.enrollment.pk}:{self.enrollment.offer_expires_at:%Y%m%dT%H%M}"

    def is_due(self, now: datetime) -> bool:
        return self.at <= now and (self.until is None or now < self.until)


def offer_steps(enrollment: Enrollment) -> Iterator[OfferStep]:
    """What happens to an open offer that nobody answers. Offers of two days or less have no reminder.

    A reminder that falls on a Sunday of the cohort's clock leaves on Monday morning.
    """
    ends, days = enrollment.offer_expires_at, enrollment.cohort.offer_days
    if ends is None:
        return
    if days and days > REMIND_BEFORE.days:
        at = after_sunday(ends - REMIND_BEFORE, enrollment.cohort.tz)
        yield OfferStep(enrollment, REMINDER, at, until=ends)
    yield OfferStep(enrollment, LAPSE, ends)


def due_steps(now: datetime) -> list[OfferStep]:
    """What is due at `now` for all offers, ends before reminders."""
    offers = Enrollment.objects.with_open_offer().filter(offer_expires_at__lte=now + REMIND_BEFORE)
    steps = [
        step
        for enrollment in offers.with_people().order_by("pk")
        for step in offer_steps(enrollment)
        if step.is_due(now)
    ]
    return sorted(steps, key=lambda step: step.name != LAPSE)
