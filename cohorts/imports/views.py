"""Import pages: upload, map the columns, preview, apply."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from cohorts.imports.columns import fields_for
from cohorts.imports.forms import ImportApplyForm, ImportUploadForm, read_mapping
from cohorts.imports.rows import read_rows
from cohorts.imports.services import ImportResult, apply_import, import_rows, start_import, suggest_mapping
from cohorts.models import Cohort, ImportBatch
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.sheets import SheetError
from mentorship.core.ui.export import export


class ImportUpload(CoordinatorRequiredMixin, View):
    """Choose a file and the role of its people."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return render(request, "cohorts/imports/upload.html", {"cohort": cohort, "form": ImportUploadForm()})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = ImportUploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                rows = read_rows(file.read())
            except SheetError as error:
                form.add_error("file", str(error))
            else:
                role = form.cleaned_data["role"]
                batch = start_import(
                    cohort=cohort,
                    role=role,
                    filename=file.name[:200],
                    rows=rows,
                    mapping=suggest_mapping(cohort, role, rows[0]),
                    by=request.user,  # type: ignore[arg-type]
                )
                return redirect("cohorts:import-batch", cohort_slug=cohort.slug, pk=batch.pk)
        return render(request, "cohorts/imports/upload.html", {"cohort": cohort, "form": form}, status=422)


class ImportBatchDetail(CoordinatorRequiredMixin, View):
    """Map the columns and see what would happen; then let it happen."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        batch = _batch_or_404(request, cohort_slug, pk)
        if request.headers.get("HX-Request") and batch.status != ImportBatch.Status.WORKING:
            return HttpResponseClientRefresh()
        if batch.status == ImportBatch.Status.APPLIED:
            return render(request, "cohorts/imports/applied.html", {"batch": batch, "cohort": batch.cohort})
        if batch.status == ImportBatch.Status.WORKING:
            return render(request, "cohorts/imports/working.html", {"batch": batch, "cohort": batch.cohort})
        return self._preview(request, batch, dict(batch.mapping), ImportApplyForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        batch = _batch_or_404(request, cohort_slug, pk)
        if batch.status != ImportBatch.Status.UPLOADED:
            return redirect("cohorts:import-batch", cohort_slug=cohort_slug, pk=pk)
        mapping, form = read_mapping(batch.rows[0], request.POST), ImportApplyForm(request.POST)
        if "apply" not in request.POST or not form.is_valid():
            return self._preview(request, batch, mapping, form)
        try:
            batch = apply_import(batch=batch, mapping=mapping, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except SheetError as error:
            messages.error(request, str(error))
            return self._preview(request, batch, mapping, form)
        if batch.status == ImportBatch.Status.APPLIED:
            messages.success(request, "The sheet is in. No mail was sent.")
        return redirect("cohorts:import-batch", cohort_slug=cohort_slug, pk=pk)

    def _preview(
        self, request: HttpRequest, batch: ImportBatch, mapping: dict[str, str], form: forms.Form
    ) -> HttpResponse:
        error, result = "", ImportResult()
        try:
            result = import_rows(cohort=batch.cohort, role=batch.role, rows=batch.rows, mapping=mapping, dry_run=True)
        except SheetError as problem:
            error = str(problem)
        context = {
            "batch": batch,
            "cohort": batch.cohort,
            "columns": [
                (f"column-{i}", header, mapping.get(header, ""), [row[i] for row in batch.rows[1:4] if len(row) > i])
                for i, header in enumerate(batch.rows[0])
            ],
            "fields": fields_for(batch.cohort, batch.role).items(),
            "form": form,
            "error": error,
            "result": result,
        }
        return render(request, "cohorts/imports/preview.html", context, status=422 if error else 200)


class RejectedRows(CoordinatorRequiredMixin, View):
    """The rejected rows with their reasons, as a file to mend and send again."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        batch = _batch_or_404(request, cohort_slug, pk)
        reasons: dict[int, str] = dict(batch.result.get("rejected", []))
        head = [*batch.rows[0], "reason"]
        rows = [[*_padded(batch.rows[line - 1], len(batch.rows[0])), why] for line, why in sorted(reasons.items())]
        return export(request, f"{cohort_slug}-rejected", head, rows)


def _padded(row: list[Any], length: int) -> list[Any]:
    return [*row, *[""] * (length - len(row))]


def _batch_or_404(request: HttpRequest, cohort_slug: str, pk: int) -> ImportBatch:
    cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
    return get_visible_or_404(cohort.imports.select_related("cohort__programme"), pk=pk)
