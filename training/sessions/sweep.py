"""Process due training work: lapsed offers, freed seats, reminders, thanks."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cohorts.enrollment.leaving import departures_since
from cohorts.models import Enrollment
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.outbox.planned.planned_changes import put_off
from mentorship.core.outbox.send_mail import written_keys
from mentorship.core.timezones import first_zone
from training.attendance.thanks import thank_attendees
from training.booking.mails import days_before, mail_booking, mail_left_team
from training.booking.services import fill_from_waitlist, lock_sessions, set_booking_status
from training.models import TrainingBooking, TrainingSession
from training.sessions.reminders import DAY, WEEK, plan_reminders

# From a booking to the programme of the person, who may have a seat in a training of another one.
WORKSPACE = "enrollment__cohort__programme__workspace"


def sweep_training(now: datetime) -> int:
    """Process everything about training that is due at `now` (UTC). Returns how many bookings it touched.

    Idempotent, even when late or in two places at once: the status decides, and each mail has its own key.
    """
    return _end_bookings(now) + _tell_leavers(now) + _fill(now) + _remind(now) + thank_attendees(now)


def _end_bookings(now: datetime) -> int:
    """Let offers lapse that nobody took, then free the seats of those who have left the cohort."""
    lapsed = TrainingBooking.objects.filter(status=TrainingBooking.Status.OFFERED, offer_until__lte=now)
    left = TrainingBooking.objects.filter(
        status__in=["booked", "offered", "waitlisted"], session__starts_at__gt=now, session__cancelled_at=None
    ).exclude(Q(enrollment=None) | Q(enrollment__status__in=Enrollment.OCCUPYING_PLACE))
    # Not one condition for both: each is found by an index of its own.
    found, others = (
        rows.order_by().values_list("pk", "session_id", "status", "offer_until")
        for rows in (lapsed, where_changed(left, WORKSPACE))
    )
    over: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for pk, session_id, status, until in sorted(found.union(others), key=lambda row: row[0]):
        over[status == "offered" and until is not None and until <= now].append((pk, session_id))
    return _lapse_offers(over[True], now) + _free_seats(over[False], now)


def _lapse_offers(found: list[tuple[int, int]], now: datetime) -> int:
    lapsed = 0
    for pk, session_id in found:
        with transaction.atomic():
            session = lock_sessions(session_id)[session_id]
            booking = TrainingBooking.objects.with_people().get(pk=pk)
            if booking.status != "offered" or booking.offer_until is None or booking.offer_until > now:
                continue  # answered since the query
            set_booking_status(booking, TrainingBooking.Status.CANCELLED, by=None)
            why = f"{booking.name} did not answer in time."
            mail_booking(booking, "offer_lapsed", key=f"{pk}:{booking.sequence}", why=why)
            fill_from_waitlist(session, now)
            lapsed += 1
    return lapsed


def _free_seats(gone: list[tuple[int, int]], now: datetime) -> int:
    freed = 0
    for pk, session_id in gone:
        with transaction.atomic():
            session = lock_sessions(session_id)[session_id]
            booking = TrainingBooking.objects.with_people().get(pk=pk)
            if booking.status != "cancelled":
                was_seated = booking.is_seated
                set_booking_status(booking, TrainingBooking.Status.CANCELLED, by=None)
                if was_seated:
                    key, why = f"{pk}:{booking.sequence}", f"{booking.name} is not in the cohort any more."
                    mail_booking(booking, "left", key=key, why=why)
                fill_from_waitlist(session, now)
                freed += 1
    return freed


def _tell_leavers(now: datetime) -> int:
    """Remove team seats from the calendars of members who left while their team had them."""
    seats = TrainingBooking.objects.active().exclude(status="waitlisted").exclude(enrollment__departures=None)
    seats = where_changed(seats, WORKSPACE)
    told = 0
    for booking in seats.filter(session__starts_at__gt=now, session__cancelled_at=None).with_people().distinct():
        team = booking.enrollment
        for departure in departures_since(team, booking.changed_at) if team else ():
            key = f"training-left-team:{booking.pk}:{departure.pk}:{departure.departures}"
            if not written_keys([key]):
                why = f"{departure.user} is no longer in the team, which has a seat in {booking.session}."
                mail_left_team(booking, departure.user, key=key, why=why)
                told += 1
    return told


def _fill(now: datetime) -> int:
    """Offer seats that became free by time alone, when a hold ended."""
    waited_for = TrainingSession.objects.not_cancelled().upcoming(now).filter(bookings__status="waitlisted").distinct()
    filled = 0
    for pk in waited_for.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            filled += len(fill_from_waitlist(lock_sessions(pk)[pk], now))
    return filled


def _remind(now: datetime) -> int:
    """Write due reminders, except to people who have heard of a change since."""
    bookings = TrainingBooking.objects.booked().filter(
        session__cancelled_at=None, session__starts_at__gt=now, session__starts_at__lte=now + WEEK + DAY
    )
    due: dict[str, int] = {}
    zones = ("enrollment__user__time_zone", "enrollment__time_zone", "guest__time_zone")
    for pk, starts_at, booked_at, *names in bookings.values_list("pk", "session__starts_at", "changed_at", *zones):
        due |= {one.key: pk for one in plan_reminders(pk, starts_at, booked_at, first_zone(*names)) if one.is_due(now)}
    return _write_reminders(due, now)


def _write_reminders(due: dict[str, int], now: datetime) -> int:
    written = written_keys(due)
    written |= put_off([key for key in due if key not in written], now)
    todo = {key: pk for key, pk in due.items() if key not in written}
    bookings = TrainingBooking.objects.with_people().in_bulk(todo.values())
    for key, pk in todo.items():
        booking = bookings[pk]
        with transaction.atomic():
            mail_booking(
                booking,
                "reminder",
                key=key.removeprefix("training-reminder:"),
                why=f"{booking.name}: reminder for {booking.session}.",
                days=days_before(booking, now),
            )
    return len(todo)
