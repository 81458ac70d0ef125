"""E-mail addresses as people type and paste them, with letters of any script before the @ (RFC 6531)."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.utils.translation import gettext

from mentorship.core.text import tidy_address


class AddressValidator(EmailValidator):
    """Django's validator, but with any letter, mark or digit before the @, if the mail server accepts that."""

    def __call__(self, value: Any) -> None:
        local, at, domain = str(value or "").rpartition("@")
        if local.isascii():
            return super().__call__(value)
        if not settings.EMAIL_SMTPUTF8:
            odd = next(char for char in local if not char.isascii())
            words = gettext("We can’t send email to an address with “{letter}” before the @. Enter another address.")
            raise ValidationError(words.format(letter=odd), code=self.code)
        plain = "".join("a" if _is_letter(char) else char for char in local)
        return super().__call__(f"{plain}{at}{domain}")


def allow_letters_of_any_script() -> None:
    """Make every e-mail field accept such addresses: all forms and models share Django's one validator."""
    validate_email.__class__ = AddressValidator  # type: ignore[assignment]


def _is_letter(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char)[0] in "LMN"


class AddressField(forms.EmailField):
    """An e-mail address, normalised as we store it; accepts "Ada Vogt <ada@example.org>"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        framed = re.search(r"<([^<>]*@[^<>]*)>", text)
        return tidy_address(framed[1] if framed else text) if "@" in text else text
