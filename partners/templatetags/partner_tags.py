"""Money, numbers and the status of invoices on pages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from mentorship.core.ui.templatetags.ui import pill
from partners.documents import formatting
from partners.models import Deliverable, InstalmentDue, Invoice

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """1,234.50 EUR."""
    return formatting.money(amount, currency)


@register.filter
def unit_price(amount: Decimal, currency: str) -> str:
    """A price of one unit: 0.0125 EUR."""
    return formatting.price(amount, currency)


@register.filter
def plain(value: Decimal) -> str:
    """A number without needless zeros."""
    return formatting.number(value)


@register.filter
def last_round(figure: Sequence[Any]) -> str:
    """The last round of a figure of a report: 36 in Autumn 2025; "" without one."""
    return " · ".join(f"{number} in {name}" for name, number in figure[2:])


TONES = {"overdue": "danger", "part_paid": "attention", "paid": "good", "issued": "info", "draft": "", "credited": ""}


# The marks of deliverables, by words that pills know.
MARKS = {"open": "planned", "started": "active", "done": "completed", "dropped": "cancelled", "late": "attention"}


@register.simple_tag
def status_pill(row: InstalmentDue | Deliverable, day: date) -> SafeString:
    """The status of an instalment or a deliverable on a day."""
    status, word = row.status_on(day)
    return pill(MARKS.get(status, status), word, TONES.get(status, ""))


@register.simple_tag
def invoice_pill(invoice: Invoice, day: date) -> SafeString:
    """The status of an invoice on a day, including overdue."""
    status, word = invoice.status_on(day)
    return pill(status, word, TONES.get(status, ""))
