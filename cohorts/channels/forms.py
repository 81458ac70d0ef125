"""The form of a channel. Input only."""

from typing import Any

from django import forms

from cohorts.models import Channel


class ChannelForm(forms.ModelForm):
    """One channel of a programme; each of a kind has a name of its own."""

    class Meta:
        model = Channel
        fields = ("kind", "name", "about", "link", "how_to_join", "for_role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.programme
        roles = [(role, f"Only {programme.plural_of(role)}") for role, _ in programme.roles]
        self.fields["for_role"] = forms.ChoiceField(
            label="For whom", required=False, choices=[("", "Everybody"), *roles]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        others = self.instance.programme.channels.filter(kind=cleaned.get("kind"), name=cleaned.get("name"))
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "The programme already has a channel of this kind with this name.")
        return cleaned
