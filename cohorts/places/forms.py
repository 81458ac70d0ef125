"""Forms on the page of a person's place."""

from django import forms

from cohorts.models import Enrollment


class PlaceForm(forms.Form):
    """The reason that somebody gives for leaving."""

    reason = forms.CharField(
        label="Would you tell us why?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnRolesForm(forms.Form):
    """The roles in which somebody would take part again."""

    roles = forms.MultipleChoiceField(
        label="I would come back as",
        required=False,
        choices=[*((r.value, r.label) for r in Enrollment.Role), ("speaker", "speaker")],
        widget=forms.CheckboxSelectMultiple,
    )
