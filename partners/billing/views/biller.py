"""The page of who issues a programme's invoices."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from partners.billing import billers
from partners.billing.forms import BillerForm
from partners.billing.views.invoices import INVOICES
from partners.models import Biller
from partners.records.view_base import form_page


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
        billers.save_biller(workspace=programme.workspace, by=request.user, **form.cleaned_data)
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
            request,
            form,
            heading="Who writes the invoices",
            crumbs=INVOICES,
            state=f"{programme.name}. It stands on every invoice from now on.",
            status=status,
        )
