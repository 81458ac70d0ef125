"""Who is asked, when, and the mails: moving, stopping, reviving, closing, asking and reminding.

A check-in is planned as soon as its date can be known, long before it is due. Every sweep puts right what changed
since: dates of the cohort, people's zones, matches that ended or go on again. Nothing here remembers when it last ran.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.text import get_text_list

from checkins.links import answer_link, checkin_link
from checkins.models import CheckIn, CheckInWave, PairPause
from checkins.schedule import morning, morning_after, next_morning, plus_days
from checkins.services.planning import SLACK, anchor_day, due_of, plan_checkins, zone_of
from checkins.services.surveys import first_question
from cohorts.mailing import opt_out_link
from cohorts.models import OptOut, TeamMember
from matching.models import Match
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.coming import THEIR_LINK
from mentorship.outbox.services import call_off, enqueue, render_mail

KEY = "checkin:"
ENDED, WITHDREW = "the match has ended", "somebody withdrew"
LEFT_TEAM, OPTED_OUT = "not in the team any more", "wants necessary mails only"


def sweep_checkins(now: datetime) -> int:
    """Do everything about check-ins that is due at `now` (UTC): plan, stop, close, ask and remind.

    Returns how many mails were written. Run twice, late, or in two places at once, it does nothing twice.
    """
    end_pauses(now)
    plan_checkins(now)
    move_checkins(now)
    stop_checkins()
    revive_checkins(now)
    close_checkins(now)
    return sum(_write_mail(checkin, now) for checkin in _due(now))


# --- what changed since ---


def move_checkins(now: datetime) -> int:
    """Plan anew what has not been asked yet, where the cohort's dates or the person's zone changed."""
    planned = CheckIn.objects.filter(status="planned")
    shifted = CheckInWave.objects.filter(
        Q(anchor="starts") & ~Q(anchored_on=F("cohort__starts_on"))
        | Q(anchor="ends") & ~Q(anchored_on=F("cohort__ends_on")),
        anchored_on__isnull=False,
    )
    done = 0
    for wave in shifted.select_related("cohort"):
        done += replan(planned.filter(wave=wave))
        CheckInWave.objects.filter(pk=wave.pk).update(anchored_on=anchor_day(wave))
    return done + replan(_travelled("planned")) + _take_along(_travelled("sent"), now)


def _travelled(status: str) -> Any:
    checkins = CheckIn.objects.filter(status=status, next_mail_at__isnull=False)
    return checkins.exclude(user__time_zone="").exclude(zone=F("user__time_zone"))


def _take_along(checkins: Any, now: datetime) -> int:
    """Let reminders come in the morning of the same day by the clock that people have now. Returns how many."""
    done = 0
    for checkin in checkins.select_related("user"):
        zone = ZoneInfo(checkin.user.time_zone)
        day = checkin.next_mail_at.astimezone(ZoneInfo(checkin.zone)).date()
        last = checkin.last_mail_at or checkin.next_mail_at
        moment = max(morning(day, zone), morning_after(last, 1, zone))  # never two on one day
        moment = max(moment, next_morning(now, zone))
        done += CheckIn.objects.filter(pk=checkin.pk, status="sent", mails_sent=checkin.mails_sent).update(
            next_mail_at=moment if moment < checkin.closes_at else None, zone=zone.key
        )
    return done


def replan(checkins: Any) -> int:
    """Give check-ins that nobody was asked yet the date of their wave. Returns how many."""
    done = 0
    for checkin in checkins.select_related("wave__cohort", "user", "enrollment", "match__intro"):
        zone = zone_of(checkin.user, checkin.enrollment, checkin.wave.cohort)
        due = due_of(checkin.wave, zone, checkin.match.intro.sent_at if checkin.match else None)
        closes = plus_days(due, checkin.wave.window_days, zone)
        done += CheckIn.objects.filter(pk=checkin.pk, status="planned", mails_sent=0).update(
            due_at=due, next_mail_at=due, closes_at=closes, zone=zone.key
        )
    return done


def follow_wave(wave: CheckInWave, *, more_days: int) -> None:
    """Let other reminders and another window hold for those, too, who were asked and have not answered.

    First mails stay on their days, also where somebody moved one of them.
    """
    now = timezone.now()
    for checkin in wave.checkins.filter(status__in=CheckIn.OPEN).select_related("user"):
        zone = ZoneInfo(checkin.user.time_zone or checkin.zone)
        checkin.closes_at = plus_days(checkin.closes_at, more_days, zone)
        following = reminder_left(checkin, now, wave) if checkin.mails_sent else checkin.next_mail_at
        CheckIn.objects.filter(pk=checkin.pk, status=checkin.status, mails_sent=checkin.mails_sent).update(
            closes_at=checkin.closes_at, next_mail_at=following
        )


def reminder_left(checkin: CheckIn, now: datetime, wave: CheckInWave | None = None) -> datetime | None:
    """When somebody who was asked gets the next reminder; what was missed comes next morning.

    None where none is left, or they wrote to us instead. `wave` saves a query, or is one that is not saved yet.
    """
    if checkin.reply_id:
        return None
    zone = ZoneInfo(checkin.user.time_zone or checkin.zone)
    planned = _reminder_after(wave or checkin.wave, checkin.mails_sent, checkin.last_mail_at or now, zone)
    following = max(planned, morning_after(now, 1, zone)) if planned and planned < now else planned
    return following if following and following < checkin.closes_at else None


def _reasons() -> list[tuple[str, Q]]:
    """Why a check-in stops, and how to tell."""
    of_team = TeamMember.objects.filter(enrollment=OuterRef("enrollment"), user=OuterRef("user"))
    opted_out = OptOut.objects.filter(user=OuterRef("user"), workspace=OuterRef("wave__cohort__programme__workspace"))
    withdrew = Q(match__mentee__status="withdrawn") | Q(match__mentor__status="withdrawn")
    return [
        (ENDED, Q(match__status__in=["ended", "rematched"])),
        (WITHDREW, withdrew | Q(match__isnull=True, enrollment__status__in=["withdrawn", "declined"])),
        (LEFT_TEAM, Q(side="mentee") & ~Q(user=F("enrollment__user")) & ~Q(Exists(of_team))),
        (OPTED_OUT, Q(Exists(opted_out))),
    ]


def stop_checkins() -> int:
    """Cancel what is planned or asked where the reason for it is gone, mails that wait included. Returns how many."""
    stopped = 0
    for words, reason in _reasons():
        found = list(CheckIn.objects.filter(reason, status__in=CheckIn.OPEN).values_list("pk", "mails_sent"))
        ids = [pk for pk, _ in found]
        stopped += CheckIn.objects.filter(pk__in=ids, status__in=CheckIn.OPEN).update(
            status="cancelled", next_mail_at=None, stopped_because=words
        )
        take_back(found)
    return stopped


def take_back(checkins: Iterable[tuple[int, int]]) -> None:
    """Cancel the newest mail of each (id, mails written), as long as it waits."""
    if keys := [f"{KEY}{pk}:{number - 1}" for pk, number in checkins if number]:
        call_off(keys)


def revive_checkins(now: datetime) -> int:
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


def close_checkins(now: datetime) -> int:
    """Close what nobody answered in its window, which began with the first mail. Returns how many."""
    late = CheckIn.objects.filter(status="sent", closes_at__lte=now).exclude(
        Exists(PairPause.objects.filter(match=OuterRef("match"), ended_at=None))
    )
    return late.filter(wave__paused_at=None).update(status="expired", next_mail_at=None)


# --- pauses ---


@transaction.atomic
def pause_pair(*, match: Match, by: User | None, until: date | None = None, reason: str = "") -> PairPause:
    """Ask and remind nobody of the pair, until a date or until resumed. One that pauses already gets the new date."""
    Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    pause, _ = PairPause.objects.update_or_create(
        match=match,
        ended_at=None,
        defaults={"until": until, "reason": reason, "by": by},
        create_defaults={"since": timezone.localdate(), "until": until, "reason": reason, "by": by},
    )
    record(
        verb="paused", target=match, workspace_id=match.mentee.cohort.workspace_id, by=by, reason=reason,
        until=until.isoformat() if until else "",
    )  # fmt: skip
    return pause


@transaction.atomic
def resume_pair(*, match: Match, by: User | None, now: datetime | None = None) -> None:
    """The pair goes on; what was asked already, and what fell into the pause, moves by as many days as it rested."""
    now = now or timezone.now()
    pause = PairPause.objects.select_for_update(of=("self",)).filter(match=match, ended_at=None).first()
    if pause is None:
        return
    pause.ended_at = now
    pause.save(update_fields=["ended_at"])
    shift(match.checkins.all(), (now.date() - pause.since).days, now)
    record(verb="resumed", target=match, workspace_id=match.mentee.cohort.workspace_id, by=by)


def end_pauses(now: datetime) -> int:
    """Let those pairs go on whose pause is over, by the clock of their cohort. Returns how many."""
    done = 0
    for pause in PairPause.objects.filter(ended_at=None, until__lte=(now + SLACK).date()).select_related(
        "match__mentee__cohort__programme"
    ):
        if pause.until and pause.until <= now.astimezone(pause.match.mentee.cohort.tz).date():
            resume_pair(match=pause.match, by=None, now=now)
            done += 1
    return done


def shift(checkins: Any, days: int, now: datetime) -> None:
    """After a pause of so many days: what is open stays open as much longer; mails that fell into it come next morning.

    What lies ahead stays where it is: the pause of a week in spring does not move what is due in autumn.
    """
    for checkin in checkins.filter(status__in=CheckIn.OPEN).select_related("user"):
        zone = ZoneInfo(checkin.user.time_zone or checkin.zone)
        following = checkin.next_mail_at
        if following and following < now:
            following = morning_after(now, 1, zone)
        closes = plus_days(checkin.closes_at, max(days, 0), zone)
        CheckIn.objects.filter(pk=checkin.pk, status=checkin.status, mails_sent=checkin.mails_sent).update(
            next_mail_at=following, closes_at=closes
        )


# --- mails ---


def _due(now: datetime) -> Iterable[CheckIn]:
    return CheckIn.objects.due(now).select_related(
        "user",
        "enrollment",
        "wave__survey",
        "wave__cohort__programme",
        "match__mentee__user",
        "match__mentee__cohort",
        "match__mentor__user",
    )


def _reminder_after(wave: CheckInWave, mails: int, last: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next reminder goes out after `mails` mails, the last of them at `last`; None where none is left.

    Counted from the mail that really left, so that after an outage nobody gets two at short distance.
    """
    return morning_after(last, wave.reminder_every, zone) if mails <= wave.reminders else None


@transaction.atomic
def _write_mail(checkin: CheckIn, now: datetime) -> int:
    """Write the mail that is due, unless somebody else just did. The outbox row is part of the same transaction."""
    zone = zone_of(checkin.user, checkin.enrollment, checkin.wave.cohort)
    number = checkin.mails_sent
    closes = checkin.closes_at if number else morning_after(now, checkin.wave.window_days, zone)
    following = _reminder_after(checkin.wave, number + 1, now, zone)
    claimed = CheckIn.objects.filter(
        pk=checkin.pk, status=checkin.status, next_mail_at=checkin.next_mail_at, mails_sent=number
    ).update(
        status="sent",
        mails_sent=number + 1,
        asked_at=checkin.asked_at or now,
        last_mail_at=now,
        next_mail_at=following if following and following < closes else None,
        closes_at=closes,
        zone=zone.key,
    )
    if not claimed:
        return 0
    checkin.closes_at = closes
    cohort = checkin.wave.cohort
    stop = opt_out_link(cohort.workspace_id, checkin.user_id)
    subject, text, html = checkin_mail(checkin, stop)
    enqueue(
        key=f"{KEY}{checkin.pk}:{number}",
        scope=f"cohort:{cohort.pk}",
        workspace_id=cohort.programme.workspace_id,
        kind="check-in",
        why=f"{checkin.wave.name}: {f'reminder {number}' if number else 'first mail'} to {checkin.user}.",
        to=[checkin.user.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
        unsubscribe_url=stop,
    )
    return 1


def _introduced_to(checkin: CheckIn) -> str:
    """Whom the person was introduced to, by name; for a mentor all of the team, and its project."""
    if checkin.match is None or checkin.side != CheckIn.Side.MENTOR:
        return checkin.about
    mentee = checkin.match.mentee
    names = get_text_list([str(person) for person in mentee.people], "and")
    return f"{names} (“{mentee.title}”)" if mentee.title else names


def checkin_mail(checkin: CheckIn, stop: str = THEIR_LINK) -> tuple[str, str, str]:
    """Subject, text and HTML of the next mail to a person; `stop` ends all that are not necessary. Writes nothing."""
    wave = checkin.wave
    cohort, question = wave.cohort, first_question(wave.survey)
    zone = ZoneInfo(checkin.zone)
    one_click = question is not None and not wave.survey.anonymous and question.choices
    return render_mail(
        "checkins/reminder" if checkin.mails_sent else "checkins/first",
        {
            "checkin": checkin,
            "person": checkin.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "survey": wave.survey,
            "other": checkin.about,
            "introduced": _introduced_to(checkin),
            "of_pair": checkin.match is not None,
            "question": question if one_click else None,
            # An answer in an address ends up in the logs of servers on its way: not with anonymous ones.
            "choices": [
                (label, answer_link(checkin, question.key, value) if checkin.pk else THEIR_LINK)
                for value, label in question.choices
            ]
            if one_click and question
            else [],
            "link": checkin_link(checkin) if checkin.pk else THEIR_LINK,
            "closes_on": checkin.closes_at.astimezone(zone).date(),
            "stop": stop,
        },
        workspace_id=cohort.programme.workspace_id,
        scope=f"cohort:{cohort.pk}",
    )


def open_checkins_of(user: User, now: datetime) -> list[CheckIn]:
    """What a person is asked at the moment."""
    asked = CheckIn.objects.filter(user=user, status="sent", closes_at__gt=now)
    return list(asked.select_related("wave__cohort", "match__mentee__user", "match__mentor__user"))
