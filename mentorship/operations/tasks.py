"""Tasks that beat calls. They take no arguments: what is due is in the database."""

from celery import shared_task

from mentorship.core.outbox.health import record_heartbeat
from mentorship.operations.sweep import sweep_everything


@shared_task
def sweep() -> None:
    """One pass of everything that is due."""
    record_heartbeat("beat")
    sweep_everything()
