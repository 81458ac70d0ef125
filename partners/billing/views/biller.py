"""The page of the organisation that issues a programme's invoices."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import ProgrammeView
from partners.billing.billers import save_biller
from partners.billing.forms import BillerForm
from partners.billing.views.invoices import INVOICES
from partners.models import Biller
from partners.records.view_base import OneFormPage, next_page


class BillerEdit(OneFormPage, ProgrammeView):
    """Edit the organisation that issues a programme's invoices."""

    for_editors = True
    heading = "Who writes the invoices"
    crumbs = INVOICES

    def look_up(self) -> None:
        super().look_up()
        workspace = self.programme.workspace
        self.biller = Biller.objects.filter(workspace=workspace).first() or Biller(workspace=workspace)
        self.state = f"{self.programme.name}. It stands on every invoice from now on."

    def get_form(self, *data: Any) -> BillerForm:
        initial = {} if self.biller.pk else {"reminder_days": [3, 14, 30], "email": self.programme.contact_email}
        return BillerForm(*data, instance=self.biller, initial=initial)

    def save(self, form: BillerForm) -> HttpResponse:
        save_biller(workspace=self.programme.workspace, by=self.user, **form.cleaned_data)
        messages.success(self.request, "Saved. Invoices that are issued keep what they say.")
        return redirect(next_page(self.request) or "partners:invoice-list")
