"""What is typed about opportunities, staying in touch, honoraria and tasks."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from checkins.models import AlumniConsent, DigestPlan, Honorarium, Opportunity
from checkins.services.helping import facilitators_of
from checkins.services.thanks import HELPING
from cohorts.models import Cohort, Enrollment
from mentorship.accounts.models import User

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OpportunityForm(forms.ModelForm):
    """A job, an event or funding."""

    class Meta:
        model = Opportunity
        fields = ("kind", "title", "text", "url", "closes_on")
        labels = {"url": "Link"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "closes_on": DATE}

    def clean_closes_on(self) -> date | None:
        closes: date | None = self.cleaned_data["closes_on"]
        if closes and closes < timezone.localdate():
            raise forms.ValidationError("This day has passed: nobody would hear of it.")
        return closes


class DigestPlanForm(forms.ModelForm):
    """When the digest goes out by itself."""

    class Meta:
        model = DigestPlan
        fields = ("every", "day")


class StayForm(forms.Form):
    """Whether somebody stays in touch, and as what they would come back."""

    stays = forms.ChoiceField(
        label="May we write to you now and then?",
        choices=[("yes", "Yes, stay in touch"), ("no", "No, thank you")],
        widget=forms.RadioSelect,
    )
    roles = forms.MultipleChoiceField(
        label="I would come back as",
        required=False,
        choices=list(AlumniConsent.RETURNS_AS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="We ask you when a new round begins. It binds you to nothing.",
    )


class BreakForm(forms.Form):
    """Until when nobody asks."""

    until = forms.DateField(
        label="Ask me again from", required=False, widget=DATE, help_text="Empty: not until I say so."
    )

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until <= timezone.localdate():
            raise forms.ValidationError("Choose a day that is still to come.")
        return until


class HelperChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user}, {obj.get_role_display()}"


class HonorariumForm(forms.ModelForm):
    """The same amount for some of those who help, and for somebody who is not in the cohort, such as a speaker."""

    people = HelperChoice(
        label="For whom", queryset=Enrollment.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    full_name = forms.CharField(label="Somebody else: name", required=False, max_length=200)
    email = forms.EmailField(label="Their e-mail address", required=False)

    class Meta:
        model = Honorarium
        fields = ("what", "amount", "currency")

    field_order = ("people", "full_name", "email", "what", "amount", "currency")

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helpers = cohort.enrollments.accepted().filter(role__in=HELPING)
        self.fields["people"].queryset = helpers.select_related("user").order_by(  # type: ignore[attr-defined]
            "role", "user__full_name", "pk"
        )
        self.fields["what"].initial = f"helping in {cohort}"[:160]
        self.fields["amount"].min_value = Decimal("0.01")  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("full_name") and not cleaned.get("email"):
            self.add_error("email", "Where does the mail to them go?")
        if not cleaned.get("people") and not cleaned.get("email"):
            self.add_error("people", "Choose somebody, or write a name and an address below.")
        return cleaned


class PaidForm(forms.Form):
    """When it was paid."""

    paid_on = forms.DateField(label="Paid on", widget=DATE)
    reference = forms.CharField(label="Reference of the transfer", required=False, max_length=120)


class TaskForm(forms.Form):
    """A task of a facilitator."""

    name = forms.CharField(label="Task", max_length=200)
    owner = forms.ModelChoiceField(label="Whose", queryset=User.objects.none())
    due_on = forms.DateField(label="By", required=False, widget=DATE)

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = facilitators_of(cohort)  # type: ignore[attr-defined]
