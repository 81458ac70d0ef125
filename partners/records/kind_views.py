"""Pages for the kinds of a partner, with what it brings and asks as each."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.ui.requests import choice_in
from mentorship.core.views import Ask
from partners.models import PartnerKind
from partners.records.forms import KindForm
from partners.records.kinds import delete_kind, save_kind
from partners.records.view_base import OneFormPage, PartnerObjectView, PartnerView


class KindCreate(OneFormPage, PartnerView):
    """Add a kind; `?kind=` chooses one beforehand."""

    for_editors = True
    heading = "Kind of partner"
    state = "What they bring, and what they ask in return."
    error_field = "kind"

    def get_form(self, *data: object) -> KindForm:
        chosen = choice_in(self.request, "kind", PartnerKind.Kind.values)
        return KindForm(*data, instance=PartnerKind(partner=self.partner, kind=chosen))

    def save(self, form: KindForm) -> HttpResponse:
        save_kind(kind=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(self.partner)


class KindEdit(OneFormPage, PartnerObjectView[PartnerKind]):
    """Edit what a partner brings and asks as one kind."""

    for_editors = True
    state = "What they bring, and what they ask in return."

    def look_up(self) -> None:
        super().look_up()
        self.heading = self.object.get_kind_display().capitalize()

    def get_rows(self) -> QuerySet[PartnerKind]:
        return self.partner.kinds.select_related("partner")

    def get_form(self, *data: object) -> KindForm:
        return KindForm(*data, instance=self.object)

    def save(self, form: KindForm) -> HttpResponse:
        save_kind(kind=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(self.partner)


class KindDelete(PartnerObjectView[PartnerKind]):
    """Delete a kind."""

    asks = {"": Ask("Remove this kind?", "Remove", "What they bring and ask for as this kind is deleted too.")}

    def get_rows(self) -> QuerySet[PartnerKind]:
        return self.partner.kinds.select_related("partner")

    def post(self, request: HttpRequest) -> HttpResponse:
        delete_kind(kind=self.object, by=self.user)
        messages.success(request, "Removed.")
        return redirect(self.partner)
