"""Amounts of money in models: a Decimal with an ISO 4217 code beside it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from partners.money.currency import MINOR_DIGITS

E_FORMATS = [
    ("facturx", "Factur-X / ZUGFeRD, inside the PDF"),
    ("xrechnung", "XRechnung, beside the PDF"),
    ("peppol", "Peppol BIS Billing, beside the PDF"),
]
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "français"), ("es", "español")]


def validate_currency(value: str) -> None:
    """Raise ValidationError if `value` is not a current ISO 4217 code."""
    if value not in MINOR_DIGITS:
        raise ValidationError("Write the currency as a code of three letters, such as EUR.", code="currency")


def money_field(**options: Any) -> models.DecimalField:
    """An amount; three decimals, because some currencies have them."""
    return models.DecimalField(max_digits=15, decimal_places=3, **options)


def e_format_field(label: str) -> models.CharField:
    """In which format an e-invoice is written."""
    return models.CharField(label, max_length=12, choices=E_FORMATS, default="facturx", db_default="facturx")


def countries_field() -> models.CharField:
    """The countries for whose people money may be spent: ISO codes with blanks between them; empty: any."""
    return models.CharField("only for people in", max_length=800, blank=True, default="", db_default="")


def communities_field() -> models.TextField:
    """The communities for whose people money may be spent: names of groups, one a line; empty: any."""
    return models.TextField("only for people of", blank=True, default="", db_default="")


def currency_field(**options: Any) -> models.CharField:
    """The code of the currency."""
    return models.CharField(max_length=3, validators=[validate_currency], **options)
