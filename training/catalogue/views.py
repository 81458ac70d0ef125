"""Pages of the training catalogue."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from training.catalogue.forms import ProviderForm, TrainingForm
from training.catalogue.services import save_provider, save_training
from training.models import Provider, Training


class Catalogue(CoordinatorRequiredMixin, View):
    """The providers and trainings of the programme, whatever cohort they were made in."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        providers = Provider.objects.filter(workspace=cohort.workspace_id).prefetch_related("trainings")
        context = {
            "cohort": cohort,
            "providers": providers,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "training/catalogue/list.html", context)


class CatalogueEdit(CoordinatorRequiredMixin, View):
    """A provider or a training; both are forms and no more."""

    kind = "training"

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort, row, form_class = self._found(request, cohort_slug, pk)
        return self._page(request, cohort, row, form_class(instance=row))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort, row, form_class = self._found(request, cohort_slug, pk)
        form = form_class(request.POST, instance=row)
        if not form.is_valid():
            return self._page(request, cohort, row, form, status=422)
        changed = form.save(commit=False)
        if isinstance(changed, Training):
            save_training(training=changed, by=request.user)
        else:
            save_provider(provider=changed, by=request.user)
        messages.success(request, "Saved.")
        return redirect("training:catalogue", cohort_slug=cohort.slug)

    def _found(self, request: HttpRequest, cohort_slug: str, pk: int) -> tuple[Cohort, Any, Any]:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if self.kind == "training":
            return cohort, training_or_404(cohort, pk), TrainingForm
        providers = Provider.objects.filter(workspace=cohort.workspace_id)
        return cohort, get_visible_or_404(providers, pk=pk), ProviderForm

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, row: Any, form: Any, status: int = 200) -> HttpResponse:
        # The name as it is saved, not as somebody just typed it.
        context = {"cohort": cohort, "form": form, "name": type(row).objects.get(pk=row.pk).name}
        return render(request, "training/catalogue/form.html", context, status=status)


def training_or_404(cohort: Cohort, pk: int) -> Training:
    mine = Training.objects.filter(provider__workspace=cohort.workspace_id).select_related("provider")
    return get_visible_or_404(mine, pk=pk)
