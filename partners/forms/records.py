"""What coordinators type about partners and what they support."""

from typing import Any

from django import forms

from cohorts.models import Group, Programme
from partners.logos import LIMIT, LogoError, read_logo
from partners.models import Deliverable, Partner, Sponsorship

DAY = {"type": "date"}


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs=DAY, format="%Y-%m-%d")


class UpperField(forms.CharField):
    """Codes of countries and currencies, in capital letters however they are typed."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class PartnerForm(forms.ModelForm):
    """An organisation. A new one belongs to one of the coordinator's programmes."""

    programme = forms.ModelChoiceField(queryset=Programme.objects.none(), empty_label=None)
    country = UpperField(max_length=2, required=False, help_text="Two letters, such as DE.")
    currency = UpperField(max_length=3, required=False, help_text="Such as EUR.")

    class Meta:
        model = Partner
        fields = (
            "name", "legal_name", "website", "official", "naming", "naming_rules", "street", "postcode", "city",
            "country", "tax_id", "billing_email", "currency", "language", "requirements_agreed_on",
            "requirements_agreed_by", "decided_by", "next_touch_on", "next_touch", "note",
        )  # fmt: skip
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            "naming_rules": forms.Textarea(attrs={"rows": 2}),
            "requirements_agreed_on": day_input(),
            "next_touch_on": day_input(),
        }

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What nobody says is what it is by default: a partner is on record with its name alone.
        for name in ("naming", "language"):
            self.fields[name].required = False
        self.order_fields(["programme", *self.Meta.fields])
        if self.instance.pk:
            del self.fields["programme"]
        else:
            self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]

    def _or_default(self, name: str) -> Any:
        return self.cleaned_data.get(name) or getattr(Partner(), name)

    def clean_currency(self) -> str:
        return str(self._or_default("currency"))

    def clean_naming(self) -> str:
        return str(self._or_default("naming"))

    def clean_language(self) -> str:
        return str(self._or_default("language"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("requirements_agreed_on") and not data.get("requirements_agreed_by"):
            self.add_error("requirements_agreed_by", "Write who agreed on that day.")
        return data


class LogoForm(forms.Form):
    """A picture file, or nothing to take the old one away."""

    file = forms.FileField(
        label="Logo", required=False, help_text="PNG or JPEG, 300 kB at most. Empty: the logo is taken away.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )  # fmt: skip

    def clean_file(self) -> bytes | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            # One byte more than allowed is enough to see that it is too much.
            content = bytes(file.read(LIMIT + 1))
            read_logo(content)
        except LogoError as error:
            raise forms.ValidationError(str(error)) from error
        return content


class ContactForm(forms.Form):
    """A person of the partner."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail")


class SponsorshipForm(forms.ModelForm):
    """What the partner supports, and on which terms."""

    scope = forms.CharField(label="With what", max_length=300, help_text="Such as: the time of 15 mentors.")
    amount = forms.DecimalField(min_value=0, required=False, help_text="Empty: no money.")
    currency = UpperField(max_length=3, required=False)
    seat_price = forms.DecimalField(
        label="Price of a seat", min_value=0, required=False, help_text="What one accepted person of its group costs."
    )

    class Meta:
        model = Sponsorship
        fields = ("cohort", "scope", "agreement", "starts_on", "ends_on", "amount", "currency", "po_number", "group",
                  "seat_price", "draft")  # fmt: skip
        labels = {"starts_on": "From", "ends_on": "Until", "draft": "Not agreed yet"}
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = None  # type: ignore[attr-defined]
        groups = Group.objects.filter(cohort__in=cohorts).select_related("cohort")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["cohort"]

    def clean_amount(self) -> Any:
        return self.cleaned_data["amount"] or 0

    def clean_seat_price(self) -> Any:
        return self.cleaned_data["seat_price"] or 0

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or "EUR"

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "partner"}  # type: ignore[misc]


class InstalmentForm(forms.Form):
    """One part of the money, or all that is left in equal parts."""

    due_on = forms.DateField(label="Due on", widget=day_input())
    amount = forms.DecimalField(min_value=0, required=False, help_text="Empty: all that has no day yet.")
    what = forms.CharField(label="What for", max_length=200, required=False, help_text="Such as: on signing.")
    parts = forms.IntegerField(
        label="In equal parts", min_value=1, max_value=36, initial=1, required=False,
        help_text="Splits what has no day yet, to the last cent.",
    )  # fmt: skip
    months = forms.IntegerField(label="Months between them", min_value=1, max_value=12, initial=3, required=False)


class DeliverableForm(forms.Form):
    """What we owe the partner."""

    what = forms.CharField(max_length=200, help_text="Such as: a report after the cohort.")
    due_on = forms.DateField(label="Until", required=False, widget=day_input())


class DeliverableStatusForm(forms.Form):
    """How it stands."""

    status = forms.ChoiceField(choices=Deliverable.Status)
    link = forms.URLField(required=False, help_text="Where it can be seen.")
