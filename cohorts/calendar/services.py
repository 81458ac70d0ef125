"""Renew the address of a calendar feed."""

from django.db import transaction

from cohorts.calendar.links import RENEWED, calendar_link
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record


@transaction.atomic
def renew_calendar_link(*, user: User) -> str:
    """Make the link anew. The one before it stops working at once."""
    record(verb=RENEWED, target=user, workspace_id=None, by=user)
    return calendar_link(user)
