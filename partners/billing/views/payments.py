"""Record and remove the payments of an invoice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.views import Ask, errors_as_messages
from partners.billing.forms import PaymentForm, RefundForm
from partners.billing.payments import delete_payment, record_payment, record_refund
from partners.billing.views.invoices import InvoicePage, InvoiceView
from partners.models import Invoice


class MoneyForm(CoordinatorRequiredMixin, InvoicePage):
    """A form about money on the page of an invoice, where its errors are shown."""

    def look_up(self) -> None:
        super().look_up()
        get_visible_or_404(Invoice.objects.editable_by(self.user), pk=self.invoice.pk)


class PaymentCreate(MoneyForm):
    """Record a payment."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PaymentForm(request.POST)
        if form.is_valid():
            try:
                record_payment(invoice=self.invoice, by=self.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error("amount", str(error))
            else:
                messages.success(request, "Noted.")
                return redirect(self.invoice)
        return self.page(status=422, payment_form=form)


class RefundCreate(MoneyForm):
    """Record that credit was paid back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RefundForm(request.POST, prefix="refund")
        if form.is_valid():
            try:
                record_refund(invoice=self.invoice, by=self.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error("amount", str(error))
            else:
                messages.success(request, "Recorded as paid back.")
                return redirect(self.invoice)
        return self.page(status=422, refund_form=form)


class PaymentDelete(InvoiceView):
    """Delete a payment recorded by mistake."""

    asks = {
        "": Ask(
            "Delete this payment?",
            "Delete the payment",
            "The invoice is open again by this amount, and the line of the bank statement is listed again.",
        ),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        payment = get_visible_or_404(self.invoice.payments.all(), pk=self.kwargs["payment"])
        with errors_as_messages(request):
            delete_payment(payment=payment, by=self.user)
        return redirect(self.invoice)
