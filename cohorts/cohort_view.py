"""Base classes of coordinators' pages about a cohort, an object of a cohort, or a programme."""

from abc import abstractmethod
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404

from cohorts.models import Cohort, Programme
from cohorts.own_words import put_own_words
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.views import WorkspaceView

M = TypeVar("M", bound=Model)


class CohortView(WorkspaceView):
    """A page about the cohort that `cohort_slug` names in the address."""

    cohort: Cohort

    def look_up(self) -> None:
        self.cohort = get_visible_or_404(self.allowed(Cohort.objects.all()), slug=self.kwargs["cohort_slug"])
        self.request.cohort_of_page = self.cohort  # type: ignore[attr-defined]  # for the navigation

    @property
    def workspace_id(self) -> int:
        return self.cohort.workspace_id

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "cohort": self.cohort}

    def finish_form(self, form: BaseForm) -> BaseForm:
        return put_own_words(form, self.cohort.programme)


class CohortObjectView(CohortView, Generic[M]):
    """A page about one row of a cohort, which `pk` names in the address; without `pk`, about a new one."""

    object: M

    @abstractmethod
    def get_rows(self) -> QuerySet[M]:
        """The rows of `self.cohort` in which `pk` is looked up."""

    def make_new(self) -> M:
        """An unsaved row, on pages that also add."""
        raise Http404

    def look_up(self) -> None:
        super().look_up()
        pk = self.kwargs.get("pk")
        self.object = self.make_new() if pk is None else get_visible_or_404(self.get_rows(), pk=pk)


class ProgrammeView(WorkspaceView):
    """A page about the programme that `programme_slug` names in the address."""

    programme: Programme

    def look_up(self) -> None:
        self.programme = get_visible_or_404(self.allowed(Programme.objects.all()), slug=self.kwargs["programme_slug"])

    @property
    def workspace_id(self) -> int:
        return self.programme.workspace_id

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "programme": self.programme}

    def finish_form(self, form: BaseForm) -> BaseForm:
        return put_own_words(form, self.programme)
