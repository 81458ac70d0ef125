"""Download invoices and statements of account."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import View

from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.ui.downloads.export import export, wants_export
from partners.billing.billers import biller_of
from partners.billing.links import INVOICE_PDF
from partners.billing.views.invoices import InvoiceView, amount_as_number
from partners.documents.invoices import draft_pdf
from partners.documents.statements import StatementRow, statement_pdf, statement_rows
from partners.models import Biller, Invoice
from partners.records.view_base import PartnerPage, download


class InvoiceDocument(LoginRequiredMixin, View):
    """The PDF as it was sent, or the e-invoice inside it."""

    kind = "pdf"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.visible_to(request.user).select_related("document"), pk=pk)
        return _file(invoice, self.kind)


class DraftDocument(InvoiceView):
    """How a draft will look, before it gets a number."""

    def get(self, request: HttpRequest) -> HttpResponse:
        invoice = self.invoice
        if invoice.status != Invoice.Status.DRAFT:
            return redirect("partners:invoice-pdf", pk=invoice.pk)
        try:
            biller = biller_of(invoice.workspace)
            pdf = draft_pdf(invoice, list(invoice.lines.all()), biller, timezone.localdate())
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(invoice)
        return download(pdf, "application/pdf", f"draft-{invoice.pk}.pdf", inline=True)


class InvoiceByLink(View):
    """The PDF of an invoice, by the signed link of the mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            pk = INVOICE_PDF.read_one(token)
        except LinkError as error:
            raise Http404 from error
        return _file(get_visible_or_404(Invoice.objects.select_related("document"), pk=pk), "pdf")


def _file(invoice: Invoice, kind: str) -> HttpResponse:
    document = getattr(invoice, "document", None)
    if document is None or (kind == "xml" and not document.xml):
        raise Http404
    if kind == "xml":
        return download(document.xml, "application/xml", f"{invoice.number}.xml")
    return download(bytes(document.pdf), "application/pdf", f"{invoice.number}.pdf", inline=True)


class StatementPage(PartnerPage):
    """A partner's account in one currency, as a page, PDF or sheet."""

    template_name = "partners/billing/statement.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        issued = self.partner.invoices.issued()
        used = list(issued.values_list("currency", flat=True).distinct().order_by())
        currency = request.GET.get("currency", "")
        currency = currency if currency in used else (used[0] if used else self.partner.currency)
        rows = statement_rows(self.partner, currency)
        if request.GET.get("format") == "pdf":
            return self._pdf(currency, rows)
        if wants_export(request):
            head = ["Date", "What", "Currency", "Amount", "Open"]
            lines = [(r.on, r.what, currency, amount_as_number(r.amount), amount_as_number(r.balance)) for r in rows]
            return export(request, f"statement-{self.partner.slug}", head, lines)
        return self.page(rows=rows, currency=currency, currencies=sorted(used))

    def _pdf(self, currency: str, rows: list[StatementRow]) -> HttpResponse:
        biller = Biller.objects.filter(workspace=self.partner.workspace).first()
        if biller is None:
            raise Http404
        try:
            pdf = statement_pdf(self.partner, biller, currency, rows, timezone.localdate())
        except ServiceError as error:
            messages.error(self.request, str(error))
            return redirect("partners:statement-detail", slug=self.partner.slug)
        return download(pdf, "application/pdf", f"statement-{self.partner.slug}-{currency}.pdf", inline=True)
