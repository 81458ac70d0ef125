"""Thank-you mails after a training, with feedback form and certificate."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import FilteredRelation, Q

from mentorship.core.outbox.send_mail import written_keys
from training.booking import links
from training.booking.attendees import Attendee, attendees_of
from training.booking.mails import mail_booking
from training.models import Training, TrainingBooking

# Thanks later than this after a session would only puzzle people.
THANKS_WITHIN = timedelta(days=30)


def thank_attendees(now: datetime) -> int:
    """Send thanks to everybody who attended a training lately and has not been thanked. Returns the number of mails."""
    lately = {"session__training__kind": Training.Kind.TRAINING, "session__starts_at__gt": now - THANKS_WITHIN}
    there: dict[str, tuple[int, int | None]] = {}
    members = FilteredRelation("member_attendances", condition=Q(member_attendances__attended=True))
    found = TrainingBooking.objects.annotate(member=members).filter(
        Q(attended=True) | Q(member__pk__isnull=False), **lately
    )
    for pk, attended, member in found.order_by("pk", "member__pk").values_list("pk", "attended", "member__pk"):
        if attended:
            there[_key(pk)] = (pk, None)
        if member:
            there[_key(pk, member)] = (pk, member)
    written = written_keys(f"training-thanks:{key}" for key in there)
    todo = {numbers for key, numbers in there.items() if f"training-thanks:{key}" not in written}
    bookings = TrainingBooking.objects.with_attendance().filter(pk__in={pk for pk, _ in todo}).order_by("pk")
    to_thank = [
        person
        for person in attendees_of(bookings)
        if person.attended and (person.booking.pk, person.row.pk if person.row else None) in todo
    ]
    for person in to_thank:
        _thank(person)
    return len(to_thank)


@transaction.atomic
def _thank(person: Attendee) -> None:
    booking = person.booking
    mail_booking(
        booking,
        "thanks",
        key=_key(*person.numbers),
        why=f"{person.name}: thanks for {booking.session}.",
        to=[person.user or person.email],
        person=person.short_name,
        feedback=links.FEEDBACK.url(*person.numbers),
        certificate=links.CERTIFICATE.url(*person.numbers),
    )


def _key(*numbers: int) -> str:
    return "-".join(map(str, numbers))
