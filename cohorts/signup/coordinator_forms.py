"""The sign-up form as coordinators fill it in for somebody else."""

from typing import Any

from django import forms

from cohorts.models import Enrollment
from cohorts.signup.forms import SignupForm
from cohorts.signup_form.labels import is_help_wanted
from mentorship.core.accounts.field_access import Audience, reads_in_words
from mentorship.core.ui.forms.error_words import required_words

# The same questions, in the third person.
LABELS = {
    "full_name": "Name",
    "email": "Email address",
    "pronouns": "Pronouns",
    "title": "Project title",
    "description": "About the project",
    "topics": "Topics",
    "goals": "Goals",
    "mentoring_type": "Kind of mentoring",
    "interaction_style": "Ways to work together",
    "hours_per_month": "Hours a month",
    "capacity": "How many they can take on",
    "mentors_wanted": "How many mentors they want",
    "country": "Country",
    "city": "City or region",
    "time_zone": "Time zone",
    "availability": "Hours of the week",
    "languages": "Languages",
    "private_needs": "Private needs",
    "shares_address": "They agreed that their match may see their email address",
    "listed_publicly": "They agreed to be named in public as part of this cohort",
}
HELP_WANTED = "What help they would like"
REQUIRED = {"full_name": "Enter their name.", "email": "Enter their email address."}
HELP = {
    "full_name": "As they write it themselves, in any script.",
    "email": "All their emails go here.",
    "private_needs": reads_in_words(Audience.COORDINATORS),
    "shares_address": "Tick this only if they told you so.",
    "listed_publicly": "Tick this only if they told you so.",
    "topics": "Choose some or add others, with commas between them. Use “quotes” round a topic that has a comma.",
    "availability": "When they can usually meet, on their own clock.",
}
# These identify a person, so they are never empty.
ALWAYS = ("full_name", "email", "title")


class CoordinatorSignupForm(SignupForm):
    """The public sign-up form with its checks, filled in by coordinators for somebody else.

    Nothing is filled in by itself. What an earlier sign-up or a sheet left empty may stay empty, since only the person
    can answer it. With `locked` name and address can't be changed: the account is used elsewhere; with `address_locked`
    the address can't: they have proven it.
    """

    def __init__(
        self,
        *args: Any,
        enrollment: Enrollment | None = None,
        locked: bool = False,
        address_locked: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, passed=True, **kwargs)
        for name, field in self.fields.items():
            if name in LABELS:
                label = LABELS[name].replace("mentors", self.cohort.programme.plural_of("mentor"))
                field.label = HELP_WANTED if is_help_wanted(name, self.cohort, self.role) else label
                field.error_messages["required"] = REQUIRED.get(name) or required_words(field.label, field)
            field.help_text = HELP.get(name, field.help_text)
            field.widget.attrs.pop("data-timezone", None)
            if enrollment is None and name in ("mentoring_type", "interaction_style"):
                field.initial = None
            if enrollment is not None and name not in ALWAYS and not self.initial.get(name):
                field.required = False
        if "shares_address" in self.fields:
            self.fields["shares_address"].required = False
        told = "what you changed" if enrollment else "that they are signed up, with a link to change what you typed"
        self.fields["mail"] = forms.BooleanField(
            label="Email them", required=False, initial=True, help_text=f"Tells them {told}."
        )
        for name in ("full_name", "email", "pronouns") if locked else ():
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = "They use this account elsewhere too, so only they can change this."
        if address_locked and not locked and "email" in self.fields:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = (
                "They have confirmed this address, so only they can change it, in their profile. If they can’t read "
                "email there any more, ask an operator."
            )

    def clean_full_name(self) -> str:
        if not self.cleaned_data["full_name"].strip():
            raise forms.ValidationError("Enter their name.", code="required")
        return super().clean_full_name()
