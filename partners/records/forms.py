"""Forms for partners and logos, and the fields that other forms of the app share."""

from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.db.models import QuerySet

from cohorts.models import Cohort, Group, Programme
from mentorship.core.errors import ServiceError
from mentorship.core.reference_data import countries, country_code
from mentorship.core.ui.forms.date_inputs import DayInput
from partners.documents.identifiers import e_address, vat_number
from partners.models import Partner, PartnerKind
from partners.money.regions import country_codes, country_words, is_codes
from partners.records.kinds import EXAMPLES
from partners.records.logos import LIMIT, read_logo

CENT = Decimal("0.01")


class AmountField(forms.DecimalField):
    """An amount of money, at least `least`, as large as a column of models/fields.py takes."""

    def __init__(self, *, least: Decimal | int = 0, **kwargs: Any) -> None:
        super().__init__(min_value=least, max_digits=15, decimal_places=3, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """An amount of the database with the decimals that it needs: 4000.00 in place of 4000.000; none is empty."""
        if isinstance(value, str) or value is None:
            return value
        if not value and not self.required:
            return ""
        known = Decimal(value).normalize()
        return f"{known.quantize(CENT) if known == known.quantize(CENT) else known:f}"


class CurrencyField(forms.CharField):
    """The ISO code of a currency, in capital letters."""

    def to_python(self, value: Any) -> str:
        code = (super().to_python(value) or "").upper()
        if code and code not in list_currencies():
            raise forms.ValidationError("Enter the three letters of a currency, such as EUR.")
        return code


class CountryField(forms.ChoiceField):
    """A country, chosen by name and stored as its ISO code; a typed name or code is understood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": lambda: [("", "Choose a country"), *countries()], **kwargs})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return country_code(text) or text


class PlacesField(forms.CharField):
    """Countries and continents, typed by name and stored as ISO codes with blanks between them."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "label": "Only for people in",
            "help_text": "Countries or continents, with commas: Kenya, Nepal, or Africa. Leave empty for anywhere.",
            "max_length": 2000,
        }
        super().__init__(**{**words, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return country_words(value.split()) if isinstance(value, str) and is_codes(value) else value

    def clean(self, value: Any) -> str:
        codes, unknown = country_codes(super().clean(value))
        if unknown:
            raise forms.ValidationError(f"We don’t know “{unknown[0]}”. Enter the name of a country or continent.")
        return " ".join(sorted(codes))


class CommunitiesField(forms.MultipleChoiceField):
    """Names of groups, chosen from those of the programme's rounds and stored in lines. See `offer_communities`."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"label": "Only for people of", "widget": forms.CheckboxSelectMultiple}
        super().__init__(**{**words, "help_text": "Groups of your rounds. None ticked: anybody.", **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return value.splitlines() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return "\n".join(super().clean(value))


def offer_communities(form: forms.ModelForm, cohorts: QuerySet[Cohort]) -> None:
    """Offer the names of the groups of these cohorts, and those chosen before; no field if there are none."""
    before = form.instance.communities.splitlines() or str(form.initial.get("communities") or "").splitlines()
    names = set(Group.objects.filter(cohort__in=cohorts).values_list("name", flat=True)[:500]) | set(before)
    if names:
        form.fields["communities"].choices = [(n, n) for n in sorted(names, key=str.casefold)]  # type: ignore[attr-defined]
    else:
        del form.fields["communities"]


class ProgrammeChoice(forms.Form):
    """Part of a form: to which of the coordinator's programmes something new belongs.

    With one programme there is nothing to choose; with several nothing is chosen for the coordinator.
    """

    programme = forms.ModelChoiceField(queryset=Programme.objects.none(), empty_label="Choose a programme")

    def offer_programmes(self, programmes: QuerySet[Programme], *, required: bool = True) -> None:
        """Offer these; nothing is shown if there is only one."""
        self.programmes = list(programmes[:2])
        several = len(self.programmes) > 1
        field = self.fields["programme"]
        field.queryset, field.required = programmes.order_by("name"), required and several  # type: ignore[attr-defined]
        if not several:
            field.widget = forms.HiddenInput()

    def chosen_programme(self) -> Any:
        """The only programme or the chosen one, once the form is valid; takes it out of the cleaned data.

        None only where choosing one was not required.
        """
        chosen: Programme | None = self.cleaned_data.pop("programme", None)
        return self.programmes[0] if len(self.programmes) == 1 else chosen


class PartnerForm(ProgrammeChoice, forms.ModelForm):
    """The record of a partner; a new one belongs to one of the coordinator's programmes."""

    kinds = forms.MultipleChoiceField(
        label="What kind of partner",
        choices=PartnerKind.Kind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Several may apply. You can add what they bring and ask for on their page.",
    )
    country = CountryField(required=False)
    currency = CurrencyField(max_length=3, required=False, help_text="Such as EUR.")

    class Meta:
        model = Partner
        fields = (
            "name",
            "wrong_names",
            "legal_name",
            "website",
            "official",
            "naming",
            "naming_rules",
            "street",
            "postcode",
            "city",
            "country",
            "tax_id",
            "registration_number",
            "billing_email",
            "buyer_reference",
            "e_format",
            "e_address",
            "currency",
            "language",
            "decided_by",
            "decided_where",
            "next_touch_on",
            "next_touch",
            "note",
        )
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            "naming_rules": forms.Textarea(attrs={"rows": 2}),
            "wrong_names": forms.Textarea(attrs={"rows": 2}),
            "next_touch_on": DayInput(),
        }

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A name alone is enough: fields left empty take the model's default.
        for name in ("naming", "language", "e_format"):
            self.fields[name].required = False
        self.order_fields(["programme", "name", "kinds", *self.Meta.fields[1:]])
        if self.instance.pk:
            del self.fields["programme"], self.fields["kinds"]
        else:
            self.offer_programmes(programmes)

    def _or_default(self, name: str) -> Any:
        return self.cleaned_data.get(name) or getattr(Partner(), name)

    def clean_currency(self) -> str:
        return str(self._or_default("currency"))

    def clean_naming(self) -> str:
        return str(self._or_default("naming"))

    def clean_language(self) -> str:
        return str(self._or_default("language"))

    def clean_e_format(self) -> str:
        return str(self._or_default("e_format"))

    def clean_wrong_names(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["wrong_names"].splitlines()]
        if self.cleaned_data.get("name") in lines:
            raise forms.ValidationError("This is the right form of the name. Enter only wrong ones.")
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def clean_e_address(self) -> str:
        text: str = self.cleaned_data["e_address"]
        if text and not e_address(text)[1]:
            raise forms.ValidationError("Enter the scheme, a colon and the number, such as 0204:991-01234-44.")
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tax_id"):
            data["tax_id"] = vat_number(data["tax_id"], data.get("country", ""))
            if not data["tax_id"]:
                self.add_error(
                    "tax_id",
                    "Enter a VAT number of their country with its letters, such as DE123456789. "
                    "Enter any other number as registration or tax number.",
                )
        return data


class KindForm(forms.ModelForm):
    """One kind of a partner, with what it brings and asks."""

    class Meta:
        model = PartnerKind
        fields = ("kind", "official", "brings", "asks")
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("brings", "asks")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list(self.instance.partner.kinds.exclude(pk=self.instance.pk).values_list("kind", flat=True))
        field: Any = self.fields["kind"]
        field.choices = [choice for choice in field.choices if choice[0] not in there]
        brings, asks = EXAMPLES.get(self.instance.kind, ("", ""))
        self.fields["brings"].help_text = brings and f"Such as: {brings}"
        self.fields["asks"].help_text = asks and f"Such as: {asks}"
        if self.instance.pk:
            del self.fields["kind"]


class LogoForm(forms.Form):
    """A picture file; empty removes the logo."""

    file = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG or JPEG, up to 300 kB. Leave it empty to remove the logo.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    def clean_file(self) -> bytes | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            # One byte more than allowed is enough to detect an oversized file.
            content = bytes(file.read(LIMIT + 1))
            read_logo(content)
        except ServiceError as error:
            raise forms.ValidationError(str(error)) from error
        return content
