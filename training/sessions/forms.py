"""Forms for sessions, invitations and planning."""

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, TimeZoneField, clean_own_zone
from mentorship.core.wording import check_wording
from training.models import Training, TrainingSession
from training.sessions.services import FIELDS
from training.sessions.slot_planner import AcceptableHours

# The starts of further slots, which a new session may bring with it.
MORE_SLOTS = ("second_at", "third_at")
# Pairs of short fields share a line.
PAIRS = [
    MORE_SLOTS,
    ("minutes", "credit_minutes"),
    ("seats", "minimum"),
    ("price", "currency"),
    ("change_hours", "answer_hours"),
    ("notes_link", "recording_link"),
]


def _in_pairs(names: list[str]) -> Layout:
    second = {right for _, right in PAIRS}
    right_of = dict(PAIRS)
    return Layout(
        *(
            Div(name, right_of[name], css_class="m-pair") if name in right_of else name
            for name in names
            if name not in second
        )
    )


class SessionForm(forms.ModelForm):
    """One slot or call. The start is in the session's own time zone, whatever the coordinator's is."""

    kind = forms.ChoiceField(choices=Training.Kind, required=False, help_text="Of a new training or series of calls.")
    training = forms.CharField(max_length=160, label="Name", help_text="What is taught, or what the calls are called.")
    provider = forms.CharField(max_length=160, required=False, help_text="Who gives it. Leave empty if it’s you.")
    starts_at = LocalMomentField(label="Starts", help_text="In the time zone below.")
    second_at = LocalMomentField(label="Second slot", required=False)
    third_at = LocalMomentField(label="Third slot", required=False, help_text="Leave empty for fewer slots.")
    time_zone = TimeZoneField(
        required=False, help_text="The venue’s time zone. For a call, the zone in which you announce it."
    )

    class Meta:
        model = TrainingSession
        fields = ("kind", "training", "provider", *FIELDS)

    field_order = ("kind", "training", "provider", "starts_at", *MORE_SLOTS, *FIELDS[1:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.instance.tz
        self.initial["time_zone"] = zone.key
        for name in ("starts_at", *MORE_SLOTS):
            if moment := self.initial.get(name):
                self.initial[name] = moment.astimezone(zone)
        for name in ("minimum", "change_hours", "answer_hours"):
            self.fields[name].required = False
        self.helper = FormHelper(self)
        self.helper.form_tag, self.helper.disable_csrf = False, True
        if self.instance.pk:
            self.initial["training"] = self.instance.training.name
            self.initial["provider"] = self.instance.training.provider.name
            for name in ("kind", *MORE_SLOTS):
                del self.fields[name]
        self.helper.layout = _in_pairs(list(self.fields))

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Training.Kind.TRAINING

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_minimum(self) -> int:
        return self._or_default("minimum")

    def clean_change_hours(self) -> int:
        return self._or_default("change_hours")

    def clean_answer_hours(self) -> int:
        return self._or_default("answer_hours")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("minimum") and data.get("seats") and data["minimum"] > data["seats"]:
            self.add_error("minimum", "The minimum is larger than the number of seats.")
        if data.get("price") is not None and not data.get("currency") and "currency" not in self.errors:
            self.add_error("currency", "In which currency?")
        check_wording(self, self.instance.cohort.workspace_id, "training", "place")
        clean_own_zone(self, "starts_at", self.instance.tz.key)
        starts = [data.get("starts_at")]
        for name in MORE_SLOTS:
            clean_own_zone(self, name, self.instance.tz.key)
            if data.get(name) and data[name] in starts:
                self.add_error(name, "Another slot starts at this moment.")
            starts.append(data.get(name))
        return data

    def _or_default(self, name: str) -> int:
        value = self.cleaned_data[name]
        return getattr(TrainingSession(), name) if value is None else value

    def _get_validation_exclusions(self) -> set[str]:
        # The field holds a name; the service finds or creates the training.
        return {*super()._get_validation_exclusions(), "training"}

    def _post_clean(self) -> None:
        name = self.cleaned_data.pop("training", None)
        super()._post_clean()
        if name is not None:
            self.cleaned_data["training"] = name


class CancelForm(forms.Form):
    """The reason for cancelling a session, sent to everybody who booked."""

    reason = forms.CharField(max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class InviteForm(forms.Form):
    words = forms.CharField(
        label="Words of your own", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class PlanningForm(forms.Form):
    """A week, and the acceptable hours."""

    week = forms.DateField(label="A day of the week", widget=DayInput())
    minutes = forms.IntegerField(label="Minutes", min_value=15, max_value=600, initial=180)
    slots = forms.TypedChoiceField(coerce=int, choices=[(n, str(n)) for n in (1, 2, 3)], initial=3)
    start = forms.IntegerField(label="From (o'clock)", min_value=0, max_value=23, initial=8)
    end = forms.IntegerField(label="To (o'clock)", min_value=1, max_value=24, initial=21)
    weekend = forms.BooleanField(label="Saturdays and Sundays, too", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            if data["end"] <= data["start"]:
                self.add_error("end", "This lies before the beginning.")
            elif (data["end"] - data["start"]) * 60 < data["minutes"]:
                self.add_error("minutes", "The session is longer than the day.")
            data["monday"] = data["week"] - timedelta(days=data["week"].weekday())
        return data

    @property
    def acceptable_hours(self) -> AcceptableHours:
        days = tuple(range(7 if self.cleaned_data["weekend"] else 5))
        return AcceptableHours(self.cleaned_data["start"], self.cleaned_data["end"], days)
