"""Export invoices and payments for bookkeeping."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode

from cohorts.cohort_view import ProgrammeView
from mentorship.core.errors import ServiceError
from mentorship.core.ui.downloads.export import export
from mentorship.core.views import FormPage
from partners.billing.billers import biller_of
from partners.billing.forms import JournalForm
from partners.billing.journal import (
    JOURNAL_HEAD,
    JournalEntry,
    accounts_needed,
    datev_file,
    journal_entries,
    journal_rows,
    save_accounts,
)
from partners.models import Biller
from partners.records.view_base import download


class JournalPage(FormPage, ProgrammeView):
    """Choose a period and the accounts of the bookkeeping, and download the entries."""

    template_name = "partners/billing/journal.html"
    for_editors = True

    def look_up(self) -> None:
        super().look_up()
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        self.start = _day(self.request.GET.get("from"), last.replace(day=1))
        self.end = max(_day(self.request.GET.get("to"), last), self.start)

    @cached_property
    def entries(self) -> list[JournalEntry]:
        """The entries of the period."""
        return journal_entries(self.programme.workspace, self.start, self.end)

    def get_form(self, *data: Any) -> JournalForm:
        biller = Biller.objects.filter(workspace=self.programme.workspace).first()
        known = (biller.accounts if biller else None) or {}
        return JournalForm(*data[:1], accounts=accounts_needed(self.entries), initial=known)

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form()
        if request.GET.get("format") and form.knows_all(request.GET["format"]):
            try:
                return self._file(form.initial, request.GET["format"])
            except ServiceError as error:
                return self.page(status=422, form=form, problem=str(error))
        return super().get(request)

    def _file(self, accounts: dict[str, str], kind: str) -> HttpResponse:
        if kind == "datev":
            content = datev_file(self.entries, accounts, self.start, self.end, timezone.localtime())
            name = f"EXTF_Buchungsstapel_{self.start:%Y%m%d}_{self.end:%Y%m%d}.csv"
            return download(content, "text/csv; charset=windows-1252", name)
        return export(self.request, f"journal-{self.start}", JOURNAL_HEAD, journal_rows(self.entries, accounts))

    def save(self, form: JournalForm) -> HttpResponse:
        biller = biller_of(self.programme.workspace)
        save_accounts(biller=biller, accounts=form.accounts, by=self.user)
        asked = {"from": self.start, "to": self.end, "format": form.cleaned_data["format"]}
        here = reverse("partners:journal-export", args=[self.programme.slug])
        return redirect(f"{here}?{urlencode(asked)}")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "start": self.start, "end": self.end, "entries": self.entries}


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise
