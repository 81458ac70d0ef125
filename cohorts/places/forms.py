"""Forms on the page of a person's place."""

from django import forms

from cohorts.models import Enrollment


class PlaceForm(forms.Form):
    """What somebody says about their place."""

    reason = forms.CharField(
        label="Would you tell us why?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnRolesForm(forms.Form):
    """Whether somebody would take part again."""

    roles = forms.MultipleChoiceField(
        label="I would come back as",
        required=False,
        choices=[*((r.value, r.label) for r in Enrollment.Role), ("speaker", "speaker")],
        widget=forms.CheckboxSelectMultiple,
    )
