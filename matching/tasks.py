"""Work for the worker: an id in, the service called."""

from celery import shared_task

from matching.replacing import work_search
from matching.services import work_run


@shared_task
def work_out_run(run_id: int) -> None:
    """Work out a matching run; a second call finds it claimed and does nothing."""
    work_run(run_id)


@shared_task
def work_out_search(search_id: int) -> None:
    """Score the mentors who could take over a mentee; a second call finds it claimed and does nothing."""
    work_search(search_id)
