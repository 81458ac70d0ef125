"""Pages for the contacts of a partner: invite, set what they do, absences, end their access."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.views import Ask
from partners.contacts.forms import AbsenceForm, ContactForm, ContactTermsForm
from partners.contacts.services import delete_contact, invite_contact, save_contact, set_absence
from partners.models import PartnerContact
from partners.records.view_base import OneFormPage, PartnerObjectView, PartnerPage, PartnerView


class ContactInvite(OneFormPage, PartnerView):
    """Let a person of the partner sign in."""

    for_editors = True
    heading = "Invite a contact"
    button = "Invite"

    def look_up(self) -> None:
        super().look_up()
        self.state = (
            f"They see what {self.partner.name} supports: its results, agreements, invoices and hours, and nothing "
            "else. An email says how to sign in."
        )

    def get_form(self, *data: Any) -> ContactForm:
        return ContactForm(*data)

    def save(self, form: ContactForm) -> HttpResponse:
        contact = invite_contact(partner=self.partner, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"{contact.user} may sign in; an email says how.")
        return redirect(self.partner)


class ContactEdit(OneFormPage, PartnerObjectView[PartnerContact]):
    """Set what a contact does for the partner, and who stands in for them."""

    for_editors = True
    error_field = "stand_in"
    state = "What they do for the partner, and who stands in while they are away."

    def look_up(self) -> None:
        super().look_up()
        self.heading = str(self.object.user)

    def get_rows(self) -> QuerySet[PartnerContact]:
        return self.partner.contacts.select_related("user", "partner", "stand_in")

    def get_form(self, *data: Any) -> ContactTermsForm:
        return ContactTermsForm(*data, contact=self.object)

    def save(self, form: ContactTermsForm) -> HttpResponse:
        terms = form.cleaned_data
        contact, tasks = self.object, terms.pop("tasks")
        contact.role = terms.pop("role")
        for task in PartnerContact.Task.values:
            setattr(contact, task, task in tasks)
        with transaction.atomic():
            save_contact(contact=contact, by=self.user)
            set_absence(contact=contact, by=self.user, **terms)
        messages.success(self.request, "Saved.")
        return redirect(self.partner)


class ContactAbsence(OneFormPage, PartnerPage):
    """A contact's own page: when they are away, and who stands in."""

    heading = "When you’re away"
    error_field = "stand_in"
    contact: PartnerContact

    def look_up(self) -> None:
        super().look_up()
        mine = self.partner.contacts.filter(user=self.user).select_related("user", "partner", "stand_in").first()
        if mine is None:
            raise Http404
        self.contact = mine
        self.state = f"Emails of {self.partner.workspace.programme} go to whoever stands in, who may decide for you."

    def get_form(self, *data: Any) -> AbsenceForm:
        return AbsenceForm(*data, contact=self.contact)

    def save(self, form: AbsenceForm) -> HttpResponse:
        saved = set_absence(contact=self.contact, by=self.user, **form.cleaned_data)
        told = f" {saved.stand_in.user} is told by email." if saved.stand_in else ""
        messages.success(self.request, f"Saved.{told}")
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
