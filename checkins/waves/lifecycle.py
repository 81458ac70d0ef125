"""Cancel check-ins whose reason has gone, restore them, and expire those that nobody answered."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from checkins.models import CheckIn, PairPause
from checkins.waves.due_dates import next_morning
from checkins.waves.planning import anchor_day
from checkins.waves.scheduling import reminder_left
from cohorts.models import OptOut, TeamMember
from matching.models import Match
from mentorship.core.outbox.services import call_off

KEY = "checkin:"


ENDED, WITHDREW = "the match has ended", "somebody withdrew"


LEFT_TEAM, OPTED_OUT = "not in the team any more", "wants necessary mails only"


def _reasons() -> list[tuple[str, Q]]:
    """Why a check-in stops, and how to tell."""
    of_team = TeamMember.objects.filter(enrollment=OuterRef("enrollment"), user=OuterRef("user"))
    opted_out = OptOut.objects.filter(user=OuterRef("user"), workspace=OuterRef("wave__cohort__programme__workspace"))
    withdrew = Q(match__mentee__status="withdrawn") | Q(match__mentor__status="withdrawn")
    return [
        (ENDED, Q(match__status__in=Match.OVER)),
        (WITHDREW, withdrew | Q(match__isnull=True, enrollment__status__in=["withdrawn", "declined"])),
        (LEFT_TEAM, Q(side="mentee") & ~Q(user=F("enrollment__user")) & ~Q(Exists(of_team))),
        (OPTED_OUT, Q(Exists(opted_out))),
    ]


def cancel_obsolete_checkins() -> int:
    """Cancel what is planned or asked where the reason for it is gone, mails that wait included. Returns how many."""
    stopped = 0
    for words, reason in _reasons():
        found = list(CheckIn.objects.filter(reason, status__in=CheckIn.OPEN).values_list("pk", "mails_sent"))
        ids = [pk for pk, _ in found]
        stopped += CheckIn.objects.filter(pk__in=ids, status__in=CheckIn.OPEN).update(
            status="cancelled", next_mail_at=None, stopped_because=words
        )
        cancel_queued_mail(found)
    return stopped


def cancel_queued_mail(checkins: Iterable[tuple[int, int]]) -> None:
    """Cancel the newest mail of each (id, mails written), as long as it waits."""
    if keys := [f"{KEY}{pk}:{number - 1}" for pk, number in checkins if number]:
        call_off(keys)


def restore_checkins(now: datetime) -> int:
    """Go on with what was stopped, where the reason is gone again. Nobody gets a mail twice for it."""
    gone = CheckIn.objects.filter(status="cancelled").exclude(stopped_because="")
    for _words, reason in _reasons():
        gone = gone.exclude(pk__in=CheckIn.objects.filter(reason, status="cancelled").values("pk"))
    done = 0
    for checkin in gone.select_related("wave__cohort", "user"):
        if _has_another(checkin):
            continue
        following: datetime | None
        if checkin.mails_sent:
            status, following = CheckIn.Status.SENT, reminder_left(checkin, now)
        elif checkin.closes_at > now:
            status = CheckIn.Status.PLANNED
            zone = ZoneInfo(checkin.user.time_zone or checkin.zone)
            following = max(checkin.due_at, next_morning(now, zone))
        else:  # what it asks about is long past
            continue
        done += CheckIn.objects.filter(pk=checkin.pk, status="cancelled").update(
            status=status, next_mail_at=following, stopped_because=""
        )
    return done


def _has_another(checkin: CheckIn) -> bool:
    """Whether a mentee is asked about the programme by another pair meanwhile: then once is enough."""
    if checkin.side != CheckIn.Side.MENTEE or anchor_day(checkin.wave) is None:
        return False
    others = checkin.wave.checkins.filter(user=checkin.user_id, enrollment=checkin.enrollment_id)
    return others.exclude(pk=checkin.pk).exclude(status="cancelled").exists()


def expire_checkins(now: datetime) -> int:
    """Close what nobody answered in its window, which began with the first mail. Returns how many."""
    late = CheckIn.objects.filter(status="sent", closes_at__lte=now).exclude(
        Exists(PairPause.objects.filter(match=OuterRef("match"), ended_at=None))
    )
    return late.filter(wave__paused_at=None).update(status="expired", next_mail_at=None)
