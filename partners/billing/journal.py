"""Entries for bookkeeping: invoices, credit notes and payments of a period, by double entry."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.documents.vat import VatGroup, vat_groups
from partners.models import Biller, Invoice, Payment
from partners.money.currency import exact

RECEIVABLE, BANK = "receivable", "bank"
# What DATEV wants to know beside the accounts.
DATEV_FIELDS = ("datev_consultant", "datev_client", "datev_year_start", "datev_account_length")


@dataclass(frozen=True)
class JournalEntry:
    """One entry. `debit` and `credit` are keys of accounts, such as "bank" or "revenue S 19"; amounts are positive."""

    on: date
    document: str
    partner: str
    text: str
    debit: str
    credit: str
    amount: Decimal
    currency: str
    # The tax in an entry of revenue, for programs that take it from the gross amount by themselves.
    is_tax: bool = False


def journal_entries(workspace: Workspace, start: date, end: date) -> list[JournalEntry]:
    """The entries of all documents issued and payments made in a period, by date and number."""
    found: list[JournalEntry] = []
    issued = Invoice.objects.issued().filter(workspace=workspace, issued_on__range=(start, end))
    for invoice in issued.prefetch_related("lines").order_by("issued_on", "prefix", "sequence"):
        for group in vat_groups(invoice, invoice.lines.all()):
            found += _of_group(invoice, group)
    payments = Payment.objects.filter(invoice__workspace=workspace, on__range=(start, end))
    for payment in payments.exclude(kind=Payment.Kind.CARRIED_OVER).select_related("invoice__partner"):
        found.append(_of_payment(payment))
    return sorted(found, key=lambda entry: (entry.on, entry.document))


def kind_of(group: VatGroup) -> str:
    """The key of a category and rate: S 19, E."""
    return f"S {group.percent.normalize():f}" if group.category == Invoice.Tax.STANDARD else group.category


def _of_group(invoice: Invoice, group: VatGroup) -> list[JournalEntry]:
    kind, is_credit = kind_of(group), invoice.kind == Invoice.Kind.CREDIT_NOTE
    entries = []
    for account, amount in ((f"revenue {kind}", group.net), (f"vat {kind}", group.tax)):
        if amount:
            debit, credit = (account, RECEIVABLE) if is_credit else (RECEIVABLE, account)
            entries.append(
                JournalEntry(
                    on=invoice.issued_on,  # type: ignore[arg-type]
                    document=invoice.number,
                    partner=invoice.buyer.get("name", ""),
                    text=f"{invoice.get_kind_display().capitalize()} {invoice.number}",
                    debit=debit,
                    credit=credit,
                    amount=exact(amount, invoice.currency),
                    currency=invoice.currency,
                    is_tax=account.startswith("vat"),
                )
            )
    return entries


def _of_payment(payment: Payment) -> JournalEntry:
    came_in = payment.amount > 0
    return JournalEntry(
        on=payment.on,
        document=payment.invoice.number,
        partner=payment.invoice.buyer.get("name", ""),
        text=f"{payment.get_kind_display().capitalize()}: {payment.invoice.number}",
        debit=BANK if came_in else RECEIVABLE,
        credit=RECEIVABLE if came_in else BANK,
        amount=exact(abs(payment.amount), payment.invoice.currency),
        currency=payment.invoice.currency,
    )


def accounts_needed(entries: Iterable[JournalEntry]) -> list[str]:
    """The keys of the accounts that entries use, receivables and bank first."""
    used = {key for entry in entries for key in (entry.debit, entry.credit)}
    return [RECEIVABLE, BANK, *sorted(used - {RECEIVABLE, BANK})]


@transaction.atomic
def save_accounts(*, biller: Biller, accounts: Mapping[str, str], by: User) -> None:
    """Remember account numbers for the next export; those of other kinds of VAT are kept."""
    locked = Biller.objects.select_for_update(of=("self",)).get(pk=biller.pk)
    locked.accounts = {**(locked.accounts or {}), **accounts}
    locked.save(update_fields=["accounts"])
    record(verb=Verb.EDITED, target=locked, workspace_id=locked.workspace_id, by=by, changed=["accounts"])


JOURNAL_HEAD = ["Date", "Document", "Customer", "Text", "Debit", "Credit", "Amount", "Currency"]


def journal_rows(entries: Iterable[JournalEntry], accounts: Mapping[str, str]) -> list[list[object]]:
    """The rows of a plain export: amounts are numbers, days are days."""
    return [
        [e.on, e.document, e.partner, e.text, accounts[e.debit], accounts[e.credit], e.amount, e.currency]
        for e in entries
    ]


_COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
)


def datev_file(
    entries: Sequence[JournalEntry], accounts: Mapping[str, str], start: date, end: date, now: datetime
) -> bytes:
    """A DATEV batch of entries (EXTF 700, Buchungsstapel 13), in Windows-1252.

    Revenue is booked gross on accounts that take the tax out by themselves, as DATEV's do. Raises ServiceError for a
    period beyond one financial year.
    """
    first_day = date(start.year, *_day_and_month(accounts["datev_year_start"]))
    begins = first_day if first_day <= start else first_day.replace(year=start.year - 1)
    if end >= begins.replace(year=begins.year + 1):
        raise ServiceError("A DATEV file covers one financial year. Choose a shorter period.")
    out = io.StringIO()
    head: list[object] = ["EXTF", 700, 21, "Buchungsstapel", 13, f"\x00{now:%Y%m%d%H%M%S}000\x00", None, "RE", "", ""]
    head += [int(accounts["datev_consultant"]), int(accounts["datev_client"]), int(f"{begins:%Y%m%d}")]
    head += [int(accounts["datev_account_length"]), int(f"{start:%Y%m%d}"), int(f"{end:%Y%m%d}"), "Invoices", ""]
    head += [1, 0, 0, "EUR", None, "", None, None, "", None, None, "", ""]
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    lines = [_datev_row(entry, accounts) for entry in _gross(entries)]
    for row in (head, _COLUMNS, *lines):
        writer.writerow(["\x00\x00" if value is None else value for value in row])
    # Numbers are bare, texts quoted; amounts have a decimal comma, which csv would quote.
    return out.getvalue().replace('"\x00', "").replace('\x00"', "").encode("cp1252", errors="replace")


def _day_and_month(text: str) -> tuple[int, int]:
    """Month and day of 01.07."""
    day, month = text.split(".")[:2]
    return int(month), int(day)


def _gross(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Entries in which the tax is part of its revenue: it follows its revenue in the list."""
    found: list[JournalEntry] = []
    for entry in entries:
        if not entry.is_tax:
            found.append(entry)
            continue
        debit, credit = (key.replace("vat ", "revenue ", 1) for key in (entry.debit, entry.credit))
        at = next(
            n for n, one in enumerate(found) if (one.document, one.debit, one.credit) == (entry.document, debit, credit)
        )
        found[at] = replace(found[at], amount=found[at].amount + entry.amount)
    return found


def _datev_row(entry: JournalEntry, accounts: Mapping[str, str]) -> list[object]:
    amount = f"\x00{entry.amount:.2f}\x00".replace(".", ",")
    bare = {"debit": f"\x00{accounts[entry.debit]}\x00", "credit": f"\x00{accounts[entry.credit]}\x00"}
    text = f"{entry.text} {entry.partner}"[:60]
    day = f"\x00{entry.on:%d%m}\x00"
    accounts_of_row = [bare["debit"], bare["credit"], None]
    return [amount, "S", entry.currency, None, None, None, *accounts_of_row, day, entry.document[:36], "", None, text]
