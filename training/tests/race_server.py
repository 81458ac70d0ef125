"""The web application for the race for seats: looking takes a moment, and on demand nobody waits for the other.

`TEST_WITHOUT_LOCK` takes out what keeps seats from being sold twice: the row lock, and on SQLite the transaction that
is one. What then happens shows that the race is a real one.
"""

import os
import time

from django.db import connections

from mentorship.wsgi import application
from training.booking import services as booking_services
from training.models import TrainingSession

LOOK_SECONDS = float(os.environ["TEST_LOOK_SECONDS"])
_availability_of = booking_services.availability_of


def _look_slowly(*args, **kwargs):
    found = _availability_of(*args, **kwargs)
    time.sleep(LOOK_SECONDS)
    return found


def _no_lock(*ids):
    found = TrainingSession.objects.filter(pk__in=ids)
    return {s.pk: s for s in found.select_related("training__provider", "cohort__programme")}


booking_services.availability_of = _look_slowly
if "timeout" in connections.settings["default"]["OPTIONS"]:  # of SQLite: twenty seconds are short on a busy machine
    connections.settings["default"]["OPTIONS"]["timeout"] = 600
if os.environ.get("TEST_WITHOUT_LOCK"):
    booking_services.lock_sessions = _no_lock
    connections.settings["default"]["OPTIONS"].pop("transaction_mode", None)

__all__ = ["application"]
