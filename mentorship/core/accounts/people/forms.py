"""The profile form."""

from typing import Any

from django import forms

from mentorship.core.accounts.models import User
from mentorship.core.languages.known import language_choices
from mentorship.core.ui.forms.autocomplete import fill_in_about_reader
from mentorship.core.ui.forms.time_zone_field import TimeZoneField


class ProfileForm(forms.ModelForm):
    """Name, pronouns, the time zone in which a person sees times, and their language."""

    time_zone = TimeZoneField(required=False, empty="Not set (UTC)", help_text="All times are shown in this time zone.")

    language = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "Not set"), *language_choices()],
        help_text="For pages and emails that are available in it; the others are in English. If it is not set, you get "
        "the language of your browser, and emails in the main language of each cohort.",
    )

    class Meta:
        model = User
        fields = ("full_name", "preferred_name", "pronouns", "time_zone", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_in_about_reader(self)
