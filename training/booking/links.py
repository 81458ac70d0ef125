"""Signed links in training mails. Opening one changes nothing."""

from datetime import timedelta

from mentorship.core.links import LinkFormat, SignedLink
from training.models import TrainingBooking

CONFIRM_WITHIN = timedelta(days=3)


def _link(
    view_name: str, salt: str, *fields: type, optional: int = 0, personal: bool = True, does: str = ""
) -> SignedLink:
    # Plain: some calendars can't handle a colon in a path.
    return SignedLink(
        f"training:{view_name}", f"training.{salt}", fields, optional, LinkFormat.PLAIN, personal=personal, does=does
    )


# The slots of an enrollment: book, change and cancel.
CHOOSE = _link("slot-list", "choose", int, does="Book, change or cancel a training")
# The same for a guest, who has no account.
GUEST = _link("guest-slot-list", "guest", int)
# Organisation and number, which the organisation passes on to its mentors. A new number disables the previous link.
ORGANISATION = _link("guest-create", "organisation", int, int, personal=False)
# The calendar file of a booking, current when it is read.
ICS = _link("booking-calendar", "ics", int)
# Of a booking, or with a second id of the attendance record of another member of its team.
FEEDBACK = _link("feedback-edit", "feedback", int, int, optional=1, does="Give feedback on a training")
CERTIFICATE = _link("certificate-detail", "certificate", int, int, optional=1, does="See your training certificate")
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
