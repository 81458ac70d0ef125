"""The secret address of a person's calendar feed."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import history_of
from mentorship.core.audit.verbs import Verb

RENEWED = Verb.RENEWED_CALENDAR_LINK


def calendar_link(user: User) -> str:
    """The absolute address of a person's own feed. It needs no sign-in and never expires."""
    return settings.SITE_URL + reverse("cohorts:calendar-feed", args=[_signer().sign(f"{user.pk}-{_renewals(user)}")])


def user_of_calendar_link(token: str) -> User | None:
    """Whose feed it is; None where the link was not made here, was made anew, or the account is switched off."""
    try:
        pk, renewals = _signer().unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and _renewals(user) == int(renewals) else None


def _signer() -> signing.Signer:
    # A full stop instead of the usual colon: some calendars stumble over one in a path.
    return signing.Signer(sep=".", salt="cohorts.calendar")


def _renewals(user: User) -> int:
    return history_of(user).filter(verb=RENEWED).count()
