"""Tasks called by beat. They take no arguments: due work is in the database."""

from celery import shared_task

from mentorship.core.outbox.health import record_heartbeat
from mentorship.operations.sweep import sweep_everything


@shared_task
def sweep() -> None:
    """One pass over everything that is due."""
    record_heartbeat("beat")
    sweep_everything()
