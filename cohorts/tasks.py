"""Celery tasks of the app."""

from celery import shared_task

from cohorts.imports.services import continue_import


@shared_task
def work_out_import(batch_id: int) -> None:
    """Write the rest of a sheet."""
    continue_import(batch_id)
