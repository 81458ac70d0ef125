"""One pass of everything that is due. Running it twice, late, or in two places does nothing twice."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from checkins.services import sweep_checkins
from cohorts.importing import sweep_imports
from cohorts.mailing import sweep_mailings
from cohorts.offers import sweep_offers
from cohorts.questions import forget_unconfirmed
from cohorts.weekly import sweep_weekly
from matching.services import sweep_runs
from mentorship.outbox.delivery import (
    deliver_all_due,
    forget_sign_in_mails,
    recover_expired,
)
from mentorship.outbox.health import seen
from partners.services.invoicing import sweep_reminders
from training.services import sweep_training

logger = logging.getLogger(__name__)

# Check-ins write messages, so delivery comes after them; a long matching run holds up neither.
PARTS: dict[str, Callable[[datetime], int]] = {
    "unknown outcomes settled": recover_expired,
    "check-ins moved": sweep_checkins,
    "old sign-in mails deleted": forget_sign_in_mails,
    "offers reminded of or lapsed": sweep_offers,
    "unconfirmed sign-ups deleted": forget_unconfirmed,
    "mailings sent": sweep_mailings,
    "weekly mails written": sweep_weekly,
    "training moved": sweep_training,
    "overdue invoices reminded of": sweep_reminders,
    "messages sent": deliver_all_due,
    "sheets gone on with": sweep_imports,
    "matching runs worked out": sweep_runs,
}


class SweepError(Exception):
    """Parts of a sweep failed; the others were done. The log has the reasons."""


def sweep_everything(now: datetime | None = None) -> dict[str, int]:
    """Do every part of the sweep and return what each did. One that fails stops no other; SweepError names it."""
    done: dict[str, int] = {}
    failed: dict[str, Exception] = {}
    seen("sweep", note="under way")  # a matching run may take longer than the alarm waits
    for name, part in PARTS.items():
        try:
            # Each part looks at the clock itself unless told otherwise: what one part queued, the next one sends.
            done[name] = part(now or timezone.now())
        except Exception as error:
            logger.exception("A part of the sweep failed: %s", name)
            failed[name] = error
    said = ", ".join(f"{name}: {number}" for name, number in done.items() if number)
    seen("sweep", note="; ".join(f"{name}: {error}" for name, error in failed.items()) or said, ok=not failed)
    if failed:
        raise SweepError("; ".join(f"{name}: {error}" for name, error in failed.items())) from next(
            iter(failed.values())
        )
    return done
