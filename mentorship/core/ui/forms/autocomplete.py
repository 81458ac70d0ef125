"""Fields that browsers may fill in with their user's details (WCAG 1.3.5, HTML's autofill field names)."""

from django import forms

ABOUT_THE_READER = {
    "full_name": "name",
    "preferred_name": "nickname",
    "email": "email",
    "country": "country",
    "organisation": "organization",
}


def fill_in_about_reader(form: forms.BaseForm, **named: str) -> None:
    """Mark the fields of a form that ask about its reader; `named` gives the purpose of other fields."""
    for name, purpose in {**ABOUT_THE_READER, **named}.items():
        if name in form.fields:
            form.fields[name].widget.attrs.setdefault("autocomplete", purpose)
