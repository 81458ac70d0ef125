"""Forms for sharing a session and for guests."""

from typing import Any

from django import forms
from django.utils import timezone

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.timezones import zone_name
from mentorship.core.ui.forms.autocomplete import fill_in_about_reader
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, TimeZoneField, clean_moment
from training.models import TrainingSession


class ProgrammeField(forms.CharField):
    """Another programme, by its short name in addresses."""

    def clean(self, value: Any) -> Programme | None:
        slug = super().clean(value)
        found = Programme.objects.filter(slug=slug).first() if slug else None
        if slug and found is None:
            raise forms.ValidationError("No programme has this short name. Ask its coordinators for it.")
        return found


class SeatsWantedForm(forms.Form):
    """The wish of a cohort for seats in another programme's training."""

    host = ProgrammeField(label="Programme", help_text="Its short name in addresses.")
    seats = forms.IntegerField(label="Number of people", min_value=1, max_value=2000)
    hours = forms.CharField(
        label="Hours that suit them",
        required=False,
        max_length=300,
        help_text="With the time zone, such as: weekday mornings in Nairobi.",
    )
    message = forms.CharField(
        label="Message", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class SeatsDeclinedForm(forms.Form):
    """The host’s words to those for whom it has no seats."""

    reply = forms.CharField(
        label="Your reply",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It’s included in the email to their coordinators.",
    )


class ShareForm(forms.Form):
    """A cohort, programme or organisation that may take a session, and the number of seats reserved for it."""

    cohort = forms.ModelChoiceField(Cohort.objects.none(), required=False, label="Another cohort of yours")
    programme = ProgrammeField(
        required=False, label="Another programme", help_text="Its short name in addresses. Its coordinators accept."
    )
    guest = forms.CharField(
        required=False, max_length=160, label="A sister organisation", help_text="Its mentors need no account."
    )
    guest_email = AddressField(required=False, label="Whom we write to there")
    seats = forms.IntegerField(label="Seats held for them", min_value=0, max_value=2000, initial=0, required=False)
    until = LocalMomentField(label="Held until", required=False)

    def __init__(self, *args: Any, session: TrainingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        cohort = session.cohort
        mine = Cohort.objects.filter(programme=cohort.programme_id).exclude(pk=cohort.pk)
        self.fields["cohort"].queryset = mine  # type: ignore[attr-defined]
        self.fields[
            "until"
        ].help_text = f"In the session’s time zone ({zone_name(session.tz)}). Leave empty: until it starts."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and sum(bool(data.get(name)) for name in ("cohort", "programme", "guest")) != 1:
            raise forms.ValidationError("Choose one: a cohort, a programme or an organisation.")
        clean_moment(self, "until", self.session.tz.key)
        until = data.get("until")
        if until and until <= timezone.now():
            self.add_error("until", "This moment is over.")
        return data


class GuestForm(forms.Form):
    """A mentor of a sister organisation: enough to reserve a seat and to write to them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_in_about_reader(self, name="name")

    name = forms.CharField(max_length=200, label="Your name")
    email = AddressField(label="Your email address", help_text="We email you a link; with it you choose a slot.")
    time_zone = TimeZoneField(empty="Choose", detect=True, label="Your time zone")
