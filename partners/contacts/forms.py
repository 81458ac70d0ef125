"""Forms for the contacts of a partner."""

from django import forms

from mentorship.core.accounts.people.addresses import AddressField


class ContactForm(forms.Form):
    """A person of the partner."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = AddressField(label="Email")
