"""Signed links in training mails. Opening one changes nothing."""

from datetime import timedelta

from django.db.models import QuerySet

from cohorts.enrollment.links import lead
from mentorship.core.accounts.models import User
from mentorship.core.links import LinkFormat, SignedLink
from training.models import TrainingBooking

CONFIRM_WITHIN = timedelta(days=3)


def _attendee(booking_id: int, record_id: int | None = None) -> QuerySet[User]:
    """The owner of a seat, or the member of its team with this attendance record; none for a guest."""
    if record_id:
        return User.objects.filter(member_attendances=record_id)
    return User.objects.filter(enrollments__training_bookings=booking_id)


# The slots of an enrollment: book, change and cancel.
CHOOSE = SignedLink("training:slot-list", "training.choose", whose=lead, does="Book, change or cancel a training")
# The same for a guest, who has no account.
GUEST = SignedLink("training:guest-slot-list", "training.guest", does="Book, change or cancel a training")
# Organisation and number: what it passes on to its mentors. A new number switches off the link before.
ORGANISATION = SignedLink(
    "training:guest-create", "training.organisation", (int, int), format=LinkFormat.PLAIN, personal=False
)
# The calendar file of a booking, as it stands when it is read.
ICS = SignedLink("training:booking-calendar", "training.ics", whose=_attendee)
# Of a booking, or with a second id of the attendance record of another member of its team.
FEEDBACK = SignedLink(
    "training:feedback-edit",
    "training.feedback",
    (int, int),
    optional=1,
    whose=_attendee,
    does="Give feedback on a training",
)
# The same. It stands on the certificate, for whoever is shown one, and lets nobody act: it never ends.
CERTIFICATE = SignedLink(
    "training:certificate-detail",
    "training.certificate",
    (int, int),
    optional=1,
    format=LinkFormat.PLAIN,
    does="See your training certificate",
)
# Organisation, name, address and time zone of a guest. Nothing is stored before they confirm.
GUEST_CONFIRM = SignedLink(
    "training:guest-confirm",
    "training.guest.confirm",
    (int, str, str, str),
    max_age=CONFIRM_WITHIN,
    compress=True,
)


def own_slots_url(booking: TrainingBooking) -> str:
    """The absolute address at which the person of a booking changes or cancels it without signing in."""
    if booking.enrollment_id:
        return CHOOSE.url(booking.enrollment_id)
    return GUEST.url(booking.guest_id)
