"""The short forms of a first programme and its first cohort. Input only."""

from typing import Any

from django import forms

from cohorts.models import Cohort, Programme
from cohorts.plan.programme_templates import PROJECTS
from cohorts.setup.forms import short_name_of, take_words_of_template, template_field
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.time_zone_field import TimeZoneField

LONGEST = 60


class FirstProgrammeForm(forms.ModelForm):
    """As little as a programme can begin with: its kind, its name, and where answers go."""

    template = template_field(initial=PROJECTS.key)

    class Meta:
        model = Programme
        fields = ("template", "name", "contact_email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["slug"] = short_name_of(cleaned.get("name", ""), Programme.objects.all(), "programme", LONGEST)
        take_words_of_template(cleaned)
        return cleaned


class FirstCohortForm(forms.ModelForm):
    """As little as a cohort can begin with: its name, its days and its time zone."""

    time_zone = TimeZoneField(help_text="All dates of this cohort are in this time zone.", detect=True)

    class Meta:
        model = Cohort
        fields = ("name", "starts_on", "ends_on", "time_zone")
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["slug"] = short_name_of(cleaned.get("name", ""), Cohort.objects.all(), "cohort", LONGEST)
        return cleaned
