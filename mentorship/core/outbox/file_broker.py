"""Wake-ups as files, for an installation without Redis: kombu's transport, with files that are whole when they appear.

kombu creates the file of a message and writes it afterwards. A worker that takes it in between, or takes that of a
process that was killed, can't read it, and ends for good.
"""

import logging
import uuid
from contextlib import suppress
from json import JSONDecodeError
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Writes beside the queue and moves into it. Passes over what is cut off: the sweep does what it asked for."""

    # The classes of kombu name this argument differently.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder, name = Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        beside = folder / f".{name}"
        beside.write_text(dumps(payload))
        beside.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except JSONDecodeError:  # kombu has taken the file away by now
                logger.warning("A wake-up was cut off, as by a process that was killed. The sweep does its work.")

    def get_table(self, exchange: str) -> list[Any]:
        """The queues of an exchange; none while another process writes them down."""
        with suppress(JSONDecodeError):
            return list(super().get_table(exchange))
        return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        try:
            super()._queue_bind(exchange, routing_key, pattern, queue)
        except JSONDecodeError:
            self._exchange_file(exchange).unlink(missing_ok=True)
            super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel


def use() -> None:
    """Let kombu take this transport for addresses that begin with filesystem://."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
