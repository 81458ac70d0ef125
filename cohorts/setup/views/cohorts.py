"""Pages about a cohort itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as format_date

from cohorts.cohort_view import CohortView, ProgrammeView
from cohorts.figures import SIGNED_UP, SIGNUP_FIGURES, TO_DECIDE, count_figure, figures_by_role
from cohorts.models import Cohort
from cohorts.plan.services import overdue_items, timeline_of, upcoming_entries
from cohorts.setup.forms import CohortForm
from cohorts.setup.proposals import propose_cohort
from cohorts.setup.services import create_cohort, save_cohort, set_cohort_status
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.markup import counted
from mentorship.core.views import FormPage, Question, errors_as_messages


class CohortDetail(CohortView):
    """The state of a cohort, its sign-ups, forms and history."""

    template_name = "cohorts/setup/cohort.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        today = timezone.localdate(timezone=cohort.tz)
        return self.page(
            today=today,
            moments=timeline_of(cohort),
            next_moments=upcoming_entries(cohort, today),
            late_items=overdue_items(cohort.checklist.select_related("owner"), today),
            groups=cohort.groups.all(),
            counts=figures_by_role(cohort),
            figures=SIGNUP_FIGURES,
            next_statuses=cohort.next_statuses,
            signup_open=cohort.accepts_signups(),
        )


class CohortCreate(FormPage, ProgrammeView):
    """Create a cohort as a draft that only the team sees."""

    template_name = "cohorts/setup/cohort_form.html"
    for_editors = True

    def get_form(self, *data: Any) -> CohortForm:
        form = CohortForm(*data, initial=propose_cohort(self.programme, timezone.localdate()), programme=self.programme)
        form.order_fields(["name", "slug", "starts_on", "ends_on", "opens_on"])
        return form

    def save(self, form: CohortForm) -> HttpResponse:
        cohort = create_cohort(programme=self.programme, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"{cohort} is a draft. Open its sign-up when you are ready.")
        return redirect(cohort)


class CohortEdit(FormPage, CohortView):
    """Edit the name, dates and seats of a cohort."""

    template_name = "cohorts/setup/cohort_form.html"
    for_editors = True

    def get_form(self, *data: Any) -> CohortForm:
        # The page head keeps the saved name: the one in the form may be invalid.
        edited = get_visible_or_404(Cohort.objects.select_related("programme"), pk=self.cohort.pk)
        return CohortForm(*data, instance=edited)

    def save(self, form: CohortForm) -> HttpResponse:
        cohort = save_cohort(cohort=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(cohort)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "programme": self.cohort.programme}


class CohortMove(CohortView):
    """Move the cohort to another status."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask before sign-up is closed, which people do not expect of the next step."""
        cohort, to = self.cohort, self.request.POST.get("to", "")
        if not cohort.accepts_signups() or to not in Cohort.TRANSITIONS[cohort.status]:
            return None
        signed_up, to_decide = count_figure(cohort, SIGNED_UP), count_figure(cohort, TO_DECIDE)
        closes = cohort.signup_closes_at
        until = f" It would close by itself on {format_date(closes.astimezone(cohort.tz), 'j F Y')}." if closes else ""
        return Question(
            title=f"Close sign-up for {cohort}?",
            text=[
                f"Nobody can sign up or change their sign-up after this.{until}",
                f"There {'is' if signed_up == 1 else 'are'} {counted(signed_up, 'sign-up')} so far; "
                f"{counted(to_decide, 'awaits,await')} a decision. No email is sent, and you can open sign-up again.",
            ],
            button="Close sign-up",
            back=cohort.get_absolute_url(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            cohort = set_cohort_status(cohort=self.cohort, to=request.POST.get("to", ""), by=self.user)
            messages.success(request, f"{cohort} is now {cohort.get_status_display()}.")
        return redirect(self.cohort)
