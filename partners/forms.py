"""What coordinators type about partners. Input only; services write."""

from typing import Any

from django import forms

from cohorts.models import Cohort, Programme
from partners.models import Partner

DAY = {"type": "date"}


class PartnerForm(forms.ModelForm):
    """An organisation. A new one belongs to one of the coordinator's programmes."""

    programme = forms.ModelChoiceField(queryset=Programme.objects.none(), empty_label=None)
    field_order = ("programme", "name", "legal_name", "website", "official", "note")

    class Meta:
        model = Partner
        fields = ("name", "legal_name", "website", "official", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["programme"]
        else:
            self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """A person of the partner."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail")


class SponsorshipForm(forms.Form):
    """What the partner supports."""

    cohort = forms.ModelChoiceField(queryset=Cohort.objects.none(), empty_label=None)
    scope = forms.CharField(label="With what", max_length=300, help_text="Such as: the time of 15 mentors.")
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="Until", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
