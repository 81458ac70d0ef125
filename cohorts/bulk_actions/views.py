"""How far bulk actions are."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh

from cohorts.bulk_actions.services import BULK_KINDS, do_for_many
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import BulkAction
from mentorship.core.ui.requests import choice_in, page_of


class BulkActionList(CohortView):
    """The bulk actions of the last weeks, newest first."""

    template_name = "cohorts/bulk_actions/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        status = choice_in(request, "status", BulkAction.Status.choices)
        found = self.cohort.bulk_actions.select_related("by")
        page = page_of(request, found.filter(status=status) if status else found)
        rows = [(action, BULK_KINDS[action.kind].title) for action in page]
        return self.page(rows=rows, page_obj=page, chosen=status, states=BulkAction.Status.choices)


class BulkActionDetail(CohortObjectView[BulkAction]):
    """One bulk action, polled while it is under way."""

    template_name = "cohorts/bulk_actions/detail.html"

    def get_rows(self) -> QuerySet[BulkAction]:
        return self.cohort.bulk_actions.select_related("by")

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, action = BULK_KINDS[self.object.kind], self.object
        if request.htmx and not action.is_under_way:  # type: ignore[attr-defined]
            return HttpResponseClientRefresh()
        return self.page(action=action, title=kind.title)


def answer_for_many(view: CohortView, kind: str, items: Any, *, back: str, **more: Any) -> HttpResponse:
    """Do something for many people as `do_for_many`, and lead back, or to the page that shows how far it is."""
    action = do_for_many(cohort=view.cohort, kind=kind, items=items, by=view.user, back=back, **more)
    if action.pk:
        return redirect(action)
    messages.success(view.request, action.said)
    return redirect(back)
