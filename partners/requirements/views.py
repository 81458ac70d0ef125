"""Pages for requirements: publish the list, ask a partner, and the page on which its contact answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.views import FormPage, WorkspaceView, errors_as_messages
from partners.models import PartnerContact
from partners.records.duties import may_act, names_of, who_may
from partners.records.links import REQUIREMENTS
from partners.records.standing import current_requirements, standing_of
from partners.records.view_base import PARTNERS, OneFormPage, PartnerView
from partners.requirements.forms import AcceptForm, RequirementsForm
from partners.requirements.services import (
    USUAL,
    answer_requirements,
    ask_for_requirements,
    publish_requirements,
)


class RequirementsEdit(OneFormPage, WorkspaceView):
    """Publish what a programme asks of its partners, as the next version."""

    for_editors = True
    heading = "Requirements"
    button = "Publish"
    crumbs = PARTNERS

    def look_up(self) -> None:
        found = self.allowed(Programme.objects.all()).select_related("workspace")
        self.programme = get_visible_or_404(found, slug=self.kwargs["programme_slug"])
        self.current = current_requirements(self.workspace_id)
        self.state = (
            f"Version {self.current.number}. Partners aren’t asked again automatically. Ask each of them on its page."
            if self.current
            else "This is what partners usually accept. Change it to suit you, then publish it."
        )

    @property
    def workspace_id(self) -> int:
        return self.programme.workspace_id

    def get_form(self, *data: Any) -> RequirementsForm:
        return RequirementsForm(*data, initial={"items": "\n".join(self.current.items if self.current else USUAL)})

    def save(self, form: RequirementsForm) -> HttpResponse:
        workspace = self.programme.workspace
        made = publish_requirements(workspace=workspace, items=form.cleaned_data["items"], by=self.user)
        messages.success(self.request, f"Version {made.number} is published.")
        return redirect("partners:partner-list")


class RequirementsAsk(PartnerView):
    """Ask the contacts of a partner to read and accept the current list."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            asked = ask_for_requirements(partner=self.partner, by=self.user)
            messages.success(request, f"Asked by email: {asked} of {self.partner}.")
        return redirect(self.partner)


class RequirementsAnswer(FormPage):
    """The contact's answer by the signed link of a mail, without signing in. Opening it changes nothing."""

    template_name = "partners/requirements/answer.html"
    error_field = "accepted"
    contact: PartnerContact

    def look_up(self) -> None:
        pk = REQUIREMENTS.read_one(self.kwargs["token"])
        found = PartnerContact.objects.select_related("partner__workspace__programme", "user").filter(pk=pk).first()
        if found is None:
            raise LinkError
        self.contact, self.standing = found, standing_of(found.partner)
        if self.standing.current is None:
            raise LinkError
        self.current = self.standing.current

    def get_form(self, *data: Any) -> AcceptForm:
        answer, items = self.standing.answer, self.current.items
        places = [str(place) for place, item in enumerate(items) if item not in self.standing.missing]
        note = answer.note if answer and answer.requirements_id == self.current.pk else ""
        initial = {"accepted": places, "note": note, "number": self.current.number}
        return AcceptForm(*data, requirements=self.current, initial=initial)

    def save(self, form: AcceptForm) -> HttpResponse:
        answer_requirements(contact=self.contact, by=self.contact.user, **form.cleaned_data)
        left = len(standing_of(self.contact.partner).missing)
        messages.success(self.request, "Thank you! Noted." if left else "Thank you! Everything is accepted.")
        return redirect("partners:requirements-answer", token=self.kwargs["token"])

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "partner": self.contact.partner,
            "programme": self.contact.partner.workspace.programme,
            "standing": self.standing,
            "contact": self.contact,
            "may_accept": may_act(self.contact.user, self.contact.partner, PartnerContact.Task.DECIDES),
            "deciders": names_of(who_may(self.contact.partner, PartnerContact.Task.DECIDES)),
        }
