"""The task that delivers due messages."""

from celery import shared_task

from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.health import record_heartbeat


@shared_task
def deliver_due() -> None:
    """Deliver every message that is due."""
    sent = deliver_all_due()
    record_heartbeat("delivery", note=f"{sent} sent")
