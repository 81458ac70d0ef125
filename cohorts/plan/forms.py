"""Forms about the dates and the checklist of a cohort, and the timeline of a programme. Input only."""

from typing import Any

from django import forms
from django.db.models import Q

from cohorts.models import ChecklistItem, Cohort, CohortDate, TimelineStep
from cohorts.plan.timelines import TIMELINES
from mentorship.core.accounts.models import User
from mentorship.core.querysets import found_by_any
from mentorship.core.ui.forms.date_inputs import DayInput, TimeOfDayInput
from mentorship.core.ui.forms.time_zone_field import TimeZoneField


class CohortDateForm(forms.ModelForm):
    """One date of a cohort, in its own time zone."""

    time_zone = TimeZoneField(required=False, empty="The cohort's", help_text="The time is in this time zone.")

    class Meta:
        model = CohortDate
        fields = ("name", "on", "time", "time_zone", "minutes", "place", "link", "shared")
        widgets = {"on": DayInput(), "time": TimeOfDayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].empty = f"The cohort's ({self.instance.cohort.zone_name})"  # type: ignore[attr-defined]


class ChecklistItemForm(forms.ModelForm):
    """One item of the checklist; its owner is in the team, or one of the cohort's facilitators."""

    class Meta:
        model = ChecklistItem
        fields = ("name", "owner", "due_on")
        widgets = {"due_on": DayInput()}

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facilitators = cohort.enrollments.filter(role="facilitator").occupying_place()  # type: ignore[attr-defined]
        of_team = Q(workspace_roles__workspace=cohort.programme.workspace_id)
        owners = found_by_any(User.objects.all(), of_team, Q(pk__in=facilitators.values("user")))
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "nobody yet"  # type: ignore[attr-defined]


class TimelineStepForm(forms.ModelForm):
    """One line of a programme's timeline."""

    class Meta:
        model = TimelineStep
        fields = ("name", "offset_days", "time", "minutes", "shared")
        widgets = {"time": TimeOfDayInput()}


class TimelineFormSetBase(forms.BaseModelFormSet):
    """Labels each field for screen readers, which the head of its table does not do."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            tick = isinstance(field, forms.BooleanField)
            field.widget.attrs |= {
                "class": "form-check-input" if tick else "form-control",
                "aria-label": f"{field.label}, line {index + 1 if index is not None else 'new'}",
            }


TimelineFormSet = forms.modelformset_factory(
    TimelineStep,
    form=TimelineStepForm,
    formset=TimelineFormSetBase,
    extra=0,
    can_delete=True,
    max_num=60,
    validate_max=True,
)


class SuggestedTimelineForm(forms.Form):
    """The suggested timeline that replaces the programme's own."""

    suggested = forms.ChoiceField(
        label="Start from a suggestion",
        choices=[(key, f"{one.label}. {one.about}") for key, one in TIMELINES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a timeline."},
    )
