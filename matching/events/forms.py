"""Form for a speed mentoring event."""

from typing import Any

from django import forms

from cohorts.models import Enrollment
from matching.models import SpeedEvent, SpeedGuest
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.text import clean_name
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, TimeZoneField, clean_own_zone
from mentorship.core.wording import check_wording


class EventForm(forms.ModelForm):
    """A speed mentoring event. The start is in the event's own time zone, whatever the coordinator's is."""

    starts_at = LocalMomentField(label="Starts", help_text="In the time zone below.")
    time_zone = TimeZoneField(
        required=False, help_text="The venue’s time zone. For a call, the zone in which you announce it."
    )

    is_public = forms.BooleanField(
        label="anybody can sign up on a public page",
        required=False,
        help_text="With an address for the poster. Newcomers confirm their email address before they get a seat.",
    )

    class Meta:
        model = SpeedEvent
        fields = (
            "name",
            "place",
            "starts_at",
            "time_zone",
            "rounds",
            "minutes",
            "seats",
            "tables",
            "good_to_know",
            "mails_by_itself",
        )
        widgets = {"good_to_know": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance
        self.initial["time_zone"] = event.tz.key
        self.initial["is_public"] = bool(event.code)
        if event.starts_at:
            self.initial["starts_at"] = event.starts_at.astimezone(event.tz)
        programme = event.cohort.programme
        mentor, mentors = programme.mentor_label, programme.mentors_word
        self.fields["rounds"].help_text = f"Nobody meets the same {mentor} twice, so no more rounds than {mentors}."
        self.fields["seats"].label = f"Seats for {programme.mentees_word}"
        self.fields["tables"].label = f"Tables, one for each {mentor}"

    def clean(self) -> dict[str, Any]:
        super().clean()
        clean_own_zone(self, "starts_at", self.instance.tz.key)
        check_wording(self, self.instance.cohort.workspace_id, "name", "place", "good_to_know")
        return self.cleaned_data


class PublicRsvpForm(forms.ModelForm):
    """The sign-up of a newcomer on the public page."""

    email = AddressField(label="Your email address", help_text="We send you one link to confirm it.")

    class Meta:
        model = SpeedGuest
        fields = ("full_name", "email", "about")

    def __init__(self, *args: Any, proven: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].label = "Your name"
        self.fields["full_name"].error_messages["required"] = "Enter your name."
        self.fields["about"].label = "What would you like to talk about?"
        self.fields["about"].help_text = "If you like: it helps us to choose your tables."
        if proven:
            self.fields["email"].disabled, self.initial["email"] = True, proven
            self.fields["email"].help_text = "This address is already confirmed."

    def clean_full_name(self) -> str:
        name = clean_name(self.cleaned_data["full_name"])
        if not name:
            raise forms.ValidationError("Enter your name.", code="required")
        return name

    def clean_about(self) -> str:
        return clean_name(self.cleaned_data["about"])


class WalkInForm(forms.ModelForm):
    """The name of a stranger at the door."""

    email = AddressField(label="Email", required=False)

    class Meta:
        model = SpeedGuest
        fields = ("full_name", "role", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = self.instance.event.cohort.programme
        self.fields["full_name"].label = "Name"
        self.fields["full_name"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].help_text = "Only to offer them the sign-up afterwards."
        roles = [(role, programme.label_of(role)) for role in Enrollment.MATCHED_ROLES]
        self.fields["role"] = forms.ChoiceField(label="Comes as", choices=roles, initial=Enrollment.Role.MENTEE)

    clean_full_name = PublicRsvpForm.clean_full_name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        email, event = cleaned.get("email"), self.instance.event
        if email and event.guests.filter(email=email).exists():
            self.add_error("email", "Somebody with this address is on the list already: tick them there.")
        elif email and event.cohort.enrollments.filter(user__email=email, status="accepted").exists():
            self.add_error("email", "They are in this cohort: tick them in the list.")
        return cleaned
