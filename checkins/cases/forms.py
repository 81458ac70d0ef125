"""Forms for cases."""

from typing import Any

from django import forms
from django.db.models import Q

from checkins.cases.services import possible_owners
from checkins.models import Case
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.querysets import found_by_any
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.long_choice import LongChoiceField


class CaseForm(forms.ModelForm):
    """The owner, next step and date of a case, and a note."""

    note = forms.CharField(
        label="Add a note", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Case
        fields = ("status", "owner", "next_step", "due_on", "outcome")
        widgets = {"due_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = [person.pk for person in possible_owners(self.instance)]
        self.fields["owner"].queryset = User.objects.filter(pk__in=owners)  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "nobody yet"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("status") == Case.Status.DONE and not cleaned.get("outcome"):
            self.add_error("outcome", "Say in a few words how it ended.")
        return cleaned


class NewCaseForm(forms.Form):
    """A case that a coordinator noticed."""

    kind = forms.ChoiceField(label="What is it about?", choices=[c for c in Case.Kind.choices if c[0] != "conduct"])
    about = LongChoiceField(label="Who", required=False, empty_label="nobody")
    summary = forms.CharField(label="What is known", max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))
    next_step = forms.CharField(label="Next step", max_length=300)
    due_on = forms.DateField(label="By", widget=DayInput())

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_cohort = (Q(enrollments__cohort=cohort), Q(team_memberships__enrollment__cohort=cohort))
        people = found_by_any(User.objects.all(), *of_cohort)
        self.fields["about"].offer(people.order_by("full_name", "pk"))  # type: ignore[attr-defined]
