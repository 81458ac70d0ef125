"""The page about one's name and address."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import redirect

from cohorts.models import Enrollment
from cohorts.sharing.forms import SharingForm
from cohorts.sharing.links import SHARING
from cohorts.sharing.services import save_sharing
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.views import FormPage


class SharingEdit(FormPage):
    """Access by the signed link of a mail. Opening it changes nothing; the button does."""

    template_name = "cohorts/sharing/edit.html"
    enrollment: Enrollment
    person: User

    def look_up(self) -> None:
        pk, person_id = SHARING.read(self.kwargs["token"])
        found = Enrollment.objects.with_people().filter(pk=pk).first()
        people = {person.pk: person for person in found.people} if found else {}
        if found is None or person_id not in people or not people[person_id].is_active:
            raise LinkError
        self.enrollment, self.person = found, people[person_id]

    def get_form(self, *data: Any) -> SharingForm:
        shares = self.enrollment.shares_address_of(self.person)
        # An unasked question has no preselected answer.
        initial = {"full_name": self.person.full_name, "shares": "yes" if shares else ""}
        return SharingForm(*data, initial=initial, match_word=self._match_word())

    def _match_word(self) -> str:
        programme, role = self.enrollment.cohort.programme, self.enrollment.role
        words = {"mentee": f"your {programme.mentor_label}", "mentor": f"your {programme.mentee_label}"}
        return words.get(role, "")

    def save(self, form: SharingForm) -> HttpResponse:
        said = form.cleaned_data
        save_sharing(
            enrollment=self.enrollment,
            person=self.person,
            full_name=said["full_name"],
            shares=said["shares"] == "yes",
        )
        messages.success(self.request, "Saved. You can change it on this page at any time.")
        return redirect(self.request.path)

    def get_context(self) -> dict[str, Any]:
        return {"enrollment": self.enrollment, "cohort": self.enrollment.cohort, "person": self.person}


class MySharingEdit(LoginRequiredMixin, SharingEdit):
    """Access when signed in, as the lead or as a member of the team."""

    def look_up(self) -> None:
        own = Enrollment.objects.of_person(self.user).with_people()
        self.enrollment = get_visible_or_404(own, pk=self.kwargs["pk"])
        self.person = self.user
