"""Training status of people: trained, booked or due for a refresher."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Cohort, Enrollment
from cohorts.people.filters import Filter
from cohorts.querysets import EnrollmentQuerySet
from cohorts.signup_form.eligibility import EligibilityRule
from mentorship.core.ui.facts import Fact
from training.models import MemberAttendance, Training, TrainingBooking, TrainingSession
from training.querysets import TrainingBookingQuerySet

NONE, BOOKED, ATTENDED, REFRESHER = "none", "booked", "attended", "refresher"
MISSED = "missed"  # has none, and did not come to the one that they had booked
LABELS = {NONE: "none", BOOKED: "booked", ATTENDED: "attended", REFRESHER: "refresher due"}
# The tone of its pill.
TONES = {NONE: "missed", BOOKED: "booked", ATTENDED: "attended", REFRESHER: "due"}
UNTRAINED_MESSAGE = lazy("This round is for those who attended a training in an earlier one.")


@dataclass(frozen=True)
class TrainingStatus:
    """The training status of an enrollment: none, booked, attended or refresher. `at` is the session's start in UTC."""

    status: str = NONE
    training: str = ""
    at: datetime | None = None
    missed: bool = False
    left_early: bool = False

    @property
    def label(self) -> str:
        """The label of its pill."""
        if self.status != NONE:
            return LABELS[self.status]
        return "did not come" if self.missed else "not there long enough" if self.left_early else LABELS[NONE]

    @property
    def is_trained(self) -> bool:
        """Whether they are trained now."""
        return self.status == ATTENDED


def training_status_of(enrollment_ids: Iterable[int]) -> dict[int, TrainingStatus]:
    """enrollment id → status, for every existing id; for a team that of its lead. Four queries in all."""
    return training_status_among(Enrollment.objects.filter(pk__in=list(enrollment_ids)).select_related("cohort"))


def training_status_among(people: Iterable[Enrollment]) -> dict[int, TrainingStatus]:
    """The training status of enrollments that were read with their cohorts. Three queries.

    Sessions that the person attended in earlier rounds, also of another programme, count until a refresher is due.
    Cohort calls and office hours train nobody.
    """
    enrollments = list(people)
    starts = _starts_of_rounds({e.cohort.programme_id for e in enrollments})
    users = {e.user_id for e in enrollments}
    there = set(MemberAttendance.objects.attended().filter(user__in=users).values_list("user", "booking"))
    of_user: dict[int, list[tuple[TrainingBooking, bool | None]]] = defaultdict(list)
    bookings = TrainingBooking.objects.filter(
        Q(enrollment__user__in=users) | Q(pk__in={pk for _, pk in there}),
        enrollment__isnull=False,
        session__cancelled_at=None,
        session__training__kind=Training.Kind.TRAINING,
    ).select_related("session__training", "enrollment__cohort")
    of_booking = defaultdict(list)
    for user, pk in there:
        of_booking[pk].append(user)
    for booking in bookings.order_by("session__starts_at", "pk"):
        if booking.enrollment:
            of_user[booking.enrollment.user_id].append((booking, booking.attended))
        for user in of_booking[booking.pk]:
            of_user[user].append((booking, True))
    return {e.pk: _status(e, of_user[e.user_id], starts[e.cohort.programme_id]) for e in enrollments}


def _status(
    enrollment: Enrollment, bookings: list[tuple[TrainingBooking, bool | None]], starts: list[date]
) -> TrainingStatus:
    due: TrainingStatus | None = None
    booked: TrainingStatus | None = None
    missed = left_early = False
    for booking, attended in reversed(bookings):
        session = booking.session
        if attended and booking.enrollment and booking.enrollment.role == enrollment.role:
            then, now = booking.enrollment.cohort.starts_on, enrollment.cohort.starts_on
            if then > now:
                continue  # later rounds do not count
            rounds = sum(then < day <= now for day in starts)
            again = session.training.refresher_rounds
            if again is None or rounds < again:
                return TrainingStatus(ATTENDED, session.training.name, session.starts_at)
            due = due or TrainingStatus(REFRESHER, session.training.name, session.starts_at)
        elif booking.enrollment_id == enrollment.pk:
            if attended is False:
                missed = missed or not booking.minutes_present
                left_early = left_early or bool(booking.minutes_present)
            elif booking.status == TrainingBooking.Status.BOOKED:
                booked = TrainingStatus(BOOKED, session.training.name, session.starts_at)
    return booked or due or TrainingStatus(missed=missed, left_early=left_early)


def _starts_of_rounds(programmes: set[int]) -> dict[int, list[date]]:
    starts: dict[int, list[date]] = {pk: [] for pk in programmes}
    for programme_id, day in Cohort.objects.filter(programme__in=programmes).values_list("programme", "starts_on"):
        starts[programme_id].append(day)
    return starts


def facts_of_enrollments(ids: Sequence[int]) -> dict[int, list[Fact]]:
    """The training status of each enrollment as facts; none for roles without training."""
    credits_ = training_status_of(ids)
    for_whom = {role for roles in _roles_of_cohorts(ids) for role in roles.split()}
    roles = dict(Enrollment.objects.filter(pk__in=ids).values_list("pk", "role"))
    return {
        pk: [Fact("Training", _in_words(one), word=TONES[one.status], note=one.training, at=one.at)]
        for pk, one in credits_.items()
        if one.status != NONE or one.label != LABELS[NONE] or roles[pk] in for_whom
    }


def _in_words(credit: TrainingStatus) -> str:
    return "no slot yet" if credit.label == LABELS[NONE] else credit.label


def was_trained(cohort: Cohort, role: str, email: str) -> bool:
    """Whether somebody attended a training in this role in an earlier round, also of another programme."""
    earlier = TrainingBooking.objects.filter(
        enrollment__role=role, session__training__kind=Training.Kind.TRAINING
    ).exclude(enrollment__cohort=cohort)
    as_lead = earlier.attended().filter(enrollment__user__email=email)
    as_member = MemberAttendance.objects.attended().filter(user__email=email, booking__in=earlier)
    return as_lead.exists() or as_member.exists()


def _roles_of_cohorts(ids: Sequence[int]) -> Iterable[str]:
    mine = Enrollment.objects.filter(pk__in=ids).values("cohort")
    found = Training.objects.filter(kind=Training.Kind.TRAINING, sessions__cohort__in=mine)
    return found.values_list("roles", flat=True).distinct()


def with_training_status(found: EnrollmentQuerySet, status: str) -> EnrollmentQuerySet:
    """The enrollments among these with a status, as `training_status_of` tells it. The database decides, row by row."""
    return found.filter(_has_status(status))


def training_of_mentors(cohort: Cohort) -> dict[int, str]:
    """Each mentor of a cohort with trainings whose status is ATTENDED, NONE or MISSED. One query."""
    took_place = TrainingSession.objects.filter(cohort=cohort, cancelled_at=None, training__kind=Training.Kind.TRAINING)
    rows = cohort.enrollments.mentors().filter(Exists(took_place)).order_by()
    statuses = (ATTENDED, NONE, MISSED)
    conditions = {f"is_{one}": ExpressionWrapper(_has_status(one), BooleanField()) for one in statuses}
    found: dict[int, str] = {}
    for pk, *answers in rows.annotate(**conditions).values_list("pk", *conditions):
        found.update((pk, status) for status, holds in zip(statuses, answers, strict=True) if holds)
    return found


def _has_status(status: str) -> Q:
    """The condition that an enrollment has a status; MISSED is a part of NONE."""
    booked = Exists(_trainings().filter(enrollment=OuterRef("pk"), status="booked", attended=None))
    if status == ATTENDED:
        return _attended(lasting=True)
    if status == BOOKED:
        return booked & ~_attended(lasting=True)
    if status == REFRESHER:
        return _attended() & ~booked & ~_attended(lasting=True)
    none = ~booked & ~_attended()
    return none & Q(_did_not_come()) if status == MISSED else none


def _did_not_come() -> Exists:
    """The condition that somebody had a seat in a training of their cohort and did not come."""
    return Exists(_trainings().filter(enrollment=OuterRef("pk"), attended=False).exclude(minutes_present__gt=0))


def _attended(*, lasting: bool = False) -> Q:
    """The condition that somebody attended a training in this role, in this round or before; `lasting` only such
    that needs no refresher yet."""
    then = _trainings().filter(
        enrollment__role=OuterRef("role"), enrollment__cohort__starts_on__lte=OuterRef("cohort__starts_on")
    )
    if lasting:
        rounds = Cohort.objects.filter(
            programme=OuterRef(OuterRef("cohort__programme")),
            starts_on__gt=OuterRef("enrollment__cohort__starts_on"),
            starts_on__lte=OuterRef(OuterRef("cohort__starts_on")),
        )
        number = Coalesce(Subquery(rounds.order_by().values("programme").annotate(n=Count("pk")).values("n")), 0)
        again = F("session__training__refresher_rounds")
        then = then.alias(rounds=number).filter(Q(session__training__refresher_rounds=None) | Q(rounds__lt=again))
    as_lead = then.filter(attended=True, enrollment__user=OuterRef("user"))
    as_member = then.filter(member_attendances__attended=True, member_attendances__user=OuterRef("user"))
    return Q(Exists(as_lead)) | Q(Exists(as_member))


def _trainings() -> TrainingBookingQuerySet:
    """Bookings of trainings that took place or will: cohort calls and office hours train nobody."""
    return TrainingBooking.objects.filter(
        enrollment__isnull=False, session__cancelled_at=None, session__training__kind=Training.Kind.TRAINING
    )


TRAINING_FILTER = Filter("Training", lambda cohort: list(LABELS.items()), with_training_status)
TRAINED_RULE = EligibilityRule("Only those who attended a training before", was_trained, UNTRAINED_MESSAGE)
