"""What is typed about opportunities."""

from django import forms

from checkins.models import Opportunity


class OpportunityForm(forms.ModelForm):
    """A job, an event or funding."""

    class Meta:
        model = Opportunity
        fields = ("kind", "title", "text", "url", "closes_on")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
