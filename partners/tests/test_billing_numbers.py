"""Numbers under fire: many at once issue invoices, some fail half-way, and no number is lost or given twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from mentorship.devtools.testing.cast import make_cast
from mentorship.devtools.testing.servers.invoice_numbers import Numbers, database_url, issue_under_fire
from partners.billing.services import draft_invoice, issue_invoice
from partners.models import Biller, Invoice, NumberSeries

WORKERS, EACH = 8, 3


def test_processes_that_die_while_they_issue_leave_no_gap(tmp_path):
    """Three of them here; `make assurance PART=numbers` has sixteen, on both databases."""
    with database_url("sqlite", tmp_path) as url:
        found = issue_under_fire(url, tmp_path, number=30, writers=3, kills=2)
    assert found.faults(30) == []
    assert found.kills > 0


def test_the_harness_sees_gaps_and_doubles():
    assert Numbers(3, 3, 3, [1, 2, 3], 0, 0).faults(3) == []
    for last, papers, sequences in ((3, 3, [1, 3, 3]), (4, 3, [1, 2, 4]), (3, 2, [1, 2, 3]), (2, 2, [1, 2, None])):
        assert Numbers(last, papers, 3, sequences, 0, 0).faults(3)


class Stop(Exception):
    """A process that dies in the middle of issuing."""


def issue_with_roll_backs(drafts, chance):
    """Issue each draft until no roll-back comes between, in a thread with a connection of its own."""
    try:
        for draft in drafts:
            while True:
                try:
                    with transaction.atomic():
                        issue_invoice(invoice=draft, by=None, on=date(2027, 2, 1))
                        if chance.random() < 0.4:
                            raise Stop
                    break
                except Stop:
                    continue
    finally:
        connection.close()


def test_numbers_have_no_gap_and_no_double_under_roll_backs(transactional_db):
    cast = make_cast()
    Biller.objects.create(
        workspace=cast.programme.workspace,
        legal_name="Seeds",
        street="S 1",
        postcode="1",
        city="B",
        country="DE",
        tax_number="1",
        email="m@example.org",
        iban="DE02120300000000202051",
        exempt_reason="Exempt",
    )
    lines = [("x", Decimal(1), Decimal(5))]
    drafts = [
        draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines) for _ in range(WORKERS * EACH)
    ]
    Invoice.objects.update(e_invoice=False)

    def work(number: int) -> None:
        issue_with_roll_backs(drafts[number * EACH : (number + 1) * EACH], random.Random(number))

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    numbers = sorted(Invoice.objects.values_list("sequence", flat=True))
    assert numbers == list(range(1, WORKERS * EACH + 1))
    assert NumberSeries.objects.get().last == WORKERS * EACH
