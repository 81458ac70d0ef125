"""Renew the address of a calendar feed."""

from django.db import transaction
from django.db.models import F

from cohorts.calendar.links import calendar_link
from cohorts.models import CalendarFeed
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def renew_calendar_link(*, user: User, by: User) -> str:
    """Make a new link to a person's feed. The old one stops working at once."""
    feed, _ = CalendarFeed.objects.get_or_create(user=user)
    CalendarFeed.objects.filter(pk=feed.pk).update(renewals=F("renewals") + 1)
    record(verb=Verb.RENEWED_CALENDAR_LINK, target=user, workspace_id=None, by=by)
    return calendar_link(user)
