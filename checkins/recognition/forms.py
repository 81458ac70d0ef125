"""Forms for honoraria and facilitators' tasks."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from checkins.models import Honorarium
from checkins.recognition.facilitator_tasks import facilitators_of
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.ui.forms.date_inputs import DayInput

MOST_HOURS = 2000


class HelperChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user}, {obj.get_role_display()}"


class HonorariumForm(forms.ModelForm):
    """The same amount for several helpers, and for somebody outside the cohort, such as a speaker."""

    people = HelperChoice(
        label="For whom", queryset=Enrollment.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    full_name = forms.CharField(label="Somebody else: name", required=False, max_length=200)
    email = AddressField(label="Their email address", required=False)

    class Meta:
        model = Honorarium
        fields = ("what", "amount", "currency")

    field_order = ("people", "full_name", "email", "what", "amount", "currency")

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helpers = cohort.enrollments.occupying_place().exclude(role=Enrollment.Role.MENTEE)
        self.fields["people"].queryset = helpers.select_related("user", "cohort__programme").order_by(  # type: ignore[attr-defined]
            "role", "user__full_name", "pk"
        )
        self.fields["what"].initial = f"helping in {cohort}"[:160]
        self.fields["amount"].min_value = Decimal("0.01")  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("full_name") and not cleaned.get("email"):
            self.add_error("email", "Where does the email to them go?")
        if not cleaned.get("people") and not cleaned.get("email"):
            self.add_error("people", "Choose somebody, or write a name and an address below.")
        return cleaned

    @property
    def number_of_people(self) -> int:
        """The number of different people to whom a valid form offers something."""
        addresses = {enrollment.user.email for enrollment in self.cleaned_data["people"]}
        return len(addresses | ({self.cleaned_data["email"].lower()} if self.cleaned_data["email"] else set()))

    @property
    def offer(self) -> dict[str, Any]:
        """The contents of a valid form in the format of `offer_honoraria`."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("what", "amount", "currency")},
            "people": [enrollment.user for enrollment in cleaned["people"]],
            "guest": (cleaned["email"], cleaned["full_name"]) if cleaned["email"] else None,
        }


class PaidForm(forms.Form):
    """The day and reference of a payment."""

    paid_on = forms.DateField(label="Paid on", widget=DayInput())
    reference = forms.CharField(label="Reference of the transfer", required=False, max_length=120)


class TaskForm(forms.Form):
    """A task of a facilitator."""

    name = forms.CharField(label="Task", max_length=200)
    owner = forms.ModelChoiceField(label="Whose", queryset=User.objects.none())
    due_on = forms.DateField(label="By", required=False, widget=DayInput())

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = facilitators_of(cohort)  # type: ignore[attr-defined]


def read_hours(data: Mapping[str, str], chosen: Iterable[int]) -> tuple[dict[int, int | None], dict[int, str]]:
    """The hours typed beside each chosen person, by the id of their enrollment; and errors for invalid ones."""
    hours: dict[int, int | None] = {}
    wrong: dict[int, str] = {}
    for pk in chosen:
        text = data.get(f"hours-{pk}", "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= MOST_HOURS):
            wrong[pk] = f"A whole number up to {MOST_HOURS}, or nothing."
        else:
            hours[pk] = int(text) if text else None
    return hours, wrong
