"""Signed links in training mails."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

CONFIRM_WITHIN = timedelta(days=3)
_CONFIRM = "training.guest.confirm"


class LinkError(Exception):
    """The link was not made here, was changed on its way, or is too old."""


def sign(purpose: str, *numbers: int) -> str:
    """A token for ids and one purpose."""
    return _signer(purpose).sign("-".join(map(str, numbers)))


def read(purpose: str, token: str) -> list[int]:
    """The ids in a token. Raises LinkError."""
    try:
        return [int(number) for number in _signer(purpose).unsign(token).split("-")]
    except (signing.BadSignature, ValueError) as error:
        raise LinkError from error


def choose_link(enrollment_id: int) -> str:
    """The absolute address at which a person sees their slots, books, changes and cancels."""
    return _link("choose", sign("choose", enrollment_id))


def guest_link(guest_id: int) -> str:
    """The same for somebody without an account."""
    return _link("guest", sign("guest", guest_id))


def organisation_link(organisation_id: int, number: int) -> str:
    """What a sister organisation passes on to its mentors. Making it anew (`number`) switches off the one before."""
    return _link("organisation", sign("organisation", organisation_id, number))


def ics_link(booking_id: int) -> str:
    """The absolute address of the calendar file of a booking; it always holds the present state."""
    return _link("ics", sign("ics", booking_id))


def feedback_link(booking_id: int, *record_id: int) -> str:
    """The absolute address of the two questions; `record_id` is the attendance of another member of a team."""
    return _link("feedback", sign("feedback", booking_id, *record_id))


def certificate_link(booking_id: int, *record_id: int) -> str:
    """The absolute address of the certificate; ids as above. Whoever has it can check that it is real."""
    return _link("certificate", sign("certificate", booking_id, *record_id))


def confirm_link(organisation_id: int, name: str, email: str, time_zone: str) -> str:
    """The absolute address at which a guest confirms their address, good for three days. Nothing is stored before."""
    token = signing.dumps([organisation_id, name, email, time_zone], salt=_CONFIRM, compress=True)
    return _link("guest-confirm", token)


def read_confirm(token: str) -> tuple[int, str, str, str]:
    """Organisation, name, address and time zone. Raises LinkError."""
    try:
        organisation_id, name, email, time_zone = signing.loads(token, salt=_CONFIRM, max_age=CONFIRM_WITHIN)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LinkError from error
    return organisation_id, name, email, time_zone


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(f"training:{name}", args=[token])


def _signer(purpose: str) -> signing.Signer:
    # A full stop instead of the usual colon: some calendars stumble over one in a path.
    return signing.Signer(sep=".", salt=f"training.{purpose}")
