"""The page of a cohort's weekly mail."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cohorts.cohort_view import CohortView
from cohorts.mailings.audience import recipients_of
from cohorts.mailings.forms import WeeklyForm
from cohorts.mailings.letters import PLACEHOLDERS
from cohorts.mailings.views.preview import audience_context, letter_preview
from cohorts.mailings.weekly import next_moment, save_weekly, weekly_mailing
from cohorts.models import Cohort, WeeklyMail
from mentorship.core.views import FormPage


class WeeklyMailEdit(FormPage, CohortView):
    """The day and time of the weekly mail, its text, and a preview of the next one."""

    template_name = "cohorts/mailings/weekly.html"

    def get_form(self, *data: Any) -> WeeklyForm:
        return WeeklyForm(*data, instance=_weekly_of(self.cohort))

    def save(self, form: WeeklyForm) -> HttpResponse:
        save_weekly(weekly=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect("cohorts:weekly-mail-edit", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        cohort = self.cohort
        # The saved one: the typed values may be invalid.
        weekly = _weekly_of(cohort)
        moment = next_moment(weekly, timezone.now())
        context = {
            **super().get_context(),
            "weekly": weekly,
            "moment": moment,
            "local_moment": moment.astimezone(cohort.tz).replace(tzinfo=None),
            "at_work": cohort.status in Cohort.UNDER_WAY,
            "placeholders": PLACEHOLDERS.items(),
            "letter": None,
        }
        if mailing := weekly_mailing(weekly, moment):
            recipients = recipients_of(mailing)
            context |= audience_context(mailing, recipients)
            context |= letter_preview(mailing, recipients, self.request.GET.get("as", ""))
        return context


def _weekly_of(cohort: Cohort) -> WeeklyMail:
    weekly = WeeklyMail.objects.filter(cohort=cohort).first() or WeeklyMail(time=time(8))
    weekly.cohort = cohort
    return weekly
