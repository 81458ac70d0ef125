"""Pages for invoices: list, detail, draft, issue, credit."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404, may_edit, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import Ask, LookupView, WorkspaceView
from partners.billing.credits import lines_left
from partners.billing.forms import BillForm, CreditLineForm, DraftForm, LineFormSet, PaymentForm, RefundForm
from partners.billing.payments import carry_over
from partners.billing.services import (
    LineInput,
    credited,
    delete_draft,
    draft_credit_note,
    draft_invoice,
    issue_credit_note,
    issue_invoice,
    save_draft,
)
from partners.documents.invoices import lacks_of
from partners.documents.vat import vat_groups, vat_hint
from partners.models import Biller, Invoice, Partner
from partners.money.currency import rounded, short_price
from partners.records.view_base import Crumbs, OneFormPage, PartnerView

INVOICES: Crumbs = [("Invoices", "/partners/invoices/")]
STATUSES = [*Invoice.Status.choices, ("overdue", "overdue")]


class InvoiceList(LoginRequiredMixin, View):
    """Invoices and credit notes that the reader may see."""

    def get(self, request: HttpRequest) -> HttpResponse:
        of_team = workspaces_of(request.user).exists()
        found = Invoice.objects.visible_to(request.user)
        if not of_team and not Partner.objects.visible_to(request.user).exists():
            raise Http404
        day, chosen = timezone.localdate(), choice_in(request, "status", STATUSES)
        found = _filtered(found, request.GET.get("q", ""), chosen, day)
        if wants_export(request):
            return _export(request, found)
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


def _filtered(found: QuerySet[Invoice], q: str, status: str, day: date) -> Any:
    found = every_word(found, q, "number", "partner__name", "po_number")
    if status == "overdue":
        return found.overdue(day)  # type: ignore[attr-defined]
    return found.filter(status=status) if status else found


def _signed(invoice: Invoice, amount: Decimal) -> Decimal:
    """An amount for the bookkeeping, where those of credit notes are negative."""
    return -amount if invoice.kind == Invoice.Kind.CREDIT_NOTE else amount


EXPORT_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Number": lambda one: one.number,
    "Kind": lambda one: one.get_kind_display(),
    "Status": lambda one: one.get_status_display(),
    "Issued on": lambda one: one.issued_on,
    "Due on": lambda one: one.due_on,
    "Customer": lambda one: one.buyer.get("name", ""),
    "Customer's VAT number": lambda one: one.buyer.get("vat_id", ""),
    "Purchase order": lambda one: one.po_number,
    "Currency": lambda one: one.currency,
    "Net": lambda one: _signed(one, one.net),
    "VAT category": lambda one: one.tax_category,
    "VAT per cent": lambda one: one.tax_percent,
    "VAT": lambda one: _signed(one, one.tax),
    "Gross": lambda one: _signed(one, one.gross),
    "Paid": lambda one: one.paid,
    "Open": lambda one: Decimal(0) if one.kind == Invoice.Kind.CREDIT_NOTE else one.balance,
    "Corrects": lambda one: one.credits.number if one.credits else "",
}


def _export(request: HttpRequest, invoices: Any) -> HttpResponse:
    """A line for each issued invoice and credit note."""
    issued = invoices.issued().with_sums().select_related("partner", "credits").order_by("prefix", "sequence")
    rows = [[amount_as_number(value(one)) for value in EXPORT_COLUMNS.values()] for one in issued]
    return export(request, "invoices", list(EXPORT_COLUMNS), rows)


def amount_as_number(value: Any) -> Any:
    """An amount as a float, which spreadsheets can add up; anything else unchanged."""
    return float(value) if isinstance(value, Decimal) else value


def _vat_hint(invoice: Invoice) -> str:
    biller = Biller.objects.filter(workspace=invoice.workspace_id).first()
    return vat_hint(invoice, biller) if biller else ""


class InvoicePage(LookupView):
    """The page of an invoice: lines, payments, documents and, for coordinators, the form of a payment."""

    template_name = "partners/billing/detail.html"
    invoice: Invoice

    def look_up(self) -> None:
        found = Invoice.objects.visible_to(self.request.user).with_sums()
        found = found.select_related("credits", "workspace__programme").prefetch_related("payments__counterpart")
        self.invoice = get_visible_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def is_editor(self) -> bool:
        """Whether the reader coordinates the programme."""
        return may_edit(self.user, self.invoice.workspace_id)

    def get_context(self) -> dict[str, Any]:
        invoice, day = self.invoice, timezone.localdate()
        initial = {"amount": rounded(max(invoice.balance, Decimal(0)), invoice.currency), "on": day}
        return {
            **super().get_context(),
            "invoice": invoice,
            "partner": invoice.partner,
            "lines": invoice.lines.all(),
            "day": day,
            "may_edit": self.is_editor,
            "is_draft": invoice.status == Invoice.Status.DRAFT,
            "credit_left": self._credit(),
            "carry_to": self._carry_to() if self.is_editor else [],
            "vat": vat_groups(invoice, invoice.lines.all()),
            "vat_hint": _vat_hint(invoice) if self.is_editor and invoice.status == Invoice.Status.DRAFT else "",
            "lacks": self._lacks(day) if self.is_editor and invoice.status == Invoice.Status.DRAFT else [],
            "payment_form": PaymentForm(initial=initial),
            "refund_form": RefundForm(prefix="refund", initial={"amount": self._credit(), "on": day}),
            "notes": [note for note in invoice.credit_notes.all() if self.is_editor or note.status != "draft"],
        }

    def _lacks(self, day: date) -> list[tuple[str, str]]:
        """Missing contents that keep the draft from being issued, each with the address of its field."""
        invoice = self.invoice
        biller = Biller.objects.filter(workspace=invoice.workspace).first()
        if biller is None:
            return []
        addresses = {
            "biller": reverse("partners:biller-edit", args=[invoice.workspace.programme.slug]),
            "partner": reverse("partners:partner-edit", args=[invoice.partner.slug]),
            "draft": reverse("partners:invoice-edit", args=[invoice.pk]),
        }
        back = urlencode({"next": invoice.get_absolute_url()})
        return [
            (lack.what, f"{addresses[lack.form]}?{back}#id_{lack.name}")
            for lack in lacks_of(invoice, list(invoice.lines.all()), biller, day)
        ]

    def _credit(self) -> Decimal:
        """The amount that was paid beyond what is due."""
        invoice = self.invoice
        has_credit = invoice.kind == Invoice.Kind.INVOICE and invoice.balance < 0
        return rounded(-invoice.balance, invoice.currency) if has_credit else Decimal(0)

    def _carry_to(self) -> QuerySet[Invoice]:
        """Open invoices to which credit of this one can be carried."""
        found = Invoice.objects.open().filter(partner=self.invoice.partner, currency=self.invoice.currency)
        return found.exclude(pk=self.invoice.pk).order_by("due_on")


class InvoiceDetail(LoginRequiredMixin, InvoicePage):
    """One invoice, for the team and the partner's contacts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()


class InvoiceCreate(OneFormPage, PartnerView):
    """Choose the items of a partner's next invoice."""

    for_editors = True
    heading = "New invoice"
    button = "Make a draft"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not Biller.objects.filter(workspace=self.partner.workspace).exists():
            messages.info(request, "Enter your organisation’s details first. They appear on every invoice.")
            biller = reverse("partners:biller-edit", args=[self.partner.workspace.programme.slug])
            return redirect(f"{biller}?{urlencode({'next': request.path})}")
        return super().get(request)

    def get_form(self, *data: Any) -> BillForm:
        form = BillForm(*data, partner=self.partner)
        self.state = (
            "Tick what goes onto one invoice. More lines can be added to the draft."
            if form.fields
            else "Nothing is due by agreement: the draft begins empty, and you write its lines."
        )
        return form

    def save(self, form: BillForm) -> HttpResponse:
        invoice = draft_invoice(partner=self.partner, by=self.user, **form.cleaned_data)
        messages.success(self.request, "Saved as a draft. Nothing has been sent yet.")
        return redirect(invoice)


class InvoiceView(WorkspaceView):
    """A coordinators' page about the invoice that `pk` names in the address."""

    for_editors = True
    invoice: Invoice

    def look_up(self) -> None:
        self.invoice = get_visible_or_404(self.allowed(Invoice.objects.all()), pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.invoice.workspace_id


class InvoiceEdit(InvoiceView):
    """Edit the lines, VAT, terms and note of a draft."""

    template_name = "partners/billing/draft_form.html"

    def look_up(self) -> None:
        super().look_up()
        if self.invoice.status != Invoice.Status.DRAFT:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        names = ("text", "quantity", "price", "tax_category", "tax_percent", "credits")
        lines = [{**line, "price": short_price(line["price"])} for line in self.invoice.lines.values(*names)]
        return self._form_page(DraftForm(instance=self.invoice), LineFormSet(initial=lines, prefix="lines"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, lines = DraftForm(request.POST, instance=self.invoice), LineFormSet(request.POST, prefix="lines")
        if form.is_valid() and lines.is_valid():
            before = self.invoice.credits
            corrected = {line.pk: line for line in before.lines.all()} if before else {}
            rows = [
                LineInput(**{**line, "credits": corrected.get(line["credits"])}) for line in lines.cleaned_data if line
            ]
            try:
                invoice = save_draft(invoice=form.save(commit=False), lines=rows, by=self.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect(invoice)
        return self._form_page(form, lines, status=422)

    def _form_page(self, form: DraftForm, lines: Any, status: int = 200) -> HttpResponse:
        hint, partner = _vat_hint(self.invoice), self.invoice.partner
        return self.page(status, invoice=self.invoice, partner=partner, form=form, lines=lines, vat_hint=hint)


class InvoiceAct(InvoiceView):
    """One button of an invoice; a refusal is shown on its page."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.act()
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(self.invoice)

    @abstractmethod
    def act(self) -> HttpResponse:
        """Call the service, and return the address to go to."""


class InvoiceIssue(InvoiceAct):
    """Issue a draft, invoice or credit note."""

    asks = {
        "": Ask(
            "Issue and send it?",
            "Issue and send",
            "It gets the next number, is emailed to the partner, and never changes again.",
            danger=False,
        ),
    }

    def act(self) -> HttpResponse:
        if self.invoice.kind == Invoice.Kind.CREDIT_NOTE:
            issued = issue_credit_note(note=self.invoice, by=self.user)
        else:
            issued = issue_invoice(invoice=self.invoice, by=self.user)
        messages.success(self.request, f"{issued} is issued, and the partner is written to.")
        return redirect(issued)


class InvoiceDelete(InvoiceAct):
    """Delete a draft."""

    asks = {
        "": Ask("Delete this draft?", "Delete the draft", "What is on it can be billed again."),
    }

    def act(self) -> HttpResponse:
        delete_draft(invoice=self.invoice, by=self.user)
        messages.success(self.request, "The draft is gone; what was on it can be billed again.")
        return redirect("partners:invoice-list")


class InvoiceCredit(InvoiceView):
    """Choose what of an invoice a credit note takes back, line by line."""

    template_name = "partners/billing/credit_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form_page(self._forms())

    def post(self, request: HttpRequest) -> HttpResponse:
        # Without figures all that is left is credited.
        forms = self._forms(request.POST) if any(name.startswith("line-") for name in request.POST) else []
        valid = [form.is_valid() for form in forms]  # each, so that each has its errors
        if not all(valid):
            return self._form_page(forms, status=422)
        rows = [
            credited(form.left, form.cleaned_data["quantity"], form.cleaned_data["price"])
            for form in forms
            if form.cleaned_data.get("quantity") and form.cleaned_data.get("price")
        ]
        try:
            if forms and not rows:
                raise ServiceError("Enter how much to credit on at least one line.")
            note = draft_credit_note(invoice=self.invoice, lines=rows or None, by=self.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(self.invoice)
        messages.success(request, "Credit note drafted. It hasn’t been sent yet.")
        return redirect(note)

    def _forms(self, *data: Any) -> list[CreditLineForm]:
        left = lines_left(self.invoice)
        return [CreditLineForm(*data, left=one, prefix=f"line-{one.line.pk}") for one in left if one.amount]

    def _form_page(self, forms: list[CreditLineForm], status: int = 200) -> HttpResponse:
        return self.page(status, invoice=self.invoice, partner=self.invoice.partner, forms=forms)


class InvoiceCarryOver(InvoiceAct):
    """Carry credit over to another invoice."""

    def act(self) -> HttpResponse:
        found = Invoice.objects.editable_by(self.user)
        target = get_visible_or_404(found, pk=number_in(self.request.POST.get("to")))
        carry_over(source=self.invoice, target=target, on=timezone.localdate(), by=self.user)
        messages.success(self.request, f"Carried over to {target}.")
        return redirect(target)
