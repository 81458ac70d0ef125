"""Celery tasks; each takes an id and calls a service."""

from celery import shared_task

from cohorts.models import Cohort
from matching.engine.comparison import work_comparison
from matching.engine.services import work_run
from matching.intro.confirmation import work_confirmation
from matching.past_weights.services import work_past_weights
from matching.rematch.replacement_search import work_search
from matching.supply.services import work_supply


@shared_task
def work_out_run(run_id: int) -> None:
    """Compute a matching run. Idempotent: a second call finds it claimed."""
    work_run(run_id)


@shared_task
def work_out_confirmation(confirmation_id: int) -> None:
    """Confirm what is left of a confirmation, some intros at a time. Idempotent: it resumes where another stopped."""
    work_confirmation(confirmation_id)


@shared_task
def work_out_comparison(run_id: int) -> None:
    """Compare what the aims of a run would give. Idempotent."""
    work_comparison(run_id)


@shared_task
def work_out_search(search_id: int) -> None:
    """Score the mentors who could take over a mentee. Idempotent: a second call finds it claimed."""
    work_search(search_id)


@shared_task
def work_out_supply(cohort_id: int) -> None:
    """Compute which mentors a cohort lacks. Idempotent."""
    cohort = Cohort.objects.filter(pk=cohort_id).select_related("programme").first()
    if cohort is not None:
        work_supply(cohort)


@shared_task
def work_out_past_weights(pk: int) -> None:
    """Fit weights on earlier rounds. Idempotent: a second call finds the request claimed."""
    work_past_weights(pk)
