"""The page of a cohort's weekly mail."""

from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.mailings.audience import recipients_of
from cohorts.mailings.forms import WeeklyForm
from cohorts.mailings.letters import PLACEHOLDERS
from cohorts.mailings.views.preview import audience_context, letter_preview
from cohorts.mailings.weekly import WEEKLY_STATUSES, next_moment, save_weekly, weekly_mailing
from cohorts.models import Cohort, WeeklyMail
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit


class WeeklyMailEdit(CoordinatorRequiredMixin, View):
    """When the weekly mail leaves, its words, and how the next one reads."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, WeeklyForm(instance=_weekly_of(cohort)))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = WeeklyForm(request.POST, instance=_weekly_of(cohort))
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        save_weekly(weekly=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect("cohorts:weekly", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: WeeklyForm, status: int = 200) -> HttpResponse:
        # The saved one: what is typed may be wrong.
        weekly = _weekly_of(cohort)
        moment = next_moment(weekly, timezone.now())
        context = {
            "cohort": cohort,
            "form": form,
            "weekly": weekly,
            "moment": moment,
            "local_moment": moment.astimezone(cohort.tz).replace(tzinfo=None),
            "at_work": cohort.status in WEEKLY_STATUSES,
            "placeholders": PLACEHOLDERS.items(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "letter": None,
        }
        if mailing := weekly_mailing(weekly, moment):
            recipients = recipients_of(mailing)
            context |= audience_context(mailing, recipients)
            context |= letter_preview(mailing, recipients, request.GET.get("as", ""))
        return render(request, "cohorts/mailings/weekly.html", context, status=status)


def _weekly_of(cohort: Cohort) -> WeeklyMail:
    weekly = WeeklyMail.objects.filter(cohort=cohort).first() or WeeklyMail(time=time(8))
    weekly.cohort = cohort
    return weekly
