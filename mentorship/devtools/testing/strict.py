"""A pytest plugin that fails tests for what would otherwise only be found in a log or on a slow day."""

import ipaddress
import itertools
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def errors_in_the_log_fail(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that logs an ERROR fails, unless it is marked `expects_errors`; then it fails without one."""
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    if request.node.get_closest_marker("expects_errors"):
        assert collector.lines, "The test is marked expects_errors, but nothing was logged as one."
    else:
        assert not collector.lines, "Errors were logged:\n" + "\n".join(collector.lines)


@pytest.fixture(autouse=True)
def signed_links_are_of_different_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two signed links are made in the same second, so that a test that compares them whole fails every time.

    `without_signatures` of `devtools.testing.links` compares what they sign.
    """
    count = itertools.count()
    monkeypatch.setattr(
        signing.TimestampSigner, "timestamp", lambda self: signing.b62_encode(int(time.time()) + next(count))
    )


_asked_for: list[str] = []


def _refuse_other_machines(event: str, args: tuple[Any, ...]) -> None:
    """Python calls this before it looks up a name or opens a connection (PEP 578). Libraries in C aren't seen."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if not host or host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback):
        return
    _asked_for.append(str(host))
    raise ConnectionRefusedError(f"Tests talk to nobody outside this machine, not to {host}.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


sys.addaudithook(_refuse_other_machines)


@pytest.fixture(autouse=True)
def nothing_outside_is_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test fails if it made the product open a connection to another machine, unless it is marked `asks_outside`."""
    _asked_for.clear()
    yield
    if request.node.get_closest_marker("asks_outside"):
        assert _asked_for, "The test is marked asks_outside, but no other machine was asked."
    else:
        assert not _asked_for, f"Other machines were asked: {', '.join(_asked_for)}"
