"""Pages about the groups of a cohort."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse

from cohorts.models import Group
from cohorts.plan.views import PlanRowEdit
from cohorts.setup.forms import GroupForm
from cohorts.setup.services import delete_group, save_group


class GroupEdit(PlanRowEdit[Group]):
    """Edit or delete a group with seats and a deadline of its own, or add one."""

    def get_rows(self) -> QuerySet[Group]:
        return self.cohort.groups.select_related("cohort__programme")

    def make_new(self) -> Group:
        return Group(cohort=self.cohort)

    def get_form(self, *data: Any) -> GroupForm:
        return GroupForm(*data, instance=self.object, cohort=self.cohort)

    def save(self, form: GroupForm) -> HttpResponse:
        save_group(group=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return self.back()

    def delete(self) -> None:
        delete_group(group=self.object, by=self.user)

    def get_context(self) -> dict[str, Any]:
        known = bool(self.object.pk)
        heading, what = ("Edit group", "group") if known else ("Add a group", "")
        return {**super().get_context(), "heading": heading, "what": what}
