"""Who owes what, for a cohort or for all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from cohorts.models import Cohort
from mentorship.accounts.permissions import CoordinatorRequiredMixin
from mentorship.ui.export import export, wants_export
from mentorship.ui.search import has_every_word
from partners.models import Cost
from partners.owing import who_owes_what, without_payer

HEAD = ("Payer", "Kind", "Currency", "Agreed", "Asked", "Billed", "Paid", "Open")


class WhoOwes(CoordinatorRequiredMixin, View):
    """Every payer of training sessions and other costs with what they agreed to, were billed and paid."""

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = Cost.objects.visible_to(request.user)
        cohorts = Cohort.objects.filter(pk__in=everything.order_by().values("cohort")).select_related("programme")
        cohort = next((c for c in cohorts if c.slug == request.GET.get("cohort")), None)
        found = everything.filter(cohort=cohort) if cohort else everything
        rows = who_owes_what(found)
        text = request.GET.get("q", "").strip()
        rows = [row for row in rows if has_every_word(row.payer.name, text)]
        if wants_export(request):
            lines = [
                (r.payer.name, "fund" if r.is_fund else "partner", r.currency, r.agreed, r.asked, r.billed, r.paid,
                 "" if r.is_fund else r.left)
                for r in rows
            ]  # fmt: skip
            return export(request, "who-owes-what", HEAD, lines)
        context = {
            "rows": rows,
            "q": text,
            "cohort": cohort,
            "cohorts": cohorts,
            "unpaid": without_payer(found),
        }
        return render(request, "partners/owing.html", context)
