"""Settings for processes that tests start and kill: nothing shared with the installation, and short time limits."""

import os
from pathlib import Path

from mentorship.settings import *  # noqa: F403

_folder = Path(os.environ["TEST_FOLDER"])
for _name in ("messages", "processed", "control"):
    (_folder / _name).mkdir(parents=True, exist_ok=True)
if not os.environ.get("REDIS_URL"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder / "messages"),
        "data_folder_out": str(_folder / "messages"),
        "processed_folder": str(_folder / "processed"),
        "control_folder": str(_folder / "control"),
        "polling_interval": 0.1,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(_folder / "beat-schedule")
OUTBOX_LEASE_SECONDS = 2
EMAIL_TIMEOUT = 1
if os.environ.get("TEST_WITHOUT_MIGRATIONS"):
    # `migrate --run-syncdb` then makes the tables from the models, in a tenth of the time.
    MIGRATION_MODULES = dict.fromkeys((app.rpartition(".")[2] for app in INSTALLED_APPS), None)  # noqa: F405
