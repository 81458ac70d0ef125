"""A pytest plugin that fails tests for what would otherwise only be found in a log or on a slow day."""

import itertools
import logging
import time
from collections.abc import Iterator

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
