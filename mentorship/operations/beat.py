"""The scheduler of beat, which gets the work done even without a broker."""

import logging
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from django.db import close_old_connections

logger = logging.getLogger(__name__)


class SweepScheduler(PersistentScheduler):
    """Hands the sweep to a worker. While the broker is down beat sweeps by itself, so that mails keep leaving."""

    # Celery's own scheduler waits for the broker before the first task. Without one a task asks the pool, which gives
    # up soon.
    producer = None
    _is_away = False

    def apply_async(self, entry: ScheduleEntry, **options: Any) -> Any:
        """Queue a task, or run the sweep here and now."""
        try:
            queued = super().apply_async(entry, **options)
        except SchedulingError as error:
            if not self._is_away:
                logger.warning(
                    "The broker is away (%s); beat sweeps by itself.", type(error.__context__ or error).__name__
                )
            self._is_away = True
            return _sweep_here()
        if self._is_away:
            logger.warning("The broker is back; workers sweep again.")
        self._is_away = False
        return queued


def _sweep_here() -> None:
    from mentorship.operations.sweep import SweepError, sweep_everything  # noqa: PLC0415 apps not ready: beat reads this first

    close_old_connections()
    try:
        sweep_everything()
    except SweepError:
        pass  # logged, and visible in the heartbeat
    except Exception:
        logger.exception("The sweep failed.")
    finally:
        close_old_connections()
