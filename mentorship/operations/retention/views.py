"""The page with the retention time of each class of data, and how much would be deleted now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.operations.retention.classes import KEPT
from mentorship.operations.retention.services import retention_lines


class RetentionPage(CoordinatorRequiredMixin, View):
    """The page for those who look after the installation: numbers of all programmes, nobody's data."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        # Data kept until some time after the end of a cohort waits until somebody closes the cohort.
        late = Cohort.objects.visible_to(request.user).exclude(status__in=Cohort.OVER).filter(ends_on__lt=today)

        context = {"lines": retention_lines(), "kept": KEPT, "late": late}
        return render(request, "operations/retention/page.html", context)
