"""Work out which check-ins a wave needs: of whom, about what, and when."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.due_dates import add_offset, mail_morning, plus_days
from checkins.surveys.services import make_survey
from checkins.surveys.starter_templates import DEFAULT_QUESTIONS, DEFAULT_SURVEY, DEFAULT_WAVE
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.timezones import first_zone


def open_checkins_of(user: User, now: datetime) -> list[CheckIn]:
    """The check-ins that a person can answer now."""
    asked = CheckIn.objects.filter(user=user, status="sent", closes_at__gt=now)
    return list(asked.select_related("wave__cohort", "match__mentee__user", "match__mentor__user"))


# A zone is at most 14 hours from UTC: nobody's local date is further from ours.
ZONE_SLACK = timedelta(days=2)


@transaction.atomic
def ensure_default_wave(*, cohort: Cohort) -> CheckInWave:
    """The cohort's first wave; if it has none, the three-month check-in with the programme's default survey."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if wave := cohort.waves.order_by("pk").first():
        return wave
    survey = make_survey(programme=cohort.programme, name=DEFAULT_SURVEY, questions=DEFAULT_QUESTIONS)
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name=DEFAULT_WAVE)
    record(verb=Verb.PLANNED, target=wave, workspace_id=cohort.workspace_id, by=None)
    return wave


def plan_checkins(now: datetime | None = None) -> int:
    """Create the check-ins of pairs whose intro was sent, and of facilitators. Returns how many."""
    now = now or timezone.now()
    ready = _matches_to_ask()
    for cohort in Cohort.objects.filter(pk__in=ready.values("mentee__cohort"), waves=None).select_related("programme"):
        ensure_default_wave(cohort=cohort)
    # Pairs whose intro was sent are asked in any status of the cohort; facilitators once the round has begun.
    begun = ["matching", "running", "completed", "archived"]
    waves = CheckInWave.objects.filter(Q(cohort__in=ready.values("mentee__cohort")) | Q(cohort__status__in=begun))
    new = 0
    for wave in waves.select_related("cohort"):
        planned = [c for c in missing_checkins(wave, now=now) if c.due_at + timedelta(days=wave.window_days) > now]
        CheckIn.objects.bulk_create(planned, ignore_conflicts=True, batch_size=500)
        new += len(planned)
        if wave.anchored_on is None and (day := anchor_day(wave)):
            CheckInWave.objects.filter(pk=wave.pk, anchored_on=None).update(anchored_on=day)
    return new


def missing_checkins(wave: CheckInWave, *, now: datetime) -> Iterator[CheckIn]:
    """The check-ins that a wave still needs, not saved. Pairs that have some are skipped, even if a team grew."""
    anchor = anchor_day(wave)
    if (
        anchor
        and add_offset(anchor, wave.offset, wave.unit) + timedelta(days=wave.window_days) + ZONE_SLACK < now.date()
    ):
        return
    if wave.audience == CheckInWave.Audience.FACILITATORS:
        yield from _checkins_of_facilitators(wave, anchor)
        return
    matches = _matches_to_ask().filter(mentee__cohort=wave.cohort)
    if wave.pk:
        matches = matches.exclude(Exists(CheckIn.objects.filter(wave=wave, match=OuterRef("pk"))))
    if anchor:
        # Pairs introduced after the day have not experienced what it asks about.
        last = add_offset(anchor, wave.offset, wave.unit) + ZONE_SLACK
        matches = matches.filter(intro__sent_at__lt=datetime.combine(last, datetime.min.time(), UTC))
    else:
        longest = (31 * wave.offset if wave.unit == "months" else wave.offset) + wave.window_days
        first = now - timedelta(days=longest) - ZONE_SLACK
        if wave.cohort.starts_on <= first.date():
            matches = matches.filter(intro__sent_at__gt=first)
    asked = _asked_already(wave)
    for match in matches.with_people().order_by("pk"):
        for checkin in _checkins_of_match(wave, match, anchor):
            if anchor and checkin.side == CheckIn.Side.MENTEE:
                # A mentee is asked about the programme once, however many mentors they have.
                if (checkin.enrollment_id, checkin.user_id) in asked:
                    continue
                asked.add((checkin.enrollment_id, checkin.user_id))
            yield checkin


def _asked_already(wave: CheckInWave) -> set[tuple[int, int]]:
    """Enrollment and user of mentees who have a check-in, except those cancelled with their pair."""
    if not wave.pk:
        return set()
    stops = Q(match__status__in=Match.OVER, status__in=[*CheckIn.OPEN, CheckIn.Status.CANCELLED])
    theirs = wave.checkins.filter(side="mentee").exclude(stops)
    return set(theirs.values_list("enrollment", "user"))


def anchor_day(wave: CheckInWave) -> date | None:
    """The date of the cohort that a wave is counted from; None if each pair has its own."""
    return {"starts": wave.cohort.starts_on, "ends": wave.cohort.ends_on}.get(wave.anchor)


def followed_day(wave: CheckInWave) -> date:
    """The date of the cohort with which the wave's check-ins move: no pair begins before the cohort does."""
    return anchor_day(wave) or wave.cohort.starts_on


def due_moment_of(wave: CheckInWave, zone: ZoneInfo, sent_at: datetime | None) -> datetime:
    """The moment (UTC) at which a check-in is due: 09:00 in `zone`, not on a Sunday. `sent_at` is that of the intro."""
    day = anchor_day(wave)
    if day is None:
        assert sent_at is not None  # noqa: S101  (only pairs that were introduced are planned)
        day = wave.cohort.pair_begins(sent_at.astimezone(zone).date())
    return mail_morning(add_offset(day, wave.offset, wave.unit), zone)


def first_checkin_day(cohort: Cohort, introduced: date) -> date | None:
    """The day of the first check-in of a pair introduced on that day; None if there is none.

    Paused waves are left out, since their end is unknown. A cohort without waves gets the default one.
    """
    waves = list(cohort.waves.all()) or [CheckInWave(cohort=cohort)]
    of_pairs = [w for w in waves if w.paused_at is None and w.audience != CheckInWave.Audience.FACILITATORS]
    begins = cohort.pair_begins(introduced)
    days = [(add_offset(anchor_day(w) or begins, w.offset, w.unit), w.anchor) for w in of_pairs]
    # Pairs introduced after a date of the cohort have not experienced what it asks about.
    return min((day for day, anchor in days if day > introduced or anchor == CheckInWave.Anchor.INTRO), default=None)


def _matches_to_ask() -> Any:
    """Matches to ask: introduced here, and neither ended nor rematched."""
    return Match.objects.filter(imported=False, intro__status="sent", status__in=Match.OCCUPYING_PLACE).exclude(
        Q(mentee__status="withdrawn") | Q(mentor__status="withdrawn")
    )


def _checkins_of_match(wave: CheckInWave, match: Match, anchor: date | None) -> Iterator[CheckIn]:
    if match.intro is None or match.intro.sent_at is None:
        return
    sides: list[tuple[str, User, Enrollment]] = []
    if wave.audience in ("both", "mentors"):
        sides.append((CheckIn.Side.MENTOR, match.mentor.user, match.mentor))
    if wave.audience in ("both", "mentees"):
        sides += [(CheckIn.Side.MENTEE, person, match.mentee) for person in match.mentee.people]
    for side, person, enrollment in sides:
        checkin = _planned_checkin(wave, person, enrollment, side, match.intro.sent_at)
        checkin.match = match
        if anchor is None or match.intro.sent_at <= checkin.due_at:
            yield checkin


def _checkins_of_facilitators(wave: CheckInWave, anchor: date | None) -> Iterator[CheckIn]:
    if anchor is None:
        return
    people = wave.cohort.enrollments.filter(role="facilitator").occupying_place().select_related("user")  # type: ignore[attr-defined]
    if wave.pk:
        people = people.exclude(Exists(CheckIn.objects.filter(wave=wave, user=OuterRef("user"))))
    for enrollment in people.order_by("pk"):
        yield _planned_checkin(wave, enrollment.user, enrollment, CheckIn.Side.FACILITATOR, None)


def _planned_checkin(
    wave: CheckInWave, person: User, enrollment: Enrollment, side: str, sent_at: datetime | None
) -> CheckIn:
    zone = zone_of_person(person, enrollment, wave.cohort)
    due = due_moment_of(wave, zone, sent_at)
    return CheckIn(
        wave=wave,
        enrollment=enrollment,
        user=person,
        side=side,
        zone=zone.key,
        due_at=due,
        next_mail_at=due,
        closes_at=plus_days(due, wave.window_days, zone),
    )


def zone_of_person(person: User, enrollment: Enrollment, cohort: Cohort) -> ZoneInfo:
    # The sign-up has the lead's time zone; for other members only their own profile counts.
    own = enrollment.time_zone if person.pk == enrollment.user_id else ""
    return first_zone(person.time_zone, own, enrollment.time_zone, cohort.time_zone)
