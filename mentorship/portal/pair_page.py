"""Facts from check-ins for the page of a pair."""

from collections.abc import Iterator

from django.utils import timezone

from checkins.waves.links import checkin_link
from matching.models import Match
from matching.pairs.extensions import HelpLink, UpcomingItem
from mentorship.core.accounts.models import User


def checkins_of(match: Match, user: User) -> Iterator[UpcomingItem]:
    """The reader's check-ins about this pair: open ones with their link, and planned ones."""
    now = timezone.now()
    asked = match.checkins.filter(user=user, status__in=["planned", "sent"], closes_at__gt=now)
    for checkin in asked.select_related("wave").order_by("due_at", "pk"):
        is_open = checkin.status == "sent"
        yield UpcomingItem(checkin.wave.name, checkin.due_at, checkin_link(checkin) if is_open else "")


def concern_of(match: Match, user: User) -> Iterator[HelpLink]:
    """The page for conduct concerns, which belongs to a check-in; None before one is planned."""
    checkin = match.checkins.filter(user=user).order_by("-due_at", "-pk").first()
    if checkin:
        yield HelpLink(
            "Raise a concern about conduct",
            "Read only by the people who are named on that page.",
            checkin_link(checkin) + "concern/",
        )
