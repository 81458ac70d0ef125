"""Pages for invoices: list, detail, draft, issue, credit."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from partners.billing import payments
from partners.billing import services as billing_services
from partners.billing.forms import BillForm, DraftForm, LineFormSet, PaymentForm
from partners.models import Biller, Invoice, Partner
from partners.money.currency import rounded
from partners.records.view_base import Crumbs, editable_partner, form_page, partner_crumbs

INVOICES: Crumbs = [("Invoices", "/partners/invoices/")]


STATUSES = [*Invoice.Status.choices, ("overdue", "overdue")]


class InvoiceList(LoginRequiredMixin, View):
    """Invoices and credit notes that the reader may see."""

    def get(self, request: HttpRequest) -> HttpResponse:
        of_team = workspaces_of(request.user).exists()
        found = Invoice.objects.visible_to(request.user)
        if not of_team and not Partner.objects.visible_to(request.user).exists():
            raise Http404
        day, chosen = timezone.localdate(), request.GET.get("status", "")
        found = _filtered(found, request.GET.get("q", ""), chosen, day)
        if wants_export(request):
            return _bookkeeping(request, found)
        context = {
            "page_obj": page_of(request, found.with_sums()),
            "day": day,
            "q": request.GET.get("q", ""),
            "status": chosen,
            "statuses": STATUSES,
            "of_team": of_team,
            "programmes": Programme.objects.editable_by(request.user),
        }
        return render(request, "partners/billing/list.html", context)


def _filtered(found: QuerySet[Invoice], q: str, status: str, day: Any) -> Any:
    found = every_word(found, q, "number", "partner__name", "po_number")
    if status == "overdue":
        return found.overdue(day)  # type: ignore[attr-defined]
    return found.filter(status=status) if status in Invoice.Status else found


def _bookkeeping(request: HttpRequest, found: Any) -> HttpResponse:
    head = [
        "Number",
        "Kind",
        "Status",
        "Issued on",
        "Due on",
        "Customer",
        "Customer's VAT number",
        "Purchase order",
        "Currency",
        "Net",
        "VAT category",
        "VAT per cent",
        "VAT",
        "Gross",
        "Paid",
        "Open",
        "Corrects",
    ]
    issued = (
        found.exclude(status="draft").with_sums().select_related("partner", "credits").order_by("prefix", "sequence")
    )
    rows = []
    for i in issued:
        sign = -1 if i.kind == Invoice.Kind.CREDIT_NOTE else 1
        rows.append(
            (
                i.number,
                i.get_kind_display(),
                i.get_status_display(),
                i.issued_on,
                i.due_on,
                i.buyer.get("name", ""),
                i.buyer.get("vat_id", ""),
                i.po_number,
                i.currency,
                sign * i.net,
                i.tax_category,
                i.tax_percent,
                sign * i.tax,
                sign * i.gross,
                i.paid,
                Decimal(0) if sign < 0 else i.balance,
                i.credits.number if i.credits else "",
            )
        )
    return export(request, "invoices", head, [[amount_as_number(value) for value in row] for row in rows])


def amount_as_number(value: Any) -> Any:
    """Amounts as numbers, so that a sum of the column is one."""
    return float(value) if isinstance(value, Decimal) else value


class InvoiceDetail(LoginRequiredMixin, View):
    """One invoice with its lines, payments and papers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return invoice_page(request, visible_invoice(request, pk))


def visible_invoice(request: HttpRequest, pk: int) -> Invoice:
    found = Invoice.objects.visible_to(request.user).with_sums().select_related("credits", "workspace__programme")
    found = found.prefetch_related("payments__counterpart")
    return get_visible_or_404(found, pk=pk)


def invoice_page(request: HttpRequest, invoice: Invoice, *, form: Any = None, status: int = 200) -> HttpResponse:
    editing = may_edit(request.user, invoice.workspace_id)
    others = Invoice.objects.open().filter(partner=invoice.partner, currency=invoice.currency).exclude(pk=invoice.pk)
    initial = {"amount": rounded(max(invoice.balance, Decimal(0)), invoice.currency), "on": timezone.localdate()}
    context = {
        "invoice": invoice,
        "partner": invoice.partner,
        "lines": invoice.lines.all(),
        "day": timezone.localdate(),
        "may_edit": editing,
        "is_draft": invoice.status == Invoice.Status.DRAFT,
        "credit_left": -invoice.balance if invoice.kind == "invoice" and invoice.balance < 0 else 0,
        "carry_to": others.order_by("due_on") if editing else [],
        "payment_form": form or PaymentForm(initial=initial),
        "history": history_of(invoice) if editing else [],
        "notes": [note for note in invoice.credit_notes.all() if editing or note.status != "draft"],
    }
    return render(request, "partners/billing/detail.html", context, status=status)


class Bill(CoordinatorRequiredMixin, View):
    """Choose what goes onto the next invoice of a partner."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        if not Biller.objects.filter(workspace=partner.workspace).exists():
            messages.info(request, "Say first who writes the invoices.")
            return redirect("partners:biller", programme_slug=partner.workspace.programme.slug)
        return self._page(request, partner, BillForm(partner=partner))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = BillForm(request.POST, partner=partner)
        if form.is_valid():
            try:
                invoice = billing_services.draft_invoice(partner=partner, by=request.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "A draft. Nothing has left the house yet.")
                return redirect(invoice)
        return self._page(request, partner, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, partner: Partner, form: BillForm, status: int = 200) -> HttpResponse:
        state = (
            "Tick what goes onto one invoice. More lines can be added to the draft."
            if form.fields
            else "Nothing is due by agreement: the draft begins empty, and you write its lines."
        )
        return form_page(
            request,
            form,
            heading="New invoice",
            crumbs=partner_crumbs(partner),
            state=state,
            button="Make a draft",
            status=status,
        )


class DraftEdit(CoordinatorRequiredMixin, View):
    """The lines of a draft, VAT, terms and the sentence on it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._find(request, pk)
        lines = [{"text": x.text, "quantity": x.quantity, "price": x.price} for x in invoice.lines.all()]
        return self._page(request, invoice, DraftForm(instance=invoice), LineFormSet(initial=lines, prefix="lines"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice, form = self._find(request, pk), DraftForm(request.POST, instance=self._find(request, pk))
        lines = LineFormSet(request.POST, prefix="lines")
        if form.is_valid() and lines.is_valid():
            rows = [(x["text"], x["quantity"], x["price"]) for x in lines.cleaned_data if x]
            try:
                billing_services.set_lines(invoice=invoice, lines=rows, by=None)
                billing_services.save_draft(invoice=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect(invoice)
        return self._page(request, invoice, form, lines, status=422)

    @staticmethod
    def _find(request: HttpRequest, pk: int) -> Invoice:
        return get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk, status=Invoice.Status.DRAFT)

    @staticmethod
    def _page(request: HttpRequest, invoice: Invoice, form: Any, lines: Any, status: int = 200) -> HttpResponse:
        context = {"invoice": invoice, "partner": invoice.partner, "form": form, "lines": lines}
        return render(request, "partners/billing/draft_form.html", context, status=status)


class InvoiceDo(CoordinatorRequiredMixin, View):
    """Issue, delete, credit, carry over: a button each."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        try:
            return self._do(request, invoice)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(invoice)

    def _do(self, request: HttpRequest, invoice: Invoice) -> HttpResponse:
        match request.POST.get("do"):
            case "issue":
                credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
                issued = (
                    billing_services.issue_credit_note(note=invoice, by=request.user)
                    if credit
                    else billing_services.issue_invoice(invoice=invoice, by=request.user)
                )
                messages.success(request, f"{issued} is issued, and the partner is written to.")
                return redirect(issued)
            case "delete":
                billing_services.delete_draft(invoice=invoice, by=request.user)
                messages.success(request, "The draft is gone; what was on it can be billed again.")
                return redirect("partners:invoices")
            case "credit":
                note = billing_services.draft_credit_note(invoice=invoice, by=request.user)
                messages.success(request, "A draft of the credit note. Take away lines that stay billed.")
                return redirect(note)
            case "carry":
                to = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=number_in(request.POST.get("to")))
                payments.carry_over(source=invoice, target=to, on=timezone.localdate(), by=request.user)
                messages.success(request, f"Carried over to {to}.")
                return redirect(to)
        raise Http404
