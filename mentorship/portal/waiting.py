"""Counts of open tasks for the navigation. Today knows them already; other pages ask when they are shown."""

from typing import cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.audit.models import AuditEntry
from mentorship.portal.navigation import count_waiting
from mentorship.portal.today import needs_of

# Seconds. What changes by a deed is counted anew at once; this is for what becomes due by time.
KEPT_FOR = 60


class Waiting(CoordinatorRequiredMixin, View):
    """The counts of the navigation, for htmx to put into their places."""

    http_method_names = ("get",)

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        user = cast(User, request.user)
        cohort = get_object_or_404(Cohort.objects.visible_to(user), slug=cohort_slug)
        return render(request, "layouts/_waiting.html", {"waiting": waiting_of(user, cohort)})


def waiting_of(user: User, cohort: Cohort) -> dict[str, int]:
    """Label of each section with tasks -> how many. Counted again after any change: each leaves an audit entry."""
    newest = AuditEntry.objects.filter(workspace=cohort.workspace_id).order_by("-pk").values_list("pk", flat=True)
    key = f"waiting:{user.pk}:{cohort.pk}:{newest.first()}"
    waiting: dict[str, int] | None = cache.get(key)
    if waiting is None:
        waiting = count_waiting(needs_of(user, cohort), cohort)
        cache.set(key, waiting, KEPT_FOR)
    return waiting
