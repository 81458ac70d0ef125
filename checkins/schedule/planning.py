"""Work out which check-ins a wave needs: of whom, about what, and when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.due_dates import add_offset, mail_morning, plus_days
from checkins.surveys.services import make_survey
from checkins.surveys.starter_templates import (
    DEFAULT_QUESTIONS,
    DEFAULT_SURVEY,
    DEFAULT_WAVE,
    DEFAULT_WAVE_OF_SHORT_ROUND,
)
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.timezones import first_zone


def open_checkins_of(user: User, now: datetime) -> list[CheckIn]:
    """The check-ins that a person can answer now."""
    asked = CheckIn.objects.filter(user=user, status="sent", closes_at__gt=now)
    return list(asked.select_related("wave__cohort", "match__mentee__user", "match__mentor__user"))


# A zone is at most 14 hours from UTC: nobody's local date is further from ours.
ZONE_SLACK = timedelta(days=2)
# Facilitators are asked once their round has begun; pairs whose intro was sent, in any status of it.
BEGUN = (Cohort.Status.MATCHING, Cohort.Status.RUNNING, *Cohort.OVER)
LATE_INTRO = timedelta(days=366)
# Days that leave time to answer, and to act on an answer, while the pair is still under way.
BEFORE_THE_END = 14
_NEW = Q(anchored_on=None, cohort__status__in=BEGUN)


@transaction.atomic
def ensure_default_wave(*, cohort: Cohort) -> CheckInWave:
    """The cohort's first wave; if it has none, the three-month check-in with the programme's default survey."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if wave := cohort.waves.order_by("pk").first():
        return wave
    wave = default_wave_of(cohort)
    wave.survey = make_survey(programme=cohort.programme, name=DEFAULT_SURVEY, questions=DEFAULT_QUESTIONS)
    wave.save()
    record(verb=Verb.PLANNED, target=wave, workspace_id=cohort.workspace_id, by=None)
    return wave


def default_wave_of(cohort: Cohort) -> CheckInWave:
    """The usual wave, not saved: three months after the intro; in a round that is over by then, before its end."""
    wave = CheckInWave(cohort=cohort, name=DEFAULT_WAVE)
    if outlasts_round(wave):
        days = min(BEFORE_THE_END, (cohort.ends_on - cohort.starts_on).days // 3)
        ends, unit = CheckInWave.Anchor.ENDS, CheckInWave.Unit.DAYS
        return CheckInWave(cohort=cohort, name=DEFAULT_WAVE_OF_SHORT_ROUND, anchor=ends, offset=-days, unit=unit)
    return wave


def outlasts_round(wave: CheckInWave) -> bool:
    """Whether pairs that begin with their round are asked after its last day, though the wave is not about that."""
    if wave.anchor == CheckInWave.Anchor.ENDS:
        return False
    return add_offset(wave.cohort.starts_on, wave.offset, wave.unit) > wave.cohort.ends_on


def plan_checkins(now: datetime | None = None) -> int:
    """Create the check-ins of pairs whose intro was sent, and of facilitators. Returns how many.

    A constant number of queries, however many waves there are and ever were.
    """
    now = now or timezone.now()
    ready = _matches_to_ask().filter(mentee__cohort=OuterRef("pk"))
    cohorts = where_changed(Cohort.objects.filter(Exists(ready), waves=None), "programme__workspace")
    for cohort in cohorts.select_related("programme"):
        ensure_default_wave(cohort=cohort)
    work = _waves_at_work(now)
    checkins = [
        *_missing_of_pairs(work, now),
        *(_missing_of_facilitators(work.waves, now) if work.facilitators else ()),
    ]
    planned = [c for c in checkins if c.due_at + timedelta(days=c.wave.window_days) > now]
    CheckIn.objects.bulk_create(planned, ignore_conflicts=True, batch_size=500)
    if work.new or planned:
        _note_anchors(work.waves)
    return len(planned)


@dataclass(frozen=True)
class _WavesAtWork:
    """The waves of rounds in which somebody may still be asked, and how many there are of some kinds."""

    waves: QuerySet[CheckInWave]
    facilitators: int
    new: int  # of rounds that have begun, not planned since they were made or moved


def _waves_at_work(now: datetime) -> _WavesAtWork:
    # The longest time of all waves is a bound for each; `_is_asked_of` knows the exact one.
    days = Case(When(unit="months", then=31 * F("offset")), default=F("offset"), output_field=IntegerField())
    waves = where_changed(CheckInWave.objects.all(), "cohort__programme__workspace")
    rows: Any = (
        waves.order_by()
        .values_list("anchor")
        .annotate(
            longest=Max(days + F("window_days"), output_field=IntegerField()),
            of_facilitators=Count("pk", filter=Q(audience=CheckInWave.Audience.FACILITATORS)),
            new=Count("pk", filter=_NEW),
        )
    )
    found, numbers = Q(pk__in=[]), []
    for anchor, longest, *counts in rows:
        numbers.append(counts)
        first = (now - timedelta(days=longest) - ZONE_SLACK).date()
        day = {"starts": "cohort__starts_on__gte", "ends": "cohort__ends_on__gte"}.get(anchor)
        # An intro that failed may leave long after the round is over, but not years later.
        found |= Q(anchor=anchor, **({day: first} if day else {"cohort__ends_on__gte": first - LATE_INTRO}))
    return _WavesAtWork(waves.filter(found), *(sum(column) for column in zip([0, 0], *numbers, strict=True)))


def _lacking(work: _WavesAtWork) -> list[tuple[int, int, datetime]]:
    """Wave, pair and the moment of its intro, where the pair has no check-in of the wave."""
    there = CheckIn.objects.filter(wave=OuterRef("asks"), match=OuterRef("pk"))
    pairs = _matches_to_ask().annotate(asks=F("mentee__cohort__waves")).exclude(Exists(there)).order_by()
    of_pairs = work.waves.exclude(audience=CheckInWave.Audience.FACILITATORS)
    return list(pairs.filter(asks__in=of_pairs.values("pk")).values_list("asks", "pk", "intro__sent_at"))


def _missing_of_pairs(work: _WavesAtWork, now: datetime) -> Iterator[CheckIn]:
    """The check-ins that waves still need about pairs. Nothing is read of pairs that have theirs."""
    missing = sorted(_lacking(work), key=lambda one: one[1])
    of_pairs = CheckInWave.objects.select_related("cohort").in_bulk({wave for wave, _, _ in missing})
    asked_for: dict[int, list[int]] = defaultdict(list)
    for wave_id, match_id, sent_at in missing:
        if _is_asked_of(of_pairs[wave_id], sent_at, now):
            asked_for[wave_id].append(match_id)
    matches = Match.objects.with_people().in_bulk({pk for found in asked_for.values() for pk in found})
    asked = _asked_already(asked_for)
    for wave_id, found in asked_for.items():
        yield from _checkins_of_matches(of_pairs[wave_id], [matches[pk] for pk in found], asked[wave_id])


def _missing_of_facilitators(waves: QuerySet[CheckInWave], now: datetime) -> Iterator[CheckIn]:
    """The check-ins that these waves still need about the rounds of facilitators, once a round has begun."""
    theirs = waves.filter(audience=CheckInWave.Audience.FACILITATORS, cohort__status__in=BEGUN)
    theirs = theirs.exclude(anchor=CheckInWave.Anchor.INTRO)
    there = CheckIn.objects.filter(wave=OuterRef("asks"), user=OuterRef("user"))
    helpers = Enrollment.objects.filter(role="facilitator").occupying_place().annotate(asks=F("cohort__waves"))
    helpers = helpers.filter(asks__in=theirs.values("pk")).exclude(Exists(there)).select_related("user")
    missing: list[Any] = list(helpers.order_by("pk"))
    found = CheckInWave.objects.select_related("cohort").in_bulk({enrollment.asks for enrollment in missing})
    for enrollment in missing:
        if _is_asked_of(wave := found[enrollment.asks], None, now):
            yield from _checkins_of_facilitators(wave, [enrollment])


def _note_anchors(waves: QuerySet[CheckInWave]) -> None:
    """Note the dates by which the waves of dates were planned, so that they follow when these change."""
    begun = Q(cohort__status__in=BEGUN) | Q(Exists(CheckIn.objects.filter(wave=OuterRef("pk"))))
    round_ = Cohort.objects.filter(pk=OuterRef("cohort"))
    day = Case(
        When(anchor="starts", then=Subquery(round_.values("starts_on"))), default=Subquery(round_.values("ends_on"))
    )
    waves.filter(begun, anchor__in=["starts", "ends"], anchored_on=None).update(anchored_on=day)


def missing_checkins(wave: CheckInWave, *, now: datetime) -> Iterator[CheckIn]:
    """The check-ins that a wave still needs, not saved. Pairs that have some are skipped, even if a team grew."""
    if wave.audience == CheckInWave.Audience.FACILITATORS:
        people = wave.cohort.enrollments.filter(role="facilitator").occupying_place().select_related("user")  # type: ignore[attr-defined]
        if wave.pk:
            people = people.exclude(Exists(CheckIn.objects.filter(wave=wave, user=OuterRef("user"))))
        if _is_asked_of(wave, None, now):
            yield from _checkins_of_facilitators(wave, people.order_by("pk"))
        return
    matches = _matches_to_ask().filter(mentee__cohort=wave.cohort)
    if wave.pk:
        matches = matches.exclude(Exists(CheckIn.objects.filter(wave=wave, match=OuterRef("pk"))))
    found = [match for match in matches.with_people().order_by("pk") if _is_asked_of(wave, match.intro.sent_at, now)]
    yield from _checkins_of_matches(wave, found, _asked_already([wave.pk])[wave.pk])


def _is_asked_of(wave: CheckInWave, sent_at: datetime | None, now: datetime) -> bool:
    """Whether a pair introduced then, or a facilitator (None), can still be asked by a wave."""
    anchor, window = anchor_day(wave), timedelta(days=wave.window_days)
    if anchor is not None:
        day = add_offset(anchor, wave.offset, wave.unit)
        if day + window + ZONE_SLACK < now.date():
            return False
        # Pairs introduced after the day have not experienced what it asks about.
        return sent_at is None or sent_at < datetime.combine(day + ZONE_SLACK, datetime.min.time(), UTC)
    longest = timedelta(days=31 * wave.offset if wave.unit == "months" else wave.offset)
    first = now - longest - window - ZONE_SLACK
    return sent_at is not None and (wave.cohort.starts_on > first.date() or sent_at > first)


def _checkins_of_matches(wave: CheckInWave, matches: Iterable[Match], asked: set[tuple[int, int]]) -> Iterator[CheckIn]:
    anchor = anchor_day(wave)
    for match in matches:
        for checkin in _checkins_of_match(wave, match, anchor):
            if anchor and checkin.side == CheckIn.Side.MENTEE:
                # A mentee is asked about the programme once, however many mentors they have.
                if (checkin.enrollment_id, checkin.user_id) in asked:
                    continue
                asked.add((checkin.enrollment_id, checkin.user_id))
            yield checkin


def _asked_already(waves: Iterable[int | None]) -> dict[int | None, set[tuple[int, int]]]:
    """By wave, enrollment and user of mentees who have a check-in, except those cancelled with their pair."""
    stops = Q(match__status__in=Match.OVER, status__in=[*CheckIn.OPEN, CheckIn.Status.CANCELLED])
    found: dict[int | None, set[tuple[int, int]]] = defaultdict(set)
    ids = [pk for pk in waves if pk]
    theirs = CheckIn.objects.filter(wave__in=ids, side="mentee").exclude(stops) if ids else CheckIn.objects.none()
    for wave_id, enrollment_id, user_id in theirs.values_list("wave", "enrollment", "user"):
        found[wave_id].add((enrollment_id, user_id))
    return found


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
    """The day of the first check-in of a pair introduced on that day; None if there is none while the cohort runs.

    Paused waves are left out, since their end is unknown. A cohort without waves gets the default one.
    """
    waves = list(cohort.waves.all()) or [default_wave_of(cohort)]
    of_pairs = [w for w in waves if w.paused_at is None and w.audience != CheckInWave.Audience.FACILITATORS]
    begins = cohort.pair_begins(introduced)
    days = [(add_offset(anchor_day(w) or begins, w.offset, w.unit), w.anchor) for w in of_pairs]
    # Pairs introduced after a date of the cohort have not experienced what it asks about.
    asked = [day for day, anchor in days if day > introduced or anchor == CheckInWave.Anchor.INTRO]
    return min((day for day in asked if day <= cohort.ends_on), default=None)


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


def _checkins_of_facilitators(wave: CheckInWave, people: Iterable[Enrollment]) -> Iterator[CheckIn]:
    if anchor_day(wave) is not None:
        for enrollment in people:
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
