"""Invoices: the list, one invoice, drafting, issuing, crediting, paying; and the papers."""

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
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.audit.services import history_of
from mentorship.ui.export import export, wants_export
from mentorship.ui.requests import number_in, page_of
from mentorship.ui.search import every_word
from partners import links
from partners.forms.billing import BillerForm, BillForm, DraftForm, LineFormSet, PaymentForm
from partners.models import Biller, Invoice, Partner
from partners.money import rounded
from partners.pdf import PaperError
from partners.printing import statement_pdf, statement_rows
from partners.services import PartnerError, invoicing, payments
from partners.views.base import Crumbs, download, editable_partner, form_page, partner_crumbs

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
        return render(request, "partners/invoices.html", context)


def _filtered(found: QuerySet[Invoice], q: str, status: str, day: Any) -> Any:
    found = every_word(found, q, "number", "partner__name", "po_number")
    if status == "overdue":
        return found.overdue(day)  # type: ignore[attr-defined]
    return found.filter(status=status) if status in Invoice.Status else found


def _bookkeeping(request: HttpRequest, found: Any) -> HttpResponse:
    head = ["Number", "Kind", "Status", "Issued on", "Due on", "Customer", "Customer's VAT number", "Purchase order",
            "Currency", "Net", "VAT category", "VAT per cent", "VAT", "Gross", "Paid", "Open", "Corrects"]  # fmt: skip
    issued = (
        found.exclude(status="draft").with_sums().select_related("partner", "credits").order_by("prefix", "sequence")
    )
    rows = []
    for i in issued:
        sign = -1 if i.kind == Invoice.Kind.CREDIT_NOTE else 1
        rows.append(
            (i.number, i.get_kind_display(), i.get_status_display(), i.issued_on, i.due_on, i.buyer.get("name", ""),
             i.buyer.get("vat_id", ""), i.po_number, i.currency, sign * i.net, i.tax_category, i.tax_percent,
             sign * i.tax, sign * i.gross, i.paid, Decimal(0) if sign < 0 else i.balance,
             i.credits.number if i.credits else "")
        )  # fmt: skip
    return export(request, "invoices", head, [[_figure(value) for value in row] for row in rows])


def _figure(value: Any) -> Any:
    """Amounts as numbers, so that a sum of the column is one."""
    return float(value) if isinstance(value, Decimal) else value


class InvoiceDetail(LoginRequiredMixin, View):
    """One invoice with its lines, payments and papers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _page(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Invoice:
    found = Invoice.objects.visible_to(request.user).with_sums().select_related("credits", "workspace__programme")
    return get_visible_or_404(found, pk=pk)


def _page(request: HttpRequest, invoice: Invoice, *, form: Any = None, status: int = 200) -> HttpResponse:
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
    return render(request, "partners/invoice.html", context, status=status)


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
                invoice = invoicing.draft_invoice(partner=partner, by=request.user, **form.cleaned_data)
            except PartnerError as error:
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
            request, form, heading="New invoice", crumbs=partner_crumbs(partner), state=state, button="Make a draft",
            status=status,
        )  # fmt: skip


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
                invoicing.set_lines(invoice=invoice, lines=rows, by=None)
                invoicing.save_draft(invoice=form.save(commit=False), by=request.user)
            except PartnerError as error:
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
        return render(request, "partners/draft_form.html", context, status=status)


class InvoiceDo(CoordinatorRequiredMixin, View):
    """Issue, delete, credit, carry over: a button each."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        try:
            return self._do(request, invoice)
        except PartnerError as error:
            messages.error(request, str(error))
            return redirect(invoice)

    def _do(self, request: HttpRequest, invoice: Invoice) -> HttpResponse:
        match request.POST.get("do"):
            case "issue":
                credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
                issued = (
                    invoicing.issue_credit_note(note=invoice, by=request.user)
                    if credit
                    else invoicing.issue_invoice(invoice=invoice, by=request.user)
                )
                messages.success(request, f"{issued} is issued, and the partner is written to.")
                return redirect(issued)
            case "delete":
                invoicing.delete_draft(invoice=invoice, by=request.user)
                messages.success(request, "The draft is gone; what was on it can be billed again.")
                return redirect("partners:invoices")
            case "credit":
                note = invoicing.draft_credit_note(invoice=invoice, by=request.user)
                messages.success(request, "A draft of the credit note. Take away lines that stay billed.")
                return redirect(note)
            case "carry":
                to = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=number_in(request.POST.get("to")))
                payments.carry_over(source=invoice, target=to, on=timezone.localdate(), by=request.user)
                messages.success(request, f"Carried over to {to}.")
                return redirect(to)
        raise Http404


class PaymentAdd(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        invoice, form = _visible(request, pk), PaymentForm(request.POST)
        if form.is_valid():
            try:
                payments.record_payment(invoice=invoice, by=request.user, **form.cleaned_data)
            except PartnerError as error:
                form.add_error("amount", str(error))
            else:
                messages.success(request, "Noted.")
                return redirect(invoice)
        return _page(request, invoice, form=form, status=422)


class PaymentRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, payment: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        found = get_visible_or_404(invoice.payments.all(), pk=payment)
        try:
            payments.remove_payment(payment=found, by=request.user)
        except PartnerError as error:
            messages.error(request, str(error))
        return redirect(invoice)


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
            pk = links.read_paper(token)
        except links.LinkError as error:
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
            except PaperError as error:
                messages.error(request, str(error))
                return redirect("partners:statement", slug=slug)
            return download(pdf, "application/pdf", f"statement-{partner.slug}-{currency}.pdf", inline=True)
        if wants_export(request):
            head = ["Date", "What", "Currency", "Amount", "Open"]
            figures = [(r.on, r.what, currency, _figure(r.amount), _figure(r.balance)) for r in rows]
            return export(request, f"statement-{partner.slug}", head, figures)
        context = {"partner": partner, "rows": rows, "currency": currency, "currencies": sorted(used)}
        return render(request, "partners/statement.html", context)


class BillerEdit(CoordinatorRequiredMixin, View):
    """Who writes the invoices of a programme."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme, biller = self._find(request, programme_slug)
        initial = {} if biller.pk else {"reminder_days": [3, 14, 30], "email": programme.contact_email}
        return self._page(request, programme, BillerForm(instance=biller, initial=initial))

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme, biller = self._find(request, programme_slug)
        form = BillerForm(request.POST, instance=biller)
        if not form.is_valid():
            return self._page(request, programme, form, status=422)
        invoicing.save_biller(workspace=programme.workspace, by=request.user, **form.cleaned_data)
        messages.success(request, "Saved. Invoices that are issued keep what they say.")
        return redirect("partners:invoices")

    @staticmethod
    def _find(request: HttpRequest, slug: str) -> tuple[Programme, Biller]:
        programmes = Programme.objects.editable_by(request.user).select_related("workspace")
        programme = get_visible_or_404(programmes, slug=slug)
        found = Biller.objects.filter(workspace=programme.workspace).first()
        return programme, found or Biller(workspace=programme.workspace)

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, form: Any, status: int = 200) -> HttpResponse:
        return form_page(
            request, form, heading="Who writes the invoices", crumbs=INVOICES,
            state=f"{programme.name}. It stands on every invoice from now on.", status=status,
        )  # fmt: skip
