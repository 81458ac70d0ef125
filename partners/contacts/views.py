"""Pages for the contacts of a partner."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.views import Ask
from partners.contacts.forms import ContactForm
from partners.contacts.services import delete_contact, invite_contact
from partners.models import PartnerContact
from partners.records.view_base import OneFormPage, PartnerObjectView, PartnerView


class ContactInvite(OneFormPage, PartnerView):
    """Let a person of the partner sign in."""

    for_editors = True
    heading = "Invite a contact"
    button = "Invite"

    def look_up(self) -> None:
        super().look_up()
        self.state = (
            f"They see the impact pages of what {self.partner.name} supports, and nothing else. An email says how to "
            "sign in."
        )

    def get_form(self, *data: Any) -> ContactForm:
        return ContactForm(*data)

    def save(self, form: ContactForm) -> HttpResponse:
        contact = invite_contact(partner=self.partner, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"{contact.user} may sign in; an email says how.")
        return redirect(self.partner)


class ContactDelete(PartnerObjectView[PartnerContact]):
    """End the access of a contact."""

    asks = {
        "": Ask(
            "End this contact’s access?",
            "End access",
            "They no longer see the impact pages and invoices of the partner. They get no email.",
        ),
    }

    def get_rows(self) -> QuerySet[PartnerContact]:
        return self.partner.contacts.select_related("user", "partner")

    def post(self, request: HttpRequest) -> HttpResponse:
        delete_contact(contact=self.object, by=self.user)
        messages.success(request, f"{self.object.user} does not see {self.partner} any more.")
        return redirect(self.partner)
