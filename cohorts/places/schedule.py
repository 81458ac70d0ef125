"""When an open offer is reminded of and expires, for the sweep and for the list of planned mail."""

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
    """The reminder or the expiry of an offer, each with a mail, and its window (UTC)."""

    enrollment: Enrollment
    name: str
    at: datetime
    until: datetime | None = None

    @property
    def template(self) -> str:
        return TEMPLATES[self.name]

    @property
    def key(self) -> str:
        """The key of its mail. It includes the end of the offer, so that each offer has its own."""
        return f"{self.name}:{self.enrollment.pk}:{self.enrollment.offer_expires_at:%Y%m%dT%H%M}"

    def is_due(self, now: datetime) -> bool:
        return self.at <= now and (self.until is None or now < self.until)


def offer_steps(enrollment: Enrollment) -> Iterator[OfferStep]:
    """The steps of an open offer that nobody answers. Offers of two days or less have no reminder.

    A reminder due on a Sunday in the cohort's time zone is sent on Monday morning.
    """
    ends, days = enrollment.offer_expires_at, enrollment.cohort.offer_days
    if ends is None:
        return
    if days and days > REMIND_BEFORE.days:
        at = after_sunday(ends - REMIND_BEFORE, enrollment.cohort.tz)
        yield OfferStep(enrollment, REMINDER, at, until=ends)
    yield OfferStep(enrollment, LAPSE, ends)


def due_steps(now: datetime) -> list[OfferStep]:
    """The steps due at `now` for all offers, expiries before reminders."""
    offers = Enrollment.objects.with_open_offer().filter(offer_expires_at__lte=now + REMIND_BEFORE)
    steps = [
        step
        for enrollment in offers.with_people().order_by("pk")
        for step in offer_steps(enrollment)
        if step.is_due(now)
    ]
    return sorted(steps, key=lambda step: step.name != LAPSE)
