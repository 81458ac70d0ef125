"""Pages for opportunities and the digest."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from checkins.alumni import opportunities as services
from checkins.alumni.forms import DigestPlanForm, OpportunityForm
from checkins.alumni.services import alumni_of, ask_for_consent, not_yet_asked
from checkins.models import DigestPlan, Opportunity
from checkins.querysets import OpportunityQuerySet
from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortView
from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404, may_edit
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.counts import MOST_OF_COHORT, counts_up_to
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.views import FormPage, Question, errors_as_messages


class OpportunityList(CohortView):
    """Opportunities to review, in the next digest, and sent; and when the digest is sent."""

    template_name = "checkins/alumni/opportunities.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if wants_export(request):
            return self._export()
        return self.page(plan_form=DigestPlanForm(instance=self._plan()))

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail."""
        back = reverse("checkins:opportunity-list", args=[self.cohort.slug])
        match self.request.POST.get("do"):
            case "digest":
                return ask_before_mails(
                    lambda: services.send_digest(programme=self.cohort.programme, by=self.user),
                    people=alumni_of(self.cohort.programme).count(),
                    title="Send the digest now?",
                    text="They are the alumni who stay in touch. The opportunities in it are not sent again.",
                    button="Send the digest",
                    back=back,
                )
            case "ask":
                return ask_before_mails(
                    lambda: ask_for_consent(cohort=self.cohort, by=self.user),
                    people=not_yet_asked(self.cohort).count(),
                    title="Ask them to stay in touch?",
                    text="Each of them is asked once, and never again.",
                    button="Ask them",
                    back=back,
                )
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        act, back = request.POST.get("do"), reverse("checkins:opportunity-list", args=[self.cohort.slug])
        if act == "plan":
            form = DigestPlanForm(request.POST, instance=self._plan())
            if not form.is_valid():
                return self.page(status=422, plan_form=form)
            services.save_digest_plan(programme=self.cohort.programme, by=self.user, **form.cleaned_data)
            messages.success(request, "Saved.")
        else:
            with errors_as_messages(request):
                return self._act(act or "", back)
        return redirect(back)

    def _act(self, act: str, back: str) -> HttpResponse:
        """Do the action of a button. Raises ServiceError."""
        programme = self.cohort.programme
        if act == "digest":
            people = list(alumni_of(programme).values_list("pk", flat=True))
            told = [one.pk for one in services.opportunities_to_send(programme, timezone.now())]
            return answer_for_many(self, "digest", people, given={"opportunities": told}, back=back)
        if act == "ask":
            people = list(not_yet_asked(self.cohort).values_list("pk", flat=True))
            return answer_for_many(self, "alumni-questions", people, back=back)
        opportunities = programme.opportunities.select_related("programme")
        one = get_visible_or_404(opportunities, pk=number_in(self.request.POST.get("opportunity")))
        services.decide_opportunity(opportunity=one, approve=act == "approve", by=self.user)
        return redirect(back)

    def get_context(self) -> dict[str, Any]:
        programme = self.cohort.programme
        posted, status = programme.opportunities.all(), choice_in(self.request, "status", Opportunity.Status.values)
        counted = (posted, posted.filter(status="approved"), alumni_of(programme), not_yet_asked(self.cohort))
        total, approved, alumni, to_ask = counts_up_to(*counted, most=MOST_OF_COHORT)
        text = self.request.GET.get("q", "")
        return {
            **super().get_context(),
            "page_obj": page_of(self.request, self._found(), count=None if status or text else total),
            "statuses": Opportunity.Status.choices,
            "status": status,
            "q": text,
            "total": total,
            "approved": approved,
            "alumni": alumni,
            "to_ask": to_ask,
            "plan": self._plan(),
            "mail": services.preview_digest(programme, self.user),
        }

    def _plan(self) -> DigestPlan:
        programme = self.cohort.programme
        return DigestPlan.objects.filter(programme=programme).first() or DigestPlan(programme=programme)

    def _found(self) -> OpportunityQuerySet:
        found = Opportunity.objects.filter(programme=self.cohort.programme).select_related("posted_by")
        found = found.search(self.request.GET.get("q", ""))
        status = choice_in(self.request, "status", Opportunity.Status.values)
        return found.filter(status=status) if status else found

    def _export(self) -> HttpResponse:
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
            for o in self._found()
        )
        return export(self.request, f"{self.cohort.programme.slug}-opportunities", head, rows)


class OpportunityCreate(LoginRequiredMixin, FormPage):
    """Alumni and coordinators post an opportunity."""

    template_name = "checkins/alumni/opportunity_form.html"

    def look_up(self) -> None:
        self.programme = get_visible_or_404(Programme.objects.all(), slug=self.kwargs["programme_slug"])
        self.may_edit = may_edit(self.user, self.programme.workspace_id)
        if not self.may_edit and not alumni_of(self.programme).filter(pk=self.user.pk).exists():
            raise Http404

    def get_form(self, *data: Any) -> OpportunityForm:
        return OpportunityForm(*data, instance=Opportunity(programme=self.programme))

    def save(self, form: OpportunityForm) -> HttpResponse:
        posted = services.post_opportunity(opportunity=form.save(commit=False), by=self.user)
        words = "It goes into the next digest." if posted.status == "approved" else "A coordinator reads it first."
        messages.success(self.request, f"Thank you. {words}")
        return redirect("checkins:opportunity-create", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        mine = self.programme.opportunities.filter(posted_by=self.user)[:20]
        return {"programme": self.programme, "may_edit": self.may_edit, "mine": mine}
