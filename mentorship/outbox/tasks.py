"""Waking delivery."""

from celery import shared_task

from mentorship.outbox.delivery import deliver_all_due


@shared_task
def deliver_due() -> None:
    """Deliver every message that is due."""
    deliver_all_due()
