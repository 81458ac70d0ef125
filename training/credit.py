"""Who is trained: has a slot, was there, and when it is due again. For the people list, and by id for later rooms."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cohorts.filters import Filter, add_filter
from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from training.models import Training, TrainingBooking

NONE, BOOKED, ATTENDED, REFRESHER = "none", "booked", "attended", "refresher"
LABELS = {NONE: "none", BOOKED: "booked", ATTENDED: "attended", REFRESHER: "refresher due"}


@dataclass(frozen=True)
class Credit:
    """Where somebody stands: `status` is none, booked, attended or refresher; `at` is the session's start in UTC."""

    status: str = NONE
    training: str = ""
    at: datetime | None = None
    missed: bool = False

    @property
    def label(self) -> str:
        """For a pill: the word that a reader understands."""
        return "did not come" if self.missed and self.status == NONE else LABELS[self.status]

    @property
    def counts(self) -> bool:
        """Whether they are trained now."""
        return self.status == ATTENDED


def trained(enrollment_ids: Iterable[int]) -> dict[int, Credit]:
    """enrollment id → credit, for every id that exists. Four queries for however many.

    Sessions that the person attended in earlier rounds, also of another programme, count until a refresher is due.
    Cohort calls and office hours train nobody.
    """
    enrollments = list(Enrollment.objects.filter(pk__in=list(enrollment_ids)).select_related("cohort"))
    starts = _starts_of_rounds({e.cohort.programme_id for e in enrollments})
    of_user: dict[int, list[TrainingBooking]] = defaultdict(list)
    bookings = TrainingBooking.objects.filter(
        enrollment__user__in={e.user_id for e in enrollments},
        session__cancelled_at=None,
        session__training__kind=Training.Kind.TRAINING,
    ).select_related("session__training", "enrollment__cohort")
    for booking in bookings.order_by("session__starts_at", "pk"):
        if booking.enrollment:
            of_user[booking.enrollment.user_id].append(booking)
    return {e.pk: _credit(e, of_user[e.user_id], starts[e.cohort.programme_id]) for e in enrollments}


def _credit(enrollment: Enrollment, bookings: list[TrainingBooking], starts: list[date]) -> Credit:
    due: Credit | None = None
    booked: Credit | None = None
    missed = False
    for booking in reversed(bookings):
        session = booking.session
        if booking.attended and booking.enrollment and booking.enrollment.role == enrollment.role:
            then, now = booking.enrollment.cohort.starts_on, enrollment.cohort.starts_on
            if then > now:
                continue  # a later round says nothing about this one
            rounds = sum(then < day <= now for day in starts)
            again = session.training.refresher_rounds
            if again is None or rounds < again:
                return Credit(ATTENDED, session.training.name, session.starts_at)
            due = due or Credit(REFRESHER, session.training.name, session.starts_at)
        elif booking.enrollment_id == enrollment.pk:
            if booking.attended is False:
                missed = True
            elif booking.status == TrainingBooking.Status.BOOKED:
                booked = Credit(BOOKED, session.training.name, session.starts_at)
    return booked or due or Credit(missed=missed)


def _starts_of_rounds(programmes: set[int]) -> dict[int, list[date]]:
    starts: dict[int, list[date]] = {pk: [] for pk in programmes}
    for programme_id, day in Cohort.objects.filter(programme__in=programmes).values_list("programme", "starts_on"):
        starts[programme_id].append(day)
    return starts


def register_filter() -> None:
    """The people of a cohort can be filtered by their training, in the list and for mailings."""
    add_filter("training", Filter("Training", lambda cohort: list(LABELS.items()), _by_training))


def _by_training(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    credits_ = trained(found.values_list("pk", flat=True))
    return found.filter(pk__in=[pk for pk, credit in credits_.items() if credit.status == value])
