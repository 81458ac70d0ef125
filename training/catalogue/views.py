"""Pages of the training catalogue."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView, CohortView
from mentorship.core.views import FormPage
from training.catalogue.forms import ProviderForm, TrainingForm
from training.catalogue.services import save_provider, save_training
from training.models import Provider, Training


class Catalogue(CohortView):
    """The providers and trainings of the programme, from all cohorts."""

    template_name = "training/catalogue/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        providers = Provider.objects.filter(workspace=self.workspace_id).prefetch_related("trainings")
        return self.page(providers=providers)


class _CatalogueEdit(FormPage, CohortObjectView[Any]):
    """The form of a training or a provider, and no more."""

    template_name = "training/catalogue/form.html"
    for_editors = True

    def look_up(self) -> None:
        super().look_up()
        # The saved name, not the one just typed.
        self.name = self.object.name

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "name": self.name}

    def done(self) -> HttpResponse:
        messages.success(self.request, "Saved.")
        return redirect("training:catalogue-list", cohort_slug=self.cohort.slug)


class TrainingEdit(_CatalogueEdit):
    """Edit a training."""

    def get_rows(self) -> QuerySet[Training]:
        return trainings_of_workspace(self.workspace_id)

    def get_form(self, *data: Any) -> TrainingForm:
        return TrainingForm(*data, instance=self.object)

    def save(self, form: TrainingForm) -> HttpResponse:
        save_training(training=form.save(commit=False), by=self.user)
        return self.done()


class ProviderEdit(_CatalogueEdit):
    """Edit a provider."""

    def get_rows(self) -> QuerySet[Provider]:
        return Provider.objects.filter(workspace=self.workspace_id)

    def get_form(self, *data: Any) -> ProviderForm:
        return ProviderForm(*data, instance=self.object)

    def save(self, form: ProviderForm) -> HttpResponse:
        save_provider(provider=form.save(commit=False), by=self.user)
        return self.done()


def trainings_of_workspace(workspace_id: int) -> QuerySet[Training]:
    """The trainings of all providers of a workspace."""
    return Training.objects.filter(provider__workspace=workspace_id).select_related("provider")
