"""Import pages: upload, map the columns, preview, apply."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.imports.columns import fields_for
from cohorts.imports.forms import ImportApplyForm, ImportUploadForm, ReadingForm, read_decisions, read_mapping
from cohorts.imports.planning import ImportOptions, ImportPlan
from cohorts.imports.services import (
    PreviewChangedError,
    apply_import,
    plan_batch,
    read_again,
    result_of,
    start_import,
    table_of,
)
from cohorts.imports.teams import ABOUT_TEAM, FOR_ALL
from cohorts.models import ImportBatch
from mentorship.core.sheets import SheetError
from mentorship.core.ui.downloads.export import export
from mentorship.core.views import FormPage, errors_as_messages


class ImportUpload(FormPage, CohortView):
    """Choose a file and the role of its people."""

    template_name = "cohorts/imports/upload.html"
    for_editors = True
    error_field = "file"

    def get_form(self, *data: Any) -> ImportUploadForm:
        return ImportUploadForm(*data)

    def save(self, form: ImportUploadForm) -> HttpResponse:
        file, role = form.cleaned_data["file"], form.cleaned_data["role"]
        batch = start_import(cohort=self.cohort, role=role, filename=file.name, content=file.content, by=self.user)
        return redirect("cohorts:import-detail", cohort_slug=self.cohort.slug, pk=batch.pk)


class ImportBatchView(CohortObjectView[ImportBatch]):
    """A page about one import."""

    for_editors = True

    def get_rows(self) -> QuerySet[ImportBatch]:
        return self.cohort.imports.select_related("cohort__programme")  # type: ignore[attr-defined]

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "batch": self.object}


class ImportBatchDetail(ImportBatchView):
    """Map the columns, preview the import and apply it; afterwards, show the result."""

    template_name = "cohorts/imports/preview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        batch = self.object
        if request.headers.get("HX-Request") and batch.status != ImportBatch.Status.WORKING:
            return HttpResponseClientRefresh()
        if batch.status == ImportBatch.Status.UPLOADED:
            return self._preview(ImportOptions(mapping=batch.mapping), ImportApplyForm())
        self.template_name = f"cohorts/imports/{batch.status}.html"
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        batch, form = self.object, ImportApplyForm(request.POST)
        here = redirect("cohorts:import-detail", cohort_slug=self.cohort.slug, pk=batch.pk)
        if batch.status != ImportBatch.Status.UPLOADED:
            return here
        if "read" in request.POST:
            return self._read_again(here)
        options = ImportOptions(
            mapping=read_mapping(batch.rows[0], request.POST), decisions=read_decisions(request.POST)
        )
        if form.is_valid():
            options = replace(options, **form.cleaned_data)
        if "apply" not in request.POST or not form.is_valid():
            return self._preview(options, form)
        try:
            batch = apply_import(batch=batch, options=options, seen=request.POST.get("seen", ""), by=self.user)
        except (SheetError, PreviewChangedError) as error:
            messages.error(request, str(error))
            return self._preview(options, form)
        if batch.status == ImportBatch.Status.APPLIED:
            messages.success(request, "Sheet imported. No email was sent.")
        return here

    def _read_again(self, here: HttpResponse) -> HttpResponse:
        form = ReadingForm(self.request.POST, reading=self.object.reading)
        if form.is_valid():
            with errors_as_messages(self.request):
                read_again(batch=self.object, choice=form.choice)
        else:
            messages.error(self.request, "Choose how to read the file from the options listed.")
        return here

    def _preview(self, options: ImportOptions, form: forms.Form) -> HttpResponse:
        batch, error, plan = self.object, "", ImportPlan([], [])
        try:
            plan = plan_batch(batch, options)
        except SheetError as problem:
            error = str(problem)
        result = result_of(plan)
        asked = [(row, options.decisions.get(str(row.line), "")) for row in plan.asked]
        return self.page(
            status=422 if error else 200,
            columns=[
                (f"column-{i}", header, options.mapping.get(header, ""), [r[i] for r in batch.rows[1:4] if len(r) > i])
                for i, header in enumerate(batch.rows[0])
            ],
            fields=fields_for(batch.cohort, batch.role).items(),
            role_label=batch.cohort.programme.label_of(batch.role),
            form=form,
            reading=ReadingForm(reading=batch.reading) if batch.source is not None and batch.reading else None,
            error=error,
            digest=plan.digest,
            new=plan.new,
            result=result,
            asked=[row for row in asked if row[0].asks != ABOUT_TEAM],
            teams=[row for row in asked if row[0].asks == ABOUT_TEAM],
            all_teams=options.decisions.get(FOR_ALL, ""),
            rejected=[told for told in result.rejected if told not in result.asked],
        )


class RejectedRows(ImportBatchView):
    """The rejected rows with their reasons, as a file to correct and upload again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        table = table_of(self.object)
        width = len(table.headers)
        reasons: dict[int, str] = dict(self.object.result.get("rejected", []))
        rejected = [
            [*row[:width], *[""] * (width - len(row)), reasons[line]] for line, row in table.body() if line in reasons
        ]
        return export(request, f"{self.cohort.slug}-rejected", [*table.headers, "reason"], rejected)
