"""One pass of everything that is due. Running it twice, late, or in two places does nothing twice."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from checkins.services import sweep_checkins
from checkins.services.opportunities import sweep_digests
from cohorts.importing import sweep_imports
from cohorts.mailing import sweep_mailings
from cohorts.offers import sweep_offers
from cohorts.questions import forget_unconfirmed
from cohorts.weekly import sweep_weekly
from matching.services import sweep_runs
from matching.services.asking import sweep_asked
from matching.services.event_sweep import sweep_events
from matching.services.pausing import sweep_pauses
from matching.services.rematching import sweep_leavers
from matching.services.replacing import sweep_searches
from matching.services.supply import sweep_supply
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
    "matches of people who left ended": sweep_leavers,
    "asked pairs reminded or settled": sweep_asked,
    "mentors back from a pause": sweep_pauses,
    "check-ins moved": sweep_checkins,
    "digests written": sweep_digests,
    "old sign-in mails deleted": forget_sign_in_mails,
    "offers reminded of or lapsed": sweep_offers,
    "unconfirmed sign-ups deleted": forget_unconfirmed,
    "mailings sent": sweep_mailings,
    "weekly mails written": sweep_weekly,
    "training moved": sweep_training,
    "event mails written": sweep_events,
    "overdue invoices reminded of": sweep_reminders,
    "messages sent": deliver_all_due,
    "sheets gone on with": sweep_imports,
    "matching runs worked out": sweep_runs,
    "replacements looked for": sweep_searches,
    "shortages of mentors counted": sweep_supply,
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
