"""Pages for opportunities and the digest."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.alumni import opportunities as services
from checkins.alumni import services as alumni_services
from checkins.alumni.forms import DigestPlanForm, OpportunityForm
from checkins.models import DigestPlan, Opportunity
from cohorts.models import Cohort, Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word


class OpportunityList(CoordinatorRequiredMixin, View):
    """Opportunities: what waits to be read, what goes into the next digest, what went out, and when it leaves."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, DigestPlanForm(instance=_plan(cohort)))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        do = request.POST.get("do")
        if do == "plan":
            form = DigestPlanForm(request.POST, instance=_plan(cohort))
            if not form.is_valid():
                return self._page(request, cohort, form, status=422)
            services.save_digest_plan(programme=cohort.programme, by=request.user, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("checkins:after", cohort_slug=cohort.slug)
        try:
            self._do(request, cohort, do or "")
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:after", cohort_slug=cohort.slug)

    @staticmethod
    def _do(request: HttpRequest, cohort: Cohort, do: str) -> None:
        if do == "digest":
            number = services.send_digest(programme=cohort.programme, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"The digest is on its way to {number} alumni.")
        elif do == "ask":
            number = alumni_services.ask_for_consent(cohort=cohort, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"{number} people are asked whether they stay in touch.")
        else:
            mine = cohort.programme.opportunities.select_related("programme")
            one = get_visible_or_404(mine, pk=number_in(request.POST.get("opportunity")))
            services.decide_opportunity(opportunity=one, approve=do == "approve", by=request.user)  # type: ignore[arg-type]

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: DigestPlanForm, status: int = 200) -> HttpResponse:
        programme = cohort.programme
        found = _filtered(programme.opportunities.select_related("posted_by"), request)
        if wants_export(request):
            head = ["kind", "title", "text", "address", "closes", "status", "posted by", "sent"]
            rows = (
                [
                    o.get_kind_display(),
                    o.title,
                    o.text,
                    o.url,
                    o.closes_on or "",
                    o.get_status_display(),
                    o.posted_by or "",
                    f"{o.sent_at:%Y-%m-%d}" if o.sent_at else "",
                ]
                for o in found
            )
            return export(request, f"{programme.slug}-opportunities", head, rows)
        context = {
            "cohort": cohort,
            "page_obj": page_of(request, found),
            "statuses": Opportunity.Status.choices,
            "status": request.GET.get("status", ""),
            "q": request.GET.get("q", ""),
            "total": programme.opportunities.count(),
            "approved": programme.opportunities.filter(status="approved").count(),
            "alumni": services.alumni_of(programme).count(),
            "to_ask": len(alumni_services.not_yet_asked(cohort)),
            "plan": _plan(cohort),
            "plan_form": form,
            "mail": services.preview_digest(programme, request.user),  # type: ignore[arg-type]
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/alumni/opportunities.html", context, status=status)


class OpportunityCreate(LoginRequiredMixin, View):
    """Alumni and coordinators post an opportunity."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        return self._page(request, self._programme(request, programme_slug), OpportunityForm())

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = self._programme(request, programme_slug)
        form = OpportunityForm(request.POST, instance=Opportunity(programme=programme))
        if not form.is_valid():
            return self._page(request, programme, form, status=422)
        posted = services.post_opportunity(opportunity=form.save(commit=False), by=request.user)  # type: ignore[arg-type]
        words = "It goes into the next digest." if posted.status == "approved" else "A coordinator reads it first."
        messages.success(request, f"Thank you. {words}")
        return redirect("checkins:propose", programme_slug=programme.slug)

    @staticmethod
    def _programme(request: HttpRequest, slug: str) -> Programme:
        programme = get_visible_or_404(Programme.objects.all(), slug=slug)
        alumna = services.alumni_of(programme).filter(pk=request.user.pk).exists()
        if not alumna and not may_edit(request.user, programme.workspace_id):
            raise Http404
        return programme

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, form: OpportunityForm, status: int = 200) -> HttpResponse:
        context = {
            "programme": programme,
            "form": form,
            "mine": programme.opportunities.filter(posted_by=request.user)[:20],
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "checkins/alumni/opportunity_form.html", context, status=status)


def _plan(cohort: Cohort) -> DigestPlan:
    return DigestPlan.objects.filter(programme=cohort.programme).first() or DigestPlan(programme=cohort.programme)


def _filtered(found: Any, request: HttpRequest) -> Any:
    found = every_word(found, request.GET.get("q", ""), "title", "text")
    status = request.GET.get("status", "")
    return found.filter(status=status) if status in Opportunity.Status.values else found
