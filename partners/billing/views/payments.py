"""Record and remove the payments of an invoice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.errors import ServiceError
from partners.billing import payments
from partners.billing.forms import PaymentForm
from partners.billing.views.invoices import invoice_page, visible_invoice
from partners.models import Invoice


class PaymentAdd(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        invoice, form = visible_invoice(request, pk), PaymentForm(request.POST)
        if form.is_valid():
            try:
                payments.record_payment(invoice=invoice, by=request.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error("amount", str(error))
            else:
                messages.success(request, "Noted.")
                return redirect(invoice)
        return invoice_page(request, invoice, form=form, status=422)


class PaymentRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, payment: int) -> HttpResponse:
        invoice = get_visible_or_404(Invoice.objects.editable_by(request.user), pk=pk)
        found = get_visible_or_404(invoice.payments.all(), pk=payment)
        try:
            payments.remove_payment(payment=found, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(invoice)
