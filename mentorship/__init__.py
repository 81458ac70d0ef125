"""The Django project: settings, URLs, Celery, and what every app shares."""

from mentorship.celery import app as celery_app

__all__ = ["celery_app"]
