"""Import pages: upload, map the columns, preview, apply."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.imports.columns import fields_for
from cohorts.imports.forms import ImportApplyForm, ImportUploadForm, read_mapping
from cohorts.imports.services import ImportResult, apply_import, import_rows, start_import
from cohorts.models import ImportBatch
from mentorship.core.sheets import SheetError
from mentorship.core.ui.export import export
from mentorship.core.views import FormPage


class ImportUpload(FormPage, CohortView):
    """Choose a file and the role of its people."""

    template_name = "cohorts/imports/upload.html"
    for_editors = True
    error_field = "file"

    def get_form(self, *data: Any) -> ImportUploadForm:
        return ImportUploadForm(*data)

    def save(self, form: ImportUploadForm) -> HttpResponse:
        file, role = form.cleaned_data["file"], form.cleaned_data["role"]
        batch = start_import(cohort=self.cohort, role=role, filename=file.name, content=file.read(), by=self.user)
        return redirect("cohorts:import-detail", cohort_slug=self.cohort.slug, pk=batch.pk)


class ImportBatchView(CohortObjectView[ImportBatch]):
    """A page about one import."""

    for_editors = True

    def get_rows(self) -> QuerySet[ImportBatch]:
        return self.cohort.imports.select_related("cohort__programme")  # type: ignore[attr-defined]

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "batch": self.object}


class ImportBatchDetail(ImportBatchView):
    """Map the columns and preview what would happen, then apply it; after that, what became of it."""

    template_name = "cohorts/imports/preview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        batch = self.object
        if request.headers.get("HX-Request") and batch.status != ImportBatch.Status.WORKING:
            return HttpResponseClientRefresh()
        if batch.status == ImportBatch.Status.UPLOADED:
            return self._preview(dict(batch.mapping), ImportApplyForm())
        done = batch.status == ImportBatch.Status.APPLIED
        self.template_name = "cohorts/imports/applied.html" if done else "cohorts/imports/working.html"
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        batch, form = self.object, ImportApplyForm(request.POST)
        here = redirect("cohorts:import-detail", cohort_slug=self.cohort.slug, pk=batch.pk)
        if batch.status != ImportBatch.Status.UPLOADED:
            return here
        mapping = read_mapping(batch.rows[0], request.POST)
        if "apply" not in request.POST or not form.is_valid():
            return self._preview(mapping, form)
        try:
            batch = apply_import(batch=batch, mapping=mapping, by=self.user, **form.cleaned_data)
        except SheetError as error:
            messages.error(request, str(error))
            return self._preview(mapping, form)
        if batch.status == ImportBatch.Status.APPLIED:
            messages.success(request, "The sheet is in. No mail was sent.")
        return here

    def _preview(self, mapping: dict[str, str], form: forms.Form) -> HttpResponse:
        batch, error, result = self.object, "", ImportResult()
        try:
            result = import_rows(cohort=batch.cohort, role=batch.role, rows=batch.rows, mapping=mapping, dry_run=True)
        except SheetError as problem:
            error = str(problem)
        return self.page(
            status=422 if error else 200,
            columns=[
                (f"column-{i}", header, mapping.get(header, ""), [row[i] for row in batch.rows[1:4] if len(row) > i])
                for i, header in enumerate(batch.rows[0])
            ],
            fields=fields_for(batch.cohort, batch.role).items(),
            form=form,
            error=error,
            result=result,
        )


class RejectedRows(ImportBatchView):
    """The rejected rows with their reasons, as a file to mend and send again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.object.rows
        width = len(rows[0])
        reasons: dict[int, str] = dict(self.object.result.get("rejected", []))
        rejected = [
            [*rows[line - 1], *[""] * (width - len(rows[line - 1])), why] for line, why in sorted(reasons.items())
        ]
        return export(request, f"{self.cohort.slug}-rejected", [*rows[0], "reason"], rejected)
