"""Pages for what the programme owes a partner, for a round or for an agreement as a whole."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.accounts.permissions import get_visible_or_404
from partners.models import Deliverable
from partners.records.view_base import OneFormPage
from partners.sponsorships.deliverables import add_deliverable, save_deliverable
from partners.sponsorships.forms import DeliverableForm, DeliverableStatusForm
from partners.sponsorships.framework_views import AgreementView
from partners.sponsorships.views import SponsorshipPage, SponsorshipView


class DeliverableCreate(SponsorshipPage, SponsorshipView):
    """Record something the programme owes the partner for a round."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DeliverableForm(request.POST)
        if not form.is_valid():
            return self.page(status=422, deliverable_form=form)
        add_deliverable(terms=self.sponsorship, by=self.user, **form.cleaned_data)
        return self.to_sponsorship()


class OwedPage(OneFormPage):
    """The form of one deliverable. `find` looks it up among those of the page's round or agreement."""

    deliverable: Deliverable

    def find(self, found: Any) -> None:
        """Look the deliverable up that the address names."""
        self.deliverable = get_visible_or_404(found, pk=self.kwargs["deliverable"])
        self.heading = self.deliverable.what

    def get_form(self, *data: Any) -> DeliverableStatusForm:
        return DeliverableStatusForm(data[0] if data else None, instance=self.deliverable)


class DeliverableEdit(OwedPage, SponsorshipView):
    """Edit what is owed for a round, and note how far it is."""

    def look_up(self) -> None:
        super().look_up()
        self.find(self.sponsorship.deliverables.select_related("sponsorship__partner"))

    def save(self, form: DeliverableStatusForm) -> HttpResponse:
        save_deliverable(deliverable=form.save(commit=False), by=self.user)
        return self.to_sponsorship()


class AgreementDeliverableCreate(OneFormPage, AgreementView):
    """Record something the programme owes the partner for the agreement as a whole."""

    heading = "Add what you owe them"
    state = "For the agreement as a whole. What you owe for one round, add on the page of the round."
    button = "Add"

    def get_form(self, *data: Any) -> DeliverableForm:
        return DeliverableForm(data[0] if data else None)

    def save(self, form: DeliverableForm) -> HttpResponse:
        add_deliverable(terms=self.agreement, by=self.user, **form.cleaned_data)
        messages.success(self.request, "Saved. The partner’s contacts see it.")
        return redirect(self.agreement)


class AgreementDeliverableEdit(OwedPage, AgreementView):
    """Edit what is owed for an agreement, and note how far it is."""

    def look_up(self) -> None:
        super().look_up()
        self.find(self.agreement.deliverables.select_related("framework__partner"))

    def save(self, form: DeliverableStatusForm) -> HttpResponse:
        save_deliverable(deliverable=form.save(commit=False), by=self.user)
        return redirect(self.agreement)
