"""The page of outstanding amounts by payer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import choice_in, rows_shown
from mentorship.core.ui.search import has_every_word
from partners.costs.outstanding import costs_without_payer, outstanding_by_payer
from partners.models import Cost

HEAD = ("Payer", "Kind", "Currency", "Agreed", "Asked", "Billed", "Paid", "Open")


class OutstandingList(CoordinatorRequiredMixin, View):
    """Every payer of training sessions and other costs with agreed, billed and paid amounts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = Cost.objects.visible_to(request.user)
        cohorts = Cohort.objects.filter(pk__in=everything.order_by().values("cohort")).select_related("programme")
        chosen = choice_in(request, "cohort", [cohort.slug for cohort in cohorts])
        cohort = next((c for c in cohorts if c.slug == chosen), None)
        found = everything.filter(cohort=cohort) if cohort else everything
        rows = outstanding_by_payer(found)
        text = request.GET.get("q", "").strip()
        rows = rows_shown(request, [row for row in rows if has_every_word(row.payer.name, text)])
        if wants_export(request):
            lines = [
                (
                    r.payer.name,
                    "fund" if r.is_fund else "partner",
                    r.currency,
                    r.agreed,
                    r.asked,
                    r.billed,
                    r.paid,
                    "" if r.is_fund else r.left,
                )
                for r in rows
            ]
            return export(request, "who-owes-what", HEAD, lines)
        context = {
            "rows": rows,
            "q": text,
            "cohort": cohort,
            "cohorts": cohorts,
            "unpaid": costs_without_payer(found),
        }
        return render(request, "partners/costs/outstanding.html", context)
