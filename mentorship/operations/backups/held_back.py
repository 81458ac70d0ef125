"""After a restore: what the lost installation may have sent already must not go out again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import hold_back
from mentorship.operations.sweep import DELIVERY, PARTS


@transaction.atomic
def hold_back_what_was_due(*, until: datetime) -> list[OutboxMessage]:
    """Hold back every message that was due before a moment (UTC): those that wait, and those only planned.

    The planned ones, such as check-ins, reminders and digests, are written first, as the sweep of that moment would
    have done; then all that is due is cancelled, in the same transaction, so that no worker sees it in between. Each
    can be queued again on its page.
    """
    began = timezone.now()
    for name, part in PARTS.items():
        if name != DELIVERY:
            part(until)
    return hold_back(until=until, written_since=began)
