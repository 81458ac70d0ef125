"""Celery tasks of the app."""

from celery import shared_task

from cohorts.bulk_actions.services import work_bulk_action
from cohorts.imports.services import continue_import


@shared_task
def work_out_import(batch_id: int) -> None:
    """Write the rest of a sheet."""
    continue_import(batch_id)


@shared_task
def work_out_bulk_action(pk: int) -> None:
    """Do the rest of a bulk action, some people at a time. Idempotent: it resumes where another worker stopped."""
    work_bulk_action(pk)
