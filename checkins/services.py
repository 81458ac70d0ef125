"""Every write about check-ins: planning, asking, reminding, answering, closing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from checkins.models import Answer, CheckIn, CheckInWave, Survey, SurveyQuestion
from checkins.schedule import due_moment, plus_days
from checkins.wording import DEFAULT_QUESTIONS, DEFAULT_SURVEY, DEFAULT_WAVE, HAVE_MET, NOT_MET
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from matching.services import set_match_status
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.services import enqueue, render_mail

LINK_SALT = "checkins.answer"
REMINDER_DAYS = [7, 14]


class CheckInError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""


@transaction.atomic
def ensure_default_wave(*, cohort: Cohort) -> CheckInWave:
    """The cohort's first wave; where it has none, the three-month check-in with the programme's default survey."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if wave := cohort.waves.order_by("pk").first():
        return wave
    survey, new = Survey.objects.get_or_create(programme=cohort.programme, name=DEFAULT_SURVEY)
    if new:
        SurveyQuestion.objects.bulk_create(
            SurveyQuestion(survey=survey, position=n, **question) for n, question in enumerate(DEFAULT_QUESTIONS, 1)
        )
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name=DEFAULT_WAVE, reminder_days=REMINDER_DAYS)
    record(verb="planned", target=wave, workspace_id=cohort.workspace_id, by=None)
    return wave


@transaction.atomic
def copy_waves(*, like: Cohort, cohort: Cohort) -> None:
    """Give a round that repeats another one the same check-ins."""
    for wave in like.waves.order_by("pk"):
        wave.pk, wave.cohort = None, cohort
        wave._state.adding = True
        wave.save()


def sweep_checkins(now: datetime) -> int:
    """Do everything about check-ins that is due at `now` (UTC): plan, stop, close, ask and remind.

    Returns how many mails were written. Run twice, late, or in two places at once, it does nothing twice.
    """
    plan_checkins()
    stop_checkins()
    close_checkins(now)
    return sum(_write_mail(checkin, now) for checkin in _due(now))


def plan_checkins() -> int:
    """Make a check-in for each person of each match whose intro has left. Returns how many are new."""
    ready = Match.objects.live().filter(imported=False, intro__status="sent")
    for cohort in Cohort.objects.filter(pk__in=ready.values("mentee__cohort"), waves=None).select_related("programme"):
        ensure_default_wave(cohort=cohort)
    new = 0
    for wave in CheckInWave.objects.filter(cohort__in=ready.values("mentee__cohort")).select_related("cohort"):
        # Only matches that have none of this wave: a team that grows later is asked in the next wave.
        matches = ready.filter(mentee__cohort=wave.cohort).exclude(checkins__wave=wave).with_people()
        planned = [checkin for match in matches for checkin in _planned(wave, match)]
        CheckIn.objects.bulk_create(planned, ignore_conflicts=True, batch_size=500)
        new += len(planned)
    return new


def stop_checkins() -> int:
    """Cancel what is planned or asked for matches that ended and people who withdrew. Returns how many."""
    stopped = CheckIn.objects.filter(status__in=["planned", "sent"]).filter(
        Q(match__status__in=["ended", "rematched"])
        | Q(match__mentee__status="withdrawn")
        | Q(match__mentor__status="withdrawn")
    )
    return CheckIn.objects.filter(pk__in=stopped.values("pk")).update(status="cancelled", next_mail_at=None)


def close_checkins(now: datetime) -> int:
    """Close what nobody answered in its window. Returns how many."""
    late = CheckIn.objects.filter(status__in=["planned", "sent"], closes_at__lte=now)
    return late.update(status="expired", next_mail_at=None)


def open_checkins_of(user: User, now: datetime) -> list[CheckIn]:
    """What a person is asked at the moment."""
    asked = CheckIn.objects.filter(user=user, status="sent", closes_at__gt=now)
    return list(asked.select_related("wave__cohort", "match__mentee__user", "match__mentor__user"))


def checkin_link(checkin: CheckIn) -> str:
    """The absolute address at which this person answers, with no login."""
    return settings.SITE_URL + reverse("checkins:answer", args=[signing.dumps(checkin.pk, salt=LINK_SALT)])


def read_link(token: str) -> int | None:
    """The id of the check-in that a link is for; None for a link that was not made here."""
    try:
        value = signing.loads(token, salt=LINK_SALT)
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) else None


@transaction.atomic
def save_answers(*, checkin: CheckIn, answers: Mapping[int, Any], now: datetime) -> CheckIn:
    """Store what a person said, by question id, in place of what they said before.

    Raises CheckInError after the window, and where the check-in was cancelled. The audit trail holds no answer.
    """
    locked = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("wave__survey", "wave__cohort__programme", "match__mentee__cohort__programme", "user")
        .get(pk=checkin.pk)
    )
    if locked.status not in ("planned", "sent", "answered") or now >= locked.closes_at:
        raise CheckInError("This check-in is closed.")
    questions = {q.pk: q for q in locked.wave.survey.questions.all()}
    locked.answers.all().delete()
    Answer.objects.bulk_create(
        _answer(locked, questions[pk], said)
        for pk, said in answers.items()
        if pk in questions and said not in ("", None)
    )
    locked.status, locked.answered_at, locked.next_mail_at = CheckIn.Status.ANSWERED, now, None
    locked.save(update_fields=["status", "answered_at", "next_mail_at"])
    workspace_id = locked.wave.cohort.programme.workspace_id
    record(verb="answered", target=locked, workspace_id=workspace_id, by=locked.user)
    met = next((answers.get(pk) for pk, q in questions.items() if q.key == HAVE_MET), None)
    if met and met != NOT_MET and locked.match.status == Match.Status.INTRODUCED:
        set_match_status(match=locked.match, to=Match.Status.ACTIVE, by=None, reason="they have met")
    return locked


def _answer(checkin: CheckIn, question: SurveyQuestion, said: Any) -> Answer:
    in_words = question.kind == SurveyQuestion.Kind.TEXT
    return Answer(
        checkin=checkin, question=question, value="" if in_words else str(said), text=str(said) if in_words else ""
    )


def _planned(wave: CheckInWave, match: Match) -> Iterable[CheckIn]:
    if match.intro is None or match.intro.sent_at is None:
        return
    sides = [(CheckIn.Side.MENTOR, match.mentor.user, match.mentor)]
    sides += [(CheckIn.Side.MENTEE, person, match.mentee) for person in match.mentee.people]
    for side, person, enrollment in sides:
        zone = _zone(person, enrollment, wave.cohort)
        due = due_moment(match.intro.sent_at, wave.offset_months, zone)
        yield CheckIn(
            wave=wave,
            match=match,
            user=person,
            side=side,
            due_at=due,
            next_mail_at=due,
            closes_at=plus_days(due, wave.window_days, zone),
        )


def _zone(person: User, enrollment: Enrollment, cohort: Cohort) -> ZoneInfo:
    # The lead's sign-up tells where the lead is; of the others only their own page does.
    own = enrollment.time_zone if person.pk == enrollment.user_id else ""
    return ZoneInfo(person.time_zone or own or enrollment.time_zone or cohort.time_zone)


def _due(now: datetime) -> Iterable[CheckIn]:
    return CheckIn.objects.due(now).select_related(
        "user",
        "wave__cohort__programme",
        "match__mentee__user",
        "match__mentee__cohort",
        "match__mentor__user",
    )


@transaction.atomic
def _write_mail(checkin: CheckIn, now: datetime) -> int:
    """Write the mail that is due, unless somebody else just did. After an outage one mail stands for all missed."""
    claimed = CheckIn.objects.filter(
        pk=checkin.pk,
        status=checkin.status,
        next_mail_at=checkin.next_mail_at,
        mails_sent=checkin.mails_sent,
    ).update(status="sent", mails_sent=checkin.mails_sent + 1, next_mail_at=_next_mail(checkin, now))
    if not claimed:
        return 0
    cohort = checkin.wave.cohort
    other = checkin.match.mentor.user if checkin.side == CheckIn.Side.MENTEE else checkin.match.mentee
    subject, text, html = render_mail(
        "checkins/reminder" if checkin.mails_sent else "checkins/first",
        {
            "checkin": checkin,
            "person": checkin.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "other": other,
            "months": checkin.wave.offset_months,
            "link": checkin_link(checkin),
            "closes_on": checkin.closes_at.astimezone(checkin.user.tz).date(),
        },
    )
    enqueue(
        key=f"checkin:{checkin.pk}:{checkin.mails_sent}",
        workspace_id=cohort.programme.workspace_id,
        kind="check-in",
        why=f"{checkin.wave.name}: {'reminder' if checkin.mails_sent else 'first mail'} to {checkin.user}.",
        to=[checkin.user.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
    )
    return 1


def _next_mail(checkin: CheckIn, now: datetime) -> datetime | None:
    zone = checkin.user.tz
    reminders = (plus_days(checkin.due_at, days, zone) for days in sorted(checkin.wave.reminder_days))
    return next((moment for moment in reminders if moment > now and moment < checkin.closes_at), None)
