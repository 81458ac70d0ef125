"""Import a bank statement; match or ignore its lines."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from cohorts.cohort_view import ProgrammeView
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.views import FormPage, errors_as_messages
from partners.billing.bank_import import BankImport, ignore_line, import_bank_statement, match_line_by_hand
from partners.billing.forms import BankForm
from partners.models import BankLine, Invoice


class BankPage(FormPage, ProgrammeView):
    """Import a statement of the programme's bank; lines without an invoice are listed to be matched."""

    template_name = "partners/billing/bank.html"
    for_editors = True
    error_field = "file"

    def get_form(self, *data: Any) -> BankForm:
        return BankForm(*data)

    def save(self, form: BankForm) -> HttpResponse:
        result = import_bank_statement(
            workspace=self.programme.workspace,
            content=form.cleaned_data["file"].content,
            currency=form.cleaned_data["currency"],
            by=self.user,
        )
        messages.success(self.request, _summary(result))
        for problem in result.rejected[:5]:
            messages.warning(self.request, problem)
        return redirect("partners:bank-import", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        waiting = BankLine.objects.filter(workspace=self.workspace_id, payment=None, ignored=False)
        invoices = Invoice.objects.open().filter(workspace=self.workspace_id).select_related("partner").with_sums()
        return {
            **super().get_context(),
            "page_obj": page_of(self.request, waiting),
            "open_invoices": list(invoices.order_by("number")),
        }


class BankLineMatch(CoordinatorRequiredMixin, View):
    """Assign a line to an invoice, or mark it as unrelated to invoices."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lines = BankLine.objects.filter(workspace_id__in=workspaces_of(request.user, editing=True))
        line = get_visible_or_404(lines.select_related("workspace__programme"), pk=pk)
        if "ignore" in request.POST:
            ignore_line(line=line, by=request.user)
            return redirect("partners:bank-import", programme_slug=line.workspace.programme.slug)
        found = Invoice.objects.editable_by(request.user).filter(workspace=line.workspace)
        try:
            invoice = get_visible_or_404(found, pk=number_in(request.POST.get("invoice")))
        except Http404:
            messages.error(request, "Choose the invoice that the line pays.")
        else:
            with errors_as_messages(request):
                match_line_by_hand(line=line, invoice=invoice, by=request.user)
        return redirect("partners:bank-import", programme_slug=line.workspace.programme.slug)


def _summary(result: BankImport) -> str:
    return (
        f"{len(result.matched)} matched, {len(result.open)} wait for you, {result.known} known already, "
        f"{result.skipped} went out, {len(result.rejected)} not understood."
    )
