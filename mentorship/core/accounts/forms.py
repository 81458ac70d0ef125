"""What people say about themselves."""

from typing import Any

from django import forms

from mentorship.core.accounts.models import User, known_time_zones


class ProfileForm(forms.ModelForm):
    """Name, pronouns and the clock in which a person reads times."""

    time_zone = forms.ChoiceField(required=False, help_text="All times are shown on this clock.")

    class Meta:
        model = User
        fields = ("full_name", "preferred_name", "pronouns", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(n for n in known_time_zones() if "/" in n and not n.startswith("SystemV/"))
        self.fields["time_zone"].choices = [("", "Not set (UTC)"), *((n, n.replace("_", " ")) for n in names)]  # type: ignore[attr-defined]
