"""Work that is done in pieces, each in a transaction of its own. What is done stays; any worker goes on from there."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import OperationalError

from mentorship.core.background.claimed_work import CUT_OFF, LAST_TRY_AFTER
from mentorship.core.errors import ServiceError, reason_of

logger = logging.getLogger(__name__)


class WorkInPieces(Protocol):
    """A row that stores how far its work is."""

    @property
    def is_under_way(self) -> bool:
        """Whether something is left to do, and nothing has stopped it."""


Row = TypeVar("Row", bound=WorkInPieces)


def work_in_pieces(
    row: Row,
    next_piece: Callable[[Row], Row],
    stop: Callable[[Row, str], Row],
    tell: Callable[[Row], None] = lambda _: None,
) -> Row:
    """Do what is left, one piece at a time; `tell` is called after each. Returns the row, read anew from the database.

    `next_piece` locks the row, looks again whether it is under way, and stores how far it came: so two workers, or
    another one after a crash, do every piece once. An error stops the work, with its reason. If the database is
    unavailable (OperationalError) the error is raised, and a later sweep goes on.
    """
    while row.is_under_way:
        try:
            row = next_piece(row)
        except OperationalError:
            raise
        except Exception as error:
            if not isinstance(error, ServiceError):
                logger.exception("Work on %s stopped", row)
            row = stop(row, reason_of(error))
        tell(row)
    return row


def continue_stalled(
    stalled: Sequence[Any], now: datetime, go_on: Callable[[int], None], stop: Callable[[Any, str], Any]
) -> int:
    """Continue work that no worker is doing, and stop work that was begun too long ago. Returns how many rows."""
    for row in stalled:
        if row.created_at < now - LAST_TRY_AFTER:
            stop(row, CUT_OFF)
        else:
            go_on(row.pk)
    return len(stalled)
