"""The benchmarks that fail where something is lost, as promises: mails under kills, numbers of invoices under kills."""

from collections.abc import Callable, Iterator

from mentorship.devtools.assurance.table import Row
from mentorship.devtools.bench import invoice_numbers, kills

Measured = Iterator[tuple[str, str, float, float]]


def mails() -> Iterator[Row]:
    """Mails while workers are killed, the broker is emptied and stopped, and the database crashes."""
    promise = "A committed intro is sent once; a second copy is possible after a kill, and flagged"
    yield from _rows("R1 R2 R4 R5", promise, kills.rows)


def numbers() -> Iterator[Row]:
    """Numbers of invoices while the processes that issue them are killed and roll back."""
    yield from _rows("R10", "Numbers of invoices have no gap and no double", invoice_numbers.rows)


def _rows(number: str, promise: str, measure: Callable[[], Measured]) -> Iterator[Row]:
    try:
        for said, beside, took, calm in measure():
            yield Row(number, promise, f"beside {beside}", f"{said}; {took:,.0f} s beside {calm:,.0f} s", True)
    except AssertionError as error:
        yield Row(number, promise, "see the figure", str(error).splitlines()[0], False)
