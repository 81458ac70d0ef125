"""Wake the workers when there is something to do.

Due work is in the database and a sweep finds it, so a wake-up may be lost. It must never delay the caller.
"""

import logging
import time
from typing import Any

from celery import Task

logger = logging.getLogger(__name__)

# How long a process leaves an unresponsive broker alone. Each try may cost a request two seconds.
LEAVE_ALONE_SECONDS = 30
_away_until = 0.0


def wake_up(task: Task, *args: Any) -> None:
    """Queue a task. If the broker does not respond, the next sweep does the work."""
    global _away_until  # noqa: PLW0603 one broker, one process
    if time.monotonic() < _away_until:
        return
    try:
        task.delay(*args)
    except Exception as error:  # every transport has its own exceptions
        if not _away_until:
            logger.warning("The broker is away (%s); sweeps do the work until it is back.", type(error).__name__)
        _away_until = time.monotonic() + LEAVE_ALONE_SECONDS
    else:
        if _away_until:
            logger.warning("The broker is back.")
        _away_until = 0.0
