"""Work for the worker: an id in, the service called."""

from celery import shared_task

from cohorts.models import Cohort
from matching.engine.services import work_run
from matching.rematch.replacement_search import work_search
from matching.supply.services import work_supply


@shared_task
def work_out_run(run_id: int) -> None:
    """Work out a matching run; a second call finds it claimed and does nothing."""
    work_run(run_id)


@shared_task
def work_out_search(search_id: int) -> None:
    """Score the mentors who could take over a mentee; a second call finds it claimed and does nothing."""
    work_search(search_id)


@shared_task
def work_out_supply(cohort_id: int) -> None:
    """Count what mentors a cohort lacks; twice gives the same."""
    cohort = Cohort.objects.filter(pk=cohort_id).select_related("programme").first()
    if cohort is not None:
        work_supply(cohort)
