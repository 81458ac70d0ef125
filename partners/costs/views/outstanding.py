"""The page of outstanding amounts by payer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, held_roles
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of
from partners.costs.outstanding import costs_without_payer, outstanding_by_payer, payers_of, with_shares
from partners.models import Cost

HEAD = ("Payer", "Kind", "Currency", "Agreed", "Asked", "Billed", "Paid", "Open")
# How many cohorts the filter offers, the latest ones, and how many costs without a payer the page names.
COHORTS_OFFERED, UNPAID_NAMED = 100, 20


class OutstandingList(CoordinatorRequiredMixin, View):
    """Every payer of training sessions and other costs with agreed, billed and paid amounts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = Cost.objects.visible_to(request.user)
        with_costs = Cohort.objects.filter(pk__in=everything.order_by().values("cohort")).select_related("programme")
        cohorts = list(with_costs[:COHORTS_OFFERED])
        cohort = with_costs.filter(slug=request.GET.get("cohort", "")).first()
        if cohort and cohort not in cohorts:
            cohorts.append(cohort)
        choice_in(request, "cohort", [one.slug for one in cohorts])
        found = everything.filter(cohort=cohort) if cohort else everything
        text = request.GET.get("q", "").strip()
        if wants_export(request):
            lines = [
                (
                    r.name,
                    "fund" if r.is_fund else "partner",
                    r.currency,
                    r.agreed,
                    r.asked,
                    r.billed,
                    r.paid,
                    "" if r.is_fund else r.left,
                )
                for r in outstanding_by_payer(found, text)
            ]
            return export(request, "who-owes-what", HEAD, lines)
        page = page_of(request, payers_of(found, text))
        rows = outstanding_by_payer(found, payers=page.object_list)
        with_shares(rows, found)
        unpaid = list(costs_without_payer(found)[: UNPAID_NAMED + 1])
        context = {
            "page_obj": page,
            "rows": rows,
            "q": text,
            "cohort": cohort,
            "cohorts": cohorts,
            "unpaid": unpaid[:UNPAID_NAMED],
            "bills_in": {place for place, role in held_roles(request.user) if role in WorkspaceRole.EDITORS},
            "more_unpaid": len(unpaid) > UNPAID_NAMED,
        }
        return render(request, "partners/costs/outstanding.html", context)
