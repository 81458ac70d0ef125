"""Forms for providers and trainings."""

from typing import Any

from django import forms

from cohorts.models import Enrollment
from mentorship.core.wording import check_wording
from training.models import Provider, Training


class ProviderForm(forms.ModelForm):
    class Meta:
        model = Provider
        fields = ("name", "contact", "price_list", "terms")

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Provider.objects.filter(workspace=self.instance.workspace_id, name=name).exclude(pk=self.instance.pk):
            raise forms.ValidationError("Another provider has this name.")
        return name


class TrainingForm(forms.ModelForm):
    """The subject and audience of a training."""

    roles = forms.MultipleChoiceField(label="For", choices=Enrollment.Role, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Training
        fields = (
            "name",
            "kind",
            "topic",
            "summary",
            "minutes",
            "materials",
            "roles",
            "obligatory",
            "experienced_welcome",
            "refresher_rounds",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["roles"] = self.instance.roles.split()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Training.objects.filter(provider=self.instance.provider_id, name=name).exclude(pk=self.instance.pk):
            raise forms.ValidationError("Another training of this provider has this name.")
        return name

    def clean_roles(self) -> str:
        return " ".join(self.cleaned_data["roles"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_wording(self, self.instance.provider.workspace_id, "name", "topic", "summary")
        return data
