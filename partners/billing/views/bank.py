"""Import a bank statement; answer what its file leaves open; decide on its lines."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cohorts.cohort_view import ProgrammeView
from mentorship.core.accounts.permissions import get_visible_or_404, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.views import Ask, FormPage, WorkspaceView, errors_as_messages
from partners.billing.bank.days import ORDERS
from partners.billing.bank.decisions import (
    ignore_line,
    match_line_by_hand,
    open_lines,
    refund_by_hand,
    return_by_hand,
)
from partners.billing.bank.entries import Statement
from partners.billing.bank.services import (
    BankImport,
    answer_upload,
    discard_upload,
    forget_layout,
    import_bank_statement,
    import_upload,
    read_with_layout,
    upload_statement,
)
from partners.billing.forms import BankForm, StatementForm
from partners.models import BankLayout, BankLine, BankStatement, Invoice, Payment

SHOWN = 100


class BankPage(FormPage, ProgrammeView):
    """Import a statement of the programme's bank; lines to decide on are listed."""

    template_name = "partners/billing/bank.html"
    for_editors = True
    error_field = "file"

    def get_form(self, *data: Any) -> BankForm:
        return BankForm(*data)

    def save(self, form: BankForm) -> HttpResponse:
        file, currency = form.cleaned_data["file"], form.cleaned_data["currency"]
        answers = {"currency": currency} if currency else {}
        workspace = self.programme.workspace
        statement = read_with_layout(workspace=workspace, content=file.content, answers=answers)
        if not statement.is_clear:
            upload = upload_statement(
                workspace=workspace, name=file.name, content=file.content, answers=answers, by=self.user
            )
            return redirect(upload)
        result = import_bank_statement(
            workspace=workspace, content=file.content, answers=answers, by=self.user, name=file.name
        )
        _tell(self.request, result)
        return redirect("partners:bank-import", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        lines = BankLine.objects.filter(workspace=self.workspace_id, payment=None, ignored=False)
        page = page_of(self.request, lines)
        return {
            **super().get_context(),
            "page_obj": page,
            "open_lines": open_lines(self.programme.workspace, list(page.object_list)),
            "uploads": BankStatement.objects.filter(workspace=self.workspace_id).defer("content"),
            "layouts": [(one, _in_words(one)) for one in self._layouts()],
        }

    def _layouts(self) -> QuerySet[BankLayout]:
        return BankLayout.objects.filter(workspace=self.workspace_id).order_by("columns")


def _in_words(layout: BankLayout) -> str:
    """How the sheets of a bank are read: day, month, year; decimal comma; EUR."""
    answers = layout.answers
    decimal = {",": "decimal comma", ".": "decimal point"}.get(answers.get("decimal", ""), "")
    column = f"amount in column {int(answers['amount_column']) + 1}" if "amount_column" in answers else ""
    words = (ORDERS.get(answers.get("days", ""), ""), decimal, answers.get("currency", ""), column)
    told = "; ".join(filter(None, words))
    return f"{told[:1].upper()}{told[1:]}"


class BankStatementDetail(FormPage, WorkspaceView):
    """Answer what an uploaded file leaves open, look at how it is read, and import it."""

    template_name = "partners/billing/bank_statement.html"
    for_editors = True
    asks = {"discard": Ask("Discard this file?", "Discard the file", "Nothing in it is imported.")}
    upload: BankStatement

    def look_up(self) -> None:
        mine = BankStatement.objects.filter(workspace_id__in=workspaces_of(self.user, editing=True))
        self.upload = get_visible_or_404(mine.select_related("workspace__programme"), pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.upload.workspace_id

    @cached_property
    def statement(self) -> Statement:
        """The file, as far as it can be read by what is known."""
        upload = self.upload
        return read_with_layout(workspace=upload.workspace, content=bytes(upload.content), answers=upload.answers)

    def get_form(self, *data: Any) -> StatementForm:
        return StatementForm(*data[:1], questions=self.statement.questions)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            if "discard" in request.POST:
                discard_upload(upload=self.upload, by=self.user)
                return self._back()
            if "reset" in request.POST:
                answer_upload(upload=self.upload, answers=None, by=self.user)
                return redirect(self.upload)
            return super().post(request)
        except ServiceError as error:
            messages.error(request, str(error))
            return self._back()

    def save(self, form: StatementForm) -> HttpResponse:
        if self.statement.questions:
            answer_upload(upload=self.upload, answers=form.cleaned_data, by=self.user)
            return redirect(self.upload)
        _tell(self.request, import_upload(upload=self.upload, by=self.user))
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect("partners:bank-import", programme_slug=self.upload.workspace.programme.slug)

    def get_context(self) -> dict[str, Any]:
        statement = self.statement
        return {
            **super().get_context(),
            "upload": self.upload,
            "programme": self.upload.workspace.programme,
            "statement": statement,
            "problems": statement.problems[:SHOWN],
            "more_problems": max(0, len(statement.problems) - SHOWN),
            "entries": statement.entries[:SHOWN],
            "more_entries": max(0, len(statement.entries) - SHOWN),
        }


class BankLineView(WorkspaceView):
    """A button of one line of a statement."""

    for_editors = True
    line: BankLine

    def look_up(self) -> None:
        mine = BankLine.objects.filter(workspace_id__in=workspaces_of(self.user, editing=True))
        self.line = get_visible_or_404(mine.select_related("workspace__programme"), pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.line.workspace_id


class BankLineMatch(BankLineView):
    """Say which invoice or payment a line is about, or that it is about none."""

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            if "ignore" in request.POST:
                ignore_line(line=self.line, by=self.user)
            else:
                messages.success(request, self._decide())
        return redirect("partners:bank-import", programme_slug=self.line.workspace.programme.slug)

    def _decide(self) -> str:
        """Carry out the choice; returns what was done. Raises ServiceError."""
        sent = self.request.POST
        if pk := number_in(sent.get("payment")):
            payment = get_visible_or_404(Payment.objects.filter(invoice__workspace=self.line.workspace), pk=pk)
            return_by_hand(line=self.line, payment=payment, by=self.user)
            return f"Recorded as returned. {payment.invoice} is open again."
        invoices = Invoice.objects.editable_by(self.user).filter(workspace=self.line.workspace)
        invoice = invoices.filter(pk=number_in(sent.get("invoice"))).first()
        if invoice is None and sent.get("number", "").strip():
            invoice = invoices.filter(number__iexact=sent["number"].strip()).first()
        if invoice is None:
            raise ServiceError("Choose the invoice.")
        if self.line.amount < 0:
            refund_by_hand(line=self.line, invoice=invoice, by=self.user)
            return f"Recorded as paid back. The credit on {invoice} is reduced by that amount."
        match_line_by_hand(line=self.line, invoice=invoice, by=self.user)
        return f"Recorded as a payment for {invoice}."


class BankLayoutForget(WorkspaceView):
    """Forget how a bank's sheets are read; the next one asks again."""

    for_editors = True
    layout: BankLayout

    def look_up(self) -> None:
        mine = BankLayout.objects.filter(workspace_id__in=workspaces_of(self.user, editing=True))
        self.layout = get_visible_or_404(mine.select_related("workspace__programme"), pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.layout.workspace_id

    def post(self, request: HttpRequest) -> HttpResponse:
        forget_layout(layout=self.layout, by=self.user)
        messages.success(request, "Forgotten. The next file with these columns brings up the questions again.")
        return redirect("partners:bank-import", programme_slug=self.layout.workspace.programme.slug)


def _tell(request: HttpRequest, result: BankImport) -> None:
    messages.success(request, summary(result))
    for remark in result.remarks:
        messages.info(request, remark)


def summary(result: BankImport) -> str:
    """The result of an import in one sentence, without what did not happen."""
    parts = [
        (len(result.matched), "payment recorded", "payments recorded"),
        (len(result.returned), "payment returned", "payments returned"),
        (len(result.open), "payment to check", "payments to check"),
        (result.known, "imported before", "imported before"),
        (result.skipped, "outgoing payment left out", "outgoing payments left out"),
        (result.pending, "not booked yet", "not booked yet"),
        (result.zero, "without an amount", "without an amount"),
        (len(result.rejected), "line not readable", "lines not readable"),
    ]
    told = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    return f"Statement imported: {', '.join(told) or 'it has no entries'}."
