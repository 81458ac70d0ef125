"""Pause a pair's check-ins and resume them."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from checkins.models import PairPause
from checkins.schedule.planning import ZONE_SLACK
from checkins.schedule.scheduling import extend_after_pause
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def pause_pair(*, match: Match, by: User | None, until: date | None = None, reason: str = "") -> PairPause:
    """Pause a pair's check-ins until a date or until resumed. A paused pair gets the new date."""
    Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    pause, _ = PairPause.objects.update_or_create(
        match=match,
        ended_at=None,
        defaults={"until": until, "reason": reason, "by": by},
        create_defaults={"since": timezone.localdate(), "until": until, "reason": reason, "by": by},
    )
    record(
        verb=Verb.PAUSED,
        target=match,
        workspace_id=match.mentee.cohort.workspace_id,
        by=by,
        reason=reason,
        until=until.isoformat() if until else "",
    )
    return pause


@transaction.atomic
def resume_pair(*, match: Match, by: User | None, now: datetime | None = None) -> None:
    """Resume a pair: open check-ins and mails that fell into the pause move by its length in days."""
    now = now or timezone.now()
    pause = PairPause.objects.select_for_update(of=("self",)).filter(match=match, ended_at=None).first()
    if pause is None:
        return
    pause.ended_at = now
    pause.save(update_fields=["ended_at"])
    extend_after_pause(match.checkins.all(), (now.date() - pause.since).days, now)
    record(verb=Verb.RESUMED, target=match, workspace_id=match.mentee.cohort.workspace_id, by=by)


def end_pauses(now: datetime) -> int:
    """Resume the pairs whose pause is over in their cohort's time zone. Returns how many."""
    done = 0
    for pause in PairPause.objects.filter(ended_at=None, until__lte=(now + ZONE_SLACK).date()).select_related(
        "match__mentee__cohort__programme"
    ):
        if pause.until and pause.until <= now.astimezone(pause.match.mentee.cohort.tz).date():
            resume_pair(match=pause.match, by=None, now=now)
            done += 1
    return done
