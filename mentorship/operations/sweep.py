"""One pass over everything that is due. Idempotent: it may run late, again, or in two places at once."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from checkins.alumni.opportunities import sweep_digests
from checkins.answering.anonymous import sweep_anonymous_answers
from checkins.waves.sweep import sweep_checkins
from cohorts.bulk_actions.services import sweep_bulk_actions
from cohorts.imports.services import sweep_imports
from cohorts.mailings.services import sweep_mailings
from cohorts.mailings.weekly import sweep_weekly
from cohorts.models import BulkAction, Cohort, Mailing
from cohorts.places.sweep import sweep_offers
from matching.consent.sweep import sweep_consent
from matching.engine.meanings import sweep_meanings
from matching.engine.services import sweep_runs
from matching.events.sweep import sweep_events
from matching.groups.introduced import sweep_group_leavers
from matching.intro.confirmation import sweep_confirmations
from matching.models import Confirmation, MatchRun, PastWeights, ReplacementSearch
from matching.pairs.meetings import sweep_meetings
from matching.past_weights.services import sweep_past_weights
from matching.pauses.services import sweep_pauses
from matching.rematch.replacement_search import sweep_searches
from matching.rematch.services import sweep_matches_left_behind
from matching.supply.services import sweep_supply
from mentorship.core.background.sweep_scope import looking
from mentorship.core.outbox.delivery.deliver import deliver_all_due, recover_expired
from mentorship.core.outbox.health import record_heartbeat
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.counts import AtLeast, counts_up_to
from mentorship.operations.retention.services import sweep_old_data
from mentorship.portal.team_news.services import sweep_team_news
from partners.billing.reminders import sweep_reminders
from partners.models import Invoice
from training.sessions.sweep import sweep_training

logger = logging.getLogger(__name__)

DELIVERY = "messages sent"
# With more rounds under way a sweep looks where something changed, see `looking`.
MANY_ROUNDS = 200
# Check-ins write messages, so delivery comes after them; a long matching run delays neither.
PARTS: dict[str, Callable[[datetime], int]] = {
    "unknown outcomes settled": recover_expired,
    "matches of people who left ended": sweep_matches_left_behind,
    "goal groups left": sweep_group_leavers,
    "meetings left": sweep_meetings,
    "asked pairs reminded or settled": sweep_consent,
    "confirmations gone on with": sweep_confirmations,
    "bulk actions gone on with": sweep_bulk_actions,
    "mentors back from a pause": sweep_pauses,
    "check-ins moved": sweep_checkins,
    "anonymous answers mixed": sweep_anonymous_answers,
    "digests written": sweep_digests,
    "offers reminded of or lapsed": sweep_offers,
    "mailings sent": sweep_mailings,
    "weekly mails written": sweep_weekly,
    "training moved": sweep_training,
    "event mails written": sweep_events,
    "overdue invoices reminded of": sweep_reminders,
    "news written to coordinators": sweep_team_news,
    DELIVERY: deliver_all_due,
    "sheets gone on with": sweep_imports,
    "matching runs worked out": sweep_runs,
    "replacements looked for": sweep_searches,
    "shortages of mentors counted": sweep_supply,
    "weights fitted on earlier rounds": sweep_past_weights,
    "sign-ups read for their meaning": sweep_meanings,
    "deleted because their time was over": sweep_old_data,
}

# Parts that have nothing to do unless one of these rows is there. One query asks about all of them.
RARE: dict[str, Callable[[datetime], QuerySet]] = {
    "unknown outcomes settled": OutboxMessage.objects.expired,
    "confirmations gone on with": Confirmation.objects.stalled,
    "bulk actions gone on with": BulkAction.objects.stalled,
    "mailings sent": lambda now: Mailing.objects.scheduled().filter(send_at__lte=now),
    "overdue invoices reminded of": lambda now: Invoice.objects.open().filter(
        next_reminder_on__lte=timezone.localdate(now)
    ),
    "matching runs worked out": MatchRun.objects.stranded,
    "replacements looked for": ReplacementSearch.objects.stranded,
    "weights fitted on earlier rounds": PastWeights.objects.stranded,
}


class SweepError(Exception):
    """Parts of a sweep failed; the others ran. The log has the reasons."""


def sweep_everything(now: datetime | None = None) -> dict[str, int]:
    """Run every part of the sweep and return the results. Failures don't stop the others; SweepError names them."""
    record_heartbeat("sweep", note="under way")  # a matching run may take longer than the alarm's limit
    with looking(now, _is_large):
        return _sweep_parts(now)


def _is_large() -> bool:
    under_way = Cohort.objects.filter(status__in=(Cohort.Status.ENROLLING, *Cohort.UNDER_WAY))
    return isinstance(counts_up_to(under_way, most=MANY_ROUNDS)[0], AtLeast)


def _idle(now: datetime) -> set[str]:
    """The parts of `RARE` without a row; what an earlier part leaves for them is found by the next sweep."""
    try:
        numbers = counts_up_to(*(rows(now) for rows in RARE.values()), most=1)
    except DatabaseError:  # each part says itself what it could not ask
        logger.exception("What is rarely due could not be looked for.")
        return set()
    return {name for name, number in zip(RARE, numbers, strict=True) if not number}


def _sweep_parts(now: datetime | None) -> dict[str, int]:
    done: dict[str, int] = {}
    failed: dict[str, Exception] = {}
    idle = _idle(now or timezone.now())
    for name, part in PARTS.items():
        if name in idle:
            done[name] = 0
            continue
        try:
            # Each part reads the clock itself unless given a time, so that one part can send what the previous one
            # queued.
            done[name] = part(now or timezone.now())
        except Exception as error:
            logger.exception("A part of the sweep failed: %s", name)
            failed[name] = error
    said = ", ".join(f"{name}: {number}" for name, number in done.items() if number)
    record_heartbeat(
        "sweep", note="; ".join(f"{name}: {error}" for name, error in failed.items()) or said, ok=not failed
    )
    if failed:
        raise SweepError("; ".join(f"{name}: {error}" for name, error in failed.items())) from next(
            iter(failed.values())
        )
    return done
