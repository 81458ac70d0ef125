"""Download invoices and statements of account."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from partners.billing import links as billing_links
from partners.billing.views.invoices import amount_as_number
from partners.documents.statements import statement_pdf, statement_rows
from partners.models import Biller, Invoice, Partner
from partners.records.view_base import download


class InvoicePaper(LoginRequiredMixin, View):
    """The very bytes that were sent, or the e-invoice inside them."""

    kind = "pdf"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.visible_to(request.user).select_related("document"), pk=pk)
        return _paper(invoice, self.kind)


class PaperByLink(View):
    """The same, by the signed link of the mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            pk = billing_links.read_paper(token)
        except billing_links.LinkError as error:
            raise Http404 from error
        return _paper(get_visible_or_404(Invoice.objects.select_related("document"), pk=pk), "pdf")


def _paper(invoice: Invoice, kind: str) -> HttpResponse:
    document = getattr(invoice, "document", None)
    if document is None or (kind == "xml" and not document.xml):
        raise Http404
    if kind == "xml":
        return download(document.xml, "application/xml", f"{invoice.number}.xml")
    return download(bytes(document.pdf), "application/pdf", f"{invoice.number}.pdf", inline=True)


class Statement(LoginRequiredMixin, View):
    """Everything on a partner's account in one currency."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = get_visible_or_404(Partner.objects.visible_to(request.user).select_related("workspace"), slug=slug)
        used = list(partner.invoices.exclude(status="draft").values_list("currency", flat=True).distinct().order_by())
        currency = request.GET.get("currency", "")
        currency = currency if currency in used else (used[0] if used else partner.currency)
        rows = statement_rows(partner, currency)
        if request.GET.get("format") == "pdf":
            biller = Biller.objects.filter(workspace=partner.workspace).first()
            if biller is None:
                raise Http404
            try:
                pdf = statement_pdf(partner, biller, currency, rows, timezone.localdate())
            except ServiceError as error:
                messages.error(request, str(error))
                return redirect("partners:statement", slug=slug)
            return download(pdf, "application/pdf", f"statement-{partner.slug}-{currency}.pdf", inline=True)
        if wants_export(request):
            head = ["Date", "What", "Currency", "Amount", "Open"]
            figures = [(r.on, r.what, currency, amount_as_number(r.amount), amount_as_number(r.balance)) for r in rows]
            return export(request, f"statement-{partner.slug}", head, figures)
        context = {"partner": partner, "rows": rows, "currency": currency, "currencies": sorted(used)}
        return render(request, "partners/billing/statement.html", context)
