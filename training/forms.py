"""What coordinators type about training. Input only; services write."""

from typing import Any

from django import forms
from django.utils import timezone

from training.models import TrainingSession


class SessionForm(forms.ModelForm):
    """One slot. The start is typed on the reader's own clock."""

    training = forms.CharField(max_length=160, help_text="What is taught, such as: listening and asking.")
    provider = forms.CharField(max_length=160, help_text="Who gives it.")
    starts_at = forms.DateTimeField(
        label="Starts", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    class Meta:
        model = TrainingSession
        fields = ("training", "provider", "starts_at", "minutes", "seats", "joining_link")

    field_order = ("training", "provider", "starts_at", "minutes", "seats", "joining_link")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name().replace("_", " ")
        self.fields["starts_at"].help_text = f"On your own clock ({zone})."
        if self.instance.pk:
            self.initial["training"] = self.instance.training.name
            self.initial["provider"] = self.instance.training.provider.name

    def _get_validation_exclusions(self) -> set[str]:
        # The field is a name here; the service turns it into the row.
        return {*super()._get_validation_exclusions(), "training"}

    def _post_clean(self) -> None:
        name = self.cleaned_data.pop("training", None)
        super()._post_clean()
        if name is not None:
            self.cleaned_data["training"] = name
