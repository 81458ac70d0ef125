"""The part of an invoice that is left to credit, line by line."""

from dataclasses import dataclass
from decimal import Decimal

from partners.models import Invoice, InvoiceLine


@dataclass(frozen=True)
class LineLeft:
    """The part of a line that no issued credit note has taken back yet."""

    line: InvoiceLine
    amount: Decimal
    currency: str

    @property
    def quantity(self) -> Decimal:
        """The quantity of the rest: as on the invoice while nothing of the line is credited, otherwise one."""
        return self.line.quantity if self.amount == self.line.amount else Decimal(bool(self.amount))

    @property
    def price(self) -> Decimal:
        """The price that makes the rest with its quantity."""
        return self.line.price if self.amount == self.line.amount else self.amount


def lines_left(invoice: Invoice) -> list[LineLeft]:
    """Each line of an issued invoice, with what is left of it.

    Credit notes of earlier versions do not say which line they take back: their amounts come off the lines in order.
    """
    taken: dict[int, Decimal] = {}
    unassigned = Decimal(0)
    notes = InvoiceLine.objects.filter(invoice__credits=invoice).exclude(invoice__status=Invoice.Status.DRAFT)
    for line_id, amount in notes.values_list("credits", "amount"):
        if line_id is None:
            unassigned += amount
        else:
            taken[line_id] = taken.get(line_id, Decimal(0)) + amount
    found = []
    for line in invoice.lines.all():
        rest = line.amount - taken.get(line.pk, Decimal(0))
        off = min(max(rest, Decimal(0)), unassigned)
        unassigned -= off
        found.append(LineLeft(line, max(rest - off, Decimal(0)), invoice.currency))
    return found
