"""What beat calls. Tasks take nothing: what is due stands in the database."""

from celery import shared_task

from mentorship.core.outbox.health import seen
from mentorship.operations.sweep import sweep_everything


@shared_task
def sweep() -> None:
    """One pass of everything that is due."""
    seen("beat")
    sweep_everything()
