"""The secret address of a person's calendar feed."""

from cohorts.models import CalendarFeed
from mentorship.core.accounts.models import User
from mentorship.core.links import LinkError, LinkFormat, SignedLink

# Holds the id of a person and how often they had renewed the link.
FEED = SignedLink("cohorts:calendar-feed", "cohorts.calendar", (int, int), format=LinkFormat.PLAIN)


def calendar_link(user: User) -> str:
    """The absolute address of a person's own feed. It needs no sign-in and never expires."""
    return FEED.url(user.pk, _renewals(user))


def user_of_calendar_link(token: str) -> User:
    """The owner of the feed. Raises LinkError if the link was forged or renewed, or the account is closed."""
    pk, renewals = FEED.read(token)
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or _renewals(user) != renewals:
        raise LinkError
    return user


def _renewals(user: User) -> int:
    return CalendarFeed.objects.filter(user=user).values_list("renewals", flat=True).first() or 0
