"""The Celery application. The broker only wakes workers up; due dates are in the database."""

import os
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from django.conf import settings

from mentorship.core.outbox import file_broker
from mentorship.environment import refused_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")


class Loader(AppLoader):
    """Reads the settings of a worker or beat, which the celery command would do with a traceback."""

    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        with refused_in_one_line():
            settings.INSTALLED_APPS  # noqa: B018 the settings are read at the first use
        return super().config_from_object(obj, silent)


file_broker.use()
app = Celery("mentorship", loader="mentorship.celery:Loader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
