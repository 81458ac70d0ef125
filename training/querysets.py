"""Every reusable read of training sessions and bookings."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

from cohorts.models import Enrollment
from mentorship.core.querysets import WorkspaceQuerySet

if TYPE_CHECKING:  # the models import this module
    from training.models import MemberAttendance, SeatHold, SeatRequest, TrainingBooking, TrainingSession  # noqa: F401


class TrainingSessionQuerySet(WorkspaceQuerySet["TrainingSession"]):
    workspace_path = "cohort__programme__workspace"

    def open_to(self, enrollments: list[Enrollment]) -> "TrainingSessionQuerySet":
        """Sessions that these (accepted) enrollments may take: by role, and by their cohort, programme or a hold."""
        wanted = Q(pk__in=[])
        for enrollment in enrollments:
            by_cohort = Q(cohort=enrollment.cohort_id) | Q(
                pk__in=self._held(Q(cohort=enrollment.cohort_id) | Q(programme=enrollment.cohort.programme_id))
            )
            wanted |= by_cohort & Q(training__roles__contains=enrollment.role)
        return self.filter(wanted)

    def for_cohort(self, cohort: Any) -> "TrainingSessionQuerySet":
        """The cohort's own sessions, and those that other cohorts share with it."""
        return self.for_cohorts([cohort])

    def for_cohorts(self, cohorts: Collection[Any] | models.QuerySet) -> "TrainingSessionQuerySet":
        """The sessions of each of these cohorts, and those that are shared with one of them."""
        if isinstance(cohorts, models.QuerySet):  # of any number: the database looks
            programmes: Any = cohorts.order_by().values("programme")
            cohorts = cohorts.order_by().values("pk")
        else:
            programmes = {cohort.programme_id for cohort in cohorts}
        held = self._held(Q(cohort__in=cohorts) | Q(programme__in=programmes))
        return self.filter(Q(cohort__in=cohorts) | Q(pk__in=held))

    def open_to_guests(self, organisation: Any) -> "TrainingSessionQuerySet":
        """Sessions that mentors of a guest organisation may take."""
        return self.filter(pk__in=self._held(Q(guest=organisation)))

    @staticmethod
    def _held(for_whom: Q) -> models.QuerySet:
        holds = apps.get_model("training", "SeatHold")._base_manager
        return holds.filter(for_whom, status="accepted").values("session")

    def upcoming(self, now: datetime) -> "TrainingSessionQuerySet":
        return self.filter(starts_at__gt=now)

    def with_attended_count(self) -> "TrainingSessionQuerySet":
        """Annotate `came`: how many people attended, members of teams included."""
        leads = Count("bookings", filter=Q(bookings__attended=True), distinct=True)
        there = Q(bookings__member_attendances__attended=True)
        members = Count("bookings__member_attendances", filter=there, distinct=True)
        return self.annotate(came=leads + members)

    def not_cancelled(self) -> "TrainingSessionQuerySet":
        return self.filter(cancelled_at=None)


class TrainingBookingQuerySet(models.QuerySet["TrainingBooking"]):
    def seated(self) -> "TrainingBookingQuerySet":
        """Bookings with a seat: booked, or offered and not answered yet."""
        return self.filter(status__in=["booked", "offered"])

    def active(self) -> "TrainingBookingQuerySet":
        """Bookings with a seat or on the waitlist."""
        return self.filter(status__in=["booked", "offered", "waitlisted"])

    def taking_part(self) -> "TrainingBookingQuerySet":
        """Bookings of guests and of people still in their cohort; a sweep gives up all other seats."""
        return self.filter(Q(enrollment=None) | Q(enrollment__status__in=Enrollment.OCCUPYING_PLACE))

    def booked(self) -> "TrainingBookingQuerySet":
        return self.filter(status="booked")

    def waiting(self) -> "TrainingBookingQuerySet":
        """The waitlist in order."""
        return self.filter(status="waitlisted").order_by("changed_at", "pk")

    def attended(self) -> "TrainingBookingQuerySet":
        """Bookings whose person attended, booked or not; for a team, its lead."""
        return self.filter(attended=True)

    def of_roll(self) -> "TrainingBookingQuerySet":
        """Bookings on the roll: cancelled ones only if somebody was there after all."""
        return self.exclude(Q(status="cancelled", attended=None) & ~somebody_was_there())

    def of_person(self, user: Any) -> "TrainingBookingQuerySet":
        """A person's own bookings, including those of their teams."""
        return self.filter(enrollment__in=Enrollment.objects.of_person(user))

    def with_people(self) -> "TrainingBookingQuerySet":
        """With everything that lists and mails show, in a constant number of queries."""
        return self.select_related(
            "enrollment__user",
            "enrollment__cohort__programme",
            "guest__organisation",
            "session__training__provider",
            "session__cohort__programme",
            "hold",
        ).prefetch_related("enrollment__members__user")

    def with_attendance(self) -> "TrainingBookingQuerySet":
        """Bookings with their people and the attendance of team members, for `training.booking.attendees`."""
        return self.with_people().prefetch_related("member_attendances__user")


class SeatHoldQuerySet(models.QuerySet["SeatHold"]):
    def accepted(self) -> "SeatHoldQuerySet":
        """Holds that open their session, unlike asked and declined ones."""
        return self.filter(status="accepted")

    def with_taken(self) -> "SeatHoldQuerySet":
        """Annotate `taken`: how many people have a seat by each hold."""
        seated = Q(bookings__status__in=["booked", "offered"])
        return self.annotate(taken=Count("bookings", filter=seated))

    def shared_with(self, cohort: Any, now: datetime) -> "SeatHoldQuerySet":
        """Holds for a cohort or its programme: accepted ones, and those that others offer for future sessions.

        `booked` and `came` are the numbers of the cohort's people who have a seat in the session, and who attended.
        """
        ahead = Q(session__cancelled_at=None, session__starts_at__gt=now)
        own = Q(session__bookings__enrollment__cohort=cohort)
        booked = Q(own, session__bookings__status__in=["booked", "offered"])
        return (
            self._of_others(cohort)
            .filter(Q(status="accepted") | ahead)
            .annotate(
                booked=Count("session__bookings", filter=booked),
                came=Count("session__bookings", filter=Q(own, session__bookings__attended=True)),
            )
            .order_by("session__starts_at", "pk")
        )

    def lent_to(self, cohort: Any) -> "SeatHoldQuerySet":
        """Accepted holds that let a cohort's people into the sessions of others, also past ones."""
        return self.accepted()._of_others(cohort).order_by("session__starts_at", "pk")

    def _of_others(self, cohort: Any) -> "SeatHoldQuerySet":
        found = self.filter(Q(programme=cohort.programme_id) | Q(cohort=cohort)).exclude(session__cohort=cohort)
        return found.select_related("session__training__provider", "session__cohort__programme")


class MemberAttendanceQuerySet(models.QuerySet["MemberAttendance"]):
    def attended(self) -> "MemberAttendanceQuerySet":
        """Members of teams who attended."""
        return self.filter(attended=True)


def somebody_attended() -> Q:
    """The condition that somebody of a booking attended."""
    return _somebody(Q(attended=True))


def somebody_was_there() -> Q:
    """The condition that somebody of a booking was there, for however short a time."""
    return _somebody(Q(attended=True) | Q(minutes_present__gt=0))


def _somebody(condition: Q) -> Q:
    members = apps.get_model("training", "MemberAttendance")._base_manager
    return condition | Q(models.Exists(members.filter(condition, booking=models.OuterRef("pk"))))


class SeatRequestQuerySet(models.QuerySet["SeatRequest"]):
    """Requests for seats. Who asks and who is asked both read them."""

    def sent_or_received(self, cohort: Any) -> "SeatRequestQuerySet":
        """Requests of the cohort, and those that its programme gets."""
        return self.filter(Q(cohort=cohort) | Q(host=cohort.programme_id))

    def received_open(self, cohort: Any) -> "SeatRequestQuerySet":
        """Requests that the programme of a cohort has not answered yet."""
        return self.filter(host=cohort.programme_id, status="asked")
