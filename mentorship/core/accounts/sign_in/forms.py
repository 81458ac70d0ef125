"""Forms of the account pages with our limits, for proven addresses only."""

from typing import Any

from allauth.account.forms import AddEmailForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.core import context
from django import forms

from mentorship.core.accounts.sign_in.services import person_signing_in, spend_mail
from mentorship.core.web import limits

TOO_MANY_MAILS = (
    "We have sent several emails to this address already. Use the newest one, look in the spam folder too, or try "
    "again in {wait}."
)


class SignInCodeForm(RequestLoginCodeForm):
    """Ask for a sign-in code."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        _spend_mail(email)
        self._user = person_signing_in(email)
        return email


class NewPasswordForm(ResetPasswordForm):
    """Ask for the link to set a new password."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        _spend_mail(email)
        person = person_signing_in(email)
        self.users = [person] if person else []
        return email


class AddAddressForm(AddEmailForm):
    """Add an address, which gets a mail; the number a day is limited for each sender."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        try:
            limits.spend(context.request, address_by_account=str(self.user.pk), address_by_address=email.lower())
        except limits.LimitError as error:
            raise forms.ValidationError(TOO_MANY_MAILS.format(wait=error.wait)) from error
        return email


def _spend_mail(email: str) -> Any:
    try:
        spend_mail(context.request, email)
    except limits.LimitError as error:
        raise forms.ValidationError(TOO_MANY_MAILS.format(wait=error.wait)) from error
