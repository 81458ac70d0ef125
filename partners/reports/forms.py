"""Forms for reports and links to a report."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from cohorts.models import Cohort, Programme
from mentorship.core.ui.forms.long_choice import LongChoiceField
from mentorship.core.wording import check_wording
from partners.models import ImpactReport, Partner
from partners.records.forms import ProgrammeChoice
from partners.reports.blocks import all_blocks


def block_choices() -> list[tuple[str, str]]:
    """Every block of reports with its title, in order."""
    return [(block.kind, block.title) for block in all_blocks()]


class ReportForm(ProgrammeChoice, forms.ModelForm):
    """A report: its subject, words and blocks."""

    blocks = forms.MultipleChoiceField(
        choices=block_choices, widget=forms.CheckboxSelectMultiple, label="What it tells"
    )
    year = forms.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="Instead of one cohort: all that started in it."
    )
    first_year = forms.IntegerField(
        label="From year",
        required=False,
        min_value=2000,
        max_value=2100,
        help_text="For a report about several years: the first of them. The year above is the last.",
    )

    class Meta:
        model = ImpactReport
        fields = ("title", "partner", "cohort", "year", "first_year", "words", "blocks")
        field_classes = {"partner": LongChoiceField, "cohort": LongChoiceField}
        labels = {"partner": "For", "words": "Your own words"}
        widgets = {"words": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, programmes: QuerySet[Programme] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name if name != "words" else "programme" for name in self.Meta.fields[:6]])
        if programmes is None:
            for name in ("partner", "cohort", "year", "first_year", "programme"):
                del self.fields[name]
            return
        workspaces = programmes.values("workspace")
        self.offer_programmes(programmes, required=False)
        self.fields["partner"].offer(Partner.objects.filter(workspace_id__in=workspaces))  # type: ignore[attr-defined]
        self.fields["partner"].empty_label = "everybody"  # type: ignore[attr-defined]
        cohorts = Cohort.objects.filter(programme__workspace_id__in=workspaces).select_related("programme")
        self.fields["cohort"].offer(cohorts.order_by("-starts_on", "-pk"))  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = "a whole year"  # type: ignore[attr-defined]
        self.initial.setdefault("blocks", [block.kind for block in all_blocks()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_wording(self, self._workspace_id(), "title", "words")
        if not self.instance.pk and bool(data.get("cohort")) == bool(data.get("year")):
            self.add_error("year", "A report is about one cohort or about one year.")
        first, last = data.get("first_year"), data.get("year")
        if first and (not last or first > last):
            self.add_error("first_year", "Enter the last year above, and a first year before it.")
        several = "programme" in self.fields and len(self.programmes) > 1
        if several and not any(data.get(name) for name in ("programme", "cohort", "partner")):
            self.add_error("programme", "Choose the programme whose year it is about.")
        return data

    def _workspace_id(self) -> int | None:
        """The workspace of the report, once one is chosen by its programme, cohort or partner."""
        if self.instance.pk:
            return self.instance.workspace_id
        data = self.cleaned_data
        only = self.programmes[0] if len(self.programmes) == 1 else data.get("programme")
        of = data.get("cohort") or data.get("partner") or only
        return of.workspace_id if of else None


class ShareLinkForm(forms.Form):
    """How long a secret link is valid."""

    days = forms.IntegerField(label="Days that the link works", min_value=1, max_value=365, initial=30)
