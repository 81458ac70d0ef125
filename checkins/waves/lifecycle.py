"""Cancel check-ins whose reason has gone, restore them, and expire unanswered ones."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from checkins.models import CheckIn, PairPause
from checkins.schedule.due_dates import next_morning
from checkins.schedule.planning import anchor_day
from checkins.schedule.scheduling import reminder_left
from checkins.waves.mails import cancel_queued_mail
from cohorts.models import OptOut, TeamMember
from matching.models import Match
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.timezones import first_zone

Reason = CheckIn.CancelReason


def _reasons() -> list[tuple[CheckIn.CancelReason, Q]]:
    """Each reason to cancel a check-in, with its condition."""
    of_team = TeamMember.objects.filter(enrollment=OuterRef("enrollment"), user=OuterRef("user"))
    opted_out = OptOut.objects.filter(user=OuterRef("user"), workspace=OuterRef("wave__cohort__programme__workspace"))
    withdrew = Q(match__mentee__status="withdrawn") | Q(match__mentor__status="withdrawn")
    return [
        (Reason.MATCH_ENDED, Q(match__status__in=Match.OVER)),
        (Reason.WITHDREW, withdrew | Q(match__isnull=True, enrollment__status__in=["withdrawn", "declined"])),
        (Reason.LEFT_TEAM, Q(side="mentee") & ~Q(user=F("enrollment__user")) & ~Q(Exists(of_team))),
        (Reason.OPTED_OUT, Q(Exists(opted_out))),
    ]


def obsolete_checkins(ids: Collection[int]) -> dict[int, str]:
    """Check-ins among these that no longer make sense, with the reason in words. One query for each reason."""
    found: dict[int, str] = {}
    for reason, holds in _reasons():
        found.update(
            dict.fromkeys(CheckIn.objects.filter(holds, pk__in=ids).values_list("pk", flat=True), reason.label)
        )
    return found


def cancel_obsolete_checkins() -> int:
    """Cancel open check-ins that no longer make sense, with their queued mails. Returns how many."""
    why = Case(*(When(holds, then=Value(reason)) for reason, holds in _reasons()), output_field=CharField())
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    obsolete = _changed().filter(status__in=CheckIn.OPEN).annotate(why=why).filter(why__isnull=False)
    for pk, mails, reason in obsolete.values_list("pk", "mails_sent", "why"):
        found[reason].append((pk, mails))
    stopped = 0
    for reason, checkins in found.items():
        ids = [pk for pk, _ in checkins]
        stopped += CheckIn.objects.filter(pk__in=ids, status__in=CheckIn.OPEN).update(
            status="cancelled", next_mail_at=None, cancelled_because=reason
        )
        cancel_queued_mail(checkins)
    return stopped


def _changed() -> Any:
    return where_changed(CheckIn.objects.all(), "wave__cohort__programme__workspace", person="user")


def restore_checkins(now: datetime) -> int:
    """Restore cancelled check-ins whose reason no longer holds. Sends no mail twice. Returns how many."""
    gone = _changed().filter(status="cancelled", cancelled_because__in=CheckIn.RESTORABLE)
    for _reason, holds in _reasons():
        gone = gone.exclude(pk__in=CheckIn.objects.filter(holds, status="cancelled").values("pk"))
    done = 0
    for checkin in gone.select_related("wave__cohort", "user"):
        if _has_another(checkin):
            continue
        following: datetime | None
        if checkin.mails_sent:
            status, following = CheckIn.Status.SENT, reminder_left(checkin, now)
        elif checkin.closes_at > now:
            status = CheckIn.Status.PLANNED
            zone = first_zone(checkin.user.time_zone, checkin.zone)
            following = max(checkin.due_at, next_morning(now, zone))
        else:  # its subject is long past
            continue
        done += CheckIn.objects.filter(pk=checkin.pk, status="cancelled").update(
            status=status, next_mail_at=following, cancelled_because=""
        )
    return done


def _has_another(checkin: CheckIn) -> bool:
    """Whether a mentee has another check-in about the programme in this wave, through another pair."""
    if checkin.side != CheckIn.Side.MENTEE or anchor_day(checkin.wave) is None:
        return False
    others = checkin.wave.checkins.filter(user=checkin.user_id, enrollment=checkin.enrollment_id)
    return others.exclude(pk=checkin.pk).exclude(status="cancelled").exists()


def expire_checkins(now: datetime) -> int:
    """Expire check-ins unanswered within their window, which begins with the first mail. Returns how many."""
    late = CheckIn.objects.filter(status="sent", closes_at__lte=now).exclude(
        Exists(PairPause.objects.filter(match=OuterRef("match"), ended_at=None))
    )
    return late.filter(wave__paused_at=None).update(status="expired", next_mail_at=None)
