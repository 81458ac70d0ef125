"""Import a bank statement; match or ignore its lines."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in, page_of
from partners.billing import bank_import
from partners.billing.forms import BankForm
from partners.models import BankLine, Invoice

FILE_LIMIT = 2 * 1024 * 1024  # bytes


class Bank(CoordinatorRequiredMixin, View):
    """Read a bank's CSV; lines that name no invoice wait here."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        return self._page(request, self._programme(request, programme_slug), BankForm())

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = self._programme(request, programme_slug)
        form = BankForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                text = _text(form.cleaned_data["file"])
                found = bank_import.import_bank_statement(
                    workspace=programme.workspace, text=text, currency=form.cleaned_data["currency"], by=request.user
                )
            except ServiceError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, _said(found))
                for problem in found.rejected[:5]:
                    messages.warning(request, problem)
                return redirect("partners:bank", programme_slug=programme_slug)
        return self._page(request, programme, form, status=422)

    @staticmethod
    def _programme(request: HttpRequest, slug: str) -> Programme:
        programmes = Programme.objects.editable_by(request.user).select_related("workspace")
        return get_visible_or_404(programmes, slug=slug)

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, form: Any, status: int = 200) -> HttpResponse:
        waiting = BankLine.objects.filter(workspace=programme.workspace, payment=None, ignored=False)
        invoices = Invoice.objects.open().filter(workspace=programme.workspace).select_related("partner").with_sums()
        context = {
            "programme": programme,
            "form": form,
            "page_obj": page_of(request, waiting),
            "open_invoices": list(invoices.order_by("number")),
        }
        return render(request, "partners/billing/bank.html", context, status=status)


class BankMatch(CoordinatorRequiredMixin, View):
    """Say what a line pays, or that it is none of our business."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lines = BankLine.objects.filter(workspace_id__in=workspaces_of(request.user, editing=True))
        line = get_visible_or_404(lines.select_related("workspace__programme"), pk=pk)
        if "ignore" in request.POST:
            bank_import.ignore_line(line=line, by=request.user)
        else:
            found = Invoice.objects.editable_by(request.user).filter(workspace=line.workspace)
            try:
                invoice = get_visible_or_404(found, pk=number_in(request.POST.get("invoice")))
                bank_import.match_line_by_hand(line=line, invoice=invoice, by=request.user)
            except Http404:
                messages.error(request, "Choose the invoice that the line pays.")
            except ServiceError as error:
                messages.error(request, str(error))
        return redirect("partners:bank", programme_slug=line.workspace.programme.slug)


def _text(file: Any) -> str:
    """Banks write UTF-8 or, the older ones, Windows-1252."""
    if file.size > FILE_LIMIT:
        raise ServiceError("The file is larger than 2 MB.")
    data = file.read()
    try:
        return str(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(data.decode("cp1252", errors="replace"))


def _said(found: bank_import.BankImport) -> str:
    return (
        f"{len(found.matched)} matched, {len(found.open)} wait for you, {found.known} known already, "
        f"{found.skipped} went out, {len(found.rejected)} not understood."
    )
