"""The profile form."""

from typing import Any

from django import forms

from mentorship.core.accounts.models import User
from mentorship.core.ui.forms.autocomplete import fill_in_about_reader
from mentorship.core.ui.forms.time_zone_field import TimeZoneField


class ProfileForm(forms.ModelForm):
    """Name, pronouns and the time zone in which a person sees times."""

    time_zone = TimeZoneField(required=False, empty="Not set (UTC)", help_text="All times are shown in this time zone.")

    class Meta:
        model = User
        fields = ("full_name", "preferred_name", "pronouns", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_in_about_reader(self)
