"""After a restore: hold back mail that the lost installation may have sent already."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mentorship.core.outbox.held.services import hold_back
from mentorship.core.outbox.models import OutboxMessage
from mentorship.operations.sweep import DELIVERY, PARTS


@transaction.atomic
def hold_back_what_was_due(*, until: datetime) -> list[OutboxMessage]:
    """Hold back every message that was due before a moment (UTC), queued or only planned.

    Planned ones, such as check-ins, reminders and digests, are written first, as the sweep would have done then; all
    due messages are cancelled in the same transaction, so that no worker sees them. Each can be queued again on its
    page.
    """
    began = timezone.now()
    for name, part in PARTS.items():
        if name != DELIVERY:
            part(until)
    return hold_back(until=until, written_since=began)
