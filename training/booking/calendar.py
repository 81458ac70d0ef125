"""Training sessions as calendar events: files linked in mails, and personal feeds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from cohorts.calendar.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEvent, event_uid
from cohorts.mailings.weekly_dates import WeekDate
from cohorts.models import Cohort, Enrollment
from cohorts.sharing.addressing import attendees_among
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from training.models import SeatHold, Training, TrainingBooking, TrainingSession

# How long past and cancelled events stay in the feed, so that every calendar notices the cancellation.
KEPT = timedelta(days=60)


def event_of(booking: TrainingBooking) -> CalendarEvent:
    """A booking as a calendar event. Waiting and offered seats are tentative, without the joining link."""
    session = booking.session
    off = session.cancelled_at is not None or booking.status == TrainingBooking.Status.CANCELLED
    if off:
        status = CANCELLED
    else:
        status = CONFIRMED if booking.status in ("booked", "came") else TENTATIVE
    return _event(
        session,
        event_uid("booking", booking.pk),
        status,
        # Both numbers only increase, and so does their sum.
        sequence=session.sequence + booking.sequence,
        link=session.joining_link if booking.may_join else "",
        more=f"\n{_where_to_change(booking)}",
        attendees=_attendees(booking),
    )


def _where_to_change(booking: TrainingBooking) -> str:
    # No link by which one acts: whoever shares their calendar would else let its readers act for them.
    if booking.enrollment_id:
        return f"To change or cancel, sign in: {absolute_url('training:my-slot-list')}"
    return "To change or cancel, use the link in your email."


def _attendees(booking: TrainingBooking) -> tuple[tuple[str, str], ...]:
    if booking.enrollment:
        return attendees_among([booking.enrollment])
    return ((booking.name, booking.email),)


def sessions_of(user: User) -> Iterator[CalendarEvent]:
    """Events for a person's bookings and waits, and for calls that they have not answered."""
    since = timezone.now() - KEPT
    bookings = TrainingBooking.objects.of_person(user).filter(session__starts_at__gt=since).with_people()
    known = set()
    for booking in bookings:
        known.add(booking.session_id)
        yield event_of(booking)
    enrollments = list(Enrollment.objects.of_person(user).occupying_place().select_related("cohort"))
    if not enrollments:
        return
    calls = (
        TrainingSession.objects.open_to(enrollments)
        .filter(starts_at__gt=since)
        .exclude(training__kind=Training.Kind.TRAINING)
    )
    mine = absolute_url("training:my-slot-list")
    for call in calls.exclude(pk__in=known).select_related("training", "cohort__programme"):
        status = CANCELLED if call.cancelled_at else TENTATIVE
        yield _event(
            call,
            event_uid("call", call.pk),
            status,
            sequence=call.sequence,
            link="",
            more=f"Say whether you’ll take part: {mine}",
        )


def sessions_of_week(cohorts: Sequence[Cohort], begin: datetime, end: datetime) -> Iterator[tuple[int, WeekDate]]:
    """Dates for weekly mails: sessions that people of each cohort can take, including those of other programmes.

    The link leads to the page on which they book: only those who booked see the joining link.
    """
    mine = absolute_url("training:my-slot-list")
    week = TrainingSession.objects.not_cancelled().filter(starts_at__gte=begin, starts_at__lt=end)
    holds = Prefetch("holds", SeatHold.objects.accepted())
    found = week.for_cohorts(cohorts).select_related("training", "cohort").prefetch_related(holds)
    of_programme: dict[int | None, set[int]] = defaultdict(set)
    for cohort in cohorts:
        of_programme[cohort.programme_id].add(cohort.pk)
    for session in found.order_by("starts_at", "pk"):
        host = f" with {session.host}" if session.host else ""
        roles = frozenset(session.training.roles.split())
        one = WeekDate(
            session.starts_at,
            f"{session.training.name}{host}",
            session.minutes,
            mine,
            roles,
            zone=session.tz,
            place=session.place,
        )
        for_whom: set[int | None] = {session.cohort_id}
        for hold in session.holds.all():
            for_whom |= {hold.cohort_id} | of_programme[hold.programme_id]
        for cohort in cohorts:
            if cohort.pk in for_whom:
                yield cohort.pk, one


def _event(
    session: TrainingSession,
    identity: str,
    status: str,
    *,
    sequence: int,
    link: str,
    more: str,
    attendees: tuple[tuple[str, str], ...] = (),
) -> CalendarEvent:
    cohort = session.cohort
    return CalendarEvent(
        uid=identity,
        sequence=sequence,
        name=f"{session.training.name} ({cohort.name})",
        starts=session.starts_at,
        minutes=session.minutes,
        text=f"{session.training.name}, {cohort.name} of {cohort.programme.name}\n{link}{more}",
        link=link,
        status=status,
        organizer=(cohort.programme.name, cohort.programme.contact_email),
        attendees=attendees,
        location=session.place or link,
        zone=session.tz,
        cohort=cohort.name,
    )
